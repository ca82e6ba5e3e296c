"""ESPnet's cosine with warm restarts, each with its own warm-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.parameters import Count, Factor, Number, Rate, Steps
from lrviz.core.roles import Floor, Length, Peak, WarmUp
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Cycles, Part, Segment, cosine, hold, linear
from lrviz.core.validation import error_at
from lrviz.dialects.espnet.base import ESPnet


class CosineAnnealingWarmupRestarts(ESPnet):
    """Cycles of a line from min_lr to max_lr and half a cosine back; step 0 is at min_lr."""

    name = "CosineAnnealingWarmupRestarts"
    sets_rate = True
    formula = (
        "min_lr + (max_lr * gamma ** i - min_lr) * r with r = s / W in the warm-up of cycle i, "
        "then (1 + cos(pi * (s - W) / (T - W))) / 2, s steps into the cycle, which has T steps: "
        "T - W grows by cycle_mult from cycle to cycle, rounded down"
    )
    first_cycle_steps: Annotated[Steps, Length()] = Field(
        description="steps of the first cycle, its warm-up included", examples=[50]
    )
    cycle_mult: Number = Field(1.0, ge=1, description="factor on the decay from cycle to cycle")
    max_lr: Annotated[Rate, Peak()] = Field(0.1, description="highest rate of the first cycle")
    min_lr: Annotated[Rate, Floor()] = Field(0.001, description="rate at the ends of a cycle")
    warmup_steps: Annotated[Count, WarmUp()] = Field(0, description="steps of each warm-up")
    gamma: Factor = Field(1.0, description="factor on max_lr from cycle to cycle")

    @model_validator(mode="after")
    def check_warmup_within_cycle(self) -> CosineAnnealingWarmupRestarts:
        """Refuse a warm-up that is not shorter than the first cycle."""
        if self.warmup_steps >= self.first_cycle_steps:
            message = (
                f"warmup_steps ({self.warmup_steps}) must be below "
                f"first_cycle_steps ({self.first_cycle_steps})"
            )
            raise error_at("warmup_steps", message, self.warmup_steps)
        return self

    def next_length(self, length: int) -> int:
        """Return the steps of the cycle after one of `length` steps."""
        return int((length - self.warmup_steps) * self.cycle_mult) + self.warmup_steps

    def cycle_of(self, index: int) -> tuple[int, int]:
        """Return the first step and the length of a cycle."""
        start, length = 0, self.first_cycle_steps
        if self.cycle_mult == 1:
            return index * length, length
        for _ in range(index):
            start, length = start + length, self.next_length(length)
        return start, length

    def rates(self, t: Steps64) -> Array:
        """Return the rates at steps, as of a restart at step 0."""
        if self.cycle_mult == 1:
            index = t // self.first_cycle_steps
            lengths = np.full(t.shape, self.first_cycle_steps)
            begins = index * self.first_cycle_steps
        else:
            starts, sizes = [0], [self.first_cycle_steps]
            while starts[-1] + sizes[-1] <= int(t.max(initial=0)):
                starts.append(starts[-1] + sizes[-1])
                sizes.append(self.next_length(sizes[-1]))
            index = np.searchsorted(starts, t, side="right") - 1
            begins, lengths = np.array(starts)[index], np.array(sizes)[index]
        since, warmup = t - begins, self.warmup_steps
        height = self.max_lr * self.gamma ** index.astype(np.float64) - self.min_lr
        fraction = (since - warmup) / (lengths - warmup)
        share = np.where(since < warmup, since / max(warmup, 1), shapes.cosine(fraction))
        return np.asanyarray(self.min_lr + height * share)

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        warmup, floor = self.warmup_steps, self.min_lr

        def cycle(index: int) -> Sequence[Segment]:
            start, length = self.cycle_of(index)
            top = self.max_lr * self.gamma**index
            fall = cosine(top, floor, start + warmup, length - warmup)
            decay = Segment("decay", max(start + warmup, 0 if warmup else 1), fall)
            if not warmup:
                return [decay]
            name = "restart" if index else "warm-up"
            return [Segment(name, start, linear(floor, top, start, warmup)), decay]

        cycles = Cycles(
            "restart",
            0 if warmup else 1,
            self.rates,
            cycle,
            period=self.first_cycle_steps,
            growth=self.cycle_mult,
            ratio=self.gamma,
        )
        return [cycles] if warmup else [Segment("hold", 0, hold(floor)), cycles]

    def natural_length(self) -> int | None:
        return self.cycle_of(3)[0]
