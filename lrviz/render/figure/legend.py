"""A legend below the plots, read row by row, in columns where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from lrviz.render.figure.curves import PlottedCurve, equal_names, line_look
from lrviz.render.figure.layout import EDGE, LINE, Width, column_widths, columns_of, shortened
from lrviz.render.figure.page import Page

SWATCH = 0.036
"""Inches of line beside each label, for each point of the font."""
GAP = 0.16
"""Inches between columns."""
TEXT_GAP = 0.06
"""Inches between a piece of line and its label."""
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


def legend_plan(
    page: Page, labels: Sequence[str], order: Sequence[int], room: float, is_sweep: bool = False
) -> Legend:
    """Return the legend of labels in the given order of curves, row by row.

    It is at most `room` inches high; where not all entries fit, the last one says how many more
    there are. The others are the first ones, or of a sweep those of values evenly apart. Names of
    equal curves that are too wide together are an entry each, if all fit.
    """
    small = page.with_text(page.sizes.small)
    widest = page.room - SWATCH * small.sizes.text
    names = names_in_order(labels, order, widest, small.text_width)
    legend = arranged(page, names, room, is_sweep)
    return (
        arranged(page, [(i, labels[i]) for i in order], room, is_sweep)
        if legend.omitted
        else legend
    )


def arranged(page: Page, names: Sequence[tuple[int, str]], room: float, is_sweep: bool) -> Legend:
    """Return the legend of names with the indices of their curves, at most `room` inches high.

    Entries are in columns; where not all have room there, but have without columns, one after the
    other.
    """
    small = page.with_text(page.sizes.small)
    points = small.sizes.text
    swatch = SWATCH * points
    line = points * LINE * SPACING
    most_rows = max(int((room - TOP_MARGIN) / line), 1)
    texts = [shortened(name, page.room - swatch, small.text_width) for _, name in names]
    cut = tuple(name for (_, name), text in zip(names, texts, strict=True) if name != text)
    indices: list[int | None] = [index for index, _ in names]
    widths = [swatch + small.text_width(text) + GAP for text in texts]
    columns = columns_of(widths, page.room + GAP)
    omitted = 0
    in_columns = -(-len(names) // columns) <= most_rows
    flow = [] if in_columns or is_sweep else flowing(widths, page.room + GAP)
    if flow and flow[-1][1] < most_rows:
        entries = tuple(
            Entry(index, text, left, TOP_MARGIN + (row + 0.75) * line)
            for index, text, (left, row) in zip(indices, texts, flow, strict=True)
        )
        return Legend(entries, TOP_MARGIN + (flow[-1][1] + 1) * line, 0, points, swatch, cut)
    if not in_columns:
        more = swatch + small.text_width(more_text(len(names), is_sweep)) + GAP
        widths = [max(widths)] * len(widths) if is_sweep else widths
        columns = most_columns(widths, more, most_rows, columns, page.room + GAP)
        count = most_rows * columns - 1
        omitted = len(names) - count
        places = evenly_apart(len(names), count) if is_sweep else range(count)
        indices = [*(indices[place] for place in places), None]
        texts = [*(texts[place] for place in places), more_text(omitted, is_sweep)]
        widths = [*(widths[place] for place in places), more]
    if indices == [None]:
        return Legend((), 0.0, omitted, points, swatch)
    lefts = [0.0, *accumulate(column_widths(widths, columns))]
    entries = tuple(
        Entry(
            index,
            text,
            lefts[place % columns],
            TOP_MARGIN + (place // columns + 0.75) * line,
        )
        for place, (index, text) in enumerate(zip(indices, texts, strict=True))
    )
    height = TOP_MARGIN + -(-len(entries) // columns) * line
    return Legend(entries, height, omitted, points, swatch, cut)


def flowing(widths: Sequence[float], room: float) -> list[tuple[float, int]]:
    """Return where entries begin, as words of a text do: inches from the left, and their row."""
    places: list[tuple[float, int]] = []
    left, row = 0.0, 0
    for width in widths:
        if left and left + width > room:
            left, row = 0.0, row + 1
        places.append((left, row))
        left += width
    return places


def names_in_order(
    labels: Sequence[str], order: Sequence[int], room: float, measure: Width
) -> list[tuple[int, str]]:
    """Return the labels with their indices; one that is wider than `room` in the names it has."""
    return [
        (index, name)
        for index in order
        for name in (
            [labels[index]] if measure(labels[index]) <= room else equal_names(labels[index])
        )
    ]


def evenly_apart(count: int, max_count: int) -> list[int]:
    """Return at most so many indices of `count`, evenly apart, the first and the last with them."""
    return [round(place * (count - 1) / max(max_count - 1, 1)) for place in range(max_count)]


def more_text(count: int, is_sweep: bool) -> str:
    """Return the last entry of a legend that has no room for so many curves."""
    return f"… and {count} {'between' if is_sweep else 'more'}"


def most_columns(widths: Sequence[float], more: float, rows: int, columns: int, room: float) -> int:
    """Return how many columns, at most `columns`, fit if the last entry of the last is `more`."""
    for count in range(columns, 1, -1):
        if sum(column_widths([*widths[: rows * count - 1], more], count)) <= room:
            return count
    return 1


def draw_legend(
    figure: Figure, page: Page, legend: Legend, curves: Sequence[PlottedCurve], top: float
) -> None:
    """Draw a legend, pieces of line and labels; its upper edge is at a height of `top` inches."""
    for entry in legend.entries:
        left, base = EDGE + entry.left, top - entry.down
        if entry.index is not None:
            figure.add_artist(piece_of_line(page, legend, curves[entry.index], left, base))
        figure.text(
            (left + legend.swatch) / page.width,
            base / page.height,
            entry.text,
            fontsize=legend.points,
            color=page.style.ink,
            va="baseline",
            gid="label",
        )


def piece_of_line(
    page: Page, legend: Legend, curve: PlottedCurve, left: float, base: float
) -> Line2D:
    """Return the piece of a line beside its label, whose baseline is at (left, base) in inches."""
    middle = base + 0.32 * legend.points / 72
    return Line2D(
        [left / page.width, (left + legend.swatch - TEXT_GAP) / page.width],
        [middle / page.height] * 2,
        **line_look(replace(curve, width=1.0), page.style),
    )
