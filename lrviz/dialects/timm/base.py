"""What every scheduler of timm shares: the clock, the warm-up, the noise."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from pydantic import Field, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from lrviz.core.parameters import Count, Factor, Flag, Number, Rate, Unit, Whole, as_number
from lrviz.core.schedule import Array, Schedule, Steps64, require_finite
from lrviz.core.validation import error_at
from lrviz.dialects.timm.noise import Noise


def as_span(value: Any) -> Any:
    """Return the first step of the noise, or its first step and the one behind its last."""
    one = isinstance(value, int | float | np.number)
    pair = isinstance(value, list | tuple) and len(value) == 2
    steps = [as_number(each) for each in ([value] if one else value)] if one or pair else []
    if not steps or not all(map(math.isfinite, steps)):
        raise PydanticCustomError("span", "must be a finite number, or a list of two")
    return steps[0] if one else tuple(steps)


SPAN = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
Span = Annotated[
    float | tuple[float, float],
    PlainValidator(as_span),
    Unit("range"),
    WithJsonSchema({"anyOf": [{"type": "number"}, SPAN]}),
]
WarmUp = Annotated[Count, Field(description="length of the linear warm-up")]
WarmUpStart = Annotated[Rate, Field(description="rate at the start of the warm-up")]
WarmUpPrefix = Annotated[
    Flag, Field(description="whether the schedule begins behind the warm-up, not below it")
]
InEpochs = Annotated[Flag, Field(description="whether t counts epochs; else optimizer updates")]
NoiseRange = Annotated[
    Span | None, Field(description="where noise is on: from a step on, or from one to another")
]
NoisePct = Annotated[Factor, Field(description="share of the rate below which the noise stays")]
NoiseStd = Annotated[Number, Field(description="standard deviation of the noise, as a share")]
NoiseSeed = Annotated[Whole, Field(description="seed of the noise; step t draws with seed + t")]


class Timm(Schedule, abstract=True):
    """What timm's schedulers share.

    The clock is the `t` that `step(t)` is called with: epochs, or updates (t_in_epochs false).
    timm's train.py calls `step(epoch + 1)` at the end of each epoch, so that step n sets the rate
    of epoch n and epoch 0 uses what the construction set: warmup_lr_init where there is a
    warm-up, else lr, without noise. That is the rate drawn at t = 0. Rates are float64.
    Schedules bear the names that `--sched` takes; parameters are those of the classes.
    """

    dialect = "timm"
    clock_unit = "epoch"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("optimizer", "initialize")
    source = "timm 1.0.31, timm/scheduler"
    prefixed: ClassVar[bool] = False
    """Whether the warm-up always stands before the schedule."""

    if TYPE_CHECKING:  # each subclass declares them, in its class's order
        warmup_t: int
        warmup_lr_init: float
        warmup_prefix: bool
        noise_range_t: Any
        noise_pct: float
        noise_std: float
        noise_seed: int | None

    @model_validator(mode="after")
    def noise_that_comes(self) -> Timm:
        """Refuse noise that timm would draw for ever."""
        if self.noise_range_t is not None and self.noise().hopeless():
            words = (
                f"noise_pct {self.noise_pct:g} with noise_std {self.noise_std:g}: timm draws "
                "until the noise is below noise_pct, which takes for ever or nearly so"
            )
            raise error_at("noise_pct", words, self.noise_pct)
        return self

    def clock(self) -> str:
        return "epoch" if getattr(self, "t_in_epochs", True) else "step"

    def noise(self) -> Noise:
        """Return the source of the noise."""
        seed = 42 if self.noise_seed is None else self.noise_seed
        uniform = getattr(self, "noise_type", "normal") == "uniform"
        return Noise(self.noise_pct, self.noise_std, seed, uniform)

    def noisy(self, t: Steps64) -> Any:
        """Tell for each step whether it has noise."""
        if isinstance(self.noise_range_t, tuple):
            return (t >= self.noise_range_t[0]) & (t < self.noise_range_t[1])
        return t >= (np.inf if self.noise_range_t is None else self.noise_range_t)

    def offset(self) -> int:
        """Return the step at which the schedule itself begins."""
        return self.warmup_t if self.prefixed or self.warmup_prefix else 0

    def curve(self, t: Steps64, lr: float) -> Any:
        """Return the rates at `t` without warm-up and noise."""
        raise NotImplementedError

    def warm(self, lr: float) -> float:
        """Return the rate that the warm-up goes to."""
        return lr

    def first(self, lr: float) -> float:
        """Return the rate of step 0: what the construction has set."""
        return self.warmup_lr_init if self.warmup_t else lr

    def compute(self, t: Steps64, lr: float) -> Any:
        shape, t = t.shape, t.ravel()
        start = self.warmup_t
        early = int(t.min(initial=1)) < max(start, 1)
        later = np.maximum(t, max(start, 1)) if early else t
        rates: Array = self.curve(later - self.offset() if self.offset() else later, lr)
        if early and start:
            rise = (self.warm(lr) - self.warmup_lr_init) / start
            rates = np.where(t < start, self.warmup_lr_init + t * rise, rates)
        if early:
            rates = np.where(t == 0, self.first(lr), rates)
        if self.noise_range_t is not None:
            here = self.noisy(t) & (t > 0)
            rates[here] *= 1 + self.noise().over(t[here])
        return require_finite(self.title(), t, rates).reshape(shape)

    def marks(self, stop: int) -> list[int]:
        return [self.warmup_t] if 0 < self.warmup_t < stop else []

    def findings(self, lr: float) -> Iterator[str]:
        if self.warmup_t and not self.offset() and self.warm(lr):
            after = float(self.curve(np.array([self.warmup_t]), lr)[0])
            if abs(after - self.warm(lr)) > 0.01 * abs(self.warm(lr)):
                yield (
                    f"warmup_prefix is false: the warm-up lies over the schedule, which has come "
                    f"to {after:.4g} at {self.clock()} {self.warmup_t}; lr is not reached"
                )
        if self.noise_range_t is not None:
            yield f"noise as timm draws it with seed {self.noise().seed}"
