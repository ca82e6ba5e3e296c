"""torch's ReduceLROnPlateau: its rule, which other libraries wrap."""

import math
from dataclasses import dataclass, fields
from typing import Literal

from pydantic import Field

from lrviz.core.metric_driven import MetricDriven, Update
from lrviz.core.parameters import Count, Factor, Number, Rate, Trace
from lrviz.dialects.torch.base import Torch


def is_better(mode: str, threshold_mode: str, threshold: float, value: float, best: float) -> bool:
    """Return whether a value is better than the best by more than the threshold."""
    sign = 1 if mode == "min" else -1
    if threshold_mode == "rel":
        return sign * value < sign * best * (1 - sign * threshold)
    return sign * value < sign * best - threshold


def worst(mode: str) -> float:
    """Return the value that every other one is better than."""
    return math.inf if mode == "min" else -math.inf


@dataclass
class Plateau:
    """The state of torch's ReduceLROnPlateau during a run."""

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
        self.num_bad_epochs = self.cooldown_counter = 0

    def next_rate(self, value: float, rate: float) -> float:
        """Return the rate that follows `rate` when the metric is `value`."""
        if is_better(self.mode, self.threshold_mode, self.threshold, value, self.best):
            self.best, self.num_bad_epochs = value, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter, self.num_bad_epochs = self.cooldown_counter - 1, 0
        if self.num_bad_epochs <= self.patience:
            return rate
        self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        lower = max(rate * self.factor, self.min_lr)
        return lower if rate - lower > self.eps else rate


class TorchPlateau(MetricDriven, abstract=True):
    """A schedule that follows torch's rule, with torch's parameters: there is no last_epoch."""

    fixed_parameters = {}
    mode: Literal["min", "max"] = Field("min", description="whether lower or higher is better")
    factor: Factor = Field(0.1, lt=1, description="what each drop multiplies the rate by")
    patience: Count = Field(10, description="steps without improvement before a drop")
    threshold: Number = Field(1e-4, description="how much better counts as an improvement")
    threshold_mode: Literal["rel", "abs"] = Field(
        "rel", description="whether threshold is relative to the best value"
    )
    cooldown: Count = Field(0, description="steps after a drop that are not counted")
    min_lr: Rate = Field(0.0, description="lowest rate")
    eps: Number = Field(1e-8, description="smallest drop that is made")
    metric: Trace = Field(
        description="the metric: FILE.csv:COLUMN, a list, or a simulated loss",
        examples=[{"simulate": {}}],
    )

    def update(self, lr: float) -> Update:
        del lr
        names = (field.name for field in fields(Plateau))
        plateau = Plateau(**{name: getattr(self, name) for name in names})
        return lambda _, value, rate: plateau.next_rate(value, rate)


class ReduceLROnPlateau(TorchPlateau, Torch):
    """Multiplies the rate by factor when the metric stops improving."""

    aliases = ("plateau",)
    formula = "rate * factor after more than patience steps without improvement"
