"""Schedules that follow something else: an expression, or a metric."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import Field

from lrviz.declaration import CHUNK, Array, PathDependent, Steps64
from lrviz.driven import MetricDriven, Plateau, Turn
from lrviz.errors import SpecError
from lrviz.expression import TIME, Expression
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


class ReduceLROnPlateau(MetricDriven, Torch):
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

    def turns(self, lr: float) -> Turn:
        del lr
        rule = Plateau(
            self.mode,
            self.factor,
            self.patience,
            self.threshold,
            self.threshold_mode,
            self.cooldown,
            self.min_lr,
            self.eps,
        )
        return lambda _, value, rate: rule.after(value, rate)
