"""Schedules that rise, hold and fall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from lrviz.core.parameters import Factor, Rate, Steps
from lrviz.core.roles import Floor, Length, WarmUp
from lrviz.core.segment import Part
from lrviz.dialects.native.base import FixedLength, WithDecayShape
from lrviz.dialects.native.shares import RateOrShare, Share, StepsOrShare, rate_of
from lrviz.dialects.native.stages import DecayShape, Stage, consecutive


class WarmupStableDecay(WithDecayShape):
    """Warms up, holds the full rate, and decays to min_lr at the end of the run."""

    name = "warmup_stable_decay"
    aliases = ("wsd",)
    lengths = ("warmup_steps", "decay_steps")
    formula = (
        "warmup_init_lr + (lr - warmup_init_lr) * t / warmup_steps if t < warmup_steps "
        "else lr if t < total_steps - decay_steps "
        "else min_lr + (lr - min_lr) * (1 - sqrt((t - total_steps + decay_steps) / decay_steps)) "
        "if t < total_steps else min_lr"
    )
    source = "Hu et al. 2024 (MiniCPM), arXiv:2404.06395; Hägele et al. 2024, arXiv:2405.18392"
    total_steps: Annotated[Steps, Length()] = Field(description="steps of the run", examples=[100])
    warmup_steps: Annotated[StepsOrShare, WarmUp()] = Field(
        Share("10%"), description="steps of the linear warm-up"
    )
    decay_steps: StepsOrShare = Field(
        Share("20%"), description="steps of the decay, the last of the run"
    )
    decay_shape: DecayShape = Field("1-sqrt", description="shape of the decay")
    min_lr: Annotated[RateOrShare, Floor()] = Field(
        0.0, description="rate at the end, or a share of lr"
    )
    warmup_init_lr: Rate = Field(0.0, ge=0, description="rate at step 0 of the warm-up")

    def segments(self, lr: float) -> Sequence[Part]:
        up, down = self.steps_of("warmup_steps"), self.steps_of("decay_steps")
        stages = [Stage("warm-up", up, lr), Stage("hold", self.total_steps - up - down, lr)]
        if down:
            stages.append(Stage("decay", down, rate_of(self.min_lr, lr), self.decay_shape))
        return consecutive(self.warmup_init_lr, stages)


class Trapezoid(FixedLength):
    """Rises in a straight line, holds the full rate, and falls in a straight line to 0."""

    name = "trapezoid"
    lengths = ("warmup_steps", "decay_steps")
    formula = "lr * max(0, min(1, t / warmup_steps, (total_steps - t) / decay_steps))"
    source = "Xing et al. 2018, arXiv:1802.08770; Hägele et al. 2024, arXiv:2405.18392"
    total_steps: Annotated[Steps, Length()] = Field(description="steps of the run", examples=[100])
    warmup_steps: Annotated[StepsOrShare, WarmUp()] = Field(
        Share("10%"), description="steps of the rise"
    )
    decay_steps: StepsOrShare = Field(
        Share("20%"), description="steps of the fall, the last of the run"
    )

    def segments(self, lr: float) -> Sequence[Part]:
        up, down = self.steps_of("warmup_steps"), self.steps_of("decay_steps")
        stages = [Stage("warm-up", up, lr), Stage("hold", self.total_steps - up - down, lr)]
        return consecutive(0.0, [*stages, *([Stage("decay", down, 0.0)] if down else [])])


class TriStage(FixedLength):
    """Warms up, holds, decays exponentially to a share of the rate, and holds that."""

    name = "tri_stage"
    lengths = ("warmup_steps", "hold_steps", "decay_steps")
    formula = (
        "lr * (init_lr_scale + (1 - init_lr_scale) * t / warmup_steps) if t < warmup_steps "
        "else lr if t < warmup_steps + hold_steps "
        "else lr * final_lr_scale ** min(1, (t - warmup_steps - hold_steps) / decay_steps)"
    )
    source = "Park et al. 2019 (SpecAugment), arXiv:1904.08779; fairseq, tri_stage_lr_scheduler.py"
    total_steps: Annotated[Steps, Length()] = Field(description="steps of the run", examples=[100])
    warmup_steps: Annotated[StepsOrShare, WarmUp()] = Field(
        Share("10%"), description="steps of the linear warm-up"
    )
    hold_steps: StepsOrShare = Field(Share("40%"), description="steps at the full rate")
    decay_steps: StepsOrShare | None = Field(
        None, description="steps of the decay; the rest of the run if not given"
    )
    init_lr_scale: Factor = Field(
        0.01, ge=0, le=1, description="share of lr at step 0 of the warm-up"
    )
    final_lr_scale: Factor = Field(
        0.01, gt=0, le=1, description="share of lr at the end of the decay"
    )

    def segments(self, lr: float) -> Sequence[Part]:
        up, hold = self.steps_of("warmup_steps"), self.steps_of("hold_steps")
        remaining = self.total_steps - up - hold
        down = remaining if self.decay_steps is None else self.steps_of("decay_steps")
        stages = [Stage("warm-up", up, lr), Stage("hold", hold, lr)]
        if down:
            stages.append(Stage("decay", down, lr * self.final_lr_scale, "exponential"))
        return consecutive(lr * self.init_lr_scale, stages)
