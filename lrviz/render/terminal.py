"""The terminal's chart: axes, several curves, and a one-step spike that is still seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from lrviz.core.finite import all_finite
from lrviz.core.schedule import Array
from lrviz.curves.column import Column
from lrviz.curves.facts import equal_groups
from lrviz.curves.table import Table
from lrviz.curves.units import AxisUnit
from lrviz.render.colours import LineStyle, curve_styles
from lrviz.render.glyphs import Glyphs
from lrviz.render.lines import band, line_of
from lrviz.render.scale import RateScale, limits, rate_scale
from lrviz.render.summary import facts_text, segments_text
from lrviz.render.ticks import (
    axis_end,
    rate_tick_texts,
    step_tick_texts,
    unit_ticks,
    with_required,
)
from lrviz.render.wrapping import wrapped_parts

NEAR = 2
"""Cells between two places of an axis that are read as one."""
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
LETTER_SHARES = (0.15, 0.5, 0.85)
"""Where on a curve its letter is written."""
HIDDEN_SHARES = (0.3, 0.7)
"""The same on a curve that others hide."""
NARROWEST = 16
HEIGHTS = (8, 30)
TICK_CELLS = 12
"""Cells of the step axis for each tick, about."""
TICK_GAP = 3
"""Cells between the numbers of the step axis, at least."""
EVEN, HALF = 0.85, 0.5
"""The shares of the distance of two ticks at which the end of an axis is far enough from the last
one to look even, or to have a tick at all."""
FEWEST_TICKS = 4

Cells = NDArray[np.bool_]


@dataclass(frozen=True)
class Canvas:
    """A chart's cells: how many, of which characters, and the axes that they show."""

    cells: int
    rows: int
    glyphs: Glyphs
    scale: RateScale
    first: float
    last: float

    @property
    def dots(self) -> tuple[int, int]:
        """The columns and rows of dots."""
        across, down = self.glyphs.dots
        return self.cells * across, self.rows * down

    def shares(self, steps: Array) -> Array:
        """Return where steps are in the width, from 0 at the first to 1 at the last."""
        return (steps - self.first) / max(self.last - self.first, 1)

    def cell_of(self, step: float) -> int:
        """Return the cell of a step; the last one for a step after the end."""
        share = float(self.shares(np.asarray(step, np.float64)))
        return min(round(share * (self.cells - 1)), self.cells - 1)


def letter_of(index: int) -> str:
    """Return the letter of a curve in the chart and its legend."""
    return LETTERS[index % len(LETTERS)]


def chart_height(lines: int) -> int:
    """Return the rows of a chart for a terminal of so many lines: half of it, from 8 to 30."""
    return min(max(lines // 2, HEIGHTS[0]), HEIGHTS[1])


def chart(
    table: Table,
    width: int,
    height: int,
    glyphs: Glyphs,
    *,
    log_y: bool = False,
    y_min: float | None = None,
    y_max: float | None = None,
) -> list[Text]:
    """Return the chart's lines: `height` rows of curves, the axis below, and its labels.

    No line is wider than `width` columns, or ends in blanks.
    """
    rates = [column.rates for column in table.columns]
    scale = rate_scale(rates, log=log_y, y_min=y_min, y_max=y_max, headroom=False)
    labels = tick_labels(scale, *limits(rates), height, glyphs.dots[1])
    margin = max(len(text) for text in labels.values()) + 1
    first, last = table.ends
    cells = max(width - margin - 1, NARROWEST)
    canvas = Canvas(cells, height, glyphs, scale, first, last)
    lines = []
    for index, row in enumerate(curve_rows(table, canvas)):
        edge = glyphs.tick if index in labels else glyphs.vertical
        line = Text(labels.get(index, "").rjust(margin) + edge).append_text(row)
        line.rstrip()
        lines.append(line)
    return [*lines, *step_lines(table, canvas, margin), *cut_lines(table, canvas)]


def tick_labels(
    scale: RateScale, lowest: float, peak: float, height: int, down: int
) -> dict[int, str]:
    """Return the text of each row (from 0 at the top) that has a tick.

    The peak always has one, and so has the lowest rate of an axis that does not end at 0.
    """
    if peak == scale.low == 0.0:
        return {height - 1: "0"}
    required = [peak] if scale.low == 0.0 or scale.log else [peak, lowest]
    inside = [rate for rate in required if scale.low <= rate <= scale.high]
    ticks = [*inside, *reversed(scale.ticks(max(height // 3 + 1, 2), peak))]
    if len(ticks) < 2:
        ticks += [scale.high, scale.low]
    dots = np.round(scale.fractions(np.array(ticks)) * (height * down - 1)).astype(int)
    labels: dict[int, float] = {}
    for tick, row in zip(ticks, height - 1 - dots // down, strict=True):
        if all(abs(int(row) - other) > 1 for other in labels) or not labels:
            labels[int(row)] = tick
    texts = rate_tick_texts(list(labels.values()), scale.log, scale.high - scale.low)
    return dict(zip(labels, texts, strict=True))


def curve_rows(table: Table, canvas: Canvas) -> list[Text]:
    """Return the rows of cells; where curves meet, the first one has the colour."""
    glyphs, count = canvas.glyphs, len(table.columns)
    across, down = glyphs.dots
    styles = curve_styles([column.curve for column in table.columns])
    bits = np.zeros(canvas.dots[::-1], bool)
    owner = np.full((canvas.rows, canvas.cells), -1)
    marks: dict[tuple[int, int], str] = {}
    cells: dict[int, Cells] = {}
    for index in reversed(range(count)):
        dots = raster(table.columns[index], canvas)
        bits |= dots
        in_cells = dots.reshape(canvas.rows, down, canvas.cells, across).any(axis=(1, 3))
        cells[index] = np.asarray(in_cells)
        owner[cells[index]] = index
    for index in reversed(range(count)):
        for row, cell, mark in cut_marks(table.columns[index], canvas):
            owner[row, cell], marks[row, cell] = index, mark
    if count > 1:
        letters = letter_marks(owner, count)
        for group in equal_groups(table.columns):
            show_hidden(group[0], cells[group[0]], owner, letters)
        marks = {**letters, **marks}
    grid = bits.reshape(canvas.rows, down, canvas.cells, across).transpose(0, 2, 1, 3)
    letters_only = glyphs.name == "ascii" and count > 1
    return [
        cell_row(grid[y], owner[y], y, marks, styles, glyphs, letters_only)
        for y in range(canvas.rows)
    ]


def cell_row(
    grid: Cells,
    owner: NDArray[np.int_],
    row: int,
    marks: dict[tuple[int, int], str],
    styles: Sequence[LineStyle],
    glyphs: Glyphs,
    letters_only: bool,
) -> Text:
    """Return a row of cells as text."""
    text = Text()
    for x, index in enumerate(owner.tolist()):
        if index < 0:
            text.append(" ")
            continue
        character = letter_of(index) if letters_only else glyphs.cell(grid[x])
        text.append(marks.get((row, x), character), styles[index].terminal)
    return text


def raster(column: Column, canvas: Canvas) -> Cells:
    """Return the dots of one curve, from the top: each column from its lowest to its highest.

    Beyond the ends of the axis there are none.
    """
    width, height = canvas.dots
    line = line_of(column, width)
    y = np.where(canvas.scale.below(line.y) | canvas.scale.above(line.y), np.nan, line.y)
    keep = np.isfinite(y)
    dots = np.zeros((height, width), bool)
    if not keep.any():
        return dots
    at = canvas.shares(line.x) * (width - 1)
    for start, stop in runs_of(keep):
        levels = canvas.scale.fractions(y[start:stop]) * (height - 1)
        low, high = band(at[start:stop], levels, width)
        low, high = connected(np.round(low), np.round(high))
        rows = np.arange(height)[::-1, None]
        dots |= np.asarray((rows >= low) & (rows <= high))
    return dots


def runs_of(mask: Cells) -> list[tuple[int, int]]:
    """Return the first index of each run of True, and the one after its last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def connected(low: Array, high: Array) -> tuple[Array, Array]:
    """Return the bands of neighbouring columns lengthened until they touch."""
    low, high = low.copy(), high.copy()
    rise = low[1:] - high[:-1] > 1
    low[1:][rise] = high[:-1][rise] + 1
    fall = low[:-1] - high[1:] > 1
    high[1:][fall] = low[:-1][fall] - 1
    return low, high


def cut_marks(column: Column, canvas: Canvas) -> list[tuple[int, int, str]]:
    """Return (row, cell, mark) of each place where the axis cuts a curve."""
    scale, glyphs = canvas.scale, canvas.glyphs
    sides = (
        (scale.below(column.rates), canvas.rows - 1, glyphs.below),
        (scale.above(column.rates), 0, glyphs.above),
    )
    marks = []
    for outside, row, mark in sides:
        for start, _ in runs_of(outside) if outside.any() else []:
            marks.append((row, canvas.cell_of(column.position_of(column.step_at(start))), mark))
    return marks


def last_tick(canvas: Canvas, end: float) -> float:
    """Return the end of the axis, or the last step where that is in another place of the chart."""
    cell = (canvas.last - canvas.first) / max(canvas.cells - 1, 1)
    return end if end - canvas.last <= NEAR * cell else canvas.last


def cut_lines(table: Table, canvas: Canvas) -> list[Text]:
    """Return the line that says what the marks of cut curves mean, where there are any."""
    ends = np.array(limits([column.rates for column in table.columns]))
    parts = []
    if canvas.scale.below(ends).any():
        parts.append(f"{canvas.glyphs.below} rate below the axis")
    if canvas.scale.above(ends).any():
        parts.append(f"{canvas.glyphs.above} rate above the axis")
    return [Text(canvas.glyphs.between.join(parts))] if parts else []


def letter_marks(owner: NDArray[np.int_], count: int) -> dict[tuple[int, int], str]:
    """Return a few cells of each curve that have its letter, where colours cannot tell."""
    marks = {}
    for index in range(count):
        rows, columns = np.nonzero(owner == index)
        order = np.argsort(columns, kind="stable")
        if not len(order):
            continue
        for at in order[[int(len(order) * share) for share in LETTER_SHARES]]:
            marks[int(rows[at]), int(columns[at])] = letter_of(index)
    return marks


def show_hidden(
    index: int, cells: Cells, owner: NDArray[np.int_], letters: dict[tuple[int, int], str]
) -> None:
    """Give a curve without a cell of its own some in which others hide it, with its letter."""
    if not cells.any() or (owner == index).any():
        return
    rows, columns = np.nonzero(cells)
    order = np.argsort(columns, kind="stable")
    free = [at for at in order if (int(rows[at]), int(columns[at])) not in letters]
    for at in [free[int(len(free) * share)] for share in HIDDEN_SHARES] if free else []:
        place = int(rows[at]), int(columns[at])
        owner[place] = index
        letters[place] = letter_of(index)


def step_lines(table: Table, canvas: Canvas, margin: int) -> list[Text]:
    """Return the axis of steps, the line of its numbers, and its name after them or below."""
    unit, glyphs, width = table.unit, canvas.glyphs, canvas.cells + margin + 1
    line, numbers = [glyphs.horizontal] * canvas.cells, [" "] * width
    used = width
    ticks = step_ticks(canvas, unit, last_tick(canvas, axis_end(table)))
    texts = step_tick_texts(ticks, unit)
    for tick, text in zip(reversed(ticks), reversed(texts), strict=True):
        at = canvas.cell_of(tick)
        start = min(max(margin + 1 + at - len(text) // 2, 0), width - len(text))
        if start + len(text) > used:
            continue
        line[at] = glyphs.tick_below
        numbers[start : start + len(text)] = text
        used = start - 1
    ruler = Text(" " * margin + glyphs.corner + "".join(line))
    text = "".join(numbers).rstrip()
    last = text[: len(text) - len(text.rpartition(" ")[2])]
    name = last.rstrip()
    if len(last) - len(name) >= len(unit.name) + 2:
        return [ruler, Text(last[: -len(unit.name) - 1] + f"{unit.name} " + text[len(last) :])]
    return [ruler, Text(text), Text(" " * (margin + 1) + unit.name)]


def step_ticks(canvas: Canvas, unit: AxisUnit, end: float) -> list[float]:
    """Return the ticks of the step axis: round steps, evenly apart, from the first one on.

    They end at `end`, or with `end` about as far from the last one as the others are apart, with
    more or fewer ticks than usual where they do not otherwise. Where none do, they are those whose
    distance from `end` is nearest to their own or to 0, and `end` has none if it is much less.
    """
    first, usual = canvas.first, max(canvas.cells // TICK_CELLS, 3)
    widest = max(map(len, step_tick_texts([first, end], unit)))
    most = max(canvas.cells // (widest + TICK_GAP), usual)
    best, best_rank = [first, end], (False, False, False, 0.0)
    for count in (*range(usual, most + 1), *range(FEWEST_TICKS, usual)):
        even = unit_ticks(first, end, count, unit)
        room = 0.0 if first in even else TICK_CELLS / 2 / canvas.cells * (end - first)
        ticks = with_required(even, [first], room)
        if len(ticks) < 2:
            continue
        rest = (end - ticks[-1]) / (ticks[-1] - ticks[-2]) or 1.0
        ended = sorted({*ticks, end}) if rest >= HALF else ticks
        evenness = min(rest, EVEN) if rest >= HALF else EVEN - rest
        has_room = has_room_for_name(ended, canvas, unit)
        rank = (len(ticks) > 2, evenness >= HALF, has_room, evenness)
        if rank > best_rank:
            best, best_rank = ended, rank
    return best


def has_room_for_name(ticks: Sequence[float], canvas: Canvas, unit: AxisUnit) -> bool:
    """Return whether the name of the step axis is before the number of its last tick."""
    before, last = map(len, step_tick_texts(ticks[-2:], unit))
    cells = canvas.cell_of(ticks[-1]) - canvas.cell_of(ticks[-2])
    return bool(cells - before // 2 - last >= len(unit.name) + 2)


def legend(table: Table, width: int) -> list[Text]:
    """Return the lines that say which curve is which, wrapped between entries.

    Equal curves, of which the chart shows the first, are named together.
    """
    styles = curve_styles([column.curve for column in table.columns])
    entries = []
    for group in equal_groups(table.columns):
        for index in group:
            entry = Text("" if index == group[0] else "= ")
            entry.append(letter_of(index), styles[index].terminal)
            entries.append(entry.append(f" {table.columns[index].label}"))
    lines = entries[:1]
    for entry in entries[1:]:
        between = " " if entry.plain.startswith("=") else "   "
        if lines[-1].cell_len + len(between) + entry.cell_len > width:
            lines.append(entry)
        else:
            lines[-1].append(between).append_text(entry)
    return lines


def facts_lines(column: Column, unit: AxisUnit, width: int, glyphs: Glyphs) -> list[Text]:
    """Return a curve's facts and its segments, each in a line that is wrapped between parts."""
    between = glyphs.between
    texts = (facts_text(column, unit, between), segments_text(column, unit, between))
    lines = [wrapped_parts(text.split(between), width, between) for text in texts if text]
    return [Text(line) for part in lines for line in part]


def sparkline(rates: Array, cells: int, low: float, high: float, glyphs: Glyphs) -> str:
    """Return the rates in `cells` characters from `low` to `high`; each shows its column's peak."""
    if not len(rates) or cells < 1:
        return ""
    starts = np.linspace(0, len(rates), cells + 1).astype(np.int64)[:-1]
    finite = np.where(np.isfinite(rates), rates, high) if not all_finite(rates) else rates
    peaks = np.maximum.reduceat(finite, np.minimum(starts, len(rates) - 1))
    share = (peaks - low) / (high - low) if high > low else np.zeros(len(peaks))
    levels = np.clip(np.floor(share * len(glyphs.sparks)), 0, len(glyphs.sparks) - 1)
    return "".join(glyphs.sparks[int(level)] for level in levels)
