"""Schedules that keep the rate or lower it along a line or a power."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.errors import SpecError
from lrviz.core.parameters import Count, Number, Rate, Steps
from lrviz.core.schedule import End, Steps64
from lrviz.core.validation import error_at
from lrviz.dialects.transformers.base import StepsOrShare, Transformers, Warmed


class Linear(Warmed):
    """A linear warm-up, then a straight line down to 0."""

    name = "linear"
    formula = "lr * t / W while t < W, then lr * max(0, (T - t) / max(1, T - W))"
    num_warmup_steps: StepsOrShare = Field(description="steps of the warm-up", examples=[10])
    num_training_steps: Count = Field(description="steps of the run", examples=[100])

    def fall(self, t: Steps64, lr: float) -> Any:
        del lr
        return np.maximum(0.0, (self.num_training_steps - t) / self.left())


class Polynomial(Warmed):
    """A linear warm-up, then a power of the time that is left, down to lr_end."""

    name = "polynomial"
    formula = "lr * t / W while t < W, then lr_end + (lr - lr_end) * ((T - t) / (T - W)) ** power"
    num_warmup_steps: StepsOrShare = Field(description="steps of the warm-up", examples=[10])
    num_training_steps: Count = Field(description="steps of the run", examples=[100])
    lr_end: Rate = Field(1e-7, description="rate at the end")
    power: Number = Field(1.0, description="1 is a straight line, above it falls faster at first")

    @model_validator(mode="after")
    def run_of_some_length(self) -> Polynomial:
        """Refuse a run that transformers cannot begin."""
        if self.num_training_steps == 0 and self.warmup() == 0:
            words = f"{self.title()} divides by zero with num_training_steps 0"
            raise error_at("num_training_steps", words, 0)
        return self

    def fall(self, t: Steps64, lr: float) -> Any:
        if not lr > self.lr_end:
            words = f"lr_end ({self.lr_end:g}) must be smaller than initial lr ({lr:g})"
            raise SpecError.of("", f"transformers: {words}")
        if lr == 0:
            raise SpecError.of("", "transformers divides by lr, which is 0")
        done = (np.minimum(t, self.num_training_steps) - self.warmup()) / self.left()
        falling = (lr - self.lr_end) * shapes.polynomial(done, self.power) + self.lr_end
        return np.where(t > self.num_training_steps, self.lr_end, falling) / lr

    def end(self) -> End | None:
        total = self.num_training_steps
        if self.warmup() == total:
            return End(total - 1, f"divides by zero at step {total}, where the warm-up ends")
        if self.power < 0 and self.warmup() < total:
            words = f"raises 0 to power {self.power:g} at step {total}: ZeroDivisionError"
            return End(total - 1, words)
        return None


class Constant(Transformers):
    """Holds the optimizer's rate."""

    name = "constant"
    formula = "lr"
    ignored_parameters = (
        *Transformers.ignored_parameters,
        "num_warmup_steps",
        "num_training_steps",
        "warmup_steps",
    )

    def compute(self, t: Steps64, lr: float) -> Any:
        return np.full(t.shape, lr)


class ConstantWithWarmup(Warmed):
    """A linear warm-up, then the optimizer's rate."""

    name = "constant_with_warmup"
    formula = "lr * min(1, t / W)"
    num_warmup_steps: StepsOrShare = Field(description="steps of the warm-up", examples=[10])
    num_training_steps: Steps | None = Field(
        None, description="steps of the run, of which a warm-up below 1 is a share"
    )

    def fall(self, t: Steps64, lr: float) -> Any:
        del lr
        return np.ones(t.shape)


class InverseSqrt(Warmed):
    """A linear warm-up, then the inverse square root of the step."""

    name = "inverse_sqrt"
    formula = "lr * t / W while t < W, then lr / sqrt((t - W + timescale) / timescale)"
    num_warmup_steps: StepsOrShare = Field(description="steps of the warm-up", examples=[10])
    timescale: Number | None = Field(
        None, description="how slowly it falls; the warm-up's steps if not given, or 10000"
    )
    num_training_steps: Steps | None = Field(
        None, description="steps of the run, of which a warm-up below 1 is a share"
    )

    @model_validator(mode="after")
    def scale_that_divides(self) -> InverseSqrt:
        """Refuse a time scale with which transformers cannot begin."""
        if self.timescale == 0 and self.warmup() == 0:
            raise error_at("timescale", f"{self.title()} divides by timescale, which is 0", 0)
        return self

    def scale(self) -> float:
        """Return the time scale."""
        return (self.warmup() or 10_000) if self.timescale is None else self.timescale

    def fall(self, t: Steps64, lr: float) -> Any:
        del lr
        # The shift comes first in transformers too: it decides what rounding is left.
        shift = self.scale() - self.warmup()
        with np.errstate(divide="ignore", invalid="ignore"):
            return 1.0 / np.sqrt((t + shift) / (self.scale() or np.nan))

    def compute(self, t: Steps64, lr: float) -> Any:
        if self.scale() == 0:  # end() lets no step past the warm-up
            return lr * self.rise(t)
        return super().compute(t, lr)

    def end(self) -> End | None:
        scale, start = self.scale(), self.warmup()
        if scale > 0:
            return None
        first = math.ceil(start - scale)
        return End(first - 1, f"has no square root at step {first} (timescale {scale:g})")

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        if self.scale() < 0:
            yield f"timescale is negative ({self.scale():g}): the rate rises"
