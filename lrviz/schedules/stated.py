"""Schedules that are functions of the step alone, as keras and optax write them."""

from __future__ import annotations

from typing import Any

import numpy as np

from lrviz.declaration import Schedule, Steps64
from lrviz.errors import SpecError


class Stated(Schedule, abstract=True):
    """A schedule whose parameters state the rate; `lr` is not used."""

    states_rate = True

    def curve(self, t: Steps64) -> Any:
        """Return the rate at the steps `t`, or nan and inf where the library gives them."""
        raise NotImplementedError

    def formula(self, t: Steps64, lr: float) -> Any:
        """Return the rate at the steps `t`. Raises SpecError where it is no finite number."""
        del lr
        with np.errstate(all="ignore"):
            rates = np.broadcast_to(np.asanyarray(self.curve(t), np.float64), t.shape)
            finite = bool(np.isfinite(rates.sum()))
        if not finite and not np.isfinite(rates).all():
            at = int(np.flatnonzero(~np.isfinite(rates))[0])
            step, rate = int(t.flat[at]), rates.flat[at]
            words = f"{self.title()} has no finite rate at step {step}: {self.dialect} gives {rate}"
            raise SpecError.of("", words)
        return rates
