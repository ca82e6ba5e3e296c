"""T5X's schedule: a product of factors that a text names, as `constant * rsqrt_decay`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from lrviz.core.absolute import AbsoluteSchedule
from lrviz.core.conversions import MAX_INTEGER
from lrviz.core.errors import did_you_mean
from lrviz.core.parameters import Count, Factor, Integer, Rate, Steps, Unit
from lrviz.core.roles import Floor, Peak, Target, WarmUp
from lrviz.core.schedule import WARMUPS_IN_LENGTH, Array, Steps64
from lrviz.core.segment import (
    Cycles,
    Part,
    Segment,
    Shape,
    cosine,
    hold,
    parts_from,
)
from lrviz.core.stairs import stairs
from lrviz.dialects.t5x.rules import FACTORS

DEFAULT = "constant * linear_warmup * rsqrt_decay"
DROPS_IN_LENGTH = 4
CROSSINGS: dict[str, Callable[[Shape, float], float]] = {
    "linear": lambda shape, rate: (shape.first - rate) / (shape.first - shape.last),
    "inverse_sqrt": lambda shape, rate: (shape.first / rate) ** 2 - 1,
    "cosine": lambda shape, rate: math.acos(2 * rate / shape.first - 1) / math.pi,
}
"""The share of its length after which a shape is at a rate between its ends."""
RAMPS = ("linear_warmup", "linear_decay")


def names_of(text: str) -> list[str]:
    """Return the factors that a text names."""
    return [name.strip() for name in text.split("*")]


def known_factors(text: str) -> str:
    """Return a text whose factors T5X has."""
    for name in names_of(text):
        if name not in FACTORS:
            message = f"must be factors of T5X between *: unknown factor '{name}'"
            raise PydanticCustomError(
                "factors",
                "{message}",
                {"message": message + did_you_mean(name, FACTORS), "complete": True},
            )
    return text


class CreateLearningRateScheduler(AbsoluteSchedule):
    """The product of the factors that `factors` names, from min_learning_rate upwards.

    constant is base_learning_rate; linear_warmup rises to 1 at warmup_steps; rsqrt_decay is
    1 / sqrt(max(t, warmup_steps)), and rsqrt_normalized_decay is 1 at warmup_steps; linear_decay
    is base_learning_rate with a warm-up and a line down of slope decay_factor; decay_every
    multiplies by decay_factor every steps_per_decay steps; cosine_decay falls to 0 in
    steps_per_cycle steps after the warm-up, and restarts. The clock counts steps from 0 and stands
    still until step_offset. T5X computes in float32, lrviz in float64.
    """

    dialect = "t5x"
    name = "create_learning_rate_scheduler"
    source = "T5X 0.0.0 (cc342d41), t5x/utils.py, create_learning_rate_scheduler"
    formula = "the product of factors at max(0, t - step_offset), at least min_learning_rate"
    factors: Annotated[str, AfterValidator(known_factors), Unit("factors")] = Field(
        DEFAULT, description="names of factors, between them *"
    )
    base_learning_rate: Annotated[Rate, Peak()] = Field(0.5, description="the factor constant")
    warmup_steps: Annotated[Count, WarmUp()] = Field(1000, description="steps of the warm-up")
    decay_factor: Factor = Field(0.5, description="slope of linear_decay, factor of decay_every")
    steps_per_decay: Steps = Field(20000, description="steps between two drops of decay_every")
    steps_per_cycle: Steps = Field(100000, description="steps of a cycle of cosine_decay")
    step_offset: Integer = Field(0, description="step at which the clock starts")
    min_learning_rate: Annotated[Rate, Floor()] = Field(1e-8, description="lowest rate")

    @property
    def names(self) -> list[str]:
        """The factors by name."""
        return names_of(self.factors)

    @classmethod
    def role_values(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        """Return the values of a run: the factors decide what the length and the peak set."""
        values = super().role_values(parameters, target)
        settings = {**{name: cls.example_value(name) for name in cls.model_fields}, **values}
        settings |= parameters
        names, warmup = names_of(str(settings["factors"])), int(settings["warmup_steps"])
        if "base_learning_rate" in values:
            roots = names.count("rsqrt_decay")
            values["base_learning_rate"] *= max(warmup, 1) ** (roots / 2)
        if target.steps is None:
            return values
        remaining = max(target.steps - warmup, 1)
        if "cosine_decay" in names:
            values["steps_per_cycle"] = remaining
        if "linear_decay" in names:
            values["decay_factor"] = 1 / remaining
        return {name: value for name, value in values.items() if name not in parameters}

    def rates(self, t: Steps64) -> Array:
        """Return the rates at `t`."""
        clock = np.maximum(0, t - self.step_offset)
        product = np.asanyarray(1.0)
        with np.errstate(all="ignore"):  # without a warm-up some factors divide by zero
            for name in self.names:
                product = np.asanyarray(product * FACTORS[name].rates(self, clock))
        return np.asanyarray(np.maximum(product, self.min_learning_rate))

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        factors = [FACTORS[name] for name in self.names]
        begin, end = max(self.step_offset, 0), self.step_offset + self.warmup_steps
        first = hold(float(self.rates(np.zeros((), np.int64))))
        parts: list[Part] = [Segment("hold", 0, first)] if begin else []
        if not any(factor.counts_warm_up for factor in factors):
            return [*parts, *self.decay(begin)]
        if end > begin:
            name = "warm-up" if set(RAMPS) & set(self.names) else "hold"
            parts += self.product(name, begin, [factor.before(self) for factor in factors])
        return [*parts, *self.decay(max(end, begin))]

    def decay(self, start: int) -> Sequence[Part]:
        """Return the segments after the warm-up, from a step on."""
        curves = [FACTORS[name].after(self) for name in self.names]
        holds = [curve.first for curve in curves if curve and curve.kind == "hold"]
        changing = [
            name
            for name, curve in zip(self.names, curves, strict=True)
            if curve is None or curve.kind != "hold"
        ]
        if changing == ["decay_every"]:
            return parts_from(self.drops(math.prod(holds)), start)
        if changing == ["cosine_decay"]:
            return [self.restarts(math.prod(holds))]
        return self.product("decay" if changing else "hold", start, curves)

    def product(self, name: str, start: int, curves: Sequence[Shape | None]) -> list[Segment]:
        """Return the segments of a product; it is a shape where one factor at most changes."""
        shapes = [curve for curve in curves if curve is not None]
        changing = [curve for curve in shapes if curve.kind != "hold"]
        if len(shapes) < len(curves) or len(changing) > 1:
            return [Segment(name, start, self.rates)]
        scale = math.prod(curve.first for curve in shapes if curve.kind == "hold")
        shape = (changing[0] if changing else hold(1.0)).later(self.step_offset)
        first, last = scale * shape.first, scale * shape.last
        return self.bounded(name, start, replace(shape, first=first, last=last))

    def bounded(self, name: str, start: int, shape: Shape) -> list[Segment]:
        """Return the segments of a shape that stays at the lowest rate where it is below."""
        floor, shape = self.min_learning_rate, replace(shape, exact=self.rates)
        if max(shape.first, shape.last) <= floor:
            return [Segment(name, start, hold(floor))]
        falls = shape.first > shape.last
        goes_on = falls and shape.kind == "linear"
        if min(shape.first, shape.last) >= floor and not goes_on:
            return [Segment(name, start, shape)]
        passed = shape.length * CROSSINGS[shape.kind](shape, floor)
        step = max(math.ceil(min(shape.begin + passed, MAX_INTEGER)), start)
        if falls:
            return [Segment(name, start, shape), Segment("floor", step, hold(floor))]
        return [Segment(name, start, hold(floor)), Segment(name, step, shape)]

    def drops(self, top: float) -> list[Part]:
        """Return the stairs of decay_every from a rate, as if there were no warm-up."""

        def rates(t: Steps64) -> Array:
            clock = np.maximum(0, t - self.step_offset)
            falling = top * FACTORS["decay_every"].rates(self, clock)
            return np.asanyarray(np.maximum(falling, self.min_learning_rate))

        return stairs(rates, self.steps_per_decay, self.step_offset, self.decay_factor)

    def restarts(self, top: float) -> Cycles:
        """Return the cycles of the cosine from a rate to 0."""
        start, length = self.step_offset + self.warmup_steps, self.steps_per_cycle

        def cycle(index: int) -> Sequence[Segment]:
            begin = start + index * length
            name = "restart" if index else "decay"
            parts = self.bounded(name, begin, cosine(top, 0.0, begin, length))
            return [part for part in parts if part.start < begin + length]

        return Cycles("restart", start, self.rates, cycle, period=length)

    def natural_length(self) -> int | None:
        """Return the steps in which the factors are seen: a cycle, the line, five warm-ups."""
        names, start = self.names, self.step_offset + self.warmup_steps
        lengths = [0]
        if "cosine_decay" in names:
            lengths.append(start + self.steps_per_cycle)
        if "linear_decay" in names and self.decay_factor > 0:
            lengths.append(start + math.ceil(1 / self.decay_factor))
        if "decay_every" in names:
            lengths.append(self.step_offset + DROPS_IN_LENGTH * self.steps_per_decay)
        warmups = self.step_offset + WARMUPS_IN_LENGTH * self.warmup_steps
        return max(lengths) or warmups or None
