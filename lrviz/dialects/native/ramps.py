"""The ramp that looks for a rate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field, model_validator

from lrviz.core.parameters import Rate, Steps
from lrviz.core.validation import error_at
from lrviz.dialects.native.base import Run
from lrviz.dialects.native.legs import Leg, joined


class LRRangeTest(Run):
    """Rises from min_lr to max_lr over the run, to see where the loss falls and where it breaks."""

    name = "lr_range_test"
    sets_rate = True
    formula = "min_lr * (max_lr / min_lr) ** (t / N), or min_lr + (max_lr - min_lr) * t / N"
    source = "Smith 2015, arXiv:1506.01186; fastai, Learner.lr_find"
    min_lr: Rate = Field(1e-7, ge=0, description="rate at step 0")
    max_lr: Rate = Field(10.0, gt=0, description="rate at the end of the run")
    total_steps: Steps = Field(100, description="steps of the run")
    shape: Literal["exponential", "linear"] = Field("exponential", description="shape of the rise")

    @model_validator(mode="after")
    def ends_that_rise(self) -> LRRangeTest:
        """Refuse a ramp that does not rise, and an exponential one from 0."""
        if self.max_lr <= self.min_lr:
            raise error_at("max_lr", f"max_lr must be above min_lr ({self.min_lr:g})", self.max_lr)
        if self.shape == "exponential" and self.min_lr == 0:
            words = "min_lr must be greater than 0 where shape is exponential"
            raise error_at("min_lr", words, self.min_lr)
        return self

    def legs(self, lr: float) -> Sequence[Leg]:
        del lr
        return joined(self.min_lr, [(self.total_steps, self.max_lr, self.shape)])
