"""The rooms of the package: a module imports only from its own room or an earlier one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from lrviz.core.register import register
from lrviz.trainers.registry import formats
from tests.conftest import ROOT

ROOMS = [
    "core",
    "recorder",
    "run",
    "curves",
    "objects",
    "codegen",
    "dialects",
    "trainers",
    "specfile",
    "translate",
    "advice",
    "mistakes",
    "checks",
    "audits",
    "render",
    "page",
    "gallery",
    "api",
    "notebook",
    "cli",
    "__main__",
]
PACKAGE = ROOT / "lrviz"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "configs" not in path.parts)
EXEMPT = {"__version__"}

every_module = pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_modules(path: Path) -> list[str]:
    """Return the modules of lrviz that a module imports, also inside functions, without `lrviz.`"""
    modules = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "lrviz":
            modules += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lrviz."):
            modules.append((node.module or "").removeprefix("lrviz."))
        elif isinstance(node, ast.Import):
            names = [name.name for name in node.names]
            modules += [n.removeprefix("lrviz.") for n in names if n.startswith("lrviz.")]
    return [module for module in modules if module not in EXEMPT]


@every_module
def test_module_imports_only_from_earlier_rooms(path: Path) -> None:
    own = room_of(path)
    if own == "__init__":
        return
    for module in imported_modules(path):
        room = module.partition(".")[0]
        assert ROOMS.index(room) <= ROOMS.index(own), f"{path} imports {module}"


def test_render_does_not_import_the_file_reader() -> None:
    for path in MODULES:
        if room_of(path) == "render":
            rooms = {module.partition(".")[0] for module in imported_modules(path)}
            assert "specfile" not in rooms, path


DIALECT_NAMES = sorted({*register.dialects, *(d.package.split(".")[-1] for d in
                        register.dialects.values())} - {"lrviz"})  # fmt: skip
ELSEWHERE = re.compile(r"from yaml\.composer import Composer|[\w/-]+#\d+|fastai 2\.8|\(fastai\)")
"""What bears a dialect's name: a class of the YAML library, issues, the source of range tests."""
DIALECT_WORD = re.compile(rf"(?<![a-z])({'|'.join(DIALECT_NAMES)})(?![a-z])", re.IGNORECASE)


def lines_of(text: str) -> list[str]:
    return ELSEWHERE.sub("", text).splitlines()


@every_module
def test_only_its_own_folder_names_a_dialect(path: Path) -> None:
    if room_of(path) in ("dialects", "trainers") or path.name == "__init__.py":
        return
    text = path.read_text(encoding="utf-8")
    lines = [line for line in lines_of(text) if DIALECT_WORD.search(line)]
    assert not lines


FORMAT_NAMES = [item.name for item in formats()]
FORMAT_WORD = re.compile(rf"(?<![a-z])({'|'.join(FORMAT_NAMES)})(?![a-z])", re.IGNORECASE)


@every_module
def test_only_trainers_and_dialects_name_a_format(path: Path) -> None:
    if room_of(path) in ("dialects", "trainers") or path.name == "__init__.py":
        return
    text = path.read_text(encoding="utf-8")
    lines = [line for line in lines_of(text) if FORMAT_WORD.search(line)]
    assert not lines


def test_the_search_for_names_notices_them() -> None:
    assert {"torch", "keras", "optax", "transformers", "timm", "native"} <= set(DIALECT_NAMES)
    for text in ("import torch", "torch_call", "TORCH = 1", "'keras.'", "# as optax does"):
        assert DIALECT_WORD.search(text), text
    for text in ("torchlight", "alternative", "transformer"):
        assert not DIALECT_WORD.search(text), text


def test_only_figure_modules_import_matplotlib() -> None:
    users = {
        path.relative_to(PACKAGE).parts[:2]
        for path in MODULES
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom) and "matplotlib" in ast.unparse(node)
    }
    assert {parts[:2] for parts in users} <= {("render", "figure"), ("render", "figure.py")}
