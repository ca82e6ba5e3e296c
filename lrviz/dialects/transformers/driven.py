"""Schedules that follow a metric: reduce_lr_on_plateau, and greedy, which goes both ways."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from lrviz.core.errors import SpecError
from lrviz.core.metric_driven import MetricDriven, Update
from lrviz.core.parameters import Count, Factor, Flag, Number, Rate, Steps, Trace, Whole
from lrviz.dialects.torch.plateau import TorchPlateau, is_better, worst
from lrviz.dialects.transformers.base import Transformers

NOT_ASKED = ("num_warmup_steps", "warmup_steps", "num_training_steps")
"""What get_scheduler takes for every type and does not hand on to these."""


class ReduceLROnPlateau(TorchPlateau, Transformers):
    """Multiplies the rate by factor when the metric has stopped to improve: torch's scheduler."""

    name = "reduce_lr_on_plateau"
    formula = "rate * factor after more than `patience` evaluations without improvement"
    ignored_parameters = (*Transformers.ignored_parameters, *NOT_ASKED)


class Greedy(MetricDriven, Transformers):
    """Raises the rate while the metric improves and lowers it while it does not (GreedyLR)."""

    name = "greedy"
    formula = (
        "rate / factor after more than `patience` improvements, rate * factor after as many not"
    )
    source = "transformers 5.23.0, GreedyLR; arXiv:2512.14527"
    ignored_parameters = (*Transformers.ignored_parameters, *NOT_ASKED, "verbose")
    mode: Literal["min", "max"] = Field("min", description="whether lower or higher is better")
    factor: Factor = Field(0.95, lt=1, description="what a drop multiplies the rate by")
    patience: Count = Field(10, description="improvements, or their lack, that are let pass")
    threshold: Number = Field(1e-6, description="how much better counts as better")
    threshold_mode: Literal["rel", "abs"] = Field("abs", description="relative to the best or not")
    cooldown: Count = Field(0, description="evaluations after a drop in which nothing counts")
    warmup: Count = Field(0, description="evaluations after a rise in which nothing counts")
    min_lr: Rate = Field(1e-3, description="rate below which a drop never goes")
    max_lr: Rate = Field(1.0, description="rate above which a rise never goes")
    eps: Number = Field(1e-8, description="smallest change that is made")
    smooth: Flag = Field(False, description="whether to look at the metric's running mean")
    window_size: Steps = Field(50, description="values in the running mean")
    reset_start: Whole = Field(500, description="drops at min_lr until all begins anew")
    metric: Trace = Field(
        description="the metric: a list, a CSV column, or a simulated loss",
        examples=[{"simulate": {}}],
    )

    def update(self, lr: float) -> Update:
        run = GreedyRun(self, lr)
        return lambda _, value, rate: run.after(value, rate)

    def findings(self, lr: float) -> Iterator[str]:
        if lr < self.min_lr:
            yield f"min_lr ({self.min_lr:g}) is above lr ({lr:g}): the rate is never lowered"
        if lr > self.max_lr:
            yield f"max_lr ({self.max_lr:g}) is below lr ({lr:g}): the rate is never raised"


class GreedyRun:
    """GreedyLR in action."""

    def __init__(self, rule: Greedy, lr: float) -> None:
        self.rule = rule
        self.lr = lr
        self.begin()

    def begin(self) -> None:
        """Forget what was seen."""
        self.best = worst(self.rule.mode)
        self.good = self.bad = self.rest = 0
        self.drops_left = self.rule.reset_start
        self.window: deque[float] = deque()
        self.total = 0.0

    def smoothed(self, value: float) -> float:
        """Return the running mean, in the order of operations of transformers."""
        self.window.append(value)
        self.total += value
        if len(self.window) > self.rule.window_size:
            self.total -= self.window.popleft()
        return self.total / len(self.window)

    def after(self, value: float, rate: float) -> float:
        """Return the rate that follows `rate` when the metric is `value`."""
        rule = self.rule
        value = self.smoothed(value) if rule.smooth else value
        if self.rest > 0:
            self.rest -= 1
            self.good = self.bad = 0
            return rate
        if is_better(rule.mode, rule.threshold_mode, rule.threshold, value, self.best):
            self.best, self.bad, self.good = value, 0, self.good + 1
        else:
            self.bad, self.good = self.bad + 1, 0
        if self.good > rule.patience:
            self.good, self.rest = 0, rule.warmup
            return self.raised(rate)
        if self.bad > rule.patience:
            lowered = self.lowered(rate)
            self.bad, self.rest = 0, rule.cooldown
            return lowered
        return rate

    def raised(self, rate: float) -> float:
        """Return the rate after a rise."""
        if self.rule.factor == 0:
            raise SpecError.of("", f"{self.rule.title()} divides by factor, which is 0")
        self.drops_left = self.rule.reset_start
        higher = min(rate / self.rule.factor, self.rule.max_lr)
        return higher if higher - rate > self.rule.eps else rate

    def lowered(self, rate: float) -> float:
        """Return the rate after a drop, or the first rate when there have been enough."""
        lower = max(rate * self.rule.factor, self.rule.min_lr)
        rate = lower if rate - lower > self.rule.eps else rate
        if rate <= self.rule.min_lr:
            self.drops_left -= 1
            if self.drops_left <= 0:
                self.begin()
                return self.lr
        return rate
