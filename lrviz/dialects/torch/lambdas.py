"""Schedules that follow an expression in the step."""

from collections.abc import Sequence

import numpy as np
from pydantic import Field

from lrviz.core.errors import SpecError
from lrviz.core.expression import Expression
from lrviz.core.parameters import TimeExpression
from lrviz.core.schedule import CHUNK, Array, PathDependent, Steps64, first_not_finite
from lrviz.core.segment import Part, Segment
from lrviz.dialects.torch.base import Torch

STEP_FUNCTION = "1.0 if t < 20 else 0.5 if t < 60 else 0.1 if t < 80 else 0.01"


def finite_factors(title: str, factor: Expression, t: Steps64) -> Array:
    """Return the expression's values at `t`. Raises SpecError where one is not finite."""
    values: Array = factor(t)
    fault = first_not_finite(t, values)
    if fault:
        step, value = fault
        raise SpecError.of(
            "", f"{title}: lr_lambda has no finite value at step {step} (got {value}): {factor}"
        )
    return values


class LambdaLR(Torch):
    """Multiplies the rate by an expression in the step."""

    aliases = ("lambda",)
    overwrites = True
    formula = "lr * lr_lambda(t)"
    lr_lambda: TimeExpression = Field(
        description="the factor on lr, an expression in t", examples=[STEP_FUNCTION]
    )

    def segments(self, lr: float) -> Sequence[Part]:
        def rates(t: Steps64) -> Array:
            return lr * finite_factors(self.title(), self.lr_lambda, t)

        return [Segment("custom", 0, rates)]


class MultiplicativeLR(PathDependent, Torch):
    """Multiplies the last step's rate by an expression in the step."""

    aliases = ("multiplicative",)
    formula = "lr * lr_lambda(1) * ... * lr_lambda(t)"
    lr_lambda: TimeExpression = Field(
        description="the factor on the last rate, an expression in t", examples=["0.95"]
    )

    def simulate(self, stop: int, lr: float) -> Array:
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
