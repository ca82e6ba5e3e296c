"""The spec files that commands write: YAML, or JSON where the file's name ends so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lrviz.cli.json_text import json_text
from lrviz.cli.options import Options, read_path
from lrviz.cli.output import save_file
from lrviz.core.errors import SpecError

JSON = ".json"
ENDINGS = (".yaml", ".yml", JSON)


def read_spec_path(text: str | None, flag: str) -> Path | None:
    """Return the spec file that a flag names, or None where it was not given.

    A name without an ending is a file in YAML. Raises SpecError for the ending of another format.
    """
    path = read_path(text, flag)
    if path is not None and path.suffix[1:2].isalpha() and path.suffix.lower() not in ENDINGS:
        raise SpecError.of(flag, f"must end in .yaml, .yml or .json (got '{path}')")
    return path


def save_spec(path: Path, spec: Mapping[str, Any], text: str, options: Options) -> None:
    """Write a spec, whole or not at all; `text` is it as YAML, which may have comments.

    Raises OutputError where the system fails to write.
    """
    is_json = path.suffix.lower() == JSON
    save_file(path, (f"{json_text(spec)}\n" if is_json else text).encode(), options)
