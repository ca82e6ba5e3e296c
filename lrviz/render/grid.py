"""Rows of cells under headings; where they are too wide, each row's cells are below its name."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from lrviz.core.text import format_exact

GAP = 2


def grid(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    colours: Sequence[str],
    width: int,
    short_names: Sequence[str] = (),
) -> list[Text]:
    """Return the lines of a table whose first column is a name, on the left, in its colour.

    Where it is too wide and has room with short names, it has those.
    """
    if short_names and width_of(head, rows) > width:
        short = [[name, *row[1:]] for name, row in zip(short_names, rows, strict=True)]
        if width_of(["", *head[1:]], short) <= width:
            head, rows = ["", *head[1:]], short
    widths = widths_of(head, rows)
    beside = width_of(head, rows) <= width
    lines = [line for line in row_lines(head, widths, "bold", beside) if line.plain.strip()]
    for row, colour in zip(rows, colours, strict=True):
        lines += row_lines(row, widths, colour, beside)
    return lines


def widths_of(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the width of each column."""
    return [max(map(len, column)) for column in zip(head, *rows, strict=True)]


def width_of(head: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Return the width of a table with its names beside the cells."""
    widths = widths_of(head, rows)
    return sum(widths) + GAP * (len(widths) - 1)


def row_lines(row: Sequence[str], widths: Sequence[int], style: str, beside: bool) -> list[Text]:
    """Return a row in one line, or its name in a line of its own."""
    cells = "".join(" " * GAP + text.rjust(size) for text, size in zip(row, widths, strict=True))
    indent = len(" " * GAP) + widths[0]
    if beside:
        return [Text().append(row[0].ljust(widths[0]), style).append(cells[indent:])]
    return [Text(row[0], style), Text(cells[indent:])]


def decimals_text(value: float, decimals: int) -> str:
    """Return a value rounded to so many decimals, in as few characters as rates have: `3e-4`."""
    return format_exact(round(value, decimals) + 0.0)
