"""Schedulers that fall along a curve to their last rate at max_update."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, model_validator

from lrviz.core.parameters import Number, Rate, Steps
from lrviz.core.roles import Floor, Length
from lrviz.core.segment import Part, Segment, Shape, cosine, hold, polynomial
from lrviz.core.validation import error_at
from lrviz.dialects.mxnet.base import MXNet


class Decay(MXNet, abstract=True):
    """A scheduler that is at final_lr from update max_update on.

    A warm-up that is longer than max_update leaves no decay: the rate stays at base_lr.
    """

    max_update: Annotated[Steps, Length()] = Field(
        description="update of the last rate, the warm-up included", examples=[100]
    )
    final_lr: Annotated[Rate, Floor()] = Field(0.0, description="rate from max_update on")

    @model_validator(mode="after")
    def check_decay_length(self) -> Decay:
        """Refuse a decay of no updates, which MXNet divides by zero in."""
        if self.warmup_steps == self.max_update:
            message = f"must differ from max_update, {self.max_update}: MXNet divides by zero"
            raise error_at("warmup_steps", message, self.warmup_steps)
        return self

    def shape(self, begin: int, length: int) -> Shape:
        """Return the curve of the decay, which is at base_lr at step `begin`."""
        raise NotImplementedError

    def decay(self) -> Sequence[Part]:
        if self.warmup_steps > self.max_update:
            return [Segment("hold", 0, hold(self.base_lr))]
        shape = self.shape(self.warmup_steps - 1, self.max_update - self.warmup_steps)
        floor = Segment("floor", self.max_update - 1, hold(self.final_lr))
        return [Segment("decay", self.decay_start, shape), floor]

    def natural_length(self) -> int | None:
        return max(self.max_update, self.warmup_steps)


class PolyScheduler(Decay, inherit_after="pwr"):
    """Falls to final_lr along a power of the updates that remain."""

    formula = (
        "warmup_begin_lr + (base_lr - warmup_begin_lr) * (t + 1) / W if t + 1 < W else "
        "final_lr + (base_lr - final_lr) * (1 - (min(t + 1, T) - W) / (T - W)) ** pwr"
    )
    pwr: Number = Field(2.0, gt=0, description="exponent of the share that remains")

    def shape(self, begin: int, length: int) -> Shape:
        return polynomial(self.base_lr, self.final_lr, begin, length, self.pwr)


class CosineScheduler(Decay):
    """Falls to final_lr along half a cosine."""

    formula = (
        "warmup_begin_lr + (base_lr - warmup_begin_lr) * (t + 1) / W if t + 1 < W else "
        "final_lr + (base_lr - final_lr) * (1 + cos(pi * (min(t + 1, T) - W) / (T - W))) / 2"
    )

    def shape(self, begin: int, length: int) -> Shape:
        return cosine(self.base_lr, self.final_lr, begin, length)
