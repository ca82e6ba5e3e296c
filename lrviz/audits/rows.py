"""The rows of a log on the plan's axis, as the search for explanations compares them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrviz.core.distinct import distinct
from lrviz.core.schedule import Array, Steps64

PROBES, FIRST = 40, 12


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a log: their steps in those of the plan, their rates and each one's rounding."""

    steps: Steps64
    rates: Array
    tolerance: Array

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def last(self) -> int:
        """The last step."""
        return int(self.steps.max(initial=0))

    @cached_property
    def peak(self) -> float:
        """The largest rate, or 1 where all are 0."""
        return float(np.max(np.abs(self.rates), initial=0.0)) or 1.0

    def take(self, index: Any) -> Rows:
        """Return some of the rows."""
        return Rows(self.steps[index], self.rates[index], self.tolerance[index])

    def matches(self, rates: Array) -> NDArray[np.bool_]:
        """Return which rows have these rates within their rounding; more axes may come before."""
        apart = rates - self.rates
        return np.asarray(np.abs(apart, out=apart) <= self.tolerance)

    def share(self, rates: Array) -> float:
        """Return the share of rows that have these rates."""
        return float(self.matches(rates).mean())

    def sampled(self, count: int) -> Rows:
        """Return at most so many of the rows: the first ones, and others evenly.

        There are more rows than indices, so that none is in them twice.
        """
        if len(self) <= count:
            return self
        beginning = np.arange(count // 4)
        others = np.linspace(count // 4, len(self) - 1, count - count // 4).astype(int)
        return self.take(np.concatenate([beginning, others]))

    def probes(self) -> Rows:
        """Return a few rows: the first ones, where warm-ups are, and others evenly."""
        evenly = np.linspace(0, len(self) - 1, PROBES - FIRST).astype(int)
        return self.take(distinct(np.append(np.arange(min(FIRST, len(self))), evenly)))
