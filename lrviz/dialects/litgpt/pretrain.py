"""The rate of LitGPT's pretraining: set per batch, used once per optimizer step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.integers import ceil_div
from lrviz.core.parameters import Duration, Rate, SpanFromZero, Steps
from lrviz.core.roles import Floor, Length, WarmUp
from lrviz.core.schedule import Array, Schedule, Steps64
from lrviz.core.segment import Part, Segment, cosine, hold, linear
from lrviz.core.text import format_number
from lrviz.core.validation import error_at


class Pretrain(Schedule):
    """A linear warm-up from 0, then half a cosine to a floor, counted in batches.

    The clock counts optimizer steps from 0. LitGPT sets the rate before every batch, so that a
    step of n accumulated batches uses the rate of its last one, batch (t + 1) * n - 1. Lengths in
    steps need not be whole: they are batches divided by n.
    """

    dialect = "litgpt"
    name = "pretrain"
    source = "LitGPT 0.5.13, litgpt/pretrain.py get_lr"
    formula = (
        "lr * (t + 1 - 1 / gradient_accumulation_iters) / W "
        "if t + 1 - 1 / gradient_accumulation_iters < W else min_lr + (lr - min_lr) * (1 + "
        "cos(pi * (min(t + 1 - 1 / gradient_accumulation_iters, T) - W) / max(1e-9, T - W))) / 2"
    )
    lr_warmup_steps: Annotated[SpanFromZero, WarmUp()] = Field(
        description="steps of the warm-up", examples=[10]
    )
    max_steps: Annotated[Duration, Length()] = Field(description="steps of the run", examples=[100])
    min_lr: Annotated[Rate, Floor()] = Field(6e-5, description="rate at the end of the run")
    gradient_accumulation_iters: Steps = Field(1, description="batches of an optimizer step")

    @model_validator(mode="after")
    def check_warmup_end(self) -> Pretrain:
        """Refuse a warm-up that is longer than the run, to which LitGPT cuts it."""
        if self.lr_warmup_steps > self.max_steps:
            message = (
                f"lr_warmup_steps must be at most max_steps, {format_number(self.max_steps)} "
                f"(got {format_number(self.lr_warmup_steps)})"
            )
            raise error_at("lr_warmup_steps", message, self.lr_warmup_steps)
        return self

    def batches(self, steps: float) -> int:
        """Return a number of steps in batches."""
        return round(steps * self.gradient_accumulation_iters)

    def step_of(self, batch: int) -> int:
        """Return the first optimizer step that uses the rate of a batch or of a later one."""
        return ceil_div(batch + 1, self.gradient_accumulation_iters) - 1

    def segments(self, lr: float) -> Sequence[Part]:
        count, floor = self.gradient_accumulation_iters, self.min_lr
        up, end = self.batches(self.lr_warmup_steps), self.batches(self.max_steps)

        def rise(t: Steps64) -> Array:
            return np.asanyarray(lr * ((t + 1) * count - 1) / up)

        def fall(t: Steps64) -> Array:
            return shapes.cosine_between(lr, floor, ((t + 1) * count - 1 - up) / (end - up))

        parts: list[Part] = []
        if up:
            shape = linear(0.0, lr, 1 / count - 1, up / count, rise)
            parts.append(Segment("warm-up", 0, shape))
        if end > up:
            shape = cosine(lr, floor, (up + 1) / count - 1, (end - up) / count, fall)
            parts.append(Segment("decay", self.step_of(up), shape))
        return [*parts, Segment("floor", self.step_of(end), hold(floor))]

    def natural_length(self) -> int | None:
        return max(self.batches(self.max_steps) // self.gradient_accumulation_iters, 1)
