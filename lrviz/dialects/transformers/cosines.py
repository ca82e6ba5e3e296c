"""Cosine schedules of transformers: to 0, to a floor, and with restarts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from lrviz.core import shapes
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.parameters import Factor, Number, Rate
from lrviz.core.roles import Floor, Target
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Cycles, Part, RateFunction, Segment, Shape, cosine, hold, linear
from lrviz.core.text import format_number
from lrviz.dialects.transformers.base import WithRun, factor_curve, zero_from

MAX_TRUNCATED_CYCLES = 1_000
"""The number of cycles below which the fraction is computed by truncation, faster than by %."""


def waves(
    lr: float, floor: float, begin: float, half: float, rates: Callable[[Steps64], Array]
) -> Sequence[Part]:
    """Return cosine waves between lr and a floor whose first fall begins at a step."""

    def cycle(index: int) -> Sequence[Segment]:
        top = begin + 2 * index * half
        fall = cosine(lr, floor, top, half, rates)
        climb = cosine(floor, lr, top + half, half, rates)
        return [
            Segment("decay", math.ceil(top), fall),
            Segment("rise", math.ceil(top + half), climb),
        ]

    return [Cycles("decay", math.ceil(begin), rates, cycle, period=2 * half)]


class Cosine(WithRun):
    """A linear warm-up, then half a cosine down to 0; after the run's end it climbs again."""

    name = "cosine"
    aliases = ("get_cosine_schedule_with_warmup",)
    formula = (
        "lr * t / W if t < W else lr * (1 + cos(pi * 2 * num_cycles * (t - W) / max(1, T - W))) / 2"
    )
    num_cycles: Number = Field(0.5, description="waves of the cosine; 0.5 is one fall")

    def after_warmup(self, lr: float) -> Sequence[Part]:
        return waves_after(self, lr, 0.0, 0, self.num_cycles)


def waves_after(
    schedule: WithRun, lr: float, floor: float, ahead: int, num_cycles: float
) -> Sequence[Part]:
    """Return the waves after a warm-up, `ahead` steps early, between lr and a share of it."""
    begin, length = schedule.warmup_length, schedule.decay_length

    def factor(t: Steps64) -> Array:
        wave = shapes.cosine(num_cycles * 2.0 * ((t + ahead - begin) / length))
        return zero_from(wave * (1 - floor) + floor if floor else wave)

    rates = factor_curve(lr, factor)
    half = length / (2 * abs(num_cycles)) if num_cycles else math.inf
    if not 1 <= half < math.inf or floor < 0:
        return [Segment("decay", begin, rates)]
    return waves(lr, lr * floor, begin - ahead, half, rates)


class CosineWithRestarts(WithRun):
    """A linear warm-up, then num_cycles falls along half a cosine, each from the full rate."""

    name = "cosine_with_restarts"
    aliases = ("get_cosine_with_hard_restarts_schedule_with_warmup",)
    formula = (
        "lr * t / W if t < W else 0 if t >= T else "
        "lr * (1 + cos(pi * (num_cycles * (t - W) / max(1, T - W) % 1))) / 2"
    )
    num_cycles: Number = Field(1.0, description="how often it falls")

    def after_warmup(self, lr: float) -> Sequence[Part]:
        begin, length = self.warmup_length, self.decay_length

        def factor(t: Steps64) -> Array:
            turns = self.num_cycles * ((t - begin) / length)
            truncates = 0 <= self.num_cycles < MAX_TRUNCATED_CYCLES
            fraction = turns - turns.astype(np.int64) if truncates else turns % 1.0
            return zero_from(shapes.cosine(fraction))

        rates = factor_curve(lr, factor)
        floor = Segment("floor", begin + length, hold(0.0))
        if not 0 < self.num_cycles <= length:
            return [Segment("decay", begin, rates), floor]
        every = length / self.num_cycles

        def cycle(index: int) -> Sequence[Segment]:
            start = begin + index * every
            name = "restart" if index else "decay"
            return [Segment(name, math.ceil(start), cosine(lr, 0.0, start, every, rates))]

        if self.num_cycles <= 1:
            return [cycle(0)[0], floor]
        count = math.ceil(self.num_cycles)
        return [Cycles("restart", begin, rates, cycle, period=every, count=count), floor]


class WithFloor(WithRun, abstract=True):
    """A cosine that ends at a floor, given as a rate or as a share of lr."""

    num_cycles: Number = Field(0.5, description="waves of the cosine; 0.5 is one fall")
    min_lr: Annotated[Rate | None, Floor(unless="min_lr_rate")] = Field(
        None, description="the floor, as a rate"
    )
    min_lr_rate: Factor | None = Field(
        None, description="the floor, as a share of lr", examples=[0.1]
    )

    @classmethod
    def example_values(cls) -> dict[str, Any]:
        return {**super().example_values(), "min_lr_rate": cls.example_value("min_lr_rate")}

    @classmethod
    def complete(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        values = super().complete(parameters, target)
        if "min_lr" in parameters or "min_lr" in values:
            values.pop("min_lr_rate", None)
        return values

    @model_validator(mode="after")
    def check_one_floor(self) -> WithFloor:
        """Refuse two floors, and none."""
        floors = sum(value is not None for value in (self.min_lr, self.min_lr_rate))
        if floors != 1:
            raise PydanticCustomError(
                "floor",
                "transformers.{name}: {count} of min_lr or min_lr_rate should be set",
                {"name": self.name, "count": "only one" if floors else "one"},
            )
        return self

    def floor_share(self, lr: float) -> float:
        """Return the floor as a share of lr."""
        if self.min_lr is None:
            return self.min_lr_rate or 0.0
        if lr == 0:
            raise SpecError.of("", "transformers divides min_lr by lr, which is 0")
        return self.min_lr / lr

    def after_warmup(self, lr: float) -> Sequence[Part]:
        return waves_after(self, lr, self.floor_share(lr), self.ahead, self.num_cycles)

    @property
    def ahead(self) -> int:
        """How many steps the cosine is ahead of the end of the warm-up."""
        return 0

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        floor = self.floor_share(lr) if lr else 0.0
        if floor > 1:
            message = (
                f"the floor ({format_number(floor * lr)}) is above lr ({format_number(lr)}): "
                "the rate rises"
            )
            yield self.note("rises", message)
        if floor < 0:
            message = "the floor is below 0: transformers clips the rate at 0"
            yield self.note("clipped", message)


class CosineWithMinLR(WithFloor):
    """A linear warm-up, then half a cosine down to a floor."""

    name = "cosine_with_min_lr"
    aliases = ("get_cosine_with_min_lr_schedule_with_warmup",)
    formula = (
        "lr * t / W if t < W else "
        "F + (lr - F) * (1 + cos(pi * 2 * num_cycles * (t - W) / max(1, T - W))) / 2"
    )


class CosineWarmupWithMinLR(WithFloor):
    """A warm-up that starts above 0, then half a cosine that reaches its floor at step T - 1."""

    name = "cosine_warmup_with_min_lr"
    aliases = ("get_cosine_with_min_lr_schedule_with_warmup_lr_rate",)
    formula = (
        "lr * (t + 1) / W if t < W else "
        "F + (lr - F) * (1 + cos(pi * 2 * num_cycles * (t - W + 1) / max(1, T - W))) / 2"
    )
    warmup_lr_rate: Factor | None = Field(
        None, description="share of lr at step 0; 1 / num_warmup_steps if not given"
    )

    @property
    def ahead(self) -> int:
        return 1

    def warmup_curve(self, lr: float) -> Shape | RateFunction:
        length, first = max(1, self.warmup_length), self.warmup_lr_rate
        if first is None:
            return linear(0.0, lr, -1, length, lambda t: lr * ((t + 1.0) / length))
        return linear(
            lr * first,
            lr,
            0,
            max(1, length - 1),
            lambda t: lr * (first + (1.0 - first) * t / max(1, length - 1)),
        )
