"""OLMo-core's schedules with a line at the end: after a stable phase, or a power of the steps."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from typing import Annotated

import numpy as np
from pydantic import Field

from lrviz.core import shapes
from lrviz.core.parameters import Duration, Number, Rate, SpanFromZero
from lrviz.core.roles import Floor, Length, WarmUp
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Part, Segment, hold, linear
from lrviz.dialects.olmo.base import AHEAD, WithWarmUp, first_step
from lrviz.dialects.olmo.cosines import RISE


class WithLineAtTheEnd(WithWarmUp, abstract=True):
    """A schedule whose last steps are a line to decay_min_lr."""

    t_decay: SpanFromZero = Field(description="steps of the decay", examples=[20])
    t_max: Annotated[SpanFromZero, Length()] = Field(
        description="steps of the run, the warm-up included", examples=[100]
    )
    decay_min_lr: Annotated[Rate, Floor()] = Field(0.0, description="rate at the end")

    @property
    def decay_start(self) -> int:
        """The first step of the decay; the warm-up, its last step included, is not cut short."""
        return max(first_step(self.t_max - self.t_decay), self.after_warm_up)

    @property
    def after_warm_up(self) -> int:
        """The first step after the warm-up, to which a step that ends it belongs."""
        return floor(self.t_warmup)

    def line(self, top: float) -> list[Part]:
        """Return the decay from a rate, which goes on after the end; without steps the floor."""
        if not self.t_decay:
            return [Segment("floor", self.decay_start, hold(self.decay_min_lr))]
        begin = self.t_max - self.t_decay - AHEAD
        curve = linear(top, self.decay_min_lr, begin, self.t_decay)
        return [Segment("decay", self.decay_start, curve)]

    def natural_length(self) -> int | None:
        return ceil(self.t_max) or None


class WarmupStableDecay(WithLineAtTheEnd):
    """A warm-up, then constant, then a line to decay_min_lr at the end."""

    name = "wsd"
    aliases = ("WSD",)
    formula = RISE + ("decay_min_lr + (lr - decay_min_lr) * min(1, (T - t - 1) / t_decay)")

    def segments(self, lr: float) -> Sequence[Part]:
        parts = self.warm_up(lr)
        if self.decay_start > self.start:
            parts.append(Segment("hold", self.start, hold(lr)))
        return [*parts, *self.line(lr)]


class PowerDecay(WithLineAtTheEnd):
    """A warm-up, then a power of the steps, then a line to decay_min_lr at the end."""

    name = "power_lr"
    aliases = ("PowerLR",)
    formula = RISE + (
        "decay_min_lr + (lr * (min(t + 1, T - t_decay) / W) ** b - decay_min_lr) * "
        "min(1, (T - t - 1) / t_decay)"
    )
    t_warmup: Annotated[Duration, WarmUp()] = Field(
        description="steps of the warm-up", examples=[10]
    )
    b: Annotated[Number, Field(lt=0)] = Field(-0.51, description="exponent of the decay")

    def segments(self, lr: float) -> Sequence[Part]:
        def rates(t: Steps64) -> Array:
            return np.asanyarray(lr * shapes.raise_to((t + AHEAD) / self.t_warmup, self.b))

        parts = self.warm_up(lr)
        if self.decay_start > self.start:
            parts.append(Segment("decay", self.start, rates))
        tail = np.array([self.t_max - self.t_decay - AHEAD])
        return [*parts, *self.line(float(rates(tail)[0]))]
