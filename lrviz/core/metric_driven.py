"""Schedules that a metric drives: the run, step by step."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.core.metric import Metric, Recorded
from lrviz.core.schedule import Array, PathDependent

Update = Callable[[int, float, float], float]
"""From a step that has passed, the metric after it and its rate to the rate of the next step."""


def require_values(metric: Metric, stop: int) -> None:
    """Raise SpecError where a recorded metric has too few values for steps 0 to stop - 1."""
    if isinstance(metric, Recorded) and len(metric) < stop - 1:
        raise SpecError.of("", f"metric has {len(metric)} values, and {stop} steps use {stop - 1}")


MAX_SIMULATED_STEPS = 1_000_000


def refuse_long_runs(title: str, steps: int) -> None:
    """Raise SpecError for more steps than are computed one by one."""
    if steps > MAX_SIMULATED_STEPS:
        message = f"is computed step by step, for at most {MAX_SIMULATED_STEPS:,} steps"
        raise SpecError.of("", f"{title} {message} (got {steps:,})", "too-many-steps")


class MetricDriven(PathDependent, abstract=True):
    """A schedule that reads a metric after each step."""

    if TYPE_CHECKING:  # each subclass declares it, after its library's parameters
        metric: Metric

    def first_rate(self, lr: float) -> float:
        """Return the rate of step 0."""
        return lr

    def update(self, lr: float) -> Update:
        """Return the update of a run that starts now; it has the state of the metric so far."""
        raise NotImplementedError

    def simulate(self, stop: int, lr: float) -> Array:
        return self.run(stop, lr)[0]

    def run(self, stop: int, lr: float) -> tuple[Array, Array]:
        """Return the rates of steps 0 to stop - 1, and the metric after each but the last."""
        require_values(self.metric, stop)
        refuse_long_runs(self.title(), stop)
        feed, update, rate = self.metric.feed(), self.update(lr), self.first_rate(lr)
        rates, metric = np.empty(stop), np.empty(max(stop - 1, 0))
        for step in range(stop - 1):
            rates[step] = rate
            metric[step] = value = feed(rate)
            rate = update(step, value, rate)
        rates[stop - 1 :] = rate
        return rates, metric

    def metric_trace(self, stop: int, lr: float) -> tuple[str, Array] | None:
        """Return the metric's name, and its value after each step but the last."""
        return self.metric.title, self.run(stop, lr)[1]

    def natural_length(self) -> int | None:
        """Return the number of recorded values; None for a simulated metric."""
        return len(self.metric) or None if isinstance(self.metric, Recorded) else None
