"""Schedules that drop the rate now and then: step, multistep; and constant, which does not."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.parameters import Factor, Milestones, Number
from lrviz.core.schedule import Steps64
from lrviz.core.validation import error_at
from lrviz.dialects.timm import base
from lrviz.dialects.timm.base import Timm

NEVER = "decay_rate is 1 (timm's default): the rate never drops"


class Step(Timm):
    """Multiplies the rate by decay_rate every decay_t."""

    name = "step"
    formula = "lr * decay_rate ** floor(t / decay_t)"
    decay_t: Number = Field(description="time between two drops", examples=[30])
    decay_rate: Factor = Field(1.0, description="what each drop multiplies the rate by")
    warmup_t: base.WarmUp = 0
    warmup_lr_init: base.WarmUpStart = 0.0
    warmup_prefix: base.WarmUpPrefix = True
    t_in_epochs: base.InEpochs = True
    noise_range_t: base.NoiseRange = None
    noise_pct: base.NoisePct = 0.67
    noise_std: base.NoiseStd = 1.0
    noise_seed: base.NoiseSeed = 42

    @model_validator(mode="after")
    def time_between(self) -> Step:
        """Refuse a time with which timm divides by zero."""
        if self.decay_t == 0:
            raise error_at("decay_t", f"{self.title()} divides by decay_t, which is 0", 0)
        return self

    def curve(self, t: Steps64, lr: float) -> Any:
        return lr * shapes.powers(self.decay_rate, t // self.decay_t)

    def marks(self, stop: int) -> list[int]:
        drops: list[int] = []
        if self.decay_t >= 1 and self.decay_rate != 1:
            count = int((stop - self.offset()) / self.decay_t) + 1
            starts = (self.offset() + -int(-i * self.decay_t // 1) for i in range(1, count))
            drops = [step for step in starts if self.warmup_t < step < stop]
        return sorted({*super().marks(stop), *drops})

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        if self.decay_rate == 1:
            yield NEVER
        if self.decay_t < 0:
            yield f"decay_t is negative ({self.decay_t:g}): the drops are turned round"


class MultiStep(Timm):
    """Multiplies the rate by decay_rate one step before each milestone."""

    name = "multistep"
    formula = "lr * decay_rate ** (number of decay_t <= t + 1)"
    decay_t: Milestones = Field(description="the milestones", examples=[[30, 60, 90]])
    decay_rate: Factor = Field(1.0, description="what each drop multiplies the rate by")
    warmup_t: base.WarmUp = 0
    warmup_lr_init: base.WarmUpStart = 0.0
    warmup_prefix: base.WarmUpPrefix = True
    t_in_epochs: base.InEpochs = True
    noise_range_t: base.NoiseRange = None
    noise_pct: base.NoisePct = 0.67
    noise_std: base.NoiseStd = 1.0
    noise_seed: base.NoiseSeed = 42

    def curve(self, t: Steps64, lr: float) -> Any:
        # timm bisects the list as it is given, so that one which does not rise is told by bisect.
        known = sorted(set(self.decay_t))
        drops = np.array([0, *(bisect_right(self.decay_t, each) for each in known)])
        return lr * shapes.powers(self.decay_rate, drops[np.searchsorted(known, t + 1, "right")])

    def natural_length(self) -> int | None:
        """A quarter beyond the last milestone, so that its drop is seen."""
        last = max(self.decay_t, default=0)
        return self.offset() + -(-last * 5 // 4) if last else None

    def marks(self, stop: int) -> list[int]:
        drops = {step - 1 + self.offset() for step in self.decay_t}
        inside = {step for step in drops if max(self.warmup_t, 0) < step < stop}
        return sorted({*super().marks(stop), *inside})

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        if self.decay_rate == 1:
            yield NEVER
        elif self.decay_t:
            yield f"timm drops one {self.clock()} before each milestone"
        if list(self.decay_t) != sorted(self.decay_t):
            yield "decay_t does not rise, and timm bisects it as if it did; drawn as timm runs it"


class Constant(Timm):
    """Holds the rate after the warm-up: timm's step scheduler without drops."""

    name = "constant"
    formula = "lr"
    warmup_t: base.WarmUp = 0
    warmup_lr_init: base.WarmUpStart = 0.0
    warmup_prefix: base.WarmUpPrefix = True
    t_in_epochs: base.InEpochs = True
    noise_range_t: base.NoiseRange = None
    noise_pct: base.NoisePct = 0.67
    noise_std: base.NoiseStd = 1.0
    noise_seed: base.NoiseSeed = 42

    def curve(self, t: Steps64, lr: float) -> Any:
        return np.full(t.shape, lr)
