"""The polynomial decay of detectron2's projects, times a warm-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from pydantic import Field

from lrviz.core.parameters import Factor, Number
from lrviz.core.schedule import Array
from lrviz.core.segment import Part, Segment
from lrviz.dialects.detectron2.warmups import Detectron2


class WarmupPolyLR(Detectron2):
    """A power of the rest of the run, times a warm-up factor."""

    name = "WarmupPolyLR"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("optimizer", "last_epoch")
    source = "detectron2 of 2026-06, projects/DeepLab/deeplab/lr_scheduler.py"
    formula = (
        "lr * (warmup_factor + (1 - warmup_factor) * min(t / max(W, 1), 1) if t < W else 1) "
        "* max(1 - t / T, 0) ** power"
    )
    power: Number = Field(0.9, description="1 is a straight line; above 1 it falls faster at first")
    constant_ending: Factor = Field(
        0.0, description="share of the rate below which the end stays constant"
    )

    def segments(self, lr: float) -> Sequence[Part]:
        # A factor of 1 is no warm-up: the constant ending holds from the first step on.
        first = self.warmup_factor
        warmup = 0 if first == 1 else self.warmup_iters

        def decay(t: Array) -> Array:
            factor = np.maximum(1.0 - t / self.max_iter, 0.0) ** self.power
            if self.constant_ending > 0:
                factor = np.where(factor < self.constant_ending, self.constant_ending, factor)
            return np.asanyarray(lr * factor)

        def rise(t: Array) -> Array:
            alpha = t / warmup if self.warmup_method == "linear" else 0.0
            share = first * (1 - alpha) + alpha
            return lr * share * np.maximum(1.0 - t / self.max_iter, 0.0) ** self.power

        parts: list[Part] = [Segment("warm-up", 0, rise)] if warmup else []
        return [*parts, Segment("decay", warmup, decay)]
