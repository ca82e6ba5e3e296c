"""Schedulers in a row, and one after a warm-up."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import Field, model_validator

from lrviz.core.composition import Child, Children
from lrviz.core.findings import Finding
from lrviz.core.parameters import Milestones, Rate, Steps
from lrviz.core.roles import DEFAULT_LR, Target, WarmUp
from lrviz.core.schedule import DEFAULT_STEPS, End, PathDependent, Schedule
from lrviz.core.segment import Part, Segment
from lrviz.core.validation import error_at
from lrviz.dialects.ignite.base import Ignite
from lrviz.dialects.ignite.cycles import CosineAnnealingScheduler
from lrviz.dialects.ignite.piecewise import straight
from lrviz.dialects.torch.base import Torch
from lrviz.dialects.torch.composites import Composite
from lrviz.dialects.torch.plateau import ReduceLROnPlateau

RISE = {
    "schedule": "ignite.LinearCyclicalScheduler",
    "start_value": 0.0,
    "end_value": 0.1,
    "cycle_size": 20,
}
FALL = {
    "schedule": "ignite.CosineAnnealingScheduler",
    "start_value": 0.1,
    "end_value": 0.001,
    "cycle_size": 90,
}


class Active(NamedTuple):
    """A scheduler in a row and the events at which it acts; `stop` is None for the last one."""

    scheduler: Ignite
    start: int
    stop: int | None


class ConcatScheduler(Ignite):
    """Runs schedulers one after another, each for a number of events, the last one without end.

    A duration of 0 skips the first scheduler; any other one then acts without end.
    """

    formula = "the rate of schedulers[i] at event t - durations[0] - ... - durations[i - 1]"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("save_history",)
    schedulers: Children = Field(
        description="two or more schedulers of Ignite, in order", examples=[[RISE, FALL]]
    )
    durations: Milestones = Field(
        description="events of each scheduler but the last one", examples=[[10]]
    )

    @model_validator(mode="after")
    def check_schedulers(self) -> ConcatScheduler:
        """Refuse other libraries' schedules, and lists that do not fit."""
        for scheduler in self.schedulers:
            if not isinstance(scheduler, Ignite):
                message = f"{self.title()} runs schedulers of ignite only (got {scheduler.title()})"
                raise error_at("schedulers", message, self.schedulers)
        if len(schedulers_of_torch(self)) > 1:
            message = (
                "two schedulers of torch in a row share the optimizer's first rate, which lrviz "
                "does not follow; take one of them only"
            )
            raise error_at("schedulers", message, self.schedulers)
        if len(self.schedulers) < 2:
            message = f"must be two or more schedulers (got {len(self.schedulers)})"
            raise error_at("schedulers", message, self.schedulers)
        if len(self.durations) != len(self.schedulers) - 1:
            message = (
                "must be one less than schedulers "
                f"(got {len(self.schedulers)} schedulers and {len(self.durations)} durations)"
            )
            raise error_at("durations", message, self.durations)
        return self

    @property
    def schedules(self) -> Sequence[Schedule]:
        """The schedulers, under the name that composites share."""
        return self.schedulers

    @property
    def milestones(self) -> tuple[int, ...]:
        """The events at which another scheduler takes over."""
        starts: list[int] = []
        for index, duration in enumerate(self.durations):
            if index and not duration:
                break
            starts.append(duration + (starts[-1] if starts else 0))
        return tuple(starts)

    @property
    def active(self) -> list[Active]:
        """Each scheduler that acts, with its events."""
        starts, stops = (0, *self.milestones), (*self.milestones, None)
        of_ignite = [each for each in self.schedulers if isinstance(each, Ignite)]
        return list(map(Active, of_ignite, starts, stops))

    def first_rate(self, lr: float) -> float:
        """Return the rate of the first scheduler, also where its duration is 0."""
        return self.active[0].scheduler.first_rate(lr)

    def segments(self, lr: float) -> Sequence[Part]:
        parts: list[Part] = []
        for scheduler, start, stop in self.active:
            shifted = (part.later(start) for part in scheduler.segments(lr))
            parts += [part for part in shifted if stop is None or part.start < stop]
        return parts

    def natural_length(self) -> int | None:
        scheduler, start, _ = self.active[-1]
        return start + (scheduler.natural_length() or DEFAULT_STEPS)

    def end(self) -> End | None:
        """Return the end of the first scheduler that stops while it acts."""
        for scheduler, start, stop in self.active:
            end = scheduler.end()
            if end and (stop is None or end.last + start < stop - 1):
                return End(
                    end.last + start, f"after {start} events: {scheduler.name} {end.message}"
                )
        return None

    def findings(self, lr: float) -> Iterator[Finding]:
        for scheduler, *_ in self.active:
            yield from scheduler.findings(lr)


def schedulers_of_torch(scheduler: Schedule) -> list[Schedule]:
    """Return the schedulers of torch inside a scheduler, at any depth."""
    if isinstance(scheduler, ConcatScheduler):
        return [inner for each in scheduler.schedulers for inner in schedulers_of_torch(each)]
    if isinstance(scheduler, CreateLRSchedulerWithWarmup):
        return schedulers_of_torch(scheduler.lr_scheduler)
    return [scheduler] if isinstance(scheduler, Torch) else []


class CreateLRSchedulerWithWarmup(Ignite):
    """A line up to warmup_end_value in warmup_duration events, then a scheduler of its own.

    The line is at warmup_end_value at event warmup_duration - 1. There the scheduler starts, if
    that is its first rate; else it starts an event later.
    """

    name = "create_lr_scheduler_with_warmup"
    formula = (
        "warmup_start_value + (warmup_end_value - warmup_start_value) * t / (W - 1) until W - 1, "
        "then the rate of lr_scheduler, whose event 0 is W - 1, or W if it starts elsewhere"
    )
    ignored_parameters: ClassVar[tuple[str, ...]] = ("save_history", "output_simulated_values")
    lr_scheduler: Child = Field(
        description="the scheduler after the warm-up, of Ignite or torch", examples=[FALL]
    )
    warmup_start_value: Rate = Field(description="rate at event 0", examples=[0.0])
    warmup_duration: Annotated[Steps, WarmUp()] = Field(
        ge=2, description="events of the warm-up", examples=[10]
    )
    warmup_end_value: Rate | None = Field(
        None, description="rate at the end of the warm-up; the optimizer's if not given"
    )

    @classmethod
    def role_values(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        """Return the values of a run: a cosine takes the events that the warm-up leaves."""
        values = super().role_values(parameters, target)
        if "lr_scheduler" in parameters:
            return values
        warmup = parameters.get("warmup_duration", target.warmup)
        warmup = cls.example_value("warmup_duration") if warmup is None else warmup
        steps = None if target.steps is None else max(target.steps - warmup + 1, 2)
        cosine = CosineAnnealingScheduler.complete(
            {}, Target(steps, target.peak, None, target.floor)
        )
        return {**values, "lr_scheduler": {"schedule": CosineAnnealingScheduler.title(), **cosine}}

    @model_validator(mode="after")
    def check_scheduler(self) -> CreateLRSchedulerWithWarmup:
        """Refuse a scheduler of which Ignite cannot take the rates one by one."""
        scheduler = self.lr_scheduler
        if not isinstance(scheduler, Ignite | Torch):
            message = f"must be a scheduler of ignite or torch (got {scheduler.title()})"
            raise error_at("lr_scheduler", message, scheduler)
        if isinstance(scheduler, Composite | ReduceLROnPlateau):
            message = f"{scheduler.title()} has no get_lr(), which Ignite calls"
            raise error_at("lr_scheduler", message, scheduler)
        return self

    def first_rate(self, lr: float) -> float:
        """Return no number: Ignite takes a list of rates here, which is equal to none."""
        del lr
        return math.nan

    def first_rate_of_scheduler(self, lr: float) -> float:
        """Return the rate that the scheduler starts from."""
        scheduler = self.lr_scheduler
        if isinstance(scheduler, Ignite):
            return scheduler.first_rate(lr)
        assert isinstance(scheduler, Torch)
        if scheduler.overwrites or scheduler.acts_at_zero:
            return float(scheduler.rate(0, lr))
        return lr

    def warm_up_end(self, lr: float) -> float:
        """Return the rate at the end of the warm-up."""
        if self.warmup_end_value is not None:
            return self.warmup_end_value
        # A scheduler of torch sets the optimizer's rate when it is constructed.
        return lr if isinstance(self.lr_scheduler, Ignite) else self.first_rate_of_scheduler(lr)

    def start(self, lr: float) -> int:
        """Return the event at which the scheduler is at its own event 0."""
        meets = self.first_rate_of_scheduler(lr) == self.warm_up_end(lr)
        return self.warmup_duration - 1 if meets else self.warmup_duration

    def segments(self, lr: float) -> Sequence[Part]:
        line = straight(self.warmup_start_value, self.warm_up_end(lr), 0, self.warmup_duration - 1)
        after = [part.later(self.start(lr)) for part in self.parts_of_scheduler(lr)]
        return [Segment("warm-up", 0, line), *after]

    def parts_of_scheduler(self, lr: float) -> Sequence[Part]:
        """Return the segments of the scheduler, one where each rate follows from the last."""
        scheduler = self.lr_scheduler
        if isinstance(scheduler, PathDependent):
            return [Segment("custom", 0, scheduler.rate_function(lr))]
        return scheduler.segments(lr)

    def natural_length(self) -> int | None:
        length = self.lr_scheduler.natural_length()
        return None if length is None else self.start(DEFAULT_LR) + length

    def end(self) -> End | None:
        """Return the scheduler's end, as for the default rate where the rate decides it."""
        end = self.lr_scheduler.end()
        return End(self.start(DEFAULT_LR) + end.last, end.message) if end else None

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from self.lr_scheduler.findings(lr)
