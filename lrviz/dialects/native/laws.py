"""Schedules that follow a power of the step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydantic import Field, model_validator

from lrviz.core.parameters import Count, Factor, Rate, Steps, Whole
from lrviz.core.schedule import Array, Steps64
from lrviz.core.validation import error_at
from lrviz.dialects.native.base import Decaying, Lrviz
from lrviz.dialects.native.legs import Fall, Leg
from lrviz.dialects.native.lengths import Floor, Length, Share, rate_of

SEEN = 5
"""How many warm-ups of a schedule without an end are drawn."""


class Noam(Lrviz):
    """Warms up in a straight line, then falls with the root of the step; d_model sets the rate.

    The paper counts steps from 1: step 0 here is its step 1.
    """

    name = "noam"
    sets_rate = True
    formula = "factor * d_model ** -0.5 * min(s ** -0.5, s * warmup_steps ** -1.5), s = t + 1"
    source = "Vaswani et al. 2017, arXiv:1706.03762, equation 3"
    d_model: Whole = Field(512, gt=0, description="size of the model's hidden states")
    warmup_steps: Steps = Field(4000, description="steps of the warm-up")
    factor: Factor = Field(1.0, ge=0, description="what the paper's rate is multiplied by")

    def compute(self, t: Steps64, lr: float) -> Any:
        del lr
        s = t + 1.0
        shape = np.minimum(1 / np.sqrt(s), s * self.warmup_steps**-1.5)
        return self.factor * self.d_model**-0.5 * shape

    def natural_length(self) -> int | None:
        """Five times the warm-up, so that the fall is seen."""
        return SEEN * self.warmup_steps

    def marks(self, stop: int) -> list[int]:
        return [self.warmup_steps - 1] if 1 < self.warmup_steps <= stop else []


class InverseSqrt(Lrviz):
    """Warms up in a straight line to lr, then falls with the root of the step."""

    name = "inverse_sqrt"
    formula = "lr * t / W, then lr * sqrt(W / t), or lr / sqrt(1 + (t - W) / timescale)"
    source = "fairseq, inverse_square_root_schedule.py; big_vision for timescale"
    warmup_steps: Count = Field(4000, description="steps of the warm-up")
    warmup_init_lr: Rate = Field(0.0, ge=0, description="rate at step 0 of the warm-up")
    timescale: Steps | None = Field(
        None, description="steps after which the fall has begun in earnest; warmup_steps"
    )

    @model_validator(mode="after")
    def time_that_scales(self) -> InverseSqrt:
        """Refuse a fall that has no time scale."""
        if self.warmup_steps == 0 and self.timescale is None:
            words = "warmup_steps 0 leaves the fall without a scale: give timescale too"
            raise error_at("warmup_steps", words, self.warmup_steps)
        return self

    def compute(self, t: Steps64, lr: float) -> Any:
        up, scale = self.warmup_steps, self.timescale or self.warmup_steps
        fall = lr / np.sqrt(1 + np.maximum(t - up, 0) / scale)
        rise = self.warmup_init_lr + (lr - self.warmup_init_lr) * t / max(up, 1)
        return np.where(t < up, rise, fall)

    def natural_length(self) -> int | None:
        """Five times the warm-up (or the time scale), so that the fall is seen."""
        return SEEN * (self.warmup_steps or self.timescale or 1)

    def marks(self, stop: int) -> list[int]:
        return [self.warmup_steps] if 0 < self.warmup_steps < stop else []


@dataclass(frozen=True)
class LawLeg(Leg):
    """A leg along min(cap, amplitude * (tokens * t) ** power)."""

    cap: float = 0.0
    amplitude: float = 1.0
    tokens: float = 1.0

    def error_at(self, t: Steps64) -> Array:
        """Return the rates of the law; step 0, where a falling power has no value, is at the cap.

        In logarithms no product on the way is too large or too small for a float64.
        """
        with np.errstate(all="ignore"):
            seen = np.log(t) + np.log(self.tokens)
            risen = self.power * seen if self.power else np.zeros(t.shape)
            return np.asanyarray(np.minimum(self.cap, np.exp(np.log(self.amplitude) + risen)))


class Power(Decaying):
    """Falls with a power of the tokens seen, capped at lr; warm-up before and a decay after.

    With the paper's values of a and b the curve does not depend on the length of the run, until
    the last decay_steps. n counts the tokens that the run has seen at step t.
    """

    name = "power"
    lengths = ("warmup_steps", "decay_steps")
    formula = "min(lr, batch_size * a * n ** b), n = t * batch_size * sequence_length"
    source = "Shen et al. 2024 (Power Scheduler), arXiv:2408.13359"
    total_steps: Steps = Field(description="steps of the run", examples=[10_000])
    warmup_steps: Length = Field(
        Share("1%"), description="steps of the linear warm-up, to what the power gives there"
    )
    decay_steps: Length = Field(Share("10%"), description="steps of the decay, the run's last")
    a: Factor = Field(4.0, gt=0, description="amplitude of the power")
    b: Factor = Field(-0.51, le=0, description="exponent of the power")
    batch_size: Steps = Field(1024, description="sequences in a step")
    sequence_length: Steps = Field(4096, description="tokens in a sequence")
    decay_shape: Fall = Field("linear", description="shape of the decay")
    min_lr: Floor = Field(0.0, description="rate at the end, or a share of lr")
    warmup_init_lr: Rate = Field(0.0, ge=0, description="rate at step 0 of the warm-up")

    def legs(self, lr: float) -> Sequence[Leg]:
        up, down = self.steps_of("warmup_steps"), self.steps_of("decay_steps")
        turn, floor = self.total_steps - down, rate_of(self.min_lr, lr)
        amplitude = min(self.a * self.batch_size, 1e308)
        tokens = float(self.batch_size) * self.sequence_length
        law = LawLeg(up, turn, lr, lr, "law", self.b, cap=lr, amplitude=amplitude, tokens=tokens)
        peak, last = (float(law.error_at(np.array(step))) for step in (up, turn))
        law = replace(law, start=peak, to=last)
        fall = [Leg(turn, self.total_steps, last, floor, self.decay_shape)] if down else []
        return [Leg(0, up, self.warmup_init_lr, peak, "linear"), law, *fall]

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        before, floor = self.legs(lr)[1].to, rate_of(self.min_lr, lr)
        if before < floor <= lr:
            yield f"min_lr ({floor:g}) is above the rate before the decay ({before:g}): it rises"
