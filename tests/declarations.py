"""What each module of lrviz declares: `python tests/docs.py --write` records it.

Constants, defaults and fields are recorded as text, so that none of them changes unnoticed.
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import importlib
import inspect
import json
import pkgutil
import re
import sys
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, get_args

from pydantic.fields import FieldInfo

import lrviz
from tests.conftest import ROOT

FILE = ROOT / "tests" / "declarations.json"
MAX_TEXT = 120
"""A longer text, as that of a table, is recorded by its start and a digest."""
OTHERS = ("__main__", "callback")
"""Modules that run when they are imported, or that import the library of a dialect."""
INSTALLED = re.compile("|".join(map(re.escape, {str(ROOT), sys.prefix, sys.base_prefix})))
"""Folders of this machine, which no record names."""
OWN = ("lrviz", "annotated_types")
FIELD = ("default", "default_factory", "description", "examples", "annotation", "metadata")
GENERATED = re.compile(r"_(?!_call__|field_defaults).*")

Record = dict[str, str]


def modules() -> list[str]:
    """Return the names of all modules that can be imported."""
    names = (module.name for module in pkgutil.walk_packages(lrviz.__path__, "lrviz."))
    return [name for name in sorted(names) if name.rpartition(".")[2] not in OTHERS]


def declarations_of(name: str) -> Record:
    """Return the text of a module's constants, and of its classes' and functions' defaults."""
    module = importlib.import_module(name)
    values = {key: getattr(module, key) for key in names_in(module)}
    for key, value in list(values.items()):
        if isinstance(value, type) and value.__module__ == name:
            values |= {f"{key}.{part}": item for part, item in members_of(value).items()}
    texts = {key: text_of(value) for key, value in values.items() if not isinstance(value, type)}
    without_defaults = {f"{key.rpartition('.')[2]}()" for key in values}
    texts = {key: text for key, text in texts.items() if text and text not in without_defaults}
    return {key: shortened(text) for key, text in texts.items() if not INSTALLED.search(text)}


def names_in(module: ModuleType) -> list[str]:
    """Return the names that a module itself assigns or defines."""
    names: dict[str, None] = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names[node.name] = None
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            stores = (n for n in ast.walk(node) if isinstance(n, ast.Name))
            names |= dict.fromkeys(n.id for n in stores if isinstance(n.ctx, ast.Store))
    return [name for name in names if hasattr(module, name)]


def members_of(cls: type) -> dict[str, Any]:
    """Return a class's own attributes, methods and fields."""
    members = {key: item for key, item in vars(cls).items() if not GENERATED.fullmatch(key)}
    members |= vars(cls).get("__pydantic_fields__", {})
    if members.get("model_config") == getattr(cls.__base__, "model_config", None):
        members.pop("model_config", None)
    if dataclasses.is_dataclass(cls):
        parameters = cls.__dataclass_params__  # type: ignore[attr-defined]
        members["frozen, eq"] = (parameters.frozen, parameters.eq)
        members |= {item.name: item for item in dataclasses.fields(cls)}
    return members


def text_of(value: object) -> str:  # noqa: PLR0911, PLR0912  (a kind of value a line)
    """Return a value as text that is the same in every process; empty without anything of ours."""
    if isinstance(value, str | bytes | int | float | None):
        return repr(value)
    if isinstance(value, Enum):
        return f"{value} {value.value!r}"
    if isinstance(value, re.Pattern):
        return f"{value.pattern!r} {value.flags}"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{text_of(k)}: {text_of(v)}' for k, v in value.items())}}}"
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(map(text_of, value)))}}}"
    if isinstance(value, list | tuple):
        return f"({texts_of(value)})"
    if isinstance(value, FieldInfo):
        return f"field {texts_of(getattr(value, name) for name in FIELD)}"
    if isinstance(value, dataclasses.Field):
        flags = "" if value.repr and value.compare else f"{value.repr} {value.compare} "
        return flags + texts_of((value.default, value.default_factory))
    if isinstance(value, type):
        return value.__qualname__ if value.__module__.startswith(OWN) else ""
    function = function_of(value)
    if isinstance(function, FunctionType):
        return function_text(function)
    if hasattr(value, "json_schema"):
        return text_of(value.json_schema)
    if hasattr(value, "param_decls"):
        return texts_of((value.param_decls, value.metavar, value.help))
    if dataclasses.is_dataclass(value):
        attributes = [getattr(value, item.name) for item in dataclasses.fields(value)]
        return f"{type(value).__name__}({texts_of(attributes)})"
    return texts_of(get_args(value))


def texts_of(values: Iterable[object]) -> str:
    """Return the texts of values, without those that have none."""
    return ", ".join(text for text in map(text_of, values) if text)


def function_of(value: object) -> object:
    """Return the function below a method, a property, or a cache."""
    for name in ("__func__", "fget", "func", "__wrapped__"):
        value = getattr(value, name, value)
    return value


def function_text(function: FunctionType) -> str:
    """Return a function's name, what it encloses, and its defaults; empty without these."""
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    enclosed = [value for value in cells if not isinstance(value, type)]
    defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).items()]
    return f"{function.__name__}({texts_of([*enclosed, *defaults])})"


def shortened(text: str) -> str:
    """Return a text, a long one by its start and a digest."""
    if len(text) <= MAX_TEXT:
        return text
    return f"{text[:MAX_TEXT]}... {hashlib.sha256(text.encode()).hexdigest()[:12]}"


@cache
def recorded() -> dict[str, Record]:
    """Return the declarations in the file."""
    return json.loads(FILE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def write() -> None:
    """Record every module."""
    records = {module: declarations_of(module) for module in modules()}
    records = {module: record for module, record in records.items() if record}
    FILE.write_text(json.dumps(records, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def differences(module: str) -> list[tuple[str, str, str]]:
    """Return the names of a module that differ from the file: now, and recorded."""
    now, before = declarations_of(module), recorded().get(module, {})
    pairs = [(name, now.get(name, ""), before.get(name, "")) for name in {**before, **now}]
    return [(name, new, old) for name, new, old in pairs if new != old]
