"""Contrib's reduce_on_plateau, which follows a metric."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import Field, model_validator

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.metric import Recorded
from lrviz.core.metric_driven import refuse_long_runs
from lrviz.core.parameters import Factor, Integer, Number, Trace
from lrviz.core.schedule import Array, PathDependent
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.optax.base import Optax


class ReduceOnPlateau(PathDependent, Optax):
    """Multiplies a scale on the rate by factor when the metric stops improving."""

    name = "reduce_on_plateau"
    source = "optax 0.2.8, optax.contrib"
    formula = (
        "lr * scale; scale * factor at the `patience`-th evaluation in a row without improvement"
    )
    factor: Factor = Field(0.1, description="what each drop multiplies the scale by")
    patience: Integer = Field(10, description="evaluations without improvement until the drop")
    rtol: Number = Field(
        1e-4, description="how much better counts as an improvement, relative to the best"
    )
    atol: Number = Field(0.0, description="how much better counts as an improvement, absolute")
    cooldown: Integer = Field(0, description="evaluations after a drop that are not counted")
    accumulation_size: Integer = Field(1, description="values whose mean is one evaluation")
    min_scale: Factor = Field(0.0, description="lowest scale")
    metric: Trace = Field(
        description="the metric: FILE.csv:COLUMN, a list, or a simulated loss",
        examples=[{"simulate": {}}],
    )

    @model_validator(mode="after")
    def check_settings(self) -> ReduceOnPlateau:
        """Refuse what optax refuses, in its words."""
        rules: list[tuple[str, bool, Any]] = [
            ("factor", 0 < self.factor < 1, "must be in the range (0, 1)"),
            ("rtol", self.rtol >= 0, "and atol must be non-negative"),
            ("atol", self.atol >= 0, "and rtol must be non-negative"),
            ("rtol", self.rtol > 0 or self.atol > 0, "or atol must be positive"),
            ("rtol", self.rtol <= 1, "must be less than or equal to 1.0"),
        ]
        for name, is_valid, rule in rules:
            if not is_valid:
                value = getattr(self, name)
                raise error_at(
                    name,
                    f"optax.reduce_on_plateau: {name} {rule} (got {format_number(value)})",
                    value,
                )
        return self

    def run(self, stop: int, lr: float) -> tuple[Array, Array]:
        """Return the rates of steps 0 to stop - 1, and the metric that each update takes.

        An update takes the metric first: a value at a step may change the rate of that step.
        """
        if isinstance(self.metric, Recorded) and len(self.metric) < stop:
            raise SpecError.of(
                "", f"metric has {len(self.metric)} values, and {stop} steps use {stop}"
            )
        refuse_long_runs(self.title(), stop)
        feed, rates, values = self.metric.feed(), np.empty(stop), np.empty(stop)
        best, scale, mean, rate = math.inf, 1.0, 0.0, 0.0
        plateau_count = cooldown_count = count = 0
        for step in range(stop):
            values[step] = value = feed(rate)
            mean = (count * mean + value) / (count + 1)
            count += 1
            if count == self.accumulation_size:
                # With rtol 1 the first bound is 0 * inf: nothing is ever better than nan.
                better = mean < (1 - self.rtol) * best - self.atol
                best, plateau_count = (mean, 0) if better else (best, plateau_count + 1)
                if cooldown_count > 0:
                    cooldown_count, plateau_count = cooldown_count - 1, 0
                else:
                    drop = plateau_count == self.patience
                    scale = max(scale * self.factor if drop else scale, self.min_scale)
                    cooldown_count, plateau_count = (
                        (self.cooldown, 0) if drop else (0, plateau_count)
                    )
                mean, count = 0.0, 0
            rates[step] = rate = lr * scale
        return rates, values

    def simulate(self, stop: int, lr: float) -> Array:
        return self.run(stop, lr)[0]

    def metric_trace(self, stop: int, lr: float) -> tuple[str, Array] | None:
        return self.metric.title, self.run(stop, lr)[1][: max(stop - 1, 0)]

    def natural_length(self) -> int | None:
        return len(self.metric) or None if isinstance(self.metric, Recorded) else None

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        if self.patience == 0:
            message = "with patience 0 optax drops at each improvement, and only then"
            yield self.note("patience", message)
        if self.patience < 0:
            message = f"with patience {self.patience} optax never drops"
            yield self.note("never-changes", message)
        if self.accumulation_size < 1:
            message = f"with accumulation_size {self.accumulation_size} optax ignores the metric"
            yield self.note("never-changes", message)
        if self.min_scale > 1:
            message = (
                f"min_scale is above 1 ({format_number(self.min_scale)}): optax raises the "
                "rate to it at once"
            )
            yield self.note("rises", message)
        if self.rtol == 1:
            message = "with rtol 1 optax never counts a value as an improvement: it drops regularly"
            yield self.note("patience", message)
