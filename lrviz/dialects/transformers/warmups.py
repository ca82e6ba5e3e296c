"""Schedules that keep the rate or lower it along a line or a power, after a warm-up."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.parameters import Number, Rate, Steps
from lrviz.core.roles import Floor, Length
from lrviz.core.schedule import Array, End, Steps64
from lrviz.core.segment import Part, Segment, hold, inverse_sqrt, linear, polynomial
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.transformers.base import Transformers, WithRun, WithWarmup

OptionalRun = Annotated[
    Steps | None,
    Length(),
    Field(description="steps of the run, of which a warm-up below 1 is a share"),
]


class Linear(WithRun):
    """A linear warm-up, then a straight line down to 0."""

    name = "linear"
    aliases = ("get_linear_schedule_with_warmup",)
    formula = "lr * t / W if t < W else lr * max(0, (T - t) / max(1, T - W))"

    def after_warmup(self, lr: float) -> Sequence[Part]:
        total, start, length = self.num_training_steps, self.warmup_length, self.decay_length

        def rates(t: Steps64) -> Array:
            return np.asanyarray(lr * ((total - t) / length))

        floor = Segment("floor", max(total, start), hold(0.0))
        if total <= start:
            return [floor]
        return [Segment("decay", start, linear(lr, 0.0, start, length, rates)), floor]


class Polynomial(WithRun):
    """A linear warm-up, then a power of the remaining time, down to lr_end."""

    name = "polynomial"
    aliases = ("get_polynomial_decay_schedule_with_warmup",)
    formula = (
        "lr * t / W if t < W else lr_end + (lr - lr_end) * ((T - min(t, T)) / (T - W)) ** power"
    )
    lr_end: Annotated[Rate, Floor()] = Field(1e-7, description="rate at the end")
    power: Number = Field(1.0, description="1 is a straight line; above 1 it falls faster at first")

    @model_validator(mode="after")
    def check_run_start(self) -> Polynomial:
        """Refuse a run that transformers cannot start."""
        if self.num_training_steps == 0 and self.warmup_length == 0:
            message = f"{self.title()} divides by zero with num_training_steps 0"
            raise error_at("num_training_steps", message, 0)
        return self

    def after_warmup(self, lr: float) -> Sequence[Part]:
        if not lr > self.lr_end:
            message = (
                f"lr_end ({format_number(self.lr_end)}) must be smaller than initial lr "
                f"({format_number(lr)})"
            )
            raise SpecError.of("", f"transformers: {message}")
        total, start, length = self.num_training_steps, self.warmup_length, self.decay_length
        if lr == 0:
            return [Segment("decay", start, self.division_by_zero)]

        def rates(t: Steps64) -> Array:
            remaining = shapes.polynomial((t - start) / length, self.power)
            return np.asanyarray(lr * (((lr - self.lr_end) * remaining + self.lr_end) / lr))

        # With power 0 the last step of the run is still at lr: 0 ** 0 is 1.
        end = total if self.power > 0 else total + 1
        floor = Segment("floor", max(end, start), hold(lr * (self.lr_end / lr)))
        if total < start:
            return [floor]
        shape = polynomial(lr, self.lr_end, start, length, self.power, rates)
        return [Segment("decay", start, shape if self.power > 0 else rates), floor]

    def division_by_zero(self, t: Steps64) -> Array:
        """Raise the error with which transformers stops where lr is 0."""
        step = int(t.min())
        raise SpecError.of("", f"{self.title()} divides by lr, which is 0, at step {step}")

    def end(self) -> End | None:
        total = self.num_training_steps
        if self.warmup_length == total:
            return End(total - 1, f"divides by zero at step {total}, where the warm-up ends")
        if self.power < 0 and self.warmup_length < total:
            message = (
                f"raises 0 to power {format_number(self.power)} at step {total}: ZeroDivisionError"
            )
            return End(total - 1, message)
        return None


class Constant(Transformers):
    """Holds the optimizer's rate."""

    name = "constant"
    aliases = ("get_constant_schedule",)
    formula = "lr"
    ignored_parameters = (
        *Transformers.ignored_parameters,
        "num_warmup_steps",
        "num_training_steps",
        "warmup_steps",
        "warmup_ratio",
    )

    def segments(self, lr: float) -> Sequence[Part]:
        return [Segment("hold", 0, hold(lr))]


class ConstantWithWarmup(WithWarmup):
    """A linear warm-up, then the optimizer's rate."""

    name = "constant_with_warmup"
    aliases = ("get_constant_schedule_with_warmup",)
    formula = "lr * min(1, t / max(1, W))"
    num_training_steps: OptionalRun = None

    def after_warmup(self, lr: float) -> Sequence[Part]:
        return [Segment("hold", self.warmup_length, hold(lr))]


class InverseSqrt(WithWarmup):
    """A linear warm-up, then the inverse square root of the step."""

    name = "inverse_sqrt"
    aliases = ("get_inverse_sqrt_schedule",)
    formula = "lr * t / W if t < W else lr / sqrt((t - W + timescale) / timescale)"
    timescale: Number | None = Field(
        None, description="how slowly it falls; the warm-up's steps if not given, or 10000"
    )
    num_training_steps: OptionalRun = None

    @model_validator(mode="after")
    def check_scale(self) -> InverseSqrt:
        """Refuse a time scale with which transformers cannot start."""
        if self.timescale == 0 and self.warmup_length == 0:
            message = f"{self.title()} divides by timescale, which is 0"
            raise error_at("timescale", message, 0)
        return self

    @property
    def scale(self) -> float:
        """The time scale in steps."""
        return (self.warmup_length or 10_000) if self.timescale is None else self.timescale

    def after_warmup(self, lr: float) -> Sequence[Part]:
        scale, start = self.scale, self.warmup_length
        # The shift comes first in transformers too: it decides what rounding remains.
        shift = scale - start

        def rates(t: Steps64) -> Array:
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.asanyarray(lr * (1.0 / np.sqrt((t + shift) / (scale or np.nan))))

        curve = inverse_sqrt(lr, start, scale, rates) if scale > 0 else rates
        return [Segment("decay", start, curve)]

    def end(self) -> End | None:
        if self.scale > 0:
            return None
        first = math.ceil(self.warmup_length - self.scale)
        return End(
            first - 1, f"has no square root at step {first} (timescale {format_number(self.scale)})"
        )

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        if self.scale < 0:
            yield self.note(
                "grows", f"timescale is negative ({format_number(self.scale)}): the rate rises"
            )
