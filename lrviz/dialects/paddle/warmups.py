"""A linear warm-up before a rate or another scheduler."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, PlainValidator, ValidationInfo, WithJsonSchema, model_validator

from lrviz.core.composition import CHILD, child_schedule
from lrviz.core.conversions import as_finite
from lrviz.core.findings import Finding
from lrviz.core.parameters import Rate, Steps, Unit
from lrviz.core.roles import Peak, Target, WarmUp
from lrviz.core.schedule import End, Schedule
from lrviz.core.segment import Part, Segment, hold, linear
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.paddle.base import Paddle
from lrviz.dialects.paddle.ramps import CosineAnnealingDecay

COSINE = {"schedule": "paddle.CosineAnnealingDecay", "learning_rate": 0.1, "T_max": 90}


def rate_or_schedule(value: Any, info: ValidationInfo) -> float | Schedule:
    """Return a number as a rate, anything else as a schedule."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(as_finite(value))
    return child_schedule(value, info)


RateOrChild = Annotated[
    float | Schedule,
    PlainValidator(rate_or_schedule),
    Unit("rate or schedule"),
    WithJsonSchema({"anyOf": [{"type": "number"}, CHILD]}),
]


class LinearWarmup(Paddle):
    """A line from start_lr to end_lr, then a rate, or a scheduler whose clock starts there."""

    formula = (
        "start_lr + (end_lr - start_lr) * t / warmup_steps if t < warmup_steps, then the rate of "
        "learning_rate at t - warmup_steps"
    )
    learning_rate: RateOrChild = Field(
        description="the rate, or the scheduler, after the warm-up", examples=[COSINE]
    )
    warmup_steps: Annotated[Steps, WarmUp()] = Field(
        description="steps of the warm-up", examples=[10]
    )
    start_lr: Rate = Field(ge=0, description="rate at step 0", examples=[0.0])
    end_lr: Annotated[Rate, Peak()] = Field(
        description="rate that the line leads to", examples=[0.1]
    )

    @classmethod
    def role_values(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        """Return the values of a run: a cosine takes the steps that the warm-up leaves."""
        values = super().role_values(parameters, target)
        if "learning_rate" in parameters:
            return values
        settings = {**cls.example_values(), **values, **parameters}
        steps = None if target.steps is None else target.steps - int(settings["warmup_steps"])
        length = None if steps is None else max(steps, 1)
        after = Target(length, settings["end_lr"], None, target.floor)
        cosine = CosineAnnealingDecay.complete({}, after)
        return {**values, "learning_rate": {"schedule": CosineAnnealingDecay.title(), **cosine}}

    @model_validator(mode="after")
    def check_arguments(self) -> LinearWarmup:
        """Refuse a line that does not rise, and schedules of other libraries."""
        if isinstance(self.learning_rate, Schedule) and not isinstance(self.learning_rate, Paddle):
            message = f"must be a rate or a scheduler of paddle (got {self.learning_rate.title()})"
            raise error_at("learning_rate", message, self.learning_rate)
        if self.end_lr <= self.start_lr:
            message = (
                f"must be greater than start_lr, {format_number(self.start_lr)} (got "
                f"{format_number(self.end_lr)})"
            )
            raise error_at("end_lr", message, self.end_lr)
        return self

    @property
    def scheduler(self) -> Paddle | None:
        """The scheduler after the warm-up, or None where a rate is held."""
        return self.learning_rate if isinstance(self.learning_rate, Paddle) else None

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        steps = self.warmup_steps
        warm_up = Segment("warm-up", 0, linear(self.start_lr, self.end_lr, 0, steps))
        if isinstance(self.learning_rate, float):
            return [warm_up, Segment("hold", steps, hold(self.learning_rate))]
        after = self.scheduler.segments_at_epochs() if self.scheduler else []
        return [warm_up, *(part.later(steps) for part in after)]

    def natural_length(self) -> int | None:
        length = self.scheduler.natural_length() if self.scheduler else None
        return None if length is None else self.warmup_steps + length

    def end(self) -> End | None:
        end = self.scheduler.end() if self.scheduler else None
        return End(self.warmup_steps + end.last, end.message) if end else None

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from self.scheduler.findings(lr) if self.scheduler else ()
