"""The schedules with a warm-up, which is logarithmic unless it is asked to be linear."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from lrviz.core import shapes
from lrviz.core.parameters import Flag, Fraction, Rate, Steps
from lrviz.core.roles import Floor, Length, Peak, WarmUp
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Cycles, Part, Segment, cosine, hold, linear
from lrviz.dialects.deepspeed.base import DeepSpeed

SHORTEST = 2
"""The steps of a warm-up at least: the library divides by the logarithm of their number."""


class WithWarmUp(DeepSpeed, abstract=True):
    """A schedule that begins with a warm-up of at least two steps."""

    warmup_num_steps: Annotated[Steps, WarmUp()] = Field(
        1000, description="steps of the warm-up (1 counts as 2)"
    )
    warmup_type: Literal["log", "linear"] = Field("log", description="curve of the warm-up")
    first_step_at_lr: Flag = Field(
        False, description="whether the first step runs at lr, as before DeepSpeed 0.15.3"
    )

    @property
    def warmup_steps(self) -> int:
        """The steps of the warm-up as the library counts them."""
        return max(SHORTEST, self.warmup_num_steps)

    def warm_up(self, lr: float, at_construction: float, bottom: float, top: float) -> list[Part]:
        """Return the first step, and the warm-up from step 1 to `warmup_steps`.

        `at_construction` is the rate that the library sets before the first step.
        """
        steps = self.warmup_steps

        def logarithmic(t: Steps64) -> Array:
            return np.asanyarray(bottom + (top - bottom) * (np.log(t) / log(steps)))

        first = hold(lr if self.first_step_at_lr else at_construction)
        line = linear(bottom, top, 1, steps)
        curve = logarithmic if self.warmup_type == "log" else line
        return [Segment("hold", 0, first), Segment("warm-up", 1, curve)]


class WarmupLR(WithWarmUp, inherit_after="warmup_max_lr"):
    """A warm-up from warmup_min_lr, then constant; the first two steps are both at its start."""

    formula = (
        "warmup_min_lr + (warmup_max_lr - warmup_min_lr) * min(1, log(max(t, 1)) / log(max(W, 2)))"
    )
    warmup_min_lr: Rate = Field(0.0, description="rate at the start of the warm-up")
    warmup_max_lr: Annotated[Rate | None, Peak()] = Field(
        None, description="rate after the warm-up (lr if not given)"
    )

    def segments(self, lr: float) -> Sequence[Part]:
        top = lr if self.warmup_max_lr is None else self.warmup_max_lr
        rise = self.warm_up(lr, self.warmup_min_lr, self.warmup_min_lr, top)
        return [*rise, Segment("hold", self.warmup_steps + 1, hold(top))]


class WarmupDecayLR(WithWarmUp, inherit_after="warmup_max_lr"):
    """A warm-up, then a line back to warmup_min_lr, which it reaches one step after the run."""

    formula = (
        "warmup_min_lr + (warmup_max_lr - warmup_min_lr) * (log(max(t, 1)) / log(max(W, 2)) "
        "if t <= max(W, 2) else max(0, T + 1 - t) / max(1, T - max(W, 2)))"
    )
    total_num_steps: Annotated[Steps, Length()] = Field(
        description="steps of the run, the warm-up included", examples=[4000]
    )
    warmup_min_lr: Annotated[Rate, Floor()] = Field(
        0.0, description="rate at the start of the warm-up and at the end"
    )
    warmup_max_lr: Annotated[Rate, Peak()] = Field(0.001, description="rate after the warm-up")

    def segments(self, lr: float) -> Sequence[Part]:
        bottom, top = self.warmup_min_lr, self.warmup_max_lr
        parts = self.warm_up(lr, bottom, bottom, top)
        start, length = self.warmup_steps + 1, self.total_num_steps - self.warmup_steps
        if length > 0:
            parts.append(Segment("decay", start, linear(top, bottom, start, length)))
        return [*parts, Segment("floor", start + max(length, 0), hold(bottom))]


class WarmupCosineLR(WithWarmUp, inherit_after="cos_min_ratio"):
    """A warm-up, then half a cosine, both as shares of lr; the first step has rate 0."""

    formula = (
        "0 if t == 0 else lr * (warmup_min_ratio + (1 - warmup_min_ratio) * log(max(t, 1)) / "
        "log(max(W, 2))) if t <= max(W, 2) else lr * (cos_min_ratio + (1 - cos_min_ratio) * "
        "(1 + cos(pi * min(1, (t - max(W, 2)) / max(1, T - max(W, 2))))) / 2)"
    )
    total_num_steps: Annotated[Steps, Length()] = Field(
        description="steps of the run, the warm-up included", examples=[4000]
    )
    warmup_min_ratio: Fraction = Field(0.0, description="share of lr at the start of the warm-up")
    cos_min_ratio: Annotated[Fraction, Floor(share=True)] = Field(
        0.0001, description="share of lr at the end"
    )
    climbs_again: Flag = Field(
        False, description="whether the cosine goes on after its end, as before DeepSpeed 0.19.3"
    )

    def segments(self, lr: float) -> Sequence[Part]:
        bottom, floor, start = (
            lr * self.warmup_min_ratio,
            lr * self.cos_min_ratio,
            self.warmup_steps,
        )
        length = max(1, self.total_num_steps - start)
        parts = self.warm_up(lr, 0.0, bottom, lr)
        if self.climbs_again:
            return [*parts, self.waves(lr, floor, start, length)]
        if length > 1:
            parts.append(Segment("decay", start + 1, cosine(lr, floor, start, length)))
        return [*parts, Segment("floor", start + length, hold(floor))]

    def waves(self, lr: float, floor: float, start: int, length: int) -> Cycles:
        """Return the cosine that climbs again after its end."""

        def cycle(index: int) -> Sequence[Segment]:
            top = start + 2 * index * length
            return [
                Segment("decay", max(top, start + 1), cosine(lr, floor, top, length)),
                Segment("rise", top + length, cosine(floor, lr, top + length, length)),
            ]

        def rates(t: Steps64) -> Array:
            return shapes.cosine_between(lr, floor, (t - start) / length)

        return Cycles("decay", start + 1, rates, cycle, period=2 * length)
