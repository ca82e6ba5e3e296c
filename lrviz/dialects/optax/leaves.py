"""The schedules of optax that contain no others: constant, polynomial, exponential, cosine."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from lrviz.core import shapes
from lrviz.core.conversions import MAX_INTEGER
from lrviz.core.findings import Finding
from lrviz.core.jit import is_nan_under_jit, nan_under_jit
from lrviz.core.parameters import Duration, Factor, Flag, Rate, Span
from lrviz.core.roles import Floor, Length, Peak
from lrviz.core.schedule import Array
from lrviz.core.segment import Part, RateFunction, Segment, Shape, exponential, hold, polynomial
from lrviz.core.stairs import first_step, rate_at, stairs
from lrviz.core.text import format_number
from lrviz.dialects.optax.base import OptaxSchedule


def transition(first: float, last: float, power: float, steps: float, begin: float) -> list[Part]:
    """Return the segments of optax' polynomial from one rate to another, from step `begin` on.

    Before `begin` the rate is `first`; where `steps` is not above 0 it is always `first`.
    """
    if steps <= 0:
        return [Segment("hold", 0, hold(first))]

    def value(fraction: Array) -> Array:
        remaining = shapes.linear(fraction)
        remaining = remaining if power == 1 else shapes.raise_to(remaining, power)
        return np.asanyarray((first - last) * remaining + last)

    def rates(t: Any) -> Array:
        return value((t - begin) / steps)

    name, after = ("warm-up", "hold") if last > first else ("decay", "floor")
    return [
        Segment("hold", min(0, math.ceil(begin)), hold(rate_at(value, 0.0))),
        Segment(name, math.ceil(begin), polynomial(first, last, begin, steps, power, rates)),
        Segment(after, first_step(1, steps, begin), hold(rate_at(value, 1.0))),
    ]


def cosine(peak: float, steps: float, alpha: float, exponent: float, begin: float) -> list[Part]:
    """Return the segments of optax' cosine from the peak to alpha * peak, from `begin` on."""

    def value(fraction: Array) -> Array:
        remaining = shapes.cosine(fraction)
        remaining = remaining if exponent == 1 else shapes.raise_to(remaining, exponent)
        return np.asanyarray(peak * ((1 - alpha) * remaining + alpha))

    def rates(t: Any) -> Array:
        return value((t - begin) / steps)

    kind = "cosine" if exponent == 1 else "cosine-power"
    shape = Shape(kind, peak, peak * alpha, begin, steps, exponent, exact=rates)
    return [
        Segment("decay", math.ceil(begin), shape),
        Segment("floor", first_step(1, steps, begin), hold(rate_at(value, 1.0))),
    ]


class ConstantSchedule(OptaxSchedule):
    """Holds one rate."""

    name = "constant_schedule"
    formula = "value"
    value: Annotated[Rate, Peak()] = Field(description="the rate", examples=[0.1])

    def parts_from(self, begin: float) -> list[Part]:
        return [Segment("hold", math.ceil(begin), hold(self.value))]


class Transition(OptaxSchedule, abstract=True):
    """A schedule that leaves init_value at transition_begin."""

    if TYPE_CHECKING:  # each subclass declares them, in optax' order
        transition_steps: Span
        transition_begin: Span

    first_value: ClassVar[str] = "init_value"
    """The parameter that is the rate before the transition."""

    def never_starts(self) -> str | None:
        """Return the message on parameters with which optax holds the first value, or None."""
        if self.transition_steps <= 0:
            steps = f"{format_number(self.transition_steps)}"
            return f"with transition_steps {steps} optax stays at {self.first_value}"
        return None

    @property
    def first_transition_step(self) -> float:
        """The step of the schedule's clock at which the transition begins."""
        return max(self.transition_begin, 0)

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        reason = self.never_starts()
        if reason:
            yield self.note("never-changes", reason)
        elif self.transition_begin < 0:
            message = (
                f"transition_begin is negative ({format_number(self.transition_begin)}): optax "
                "uses 0"
            )
            yield self.note("negative-steps", message)


class LinearSchedule(Transition):
    """Goes in a straight line from init_value to end_value."""

    name = "linear_schedule"
    formula = (
        "init_value + (end_value - init_value) "
        "* min(max(t - transition_begin, 0) / transition_steps, 1)"
    )
    init_value: Annotated[Rate, Peak()] = Field(description="rate at first", examples=[0.1])
    end_value: Annotated[Rate, Floor()] = Field(description="rate at the end", examples=[0.001])
    transition_steps: Annotated[Span, Length()] = Field(
        description="steps from one to the other", examples=[100]
    )
    transition_begin: Span = Field(0, description="steps at init_value before")

    def parts_from(self, begin: float) -> list[Part]:
        begin += self.first_transition_step
        return transition(self.init_value, self.end_value, 1, self.transition_steps, begin)


class PolynomialSchedule(Transition):
    """Goes from init_value to end_value along a power of the remaining time."""

    name = "polynomial_schedule"
    formula = (
        "end_value + (init_value - end_value) "
        "* (1 - min(max(t - transition_begin, 0) / transition_steps, 1)) ** power"
    )
    init_value: Annotated[Rate, Peak()] = Field(description="rate at first", examples=[0.1])
    end_value: Annotated[Rate, Floor()] = Field(description="rate at the end", examples=[0.001])
    power: Factor = Field(
        description="1 is a straight line; above 1 it falls faster at first", examples=[2.0]
    )
    transition_steps: Annotated[Span, Length()] = Field(
        description="steps from one to the other", examples=[100]
    )
    transition_begin: Span = Field(0, description="steps at init_value before")

    def parts_from(self, begin: float) -> list[Part]:
        begin += self.first_transition_step
        return transition(self.init_value, self.end_value, self.power, self.transition_steps, begin)

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        if self.power < 0:
            message = (
                f"power is negative ({format_number(self.power)}): the rate moves away from "
                "end_value"
            )
            yield self.note("grows", message)
        steps = self.transition_steps
        if steps > 0 and is_nan_under_jit(steps, self.power):
            yield self.note("nan-under-jit", nan_under_jit("transition_steps", steps, self.power))


class Exponential(Transition, abstract=True):
    """A decay by decay_rate every transition_steps steps, with a bound."""

    if TYPE_CHECKING:  # each subclass declares them, in optax' order
        decay_rate: Factor
        staircase: Flag
        end_value: Rate | None

    def never_starts(self) -> str | None:
        if self.decay_rate == 0 and self.transition_steps > 0:
            return f"with decay_rate 0 optax does not decay: it stays at {self.first_value}"
        return super().never_starts()

    def decay(self, first: float, begin: float) -> list[Part]:
        """Return the decay from `first`, on a clock that starts at step `begin`."""
        if self.never_starts():
            return [Segment("hold", math.ceil(begin), hold(first))]
        start = begin + self.first_transition_step
        before = Segment("hold", math.ceil(begin), hold(self.bounded(np.float64(first))))
        if self.staircase:

            def raw(t: Any) -> Any:
                elapsed = np.floor((t - start) / self.transition_steps)
                return first * shapes.powers(self.decay_rate, elapsed)

        else:

            def raw(t: Any) -> Any:
                return first * shapes.powers(self.decay_rate, (t - start) / self.transition_steps)

        if first <= 0 or self.decay_rate <= 0:
            return [before, Segment("decay", math.ceil(start), lambda t: self.bounded(raw(t)))]
        bound = self.bound_step(first, start, raw)
        decay: list[Part] = [] if bound == start else self.unbounded(first, start, raw)
        floor = [] if bound is None else [Segment("floor", bound, hold(self.end_value or 0.0))]
        return [before, *decay, *floor]

    def unbounded(self, first: float, start: float, raw: RateFunction) -> list[Part]:
        """Return the decay without its bound."""
        steps, rate = self.transition_steps, self.decay_rate
        if self.staircase:
            return stairs(raw, steps, start, ratio=rate)
        shape = exponential(first, first * rate, start, steps, raw)
        return [Segment("decay", math.ceil(start), shape)]

    def bounded(self, rates: Any) -> Any:
        """Return the rates within the bound."""
        if self.end_value is None:
            return rates
        limit = np.maximum if self.decay_rate < 1 else np.minimum
        return limit(rates, self.end_value)

    def bound_step(self, first: float, start: float, raw: RateFunction) -> int | None:
        """Return the first step from which the rate is the bound; None where it never is."""
        end, rate = self.end_value, self.decay_rate
        if end is None or (end <= 0 and rate < 1):
            return None
        falls, begin = rate < 1, math.ceil(start)

        def is_bound(step: int) -> bool:
            value = rate_at(raw, step)
            return value <= end if falls else value >= end

        if is_bound(begin):
            return begin
        if rate == 1:
            return None
        last = begin + (math.log(end / first) / math.log(rate) + 2) * self.transition_steps
        if last > MAX_INTEGER:
            return None
        steps = range(math.ceil(last) - begin)
        return begin + bisect_left(steps, True, key=lambda step: is_bound(begin + step))

    def natural_length(self) -> int | None:
        """Return five times transition_steps, so that the decay is seen."""
        if self.never_starts():
            return None
        return math.ceil(self.first_transition_step + 5 * self.transition_steps)

    def findings_of_bound(self, first: float) -> Iterator[Finding]:
        """Yield what optax makes of the bound and of an unusual decay_rate."""
        if self.never_starts():
            if self.end_value is not None:
                message = "end_value is ignored: there is no decay that it could bound"
                yield self.note("unused-parameter", message)
            return
        if self.decay_rate < 0:
            message = (
                f"decay_rate is negative ({format_number(self.decay_rate)}): the rate changes "
                "its sign"
            )
            yield self.note("changes-sign", message)
        if self.decay_rate > 1:
            yield self.note(
                "grows", f"decay_rate is above 1 ({format_number(self.decay_rate)}): the rate grows"
            )
        if self.end_value is None:
            return
        if self.decay_rate < 1 and self.end_value > first:
            message = (
                f"end_value ({format_number(self.end_value)}) is a lower bound and above "
                f"{self.first_value} "
                f"({format_number(first)}): the rate is end_value throughout"
            )
            yield self.note("never-changes", message)
        if self.decay_rate >= 1 and self.end_value < first:
            message = (
                f"with a decay_rate of 1 or more end_value ({format_number(self.end_value)}) "
                "is an upper bound, "
                f"and it is below {self.first_value} ({format_number(first)}): the rate is "
                "end_value throughout"
            )
            yield self.note("never-changes", message)


class ExponentialDecay(Exponential):
    """Multiplies the rate by decay_rate every transition_steps steps, smoothly or in stairs."""

    name = "exponential_decay"
    formula = (
        "init_value * decay_rate ** (max(t - transition_begin, 0) / transition_steps), "
        "bounded by end_value; in stairs the exponent is rounded down"
    )
    init_value: Annotated[Rate, Peak()] = Field(description="rate at first", examples=[0.1])
    transition_steps: Span = Field(description="steps in which decay_rate acts", examples=[20])
    decay_rate: Factor = Field(description="what the rate is multiplied by", examples=[0.5])
    transition_begin: Span = Field(0, description="steps at init_value before")
    staircase: Flag = Field(False, description="whether to drop at once every transition_steps")
    end_value: Annotated[Rate | None, Floor()] = Field(
        None, description="bound: from below for a decay_rate below 1, else from above"
    )

    def parts_from(self, begin: float) -> list[Part]:
        return self.decay(self.init_value, begin)

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        yield from self.findings_of_bound(self.init_value)


class CosineDecaySchedule(OptaxSchedule):
    """Half a cosine from init_value to alpha times init_value, then constant."""

    name = "cosine_decay_schedule"
    aliases = ("cosine_decay",)
    formula = (
        "init_value * ((1 - alpha) * ((1 + cos(pi * min(t, decay_steps) / decay_steps)) / 2) "
        "** exponent + alpha)"
    )
    init_value: Annotated[Rate, Peak()] = Field(description="rate at step 0", examples=[0.1])
    decay_steps: Annotated[Duration, Length()] = Field(
        description="steps to the floor", examples=[100]
    )
    alpha: Annotated[Factor, Floor(share=True)] = Field(
        0.0, description="last rate as a share of init_value"
    )
    exponent: Factor = Field(1.0, description="power of the cosine")

    def parts_from(self, begin: float) -> list[Part]:
        return cosine(self.init_value, self.decay_steps, self.alpha, self.exponent, begin)

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        if self.alpha > 1 and self.init_value > 0:
            yield self.note(
                "rises", f"alpha is above 1 ({format_number(self.alpha)}): the rate rises"
            )
        if self.exponent < 0:
            message = (
                f"exponent is negative ({format_number(self.exponent)}): the rate grows "
                "without limit"
            )
            yield self.note("grows", message)
