"""Cosines of keras: once, with a warm-up before it, or with restarts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.parameters import LARGEST_WHOLE, Duration, Factor, Rate, Span
from lrviz.core.schedule import Array, End, Steps64
from lrviz.core.validation import error_at
from lrviz.dialects.keras.base import Initial, KerasSchedule, multiples


class CosineDecay(KerasSchedule):
    """Half a cosine down to alpha times the rate, after a warm-up if one is asked for."""

    formula = (
        "top * ((1 - alpha) * (1 + cos(pi * (t - warmup_steps) / decay_steps)) / 2 + alpha); "
        "with a warmup_target, a line to it in warmup_steps before"
    )
    initial_learning_rate: Initial = Field(description="rate at step 0", examples=[0.1])
    decay_steps: Duration = Field(description="steps of the decay alone", examples=[100])
    alpha: Factor = Field(0.0, description="last rate as a share of the top")
    warmup_target: Rate | None = Field(None, description="top of the warm-up; none if not given")
    warmup_steps: Span = Field(0, description="steps of the warm-up, before those of the decay")

    def curve(self, t: Steps64) -> Any:
        if self.warmup_target is None:
            return self.decay(t, self.initial_learning_rate)
        after = t - self.warmup_steps
        rates = self.decay(after, self.warmup_target)
        if t.min(initial=LARGEST_WHOLE) < self.warmup_steps:
            before = after < 0
            change = self.warmup_target - self.initial_learning_rate
            line = t[before] / self.warmup_steps
            rates[before] = change * line + self.initial_learning_rate
        return rates

    def decay(self, t: Any, top: float) -> Array:
        """Return the decay from `top` at the steps `t` of its own."""
        left = shapes.cosine(np.minimum(t, self.decay_steps) / self.decay_steps)
        return top * ((1 - self.alpha) * left + self.alpha)

    def warmup(self) -> float:
        """Return the steps of the warm-up, 0 where there is none."""
        return 0 if self.warmup_target is None else max(self.warmup_steps, 0)

    def natural_length(self) -> int | None:
        return math.ceil(self.warmup() + self.decay_steps)

    def marks(self, stop: int) -> list[int]:
        ends = (math.ceil(self.warmup()), math.ceil(self.warmup() + self.decay_steps))
        return [step for step in ends if 0 < step < stop]

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        if self.warmup_target is None and self.warmup_steps:
            yield "without a warmup_target keras does not look at warmup_steps"
        if self.warmup_target is not None and self.warmup_steps == 0:
            yield "with warmup_steps 0 keras starts at warmup_target"
        if self.warmup_target is not None and self.warmup_steps < 0:
            yield "warmup_steps is negative: keras starts within the decay"


class CosineDecayRestarts(KerasSchedule):
    """Cosine cycles that restart, each t_mul times as long and m_mul times as high (SGDR)."""

    formula = (
        "initial_learning_rate * ((1 - alpha) * m_mul ** i * (1 + cos(pi * fraction)) / 2 + alpha) "
        "in cycle i"
    )
    initial_learning_rate: Initial = Field(description="rate at step 0", examples=[0.1])
    first_decay_steps: Duration = Field(description="steps of the first cycle", examples=[20])
    t_mul: Factor = Field(2.0, description="how many times longer each cycle is than the last")
    m_mul: Factor = Field(1.0, description="how many times higher each cycle starts")
    alpha: Factor = Field(0.0, description="last rate as a share of the initial rate")

    @model_validator(mode="after")
    def ratio_with_a_logarithm(self) -> CosineDecayRestarts:
        """Refuse the t_mul that makes every rate nan."""
        if self.t_mul < 0:
            words = (
                "keras.CosineDecayRestarts takes the logarithm of t_mul, "
                f"so that all its rates are nan (got {self.t_mul:g})"
            )
            raise error_at("t_mul", words, self.t_mul)
        return self

    def starts(self, stop: float) -> Array:
        """Return where the cycles begin, in lengths of the first, up to `stop` (exclusive)."""
        ratio = self.t_mul
        if ratio >= 1:
            count = math.log1p(stop * (ratio - 1)) / math.log(ratio) if ratio > 1 else stop
        else:
            count = 1 if ratio == 0 else math.log(1e-17) / math.log(ratio)
        lengths = ratio ** np.arange(math.ceil(count) + 1)
        starts = np.concatenate([[0.0], np.cumsum(lengths)])
        return starts[starts < max(stop, 1e-300)]

    def curve(self, t: Steps64) -> Any:
        done = t / self.first_decay_steps
        if self.t_mul == 1:
            cycle = np.floor(done)
            done -= cycle
        else:
            # Keras finds the cycle by a logarithm; in float32 a restart may come a step late.
            starts = self.starts(np.nextafter(done.max(initial=0), np.inf))
            ends = done.min(initial=np.inf), done.max(initial=0)
            first, last = np.searchsorted(starts, ends, side="right") - 1
            # Most often all of `t` lies in one cycle, and one index does.
            cycle = first if first == last else np.searchsorted(starts, done, side="right") - 1
            done = (done - starts[cycle]) / (self.t_mul ** np.arange(len(starts)))[cycle]
        height = 1.0 if self.m_mul == 1 else np.float64(self.m_mul) ** cycle
        left = shapes.cosine(done) * height
        return self.initial_learning_rate * ((1 - self.alpha) * left + self.alpha)

    def natural_length(self) -> int | None:
        """Three cycles."""
        three = math.ceil(self.first_decay_steps * (1 + self.t_mul + self.t_mul**2))
        end = self.end()
        return min(three, end.last + 1) if end else three

    def end(self) -> End | None:
        """Cycles that shrink come to an end, beyond which the logarithm has no value."""
        if self.t_mul >= 1:
            return None
        last = math.ceil(self.first_decay_steps / (1 - self.t_mul)) - 1
        return End(last, f"gives nan from step {last + 1}, where its shrinking cycles have ended")

    def marks(self, stop: int) -> list[int]:
        if self.t_mul == 1:
            return multiples(self.first_decay_steps, stop)
        end = self.end()
        stop = min(stop, end.last + 1) if end else stop
        starts = np.ceil(self.starts(stop / self.first_decay_steps) * self.first_decay_steps)
        return [step for step in dict.fromkeys(starts.astype(int).tolist()) if 0 < step < stop]
