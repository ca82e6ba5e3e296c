"""Schedules with a stable phase and a decay over the final steps: wsd and rsqrt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.findings import Finding
from lrviz.core.parameters import Duration, Factor, Number, Rate
from lrviz.core.roles import Floor, Length, Target
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Part, RateFunction, Segment, Shape, hold, inverse_sqrt
from lrviz.core.validation import error_at
from lrviz.dialects.timm.base import WarmUpLength, WithWarmUpAndNoise

StableShape = Literal["constant", "rsqrt", "power"]
DecayShape = Literal["linear", "1-sqrt", "cosine", "power", "exp"]
GROUND_SHAPES = ("linear", "1-sqrt", "cosine")


class WSD(WithWarmUpAndNoise, inherit_after="decay_ratio"):
    """A warm-up, a stable phase, and a decay to lr_min over the final decay_t."""

    name = "wsd"
    source = "timm 1.0.31, timm/scheduler; arXiv:2404.06395, arXiv:2405.18392"
    formula = (
        "lr_min + (lr * stable(t - W) - lr_min) * decay((t - W - t_initial + decay_t) / decay_t)"
    )
    t_initial: Annotated[Duration, Length(after_warmup=True)] = Field(
        description="length of the stable phase and the decay", examples=[100]
    )
    decay_t: Duration = Field(description="length of the decay", examples=[20])
    lr_min: Annotated[Rate, Floor()] = Field(0.0, ge=0, description="rate at the end")
    stable_fn: StableShape = Field("constant", description="shape of the stable phase")
    stable_timescale: Number | None = Field(
        None, description="how slowly rsqrt and power fall; warmup_t if not given"
    )
    stable_power: Number = Field(0.5, gt=0, description="exponent of the stable phase 'power'")
    decay_fn: DecayShape = Field("1-sqrt", description="shape of the decay")
    decay_power: Number = Field(0.5, gt=0, description="exponent of the decay 'power'")
    decay_ratio: Factor = Field(0.1, gt=0, lt=1, description="what the decay 'exp' falls to")

    @classmethod
    def complete(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        values = super().complete(parameters, target)
        length = parameters.get("t_initial", values.get("t_initial"))
        if "decay_t" in values and isinstance(length, int | float):
            values["decay_t"] = max(int(length) // 5, 1)
        return values

    @model_validator(mode="after")
    def check_phases(self) -> WSD:
        """Refuse what timm refuses at construction."""
        if self.decay_t > self.t_initial:
            message = (
                f"invalid decay_t ({self.decay_t}), must be in (0, t_initial={self.t_initial}]"
            )
            raise error_at("decay_t", f"{self.title()}: {message}", self.decay_t)
        if self.stable_fn != "constant" and self.timescale <= 0:
            message = (
                f"stable_fn={self.stable_fn} requires a positive stable_timescale, it defaults "
                f"to warmup_t ({self.warmup_t})"
            )
            raise error_at("stable_timescale", f"{self.title()}: {message}", self.stable_timescale)
        return self

    @property
    def timescale(self) -> float:
        """The time scale of the stable phase."""
        return self.warmup_t if self.stable_timescale is None else self.stable_timescale

    @property
    def decay_start(self) -> float:
        """The step of the own clock after which the decay computes the rate."""
        return self.t_initial - self.decay_t

    def stable_factor(self, t: Steps64) -> Array:
        """Return the stable phase's factor on lr."""
        if self.stable_fn == "constant":
            return np.ones(t.shape)
        slowed = 1.0 + t / self.timescale
        if self.stable_fn == "rsqrt":
            return np.asanyarray(1.0 / np.sqrt(slowed))
        return np.asanyarray(slowed**-self.stable_power)

    def remaining(self, done: Array) -> Array:
        """Return the share of the decay that remains."""
        if self.decay_fn == "linear":
            return shapes.linear(done)
        if self.decay_fn == "1-sqrt":
            return shapes.one_minus_sqrt(done)
        if self.decay_fn == "cosine":
            return shapes.cosine(done)
        if self.decay_fn == "power":
            return np.asanyarray(1.0 - done**self.decay_power)
        return np.asanyarray((self.decay_ratio**done - self.decay_ratio) / (1.0 - self.decay_ratio))

    def after_warmup(self, lr: float) -> Sequence[Part]:
        def stable(t: Steps64) -> Array:
            return np.maximum(lr * self.stable_factor(t), self.lr_min)

        def decay(t: Steps64) -> Array:
            done = np.minimum((t - self.decay_start) / self.decay_t, 1.0)
            return self.lr_min + (stable(t) - self.lr_min) * self.remaining(done)

        begin = self.offset + self.decay_start
        # timm decays from the step after the stable phase's last one.
        start = int(np.floor(begin)) + 1
        return [
            Segment(*self.stable_segment(lr, self.on_run_clock(stable))),
            Segment("decay", start, self.decay_curve(lr, begin, self.on_run_clock(decay))),
            Segment("floor", self.start_of(self.t_initial), hold(self.lr_min)),
        ]

    def stable_segment(
        self, lr: float, exact: RateFunction
    ) -> tuple[str, int, Shape | RateFunction]:
        """Return the name, start and curve of the stable phase."""
        if self.stable_fn == "constant":
            return "hold", 0, hold(max(lr, self.lr_min))
        if self.stable_fn == "rsqrt" and self.lr_min == 0:
            return "decay", 0, inverse_sqrt(lr, self.offset, self.timescale, exact)
        return "decay", 0, exact

    def decay_curve(self, lr: float, begin: float, exact: RateFunction) -> Shape | RateFunction:
        """Return the curve of the decay, as a ground shape where it is one."""
        if self.stable_fn == "constant" and self.decay_fn in GROUND_SHAPES:
            top = max(lr, self.lr_min)
            return Shape(self.decay_fn, top, self.lr_min, begin, self.decay_t, exact=exact)
        return exact

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        end = self.start_of(self.t_initial)
        if self.noise_range_t is None:
            last = float(self.compute(np.array([end - 1]), lr)[0])
            if last - self.lr_min > 0.05 * lr:
                message = (
                    f"the last {self.clock()} of the run, {end - 1}, is still at {last:.3g}; "
                    f"timm reaches lr_min one {self.clock()} later"
                )
                yield self.note("above-floor", message)


class Rsqrt(WSD):
    """A warm-up, an inverse square root, and a linear decay to lr_min over the final decay_t."""

    name = "rsqrt"
    source = "timm 1.0.31, timm/scheduler; arXiv:2106.04560"
    stable_fn: StableShape = Field("rsqrt", description="shape of the stable phase")
    decay_fn: DecayShape = Field("linear", description="shape of the decay")
    warmup_t: WarmUpLength = Field(0, examples=[5])

    @classmethod
    def example_values(cls) -> dict[str, Any]:
        """Return the example's parameters; the time scale comes from the warm-up."""
        return {**super().example_values(), "warmup_t": cls.example_value("warmup_t")}

    @classmethod
    def complete(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        values = super().complete(parameters, target)
        if "stable_timescale" in parameters and target.warmup is None:
            values.pop("warmup_t", None)
        return values
