"""Python configs that start from others, which `_base_` names: only files beside or below them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lrviz.trainers.document import Document
from lrviz.trainers.python_literals import MOST_CHARACTERS, read_python

BASE = "_base_"
MOST_FILES = 50
BRACED = re.compile(r"['\"]?\{\{\s*(_base_\.[\w.]+)\s*\}\}['\"]?")
"""How a value of a base is written where the whole is no Python: `{{_base_.model}}`."""
DELETE = "_delete_"


def read_with_bases(text: str, folder: Path) -> Document | None:
    """Return a config's values, on those of the files that `_base_` names; None for no Python.

    A base is read where it is in a folder beside the config's or below it. One that cannot be
    read is left out.
    """
    return Bases(folder.resolve().parent).read(text, folder.resolve())


class Bases:
    """Reads configs and their bases below one folder, each file once on its way down."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.count = 0

    def read(self, text: str, folder: Path, above: tuple[Path, ...] = ()) -> Document | None:
        """Return the values of a config whose relative paths start at a folder."""
        document = read_python(text)
        names = document.data.get(BASE) if document else None
        base: dict[str, Any] = {}
        for path in self.paths(names, folder):
            if path in above or self.count >= MOST_FILES:
                continue
            self.count += 1
            try:
                inherited = self.read(text_of(path), path.parent, (*above, path))
            except OSError:
                continue
            base = merged(base, inherited.data if inherited else {})
        if not base:
            return document
        own = read_python(BRACED.sub(r"\1", text), {BASE: base})
        return Document(merged(base, own.data), own.marks, own.kind) if own else document

    def paths(self, names: Any, folder: Path) -> Iterator[Path]:
        """Yield the files that `_base_` names, where they are below the root."""
        for name in names if isinstance(names, list) else [names]:
            if isinstance(name, str) and name.endswith(".py") and "\0" not in name:
                path = (folder / name).resolve()
                if path.is_relative_to(self.root) and path.is_file():
                    yield path


def text_of(path: Path) -> str:
    """Return a file's text, of which no more is read than is parsed."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.read(MOST_CHARACTERS + 1)


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a config over those of its base; `_delete_` replaces a mapping."""
    values = dict(base)
    for name, value in own.items():
        before = values.get(name)
        if isinstance(value, dict) and isinstance(before, dict) and not value.get(DELETE):
            values[name] = merged(before, value)
        elif isinstance(value, dict):
            values[name] = {key: item for key, item in value.items() if key != DELETE}
        else:
            values[name] = value
    return values
