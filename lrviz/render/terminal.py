"""The terminal's chart: axes, several curves, and a one-step spike that is still seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from lrviz.core.schedule import Array
from lrviz.curves.table import Table
from lrviz.render.colours import TERMINAL_COLOURS, LineStyle, line_styles
from lrviz.render.glyphs import Glyphs
from lrviz.render.lines import band, line_points
from lrviz.render.scale import RateScale, rate_scale
from lrviz.render.ticks import nice_ticks, rate_text, step_text

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
NARROWEST = 16


def chart(table: Table, width: int, height: int, glyphs: Glyphs, *, log_y: bool) -> list[Text]:
    """Return the chart's lines: `height` rows of curves, the axis below, and its labels."""
    scale = rate_scale([column.rates for column in table.columns], log=log_y, headroom=False)
    labels = tick_labels(scale, height, glyphs.dots[1])
    margin = max(len(text) for text in labels.values()) + 1
    cells = max(width - margin - 2, NARROWEST)
    letters = len(table.columns) > 1
    rows = draw_rows(table, scale, (cells, height), glyphs, letters)
    lines = []
    for index, row in enumerate(rows):
        edge = glyphs.tick if index in labels else glyphs.vertical
        line = Text(labels.get(index, "").rjust(margin) + edge)
        lines.append(line.append_text(row))
    return lines + step_rows(table, margin, cells, glyphs)


def tick_labels(scale: RateScale, height: int, down: int) -> dict[int, str]:
    """Return the text of each row (from 0 at the top) that has a tick."""
    ticks = scale.ticks(max(height // 3 + 1, 2))
    dots = np.round(scale.fractions(np.array(ticks or [scale.low])) * (height * down - 1)).astype(
        int
    )
    rows = height - 1 - dots // down
    texts = [rate_text(tick) for tick in ticks or [scale.low]]
    return {int(row): text for row, text in zip(rows, texts, strict=True)}


def draw_rows(
    table: Table, scale: RateScale, size: tuple[int, int], glyphs: Glyphs, letters: bool
) -> list[Text]:
    """Return the rows of cells; where curves meet, the one drawn last has the colour."""
    across, down = glyphs.dots
    cells, height = size
    chosen = line_styles([column.label for column in table.columns])
    bits = np.zeros((height * down, cells * across), bool)
    owner = np.full((height, cells), -1)
    for index in reversed(range(len(table.columns))):
        dots = raster(table, index, scale, (cells * across, height * down))
        bits |= dots
        here = dots.reshape(height, down, cells, across).any(axis=(1, 3))
        owner[here] = index
    grid = bits.reshape(height, down, cells, across).transpose(0, 2, 1, 3)
    marks = letter_marks(owner, len(table.columns)) if letters else {}
    plain_letters = glyphs.name == "ascii" and letters
    rows = []
    for y in range(height):
        row = Text()
        for x in range(cells):
            index = int(owner[y, x])
            style = TERMINAL_COLOURS[chosen[index].colour] if index >= 0 else ""
            mark = LETTERS[index % len(LETTERS)] if plain_letters and index >= 0 else None
            text = marks.get((y, x)) or mark or (glyphs.cell(grid[y, x]) if index >= 0 else " ")
            row.append(text, style)
        rows.append(row)
    return rows


def raster(table: Table, index: int, scale: RateScale, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the dots of one curve, from the top: each column from its lowest to its highest."""
    width, height = size
    first = min(column.steps.start for column in table.columns)
    last = max(column.steps[-1] for column in table.columns)
    x, y = line_points(table.columns[index], width)
    keep = np.isfinite(y)
    dots = np.zeros((height, width), bool)
    if not keep.any():
        return dots
    at = (x[keep] - first) / max(last - first, 1) * (width - 1)
    low, high = band(at, scale.fractions(y[keep]) * (height - 1), width)
    low, high = connected(np.round(low), np.round(high))
    levels = np.arange(height)[::-1, None]
    return np.asarray((levels >= low) & (levels <= high))


def connected(low: Array, high: Array) -> tuple[Array, Array]:
    """Return the bands of neighbouring columns lengthened until they touch."""
    low, high = low.copy(), high.copy()
    rise = low[1:] - high[:-1] > 1
    low[1:][rise] = high[:-1][rise] + 1
    fall = low[:-1] - high[1:] > 1
    high[1:][fall] = low[:-1][fall] - 1
    return low, high


def letter_marks(owner: NDArray[np.int_], count: int) -> dict[tuple[int, int], str]:
    """Return a few cells of each curve that bear its letter, where colours cannot tell."""
    marks = {}
    for index in range(count):
        rows, columns = np.nonzero(owner == index)
        order = np.argsort(columns, kind="stable")
        if not len(order):
            continue
        for place in order[[int(len(order) * share) for share in (0.15, 0.5, 0.85)]]:
            marks[int(rows[place]), int(columns[place])] = LETTERS[index % len(LETTERS)]
    return marks


def step_rows(table: Table, margin: int, cells: int, glyphs: Glyphs) -> list[Text]:
    """Return the axis of steps and the line of its numbers."""
    first = min(column.steps.start for column in table.columns)
    last = max(column.steps[-1] for column in table.columns)
    word = table.axis
    line, numbers = [glyphs.horizontal] * cells, [" "] * (cells + margin + 1)
    ticks = nice_ticks(first, max(last, first + 1), max(cells // 12, 3), whole=True)
    free = 0
    for tick in ticks:
        at = round((tick - first) / max(last - first, 1) * (cells - 1))
        text = step_text(tick, last)
        start = max(margin + 1 + at - len(text) // 2, 0)
        if start < free or start + len(text) > cells + margin + 1 or at >= cells:
            continue
        line[at] = glyphs.tick_below
        numbers[start : start + len(text)] = text
        free = start + len(text) + 1
    end = cells + margin + 1 - len(word)
    tail = word if free <= end else ""
    told = "".join(numbers[:end]) + tail if tail else "".join(numbers)
    below = [] if tail else [Text(word.rjust(cells + margin + 1))]
    axis = Text(" " * margin + glyphs.corner + "".join(line))
    return [axis, Text(told.rstrip()), *below]


def legend(table: Table, width: int) -> list[Text]:
    """Return the lines that say which curve is which."""
    chosen: Sequence[LineStyle] = line_styles([column.label for column in table.columns])
    lines, line = [], Text()
    for index, (column, slot) in enumerate(zip(table.columns, chosen, strict=True)):
        style = TERMINAL_COLOURS[slot.colour]
        mark = LETTERS[index % len(LETTERS)]
        entry = Text().append(mark, style).append(f" {column.label}")
        if line.cell_len and line.cell_len + 3 + entry.cell_len > width:
            lines.append(line)
            line = Text()
        line = line.append("   " if line.cell_len else "").append_text(entry)
    return [*lines, line]


def sparkline(rates: Array, cells: int, low: float, high: float, glyphs: Glyphs) -> str:
    """Return the rates in `cells` characters from `low` to `high`; each shows its column's peak."""
    if not len(rates) or cells < 1:
        return ""
    starts = np.linspace(0, len(rates), cells + 1).astype(np.int64)[:-1]
    finite = np.where(np.isfinite(rates), rates, high) if not np.isfinite(rates.sum()) else rates
    peaks = np.maximum.reduceat(finite, np.minimum(starts, len(rates) - 1))
    share = (peaks - low) / (high - low) if high > low else np.zeros(len(peaks))
    level = np.clip(np.floor(share * len(glyphs.sparks)), 0, len(glyphs.sparks) - 1)
    return "".join(glyphs.sparks[int(each)] for each in level)
