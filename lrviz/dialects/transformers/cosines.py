"""Schedules that fall along a cosine: to 0, to a floor, with restarts."""

from __future__ import annotations

import math as arithmetic
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from lrviz.core import shapes
from lrviz.core.errors import SpecError
from lrviz.core.parameters import Count, Factor, Number, Rate
from lrviz.core.roles import Target
from lrviz.core.schedule import Array, Steps64
from lrviz.dialects.transformers.base import StepsOrShare, Warmed

QUICK = 1_000


class Cosines(Warmed, abstract=True):
    """A linear warm-up, then num_cycles waves of a cosine over the rest of the run."""

    if TYPE_CHECKING:  # each subclass declares them, in its function's order
        num_training_steps: int
        num_cycles: float

    def wave(self, t: Steps64) -> Array:
        """Return how much of the way is left, without a floor."""
        return shapes.cosine(self.num_cycles * 2.0 * ((t - self.warmup()) / self.left()))

    def fall(self, t: Steps64, lr: float) -> Any:
        del lr
        return np.maximum(0.0, self.wave(t))

    def marks(self, stop: int) -> list[int]:
        end = self.num_training_steps
        return sorted({*super().marks(stop), *([end] if 0 < end < stop else [])})


class Cosine(Cosines):
    """A linear warm-up, then half a cosine down to 0; past the run's end it climbs again."""

    name = "cosine"
    formula = "lr * t / W while t < W, then lr * (1 + cos(2 * pi * num_cycles * (t-W) / (T-W))) / 2"
    num_warmup_steps: StepsOrShare = Field(description="steps of the warm-up", examples=[10])
    num_training_steps: Count = Field(description="steps of the run", examples=[100])
    num_cycles: Number = Field(0.5, description="waves of the cosine; 0.5 is one fall")


class CosineWithRestarts(Cosines):
    """A linear warm-up, then num_cycles falls along half a cosine, each from the full rate."""

    name = "cosine_with_restarts"
    formula = "lr * t / W while t < W, then lr * (1 + cos(pi * (num_cycles * (t-W)/(T-W) % 1))) / 2"
    num_warmup_steps: StepsOrShare = Field(description="steps of the warm-up", examples=[10])
    num_training_steps: Count = Field(description="steps of the run", examples=[100])
    num_cycles: Number = Field(1.0, description="how often it falls")

    def wave(self, t: Steps64) -> Array:
        done = (t - self.warmup()) / self.left()
        turns = self.num_cycles * done
        # Taking off the whole turns gives the same number as %, which is slow.
        quick = 0 <= self.num_cycles < QUICK
        part = turns - turns.astype(np.int64) if quick else turns % 1.0
        return np.where(done >= 1.0, 0.0, shapes.cosine(part))

    def marks(self, stop: int) -> list[int]:
        count = min(max(arithmetic.ceil(self.num_cycles), 1), stop)
        every = self.left() / max(self.num_cycles, 1)
        starts = (self.warmup() + arithmetic.ceil(index * every) for index in range(1, count))
        return sorted({*super().marks(stop), *(step for step in starts if step < stop)})


class Floored(Cosines, abstract=True):
    """A cosine that ends at a floor, given as a rate or as a share of lr."""

    if TYPE_CHECKING:
        min_lr: float | None
        min_lr_rate: float | None

    @classmethod
    def example_values(cls) -> dict[str, Any]:
        return {**super().example_values(), "min_lr_rate": cls.example_value("min_lr_rate")}

    @classmethod
    def complete(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        missing = super().complete(parameters, target)
        if "min_lr" in parameters:
            missing.pop("min_lr_rate", None)
        return missing

    @model_validator(mode="after")
    def one_floor(self) -> Floored:
        """Refuse two floors, and none."""
        if self.min_lr is None and self.min_lr_rate is None:
            raise PydanticCustomError(
                "floor",
                "transformers.{name}: one of min_lr or min_lr_rate should be set",
                {"name": self.name},
            )
        if self.min_lr is not None and self.min_lr_rate is not None:
            raise PydanticCustomError(
                "floor",
                "transformers.{name}: only one of min_lr or min_lr_rate should be set",
                {"name": self.name},
            )
        return self

    def floor(self, lr: float) -> float:
        """Return the floor as a share of lr."""
        if self.min_lr is None:
            return self.min_lr_rate or 0.0
        if lr == 0:
            raise SpecError.of("", "transformers divides min_lr by lr, which is 0")
        return self.min_lr / lr

    def fall(self, t: Steps64, lr: float) -> Any:
        floor = self.floor(lr)
        return np.maximum(0.0, self.wave(t) * (1 - floor) + floor)

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        if lr and self.floor(lr) > 1:
            yield f"the floor ({self.floor(lr) * lr:g}) is above lr ({lr:g}): the rate rises"
        if lr and self.floor(lr) < 0:
            yield "the floor is below 0; transformers cuts the curve off at 0"


class CosineWithMinLR(Floored):
    """A linear warm-up, then half a cosine down to a floor."""

    name = "cosine_with_min_lr"
    formula = (
        "lr * t / W while t < W, then floor + (lr - floor) * (1 + cos(pi * (t-W) / (T-W))) / 2"
    )
    num_warmup_steps: StepsOrShare = Field(description="steps of the warm-up", examples=[10])
    num_training_steps: Count = Field(description="steps of the run", examples=[100])
    num_cycles: Number = Field(0.5, description="waves of the cosine; 0.5 is one fall")
    min_lr: Rate | None = Field(None, description="the floor, as a rate")
    min_lr_rate: Factor | None = Field(
        None, description="the floor, as a share of lr", examples=[0.1]
    )


class CosineWarmupWithMinLR(Floored):
    """A warm-up that does not begin at 0, then half a cosine that is at its floor in step T - 1."""

    name = "cosine_warmup_with_min_lr"
    formula = (
        "lr * (t + 1) / W while t < W, "
        "then floor + (lr - floor) * (1 + cos(pi * (t - W + 1) / (T - W))) / 2"
    )
    num_warmup_steps: StepsOrShare = Field(description="steps of the warm-up", examples=[10])
    num_training_steps: Count = Field(description="steps of the run", examples=[100])
    num_cycles: Number = Field(0.5, description="waves of the cosine; 0.5 is one fall")
    min_lr: Rate | None = Field(None, description="the floor, as a rate")
    min_lr_rate: Factor | None = Field(
        None, description="the floor, as a share of lr", examples=[0.1]
    )
    warmup_lr_rate: Factor | None = Field(
        None, description="share of lr at step 0; 1 / num_warmup_steps if not given"
    )

    def rise(self, t: Steps64) -> Any:
        if self.warmup_lr_rate is None:
            return (t + 1.0) / max(1, self.warmup())
        return self.warmup_lr_rate + (1.0 - self.warmup_lr_rate) * t / max(1, self.warmup() - 1)

    def wave(self, t: Steps64) -> Array:
        return super().wave(t + 1)
