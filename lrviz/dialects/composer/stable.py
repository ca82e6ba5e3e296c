"""The schedules of ModernBERT's training: a stable phase, then a decay at the end."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from typing import Annotated

from pydantic import Field

from lrviz.core.parameters import Duration, Factor, SpanFromZero
from lrviz.core.roles import Floor, Length
from lrviz.core.segment import Part, Segment, hold, linear, one_minus_sqrt
from lrviz.dialects.composer.base import Composer, WithWarmUp

SOURCE = "AnswerDotAI/ModernBERT 8c57a0f, src/scheduler.py"
SMALLEST = 1e-10
"""The share of lr at which the warm-up starts."""


class WarmupStableDecay(WithWarmUp):
    """A linear warm-up, then constant, then a line at the end, which goes on to 0 after it."""

    name = "warmup_stable_decay"
    aliases = ("WarmupStableDecayScheduler",)
    source = SOURCE
    formula = (
        "lr * (1e-10 + (1 - 1e-10) * t / W) if t < W else "
        "lr * max(0, 1 - max(0, t - T + t_decay) / t_decay * (1 - alpha_f))"
    )
    t_decay: Duration = Field(description="steps of the decay", examples=[20])
    t_max: Annotated[SpanFromZero, Length()] = Field(
        description="steps of the run, the warm-up included", examples=[100]
    )
    alpha_f: Annotated[Factor, Floor(share=True)] = Field(
        0.1, description="rate at the end, as a share of lr"
    )

    def segments(self, lr: float) -> Sequence[Part]:
        start, decay = ceil(self.t_warmup), self.t_max - self.t_decay
        parts: list[Part] = []
        if start:
            rise = linear(lr * SMALLEST, lr, 0, self.t_warmup)
            parts = [Segment("warm-up", 0, rise)]
        if ceil(decay) > start:
            parts.append(Segment("hold", start, hold(lr)))
        begin = max(ceil(decay), start)
        line = linear(lr, lr * self.alpha_f, decay, self.t_decay)
        parts.append(Segment("decay", begin, line))
        if self.alpha_f < 1:
            end = ceil(decay + self.t_decay / (1 - self.alpha_f))
            parts.append(Segment("floor", max(end, begin), hold(0.0)))
        return parts

    def natural_length(self) -> int | None:
        return ceil(self.t_max)


class OneMinusSqrt(Composer):
    """Constant, then a decay by 1 - sqrt at the end."""

    name = "one_minus_sqrt"
    aliases = ("OneMinusSqrtScheduler",)
    source = SOURCE
    formula = (
        "lr * (alpha_f + (1 - alpha_f) * (1 - sqrt(min(1, max(0, t - T + t_decay) / t_decay))))"
    )
    t_decay: Duration = Field(description="steps of the decay", examples=[20])
    t_max: Annotated[SpanFromZero, Length()] = Field(description="steps of the run", examples=[100])
    alpha_f: Annotated[Factor, Floor(share=True)] = Field(
        0.1, description="rate at the end, as a share of lr"
    )

    def segments(self, lr: float) -> Sequence[Part]:
        decay, last = self.t_max - self.t_decay, lr * self.alpha_f
        start = max(floor(decay) + 1, 0)
        curve = one_minus_sqrt(lr, last, decay, self.t_decay)
        parts: list[Part] = [Segment("hold", 0, hold(lr))] if start else []
        end = max(ceil(self.t_max), start)
        return [*parts, Segment("decay", start, curve), Segment("floor", end, hold(last))]
