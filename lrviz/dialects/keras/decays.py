"""Decays of keras: exponential, inverse in time, polynomial, piecewise constant."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.findings import Finding
from lrviz.core.jit import is_nan_under_jit, nan_under_jit
from lrviz.core.parameters import Duration, Factor, Flag, Rate, Rates, Spans
from lrviz.core.roles import Floor, Length, Peak
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import (
    Cycles,
    Part,
    RateFunction,
    Segment,
    Shape,
    exponential,
    hold,
    polynomial,
)
from lrviz.core.stairs import length_after, listed_stairs, rate_at, stairs
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.keras.base import Decay, Initial, KerasSchedule


class Stepped(Decay, abstract=True):
    """A decay in step / decay_steps, which may go in stairs."""

    if TYPE_CHECKING:  # each subclass declares them, in keras' order
        decay_steps: Duration
        decay_rate: Factor
        staircase: Flag

    def progress(self, t: Steps64) -> Array:
        """Return t / decay_steps, whole in a staircase."""
        fraction = t / self.decay_steps
        return np.floor(fraction) if self.staircase else fraction

    def natural_length(self) -> int | None:
        """Return five times decay_steps, so that the decay is seen."""
        return math.ceil(5 * self.decay_steps)


class ExponentialDecay(Stepped):
    """Multiplies the rate by decay_rate every decay_steps steps, smoothly or in stairs."""

    formula = (
        "initial_learning_rate * decay_rate "
        "** (floor(t / decay_steps) if staircase else t / decay_steps)"
    )
    initial_learning_rate: Annotated[Initial, Peak()] = Field(
        description="rate at step 0", examples=[0.1]
    )
    decay_steps: Duration = Field(description="steps in which decay_rate acts", examples=[20])
    decay_rate: Factor = Field(description="what the rate is multiplied by", examples=[0.5])
    staircase: Flag = Field(False, description="whether to drop at once every decay_steps")

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        if self.staircase:
            return stairs(self.rates, self.decay_steps, ratio=self.decay_rate)
        first, rate = self.initial_learning_rate, self.decay_rate
        if first < 0 or rate <= 0:
            return [Segment("decay", 0, self.rates)]
        return [
            Segment("decay", 0, exponential(first, first * rate, 0, self.decay_steps, self.rates))
        ]

    def rates(self, t: Steps64) -> Array:
        """Return the rates at `t`, in keras' order of operations."""
        return self.initial_learning_rate * shapes.powers(self.decay_rate, self.progress(t))

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        if self.decay_rate > 1:
            yield self.note(
                "grows", f"decay_rate is above 1 ({format_number(self.decay_rate)}): the rate grows"
            )
        if self.decay_rate < 0:
            message = (
                f"decay_rate is negative ({format_number(self.decay_rate)}): the rate changes "
                "its sign"
            )
            yield self.note("changes-sign", message)


class PiecewiseConstantDecay(KerasSchedule):
    """Holds values[i] up to and including the step boundaries[i]."""

    formula = "values[number of boundaries < t]"
    boundaries: Spans = Field(description="last step of each value", examples=[[30, 60, 90]])
    values: Rates = Field(
        description="the rates, one more than boundaries", examples=[[0.1, 0.05, 0.01, 0.005]]
    )

    @model_validator(mode="after")
    def check_lengths(self) -> PiecewiseConstantDecay:
        """Refuse lists that keras refuses, at construction or in the run."""
        bounds, values = len(self.boundaries), len(self.values)
        if bounds != values - 1:
            message = (
                "keras.PiecewiseConstantDecay: the length of boundaries should be 1 less than the "
                f"length of values (got {bounds} boundaries and {values} values)"
            )
            raise error_at("boundaries", message, self.boundaries)
        if not bounds:
            message = "keras.PiecewiseConstantDecay fails without boundaries: IndexError"
            raise error_at("boundaries", message, self.boundaries)
        return self

    @property
    def bounds(self) -> list[int]:
        """The boundaries in the step's dtype, which truncates fractions."""
        return [int(bound) for bound in self.boundaries]

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        bounds, values = self.bounds, self.values
        edges = np.unique(bounds)
        last_steps = np.append(edges, edges[-1] + 1)
        # Keras adds up the ranges that hold a step: boundaries that do not rise overlap.
        levels = (last_steps <= bounds[0]) * values[0] + (last_steps > bounds[-1]) * values[-1]
        for low, high, value in zip(bounds[:-1], bounds[1:], values[1:-1], strict=True):
            levels = levels + ((last_steps > low) & (last_steps <= high)) * value

        def rates(t: Steps64) -> Array:
            return np.asanyarray(levels[np.searchsorted(edges, t, side="left")])

        starts = sorted({0, *(int(edge) + 1 for edge in edges if edge >= 0)})
        return listed_stairs(starts, rates)

    def natural_length(self) -> int | None:
        """Return a quarter more steps than the last boundary, so that its drop is seen."""
        return max(length_after(max(self.bounds)), 0) or None

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        if self.bounds != list(self.boundaries):
            yield self.note("fractional-period", "keras truncates the boundaries to whole steps")
        if self.bounds != sorted(set(self.bounds)):
            message = (
                "boundaries are not in ascending order: keras adds up the values of every range "
                "that contains a step, and the rate is 0 where none does"
            )
            yield self.note("unsorted-milestones", message)


class PolynomialDecay(Decay):
    """Goes to end_learning_rate in decay_steps steps along a power of the remaining time."""

    formula = (
        "(initial_learning_rate - end_learning_rate) * (1 - min(t, decay_steps) / decay_steps) "
        "** power + end_learning_rate"
    )
    initial_learning_rate: Annotated[Initial, Peak()] = Field(
        description="rate at step 0", examples=[0.1]
    )
    decay_steps: Annotated[Duration, Length()] = Field(
        description="steps to the end rate", examples=[100]
    )
    end_learning_rate: Annotated[Rate, Floor()] = Field(0.0001, description="rate at the end")
    power: Factor = Field(1.0, description="1 is a straight line; above 1 it falls faster at first")
    cycle: Flag = Field(
        False,
        description="whether to start again after decay_steps: decay_steps becomes its next "
        "multiple from t",
    )

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        if self.cycle:
            return self.cycles()
        decay = self.shape(self.decay_steps, lambda t: self.value(t / self.decay_steps))
        floor = rate_at(self.value, 1.0)
        return [
            Segment("decay", 0, decay),
            Segment("floor", math.ceil(self.decay_steps), hold(floor)),
        ]

    def shape(self, length: float, exact: RateFunction) -> Shape:
        """Return the shape that ends after `length` steps."""
        first, last = self.initial_learning_rate, self.end_learning_rate
        return polynomial(first, last, 0, length, self.power, exact)

    def value(self, fraction: Array) -> Array:
        """Return the rates at fractions of the length, in keras' order of operations."""
        change = self.initial_learning_rate - self.end_learning_rate
        return change * shapes.polynomial(fraction, self.power) + self.end_learning_rate

    def cycles(self) -> list[Part]:
        """Return the decays to each multiple of decay_steps, all as if from step 0."""
        length = self.decay_steps

        def rates(t: Steps64) -> Array:
            return self.value(t / (length * np.maximum(np.ceil(t / length), 1)))

        if length < 1:
            return [Segment("cycle", 0, rates)]

        def cycle(index: int) -> Sequence[Segment]:
            start = first_step_after(index, length) if index else 0
            name = "restart" if index else "decay"
            return [Segment(name, start, self.shape(length * (index + 1), rates))]

        return [Cycles("cycle", 0, rates, cycle, period=length)]

    def natural_length(self) -> int | None:
        """Return the steps of the decay, or of three cycles of it."""
        return math.ceil(self.decay_steps * (3 if self.cycle else 1))

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        if self.end_learning_rate > self.initial_learning_rate:
            message = (
                f"end_learning_rate ({format_number(self.end_learning_rate)}) is above "
                "initial_learning_rate "
                f"({format_number(self.initial_learning_rate)}): the rate rises"
            )
            yield self.note("rises", message)
        if self.power < 0:
            yield self.note(
                "grows", f"power is negative ({format_number(self.power)}): the rate grows"
            )
        if not self.cycle and is_nan_under_jit(self.decay_steps, self.power):
            message = nan_under_jit("decay_steps", self.decay_steps, self.power)
            yield self.note("nan-under-jit", message)


def first_step_after(multiple: int, span: float) -> int:
    """Return the first step t with `t / span > multiple`."""
    step = math.floor(multiple * span) + 1
    return step if step / span > multiple else step + 1


class InverseTimeDecay(Stepped):
    """Divides the rate by 1 + decay_rate * t / decay_steps, smoothly or in stairs."""

    aliases = ("inverse-time",)
    formula = (
        "initial_learning_rate "
        "/ (1 + decay_rate * (floor(t / decay_steps) if staircase else t / decay_steps))"
    )
    initial_learning_rate: Annotated[Initial, Peak()] = Field(
        description="rate at step 0", examples=[0.1]
    )
    decay_steps: Duration = Field(description="steps in which decay_rate acts", examples=[20])
    decay_rate: Factor = Field(description="what is added to the divisor", examples=[0.5])
    staircase: Flag = Field(False, description="whether to drop at once every decay_steps")

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        if self.staircase:
            return stairs(self.rates, self.decay_steps)
        return [Segment("decay", 0, self.rates)]

    def rates(self, t: Steps64) -> Array:
        """Return the rates at `t`, in keras' order of operations."""
        return self.initial_learning_rate / (1.0 + self.decay_rate * self.progress(t))

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        if self.decay_rate < 0:
            message = f"decay_rate is negative ({format_number(self.decay_rate)}): the rate grows"
            yield self.note("grows", message)
