"""Schedules that follow a metric: reduce_lr_on_plateau, and greedy, which goes both ways."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.metric_driven import MetricDriven, Update
from lrviz.core.parameters import Count, Factor, Flag, Integer, Number, Rate, Steps, Trace
from lrviz.core.text import format_number
from lrviz.dialects.torch.plateau import TorchPlateau, is_better, worst
from lrviz.dialects.transformers.base import Transformers

UNUSED = ("num_warmup_steps", "warmup_steps", "warmup_ratio", "num_training_steps")
"""What get_scheduler takes for every type and does not pass on to these."""


class ReduceLROnPlateau(TorchPlateau, Transformers):
    """Multiplies the rate by factor when the metric stops improving: torch's scheduler."""

    name = "reduce_lr_on_plateau"
    aliases = ("get_reduce_on_plateau_schedule",)
    formula = "rate * factor after more than `patience` evaluations without improvement"
    ignored_parameters = (*Transformers.ignored_parameters, *UNUSED)


class Greedy(MetricDriven, Transformers):
    """Raises the rate while the metric improves and lowers it while it does not (GreedyLR)."""

    name = "greedy"
    formula = (
        "rate / factor after more than `patience` improvements, rate * factor after as many not"
    )
    source = "transformers 5.23.0, GreedyLR; arXiv:2512.14527"
    ignored_parameters = (*Transformers.ignored_parameters, *UNUSED, "verbose")
    mode: Literal["min", "max"] = Field("min", description="whether lower or higher is better")
    factor: Factor = Field(0.95, lt=1, description="what a drop multiplies the rate by")
    patience: Count = Field(
        10, description="improvements, or steps without one, that are tolerated"
    )
    threshold: Number = Field(1e-6, description="how much better counts as better")
    threshold_mode: Literal["rel", "abs"] = Field("abs", description="relative to the best or not")
    cooldown: Count = Field(0, description="evaluations after a drop in which no value counts")
    warmup: Count = Field(0, description="evaluations after a rise in which no value counts")
    min_lr: Rate = Field(1e-3, description="rate below which a drop never goes")
    max_lr: Rate = Field(1.0, description="rate above which a rise never goes")
    eps: Number = Field(1e-8, description="smallest change that is made")
    smooth: Flag = Field(False, description="whether to use the running mean of the metric")
    window_size: Steps = Field(50, description="values in the running mean")
    reset_start: Integer = Field(500, description="drops at min_lr until it starts again from lr")
    metric: Trace = Field(
        description="the metric: FILE.csv:COLUMN, a list, or a simulated loss",
        examples=[{"simulate": {}}],
    )

    def update(self, lr: float) -> Update:
        run = GreedyRun(self, lr)
        return lambda _, value, rate: run.next_rate(value, rate)

    def findings(self, lr: float) -> Iterator[Finding]:
        if lr < self.min_lr:
            message = (
                f"min_lr ({format_number(self.min_lr)}) is above lr ({format_number(lr)}): the "
                "rate is never lowered"
            )
            yield self.note("never-drops", message)
        if lr > self.max_lr:
            message = (
                f"max_lr ({format_number(self.max_lr)}) is below lr ({format_number(lr)}): the "
                "rate is never raised"
            )
            yield self.note("never-rises", message)


class GreedyRun:
    """A run of GreedyLR, under its own attribute names."""

    def __init__(self, rule: Greedy, lr: float) -> None:
        self.rule = rule
        self.lr = lr
        self.reset()

    def reset(self) -> None:
        """Start without a best value."""
        self.best = worst(self.rule.mode)
        self.num_good_epochs = self.num_bad_epochs = self.cooldown_counter = 0
        self.remaining_drops = self.rule.reset_start
        self.window: deque[float] = deque()
        self.total = 0.0

    def running_mean(self, value: float) -> float:
        """Return the running mean, in the order of operations of transformers."""
        self.window.append(value)
        self.total += value
        if len(self.window) > self.rule.window_size:
            self.total -= self.window.popleft()
        return self.total / len(self.window)

    def next_rate(self, value: float, rate: float) -> float:
        """Return the rate that follows `rate` when the metric is `value`."""
        rule = self.rule
        value = self.running_mean(value) if rule.smooth else value
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_good_epochs = self.num_bad_epochs = 0
            return rate
        if is_better(rule.mode, rule.threshold_mode, rule.threshold, value, self.best):
            self.best, self.num_bad_epochs, self.num_good_epochs = (
                value,
                0,
                self.num_good_epochs + 1,
            )
        else:
            self.num_bad_epochs, self.num_good_epochs = self.num_bad_epochs + 1, 0
        if self.num_good_epochs > rule.patience:
            self.num_good_epochs, self.cooldown_counter = 0, rule.warmup
            return self.raise_rate(rate)
        if self.num_bad_epochs > rule.patience:
            lower = self.lower_rate(rate)
            self.num_bad_epochs, self.cooldown_counter = 0, rule.cooldown
            return lower
        return rate

    def raise_rate(self, rate: float) -> float:
        """Return the rate after a rise."""
        if self.rule.factor == 0:
            raise SpecError.of("", f"{self.rule.title()} divides by factor, which is 0")
        self.remaining_drops = self.rule.reset_start
        higher = min(rate / self.rule.factor, self.rule.max_lr)
        return higher if higher - rate > self.rule.eps else rate

    def lower_rate(self, rate: float) -> float:
        """Return the rate after a drop, or the first rate when there have been enough."""
        lower = max(rate * self.rule.factor, self.rule.min_lr)
        rate = lower if rate - lower > self.rule.eps else rate
        if rate <= self.rule.min_lr:
            self.remaining_drops -= 1
            if self.remaining_drops <= 0:
                self.reset()
                return self.lr
        return rate
