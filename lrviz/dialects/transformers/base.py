"""The base of all schedules of transformers.get_scheduler."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from lrviz.core.conversions import MAX_INTEGER, as_fraction, as_integer
from lrviz.core.findings import Finding
from lrviz.core.parameters import PERCENT, Count, Unit
from lrviz.core.roles import Length, WarmUp
from lrviz.core.schedule import Array, Schedule, Steps64
from lrviz.core.segment import Part, RateFunction, Segment, Shape, linear, parts_from
from lrviz.core.text import format_number
from lrviz.core.validation import error_at

RESUME = "lrviz draws a schedule from its start, and transformers would resume it there"


def as_steps_or_share(value: Any) -> Any:
    """Return whole steps from 0, or a share between 0 and 1 of the run (`0.05`, `5%`)."""
    number = as_fraction(value)
    is_share = 0 < number < 1
    is_steps = 0 <= number <= MAX_INTEGER and number.is_integer() and not isinstance(value, str)
    if not (is_share or is_steps or number == 0):
        raise PydanticCustomError(
            "warmup", "must be a whole number of steps, or a share of the run between 0 and 1"
        )
    return number if is_share else as_integer(number)


NUMBER = {"type": "number", "minimum": 0, "maximum": MAX_INTEGER}
WHOLE_OR_SHARE = {"anyOf": [{"multipleOf": 1}, {"exclusiveMaximum": 1}]}
StepsOrShare = Annotated[
    int | float,
    BeforeValidator(as_steps_or_share),
    Unit("steps"),
    WithJsonSchema({"anyOf": [{**NUMBER, **WHOLE_OR_SHARE}, PERCENT]}),
]


class Transformers(Schedule, abstract=True):
    """The base of transformers' schedules.

    The clock counts calls of `step()` from 0 at construction: the Trainer calls it after each
    optimizer step, and the metric-driven ones after each evaluation. Rates are float64, the
    optimizer's lr times a factor. Schedules have the names of SchedulerType
    (`lr_scheduler_type`); parameters are those of the get_*_schedule functions, whose names are
    aliases.
    """

    dialect = "transformers"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("optimizer",)
    fixed_parameters = {"last_epoch": (-1, RESUME)}
    source = "transformers 5.23.0, transformers/optimization.py"


class WithWarmup(Transformers, abstract=True):
    """A schedule that first rises in num_warmup_steps from 0 to the optimizer's rate.

    As in TrainingArguments a warm-up below 1 is a share of the run, rounded up.
    """

    parameter_aliases = {"warmup_steps": "num_warmup_steps", "warmup_ratio": "num_warmup_steps"}
    num_warmup_steps: Annotated[StepsOrShare, WarmUp()] = Field(
        description="steps of the warm-up, or their share of the run", examples=[10]
    )

    @property
    def total(self) -> int | None:
        """The steps of the run, `num_training_steps`, or None where they are not given."""
        total: int | None = getattr(self, "num_training_steps", None)
        return total

    @model_validator(mode="after")
    def check_share_of_run(self) -> WithWarmup:
        """Refuse a share where the run's length is not given."""
        if 0 < self.num_warmup_steps < 1 and self.total is None:
            message = (
                f"num_warmup_steps {format_number(self.num_warmup_steps)} is a share of "
                "num_training_steps, "
                "which is not given"
            )
            raise error_at("num_warmup_steps", message, self.num_warmup_steps)
        return self

    @property
    def warmup_length(self) -> int:
        """The whole steps of the warm-up."""
        value = self.num_warmup_steps
        if 0 < value < 1:
            return math.ceil((self.total or 0) * value)
        return int(value)

    @property
    def decay_length(self) -> int:
        """The steps of the run after the warm-up; where there are none, 1."""
        return max(1, (self.total or 0) - self.warmup_length)

    def warmup_curve(self, lr: float) -> Shape | RateFunction:
        """Return the curve of the warm-up."""
        length = max(1, self.warmup_length)
        return linear(0.0, lr, 0, length, lambda t: lr * (t / length))

    def after_warmup(self, lr: float) -> Sequence[Part]:
        """Return the segments from the warm-up's end on; the first may start before it."""
        raise NotImplementedError

    def segments(self, lr: float) -> Sequence[Part]:
        start = self.warmup_length
        after = parts_from(self.after_warmup(lr), start)
        return [Segment("warm-up", 0, self.warmup_curve(lr)), *after] if start else after

    def natural_length(self) -> int | None:
        """Return the run's length; where it is not given, ten times the warm-up's."""
        return self.total or 10 * self.warmup_length or None

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        if self.total is not None and self.warmup_length >= max(self.total, 1):
            message = (
                f"the warm-up ({self.warmup_length} steps) takes the whole run "
                f"(num_training_steps {self.total})"
            )
            yield self.note("only-warm-up", message)


class WithRun(WithWarmup, abstract=True):
    """A schedule with a warm-up whose run has a length."""

    num_training_steps: Annotated[Count, Length()] = Field(
        description="steps of the run", examples=[100]
    )


def zero_from(value: Array) -> Array:
    """Return values that are not below 0."""
    return np.maximum(0.0, value)


def factor_curve(lr: float, factor: RateFunction) -> RateFunction:
    """Return the rates of a factor on lr."""

    def rates(t: Steps64) -> Array:
        return np.asanyarray(lr * factor(t))

    return rates
