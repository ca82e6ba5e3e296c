"""The plain schedules of optax: constant, polynomial, exponential, cosine."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from lrviz.core import shapes
from lrviz.core.parameters import Duration, Factor, Flag, Rate, Span
from lrviz.core.schedule import Steps64
from lrviz.dialects.optax.base import OptaxSchedule


def polynomial(start: float, end: float, power: float, steps: float, t: Any) -> Any:
    """Return optax' polynomial from start to end, which stays at start if steps is not above 0."""
    if steps <= 0:
        return np.full(t.shape, start)
    left = shapes.linear(np.clip(t, 0, steps) / steps)
    return (start - end) * (left if power == 1 else shapes.raised(left, power)) + end


def cosine(top: float, steps: float, alpha: float, exponent: float, t: Any) -> Any:
    """Return optax' cosine from the top to alpha times the top."""
    left = shapes.cosine(np.minimum(t, steps) / steps)
    return top * ((1 - alpha) * (left if exponent == 1 else left**exponent) + alpha)


class ConstantSchedule(OptaxSchedule):
    """Holds one rate."""

    name = "constant_schedule"
    formula = "value"
    value: Rate = Field(description="the rate", examples=[0.1])

    def curve(self, t: Steps64) -> Any:
        del t
        return self.value


class Transition(OptaxSchedule, abstract=True):
    """A schedule that leaves init_value at transition_begin."""

    if TYPE_CHECKING:  # each subclass declares them, in optax' order
        transition_steps: Span
        transition_begin: Span

    def still(self) -> str | None:
        """Return why optax holds init_value for ever, if it does."""
        if self.transition_steps <= 0:
            return f"with transition_steps {self.transition_steps:g} optax stays at init_value"
        return None

    def begin(self) -> float:
        """Return the step at which the transition begins."""
        return max(self.transition_begin, 0)

    def natural_length(self) -> int | None:
        return None if self.still() else math.ceil(self.begin() + self.transition_steps)

    def marks(self, stop: int) -> list[int]:
        ends = (math.ceil(self.begin()), math.ceil(self.begin() + self.transition_steps))
        return [] if self.still() else [step for step in ends if 0 < step < stop]

    def findings(self, lr: float) -> Iterator[str]:
        del lr
        still = self.still()
        if still:
            yield still
        elif self.transition_begin < 0:
            yield f"optax takes 0 for transition_begin {self.transition_begin:g}"


class LinearSchedule(Transition):
    """Goes in a straight line from init_value to end_value."""

    name = "linear_schedule"
    formula = "init_value + (end_value - init_value) * clip((t - begin) / transition_steps, 0, 1)"
    init_value: Rate = Field(description="rate at first", examples=[0.1])
    end_value: Rate = Field(description="rate at the end", examples=[0.001])
    transition_steps: Span = Field(description="steps from one to the other", examples=[100])
    transition_begin: Span = Field(0, description="steps at init_value before")

    def curve(self, t: Steps64) -> Any:
        after = t - self.begin()
        return polynomial(self.init_value, self.end_value, 1, self.transition_steps, after)


class PolynomialSchedule(Transition):
    """Goes from init_value to end_value along a power of the time that is left."""

    name = "polynomial_schedule"
    formula = (
        "end_value + (init_value - end_value) * (1 - clip((t - begin) / transition_steps, 0, 1)) "
        "** power"
    )
    init_value: Rate = Field(description="rate at first", examples=[0.1])
    end_value: Rate = Field(description="rate at the end", examples=[0.001])
    power: Factor = Field(
        description="1 is a straight line, above it falls faster at first", examples=[2.0]
    )
    transition_steps: Span = Field(description="steps from one to the other", examples=[100])
    transition_begin: Span = Field(0, description="steps at init_value before")

    def curve(self, t: Steps64) -> Any:
        after = t - self.begin()
        return polynomial(self.init_value, self.end_value, self.power, self.transition_steps, after)

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        if self.power < 0:
            yield f"power is negative ({self.power:g}): the rate moves away from end_value"


class Exponential(Transition, abstract=True):
    """A decay by decay_rate every transition_steps steps, with a bound."""

    if TYPE_CHECKING:  # each subclass declares them, in optax' order
        decay_rate: Factor
        staircase: Flag
        end_value: Rate | None

    def still(self) -> str | None:
        if self.decay_rate == 0 and self.transition_steps > 0:
            return "with decay_rate 0 optax does not decay: it stays at the first value"
        return super().still()

    def decay(self, start: float, t: Any) -> Any:
        """Return the decay from `start` at the steps `t` of its own."""
        if self.still():
            return np.full(t.shape, start)
        done = np.maximum(t - self.begin(), 0) / self.transition_steps
        if self.staircase:
            np.floor(done, out=done)
        rates = start * shapes.powers(self.decay_rate, done)
        if self.end_value is None:
            return rates
        bound = np.maximum if self.decay_rate < 1 else np.minimum
        return bound(rates, self.end_value)

    def natural_length(self) -> int | None:
        """Five times transition_steps, so that the decay is seen."""
        return None if self.still() else math.ceil(self.begin() + 5 * self.transition_steps)

    def marks(self, stop: int) -> list[int]:
        begin = math.ceil(self.begin())
        return [begin] if 0 < begin < stop and not self.still() else []

    def bounded(self, start: float) -> Iterator[str]:
        """Yield what optax makes of the bound and of an odd decay_rate."""
        if self.still():
            if self.end_value is not None:
                yield "end_value has no effect then"
            return
        if self.decay_rate < 0:
            yield f"decay_rate is negative ({self.decay_rate:g}): the rate changes its sign"
        if self.end_value is None:
            return
        if self.decay_rate < 1 and self.end_value > start:
            yield "end_value is above the first value and bounds it from below: it holds throughout"
        if self.decay_rate >= 1 and self.end_value < start:
            yield (
                "with a decay_rate of 1 or more end_value bounds the rate from above, and it is "
                "below the first value: it holds throughout"
            )


class ExponentialDecay(Exponential):
    """Multiplies the rate by decay_rate every transition_steps steps, smoothly or in stairs."""

    name = "exponential_decay"
    formula = "init_value * decay_rate ** ((t - begin) / transition_steps), bounded by end_value"
    init_value: Rate = Field(description="rate at first", examples=[0.1])
    transition_steps: Span = Field(description="steps in which decay_rate acts", examples=[20])
    decay_rate: Factor = Field(description="what the rate is multiplied by", examples=[0.5])
    transition_begin: Span = Field(0, description="steps at init_value before")
    staircase: Flag = Field(False, description="whether to drop at once every transition_steps")
    end_value: Rate | None = Field(
        None, description="bound: from below for a decay_rate below 1, else from above"
    )

    def curve(self, t: Steps64) -> Any:
        return self.decay(self.init_value, t)

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        yield from self.bounded(self.init_value)


class CosineDecaySchedule(OptaxSchedule):
    """Half a cosine from init_value to alpha times init_value, then constant."""

    name = "cosine_decay_schedule"
    aliases = ("cosine_decay",)
    formula = (
        "init_value * ((1 - alpha) * ((1 + cos(pi * min(t, decay_steps) / decay_steps)) / 2) "
        "** exponent + alpha)"
    )
    init_value: Rate = Field(description="rate at step 0", examples=[0.1])
    decay_steps: Duration = Field(description="steps to the bottom", examples=[100])
    alpha: Factor = Field(0.0, description="last rate as a share of init_value")
    exponent: Factor = Field(1.0, description="power of the cosine")

    def curve(self, t: Steps64) -> Any:
        return cosine(self.init_value, self.decay_steps, self.alpha, self.exponent, t)

    def natural_length(self) -> int | None:
        return math.ceil(self.decay_steps)

    def marks(self, stop: int) -> list[int]:
        return [math.ceil(self.decay_steps)] if self.decay_steps < stop else []
