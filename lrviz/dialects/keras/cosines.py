"""Cosines of keras: once, with a warm-up before it, or with restarts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.findings import Finding
from lrviz.core.parameters import Duration, Factor, Rate, Span
from lrviz.core.roles import Floor, Length, Peak, Target, WarmUp
from lrviz.core.schedule import Array, End, Steps64
from lrviz.core.segment import Cycles, Part, Segment, cosine, hold, linear
from lrviz.core.stairs import first_step
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.keras.base import Decay, Initial

MIN_LENGTH = 1e-17
"""The share of the first cycle's length below which a cycle is not counted any more."""


class CosineDecay(Decay):
    """Half a cosine down to alpha times the rate, after a warm-up if one is asked for."""

    formula = (
        "(warmup_target - initial_learning_rate) * t / warmup_steps + initial_learning_rate "
        "if t < warmup_steps else warmup_target * ((1 - alpha) "
        "* (1 + cos(pi * min(t - warmup_steps, decay_steps) / decay_steps)) / 2 + alpha)"
    )
    initial_learning_rate: Annotated[Initial, Peak()] = Field(
        description="rate at step 0", examples=[0.1]
    )
    decay_steps: Annotated[Duration, Length(after_warmup=True)] = Field(
        description="steps of the decay alone", examples=[100]
    )
    alpha: Annotated[Factor, Floor(share=True)] = Field(
        0.0, description="last rate as a share of the peak"
    )
    warmup_target: Rate | None = Field(
        None, description="rate at the end of the warm-up; no warm-up if not given"
    )
    warmup_steps: Annotated[Span, WarmUp()] = Field(
        0, description="steps of the warm-up, before those of the decay"
    )

    @classmethod
    def role_values(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        """Return the values that the run asks for; with a warm-up the peak is warmup_target."""
        if not parameters.get("warmup_steps", target.warmup):
            return super().role_values(parameters, target)
        peak = parameters.get("warmup_target", target.peak)
        if peak is None and "initial_learning_rate" not in parameters:
            peak = cls.example_value("initial_learning_rate")
        initial = {} if peak is None else {"initial_learning_rate": peak}
        values = super().role_values({**parameters, **initial}, target)
        if peak is not None and "warmup_target" not in parameters:
            values["warmup_target"] = peak
        if "initial_learning_rate" not in parameters:
            values["initial_learning_rate"] = 0.0
        return values

    @property
    def peak(self) -> float:
        """The rate at the start of the decay."""
        return self.initial_learning_rate if self.warmup_target is None else self.warmup_target

    @property
    def warmup(self) -> float:
        """The step at which the decay begins; a negative one is before the run."""
        return 0 if self.warmup_target is None else self.warmup_steps

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        begin, steps, peak = self.warmup, self.decay_steps, self.peak

        def decay(t: Steps64) -> Array:
            return self.value(np.minimum(t - begin, steps) / steps)

        end = max(math.ceil(begin + steps), 0)
        parts: list[Part] = [
            Segment(
                "decay",
                max(math.ceil(begin), 0),
                cosine(peak, peak * self.alpha, begin, steps, decay),
            ),
            Segment("floor", end, hold(float(self.value(np.ones(1))[0]))),
        ]
        if begin <= 0:
            return parts if end else parts[1:]
        initial = self.initial_learning_rate

        def rise(t: Steps64) -> Array:
            return (peak - initial) * (t / begin) + initial

        return [Segment("warm-up", 0, linear(initial, peak, 0, begin, rise)), *parts]

    def value(self, fraction: Array) -> Array:
        """Return the rates of the decay at fractions of its length."""
        return self.peak * ((1 - self.alpha) * shapes.cosine(fraction) + self.alpha)

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        if self.warmup_target is None and self.warmup_steps:
            message = "warmup_steps is ignored: without warmup_target keras does not warm up"
            yield self.note("unused-parameter", message)
        if self.warmup_target is not None and self.warmup_steps == 0:
            message = (
                "initial_learning_rate is ignored: with warmup_steps 0 keras starts at "
                "warmup_target"
            )
            yield self.note("unused-parameter", message)
        if self.warmup_target is not None and self.warmup_steps < 0:
            message = (
                f"warmup_steps is negative ({format_number(self.warmup_steps)}): keras starts "
                "within the decay"
            )
            yield self.note("negative-steps", message)
        if self.warmup > 0 and self.initial_learning_rate > self.peak:
            message = (
                f"initial_learning_rate ({format_number(self.initial_learning_rate)}) is above "
                "warmup_target "
                f"({format_number(self.peak)}): the rate falls to warmup_target"
            )
            yield self.note("falling-warm-up", message)
        if self.alpha > 1 and self.peak > 0:
            yield self.note(
                "rises", f"alpha is above 1 ({format_number(self.alpha)}): the rate rises"
            )


class CosineDecayRestarts(Decay):
    """Cosine cycles that restart, each t_mul times as long and m_mul times as high (SGDR)."""

    formula = (
        "initial_learning_rate * ((1 - alpha) * m_mul ** i * (1 + cos(pi * t_cur / T_i)) / 2 "
        "+ alpha), t_cur steps into cycle i, which has T_i = first_decay_steps * t_mul ** i steps"
    )
    initial_learning_rate: Annotated[Initial, Peak()] = Field(
        description="rate at step 0", examples=[0.1]
    )
    first_decay_steps: Duration = Field(description="steps of the first cycle", examples=[20])
    t_mul: Factor = Field(2.0, description="how many times longer each cycle is than the last")
    m_mul: Factor = Field(1.0, description="how many times higher each cycle starts")
    alpha: Annotated[Factor, Floor(share=True)] = Field(
        0.0, description="last rate as a share of the initial rate"
    )

    @model_validator(mode="after")
    def check_ratio(self) -> CosineDecayRestarts:
        """Refuse the t_mul that makes every rate nan."""
        if self.t_mul < 0:
            message = (
                "keras.CosineDecayRestarts takes the logarithm of t_mul, "
                f"so that all its rates are nan (got {format_number(self.t_mul)})"
            )
            raise error_at("t_mul", message, self.t_mul)
        return self

    @property
    def count(self) -> int | None:
        """The number of cycles that are counted; None where they do not shrink."""
        if self.t_mul >= 1:
            return None
        if self.t_mul == 0:
            return 1
        return math.ceil(math.log(MIN_LENGTH) / math.log(self.t_mul)) + 1

    def starts(self, stop: float) -> Array:
        """Return where the cycles begin, in lengths of the first, up to `stop` (exclusive)."""
        ratio, limit = self.t_mul, self.count
        if ratio == 1:
            needed = stop
        elif stop * (1 - ratio) < 1 and ratio > 0:
            needed = math.log1p(stop * (ratio - 1)) / math.log(ratio) + 1
        else:
            needed = math.inf
        count = math.ceil(needed if limit is None else min(needed, limit))
        starts = np.concatenate([[0.0], np.cumsum(ratio ** np.arange(count + 1))])
        return np.asanyarray(starts[starts < max(stop, 1e-300)])

    def begin(self, index: int) -> float:
        """Return where a cycle begins, in lengths of the first."""
        return float(np.cumsum(self.t_mul ** np.arange(index))[-1]) if index else 0.0

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        steps, peak, alpha = self.first_decay_steps, self.initial_learning_rate, self.alpha
        if steps < 1:
            return [Segment("cycle", 0, self.rates)]

        def cycle(index: int) -> Sequence[Segment]:
            begin = self.begin(index)
            top = peak * ((1 - alpha) * self.m_mul**index + alpha)
            length = steps * self.t_mul**index
            shape = cosine(top, peak * alpha, begin * steps, length, self.rates)
            return [Segment("restart" if index else "decay", first_step(begin, steps), shape)]

        return [
            Cycles(
                "restart",
                0,
                self.rates,
                cycle,
                period=steps,
                growth=self.t_mul,
                ratio=self.m_mul,
                count=self.count,
            )
        ]

    def rates(self, t: Steps64) -> Array:
        """Return the rates at `t`, in keras' order of operations."""
        elapsed = t / self.first_decay_steps
        cycle: Any
        if self.t_mul == 1:
            cycle = np.floor(elapsed)
            fraction = elapsed - cycle
        else:
            # Keras finds the cycle by a logarithm; in float32 a restart may come a step late.
            starts = self.starts(np.nextafter(elapsed.max(initial=0), np.inf))
            ends = elapsed.min(initial=np.inf), elapsed.max(initial=0)
            first, last = np.searchsorted(starts, ends, side="right") - 1
            # Most often all of `t` lies in one cycle, and one index does.
            cycle = first if first == last else np.searchsorted(starts, elapsed, side="right") - 1
            fraction = (elapsed - starts[cycle]) / (self.t_mul ** np.arange(len(starts)))[cycle]
        height = 1.0 if self.m_mul == 1 else np.float64(self.m_mul) ** cycle
        remaining = shapes.cosine(fraction) * height
        return self.initial_learning_rate * ((1 - self.alpha) * remaining + self.alpha)

    def natural_length(self) -> int | None:
        """Return the steps of three cycles."""
        return math.ceil(self.first_decay_steps * (1 + self.t_mul + self.t_mul**2))

    def end(self) -> End | None:
        """Return where cycles that shrink have ended: beyond, the logarithm has no value."""
        if self.t_mul >= 1:
            return None
        last = math.ceil(self.first_decay_steps / (1 - self.t_mul)) - 1
        return End(last, f"gives nan from step {last + 1}, where its shrinking cycles have ended")

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        if self.m_mul < 0:
            message = (
                f"m_mul is negative ({format_number(self.m_mul)}): the rate changes its sign "
                "at restarts"
            )
            yield self.note("changes-sign", message)
        if self.m_mul > 1:
            yield self.note(
                "grows", f"m_mul is above 1 ({format_number(self.m_mul)}): each peak is higher"
            )
        end = self.end()
        if end:
            yield self.note("stops", f"{self.title()} {end.message}")
