"""The reflected exponential (arXiv:2107.04197), as axolotl clocks it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from lrviz.core.parameters import Fraction
from lrviz.core.roles import Floor
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Part, Segment, hold, linear
from lrviz.core.validation import error_at
from lrviz.dialects.axolotl.base import WithRun


class Rex(WithRun):
    """A linear warm-up from lr / W, then a reflected exponential down to a floor.

    Its clock is one step ahead: it begins at step 1, and reaches the floor at the last step.
    """

    name = "rex"
    aliases = ("RexLR",)
    formula = (
        "lr * (t + 1) / W if t < W else lr * min_lr_ratio if t >= T - 1 else "
        "lr * (min_lr_ratio + (1 - min_lr_ratio) * "
        "(T - t - 1) / (0.1 * (T - W) + 0.9 * (T - t - 1)))"
    )
    min_lr_ratio: Annotated[Fraction, Floor(share=True)] = Field(
        0.0, description="the floor, as a share of lr"
    )

    @model_validator(mode="after")
    def check_warmup_length(self) -> Rex:
        """Refuse a warm-up longer than the run, as axolotl does."""
        if self.num_warmup_steps > self.num_training_steps:
            message = (
                f"num_warmup_steps must be at most num_training_steps, {self.num_training_steps} "
                f"(got {self.num_warmup_steps})"
            )
            raise error_at("num_warmup_steps", message, self.num_warmup_steps)
        return self

    def segments(self, lr: float) -> Sequence[Part]:
        start, floor = self.num_warmup_steps, self.min_lr_ratio
        length = self.num_training_steps - start

        def rates(t: Steps64) -> Array:
            z = (length - (t + 1 - start)) / length
            return np.asanyarray(lr * (floor + (1.0 - floor) * (z / (0.1 + 0.9 * z))))

        parts: list[Part] = []
        if start:
            rise = linear(0.0, lr, -1, start, lambda t: lr * (t + 1) / start)
            parts.append(Segment("warm-up", 0, rise))
        if length > 1:
            parts.append(Segment("decay", start, rates))
        last = max(self.num_training_steps - 1, start)
        return [*parts, Segment("floor", last, hold(lr * floor))]
