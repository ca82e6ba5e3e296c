"""The segments of a single curve: marks where they start, and their names above the plot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from lrviz.core.segment import BEGINNINGS, MAX_SEGMENTS
from lrviz.core.text import format_rounded
from lrviz.curves.column import Column
from lrviz.curves.spans import Span, spans_of
from lrviz.curves.table import Table
from lrviz.render.figure.axes import RateAxis
from lrviz.render.figure.layout import LINE
from lrviz.render.figure.page import Page
from lrviz.render.lines import Line

MAX_MARKED = 24
"""How many starts of segments are marked at most."""
MAX_NAMED = 8
MIN_NAMES = 2
"""Fewer names of more segments do not explain the marks."""
NAME_GAP = 0.08
"""Inches between two names."""
VISIBLE_JUMP = 0.04
"""A jump over this share of the plot's height is a mark by itself."""
MIN_CYCLES = 3


@dataclass(frozen=True)
class SegmentName:
    """A segment's name, and where its middle is: inches from the left edge of the plot."""

    text: str
    middle: float


def marked_spans(table: Table) -> list[Span]:
    """Return the segments to be marked: those of a single curve, where there are several.

    Of too many, the cycles are one.
    """
    if len(table.columns) > 1:
        return []
    spans = spans_of(table.columns[0])
    if len(spans) > MAX_MARKED:
        spans = with_cycles_as_one(spans)
        return spans if len(spans) <= MAX_MARKED else []
    return spans if len(spans) > 1 else []


def cycles_of(column: Column) -> str:
    """Return how many cycles a curve has, as `300 cycles`, or `cycles` where they differ."""
    names = [span.name for span in with_cycles_as_one(spans_of(column))]
    return next((name for name in names if name.endswith(" cycles")), "cycles")


def with_cycles_as_one(spans: Sequence[Span]) -> list[Span]:
    """Return the segments with equally long cycles as one, named by their number: `300 cycles`.

    A cycle begins at each segment of the most frequent name. Levels are no cycles.
    """
    if not spans:
        return []
    name = Counter(span.name for span in spans).most_common(1)[0][0]
    at = [index for index, span in enumerate(spans) if span.name == name]
    starts = np.array([spans[index].start for index in at])
    lengths = np.diff(starts)
    is_level = spans[at[0]].first == spans[at[0]].last
    if len(at) < MIN_CYCLES or is_level or np.ptp(lengths) > 1:
        return list(spans)
    length = float(lengths.mean())
    begin = at[0]
    if begin and abs(spans[begin].start - spans[begin - 1].start - length) <= 1:
        begin -= 1  # the first cycle has another name: no restart, but a decay
    stop = spans[-1].stop
    after: list[Span] = []
    if len(spans) < MAX_SEGMENTS:
        after = [span for span in spans if span.start >= starts[-1] + length - 1]
        stop = min(round(float(starts[-1] + length)), stop)
    first = spans[begin]
    count = (stop - first.start) / length
    last = spans[-1 - len(after)].last
    cycles = Span(f"{cycle_count(count)} cycles", first.start, stop, first.first, last)
    return [*spans[:begin], cycles, *after]


def cycle_count(count: float) -> str:
    """Return a number of cycles: whole, or at three digits."""
    return f"{round(count):,}" if abs(count - round(count)) < 0.01 else format_rounded(count, 3)


def segment_row(page: Page) -> float:
    """Return the height of the names of segments above the plot, in inches."""
    return page.sizes.small * LINE + 0.02


def segment_names(
    spans: Sequence[Span],
    ends: tuple[float, float],
    page: Page,
    width: float,
    overhang: float = 0.0,
) -> tuple[SegmentName, ...]:
    """Return the names of segments above a plot from `ends[0]` to `ends[1]`, `width` inches wide.

    A name is above the middle of its segment, or above its start where it says how that begins. One
    that is wider than its segment ends where the segment does; there it may begin up to `overhang`
    inches before the plot. What would touch others, those in their segments first, is left out; all
    are where fewer than two have room, or not all of two.
    """
    if len(spans) > MAX_NAMED:
        return ()
    scale = width / (ends[1] - ends[0])
    within: list[tuple[float, float, str]] = []
    beside: list[tuple[float, float, str]] = []
    for span in spans:
        size = page.small_width(span.name)
        start, stop = (span.start - ends[0]) * scale, (span.stop - ends[0]) * scale
        if span.name in BEGINNINGS:
            left = min(max(start - size / 2, -overhang), width - size)
            beside.append((left, left + size, span.name))
        elif size < stop - start:
            left = (start + stop - size) / 2
            within.append((left, left + size, span.name))
        else:
            beside.append((stop - size, stop, span.name))
    for left, right, text in beside:
        is_free = all(left >= end + NAME_GAP or right <= begin - NAME_GAP
                      for begin, end, _ in within)  # fmt: skip
        if is_free and left >= -overhang:
            within.append((left, right, text))
    names = (SegmentName(text, (left + right) / 2) for left, right, text in sorted(within))
    return tuple(names) if len(within) >= min(len(spans), MIN_NAMES) else ()


def marked_starts(spans: Sequence[Span], line: Line, axis: RateAxis) -> tuple[int, ...]:
    """Return where segments start, but for the first and those to which the line visibly jumps."""
    heights = axis.fractions(line.y)
    visible = np.abs(heights[line.jumps] - heights[line.jumps - 1]) >= VISIBLE_JUMP
    jumped = set(line.x[line.jumps][visible].tolist())
    return tuple(span.start for span in spans[1:] if span.start not in jumped)


def mark_segments(
    axes: Axes, starts: Sequence[int], names: Sequence[SegmentName], page: Page, width: float
) -> None:
    """Mark where segments start, and write their names above a plot `width` inches wide."""
    for start in starts:
        dotted(axes, start, page)
    for name in names:
        axes.annotate(
            name.text, (name.middle / width, 1), xytext=(0, 3), xycoords="axes fraction",
            textcoords="offset points", ha="center", va="bottom", fontsize=page.sizes.small,
            color=page.style.faint,
        )  # fmt: skip


def dotted(axes: Axes, step: float, page: Page) -> None:
    """Draw a dotted vertical line."""
    axes.axvline(step, color=page.style.faint, linewidth=0.7, linestyle=(0, (1, 3)), zorder=2)
