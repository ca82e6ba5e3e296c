"""Warm-ups before another schedule, whose clock runs from the first step on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from lrviz.core.composition import Child
from lrviz.core.findings import Finding
from lrviz.core.parameters import Count, Integer, Number, Rate
from lrviz.core.roles import WarmUp
from lrviz.core.schedule import Array, End, PathDependent, Steps64
from lrviz.core.segment import Part, Segment, linear, parts_from
from lrviz.core.validation import error_at
from lrviz.dialects.tf_model_garden.base import ModelGarden

COSINE = {"schedule": "keras.CosineDecay", "initial_learning_rate": 0.1, "decay_steps": 100}


def without_drop(part: Part) -> Part:
    """Return a part whose first segment, which the warm-up leads to, is no drop but held."""
    if isinstance(part, Segment):
        return replace(part, name="hold") if part.name == "drop" else part
    cycle = part.cycle

    def renamed(index: int) -> Sequence[Segment]:
        first, *others = cycle(index)
        following = replace(first, name="hold") if first.name == "drop" and not index else first
        return [following, *others]

    return replace(part, cycle=renamed)


class BeforeSchedule(ModelGarden, abstract=True):
    """A warm-up to the rate that another schedule has at its end.

    The other schedule's clock is not shifted by the warm-up, only by `offset`.
    """

    after_warmup_lr_sched: Child = Field(
        description="the schedule after the warm-up", examples=[COSINE]
    )
    warmup_steps: Annotated[Count, WarmUp()] = Field(
        description="steps of the warm-up", examples=[10]
    )
    offset: Integer = Field(0, description="step at which the other schedule's clock starts")

    @model_validator(mode="after")
    def check_schedule(self) -> BeforeSchedule:
        """Refuse a schedule whose rates depend on the steps before."""
        if isinstance(self.after_warmup_lr_sched, PathDependent):
            message = "after_warmup_lr_sched must be a function of the step"
            raise error_at("after_warmup_lr_sched", message, self.after_warmup_lr_sched)
        return self

    def warm_up(self, last: float) -> Segment:
        """Return the warm-up to the rate at its end."""
        raise NotImplementedError

    def segments(self, lr: float) -> Sequence[Part]:
        schedule, steps = self.after_warmup_lr_sched, self.warmup_steps
        after = parts_from([part.later(self.offset) for part in schedule.segments(lr)], steps)
        if not steps:
            return after
        last = float(schedule.rate_function(lr)(np.array([steps - self.offset]))[0])
        return [self.warm_up(last), without_drop(after[0]), *after[1:]]

    def natural_length(self) -> int | None:
        length = self.after_warmup_lr_sched.natural_length()
        return None if length is None else max(length + self.offset, self.warmup_steps)

    def end(self) -> End | None:
        end = self.after_warmup_lr_sched.end()
        return End(end.last + self.offset, end.message) if end else None

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from self.after_warmup_lr_sched.findings(lr)


class LinearWarmup(BeforeSchedule):
    """A line to the rate that the other schedule has at the end of the warm-up."""

    name = "linear_warmup"
    aliases = ("LinearWarmup",)
    formula = (
        "warmup_learning_rate + t / W * (after(W) - warmup_learning_rate) until W, then after(t), "
        "with after(t) the other schedule at t - offset"
    )
    warmup_learning_rate: Rate = Field(0.0, description="rate at step 0")

    def warm_up(self, last: float) -> Segment:
        first, steps = self.warmup_learning_rate, self.warmup_steps

        def rates(t: Steps64) -> Array:
            return np.asanyarray(first + t / steps * (last - first))

        return Segment("warm-up", 0, linear(first, last, 0, steps, rates))


class PolynomialWarmUp(BeforeSchedule):
    """A power of the share of the warm-up that has passed; step 0 uses the rate of step 1."""

    name = "polynomial_warmup"
    aliases = ("PolynomialWarmUp",)
    formula = (
        "after(W) * (max(t, 1) / W) ** power until W, then after(t), with after(t) the other "
        "schedule at t - offset"
    )
    power: Number = Field(1.0, description="exponent of the warm-up")

    def warm_up(self, last: float) -> Segment:
        steps, power = self.warmup_steps, self.power

        def rates(t: Steps64) -> Array:
            return np.asanyarray(last * (np.maximum(t, 1.0) / steps) ** power)

        return Segment("warm-up", 0, rates)
