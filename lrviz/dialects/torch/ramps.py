"""Schedules from one rate to another: constant, linear, polynomial and cosine."""

import math
from collections.abc import Iterator, Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from lrviz.core import shapes
from lrviz.core.findings import Finding
from lrviz.core.parameters import Factor, Period, Rate, SpanFromZero
from lrviz.core.roles import Floor, Length
from lrviz.core.schedule import Array, End, Steps64
from lrviz.core.segment import Cycles, Part, Segment, cosine, hold, linear, polynomial
from lrviz.core.text import format_number, format_rounded
from lrviz.dialects.torch.base import Torch, WithFloor


class ConstantLR(Torch):
    """Holds factor times the rate for total_iters steps, then the full rate."""

    aliases = ("constant",)
    acts_at_zero = True
    formula = "lr * factor if t < total_iters else lr"
    factor: Factor = Field(1.0 / 3, ge=0, le=1, description="factor on the rate at first")
    total_iters: SpanFromZero = Field(5, description="steps until the full rate")

    def advice_on_name(self) -> str:
        """Return how to write a constant rate, where that of the first steps is another one."""
        if self.factor == 1 or self.model_fields_set & {"factor", "total_iters"}:
            return ""
        return (
            f"holds {format_rounded(self.factor)} times lr for {format_number(self.total_iters)} "
            "steps, then lr; a constant rate has factor=1, or is transformers.constant"
        )

    @property
    def is_restored(self) -> bool:
        """Whether the full rate ever comes: torch restores it at the step total_iters itself."""
        return self.total_iters > 0 and self.total_iters == int(self.total_iters)

    def segments(self, lr: float) -> Sequence[Part]:
        first = Segment("hold", 0, hold(lr * self.factor))
        if not self.is_restored:
            return [first]
        return [first, Segment("hold", int(self.total_iters), hold(lr))]

    @property
    def factor_after_restart(self) -> float:
        """The factor from which it starts in a sequence: torch's closed form at epoch 0.

        That form, unlike the recursion, gives the full rate with total_iters 0.
        """
        return self.factor if self.total_iters else 1.0

    def segments_after_restart(self, lr: float) -> Sequence[Part]:
        if self.total_iters:
            return self.segments(lr)
        return [Segment("hold", 0, hold(lr))]

    def natural_length(self) -> int | None:
        """Return four times total_iters, so that the full rate is seen."""
        return math.ceil(4 * self.total_iters) or None

    def end(self) -> End | None:
        if self.factor == 0 and self.is_restored:
            last = int(self.total_iters) - 1
            return End(last, f"divides by factor 0 at step {last + 1}: float division by zero")
        return None

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        if not self.is_restored:
            message = (
                f"with total_iters {format_number(self.total_iters)} the full rate never "
                "comes: torch holds "
                "factor * lr"
            )
            yield self.note("never-changes", message)


class LinearLR(Torch):
    """Goes in a straight line from start_factor to end_factor times the rate."""

    aliases = ("linear",)
    acts_at_zero = True
    formula = (
        "lr * (start_factor + (end_factor - start_factor) * min(t, total_iters) / total_iters)"
    )
    start_factor: Factor = Field(1.0 / 3, gt=0, le=1, description="factor on the rate at step 0")
    end_factor: Factor = Field(1.0, ge=0, le=1, description="factor at the end")
    total_iters: Annotated[SpanFromZero, Length()] = Field(5, description="steps from start to end")

    def segments(self, lr: float) -> Sequence[Part]:
        start, change, steps = (
            self.start_factor,
            self.end_factor - self.start_factor,
            self.total_iters,
        )

        def rates(t: Steps64) -> Array:
            return np.asanyarray(lr * (start + change * (t / max(steps, 1))))

        if steps == 0:
            return [Segment("hold", 0, hold(lr * start))]
        last = int(steps)
        line = linear(lr * start, lr * self.end_factor, 0, steps, rates)
        name, after = ("warm-up", "hold") if change > 0 else ("decay", "floor")
        return [Segment(name, 0, line), Segment(after, last, hold(rates(np.array([last]))[0]))]

    def natural_length(self) -> int | None:
        return math.ceil(self.total_iters) or None

    def advice_on_name(self) -> str:
        """Return how to write a linear decay, where the line rises, as it does by default."""
        if self.end_factor <= self.start_factor:
            return ""
        return (
            f"rises from {format_rounded(self.start_factor)} to {format_rounded(self.end_factor)} "
            "times lr; a decay has start_factor=1 and end_factor=0, or is transformers.linear; "
            "transformers.polynomial falls to a floor"
        )

    def failure_at_zero(self, restart: bool) -> str | None:
        return "divides by total_iters, which is 0" if restart and not self.total_iters else None

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        if self.total_iters == 0:
            message = "with total_iters 0 torch stays at start_factor * lr"
            yield self.note("never-changes", message)


class PolynomialLR(Torch):
    """Falls to 0 in total_iters steps along a power of the remaining time."""

    aliases = ("polynomial", "poly")
    with_floor = "transformers.polynomial"
    formula = "lr * (1 - min(t, total_iters) / total_iters) ** power"
    total_iters: Annotated[SpanFromZero, Length()] = Field(
        5, description="steps until the rate is 0", examples=[100]
    )
    power: Factor = Field(1.0, description="1 is a straight line; above 1 it falls faster at first")

    def segments(self, lr: float) -> Sequence[Part]:
        steps, power = self.total_iters, self.power

        def rates(t: Steps64) -> Array:
            return lr * shapes.polynomial(t / steps, power)

        if steps == 0:
            return [Segment("hold", 0, hold(lr))]
        last = int(steps)
        decay = Segment("decay", 0, polynomial(lr, 0.0, 0, steps, power, rates))
        if power < 0:
            return [decay]
        return [decay, Segment("floor", last, hold(rates(np.array([last]))[0]))]

    def natural_length(self) -> int | None:
        return math.ceil(self.total_iters) or None

    def end(self) -> End | None:
        if self.power < 0 and self.total_iters and self.total_iters == int(self.total_iters):
            last = int(self.total_iters) - 1
            message = (
                f"raises 0 to power {format_number(self.power)} at step {last + 1}: "
                "ZeroDivisionError"
            )
            return End(last, message)
        return None

    def failure_at_zero(self, restart: bool) -> str | None:
        del restart
        return None if self.total_iters else "divides by total_iters, which is 0"

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        if self.total_iters == 0:
            yield self.note("never-changes", "with total_iters 0 torch never changes the rate")
        if self.power < 0:
            yield self.note(
                "grows", f"power is negative ({format_number(self.power)}): the rate grows"
            )


class CosineAnnealingLR(WithFloor):
    """Falls along half a cosine to eta_min in T_max steps, then climbs back, and so on."""

    aliases = ("cosine", "CosineAnnealing")
    adds = True
    formula = "eta_min + (lr - eta_min) * (1 + cos(pi * t / T_max)) / 2"
    T_max: Annotated[Period, Length()] = Field(
        description="steps from the top to the bottom", examples=[100]
    )
    eta_min: Annotated[Rate, Floor()] = Field(0.0, description="rate at the bottom")

    def segments(self, lr: float) -> Sequence[Part]:
        half, floor = self.T_max, self.eta_min

        def cycle(index: int) -> Sequence[Segment]:
            top, bottom = 2 * index * half, (2 * index + 1) * half
            return [
                Segment("decay", math.ceil(top), cosine(lr, floor, top, half)),
                Segment("rise", math.ceil(bottom), cosine(floor, lr, bottom, half)),
            ]

        waves = Cycles(
            "decay",
            0,
            lambda t: shapes.cosine_between(lr, floor, t / half),
            cycle,
            period=2 * half,
        )
        return [waves]

    def step_map(self, t: Steps64, lr: float) -> tuple[Array, Array]:
        """Return the map; past each bottom torch adds a fixed amount instead of scaling."""
        a, b = super().step_map(t, lr)
        turns = (t - 1 - self.T_max) % (2 * self.T_max) == 0
        rise = (lr - self.eta_min) * (1 - np.cos(np.pi / self.T_max)) / 2
        return np.where(turns, 1.0, a), np.where(turns, rise, b)
