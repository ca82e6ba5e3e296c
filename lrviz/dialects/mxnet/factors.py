"""Schedulers that multiply the rate by a factor: every so many updates, or at listed ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from lrviz.core import shapes
from lrviz.core.parameters import Ascending, Factor, Rate, Steps
from lrviz.core.roles import Floor
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Part
from lrviz.core.stairs import stairs
from lrviz.dialects.mxnet.base import MXNet
from lrviz.dialects.torch.decays import MultiStepLR


class FactorScheduler(MXNet, inherit_after="stop_factor_lr"):
    """Multiplies the rate by a factor every `step` updates, down to stop_factor_lr."""

    formula = "base_lr if t < step else max(base_lr * factor ** floor(t / step), stop_factor_lr)"
    step: Steps = Field(description="updates between two drops", examples=[30])
    factor: Factor = Field(1.0, ge=0, le=1, description="what each drop multiplies the rate by")
    stop_factor_lr: Annotated[Rate, Floor()] = Field(1e-8, description="lowest rate after a drop")

    def decay(self) -> Sequence[Part]:
        def rates(t: Steps64) -> Array:
            falling = self.base_lr * shapes.powers(self.factor, t // self.step)
            return np.where(t < self.step, self.base_lr, np.maximum(falling, self.stop_factor_lr))

        return stairs(rates, self.step, ratio=self.factor)


class MultiFactorScheduler(MXNet, inherit_after="factor"):
    """Multiplies the rate by a factor after each listed update."""

    formula = "base_lr * factor ** (number of step <= t)"
    step: Ascending = Field(
        min_length=1, description="the steps that drop", examples=[[30, 60, 90]]
    )
    factor: Factor = Field(1.0, le=1, description="what each drop multiplies the rate by")

    def decay(self) -> Sequence[Part]:
        return self.counterpart().segments(self.base_lr)

    def counterpart(self) -> MultiStepLR:
        """Return torch's schedule with the same drops."""
        return MultiStepLR(milestones=self.step, gamma=self.factor)

    def natural_length(self) -> int | None:
        return self.counterpart().natural_length()
