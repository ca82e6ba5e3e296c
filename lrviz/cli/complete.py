"""Shell completion of a SPEC: names of schedules, and files."""

from __future__ import annotations

from pathlib import Path

from lrviz.core.register import fold, register


def specs(incomplete: str) -> list[str]:
    """Return the names and files that begin with what was typed."""
    from glob import escape, glob  # a shell alone asks for it

    files = [
        path + "/" if Path(path).is_dir() else path
        for path in sorted(glob(escape(incomplete) + "*"))
        if Path(path).is_dir() or path.endswith((".yaml", ".yml", ".json"))
    ]
    return files + names(incomplete)


def names(incomplete: str) -> list[str]:
    """Return the names of schedules that begin with what was typed."""
    start = fold(incomplete)
    return [name for name in register.spellings() if fold(name).startswith(start)]
