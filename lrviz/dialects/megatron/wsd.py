"""Megatron's warm-up, stable phase and decay (WSD)."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from lrviz.core.parameters import Duration
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Part, Segment, Shape, hold
from lrviz.dialects.megatron.base import WithDecay

SHAPES = {"linear": "linear", "cosine": "cosine", "minus_sqrt": "1-sqrt"}
"""The styles that are ground shapes; the exponential one is none."""


class WSD(WithDecay):
    """A linear warm-up, a stable phase, and a decay over the last lr_wsd_decay_iters."""

    name = "WSD"
    formula = (
        "the warm-up, then lr until T - lr_wsd_decay_iters, then min_lr + (lr - min_lr) * c(r) "
        "with r the share of the decay that has passed and c(r) = 2 * 0.5 ** r - 1 (exponential), "
        "1 - r (linear), (1 + cos(pi * r)) / 2 (cosine) or 1 - sqrt(r) (minus_sqrt)"
    )
    lr_wsd_decay_iters: Duration = Field(description="iterations of the decay", examples=[20])
    lr_wsd_decay_style: Literal["exponential", "linear", "cosine", "minus_sqrt"] = Field(
        "exponential", description="shape of the decay"
    )

    def decay_parts(self, lr: float) -> list[Part]:
        clock, begin = self.batch_clock, self.lr_decay_iters - self.lr_wsd_decay_iters
        start = max(clock.first_after(begin), self.warmup_end)
        return [Segment("hold", self.warmup_end, hold(lr)), self.decay(lr, start, begin)]

    def decay(self, lr: float, start: int, begin: float) -> Segment:
        """Return the decay, whose shape begins at a position and is drawn from a step on."""
        length, clock = self.lr_wsd_decay_iters, self.batch_clock
        if self.lr_wsd_decay_style in SHAPES:
            kind = SHAPES[self.lr_wsd_decay_style]
            return self.segment("decay", start, Shape(kind, lr, self.min_lr, begin, length))

        def rates(t: Steps64) -> Array:
            share = 2.0 * 0.5 ** ((clock.position(t) - begin) / length) - 1.0
            return np.asanyarray(self.min_lr + share * (lr - self.min_lr))

        return Segment("decay", start, rates)
