"""What every schedule of transformers.get_scheduler shares."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from pydantic import BeforeValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from lrviz.core.parameters import LARGEST_WHOLE, PERCENT, Unit, as_fraction, as_whole
from lrviz.core.roles import Target
from lrviz.core.schedule import Schedule, Steps64, require_finite
from lrviz.core.validation import error_at


def as_steps_or_share(value: Any) -> Any:
    """Return whole steps from 0, or a share between 0 and 1 of the run (`0.05`, `5%`)."""
    given = as_fraction(value)
    share = 0 < given < 1
    steps = 0 <= given <= LARGEST_WHOLE and given.is_integer() and not isinstance(value, str)
    if not (share or steps or given == 0):
        raise PydanticCustomError(
            "warmup", "must be a whole number of steps, or a share of the run between 0 and 1"
        )
    return given if share else as_whole(given)


NUMBER = {"type": "number", "minimum": 0, "maximum": LARGEST_WHOLE}
WHOLE_OR_SHARE = {"anyOf": [{"multipleOf": 1}, {"exclusiveMaximum": 1}]}
StepsOrShare = Annotated[
    int | float,
    BeforeValidator(as_steps_or_share),
    Unit("steps"),
    WithJsonSchema({"anyOf": [{**NUMBER, **WHOLE_OR_SHARE}, PERCENT]}),
]


class Transformers(Schedule, abstract=True):
    """What the schedules of transformers share.

    The clock counts calls of `step()` from 0 at construction: the Trainer calls it after each
    optimizer step, and the metric-driven ones after each evaluation. Rates are float64, the
    optimizer's lr times a factor. Schedules bear the names of SchedulerType (`lr_scheduler_type`);
    parameters are those of the get_*_schedule functions.
    """

    dialect = "transformers"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("optimizer", "last_epoch")
    source = "transformers 5.23.0, transformers/optimization.py"


class Warmed(Transformers, abstract=True):
    """A schedule that first rises in num_warmup_steps from 0 to the optimizer's rate.

    As in TrainingArguments a warm-up below 1 is a share of the run, rounded up.
    """

    parameter_aliases = {"warmup_steps": "num_warmup_steps"}

    if TYPE_CHECKING:  # each subclass declares them, in its function's order
        num_warmup_steps: int | float
        num_training_steps: int | None

    @classmethod
    def complete(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        """Take the drawn length for the run's where it was not given."""
        missing = super().complete(parameters, target)
        if "num_training_steps" in missing and target.steps:
            missing["num_training_steps"] = target.steps
        return missing

    @model_validator(mode="after")
    def share_of_a_run(self) -> Warmed:
        """Refuse a share where the run's length is not known."""
        if 0 < self.num_warmup_steps < 1 and self.num_training_steps is None:
            words = (
                f"num_warmup_steps {self.num_warmup_steps:g} is a share of num_training_steps, "
                "which is not given"
            )
            raise error_at("num_warmup_steps", words, self.num_warmup_steps)
        return self

    def warmup(self) -> int:
        """Return the steps of the warm-up."""
        given = self.num_warmup_steps
        if 0 < given < 1:
            return math.ceil((self.num_training_steps or 0) * given)
        return int(given)

    def left(self) -> int:
        """Return the steps of the run behind the warm-up; where there are none, 1."""
        return max(1, (self.num_training_steps or 0) - self.warmup())

    def rise(self, t: Steps64) -> Any:
        """Return the factor on lr during the warm-up."""
        return t / max(1, self.warmup())

    def fall(self, t: Steps64, lr: float) -> Any:
        """Return the factor on lr from the warm-up's end on."""
        raise NotImplementedError

    def compute(self, t: Steps64, lr: float) -> Any:
        start = self.warmup()
        rising = int(t.min(initial=start)) < start
        factor = self.fall(np.maximum(t, start) if rising else t, lr)
        if rising:
            factor = np.where(t < start, self.rise(t), factor)
        return require_finite(self.title(), t, lr * factor)

    def natural_length(self) -> int | None:
        """Return the run's length; where it is not given, ten times the warm-up's."""
        return self.num_training_steps or 10 * self.warmup() or None

    def marks(self, stop: int) -> list[int]:
        return [step for step in (self.warmup(),) if 0 < step < stop]

    def findings(self, lr: float) -> Iterator[str]:
        del lr
        total = self.num_training_steps
        if total is not None and self.warmup() >= max(total, 1):
            yield (
                f"the warm-up ({self.warmup()} steps) takes the whole run "
                f"(num_training_steps {total}); drawn as transformers runs it"
            )
