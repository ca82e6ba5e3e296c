"""Schedules that follow a power of the step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from lrviz.core.findings import Finding
from lrviz.core.parameters import Count, Factor, Integer, Rate, Steps
from lrviz.core.roles import Floor, Length, WarmUp
from lrviz.core.schedule import WARMUPS_IN_LENGTH, Array, Steps64
from lrviz.core.segment import Part, Segment, inverse_sqrt, linear
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.native.base import Lrviz, WithDecayShape
from lrviz.dialects.native.shares import RateOrShare, Share, StepsOrShare, rate_of
from lrviz.dialects.native.stages import DecayShape, Stage, consecutive


class Noam(Lrviz):
    """Warms up in a straight line, then falls with the root of the step; d_model sets the rate.

    The paper counts steps from 1: step 0 here is its step 1.
    """

    name = "noam"
    sets_rate = True
    formula = "factor * d_model ** -0.5 * min((t + 1) ** -0.5, (t + 1) * warmup_steps ** -1.5)"
    source = "Vaswani et al. 2017, arXiv:1706.03762, equation 3"
    d_model: Integer = Field(512, gt=0, description="size of the model's hidden states")
    warmup_steps: Annotated[Steps, WarmUp()] = Field(4000, description="steps of the warm-up")
    factor: Factor = Field(1.0, ge=0, description="what the paper's rate is multiplied by")

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        up = self.warmup_steps
        scale = self.factor * self.d_model**-0.5
        peak = scale * up**-0.5

        def rising(t: Steps64) -> Array:
            return np.asanyarray(scale * ((t + 1.0) * up**-1.5))

        def falling(t: Steps64) -> Array:
            # At the peak the two terms may differ in the last bit; the paper takes the lower one.
            s = t + 1.0
            return np.asanyarray(scale * np.minimum(1 / np.sqrt(s), s * up**-1.5))

        return [
            Segment("warm-up", 0, linear(0.0, peak, -1, up, rising)),
            Segment("decay", up - 1, inverse_sqrt(peak, up - 1, up, falling)),
        ]

    def natural_length(self) -> int | None:
        """Return five times the warm-up, so that the decay is seen."""
        return WARMUPS_IN_LENGTH * self.warmup_steps


class InverseSqrt(Lrviz):
    """Warms up in a straight line to lr, then falls with the root of the step."""

    name = "inverse_sqrt"
    formula = (
        "warmup_init_lr + (lr - warmup_init_lr) * t / warmup_steps if t < warmup_steps "
        "else lr / sqrt(1 + (t - warmup_steps) / timescale)"
    )
    source = "fairseq, inverse_square_root_schedule.py; big_vision for timescale"
    warmup_steps: Annotated[Count, WarmUp()] = Field(4000, description="steps of the warm-up")
    warmup_init_lr: Rate = Field(0.0, ge=0, description="rate at step 0 of the warm-up")
    timescale: Steps | None = Field(
        None,
        description="steps in which the decay divides lr by the root of 2; warmup_steps if not "
        "given",
    )

    @model_validator(mode="after")
    def check_decay_scale(self) -> InverseSqrt:
        """Refuse a decay that has no time scale."""
        if self.warmup_steps == 0 and self.timescale is None:
            message = "warmup_steps 0 leaves the decay without a time scale: set timescale too"
            raise error_at("warmup_steps", message, self.warmup_steps)
        return self

    def segments(self, lr: float) -> Sequence[Part]:
        up, first = self.warmup_steps, self.warmup_init_lr

        def rising(t: Steps64) -> Array:
            return np.asanyarray(first + (lr - first) * t / up)

        decay = Segment("decay", up, inverse_sqrt(lr, up, self.timescale or up))
        warm_up = [Segment("warm-up", 0, linear(first, lr, 0, up, rising))] if up else []
        return [*warm_up, decay]

    def natural_length(self) -> int | None:
        """Return five times the warm-up (or the time scale), so that the decay is seen."""
        return WARMUPS_IN_LENGTH * (self.warmup_steps or self.timescale or 1)


class Power(WithDecayShape):
    """Falls with a power of the tokens seen, capped at lr; warm-up before and a decay after.

    With the paper's values of a and b the curve does not depend on the length of the run, until
    the last decay_steps. n counts the tokens that the run has seen at step t.
    """

    name = "power"
    lengths = ("warmup_steps", "decay_steps")
    formula = (
        "min(lr, batch_size * a * n ** b) with n = t * batch_size * sequence_length tokens, after "
        "a linear warm-up of warmup_steps and before a decay of decay_steps to min_lr"
    )
    source = "Shen et al. 2024 (Power Scheduler), arXiv:2408.13359"
    total_steps: Annotated[Steps, Length()] = Field(
        description="steps of the run", examples=[10_000]
    )
    warmup_steps: Annotated[StepsOrShare, WarmUp()] = Field(
        Share("1%"), description="steps of the linear warm-up, to the rate of the power there"
    )
    decay_steps: StepsOrShare = Field(
        Share("10%"), description="steps of the decay, the last of the run"
    )
    a: Factor = Field(4.0, gt=0, description="amplitude of the power")
    b: Factor = Field(-0.51, le=0, description="exponent of the power")
    batch_size: Steps = Field(1024, description="sequences in a step")
    sequence_length: Steps = Field(4096, description="tokens in a sequence")
    decay_shape: DecayShape = Field("linear", description="shape of the decay")
    min_lr: Annotated[RateOrShare, Floor()] = Field(
        0.0, description="rate at the end, or a share of lr"
    )
    warmup_init_lr: Rate = Field(0.0, ge=0, description="rate at step 0 of the warm-up")

    def power_rates(self, t: Steps64, lr: float) -> Array:
        """Return the rates of the power; step 0, where a falling power has no value, is at lr.

        In logarithms no product on the way is too large or too small for a float64.
        """
        amplitude = min(self.a * self.batch_size, 1e308)
        tokens = float(self.batch_size) * self.sequence_length
        with np.errstate(all="ignore"):
            logarithm = np.log(t) + np.log(tokens)
            exponent = self.b * logarithm if self.b else np.zeros(t.shape)
            return np.asanyarray(np.minimum(lr, np.exp(np.log(amplitude) + exponent)))

    def segments(self, lr: float) -> Sequence[Part]:
        up, down = self.steps_of("warmup_steps"), self.steps_of("decay_steps")
        begin = self.total_steps - down
        peak, last = (float(self.power_rates(np.array(step), lr)) for step in (up, begin))
        stages = [Stage("decay", down, rate_of(self.min_lr, lr), self.decay_shape)] if down else []
        return [
            Stage("warm-up", up, peak).segment(0, self.warmup_init_lr),
            Segment("decay", up, lambda t: self.power_rates(t, lr)),
            *consecutive(last, stages, begin),
        ]

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        begin = self.total_steps - self.steps_of("decay_steps")
        before, floor = float(self.power_rates(np.array(begin), lr)), rate_of(self.min_lr, lr)
        if before < floor <= lr:
            message = (
                f"min_lr ({format_number(floor)}) is above the rate before the decay "
                f"({format_number(before)}): "
                "the rate rises to it"
            )
            yield self.note("rises", message)
