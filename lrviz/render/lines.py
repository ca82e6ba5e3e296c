"""From rates to the points of a line: jumps stay jumps, and ten million steps stay drawable."""

from __future__ import annotations

import numpy as np

from lrviz.core.schedule import Array
from lrviz.curves.facts import jumps
from lrviz.curves.table import Column

POINTS_PER_COLUMN = 4


def line_points(column: Column, columns: int) -> tuple[Array, Array]:
    """Return (x, y) of a curve's line for a picture of so many pixel columns.

    Where the rate jumps the line is level up to the jump and then vertical. A curve with many
    more steps than columns is drawn by each column's minimum and maximum.
    """
    rates = column.rates
    if not np.isfinite(rates.min(initial=0) + rates.max(initial=0)):
        rates = np.where(np.isfinite(rates), rates, np.nan)
    if len(rates) > POINTS_PER_COLUMN * columns:
        return envelope(column.steps, rates, columns)
    x = np.arange(column.steps.start, column.steps.stop, column.steps.step, dtype=np.float64)
    at = jumps(rates)
    return np.insert(x, at, x[at]), np.insert(rates, at, rates[at - 1])


def envelope(steps: range, rates: Array, columns: int) -> tuple[Array, Array]:
    """Return a line through each pixel column's first, lowest, highest and last rate."""
    starts = np.linspace(0, len(rates), columns + 1).astype(np.int64)[:-1]
    low, high = np.minimum.reduceat(rates, starts), np.maximum.reduceat(rates, starts)
    ends = np.append(starts[1:], len(rates)) - 1
    first, last = rates[starts], rates[ends]
    falls = first > last
    nearer, farther = np.where(falls, high, low), np.where(falls, low, high)
    y = np.column_stack([first, nearer, farther, last]).ravel()
    x_first = steps.start + starts * float(steps.step)
    x_last = steps.start + ends * float(steps.step)
    middle = (x_first + x_last) / 2
    return np.column_stack([x_first, middle, middle, x_last]).ravel(), y


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
