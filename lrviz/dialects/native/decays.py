"""Schedules that warm up and decay over the rest of the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from lrviz.core.parameters import Rate, Steps
from lrviz.core.roles import Floor, Length, WarmUp
from lrviz.core.segment import Part
from lrviz.dialects.native.base import FixedLength
from lrviz.dialects.native.shares import RateOrShare, Share, StepsOrShare, rate_of
from lrviz.dialects.native.stages import Stage, consecutive


class CosineWithFloor(FixedLength):
    """Warms up, falls along half a cosine to a floor, and stays there (GPT-3, nanoGPT).

    The warm-up of later nanoGPT, (t + 1) / (W + 1), is warmup_init_lr = lr / (W + 1).
    """

    name = "cosine_with_floor"
    lengths = ("warmup_steps", "decay_steps")
    formula = (
        "warmup_init_lr + (lr - warmup_init_lr) * t / warmup_steps if t < warmup_steps "
        "else min_lr + (lr - min_lr) * "
        "(1 + cos(pi * min(1, (t - warmup_steps) / decay_steps))) / 2"
    )
    source = "Brown et al. 2020 (GPT-3), arXiv:2005.14165; nanoGPT, train.py get_lr"
    total_steps: Annotated[Steps, Length()] = Field(description="steps of the run", examples=[100])
    warmup_steps: Annotated[StepsOrShare, WarmUp()] = Field(
        Share("10%"), description="steps of the linear warm-up"
    )
    decay_steps: StepsOrShare | None = Field(
        None, description="steps of the cosine; the rest of the run if not given"
    )
    min_lr: Annotated[RateOrShare, Floor()] = Field(
        Share("10%"), description="the floor, or a share of lr"
    )
    warmup_init_lr: Rate = Field(0.0, ge=0, description="rate at step 0 of the warm-up")

    def segments(self, lr: float) -> Sequence[Part]:
        up = self.steps_of("warmup_steps")
        remaining = self.total_steps - up
        down = remaining if self.decay_steps is None else self.steps_of("decay_steps")
        decay = [Stage("decay", down, rate_of(self.min_lr, lr), "cosine")] if down else []
        return consecutive(self.warmup_init_lr, [Stage("warm-up", up, lr), *decay])


class Rex(FixedLength):
    """Falls slowly at first and ever faster to the end of the run (reflected exponential)."""

    name = "rex"
    lengths = ("warmup_steps",)
    formula = (
        "warmup_init_lr + (lr - warmup_init_lr) * t / warmup_steps if t < warmup_steps "
        "else min_lr + (lr - min_lr) * (total_steps - t) "
        "/ (total_steps - (t + warmup_steps) / 2) if t < total_steps else min_lr"
    )
    source = "Chen et al. 2021, arXiv:2107.04197"
    total_steps: Annotated[Steps, Length()] = Field(description="steps of the run", examples=[100])
    warmup_steps: Annotated[StepsOrShare, WarmUp()] = Field(
        0, description="steps of a linear warm-up"
    )
    min_lr: Annotated[RateOrShare, Floor()] = Field(
        0.0, description="rate at the end, or a share of lr"
    )
    warmup_init_lr: Rate = Field(0.0, ge=0, description="rate at step 0 of the warm-up")

    def segments(self, lr: float) -> Sequence[Part]:
        up = self.steps_of("warmup_steps")
        down = self.total_steps - up
        decay = [Stage("decay", down, rate_of(self.min_lr, lr), "rex")] if down else []
        return consecutive(self.warmup_init_lr, [Stage("warm-up", up, lr), *decay])
