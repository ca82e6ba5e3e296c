"""Lines of a terminal: text wrapped at words, or between parts."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, chop_cells


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """Return a text in lines of at most `width` columns; lines after the first are indented.

    A word that is wider than a line is broken.
    """
    return wrapped_parts(text.split(), width, " ", indent)


def wrapped_parts(parts: Sequence[str], width: int, between: str, indent: str = "") -> list[str]:
    """Return parts joined in lines of at most `width` columns; a separator ends no line."""
    lines: list[str] = []
    for part in parts:
        if lines and cell_len(lines[-1] + between + part) <= width:
            lines[-1] += between + part
            continue
        lead = indent if lines else ""
        if cell_len(lead + part) <= width:
            lines.append(lead + part)
        elif between != " ":
            lines += wrapped(part, width, indent)
        else:
            room = max(width - cell_len(indent), 1)
            lines += [(indent if lines else "") + piece for piece in chop_cells(part, room)]
    return lines
