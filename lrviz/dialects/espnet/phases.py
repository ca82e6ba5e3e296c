"""ESPnet's schedules of fixed phases: three stages, and an exponential after a warm-up."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from lrviz.core.parameters import Count, Factor, Flag, Fraction, Rate, Steps
from lrviz.core.roles import Floor, Length, Peak, WarmUp
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Part, Segment, exponential, hold, linear
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.espnet.base import ESPnet


class TristageLR(ESPnet):
    """A line from init_lr_scale * lr, a hold, and an exponential to final_lr_scale * lr."""

    name = "tristagelr"
    aliases = ("TristageLR",)
    formula = (
        "with n = min(t + 1, max_steps): lr * (init_lr_scale + (1 - init_lr_scale) * n / W) "
        "up to step W = warmup_ratio * max_steps, lr for hold_ratio * max_steps steps, then "
        "lr * final_lr_scale ** (share of the rest that has passed)"
    )
    max_steps: Annotated[Steps, Length()] = Field(25000, description="steps of the three stages")
    warmup_ratio: Annotated[Fraction, WarmUp(share=True)] = Field(
        0.1, description="share of the line"
    )
    hold_ratio: Fraction = Field(0.4, description="share of the hold")
    decay_ratio: Fraction = Field(0.5, description="share of the decay; the three add up to 1")
    init_lr_scale: Factor = Field(0.01, gt=0, le=1, description="share of lr before step 0")
    final_lr_scale: Factor = Field(0.01, gt=0, le=1, description="share of lr after the decay")

    @model_validator(mode="after")
    def check_whole_run(self) -> TristageLR:
        """Refuse shares that do not add up to 1."""
        total = self.warmup_ratio + self.hold_ratio + self.decay_ratio
        if not isclose(total, 1.0):
            message = (
                "ESPnet: warmup_ratio, hold_ratio and decay_ratio must add up to 1 "
                f"({format_number(total)})"
            )
            raise error_at("decay_ratio", message, self.decay_ratio)
        return self

    def segments(self, lr: float) -> Sequence[Part]:
        warmup = int(self.max_steps * self.warmup_ratio)
        start = warmup + int(self.max_steps * self.hold_ratio)
        length, last = self.max_steps - start, lr * self.final_lr_scale
        parts: list[Part] = []
        if warmup > 1:
            line = linear(lr * self.init_lr_scale, lr, -1, warmup)
            parts.append(Segment("warm-up", 0, line))
        parts.append(Segment("hold", max(warmup - 1, 0), hold(lr)))
        if length:
            decay = exponential(lr, last, start - 1, length)
            parts.append(Segment("decay", max(start - 1, 0), decay))
        end = max(self.max_steps - 1, 0)
        return [*parts, Segment("floor", end, hold(last if length else lr))]

    def natural_length(self) -> int | None:
        return self.max_steps


class ExponentialDecayWarmup(ESPnet):
    """A warm-up, then an exponential that passes min_lr at total_steps and goes on.

    With warm_from_zero the warm-up is a line, and step 0 has rate 0; else it is at the optimizer's
    rate, and step 0 at max_lr.
    """

    name = "ExponentialDecayWarmup"
    formula = (
        "max_lr * (1 - warm_from_zero) if t == 0 else "
        "max_lr * (t + 1) / W if t < W and warm_from_zero else lr if t < W else "
        "max_lr * (min_lr / max_lr) ** ((t - W) / (T - W))"
    )
    max_lr: Annotated[Rate, Peak()] = Field(
        gt=0, description="rate before the decay", examples=[0.1]
    )
    min_lr: Annotated[Rate, Floor()] = Field(
        gt=0, description="rate at total_steps", examples=[0.001]
    )
    total_steps: Annotated[Steps, Length()] = Field(description="steps of the run", examples=[100])
    warmup_steps: Annotated[Count, WarmUp()] = Field(0, description="steps of the warm-up")
    warm_from_zero: Flag = Field(False, description="whether the warm-up is a line")

    @model_validator(mode="after")
    def check_warmup_within_run(self) -> ExponentialDecayWarmup:
        """Refuse a warm-up that is not shorter than the run."""
        if self.warmup_steps >= self.total_steps:
            message = (
                f"warmup_steps ({self.warmup_steps}) must be below total_steps ({self.total_steps})"
            )
            raise error_at("warmup_steps", message, self.warmup_steps)
        return self

    def segments(self, lr: float) -> Sequence[Part]:
        start, top = self.warmup_steps, self.max_lr

        def line(t: Steps64) -> Array:
            return np.asanyarray(top * (t + 1) / max(start, 1))

        first = hold(0.0 if self.warm_from_zero else top)
        parts: list[Part] = [Segment("warm-up" if start else "hold", 0, first)]
        if start > 1:
            parts.append(Segment("warm-up", 1, line if self.warm_from_zero else hold(lr)))
        decay = exponential(top, self.min_lr, start, self.total_steps - start)
        return [*parts, Segment("decay", max(start, 1), decay)]
