"""Rates at sampled steps, which generated code is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lrviz.core.schedule import Array, Schedule, Steps64
from lrviz.core.segment import Part

MAX_SAMPLES = 20_000
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Samples:
    """Rates of a schedule at ascending steps of its clock."""

    t: Steps64
    rates: Array

    @property
    def stop(self) -> int:
        """The step after the last one."""
        return int(self.t[-1]) + 1 if self.t.size else 0

    def within(self, start: int, stop: int) -> Samples:
        """Return the samples from `start` to before `stop`."""
        first, last = np.searchsorted(self.t, [start, stop])
        return Samples(self.t[first:last], self.rates[first:last])

    def match(self, values: Array) -> bool:
        """Return whether values at `t` are the rates, up to rounding."""
        scale = float(np.abs(self.rates).max(initial=0.0))
        return bool(np.allclose(values, self.rates, rtol=TOLERANCE, atol=1e-14 * scale))

    def traced_steps(self) -> list[int]:
        """Return the steps at which a curve is traced: first, second, middle, last."""
        t = self.t
        if not t.size:
            return []
        indices = (0, min(1, len(t) - 1), len(t) // 2, -1)
        return list(dict.fromkeys(int(t[index]) for index in indices))


def sample_around(schedule: Schedule, lr: float, parts: Sequence[Part], stop: int) -> Samples:
    """Return the rates at up to 20,000 steps below `stop`, those around each boundary included."""
    even = np.linspace(0, stop - 1, min(stop, MAX_SAMPLES)).astype(np.int64)
    edges = [part.start + shift for part in parts for shift in (-1, 0, 1)]
    t = np.unique([*even, *(edge for edge in edges if 0 <= edge < stop)]).astype(np.int64)
    with np.errstate(all="ignore"):
        return Samples(t, schedule.rate_function(lr)(t))
