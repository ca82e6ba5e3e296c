"""Lines of a terminal: text wrapped at words, or between parts."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from lrviz.core.text import break_position


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
            for piece in broken(part, max(width - cell_len(indent), 1)):
                lines.append((indent if lines else "") + piece)
    return lines


def broken(word: str, width: int) -> list[str]:
    """Return a word in pieces of at most `width` columns, broken after punctuation if possible."""
    pieces = []
    while (size := fitting_length(word, width)) < len(word):
        size = break_position(word, size)
        pieces.append(word[:size])
        word = word[size:]
    return [*pieces, word]


def fitting_length(text: str, width: int) -> int:
    """Return how many of a text's first characters fit into `width` columns, at least one."""
    columns = 0
    for index, character in enumerate(text):
        columns += cell_len(character)
        if columns > width:
            return max(index, 1)
    return len(text)
