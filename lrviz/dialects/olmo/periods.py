"""OLMo-core's schedules without a warm-up and decay once each: periods, and a range test."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import floor
from typing import Annotated

from pydantic import Field, model_validator

from lrviz.core.parameters import Duration, Fraction, Rate, Rates, Spans, Steps
from lrviz.core.roles import Floor, Length
from lrviz.core.segment import Part, Segment, exponential, hold, linear
from lrviz.core.validation import error_at
from lrviz.dialects.olmo.base import AHEAD, Olmo, WithWarmUp, first_step


class WarmupStableDecaySimplified(WithWarmUp):
    """A warm-up, then periods that are constant and fall in a line to decay_min_lr at their end.

    Each period starts at its peak again (WSD-S, arXiv:2410.05192). The warm-up is part of the
    first one.
    """

    name = "wsds"
    aliases = ("WSDS",)
    formula = (
        "the warm-up, then in each period its multiple of lr, and in its last D steps a line from "
        "it to decay_min_lr; D is t_decay, or decay_fraction of the period"
    )
    period_lengths: Spans = Field(description="steps of each period", examples=[[50, 50]])
    period_lr_multipliers: Rates | None = Field(
        None, description="the peak of each period, as a multiple of lr (1 if not given)"
    )
    t_decay: Duration | None = Field(None, description="steps of the decay of each period")
    decay_fraction: Fraction | None = Field(
        None, description="share of a period that its decay takes (0.1 if neither is given)"
    )
    decay_min_lr: Annotated[Rate, Floor()] = Field(
        0.0, description="rate at the end of each period"
    )
    tokens_per_step: Steps = Field(
        1, description="tokens of a step, to which decay_fraction is rounded"
    )

    @model_validator(mode="after")
    def check_multipliers(self) -> WarmupStableDecaySimplified:
        """Refuse another number of multipliers than of periods, and no period, as the library."""
        if not self.period_lengths or min(self.period_lengths) <= 0:
            message = "period_lengths must be at least one length above 0"
            raise error_at("period_lengths", message, self.period_lengths)
        if self.period_lr_multipliers and len(self.multipliers) != len(self.period_lengths):
            message = "period_lr_multipliers must have as many values as period_lengths"
            raise error_at("period_lr_multipliers", message, self.period_lr_multipliers)
        return self

    @property
    def multipliers(self) -> tuple[float, ...]:
        """The peaks of the periods, as multiples of lr."""
        return self.period_lr_multipliers or (1.0,) * len(self.period_lengths)

    def decay_steps(self, length: float) -> float:
        """Return the steps of the decay of a period."""
        if self.t_decay is not None:
            return self.t_decay
        share = 0.1 if self.decay_fraction is None else self.decay_fraction
        return round(round(length * self.tokens_per_step) * share) / self.tokens_per_step

    def segments(self, lr: float) -> Sequence[Part]:
        parts = self.warm_up(lr, lr * self.multipliers[0])
        ends = list(accumulate(self.period_lengths))
        for index, (end, length) in enumerate(zip(ends, self.period_lengths, strict=True)):
            peak, steps = lr * self.multipliers[index], self.decay_steps(length)
            # A period begins after the end of the one before, where that has its lowest rate.
            start = floor(end - length) if index else self.start
            decay = max(first_step(end - steps), start)
            if decay > start:
                parts.append(Segment("restart" if index else "hold", start, hold(peak)))
            if steps:
                line = linear(peak, self.decay_min_lr, end - steps - AHEAD, steps)
                parts.append(Segment("decay", decay, line))
        return [*parts, Segment("floor", first_step(ends[-1]), hold(self.decay_min_lr))]


class ExponentialScheduler(Olmo):
    """An exponential rise from lr_min to lr over the run, to find the largest rate that trains."""

    name = "exponential"
    aliases = ("ExponentialScheduler",)
    formula = "lr_min * (lr / lr_min) ** min(1, (t + 1) / T)"
    lr_min: Annotated[Rate, Field(gt=0)] = Field(1e-9, description="rate before the first step")
    t_max: Annotated[Duration, Length()] = Field(description="steps of the run", examples=[100])

    def segments(self, lr: float) -> Sequence[Part]:
        rise = exponential(self.lr_min, lr, -AHEAD, self.t_max)
        return [Segment("rise", 0, rise), Segment("hold", first_step(self.t_max), hold(lr))]
