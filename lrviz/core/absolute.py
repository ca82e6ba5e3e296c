"""Schedules whose own parameters set the rate, whatever the rate of the optimizer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.core.schedule import Array, Schedule, Steps64, first_not_finite
from lrviz.core.segment import evaluate


class AbsoluteSchedule(Schedule, abstract=True):
    """A schedule whose parameters set the rate; `lr` is not used."""

    sets_rate = True

    def rate_function(self, lr: float) -> Callable[[Steps64], Array]:
        """Return the function from steps to rates; it raises SpecError where one is not finite."""
        parts = self.segments(lr)

        def rates_at(t: Steps64) -> Array:
            with np.errstate(all="ignore"):
                rates = evaluate(parts, t)
            fault = first_not_finite(t, rates)
            if fault:
                step, rate = fault
                message = f"has no finite rate at step {step}: {self.dialect} gives {rate}"
                raise SpecError.of("", f"{self.title()} {message}", "not-finite")
            return rates

        return rates_at
