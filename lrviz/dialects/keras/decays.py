"""Decays of keras: exponential, inverse in time, polynomial, piecewise constant."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.parameters import Duration, Factor, Flag, Rate, Rates, Spans
from lrviz.core.schedule import Array, Steps64
from lrviz.core.validation import error_at
from lrviz.dialects.keras.base import Initial, KerasSchedule, multiples


class Decay(KerasSchedule, abstract=True):
    """A decay in step / decay_steps, which may go in stairs."""

    if TYPE_CHECKING:  # each subclass declares them, in keras' order
        decay_steps: Duration
        decay_rate: Factor
        staircase: Flag

    def progress(self, t: Steps64) -> Array:
        """Return t / decay_steps, whole in a staircase."""
        done = t / self.decay_steps
        return np.floor(done, out=done) if self.staircase else done

    def natural_length(self) -> int | None:
        """Five times decay_steps, so that the decay is seen."""
        return math.ceil(5 * self.decay_steps)

    def marks(self, stop: int) -> list[int]:
        return multiples(self.decay_steps, stop) if self.staircase else []


class ExponentialDecay(Decay):
    """Multiplies the rate by decay_rate every decay_steps steps, smoothly or in stairs."""

    formula = "initial_learning_rate * decay_rate ** (t / decay_steps), floored in a staircase"
    initial_learning_rate: Initial = Field(description="rate at step 0", examples=[0.1])
    decay_steps: Duration = Field(description="steps in which decay_rate acts", examples=[20])
    decay_rate: Factor = Field(description="what the rate is multiplied by", examples=[0.5])
    staircase: Flag = Field(False, description="whether to drop at once every decay_steps")

    def curve(self, t: Steps64) -> Any:
        return self.initial_learning_rate * shapes.powers(self.decay_rate, self.progress(t))

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        if self.decay_rate > 1:
            yield f"decay_rate is above 1 ({self.decay_rate:g}): the rate grows"
        if self.decay_rate < 0:
            yield f"decay_rate is negative ({self.decay_rate:g}): the rate changes its sign"


class PiecewiseConstantDecay(KerasSchedule):
    """Holds values[i] up to and including the step boundaries[i]."""

    formula = "values[number of boundaries < t]"
    boundaries: Spans = Field(description="last step of each value", examples=[[30, 60, 90]])
    values: Rates = Field(
        description="the rates, one more than boundaries", examples=[[0.1, 0.05, 0.01, 0.005]]
    )

    @model_validator(mode="after")
    def lengths_that_fit(self) -> PiecewiseConstantDecay:
        """Refuse lists that keras refuses, at construction or in the run."""
        bounds, values = len(self.boundaries), len(self.values)
        if bounds != values - 1:
            words = (
                "keras.PiecewiseConstantDecay: the length of boundaries should be 1 less than the "
                f"length of values (got {bounds} boundaries and {values} values)"
            )
            raise error_at("boundaries", words, self.boundaries)
        if not bounds:
            words = "keras.PiecewiseConstantDecay fails without boundaries: IndexError"
            raise error_at("boundaries", words, self.boundaries)
        return self

    def bounds(self) -> list[int]:
        """Return the boundaries in the step's dtype, which cuts fractions off."""
        return [int(bound) for bound in self.boundaries]

    def curve(self, t: Steps64) -> Any:
        bounds, values = self.bounds(), self.values
        edges = np.unique(bounds)
        last_steps = np.append(edges, edges[-1] + 1)
        # Keras adds up the ranges that hold a step: boundaries that do not rise overlap.
        held = (last_steps <= bounds[0]) * values[0] + (last_steps > bounds[-1]) * values[-1]
        for low, high, value in zip(bounds[:-1], bounds[1:], values[1:-1], strict=True):
            held = held + ((last_steps > low) & (last_steps <= high)) * value
        return held[np.searchsorted(edges, t, side="left")]

    def natural_length(self) -> int | None:
        """A quarter beyond the last boundary, so that its drop is seen."""
        return max(-(-max(self.bounds()) * 5 // 4), 0) or None

    def marks(self, stop: int) -> list[int]:
        return sorted({bound + 1 for bound in self.bounds() if 0 <= bound < stop - 1})

    def findings(self, lr: float) -> Iterator[str]:
        del lr
        if self.bounds() != list(self.boundaries):
            yield "keras cuts the fractions of boundaries off"
        if self.bounds() != sorted(set(self.bounds())):
            yield (
                "boundaries do not rise; keras adds up the values of every range that holds a "
                "step, and is 0 where none does"
            )


class PolynomialDecay(KerasSchedule):
    """Goes to end_learning_rate in decay_steps steps along a power of the time that is left."""

    formula = (
        "(initial_learning_rate - end_learning_rate) * (1 - t / decay_steps) ** power "
        "+ end_learning_rate; with cycle, decay_steps becomes its next multiple from t"
    )
    initial_learning_rate: Initial = Field(description="rate at step 0", examples=[0.1])
    decay_steps: Duration = Field(description="steps to the end rate", examples=[100])
    end_learning_rate: Rate = Field(0.0001, description="rate at the end")
    power: Factor = Field(1.0, description="1 is a straight line, above it falls faster at first")
    cycle: Flag = Field(False, description="whether to start again past decay_steps, lower")

    def curve(self, t: Steps64) -> Any:
        if self.cycle:
            cycle = np.ceil(t / self.decay_steps)
            done = t / (self.decay_steps * np.maximum(cycle, 1))
        else:
            done = np.minimum(t, self.decay_steps) / self.decay_steps
        change = self.initial_learning_rate - self.end_learning_rate
        return change * shapes.polynomial(done, self.power) + self.end_learning_rate

    def natural_length(self) -> int | None:
        """The decay, or three cycles of it."""
        return math.ceil(self.decay_steps * (3 if self.cycle else 1))

    def marks(self, stop: int) -> list[int]:
        if self.cycle:
            return [step + 1 for step in multiples(self.decay_steps, stop - 1)]
        return [math.ceil(self.decay_steps)] if self.decay_steps < stop else []

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        if self.end_learning_rate > self.initial_learning_rate:
            yield "end_learning_rate is above initial_learning_rate: the rate rises"
        if self.power < 0:
            yield f"power is negative ({self.power:g}): the rate grows"


class InverseTimeDecay(Decay):
    """Divides the rate by 1 + decay_rate * t / decay_steps, smoothly or in stairs."""

    aliases = ("inverse-time",)
    formula = "initial_learning_rate / (1 + decay_rate * t / decay_steps), floored in a staircase"
    initial_learning_rate: Initial = Field(description="rate at step 0", examples=[0.1])
    decay_steps: Duration = Field(description="steps in which decay_rate acts", examples=[20])
    decay_rate: Factor = Field(description="what is added to the divisor", examples=[0.5])
    staircase: Flag = Field(False, description="whether to drop at once every decay_steps")

    def curve(self, t: Steps64) -> Any:
        return self.initial_learning_rate / (1.0 + self.decay_rate * self.progress(t))

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        if self.decay_rate < 0:
            yield f"decay_rate is negative ({self.decay_rate:g}): the rate grows"
