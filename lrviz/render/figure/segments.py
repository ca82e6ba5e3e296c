"""The segments of a single curve: marks where they start, and their names above the plot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from lrviz.core.segment import MAX_SEGMENTS
from lrviz.core.text import format_rounded
from lrviz.curves.spans import Span, spans_of
from lrviz.curves.table import Column, Table
from lrviz.render.figure.layout import LINE, Box
from lrviz.render.figure.page import Page

MAX_MARKED = 24
"""How many starts of segments are marked at most."""
MAX_NAMED = 8
MIN_CYCLES = 3


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


def mark_spans(axes: Axes, spans: Sequence[Span], page: Page, box: Box) -> None:
    """Mark where segments start, and write their names above the plot where there is room."""
    low, high = axes.get_xlim()
    widths = [page.small_width(span.name) for span in spans]
    rooms = [(span.stop - span.start) / (high - low) * box.width for span in spans]
    most = sum(width < room for width, room in zip(widths, rooms, strict=True))
    has_names = len(spans) <= MAX_NAMED and most > min(len(spans) - 1, 1)
    for span in spans[1:]:
        dotted(axes, span.start, page)
    for span, width, room in zip(spans, widths, rooms, strict=True):
        if has_names and width < room:
            axes.annotate(
                span.name, ((span.start + span.stop) / 2, 1), xytext=(0, 3),
                xycoords=("data", "axes fraction"), textcoords="offset points",
                ha="center", va="bottom", fontsize=page.sizes.small, color=page.style.faint,
            )  # fmt: skip


def dotted(axes: Axes, step: float, page: Page) -> None:
    """Draw a dotted vertical line."""
    axes.axvline(step, color=page.style.faint, linewidth=0.7, linestyle=(0, (1, 3)), zorder=2)
