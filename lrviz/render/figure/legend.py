"""A legend below the plots, in columns, for pictures of many curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lrviz.render.figure.layout import LINE, columns_of, shortened
from lrviz.render.figure.page import Page

SWATCH = 0.046
"""Inches of line beside each label, for each point of the font."""
GAP = 0.16
"""Inches between columns."""
SPACING = 1.08
TOP_MARGIN = 0.06


@dataclass(frozen=True)
class Entry:
    """A curve's label with its position in inches from the legend's upper left corner."""

    index: int | None
    text: str
    left: float
    down: float


@dataclass(frozen=True)
class Legend:
    """The entries, how high they are together, and how many curves have no entry."""

    entries: tuple[Entry, ...]
    height: float
    omitted: int
    points: float
    swatch: float
    cut: tuple[str, ...] = ()


def legend_plan(page: Page, labels: Sequence[str], order: Sequence[int], room: float) -> Legend:
    """Return the legend of labels in the given order of curves, column by column.

    It is at most `room` inches high; where not all entries fit, the last one says how many more
    there are.
    """
    small = page.with_text(page.sizes.small)
    points = small.sizes.text
    swatch = SWATCH * points
    line = points * LINE * SPACING
    most_rows = max(int((room - TOP_MARGIN) / line), 1)
    texts = [shortened(label, page.room - swatch, small.text_width) for label in labels]
    widths = [swatch + small.text_width(texts[index]) + GAP for index in order]
    columns = columns_of(widths, page.room + GAP)
    rows = -(-len(order) // columns)
    listed = list(order)
    if rows > most_rows:
        rows = most_rows
        more = swatch + small.text_width(more_text(len(order))) + GAP
        columns = most_columns(widths, more, rows, columns, page.room + GAP)
        listed = listed[: rows * columns - 1]
    omitted = len(order) - len(listed)
    if not listed:
        return Legend((), 0.0, omitted, points, swatch)
    entries, left = [], 0.0
    for start in range(0, len(listed) + bool(omitted), rows):
        inside = listed[start : start + rows]
        for row, index in enumerate(inside):
            entries.append(Entry(index, texts[index], left, TOP_MARGIN + (row + 0.75) * line))
        if omitted and len(inside) < rows:
            down = TOP_MARGIN + (len(inside) + 0.75) * line
            entries.append(Entry(None, more_text(omitted), left, down))
        left += max(widths[start : start + rows])
    cut = tuple(label for label, text in zip(labels, texts, strict=True) if label != text)
    return Legend(tuple(entries), TOP_MARGIN + rows * line, omitted, points, swatch, cut)


def more_text(count: int) -> str:
    """Return the last entry of a legend that has no room for so many curves."""
    return f"… and {count} more"


def most_columns(widths: Sequence[float], more: float, rows: int, columns: int, room: float) -> int:
    """Return how many columns, at most `columns`, fit if the last entry of the last is `more`."""
    for count in range(columns, 1, -1):
        entries = [*widths[: rows * count - 1], more]
        parts = [entries[start : start + rows] for start in range(0, len(entries), rows)]
        if sum(map(max, parts)) <= room:
            return count
    return 1
