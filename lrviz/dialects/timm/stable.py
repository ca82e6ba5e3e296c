"""Schedules with a stable phase and a decay over the final steps: wsd and rsqrt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.parameters import Factor, Number, Rate, Steps
from lrviz.core.roles import Target
from lrviz.core.schedule import Array, Steps64
from lrviz.core.validation import error_at
from lrviz.dialects.timm import base
from lrviz.dialects.timm.base import Timm

Stable = Literal["constant", "rsqrt", "power"]
Decay = Literal["linear", "1-sqrt", "cosine", "power", "exp"]


class WSD(Timm):
    """A warm-up, a stable phase, and a decay to lr_min over the final decay_t."""

    name = "wsd"
    source = "timm 1.0.31, timm/scheduler; arXiv:2404.06395, arXiv:2405.18392"
    formula = (
        "lr_min + (lr * stable(t - W) - lr_min) * decay((t - W - t_initial + decay_t) / decay_t)"
    )
    prefixed = True
    t_initial: Steps = Field(description="length of stable phase and decay", examples=[100])
    decay_t: Steps = Field(description="length of the decay", examples=[20])
    lr_min: Rate = Field(0.0, ge=0, description="rate at the end")
    stable_fn: Stable = Field("constant", description="shape of the stable phase")
    stable_timescale: Number | None = Field(
        None, description="how slowly rsqrt and power fall; warmup_t if not given"
    )
    stable_power: Number = Field(0.5, gt=0, description="exponent of the stable phase 'power'")
    decay_fn: Decay = Field("1-sqrt", description="shape of the decay")
    decay_power: Number = Field(0.5, gt=0, description="exponent of the decay 'power'")
    decay_ratio: Factor = Field(0.1, gt=0, lt=1, description="what the decay 'exp' falls to")
    warmup_t: base.WarmUp = 0
    warmup_lr_init: base.WarmUpStart = 0.0
    t_in_epochs: base.InEpochs = True
    noise_range_t: base.NoiseRange = None
    noise_pct: base.NoisePct = 0.67
    noise_std: base.NoiseStd = 1.0
    noise_seed: base.NoiseSeed = 42

    @model_validator(mode="after")
    def phases_that_fit(self) -> WSD:
        """Refuse what timm refuses at construction."""
        if self.decay_t > self.t_initial:
            words = f"invalid decay_t ({self.decay_t}), must be in (0, t_initial={self.t_initial}]"
            raise error_at("decay_t", f"{self.title()}: {words}", self.decay_t)
        if self.stable_fn != "constant" and self.timescale() <= 0:
            words = (
                f"stable_fn={self.stable_fn} requires a positive stable_timescale, it defaults "
                f"to warmup_t ({self.warmup_t})"
            )
            raise error_at("stable_timescale", f"{self.title()}: {words}", self.stable_timescale)
        return self

    def timescale(self) -> float:
        """Return the time scale of the stable phase."""
        return self.warmup_t if self.stable_timescale is None else self.stable_timescale

    def stable(self, t: Steps64) -> Any:
        """Return the stable phase's factor."""
        if self.stable_fn == "constant":
            return np.ones(t.shape)
        slowed = 1.0 + t / self.timescale()
        if self.stable_fn == "rsqrt":
            return 1.0 / np.sqrt(slowed)
        return slowed**-self.stable_power

    def left(self, done: Array) -> Array:
        """Return how much of the decay is left."""
        if self.decay_fn == "linear":
            return shapes.linear(done)
        if self.decay_fn == "1-sqrt":
            return shapes.one_minus_sqrt(done)
        if self.decay_fn == "cosine":
            return shapes.cosine(done)
        if self.decay_fn == "power":
            return np.asanyarray(1.0 - done**self.decay_power)
        return np.asanyarray((self.decay_ratio**done - self.decay_ratio) / (1.0 - self.decay_ratio))

    def curve(self, t: Steps64, lr: float) -> Any:
        rates = np.maximum(lr * self.stable(t), self.lr_min)
        late = t > self.t_initial - self.decay_t
        done = (t[late] - (self.t_initial - self.decay_t)) / self.decay_t
        rates[late] = self.lr_min + (rates[late] - self.lr_min) * self.left(np.minimum(done, 1.0))
        return rates

    def natural_length(self) -> int | None:
        return self.warmup_t + self.t_initial

    def marks(self, stop: int) -> list[int]:
        end = self.warmup_t + self.t_initial
        starts = (self.warmup_t, end - self.decay_t, end)
        return sorted({step for step in starts if 0 < step < stop})

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        last = float(self.curve(np.array([self.t_initial - 1]), lr)[0])
        if last - self.lr_min > 0.05 * lr:
            end = self.warmup_t + self.t_initial
            yield (
                f"the last {self.clock()} of the run, {end - 1}, is still at {last:.3g}; "
                f"timm is at lr_min one later"
            )


class Rsqrt(WSD):
    """A warm-up, an inverse square root, and a linear decay to lr_min over the final decay_t."""

    name = "rsqrt"
    source = "timm 1.0.31, timm/scheduler; arXiv:2106.04560"
    stable_fn: Stable = Field("rsqrt", description="shape of the stable phase")
    decay_fn: Decay = Field("linear", description="shape of the decay")
    warmup_t: base.WarmUp = Field(0, examples=[5])

    @classmethod
    def example_values(cls) -> dict[str, Any]:
        """Return the example's parameters; the time scale comes from the warm-up."""
        return {**super().example_values(), "warmup_t": cls.example_value("warmup_t")}

    @classmethod
    def complete(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        missing = super().complete(parameters, target)
        if "stable_timescale" in parameters:
            missing.pop("warmup_t", None)
        return missing
