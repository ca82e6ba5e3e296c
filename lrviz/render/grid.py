"""Rows of cells under headings; where they are too wide, each row's cells are below its name."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

GAP = 2


def grid(
    head: Sequence[str], rows: Sequence[Sequence[str]], colours: Sequence[str], width: int
) -> list[Text]:
    """Return the lines of a table whose first column is a name, on the left, in its colour."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    beside = sum(widths) + GAP * (len(widths) - 1) <= width
    lines = [row_lines(head, widths, "bold", beside)[-1]]
    for row, colour in zip(rows, colours, strict=True):
        lines += row_lines(row, widths, colour, beside)
    return lines


def row_lines(row: Sequence[str], widths: Sequence[int], style: str, beside: bool) -> list[Text]:
    """Return a row in one line, or its name in a line of its own."""
    cells = "".join(" " * GAP + text.rjust(size) for text, size in zip(row, widths, strict=True))
    own = len(" " * GAP) + widths[0]
    if beside:
        return [Text().append(row[0].ljust(widths[0]), style).append(cells[own:])]
    return [Text(row[0], style), Text(cells[own:])]


def fixed(value: float, decimals: int) -> str:
    """Return a value at so many decimals, without the zeros of one that is exactly shorter."""
    text = f"{value:.{decimals}f}"
    if abs(float(text) - value) <= 1e-12 * max(abs(value), 10.0**-decimals):
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text
