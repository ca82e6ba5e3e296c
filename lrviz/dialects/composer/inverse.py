"""llm-foundry's schedule for runs whose end is not fixed: an inverse root, and a cool-down."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from lrviz.core.parameters import Duration, Factor, SpanFromZero
from lrviz.core.roles import Length
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Part, Segment, hold, linear
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.composer.base import WithWarmUp


class InverseSquareRootWithWarmup(WithWarmUp):
    """A linear warm-up, an inverse square root of the steps, and a line at the end."""

    name = "inv_sqrt_with_warmup"
    aliases = ("InverseSquareRootWithWarmupScheduler",)
    source = "llm-foundry 0.22.0, llmfoundry/optim/scheduler.py"
    formula = (
        "lr * t / W if t < W else lr * (D + (1 - D) * ((min(t, C) - W) / t_scale + 1) ** -0.5) "
        "+ min(1, max(0, t - C) / t_cooldown) * (lr * alpha_f_cooldown - "
        "lr * (D + (1 - D) * ((min(t, C) - W) / t_scale + 1) ** -0.5))"
    )
    t_scale: Duration = Field(description="steps in which the rate falls to 0.71", examples=[20])
    t_cooldown: SpanFromZero = Field(description="steps of the line at the end", examples=[20])
    t_max: Annotated[SpanFromZero, Length()] = Field(
        description="steps of the run, the warm-up included", examples=[100]
    )
    alpha_f_decay: Factor = Field(
        0.0, description="share of lr that the inverse square root falls to without end"
    )
    alpha_f_cooldown: Factor = Field(0.0, description="rate at the end, as a share of lr")

    @model_validator(mode="after")
    def check_floor(self) -> InverseSquareRootWithWarmup:
        """Refuse a line at the end that rises, as the library does."""
        if self.alpha_f_decay < self.alpha_f_cooldown:
            message = (
                "alpha_f_cooldown must be at most alpha_f_decay, "
                f"{format_number(self.alpha_f_decay)} "
                f"(got {format_number(self.alpha_f_cooldown)})"
            )
            raise error_at("alpha_f_cooldown", message, self.alpha_f_cooldown)
        return self

    def segments(self, lr: float) -> Sequence[Part]:
        start, infinite = self.t_warmup, self.alpha_f_decay
        cooldown = max(self.t_max - self.t_cooldown, start)

        def factor(root: float) -> float:
            return lr * (infinite + (1.0 - infinite) / root)

        def falling(t: Steps64) -> Array:
            roots = np.sqrt((t + self.t_scale - start) / self.t_scale)
            return np.asanyarray(lr * (infinite + (1.0 - infinite) / roots))

        parts = self.warm_up(lr)
        if cooldown > start:
            parts.append(Segment("decay", ceil(start), falling))
        at_cooldown = factor(sqrt((cooldown + self.t_scale - start) / self.t_scale))
        if not self.t_cooldown:
            return [*parts, Segment("hold", ceil(cooldown), hold(at_cooldown))]
        last = lr * self.alpha_f_cooldown
        line = linear(at_cooldown, last, cooldown, self.t_cooldown)
        end = ceil(cooldown + self.t_cooldown)
        return [*parts, Segment("decay", ceil(cooldown), line), Segment("floor", end, hold(last))]
