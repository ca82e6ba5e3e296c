"""The one cycle with a decay after it, and the range test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from lrviz.core.parameters import Count, Flag, Number, Rate, SpanFromZero, Steps
from lrviz.core.roles import Floor, Peak, WarmUp
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Cycles, Part, Segment, hold, linear
from lrviz.dialects.deepspeed.base import DeepSpeed

STAIRS = 5
"""The stairs of a range test that are drawn where nothing gives the length."""


class OneCycle(DeepSpeed):
    """A line up and a line down, in stairs if asked for, then a decay by the inverse of time."""

    sets_rate = True
    ignored_parameters: ClassVar[tuple[str, ...]] = (
        *DeepSpeed.ignored_parameters,
        "cycle_momentum",
        "cycle_min_mom",
        "cycle_max_mom",
        "decay_mom_rate",
    )
    formula = (
        "cycle_min_lr + (cycle_max_lr - cycle_min_lr) * (t / cycle_first_step_size "
        "if t <= cycle_first_step_size else (cycle_first_step_size + cycle_second_step_size - t) / "
        "cycle_second_step_size) if t < cycle_first_step_size + cycle_second_step_size else "
        "cycle_min_lr / (1 + decay_lr_rate * (t - cycle_first_step_size - cycle_second_step_size) "
        "/ max(1, decay_step_size))"
    )
    cycle_min_lr: Annotated[Rate, Floor()] = Field(
        description="rate at both ends of the cycle", examples=[0.001]
    )
    cycle_max_lr: Annotated[Rate, Peak()] = Field(
        description="rate at the top of the cycle", examples=[0.01]
    )
    decay_lr_rate: Number = Field(0.0, description="strength of the decay after the cycle")
    cycle_first_step_size: Annotated[Steps, WarmUp()] = Field(
        2000, description="steps of the way up"
    )
    cycle_second_step_size: Count | None = Field(
        None, description="steps of the way down (cycle_first_step_size if not given)"
    )
    cycle_first_stair_count: Count = Field(0, description="stairs of the way up (0 for a line)")
    cycle_second_stair_count: Count | None = Field(
        None, description="stairs of the way down (cycle_first_stair_count if not given)"
    )
    decay_step_size: SpanFromZero = Field(
        0, description="steps in which the decay takes its strength once (0 for no decay)"
    )

    @property
    def steps_down(self) -> int:
        """The steps of the way down."""
        second = self.cycle_second_step_size
        return self.cycle_first_step_size if second is None else second

    @property
    def stairs_down(self) -> int:
        """The stairs of the way down, 0 for a line."""
        second = self.cycle_second_stair_count
        return self.cycle_first_stair_count if second is None else second

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        bottom, top = self.cycle_min_lr, self.cycle_max_lr
        up, down = self.cycle_first_step_size, self.steps_down
        end = up + down

        def stairs(steps: Steps64, length: int, count: int) -> Array:
            return np.asanyarray(bottom + (top - bottom) * (steps * count // length / count))

        rise = Segment("warm-up", 0, linear(bottom, top, 0, up))
        if count := self.cycle_first_stair_count:
            rise = Segment("warm-up", 0, lambda t: stairs(t, up, count))
        parts: list[Part] = [rise]
        if down:
            fall = Segment("decay", up + 1, linear(top, bottom, up, down))
            if self.stairs_down:
                fall = Segment("decay", up + 1, lambda t: stairs(end - t, down, self.stairs_down))
            parts.append(fall)
        if not (self.decay_lr_rate and self.decay_step_size):
            return [*parts, Segment("floor", end, hold(bottom))]
        return [*parts, Segment("decay", end, self.decayed)]

    def decayed(self, t: Steps64) -> Array:
        """Return the rates after the cycle."""
        passed = (t - self.cycle_first_step_size - self.steps_down) / self.decay_step_size
        return np.asanyarray(self.cycle_min_lr / (1 + self.decay_lr_rate * passed))

    def natural_length(self) -> int | None:
        return self.cycle_first_step_size + self.steps_down


class LRRangeTest(DeepSpeed):
    """A rate that rises without end, in a line or in stairs, to find the largest that trains."""

    sets_rate = True
    formula = "lr_range_test_min_lr * (1 + lr_range_test_step_rate * t / lr_range_test_step_size)"
    lr_range_test_min_lr: Rate = Field(0.001, description="rate at the start")
    lr_range_test_step_size: Steps = Field(2000, description="steps of a stair")
    lr_range_test_step_rate: Number = Field(
        1.0, description="rise per stair, as a share of the rate at the start"
    )
    lr_range_test_staircase: Flag = Field(False, description="whether the rate rises in stairs")

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        bottom, size = self.lr_range_test_min_lr, self.lr_range_test_step_size
        each = self.lr_range_test_step_rate
        if not self.lr_range_test_staircase:
            return [Segment("rise", 0, linear(bottom, bottom * (1 + each), 0, size))]

        def stair(index: int) -> Sequence[Segment]:
            return [Segment("rise", index * size, hold(bottom * (1 + each * index)))]

        def rates(t: Steps64) -> Array:
            return np.asanyarray(bottom * (1 + each * (t // size)))

        return [Cycles("rise", 0, rates, stair, period=size)]

    def natural_length(self) -> int | None:
        return STAIRS * self.lr_range_test_step_size
