"""Schedules whose own parameters set the rate, whatever the rate of the optimizer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.core.schedule import Array, Schedule, Steps64
from lrviz.core.segment import as_rates, evaluate


class AbsoluteSchedule(Schedule, abstract=True):
    """A schedule whose parameters set the rate; `lr` is not used."""

    sets_rate = True

    def curve(self, t: Steps64) -> Any:  # TRANSITION
        """Return the rate at the steps `t`, or nan and inf where the library gives them."""
        raise NotImplementedError

    def rate_function(self, lr: float) -> Callable[[Steps64], Array]:
        """Return the function from steps to rates; it raises SpecError where one is not finite."""
        parts = None if type(self).curve is not AbsoluteSchedule.curve else self.segments(lr)

        def rates_at(t: Steps64) -> Array:
            with np.errstate(all="ignore"):
                rates = as_rates(self.curve(t) if parts is None else evaluate(parts, t), t)
                finite = bool(np.isfinite(rates.sum()))
            if not finite and not np.isfinite(rates).all():
                at = int(np.flatnonzero(~np.isfinite(rates))[0])
                step, rate = int(t.flat[at]), rates.flat[at]
                message = f"has no finite rate at step {step}: {self.dialect} gives {rate}"
                raise SpecError.of("", f"{self.title()} {message}", "not-finite")
            return rates

        return rates_at
