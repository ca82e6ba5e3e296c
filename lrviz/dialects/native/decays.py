"""Schedules that warm up and then fall all the way."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from lrviz.core.parameters import Rate, Steps
from lrviz.dialects.native.base import Run
from lrviz.dialects.native.legs import Leg, joined
from lrviz.dialects.native.lengths import Floor, Length, Share, rate_of


class CosineWithFloor(Run):
    """Warms up, falls along half a cosine to a floor, and stays there (GPT-3, nanoGPT).

    The warm-up of later nanoGPT, (t + 1) / (W + 1), is warmup_init_lr = lr / (W + 1).
    """

    name = "cosine_with_floor"
    lengths = ("warmup_steps", "decay_steps")
    formula = "lr * t / W, then min_lr + (lr - min_lr) * (1 + cos(pi * (t - W) / D)) / 2"
    source = "Brown et al. 2020 (GPT-3), arXiv:2005.14165; nanoGPT, train.py get_lr"
    total_steps: Steps = Field(description="steps of the run", examples=[100])
    warmup_steps: Length = Field(Share("10%"), description="steps of the linear warm-up")
    decay_steps: Length | None = Field(None, description="steps of the cosine; the rest of the run")
    min_lr: Floor = Field(Share("10%"), description="the floor, or a share of lr")
    warmup_init_lr: Rate = Field(0.0, ge=0, description="rate at step 0 of the warm-up")

    def legs(self, lr: float) -> Sequence[Leg]:
        up, rest = self.steps_of("warmup_steps"), self.total_steps - self.steps_of("warmup_steps")
        down = rest if self.decay_steps is None else self.steps_of("decay_steps")
        fall = [(down, rate_of(self.min_lr, lr), "cosine")] if down else []
        return joined(self.warmup_init_lr, [(up, lr, "linear"), *fall])


class Rex(Run):
    """Falls slowly at first and ever faster to the end of the run (reflected exponential)."""

    name = "rex"
    lengths = ("warmup_steps",)
    formula = "min_lr + (lr - min_lr) * (1 - p) / (1/2 + (1 - p) / 2), p = (t - W) / (N - W)"
    source = "Chen et al. 2021, arXiv:2107.04197"
    total_steps: Steps = Field(description="steps of the run", examples=[100])
    warmup_steps: Length = Field(0, description="steps of a linear warm-up")
    min_lr: Floor = Field(0.0, description="rate at the end, or a share of lr")
    warmup_init_lr: Rate = Field(0.0, ge=0, description="rate at step 0 of the warm-up")

    def legs(self, lr: float) -> Sequence[Leg]:
        up = self.steps_of("warmup_steps")
        down = self.total_steps - up
        fall = [(down, rate_of(self.min_lr, lr), "rex")] if down else []
        return joined(self.warmup_init_lr, [(up, lr, "linear"), *fall])
