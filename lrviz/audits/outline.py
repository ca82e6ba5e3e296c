"""What the rows of a log show at first sight: the warm-up, the peak, and how long it is held."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from lrviz.audits.budget import Budget
from lrviz.audits.rows import Rows
from lrviz.core.schedule import Array

HOLD_ROWS = 3
"""Rows at the peak that are a hold."""
LEVEL = 1e-12
"""A line that rises or falls by at most this share of its rates is level."""
FEW = 24
"""Steps that are tried where each takes long."""


@dataclass(frozen=True, eq=False)
class Outline:
    """What rows show at first sight: their steps and rates, and the rows at the peak.

    `first` and `last` are the first and last row of the hold at the peak. With `is_late` a warm-up
    ends at the first row or before it. `budget` counts the fits to these rows, and those of the
    whole search.
    """

    t: Array
    y: Array
    tolerance: Array
    first: int
    last: int
    is_late: bool = False
    budget: Budget = field(default_factory=Budget, repr=False)

    @property
    def weights(self) -> Array:
        """How much each row counts, by its rounding."""
        return np.asarray(self.tolerance.min() / self.tolerance)

    @property
    def rises(self) -> bool:
        """Whether rows show a warm-up."""
        return self.first > 0

    @property
    def warms_up(self) -> bool:
        """Whether there is a warm-up, also one that no row shows."""
        return self.rises or self.is_late

    @property
    def after_warmup(self) -> int:
        """The first row that is surely after the warm-up: of one without a hold not the highest."""
        return self.first + (self.rises and not self.holds)

    @property
    def holds(self) -> bool:
        """Whether the peak is held for some rows."""
        return self.last - self.first + 1 >= HOLD_ROWS

    def line(self) -> tuple[float, float] | None:
        """Return the start and the slope of the warm-up, or None where its rows are too few.

        A single row is taken to be on a line from 0.
        """
        t, y = self.t[: self.first], self.y[: self.first]
        if len(t) >= 2:
            slope, start = straight_line(t, y, self.weights[: self.first])
        elif len(t) == 1 and t[0] > 0:
            start, slope = 0.0, float(y[0] / t[0])
        else:
            return None
        return (float(start), float(slope)) if slope > 0 else None

    def start(self, rise: int, peak: float) -> float:
        """Return the rate at step 0 of a warm-up to a peak; a single row is on the line to it."""
        line, first = self.line(), float(self.t[0])
        level = line[0] if line else float(self.y[0])
        if self.first == 1 and 0 < first < rise:
            level = (float(self.y[0]) * rise - peak * first) / (rise - first)
        return max(level, 0.0)

    def starts(self, count: int = FEW) -> list[int]:
        """Return the steps at which the warm-up may end, at most so many."""
        if not self.rises:
            return between(1, self.t[0], count) if self.is_late else [0]
        after = min(self.first + (0 if self.holds else 1), len(self.t) - 1)
        return between(self.t[self.first - 1] + 1, self.t[after], count)


def straight_line(x: Array, y: Array, weights: Array) -> tuple[float, float]:
    """Return the slope and the level of the best line; NaN where rows do not determine it.

    A slope that is a rounding error of the rows is 0: divided by it, steps have no bound.
    """
    if not np.isfinite([x, y, weights]).all():
        return np.nan, np.nan
    shares = (weights / weights.max()) ** 2
    shares /= shares.sum()
    x_mean, y_mean = shares @ x, shares @ y
    spread = shares @ (x - x_mean) ** 2
    if not spread:
        return np.nan, np.nan
    with np.errstate(all="ignore"):  # a rate may be near the largest numbers
        slope = shares @ ((x - x_mean) * (y - y_mean)) / spread
        if abs(slope) * np.ptp(x) <= LEVEL * np.abs(y).max():
            slope = 0.0
        return float(slope), float(y_mean - slope * x_mean)


def between(low: float, high: float, limit: int) -> list[int]:
    """Return the whole steps from `low` to `high`, of many only some."""
    count = max(int(high) - int(low) + 1, 0)
    steps = np.linspace(low, high, min(count, limit))
    return [int(step) for step in np.unique(steps.astype(int))]


def outline_of(rows: Rows, budget: Budget | None = None) -> Outline:
    """Return what rows show at first sight."""
    near = np.abs(rows.rates - rows.rates.max()) <= 2 * rows.tolerance
    first = int(np.argmax(near))
    last = first + int(np.argmin(np.append(near[first:], False))) - 1
    t = rows.steps.astype(float)
    return Outline(t, rows.rates, rows.tolerance, first, last, budget=budget or Budget())
