"""Schedulers that fall by a rule in the step, or along a function of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Annotated, Any

import numpy as np
from pydantic import Field, model_validator

from lrviz.core.parameters import (
    Ascending,
    Factor,
    Milestones,
    Number,
    Rates,
    Steps,
    TimeExpression,
)
from lrviz.core.roles import Target, WarmUp
from lrviz.core.schedule import WARMUPS_IN_LENGTH, Array, PathDependent, Schedule, Steps64
from lrviz.core.segment import Part, Segment, exponential, inverse_sqrt, linear
from lrviz.core.stairs import length_after, listed_stairs
from lrviz.core.validation import error_at
from lrviz.dialects.keras.decays import InverseTimeDecay as KerasInverseTime
from lrviz.dialects.paddle.base import Paddle, SameCurve, WithRate
from lrviz.dialects.torch.decays import ExponentialLR, MultiStepLR, StepLR
from lrviz.dialects.torch.lambdas import LambdaLR, MultiplicativeLR

Falling = Annotated[Factor, Field(lt=1)]
"""A factor that PaddlePaddle takes below 1 only."""


class NoamDecay(Paddle):
    """Rises in a line to step warmup_steps, then falls with the root of the step (Noam)."""

    formula = (
        "learning_rate * d_model ** -0.5 * (0 if t == 0 else min(t ** -0.5, "
        "warmup_steps ** -1.5 * t))"
    )
    d_model: Steps = Field(description="size of the model's hidden states", examples=[512])
    warmup_steps: Annotated[Steps, WarmUp()] = Field(
        description="steps of the warm-up", examples=[100]
    )
    learning_rate: Factor = Field(1.0, ge=0, description="what the rates are multiplied by")

    @classmethod
    def role_values(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        """Return the values of a run; its peak decides the factor."""
        values = super().role_values(parameters, target)
        if target.peak is None or "learning_rate" in parameters:
            return values
        settings = {**cls.example_values(), **values, **parameters}
        root = math.sqrt(settings["d_model"] * settings["warmup_steps"])
        return {**values, "learning_rate": target.peak * root}

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        up, scale = self.warmup_steps, self.learning_rate * self.d_model**-0.5
        peak = scale * up**-0.5
        return [
            Segment("warm-up", 0, linear(0.0, peak, 0, up)),
            Segment("decay", up, inverse_sqrt(peak, up, up)),
        ]

    def natural_length(self) -> int | None:
        """Return five times the warm-up, so that the decay is seen."""
        return WARMUPS_IN_LENGTH * self.warmup_steps


class PiecewiseDecay(Paddle):
    """Takes the value of the first boundary that is above the step, after all the last value."""

    formula = "values[number of the first boundary > t], and after all boundaries values[-1]"
    boundaries: Milestones = Field(description="steps at which a value ends", examples=[[30, 60]])
    values: Rates = Field(
        description="a rate for each boundary and, last, the one after them",
        examples=[[0.1, 0.01, 0.001]],
    )

    @model_validator(mode="after")
    def check_enough_values(self) -> PiecewiseDecay:
        """Refuse what PaddlePaddle refuses: no boundary, or too few values."""
        if not self.boundaries:
            raise error_at("boundaries", "boundaries cannot be empty", self.boundaries)
        bounds, values = len(self.boundaries), len(self.values)
        if values <= bounds:
            message = f"must be more than boundaries (got {values} values and {bounds} boundaries)"
            raise error_at("values", message, self.values)
        return self

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        # A boundary that is not above those before it is never the first one above a step.
        highest = [0, *accumulate(self.boundaries, max)]
        pieces = zip(highest, highest[1:], self.values, strict=False)
        steps = [(start, value) for start, stop, value in pieces if start < stop]
        starts, levels = zip(*steps, (highest[-1], self.values[-1]), strict=True)
        rates = np.array(levels)
        return listed_stairs(starts, lambda t: rates[np.searchsorted(starts, t, side="right") - 1])

    def natural_length(self) -> int | None:
        """Return a quarter more steps than the last boundary, so that its drop is seen."""
        return length_after(max(self.boundaries)) or None


class NaturalExpDecay(WithRate):
    """Falls by the same share every step, to 1 / e in 1 / gamma steps."""

    formula = "learning_rate * exp(-gamma * t)"
    gamma: Number = Field(gt=0, description="how fast the rate falls", examples=[0.05])

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        first, gamma = self.learning_rate, self.gamma

        def rates(t: Steps64) -> Array:
            return np.asanyarray(first * np.exp(-gamma * t))

        return [Segment("decay", 0, exponential(first, first * math.exp(-gamma), 0, 1, rates))]


class InverseTimeDecay(SameCurve, WithRate):
    """Divides the rate by 1 + gamma * t."""

    formula = "learning_rate / (1 + gamma * t)"
    gamma: Number = Field(description="what each step adds to the divisor", examples=[0.1])

    def counterpart(self) -> Schedule:
        return KerasInverseTime(
            initial_learning_rate=self.learning_rate, decay_steps=1, decay_rate=self.gamma
        )


class ExponentialDecay(SameCurve, WithRate):
    """Multiplies the rate by gamma every step."""

    formula = "learning_rate * gamma ** t"
    gamma: Falling = Field(
        gt=0, description="what each step multiplies the rate by", examples=[0.95]
    )

    def counterpart(self) -> Schedule:
        return ExponentialLR(gamma=self.gamma)


class StepDecay(SameCurve, WithRate):
    """Multiplies the rate by gamma every step_size steps."""

    formula = "learning_rate * gamma ** floor(t / step_size)"
    step_size: Steps = Field(description="steps between two drops", examples=[30])
    gamma: Falling = Field(0.1, description="what each drop multiplies the rate by")

    def counterpart(self) -> Schedule:
        return StepLR(step_size=self.step_size, gamma=self.gamma)


class MultiStepDecay(SameCurve, WithRate):
    """Multiplies the rate by gamma at each milestone."""

    formula = "learning_rate * gamma ** (number of milestones <= t)"
    milestones: Ascending = Field(description="the steps that drop", examples=[[30, 60, 90]])
    gamma: Falling = Field(0.1, description="what each drop multiplies the rate by")

    def counterpart(self) -> Schedule:
        return MultiStepLR(milestones=self.milestones, gamma=self.gamma)


class LambdaDecay(SameCurve, WithRate):
    """Multiplies the rate by an expression in the step."""

    formula = "learning_rate * lr_lambda(t)"
    lr_lambda: TimeExpression = Field(
        description="the factor on learning_rate, an expression in t", examples=["0.95 ** t"]
    )

    def counterpart(self) -> Schedule:
        return LambdaLR(lr_lambda=self.lr_lambda)


class MultiplicativeDecay(PathDependent, WithRate):
    """Multiplies the last step's rate by an expression in the step."""

    formula = "learning_rate * lr_lambda(1) * ... * lr_lambda(t)"
    lr_lambda: TimeExpression = Field(
        description="the factor on the last rate, an expression in t", examples=["0.95"]
    )

    def simulate(self, stop: int, lr: float) -> Array:
        del lr
        return MultiplicativeLR(lr_lambda=self.lr_lambda).simulate(stop, self.learning_rate)

    def segments_at_epochs(self) -> Sequence[Part]:
        return [Segment("custom", 0, self.rate_function(0.0))]
