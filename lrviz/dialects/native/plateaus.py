"""Schedules that rise, hold and fall."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from lrviz.core.parameters import Factor, Rate, Steps
from lrviz.dialects.native.base import Decaying, Run
from lrviz.dialects.native.legs import Fall, Leg, joined
from lrviz.dialects.native.lengths import Floor, Length, Share, rate_of


class WarmupStableDecay(Decaying):
    """Warms up, holds the full rate, and decays to min_lr at the end of the run."""

    name = "warmup_stable_decay"
    aliases = ("wsd",)
    lengths = ("warmup_steps", "decay_steps")
    formula = "lr * t / W, then lr, then min_lr + (lr - min_lr) * (1 - sqrt((t - N + D) / D))"
    source = "Hu et al. 2024 (MiniCPM), arXiv:2404.06395; Hägele et al. 2024, arXiv:2405.18392"
    total_steps: Steps = Field(description="steps of the run", examples=[100])
    warmup_steps: Length = Field(Share("10%"), description="steps of the linear warm-up")
    decay_steps: Length = Field(Share("20%"), description="steps of the decay, the run's last")
    decay_shape: Fall = Field("1-sqrt", description="shape of the decay")
    min_lr: Floor = Field(0.0, description="rate at the end, or a share of lr")
    warmup_init_lr: Rate = Field(0.0, ge=0, description="rate at step 0 of the warm-up")

    def legs(self, lr: float) -> Sequence[Leg]:
        up, down = self.steps_of("warmup_steps"), self.steps_of("decay_steps")
        hold = self.total_steps - up - down
        fall = [(down, rate_of(self.min_lr, lr), self.decay_shape)] if down else []
        return joined(self.warmup_init_lr, [(up, lr, "linear"), (hold, lr, "constant"), *fall])


class Trapezoid(Run):
    """Rises in a straight line, holds the full rate, and falls in a straight line to 0."""

    name = "trapezoid"
    lengths = ("warmup_steps", "decay_steps")
    formula = "lr * min(1, t / W, (N - t) / D)"
    source = "Xing et al. 2018, arXiv:1802.08770; Hägele et al. 2024, arXiv:2405.18392"
    total_steps: Steps = Field(description="steps of the run", examples=[100])
    warmup_steps: Length = Field(Share("10%"), description="steps of the rise")
    decay_steps: Length = Field(Share("20%"), description="steps of the fall, the run's last")

    def legs(self, lr: float) -> Sequence[Leg]:
        up, down = self.steps_of("warmup_steps"), self.steps_of("decay_steps")
        hold = self.total_steps - up - down
        fall = [(down, 0.0, "linear")] if down else []
        return joined(0.0, [(up, lr, "linear"), (hold, lr, "constant"), *fall])


class TriStage(Run):
    """Warms up, holds, decays exponentially to a share of the rate, and stays there."""

    name = "tri_stage"
    lengths = ("warmup_steps", "hold_steps", "decay_steps")
    formula = "lr * (i + (1 - i) * t / W), then lr, then lr * f ** ((t - W - H) / D), then lr * f"
    source = "Park et al. 2019 (SpecAugment), arXiv:1904.08779; fairseq, tri_stage_lr_scheduler.py"
    total_steps: Steps = Field(description="steps of the run", examples=[100])
    warmup_steps: Length = Field(Share("10%"), description="steps of the linear warm-up")
    hold_steps: Length = Field(Share("40%"), description="steps at the full rate")
    decay_steps: Length | None = Field(None, description="steps of the decay; the rest of the run")
    init_lr_scale: Factor = Field(
        0.01, ge=0, le=1, description="share of lr at step 0 of the warm-up"
    )
    final_lr_scale: Factor = Field(
        0.01, gt=0, le=1, description="share of lr at the end of the decay"
    )

    def legs(self, lr: float) -> Sequence[Leg]:
        up, hold = self.steps_of("warmup_steps"), self.steps_of("hold_steps")
        rest = self.total_steps - up - hold
        down = rest if self.decay_steps is None else self.steps_of("decay_steps")
        fall = [(down, lr * self.final_lr_scale, "exponential")] if down else []
        parts = [(up, lr, "linear"), (hold, lr, "constant"), *fall]
        return joined(lr * self.init_lr_scale, parts)
