"""Schedules that multiply the rate by gamma: StepLR, MultiStepLR and ExponentialLR."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from lrviz.core import shapes
from lrviz.core.findings import Finding
from lrviz.core.parameters import Factor, Milestones, Period
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Cycles, Part, Segment, exponential, hold
from lrviz.core.stairs import length_after
from lrviz.core.text import format_number
from lrviz.dialects.torch.base import Torch


class Decay(Torch, abstract=True):
    """A schedule that multiplies the rate by gamma at some of its steps."""

    if TYPE_CHECKING:  # each subclass declares it, in torch's order
        gamma: Factor

    def drops(self, t: Steps64) -> Array:
        """Return how often step() multiplies by gamma on arrival at `t`."""
        raise NotImplementedError

    def step_map(self, t: Steps64, lr: float) -> tuple[Array, Array]:
        """Return (gamma ** drops, 0)."""
        del lr
        return shapes.powers(self.gamma, self.drops(t)), np.zeros(t.shape)

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        if self.gamma < 0:
            message = (
                f"gamma is negative ({format_number(self.gamma)}): the rate changes sign at "
                "each drop"
            )
            yield self.note("changes-sign", message)
        if self.gamma > 1:
            yield self.note(
                "grows", f"gamma is above 1 ({format_number(self.gamma)}): the rate grows"
            )


class StepLR(Decay):
    """Multiplies the rate by gamma every step_size steps."""

    aliases = ("step",)
    formula = "lr * gamma ** floor(t / step_size)"
    step_size: Period = Field(description="steps between two drops", examples=[30])
    gamma: Factor = Field(0.1, description="what each drop multiplies the rate by")

    @property
    def period(self) -> int:
        """The steps between two drops: torch drops where `step % step_size` is exactly 0."""
        return Fraction(self.step_size).numerator

    def segments(self, lr: float) -> Sequence[Part]:
        period = self.period

        def cycle(index: int) -> Sequence[Segment]:
            rate = lr * self.gamma**index
            return [Segment("drop" if index else "hold", index * period, hold(rate))]

        stairs = Cycles(
            "drop",
            0,
            lambda t: lr * shapes.powers(self.gamma, t // period),
            cycle,
            period=period,
            ratio=self.gamma,
        )
        return [stairs]

    def drops(self, t: Steps64) -> Array:
        return np.asanyarray((t % self.period == 0) & (t != 0), np.float64)

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        if self.period != self.step_size:
            message = (
                f"step_size {format_number(self.step_size)} is not whole: torch drops every "
                f"{self.period:,} "
                "steps, where the step is a multiple of it"
            )
            yield self.note("fractional-period", message)


class MultiStepLR(Decay):
    """Multiplies the rate by gamma at each milestone; one that is listed twice counts twice."""

    aliases = ("multistep",)
    formula = "lr * gamma ** (number of milestones <= t)"
    milestones: Milestones = Field(description="the steps that drop", examples=[[30, 60, 90]])
    gamma: Factor = Field(0.1, description="what each drop multiplies the rate by")

    def segments(self, lr: float) -> Sequence[Part]:
        ordered = np.sort(np.array(self.milestones, np.int64))
        starts = np.unique(np.append(ordered, 0))

        def rates(t: Steps64) -> Array:
            return lr * shapes.powers(self.gamma, np.searchsorted(ordered, t, side="right"))

        def cycle(index: int) -> Sequence[Segment]:
            start = starts[index : index + 1]
            name = "drop" if index else "hold"
            return [Segment(name, int(start[0]), hold(float(rates(start)[0])))]

        return [Cycles("drop", 0, rates, cycle, period=0, ratio=self.gamma, count=len(starts))]

    def drops(self, t: Steps64) -> Array:
        ordered = np.sort(self.milestones)
        counts = np.searchsorted(ordered, t, "right") - np.searchsorted(ordered, t, "left")
        return counts.astype(np.float64)

    def natural_length(self) -> int | None:
        """Return a quarter more steps than the last milestone, so that its drop is seen."""
        return length_after(max(self.milestones, default=0)) or None

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        if list(self.milestones) != sorted(self.milestones):
            yield self.note(
                "unsorted-milestones", "milestones are not in ascending order: torch sorts them"
            )
        if len(set(self.milestones)) < len(self.milestones):
            message = "a milestone is listed twice: torch drops once for each"
            yield self.note("repeated-milestones", message)


class ExponentialLR(Decay):
    """Multiplies the rate by gamma every step."""

    aliases = ("exponential",)
    formula = "lr * gamma ** t"
    gamma: Factor = Field(description="what each step multiplies the rate by", examples=[0.95])

    def segments(self, lr: float) -> Sequence[Part]:
        def rates(t: Steps64) -> Array:
            return lr * shapes.powers(self.gamma, t)

        curve = exponential(lr, lr * self.gamma, 0, 1, rates) if self.gamma > 0 else rates
        return [Segment("decay", 0, curve)]

    def drops(self, t: Steps64) -> Array:
        return np.ones(t.shape)
