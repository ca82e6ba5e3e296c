"""The base of all schedulers of timm: the clock, the warm-up, the noise."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from lrviz.core.conversions import as_number
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.parameters import Factor, Flag, Integer, Number, Rate, SpanFromZero, Unit
from lrviz.core.roles import Length, WarmUp
from lrviz.core.schedule import Array, Schedule, Steps64, first_not_finite
from lrviz.core.segment import Part, RateFunction, Segment, Shape, hold, linear, parts_from
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.timm.noise import Noise

ROUNDING = 1e-12
"""Rates that differ by less than this share of lr are equal up to rounding."""


def as_noise_range(value: Any) -> float | tuple[float, float]:
    """Return the first step of the noise, or its first step and the one after its last."""
    single = isinstance(value, int | float | np.number)
    pair = isinstance(value, list | tuple) and len(value) == 2
    items = [value] if single else value if pair else []
    steps = [as_number(item) for item in items]
    if not steps or not all(map(math.isfinite, steps)):
        raise PydanticCustomError("noise_range", "must be a finite number, or a list of two")
    return steps[0] if single else (steps[0], steps[1])


PAIR = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
Range = Annotated[
    float | tuple[float, float],
    PlainValidator(as_noise_range),
    Unit("range"),
    WithJsonSchema({"anyOf": [{"type": "number"}, PAIR]}),
]
WarmUpLength = Annotated[SpanFromZero, WarmUp(), Field(description="length of the linear warm-up")]
WarmUpStart = Annotated[Rate, Field(description="rate at the start of the warm-up")]
NoiseRange = Annotated[
    Range | None,
    Field(description="where noise is on: from a step on, or from one step to another"),
]
NoisePct = Annotated[Factor, Field(description="share of the rate that the noise stays below")]
NoiseStd = Annotated[Number, Field(description="standard deviation of the noise, as a share")]
NoiseSeed = Annotated[Integer, Field(description="seed of the noise; step t draws with seed + t")]


class Timm(Schedule, abstract=True):
    """The base of timm's schedulers.

    The clock is the `t` that `step(t)` is called with: epochs, or updates (t_in_epochs false).
    timm's train.py calls `step(epoch + 1)` at the end of each epoch, so that step n sets the rate
    of epoch n. Epoch 0 has the rate of the construction, which is the rate at t = 0 here:
    warmup_lr_init where there is a warm-up, else lr, without noise. Rates are float64.
    Schedules have the names that `--sched` takes; parameters are those of the classes.
    """

    dialect = "timm"
    clock_unit = "epoch"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("optimizer", "initialize")
    source = "timm 1.0.31, timm/scheduler"
    if TYPE_CHECKING:  # declared by WithWarmUpAndNoise, and by the plateau in its own order
        warmup_t: float
        warmup_lr_init: float
        noise_range_t: float | tuple[float, float] | None
        noise_pct: float
        noise_std: float
        noise_seed: int | None

    @model_validator(mode="after")
    def check_noise(self) -> Timm:
        """Refuse noise that timm would draw again and again without an end."""
        if self.noise_range_t is not None and self.noise().is_hopeless():
            message = (
                f"noise_pct {format_number(self.noise_pct)} with noise_std "
                f"{format_number(self.noise_std)}: timm draws "
                "until the noise is below noise_pct, so that training would hang"
            )
            raise error_at("noise_pct", message, self.noise_pct)
        return self

    def clock(self) -> str:
        return "epoch" if getattr(self, "t_in_epochs", True) else "step"

    def noise(self) -> Noise:
        """Return the source of the noise."""
        seed = 42 if self.noise_seed is None else self.noise_seed
        return Noise(self.noise_pct, self.noise_std, seed)

    def has_noise(self, t: Steps64) -> NDArray[np.bool_]:
        """Return for each step whether it has noise."""
        if isinstance(self.noise_range_t, tuple):
            return (t >= self.noise_range_t[0]) & (t < self.noise_range_t[1])
        return t >= (np.inf if self.noise_range_t is None else self.noise_range_t)

    @property
    def offset(self) -> float:
        """The step at which the schedule's own clock starts: after the warm-up, or at step 0."""
        return self.warmup_t if getattr(self, "warmup_prefix", True) else 0

    def after_warmup(self, lr: float) -> Sequence[Part]:
        """Return the segments without warm-up and noise, at steps of the run."""
        raise NotImplementedError

    def on_run_clock(self, curve: Callable[[Any], Any]) -> RateFunction:
        """Return a curve of the schedule's own clock as a curve of the run's steps."""
        offset = self.offset
        return (lambda t: curve(t - offset)) if offset else curve

    def start_of(self, schedule_step: float) -> int:
        """Return the first step of the run at or after a step of the schedule's own clock."""
        return math.ceil(self.offset + schedule_step)

    def warmup_peak(self, lr: float) -> float:
        """Return the rate that the warm-up goes to."""
        return lr

    def segments(self, lr: float) -> Sequence[Part]:
        parts = self.segments_without_noise(lr)
        return parts if self.noise_range_t is None else [self.with_noise(part) for part in parts]

    def segments_without_noise(self, lr: float) -> Sequence[Part]:
        """Return the warm-up and what follows it."""
        start = self.warmup_t
        if not start:
            return from_construction(self.after_warmup(lr), lr)
        first, peak = self.warmup_lr_init, self.warmup_peak(lr)
        slope = (peak - first) / start
        rise = linear(first, peak, 0, start, lambda t: first + t * slope)
        end = math.ceil(start)
        return [Segment("warm-up", 0, rise), *parts_from(self.after_warmup(lr), end)]

    def with_noise(self, part: Part) -> Part:
        """Return a part whose curve has the noise."""
        if isinstance(part, Segment):
            return self.noisy_segment(part)
        cycle = part.cycle
        return replace(
            part,
            curve=self.noisy_curve(part.curve),
            cycle=lambda index: [self.noisy_segment(segment) for segment in cycle(index)],
        )

    def noisy_segment(self, segment: Segment) -> Segment:
        """Return a segment whose curve has the noise."""
        return replace(segment, curve=self.noisy_curve(segment.curve))

    def noisy_curve(self, curve: RateFunction) -> RateFunction:
        """Return a curve with the noise of its noisy steps."""

        def rates(t: Steps64) -> Array:
            noisy = np.flatnonzero(self.has_noise(t.ravel()) & (t.ravel() > 0))
            factors = np.ones(t.size)
            factors[noisy] = 1 + self.noise().over(t.ravel()[noisy])
            return np.asanyarray(curve(t) * factors.reshape(t.shape))

        return rates

    def rate_function(self, lr: float) -> Callable[[Steps64], Array]:
        """Return the function from steps to rates; it raises SpecError where one is not finite."""
        unchecked_rates = super().rate_function(lr)

        def rates_at(t: Steps64) -> Array:
            rates = unchecked_rates(t)
            fault = first_not_finite(t, rates)
            if fault:
                step, rate = fault
                message = f"has no finite rate at step {step} (got {rate})"
                raise SpecError.of("", f"{self.title()} {message}")
            return rates

        return rates_at

    def findings(self, lr: float) -> Iterator[Finding]:
        peak = self.warmup_peak(lr)
        if self.warmup_t and not self.offset and peak:
            end = math.ceil(self.warmup_t)
            after = float(self.compute(np.array([end]), lr)[0])
            if self.noise_range_t is None and abs(after - peak) > 0.01 * abs(peak):
                message = (
                    "warmup_prefix is false: the decay already runs during warm-up and is at "
                    f"{after:.4g} at {self.clock()} {end}; lr is not reached"
                )
                yield self.note("overlaid-warmup", message)
        if self.noise_range_t is not None:
            message = f"noise as timm draws it with seed {self.noise().seed}"
            yield self.note("noise", message)


class WithWarmUpAndNoise(Timm, abstract=True):
    """The parameters that most schedulers of timm share, in timm's order."""

    step_clock: ClassVar[Mapping[str, Any]] = {"t_in_epochs": False}
    warmup_t: WarmUpLength = 0
    warmup_lr_init: WarmUpStart = 0.0
    t_in_epochs: Flag = Field(True, description="whether t counts epochs; else optimizer updates")
    noise_range_t: NoiseRange = None
    noise_pct: NoisePct = 0.67
    noise_std: NoiseStd = 1.0
    noise_seed: NoiseSeed = 42


class MayStartAtOnce(WithWarmUpAndNoise, abstract=True, insert_after="warmup_lr_init"):
    """A schedule whose own clock may start at step 0, below the warm-up."""

    warmup_prefix: Flag = Field(
        False, description="whether the schedule starts after the warm-up, not at step 0"
    )

    @classmethod
    def length_is_after_warmup(cls, parameters: Mapping[str, Any], role: Length) -> bool:
        del role
        default = cls.model_fields["warmup_prefix"].default
        return bool(parameters.get("warmup_prefix", default))


def from_construction(parts: Sequence[Part], lr: float) -> Sequence[Part]:
    """Return the parts of a schedule without warm-up, with lr at step 0, as timm constructs it.

    Where the curve is lr there up to rounding, the first part keeps its shape; otherwise step 0 is
    a separate segment.
    """
    first = parts[0]
    zero = np.zeros(1, np.int64)
    with np.errstate(all="ignore"):
        at_zero = float(np.asarray(first.curve(zero), np.float64).flat[0])
    if not abs(at_zero - lr) <= ROUNDING * abs(lr):
        return [Segment("hold", 0, hold(lr)), *parts_from(parts, 1)]
    if at_zero == lr:
        return parts
    curve = first.curve

    def rates(t: Steps64) -> Any:
        values = curve(t)
        return np.where(t == 0, lr, values) if t.min(initial=1) == 0 else values

    shape = first.shape if isinstance(first, Segment) else None
    exact: RateFunction | Shape = replace(shape, exact=rates) if shape else rates
    return [replace(first, curve=exact), *parts[1:]]
