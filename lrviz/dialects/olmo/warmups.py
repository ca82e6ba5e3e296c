"""A warm-up, then a constant, a line, or an inverse square root."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Annotated

import numpy as np
from pydantic import Field

from lrviz.core.parameters import Factor
from lrviz.core.roles import Floor
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Part, Segment, hold, inverse_sqrt, linear
from lrviz.dialects.olmo.base import AHEAD, WithEnd, WithWarmUp
from lrviz.dialects.olmo.cosines import RISE


class ConstantWithWarmup(WithWarmUp):
    """A warm-up from a tenth of lr, then constant."""

    name = "constant_with_warmup"
    aliases = ("ConstantWithWarmupScheduler",)
    formula = RISE + "lr"

    def segments(self, lr: float) -> Sequence[Part]:
        return [*self.warm_up(lr), Segment("hold", self.start, hold(lr))]


class LinearWithWarmup(WithEnd):
    """A warm-up from a tenth of lr, then a line to a share of lr."""

    name = "linear_with_warmup"
    aliases = ("LinearWithWarmup",)
    formula = RISE + "lr * (1 - (1 - alpha_f) * min(1, (t + 1 - W) / (T - W)))"

    def segments(self, lr: float) -> Sequence[Part]:
        floor = lr * self.alpha_f
        parts = self.warm_up(lr)
        if self.last > self.start:
            line = linear(lr, floor, self.t_warmup - AHEAD, self.length)
            parts.append(Segment("decay", self.start, line))
        return [*parts, Segment("floor", self.last, hold(floor))]


class InverseSqrtWithWarmup(WithWarmUp):
    """A warm-up from a tenth of lr, then an inverse square root towards a share of lr."""

    name = "inverse_sqrt_with_warmup"
    aliases = ("inv_sqrt_with_warmup", "InvSqrtWithWarmup")
    formula = RISE + "lr * (alpha_f + (1 - alpha_f) * (W / (t + 1)) ** 0.5)"
    alpha_f: Annotated[Factor, Floor(share=True)] = Field(
        0.0, description="share of lr that the rate falls to without end"
    )

    def segments(self, lr: float) -> Sequence[Part]:
        floor, warmup = lr * self.alpha_f, self.t_warmup
        if not warmup:
            return [Segment("hold", 0, hold(floor))]

        def rates(t: Steps64) -> Array:
            return np.asanyarray(floor + (lr - floor) * np.sqrt(warmup / (t + AHEAD)))

        root = inverse_sqrt(lr, warmup - AHEAD, warmup, rates)
        return [*self.warm_up(lr), Segment("decay", self.start, rates if floor else root)]

    def natural_length(self) -> int | None:
        """Return ten warm-ups: the decay has no end."""
        return ceil(10 * self.t_warmup) or None
