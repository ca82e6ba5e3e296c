"""`MODULE:ATTRIBUTE` as a SPEC: what names a user's own program, and how it is imported.

Only a SPEC that is typed can be one: no file names a program.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from lrviz.core.errors import SpecError, did_you_mean
from lrviz.core.register import register

ENDING = ".py"
NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
PROGRAM = re.compile(rf"(.+{re.escape(ENDING)}|{NAME}):({NAME})")


def is_program(spec: str) -> bool:
    """Return whether a SPEC names an attribute of a Python file, or of a module that exists."""
    match = PROGRAM.fullmatch(spec)
    if match is None:
        return False
    module = match[1]
    if module.endswith(ENDING):
        return Path(module).is_file()
    if register.candidates(module):
        return False
    with importable(module):
        try:
            return find_spec(module.partition(".")[0]) is not None
        except ValueError:  # a module that was not imported from anywhere
            return False


@contextmanager
def importable(module: str) -> Iterator[None]:
    """Let a module and those beside it be imported, as Python itself lets a script."""
    folder = Path(module).parent if module.endswith(ENDING) else Path()
    entry = str(folder.resolve())
    sys.path.insert(0, entry)
    try:
        yield
    finally:
        sys.path.remove(entry)


def load_attribute(module: str, attribute: str) -> Any:
    """Return an attribute of a module or of a Python file, which is run.

    Raises SpecError where there is none, and whatever the program raises.
    """
    value: Any = load_file(Path(module)) if module.endswith(ENDING) else import_module(module)
    for name in attribute.split("."):
        if not hasattr(value, name):
            message = f"{module} has no attribute '{attribute}'{did_you_mean(name, dir(value))}"
            raise SpecError.of("", message, "no-such-attribute")
        value = getattr(value, name)
    return value


def load_file(path: Path) -> ModuleType:
    """Return the module of a Python file."""
    spec = spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)  # where dataclasses and pickle look for it
    spec.loader.exec_module(module)
    return module
