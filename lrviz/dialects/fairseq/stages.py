"""fairseq's three stages: a warm-up, a hold, and an exponential decay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from lrviz.core.parameters import Count, Factor, Steps
from lrviz.core.roles import WarmUp
from lrviz.core.segment import Part, Segment, exponential, hold, linear
from lrviz.dialects.fairseq.base import Fairseq


class TriStage(Fairseq):
    """A line up from init_lr_scale * lr, a hold, and an exponential to final_lr_scale * lr."""

    name = "tri_stage"
    formula = (
        "lr * (init_lr_scale + (1 - init_lr_scale) * t / W) if t < W else "
        "lr if t < W + hold_steps else "
        "lr * final_lr_scale ** min(1, (t - W - hold_steps) / decay_steps)"
    )
    warmup_steps: Annotated[Count, WarmUp()] = Field(0, description="updates of the warm-up")
    hold_steps: Count = Field(0, description="updates of the hold")
    decay_steps: Steps = Field(description="updates of the decay", examples=[50])
    init_lr_scale: Factor = Field(0.01, description="share of lr at update 0")
    final_lr_scale: Factor = Field(0.01, gt=0, description="share of lr after the decay")

    def segments(self, lr: float) -> Sequence[Part]:
        hold_start = self.warmup_steps
        start = hold_start + self.hold_steps
        last, end = lr * self.final_lr_scale, start + self.decay_steps + 1
        rise = linear(lr * self.init_lr_scale, lr, 0, max(hold_start, 1))
        return [
            *([Segment("warm-up", 0, rise)] if hold_start else []),
            Segment("hold", hold_start, hold(lr)),
            Segment("decay", start, exponential(lr, last, start, self.decay_steps)),
            Segment("floor", end, hold(last)),
        ]

    def natural_length(self) -> int | None:
        return self.warmup_steps + self.hold_steps + self.decay_steps
