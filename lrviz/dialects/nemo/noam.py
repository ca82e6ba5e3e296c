"""NeMo's Noam annealing, in which lr is a multiplier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from lrviz.core.errors import SpecError
from lrviz.core.parameters import Count, Fraction, Rate, Steps
from lrviz.core.roles import Floor, Length, WarmUp
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Part, Segment
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.nemo.base import NeMo, refuse_both


class NoamAnnealing(NeMo):
    """A line up to step W, then an inverse square root; lr is multiplied by d_model ** -0.5."""

    name = "NoamAnnealing"
    formula = (
        "lr * d_model ** -0.5 * max(t, 1) * W ** -1.5 if max(t, 1) <= W else "
        "max(min_lr, lr * d_model ** -0.5 * max(t, 1) ** -0.5)"
    )
    d_model: Steps = Field(description="width of the model, in units", examples=[256])
    warmup_steps: Annotated[Count, WarmUp()] = Field(0, description="steps of the warm-up")
    warmup_ratio: Fraction | None = Field(
        None, description="share of max_steps that the warm-up takes, instead of its steps"
    )
    max_steps: Annotated[Steps | None, Length()] = Field(
        None, description="steps of the run, of which the warm-up may be a share"
    )
    min_lr: Annotated[Rate, Floor()] = Field(0.0, ge=0, description="least rate of the decay")

    @model_validator(mode="after")
    def check_one_warmup(self) -> NoamAnnealing:
        """Refuse a warm-up in steps and as a ratio, and a ratio of no length."""
        refuse_both(self, "warmup_steps", "warmup_ratio")
        if self.warmup_ratio is not None and self.max_steps is None:
            message = "NeMo: warmup_ratio needs max_steps"
            raise error_at("warmup_ratio", message, self.warmup_ratio)
        return self

    @property
    def warmup(self) -> int:
        """The steps of the warm-up."""
        if self.warmup_ratio is None:
            return self.warmup_steps
        return int(self.warmup_ratio * (self.max_steps or 0))

    def segments(self, lr: float) -> Sequence[Part]:
        if lr < self.min_lr:
            message = (
                f"min_lr ({format_number(self.min_lr)}) must not be above lr ({format_number(lr)})"
            )
            raise SpecError.of("", f"NeMo: {message}")
        factor, length = lr * self.d_model**-0.5, self.warmup

        def rise(t: Steps64) -> Array:
            return np.asanyarray(factor * np.maximum(t, 1) * length**-1.5)

        def fall(t: Steps64) -> Array:
            return np.asanyarray(np.maximum(self.min_lr, factor * np.maximum(t, 1) ** -0.5))

        decay = Segment("decay", length + 1 if length else 0, fall)
        return [Segment("warm-up", 0, rise), decay] if length else [decay]

    def natural_length(self) -> int | None:
        return self.max_steps or 10 * self.warmup or None
