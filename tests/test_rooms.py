"""Data flows one way: a module imports only from rooms above its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

ROOMS = [
    "core",
    "run",
    "curves",
    "dialects",
    "specfile",
    "codegen",
    "translate",
    "render",
    "gallery",
    "api",
    "cli",
    "__main__",
]
MODULES = sorted(p for p in (ROOT / "lrviz").rglob("*.py") if "configs" not in p.parts)


def room_of(parts: tuple[str, ...]) -> str:
    return parts[0] if parts else "__init__"


def imported(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lrviz"):
            inner = (node.module or "").split(".")[1:]
            found += [room_of(tuple(inner))] if inner else [name.name for name in node.names]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_module_imports_only_from_above(path: Path) -> None:
    own = room_of(path.relative_to(ROOT / "lrviz").with_suffix("").parts)
    if own == "__init__":
        return
    for room in imported(path):
        if room == "__version__":
            continue
        assert ROOMS.index(room) <= ROOMS.index(own), f"{path} imports {room}"


def test_only_the_figure_imports_matplotlib() -> None:
    users = {
        path.parent
        for path in MODULES
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom) and "matplotlib" in ast.unparse(node)
    }
    assert users == {ROOT / "lrviz" / "render" / "figure"}
