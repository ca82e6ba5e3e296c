"""Schedules that a metric drives: the run step by step, and the rule of the plateau."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from lrviz.core.errors import SpecError
from lrviz.core.metric import Recorded
from lrviz.core.parameters import Count, Factor, Number, Rate, Trace
from lrviz.core.schedule import Array, PathDependent

Turn = Callable[[int, float, float], float]
"""From a step that has passed, the metric after it and its rate: the rate of the next step."""


def improves(mode: str, threshold_mode: str, threshold: float, value: float, best: float) -> bool:
    """Tell whether a value is better than the best by more than the threshold."""
    sign = 1 if mode == "min" else -1
    if threshold_mode == "rel":
        return sign * value < sign * best * (1 - sign * threshold)
    return sign * value < sign * best - threshold


def worst(mode: str) -> float:
    """Return the value that every other one improves on."""
    return math.inf if mode == "min" else -math.inf


@dataclass
class Plateau:
    """torch's ReduceLROnPlateau in action; other libraries wrap it."""

    mode: str
    factor: float
    patience: int
    threshold: float = 1e-4
    threshold_mode: str = "rel"
    cooldown: int = 0
    min_lr: float = 0.0
    eps: float = 1e-8

    def __post_init__(self) -> None:
        self.best = worst(self.mode)
        self.bad = self.rest = 0

    def after(self, value: float, rate: float) -> float:
        """Return the rate that follows `rate` when the metric is `value`."""
        if improves(self.mode, self.threshold_mode, self.threshold, value, self.best):
            self.best, self.bad = value, 0
        else:
            self.bad += 1
        if self.rest > 0:
            self.rest, self.bad = self.rest - 1, 0
        if self.bad <= self.patience:
            return rate
        self.rest, self.bad = self.cooldown, 0
        lower = max(rate * self.factor, self.min_lr)
        return lower if rate - lower > self.eps else rate


class MetricDriven(PathDependent, abstract=True):
    """A schedule that looks at a metric after each step."""

    if TYPE_CHECKING:  # each subclass declares it, behind its library's parameters
        metric: Any

    def first(self, lr: float) -> float:
        """Return the rate of step 0."""
        return lr

    def turns(self, lr: float) -> Turn:
        """Return a fresh run of the schedule."""
        raise NotImplementedError

    def simulate(self, stop: int, lr: float) -> Array:
        """Return the rates of steps 0 to stop - 1."""
        return self.run(stop, lr)[0]

    def run(self, stop: int, lr: float) -> tuple[Array, Array]:
        """Return the rates of steps 0 to stop - 1, and the metric after each but the last."""
        if isinstance(self.metric, Recorded) and len(self.metric) < stop - 1:
            raise SpecError.of(
                "", f"metric has {len(self.metric)} values, and {stop} steps use {stop - 1}"
            )
        feed, turn, rate = self.metric.feed(), self.turns(lr), self.first(lr)
        rates, seen = np.empty(stop), np.empty(max(stop - 1, 0))
        for step in range(stop - 1):
            rates[step] = rate
            seen[step] = value = feed(rate)
            rate = turn(step, value, rate)
        rates[stop - 1 :] = rate
        return rates, seen

    def metric_trace(self, stop: int, lr: float) -> tuple[str, Array] | None:
        """Return the metric's name, and its value after each step but the last."""
        return self.metric.title, self.run(stop, lr)[1]

    def natural_length(self) -> int | None:
        """Return the number of values that were recorded."""
        return len(self.metric) or None if isinstance(self.metric, Recorded) else None


class TorchPlateau(MetricDriven, abstract=True):
    """torch's ReduceLROnPlateau, which transformers hands on under a name of its own."""

    mode: Literal["min", "max"] = Field("min", description="whether lower or higher is better")
    factor: Factor = Field(0.1, lt=1, description="what each drop multiplies the rate by")
    patience: Count = Field(10, description="steps without improvement that are let pass")
    threshold: Number = Field(1e-4, description="how much better counts as better")
    threshold_mode: Literal["rel", "abs"] = Field("rel", description="relative to the best or not")
    cooldown: Count = Field(0, description="steps after a drop in which nothing counts")
    min_lr: Rate = Field(0.0, description="rate below which it never goes")
    eps: Number = Field(1e-8, description="smallest drop that is made")
    metric: Trace = Field(
        description="the metric: a list, a CSV column, or a simulated loss",
        examples=[{"simulate": {}}],
    )

    def turns(self, lr: float) -> Turn:
        """Return a fresh run of torch's rule."""
        del lr
        names = (field.name for field in fields(Plateau))
        rule = Plateau(**{name: getattr(self, name) for name in names})
        return lambda _, value, rate: rule.after(value, rate)
