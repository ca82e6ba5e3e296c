"""torchtitan's only schedule: a warm-up, a stable phase, and a decay to the end of the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from lrviz.core import shapes
from lrviz.core.parameters import Count, Flag, Fraction, Steps
from lrviz.core.roles import Floor, Length, WarmUp
from lrviz.core.schedule import Array, End, Schedule, Steps64
from lrviz.core.segment import Cycles, Part, Segment, cosine, hold, linear, one_minus_sqrt


class LinearWarmupStableDecay(Schedule):
    """A warm-up from lr / W, then lr, then a decay that would end one step after the run.

    The clock counts optimizer steps from 0. After total_steps nothing holds the decay: a line
    goes on below 0, and a cosine climbs again.
    """

    dialect = "torchtitan"
    name = "linear_warmup_stable_decay"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("optimizers", "training_steps")
    source = "torchtitan 0.3.0, torchtitan/components/optimizer/lr_scheduler.py"
    formula = (
        "lr * (t + 1) / W if t < W else "
        "lr * (min_lr_factor + (1 - min_lr_factor) * (1 - max(0, t - T + D) / D))"
    )
    warmup_steps: Annotated[Count, WarmUp()] = Field(200, description="steps of the warm-up")
    total_steps: Annotated[Steps, Length()] = Field(
        description="steps of the run, the warm-up included", examples=[1000]
    )
    decay_ratio: Fraction | None = Field(
        None, description="share of total_steps that the decay takes (all after the warm-up)"
    )
    decay_type: Literal["linear", "sqrt", "cosine"] = Field(
        "linear", description="curve of the decay"
    )
    min_lr_factor: Annotated[Fraction, Floor(share=True)] = Field(
        0.0, description="rate at the end, as a share of lr"
    )
    late_peak: Flag = Field(
        False, description="whether the warm-up aims one step further, as in 2024"
    )

    @property
    def rise(self) -> int:
        """The steps of the warm-up, at most those of the run."""
        return min(self.warmup_steps, self.total_steps)

    @property
    def decay_steps(self) -> int:
        """The steps of the decay, at most those after the warm-up."""
        remaining = self.total_steps - self.rise
        if self.decay_ratio is None:
            return remaining
        return min(round(self.total_steps * self.decay_ratio), remaining)

    def segments(self, lr: float) -> Sequence[Part]:
        length, rise = self.decay_steps, self.rise
        begin = self.total_steps - length
        floor = lr * self.min_lr_factor
        parts: list[Part] = []
        if rise:
            parts.append(
                Segment("warm-up", 0, linear(0.0, lr, -1, rise + (1 if self.late_peak else 0)))
            )
        parts.append(Segment("hold", rise, hold(lr)))
        if not length:
            return parts
        if self.decay_type == "cosine":
            return [*parts, self.waves(lr, floor, begin, length)]
        shape = linear if self.decay_type == "linear" else one_minus_sqrt
        return [*parts, Segment("decay", begin + 1, shape(lr, floor, begin, length))]

    def waves(self, lr: float, floor: float, begin: int, length: int) -> Cycles:
        """Return the cosine, which climbs again after the run."""

        def cycle(index: int) -> Sequence[Segment]:
            top = begin + 2 * index * length
            return [
                Segment("decay", max(top, begin + 1), cosine(lr, floor, top, length)),
                Segment("rise", top + length, cosine(floor, lr, top + length, length)),
            ]

        def rates(t: Steps64) -> Array:
            return np.asanyarray(shapes.cosine_between(lr, floor, (t - begin) / length))

        return Cycles("decay", begin + 1, rates, cycle, period=2 * length)

    def natural_length(self) -> int | None:
        return self.total_steps

    def end(self) -> End | None:
        if self.decay_steps:
            return None
        message = (
            f"has no step {self.total_steps + 1} or later: decay_steps must not be zero to reach "
            "this branch"
        )
        return End(self.total_steps, message)
