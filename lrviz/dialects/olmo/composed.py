"""OLMo-core's schedules made of others: stages from rate to rate, and schedulers in a sequence.

Either may be cut short by a decay of its own, `override_decay`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from lrviz.core.composition import Children
from lrviz.core.conversions import as_list
from lrviz.core.parameters import Count, Duration, Factor, Milestones, Rate, Unit
from lrviz.core.schedule import as_plain_data
from lrviz.core.segment import Part, Segment, Shape, evaluate, hold
from lrviz.core.validation import error_at
from lrviz.dialects.olmo.base import AHEAD, Olmo, WithEnd, first_step


class Change(BaseModel):
    """A change of the rate to a value, or to a share of lr, along a line or half a cosine."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )

    duration: Duration = Field(description="steps of the change")
    shape: Literal["linear", "cosine"] = "linear"
    end_lr: Rate | None = Field(None, description="rate at the end")
    end_lr_fraction: Factor | None = Field(None, ge=0, description="the same, as a share of lr")

    @model_validator(mode="after")
    def check_one_end(self) -> Change:
        """Refuse a change with both ends, or with none."""
        if (self.end_lr is None) == (self.end_lr_fraction is None):
            raise error_at("end_lr", "needs one of end_lr and end_lr_fraction", self.end_lr)
        return self

    def spec(self) -> dict[str, Any]:
        """Return the change as a spec file spells it."""
        parameters = self.model_dump(exclude_unset=True)
        return {name: as_plain_data(value) for name, value in parameters.items()}

    def last(self, lr: float) -> float:
        """Return the rate at the end."""
        return rate_of(lr, self.end_lr, self.end_lr_fraction)

    def curve(self, lr: float, first: float, begin: float) -> Shape:
        """Return the curve from a rate that the trainer's clock has at `begin`."""
        return Shape(self.shape, first, self.last(lr), begin - AHEAD, self.duration)


class Stage(Change):
    """A stage: a change from a rate of its own, or from the end of the stage before."""

    start_lr: Rate | None = Field(None, description="rate at the start")
    start_lr_fraction: Factor | None = Field(None, ge=0, description="the same, as a share of lr")

    @model_validator(mode="after")
    def check_one_start(self) -> Stage:
        """Refuse a stage with two starts."""
        if self.start_lr is not None and self.start_lr_fraction is not None:
            raise error_at("start_lr", "takes one of start_lr and start_lr_fraction", self.start_lr)
        return self

    def first(self, lr: float, before: float) -> float:
        """Return the rate at the start; `before` is the end of the stage before."""
        if self.start_lr is None and self.start_lr_fraction is None:
            return before
        return rate_of(lr, self.start_lr, self.start_lr_fraction)


class OverrideDecay(Change):
    """A decay that replaces the rest of the schedule, from the rate that it has at `start`."""

    start: Count = Field(description="the trainer's step at which the decay starts")


def rate_of(lr: float, rate: float | None, share: float | None) -> float:
    """Return a rate that is given as such, or as a share of lr."""
    return lr * (share or 0.0) if rate is None else rate


Stages = Annotated[tuple[Stage, ...], BeforeValidator(as_list), Field(min_length=1), Unit("stages")]
RISE = {"duration": 10, "start_lr": 0.0, "end_lr_fraction": 1.0}
FALL = {"duration": 40, "end_lr_fraction": 0.1, "shape": "cosine"}


class Overridden(Olmo, abstract=True):
    """A schedule whose end a decay may replace."""

    override_decay: OverrideDecay | None = Field(
        None, description="a decay instead of the rest: {start, duration, shape, end_lr, ...}"
    )

    def main(self, lr: float) -> list[Segment]:
        """Return the segments without the override."""
        raise NotImplementedError

    def segments(self, lr: float) -> Sequence[Part]:
        parts, decay = self.main(lr), self.override_decay
        if decay is None:
            return parts
        start = first_step(decay.start)
        earlier = [part for part in parts if part.start < start]
        first = float(evaluate(parts, np.array([decay.start - AHEAD]))[0])
        curve = decay.curve(lr, first, decay.start)
        end = first_step(decay.start + decay.duration)
        return [
            *earlier,
            Segment("decay", start, curve),
            Segment("floor", end, hold(decay.last(lr))),
        ]

    def natural_length(self) -> int | None:
        decay = self.override_decay
        return ceil(decay.start + decay.duration) if decay else self.main_length()

    def main_length(self) -> int | None:
        """Return the steps without the override."""
        raise NotImplementedError


class Composable(Overridden):
    """Stages, each from the rate where the one before ends to a rate of its own; then constant."""

    name = "composable"
    aliases = ("ComposableScheduler",)
    formula = (
        "stage by stage, a line or half a cosine from start_lr, or the end of the stage before, to "
        "end_lr; the clock is one step ahead, and override_decay replaces what is after its start"
    )
    stages: Stages = Field(
        description="the stages, in order: {duration, shape, start_lr, end_lr, ...}",
        examples=[[RISE, FALL]],
    )

    def main(self, lr: float) -> list[Segment]:
        parts: list[Segment] = []
        begin, rate = 0.0, lr
        for stage in self.stages:
            first, last = stage.first(lr, rate), stage.last(lr)
            name = "rise" if last > first else "decay"
            name = "warm-up" if name == "rise" and not parts else name
            curve = hold(last) if first == last else stage.curve(lr, first, begin)
            parts.append(Segment("hold" if first == last else name, first_step(begin), curve))
            begin, rate = begin + stage.duration, last
        return [*parts, Segment("floor", first_step(begin), hold(rate))]

    def main_length(self) -> int | None:
        return ceil(sum(stage.duration for stage in self.stages))


CONSTANT = {"schedule": "olmo.constant_with_warmup", "t_warmup": 10, "warmup_min_lr": 0.0}
LINE = {"schedule": "olmo.linear_with_warmup", "t_warmup": 0, "t_max": 60}


class Sequential(Overridden):
    """Schedulers that follow each other, each from the rate at which the one before ends."""

    name = "sequential"
    aliases = ("SequentialScheduler",)
    formula = (
        "schedulers[i] at t less the steps of those before, with their last rate for lr; the clock "
        "is one step ahead, and override_decay replaces what is after its start"
    )
    schedulers: Children = Field(description="the schedules, in order", examples=[[CONSTANT, LINE]])
    schedulers_max: Milestones = Field(
        description="steps of each schedule but the last", examples=[[40]]
    )

    @model_validator(mode="after")
    def check_child_lengths(self) -> Sequential:
        """Refuse schedules of other dialects, and another number of lengths."""
        other = next((item for item in self.schedulers if not isinstance(item, Olmo)), None)
        if other is not None:
            message = f"olmo.sequential takes schedules of OLMo (got {other.title()})"
            raise error_at("schedulers", message, self.schedulers)
        if len(self.schedulers_max) + 1 != len(self.schedulers):
            message = "schedulers_max must have a value for each schedule but the last"
            raise error_at("schedulers_max", message, self.schedulers_max)
        return self

    def main(self, lr: float) -> list[Segment]:
        parts: list[Segment] = []
        begin, rate = 0, lr
        for schedule, steps in zip(self.schedulers, [*self.schedulers_max, None], strict=True):
            segments = schedule.segments(rate)
            parts += [
                part.later(begin)
                for part in segments
                if isinstance(part, Segment) and (steps is None or part.start < steps)
            ]
            if steps is not None:
                rate = float(evaluate(segments, np.array([steps - AHEAD]))[0])
                begin += steps
        return parts

    def main_length(self) -> int | None:
        last = self.schedulers[-1]
        length = last.natural_length() if isinstance(last, WithEnd) else None
        return sum(self.schedulers_max) + (length or sum(self.schedulers_max))
