"""Schedules that drop the rate now and then: step, multistep; and constant, which does not."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.findings import Finding
from lrviz.core.parameters import Factor, Flag, Milestones, Number
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Cycles, Part, Segment, hold
from lrviz.core.stairs import length_after
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.timm.base import MayStartAtOnce

NO_DROP = "decay_rate is 1 (timm's default): the rate never drops"


class WithPrefix(MayStartAtOnce, abstract=True):
    """A schedule that starts after its warm-up unless it says otherwise."""

    warmup_prefix: Flag = Field(
        True, description="whether the schedule starts after the warm-up, not at step 0"
    )


class Step(WithPrefix, inherit_after="decay_rate"):
    """Multiplies the rate by decay_rate every decay_t."""

    name = "step"
    formula = "lr * decay_rate ** floor(t / decay_t)"
    decay_t: Number = Field(description="time between two drops", examples=[30])
    decay_rate: Factor = Field(1.0, description="what each drop multiplies the rate by")

    @model_validator(mode="after")
    def check_decay_time(self) -> Step:
        """Refuse a time that timm divides by zero with."""
        if self.decay_t == 0:
            raise error_at("decay_t", f"{self.title()} divides by decay_t, which is 0", 0)
        return self

    def after_warmup(self, lr: float) -> Sequence[Part]:
        def rates(t: Steps64) -> Array:
            return lr * shapes.powers(self.decay_rate, t // self.decay_t)

        def cycle(index: int) -> Sequence[Segment]:
            rate = float(lr * shapes.powers(self.decay_rate, np.array([index]))[0])
            name = "drop" if index else "hold"
            return [Segment(name, self.start_of(index * self.decay_t), hold(rate))]

        if self.decay_rate == 1:
            return [Segment("hold", 0, hold(lr))]
        if self.decay_t < 1:
            return [Segment("decay", 0, self.on_run_clock(rates))]
        stairs = Cycles(
            "drop", 0, self.on_run_clock(rates), cycle, period=self.decay_t, ratio=self.decay_rate
        )
        return [stairs]

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        if self.decay_rate == 1:
            yield self.note("never-drops", NO_DROP)
        if self.decay_t < 0:
            message = (
                f"decay_t is negative ({format_number(self.decay_t)}): each drop divides by "
                "decay_rate"
            )
            yield self.note("negative-length", message)


class MultiStep(WithPrefix, inherit_after="decay_rate"):
    """Multiplies the rate by decay_rate one step before each milestone."""

    name = "multistep"
    formula = "lr * decay_rate ** (number of decay_t <= t + 1)"
    decay_t: Milestones = Field(description="the milestones", examples=[[30, 60, 90]])
    decay_rate: Factor = Field(1.0, description="what each drop multiplies the rate by")

    def after_warmup(self, lr: float) -> Sequence[Part]:
        # timm bisects the list as it is, so that one which does not rise gives bisect's answer.
        edges = sorted(set(self.decay_t))
        drops = np.array([0, *(bisect_right(self.decay_t, edge) for edge in edges)])
        starts = sorted({0, *(max(edge - 1, 0) for edge in edges)})

        def rates(t: Steps64) -> Array:
            reached = drops[np.searchsorted(edges, t + 1, "right")]
            return lr * shapes.powers(self.decay_rate, reached)

        def cycle(index: int) -> Sequence[Segment]:
            start = np.array(starts[index : index + 1])
            name = "drop" if index else "hold"
            return [Segment(name, self.start_of(int(start[0])), hold(float(rates(start)[0])))]

        if self.decay_rate == 1 or not edges:
            return [Segment("hold", 0, hold(lr))]
        stairs = Cycles(
            "drop",
            0,
            self.on_run_clock(rates),
            cycle,
            period=0,
            ratio=self.decay_rate,
            count=len(starts),
        )
        return [stairs]

    def natural_length(self) -> int | None:
        """Return a quarter more steps than the last milestone, so that its drop is seen."""
        last = max(self.decay_t, default=0)
        return self.start_of(length_after(last)) if last else None

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        if self.decay_rate == 1:
            yield self.note("never-drops", NO_DROP)
        elif self.decay_t:
            message = f"timm drops one {self.clock()} before each milestone"
            yield self.note("early-milestones", message)
        if list(self.decay_t) != sorted(self.decay_t):
            message = "decay_t does not rise, and timm bisects it as if it did"
            yield self.note("unsorted-milestones", message)


class Constant(WithPrefix):
    """Holds the rate after the warm-up: timm's step scheduler without drops."""

    name = "constant"
    formula = "lr"

    def after_warmup(self, lr: float) -> Sequence[Part]:
        return [Segment("hold", 0, hold(lr))]
