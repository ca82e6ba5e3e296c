"""Schedules that follow something else: an expression, or a metric."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import Field

from lrviz.declaration import CHUNK, Array, PathDependent, Steps64
from lrviz.errors import SpecError
from lrviz.expression import TIME, Expression
from lrviz.metric import Recorded
from lrviz.parameters import Arithmetic, Count, Factor, Number, Rate, Trace
from lrviz.schedules.torch.base import Torch

STEP_FUNCTION = "1.0 if t < 20 else 0.5 if t < 60 else 0.1 if t < 80 else 0.01"


def finite_factors(title: str, factor: Expression, t: Steps64) -> Array:
    """Return the expression's values at `t`; where Python would have no number, say where."""
    values: Array = factor(t)
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        step, value = int(t.flat[bad[0]]), values.flat[bad[0]]
        raise SpecError.of(
            "", f"{title}: lr_lambda has no finite value at step {step} (got {value}): {factor}"
        )
    return values


class LambdaLR(Torch):
    """Multiplies the rate by an expression in the step."""

    aliases = ("lambda",)
    absolute = True
    math = "lr * lr_lambda(t)"
    lr_lambda: Arithmetic(*TIME) = Field(  # type: ignore[valid-type]
        description="the factor on lr, an expression in t", examples=[STEP_FUNCTION]
    )

    def formula(self, t: Steps64, lr: float) -> Any:
        return lr * finite_factors(self.title(), self.lr_lambda, t)


class MultiplicativeLR(PathDependent, Torch):
    """Multiplies the last step's rate by an expression in the step."""

    aliases = ("multiplicative",)
    math = "lr * lr_lambda(1) * ... * lr_lambda(t)"
    lr_lambda: Arithmetic(*TIME) = Field(  # type: ignore[valid-type]
        description="the factor on the last rate, an expression in t", examples=["0.95"]
    )

    def path(self, stop: int, lr: float) -> Array:
        rates = np.empty(stop)
        rates[:1] = lr
        for start in range(1, stop, CHUNK):
            t = np.arange(start, min(start + CHUNK, stop))
            factors = finite_factors(self.title(), self.lr_lambda, t)
            rates[start : start + CHUNK] = rates[start - 1] * np.cumprod(factors)
        return rates

    def step_map(self, t: Steps64, lr: float) -> tuple[Array, Array]:
        """Return (lr_lambda(t), 0)."""
        del lr
        return finite_factors(self.title(), self.lr_lambda, t), np.zeros(t.shape)


class ReduceLROnPlateau(PathDependent, Torch):
    """Multiplies the rate by factor when the metric has stopped to improve."""

    aliases = ("plateau",)
    math = "rate * factor after more than `patience` steps without improvement"
    no_effect = (*Torch.no_effect,)
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

    def path(self, stop: int, lr: float) -> Array:
        return self.run(stop, lr)[0]

    def run(self, stop: int, lr: float) -> tuple[Array, Array]:
        """Return the rates of steps 0 to stop - 1, and the metric after each but the last."""
        if isinstance(self.metric, Recorded) and len(self.metric) < stop - 1:
            raise SpecError.of(
                "", f"metric has {len(self.metric)} values, and {stop} steps use {stop - 1}"
            )
        feed, rates, seen = self.metric.feed(), np.empty(stop), np.empty(max(stop - 1, 0))
        best = np.inf if self.mode == "min" else -np.inf
        bad = rest = 0
        for step in range(stop):
            rates[step] = lr
            if step == stop - 1:
                break
            seen[step] = value = feed(lr)
            better = self.improves(value, best)
            best, bad = (value, 0) if better else (best, bad + 1)
            if rest > 0:
                rest, bad = rest - 1, 0
            if bad > self.patience:
                lower = max(lr * self.factor, self.min_lr)
                lr = lower if lr - lower > self.eps else lr
                rest, bad = self.cooldown, 0
        return rates, seen

    def metric_trace(self, stop: int, lr: float) -> tuple[str, Array] | None:
        return self.metric.title, self.run(stop, lr)[1]

    def improves(self, value: float, best: float) -> bool:
        """Tell whether a value is better than the best by more than the threshold."""
        sign = 1 if self.mode == "min" else -1
        if self.threshold_mode == "rel":
            return sign * value < sign * best * (1 - sign * self.threshold)
        return sign * value < sign * best - self.threshold

    def length(self) -> int | None:
        return len(self.metric) or None if isinstance(self.metric, Recorded) else None
