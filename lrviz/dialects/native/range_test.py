"""The learning-rate range test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from lrviz.core.parameters import Rate, Steps
from lrviz.core.roles import Length, Peak
from lrviz.core.segment import Part
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.native.base import FixedLength
from lrviz.dialects.native.stages import Stage, consecutive


class LRRangeTest(FixedLength):
    """Rises from min_lr to max_lr over the run, to see where the loss falls and where it diverges.

    With shape linear the rate is min_lr + (max_lr - min_lr) * t / total_steps.
    """

    name = "lr_range_test"
    sets_rate = True
    formula = "min_lr * (max_lr / min_lr) ** min(1, t / total_steps)"
    source = "Smith 2015, arXiv:1506.01186; fastai, Learner.lr_find"
    min_lr: Rate = Field(1e-7, ge=0, description="rate at step 0")
    max_lr: Annotated[Rate, Peak()] = Field(10.0, gt=0, description="rate at the end of the run")
    total_steps: Annotated[Steps, Length()] = Field(100, description="steps of the run")
    shape: Literal["exponential", "linear"] = Field("exponential", description="shape of the rise")

    @model_validator(mode="after")
    def check_ends_rise(self) -> LRRangeTest:
        """Refuse a test that does not rise, and an exponential one from 0."""
        if self.max_lr <= self.min_lr:
            raise error_at(
                "max_lr", f"max_lr must be above min_lr ({format_number(self.min_lr)})", self.max_lr
            )
        if self.shape == "exponential" and self.min_lr == 0:
            message = "min_lr must be greater than 0 where shape is exponential"
            raise error_at("min_lr", message, self.min_lr)
        return self

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        return consecutive(self.min_lr, [Stage("rise", self.total_steps, self.max_lr, self.shape)])
