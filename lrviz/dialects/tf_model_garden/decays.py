"""Decays along a power of the step, and cosines from value to value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.absolute import AbsoluteSchedule
from lrviz.core.parameters import Ascending, Fraction, Integer, Number, Rate, Rates, Steps
from lrviz.core.roles import Length, Peak
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Part, Segment, cosine, hold
from lrviz.core.validation import error_at
from lrviz.dialects.tf_model_garden.base import ModelGarden


class Power(AbsoluteSchedule, ModelGarden):
    """A power of the step, from step 1 on; step 0 uses the rate of step 1."""

    name = "power"
    aliases = ("DirectPowerDecay",)
    formula = "initial_learning_rate * max(t, 1) ** power"
    initial_learning_rate: Annotated[Rate, Peak()] = Field(
        description="rate at step 1", examples=[0.1]
    )
    power: Number = Field(-0.5, description="exponent of the step")

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        return [Segment("decay", 0, self.rates)]

    def rates(self, t: Steps64) -> Array:
        """Return the rates at `t`."""
        return self.initial_learning_rate * shapes.raise_to(np.maximum(t, 1.0), self.power)


class PowerLinear(AbsoluteSchedule, ModelGarden):
    """A power of the step, times a line to 0 over the last share of the run."""

    name = "power_linear"
    aliases = ("PowerAndLinearDecay",)
    formula = (
        "max(0, initial_learning_rate * max(t - offset, 1) ** power * "
        "min(1, (T - (t - offset)) / (T * linear_decay_fraction)))"
    )
    initial_learning_rate: Annotated[Rate, Peak()] = Field(
        description="rate at step 1", examples=[0.1]
    )
    total_decay_steps: Annotated[Steps, Length()] = Field(
        description="steps until 0", examples=[100]
    )
    power: Number = Field(-0.5, description="exponent of the step")
    linear_decay_fraction: Fraction = Field(0.1, description="share of the steps with the line")
    offset: Integer = Field(0, description="step at which the clock starts")

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        total, line = self.total_decay_steps, self.total_decay_steps * self.linear_decay_fraction

        def rates(t: Steps64) -> Array:
            step = t - self.offset
            rates = self.initial_learning_rate * shapes.raise_to(np.maximum(step, 1.0), self.power)
            if line:
                rates = np.maximum(0.0, rates * np.minimum(1.0, (total - step) / line))
            return np.asanyarray(rates)

        if not line:
            return [Segment("decay", 0, rates)]
        start = max(math.ceil(total - line) + self.offset, 0)
        parts = [Segment("decay", 0, rates), Segment("drop", start, rates)]
        return [*parts, Segment("floor", max(total + self.offset, start), hold(0.0))]


class PowerWithOffset(AbsoluteSchedule, ModelGarden):
    """A rate that is held up to a step, then a power of the steps after it, at most that rate."""

    name = "power_with_offset"
    aliases = ("PowerDecayWithOffset",)
    formula = (
        "min(pre_offset_learning_rate, initial_learning_rate * max(t - offset, 1) ** power) "
        "if t > offset else pre_offset_learning_rate"
    )
    initial_learning_rate: Annotated[Rate, Peak()] = Field(
        description="rate a step after the offset", examples=[0.1]
    )
    power: Number = Field(-0.5, description="exponent of the steps after the offset")
    offset: Integer = Field(0, description="last step at the first rate")
    pre_offset_learning_rate: Rate = Field(1.0e6, description="first and highest rate")

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        first, offset = self.pre_offset_learning_rate, self.offset

        def rates(t: Steps64) -> Array:
            power = shapes.raise_to(np.maximum(t - offset, 1.0), self.power)
            return np.asanyarray(np.minimum(self.initial_learning_rate * power, first))

        decay = Segment("decay", max(offset + 1, 0), rates)
        return [Segment("hold", 0, hold(first)), decay] if offset >= 0 else [decay]


class StepCosineWithOffset(AbsoluteSchedule, ModelGarden):
    """Half a cosine from each value to the next, and a jump to 0 at the last boundary.

    The last value's cosine has no steps: from the last boundary on TensorFlow's rate is not a
    number, and lrviz's is 0, its end.
    """

    name = "step_cosine_with_offset"
    aliases = ("StepCosineDecayWithOffset",)
    formula = (
        "values[i + 1] + (values[i] - values[i + 1]) * (1 + cos(pi * p)) / 2, with p the share of "
        "the way from boundaries[i] to boundaries[i + 1] that has passed"
    )
    boundaries: Ascending = Field(description="first step of each value", examples=[[0, 50, 100]])
    values: Rates = Field(description="rate at each boundary", examples=[[0.1, 0.05, 0.01]])
    offset: Integer = Field(0, description="step at which the clock starts")

    @model_validator(mode="after")
    def check_value_count(self) -> StepCosineWithOffset:
        """Refuse lists of different lengths, and those that are too short for a cosine."""
        counts = len(self.boundaries), len(self.values)
        if counts[0] != counts[1]:
            message = f"values must be as many as boundaries, {counts[0]} (got {counts[1]})"
            raise error_at("values", message, self.values)
        if counts[0] < 2:
            raise error_at("boundaries", "boundaries must be at least two", self.boundaries)
        return self

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        points = list(zip(self.boundaries, self.values, strict=True))
        parts: list[Part] = []
        for (start, first), (stop, last) in pairwise(points):
            # The first cosine is as long as the others say, also where it starts later than at 0.
            begin = self.offset if not parts else start + self.offset
            shape = cosine(first, last, begin, stop - start)
            parts.append(Segment("decay", max(begin, 0) if parts else 0, shape))
        return [*parts, Segment("floor", max(points[-1][0] + self.offset, 0), hold(0.0))]
