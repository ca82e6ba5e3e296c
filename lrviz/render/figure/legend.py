"""A legend below the plots, in columns, for pictures of many curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lrviz.render.figure.layout import LINE, columns_of, shortened
from lrviz.render.figure.page import Page

SWATCH = 0.4
"""Inches of line beside each label."""
GAP = 0.16
"""Inches between columns."""
SPACING = 1.08
TOP_MARGIN = 0.06
MOST_HEIGHT = 0.42
"""Share of the picture's height."""


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
    cut: tuple[str, ...] = ()


def legend_plan(page: Page, labels: Sequence[str], order: Sequence[int]) -> Legend:
    """Return the legend of labels in the given order of curves, column by column."""
    small = page.with_text(page.sizes.small)
    line = small.sizes.text * LINE * SPACING
    most_rows = max(int((page.height * MOST_HEIGHT - TOP_MARGIN) / line), 1)
    room = page.room - SWATCH
    texts = [shortened(label, room, small.text_width) for label in labels]
    widths = [SWATCH + small.text_width(text) for text in texts]
    columns = columns_of(widths, page.room, GAP)
    rows = min(-(-len(order) // columns), most_rows)
    columns = min(-(-len(order) // rows), columns)
    shown = list(order[: rows * columns])
    omitted = len(order) - len(shown)
    if omitted:
        shown, omitted = shown[:-1], omitted + 1
    entries, left = [], 0.0
    for column in range(columns):
        inside = shown[column * rows : (column + 1) * rows]
        for row, index in enumerate(inside):
            entries.append(Entry(index, texts[index], left, TOP_MARGIN + (row + 0.75) * line))
        if omitted and column == columns - 1:
            down = TOP_MARGIN + (len(inside) + 0.75) * line
            entries.append(Entry(None, f"… and {omitted} more", left, down))
        left += max((widths[index] for index in inside), default=0.0) + GAP
    cut = tuple(label for label, text in zip(labels, texts, strict=True) if label != text)
    return Legend(tuple(entries), TOP_MARGIN + rows * line, omitted, small.sizes.text, cut)
