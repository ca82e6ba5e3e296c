"""The specs of the article's schedules that lrviz ships; kept once, in `configs/`."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent.parent


def folder() -> Path:
    """Return `configs/`: inside the installed package, or beside it in a checkout."""
    inside = HERE / "configs"
    return inside if inside.is_dir() else HERE.parent / "configs"


def specs() -> list[Path]:
    """Return a spec file for each of the article's schedules."""
    return sorted(folder().glob("*.yaml"))
