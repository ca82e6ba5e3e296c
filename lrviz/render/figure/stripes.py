"""Stripes: a line that lies on others has gaps, through which those are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lrviz.core.schedule import Array
from lrviz.render.figure.placing import runs

COINCIDE = 0.35
"""Line widths between two lines that are seen as one, at most: in a gap of the upper one, nearly
all of the lower one is seen."""
SHORTEST = 20.0
"""Line widths of a stretch that two lines share; fewer stripes look like a fault, as where two
curves end at 0."""
PERIOD = 8.0
"""Line widths from the end of a gap to that of the next one."""
SOLID = 1.0
"""Line widths after the last gap, at least."""
STROKES = (4.0, 2.0, 1.0)
"""Line widths of a stroke on one other line, on two, and on more."""
SAMPLE = 0.01
"""Inches along a line between the places at which it is compared."""
MAX_COMPARED = 100
"""More curves are not compared, as each would be with each."""

NO_GAPS: NDArray[np.float64] = np.empty((0, 2))


@dataclass(frozen=True)
class Trace:
    """A line in its plot: points in inches, `y` NaN where it is interrupted, and its width.

    With `has_stripes` false it has no gaps, and gaps of others do not count it.
    """

    x: Array
    y: Array
    width: float
    has_stripes: bool = True

    @cached_property
    def lengths(self) -> Array:
        """The length of the line up to each point, without interruptions."""
        pieces = np.hypot(np.diff(self.x), np.diff(self.y))
        return np.concatenate([[0.0], np.cumsum(np.nan_to_num(pieces))])

    @cached_property
    def places(self) -> tuple[Array, Array, Array]:
        """Places along the line: the length up to each, and where each is."""
        lengths = np.arange(0.0, self.lengths[-1], SAMPLE)
        x, y = (np.interp(lengths, self.lengths, values) for values in (self.x, self.y))
        return lengths, x, y

    def distances(self, x: Array, y: Array) -> Array:
        """Return how far points are from the piece of the line above or below; NaN without one."""
        at = np.clip(np.searchsorted(self.x, x, "right") - 1, 0, len(self.x) - 2)
        with np.errstate(invalid="ignore", divide="ignore"):
            slopes = (self.y[at + 1] - self.y[at]) / (self.x[at + 1] - self.x[at])
            apart = np.abs(self.y[at] + slopes * (x - self.x[at]) - y) / np.hypot(1.0, slopes)
        return np.where((x < self.x[0]) | (x > self.x[-1]), np.nan, apart)


def gaps_of(traces: Sequence[Trace]) -> list[NDArray[np.float64]]:
    """Return each line's gaps as arrays (gaps, 2): the lengths of the line at their two ends.

    A line has gaps where it lies on earlier ones for long. None begins or ends a shared stretch, so
    that the line is whole where it leaves the others.
    """
    if len(traces) > MAX_COMPARED:
        return [NO_GAPS] * len(traces)
    levels: list[NDArray[np.int64]] = []
    for index, trace in enumerate(traces):
        levels.append(levels_on(trace, traces[:index], levels))
    return [gaps_in(trace, level) for trace, level in zip(traces, levels, strict=True)]


def levels_on(
    trace: Trace, others: Sequence[Trace], levels: Sequence[NDArray[np.int64]]
) -> NDArray[np.int64]:
    """Return on how many others, one on the other, a line lies at each of its places.

    `levels` are those of the others.
    """
    lengths, x, y = trace.places
    level = np.zeros(len(lengths), np.int64)
    for other, below in zip(others, levels, strict=True):
        if not (trace.has_stripes and other.has_stripes):
            continue
        is_near = other.distances(x, y) <= COINCIDE * trace.width
        for start, stop in runs(is_near, round(SHORTEST * trace.width / SAMPLE)):
            at = np.searchsorted(other.places[1], x[start:stop])
            on_it = below[np.minimum(at, len(below) - 1)] + 1
            level[start:stop] = np.maximum(level[start:stop], on_it)
    return level


def gaps_in(trace: Trace, levels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the gaps of a line that lies on others at those of its places with a level over 0.

    Each follows a stroke, and ends a period after that begins.
    """
    lengths, width = trace.places[0], trace.width
    gaps = []
    for start, stop in runs(levels > 0, 1):
        begin, end = lengths[start], lengths[stop - 1]
        for left in np.arange(begin, end - (PERIOD + SOLID) * width, PERIOD * width):
            level = int(levels[int(left / SAMPLE)])
            stroke = STROKES[min(level, len(STROKES)) - 1]
            gaps.append((left + stroke * width, left + PERIOD * width))
    return np.array(gaps) if gaps else NO_GAPS


def with_gaps(
    lengths: Array, gaps: NDArray[np.float64], values: Sequence[Array]
) -> tuple[Array, ...]:
    """Return the values at points of a line, with the ends of gaps, and NaN between those.

    `lengths` is the length of the line up to each point.
    """
    if not len(gaps):
        return tuple(values)
    edges = gaps.ravel()
    is_outside = np.searchsorted(edges, lengths) % 2 == 0
    middles = gaps.mean(axis=1)
    order = np.argsort(np.concatenate([lengths[is_outside], edges, middles]), kind="stable")
    nans = np.full(len(middles), np.nan)
    return tuple(
        np.concatenate([value[is_outside], np.interp(edges, lengths, value), nans])[order]
        for value in values
    )
