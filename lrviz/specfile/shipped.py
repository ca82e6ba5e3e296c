"""The specs of the article's schedules that lrviz ships; kept once, in `configs/`."""

from __future__ import annotations

from pathlib import Path

from lrviz.core.errors import SpecError

HERE = Path(__file__).parent.parent


def folder() -> Path:
    """Return `configs/`: inside the installed package, or beside it in a checkout."""
    inside = HERE / "configs"
    return existing(inside if inside.is_dir() else HERE.parent / "configs")


def existing(path: Path) -> Path:
    """Return the path of what lrviz ships. Raises SpecError where it runs from an archive."""
    if not path.exists():
        message = "is no file: lrviz runs from an archive; install it (pip install lrviz) for this"
        raise SpecError.of(str(path), message, "no-file")
    return path


def specs() -> list[Path]:
    """Return a spec file for each of the article's schedules."""
    return sorted(folder().glob("*.yaml"))
