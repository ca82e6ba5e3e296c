"""axolotl's own cosines: with a quadratic warm-up, and with a constant end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from lrviz.core import shapes
from lrviz.core.parameters import Fraction
from lrviz.core.roles import Floor
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Cycles, Part, Segment, cosine, hold, linear
from lrviz.dialects.axolotl.base import WithRun


class CosineWithQuadraticWarmup(WithRun):
    """A warm-up along a square, then half a cosine down to 0; after the run it climbs again."""

    name = "cosine_with_quadratic_warmup"
    aliases = ("get_cosine_schedule_with_quadratic_warmup",)
    formula = "lr * (t / W) ** 2 if t < W else lr * (1 + cos(pi * (t - W) / max(1, T - W))) / 2"

    def segments(self, lr: float) -> Sequence[Part]:
        start = self.num_warmup_steps
        length = max(1, self.num_training_steps - start)

        def waves(t: Steps64) -> Array:
            return np.asanyarray(lr * np.maximum(0.0, shapes.cosine((t - start) / length)))

        def cycle(index: int) -> Sequence[Segment]:
            top = start + 2 * index * length
            return [
                Segment("decay", top, cosine(lr, 0.0, top, length, waves)),
                Segment("rise", top + length, cosine(0.0, lr, top + length, length, waves)),
            ]

        decay = Cycles("decay", start, waves, cycle, period=2 * length)
        if not start:
            return [decay]
        return [Segment("warm-up", 0, lambda t: lr * ((t / start) * (t / start))), decay]


class CosineWithConstant(WithRun):
    """A linear warm-up, half a cosine down to a floor at a share of the run, then the floor."""

    name = "cosine_with_warmup_decay_constant"
    aliases = ("get_cosine_schedule_with_warmup_decay_constant",)
    formula = (
        "lr * t / W if t < W else lr * (min_lr_ratio + (1 - min_lr_ratio) * "
        "(1 + cos(pi * (min(t, C) - W) / max(1, C - W))) / 2)"
    )
    constant_lr_ratio: Fraction = Field(
        description="share of the run at which the floor is reached", examples=[0.8]
    )
    min_lr_ratio: Annotated[Fraction, Floor(share=True)] = Field(
        description="the floor, as a share of lr", examples=[0.1]
    )

    @property
    def constant_from(self) -> int:
        """The step from which the rate is constant."""
        return int(self.num_training_steps * self.constant_lr_ratio)

    def segments(self, lr: float) -> Sequence[Part]:
        start, end, floor = self.num_warmup_steps, self.constant_from, self.min_lr_ratio
        length = max(1, end - start)

        def rates(t: Steps64) -> Array:
            share = shapes.cosine((np.minimum(t, end) - start) / length)
            return np.asanyarray(lr * (np.maximum(0.0, (1 - floor) * share) + floor))

        parts: list[Part] = []
        if start:
            rise = linear(0.0, lr, 0, start, lambda t: lr * (t / start))
            parts.append(Segment("warm-up", 0, rise))
        if end > start:
            parts.append(Segment("decay", start, cosine(lr, lr * floor, start, length, rates)))
        last = float(rates(np.array([max(end, start)]))[0])
        return [*parts, Segment("floor", max(end, start), hold(last))]
