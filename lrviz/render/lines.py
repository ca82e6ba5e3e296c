"""From rates to the points of a line: jumps stay jumps, and ten million steps stay drawable."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lrviz.core.distinct import distinct
from lrviz.core.finite import all_finite
from lrviz.core.schedule import Array
from lrviz.curves.column import Column
from lrviz.curves.facts import jumps

POINTS_PER_COLUMN = 4
SEARCHED = 1_000_000
VISIBLE_JUMP = 0.02
"""A jump of less than this share of all rates' range is not looked for in long curves."""


@dataclass(frozen=True)
class Line:
    """The points of a curve: samples are joined; a jump is a piece of its own.

    `jumps` are the indices of the points that end such a piece. It is vertical where the rate is
    held before it.
    """

    x: Array
    y: Array
    jumps: NDArray[np.intp]

    @cached_property
    def turns(self) -> int:
        """How often the rate turns from rising to falling, or back."""
        changes = np.diff(self.y)
        rises = changes[changes != 0.0] > 0.0
        return int(np.count_nonzero(rises[1:] != rises[:-1]))

    def joined(self) -> tuple[Array, Array]:
        """Return the points with a gap (NaN) in place of each jump."""
        return np.insert(self.x, self.jumps, np.nan), np.insert(self.y, self.jumps, np.nan)

    def jumping(self) -> tuple[Array, Array]:
        """Return the jumps only, with gaps (NaN) between them."""
        gap = np.full(len(self.jumps), np.nan)
        x = np.column_stack([self.x[self.jumps - 1], self.x[self.jumps], gap])
        y = np.column_stack([self.y[self.jumps - 1], self.y[self.jumps], gap])
        return x.ravel(), y.ravel()


NO_JUMPS = np.empty(0, np.intp)


def line_of(column: Column, columns: int, required: NDArray[np.intp] = NO_JUMPS) -> Line:
    """Return a curve's line for a picture of so many pixel columns.

    A curve of many more steps than columns keeps each column's first, lowest, highest and last
    sample, and those with the indices `required`. A rate that is held stays level up to a jump.
    """
    rates = column.rates
    if not all_finite(rates):
        rates = np.where(np.isfinite(rates), rates, np.nan)
    if len(rates) > POINTS_PER_COLUMN * columns:
        indices, starts = reduced(rates, columns)
        indices = distinct(np.append(indices, required))
    else:
        indices, starts = np.arange(len(rates)), jumps(rates)
    x = column.positions(indices)
    y = rates[indices]
    at = np.searchsorted(indices, starts)
    held = rates[starts - 1] == rates[np.maximum(starts - 2, 0)]
    level = at[held]
    points = np.insert(x, level, x[level]), np.insert(y, level, rates[starts[held] - 1])
    return Line(*points, at + np.cumsum(held))


def reduced(rates: Array, columns: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the indices of the samples that a picture shows, and those at which the rate jumps."""
    size = -(-len(rates) // columns)
    full_length = len(rates) // size * size
    finite = np.nan_to_num(rates, nan=np.nanmax(rates)) if not all_finite(rates) else rates
    pieces = [finite[:full_length].reshape(-1, size), finite[None, full_length:]]
    low = np.concatenate([piece.argmin(axis=1) for piece in pieces if piece.size])
    high = np.concatenate([piece.argmax(axis=1) for piece in pieces if piece.size])
    first = np.arange(0, len(rates), size)
    last = np.minimum(first + size, len(rates)) - 1
    ranges = finite[first + high] - finite[first + low]
    starts = visible_jumps(finite, ranges, size)
    indices = np.concatenate([first, first + low, first + high, last, starts - 1, starts])
    return distinct(indices), starts


def visible_jumps(rates: Array, ranges: Array, size: int) -> NDArray[np.intp]:
    """Return the visible jumps of a long curve: `ranges` are those of its columns of `size`.

    Of more than `SEARCHED` steps, only columns with a wide range are searched. Where jumps are in
    more than a quarter of the columns the curve is a band, in which they cannot be distinguished.
    """
    least = VISIBLE_JUMP * float(rates.max() - rates.min())
    if len(rates) <= SEARCHED:
        starts = jumps(rates)
    else:
        wide = np.flatnonzero(ranges > least)
        groups = np.split(wide, np.flatnonzero(np.diff(wide) > 1) + 1)
        bounds = [((g[0] - 1) * size, (g[-1] + 2) * size) for g in groups if len(g)]
        parts = [jumps(rates[max(low, 0) : high]) + max(low, 0) for low, high in bounds]
        starts = distinct(np.concatenate([*parts, np.empty(0, np.intp)]))
    starts = starts[np.abs(rates[starts] - rates[starts - 1]) > least]
    return starts if len(starts) <= len(ranges) / 4 else starts[:0]


def band(x: Array, y: Array, width: int) -> tuple[Array, Array]:
    """Return the lowest and highest pixel of one polyline in each column it crosses."""
    columns = np.arange(width, dtype=np.float64)
    middle = np.interp(columns, x, y, left=np.nan, right=np.nan)
    low, high = middle.copy(), middle.copy()
    inside = (x >= 0) & (x <= width - 1)
    column = np.round(x[inside]).astype(np.int64)
    np.fmin.at(low, column, y[inside])
    np.fmax.at(high, column, y[inside])
    return low, high
