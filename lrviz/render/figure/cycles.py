"""Cycles too narrow to draw: a band from their lowest to their highest rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from lrviz.core.schedule import Array
from lrviz.render.figure.axes import RateAxis
from lrviz.render.figure.placing import runs
from lrviz.render.lines import Line

MIN_CYCLE = 0.06
"""Inches of a cycle that is drawn."""
MIN_PIECES = 8
"""So many pieces of that width at least are a band."""
MIN_SWING = 1.8
"""A curve goes up and down by so many times the height of a cycle in each one, at least."""
MIN_HEIGHT = 0.05
"""Cycles of less than this share of the plot's height stay a line."""
EDGE_WIDTH = 0.8
"""Points."""
OPACITY = 0.25


@dataclass(frozen=True)
class CycleBand:
    """The lowest and highest rates of narrow cycles at steps `x`."""

    x: Array
    low: Array
    high: Array


def cycle_bands(line: Line, axis: RateAxis, inches: float) -> tuple[CycleBand, ...]:
    """Return the bands of a line that takes so many inches of the plot's width.

    The line is divided into pieces of `MIN_CYCLE` inches. Those are in a band in which it goes up
    and down by the whole height that it has there and in the pieces beside.
    """
    count = int(inches / MIN_CYCLE)
    if count < MIN_PIECES or line.turns < MIN_PIECES:
        return ()
    edges = np.linspace(line.x[0], line.x[-1], count + 1)
    piece = np.clip(np.searchsorted(edges, line.x, "right") - 1, 0, count - 1)
    rates = np.nan_to_num(line.y, nan=axis.ends[0])
    heights = np.nan_to_num(axis.fractions(rates))
    travel = np.bincount(piece[1:], np.abs(np.diff(heights)), count)
    low, high = extremes(heights, piece, count)
    height = highest_near(high) + highest_near(-low)
    narrow = (travel >= MIN_SWING * height) & (height >= MIN_HEIGHT)
    lowest, highest = extremes(rates, piece, count)
    bands = []
    for start, stop in runs(narrow, MIN_PIECES):
        x = (edges[start:stop] + edges[start + 1 : stop + 1]) / 2
        x[0], x[-1] = edges[start], edges[stop]
        bands.append(CycleBand(x, lowest[start:stop], highest[start:stop]))
    return tuple(bands)


def extremes(values: Array, piece: NDArray[np.intp], count: int) -> tuple[Array, Array]:
    """Return the lowest and highest value in each of so many pieces; +inf and -inf in none."""
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, piece, values)
    np.maximum.at(high, piece, values)
    return low, high


def highest_near(values: Array) -> Array:
    """Return the highest of each value and those beside it."""
    beside = np.pad(values, 1, constant_values=-np.inf)
    return np.maximum(np.maximum(beside[:-2], values), beside[2:])


def without(line: Line, bands: Sequence[CycleBand]) -> Line:
    """Return the line with gaps (NaN) where it is a band."""
    y = line.y
    for band in bands:
        y = np.where((line.x >= band.x[0]) & (line.x <= band.x[-1]), np.nan, y)
    return replace(line, y=y)


def draw_cycle_bands(axes: Axes, bands: Sequence[CycleBand], axis: RateAxis, colour: str) -> None:
    """Draw bands, light and below the lines, with thin edges."""
    for band in bands:
        low, high = (np.clip(rates, *axis.ends) for rates in (band.low, band.high))
        axes.fill_between(band.x, low, high, color=colour, alpha=OPACITY, linewidth=0, zorder=1.5)
        for edge in (low, high):
            axes.plot(band.x, edge, color=colour, linewidth=EDGE_WIDTH, zorder=2.8)
