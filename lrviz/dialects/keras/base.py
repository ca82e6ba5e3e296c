"""What the schedules of keras share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import PlainValidator, WithJsonSchema, model_validator

from lrviz.core.absolute import AbsoluteSchedule
from lrviz.core.conversions import as_finite
from lrviz.core.findings import Finding
from lrviz.core.parameters import Unit
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_number
from lrviz.core.validation import error_at

Initial = Annotated[
    float, PlainValidator(as_finite), Unit("rate"), WithJsonSchema({"type": "number"})
]
"""A rate that stays an int where it is one, since keras takes its dtype from it."""


class Keras(Schedule, abstract=True):
    """What keras' schedules share.

    Names and parameters are those of keras' classes. There are two clocks: a schedule object
    counts optimizer steps and sets the rate; a callback counts epochs and changes the rate of
    the optimizer, `lr`. Keras computes in float32; lrviz computes in float64, so that the two
    agree to float32's error.
    """

    dialect = "keras"


class KerasSchedule(AbsoluteSchedule, Keras, abstract=True):
    """An object of keras.optimizers.schedules: a function of the optimizer's step."""

    ignored_parameters: ClassVar[tuple[str, ...]] = ("name",)
    source = "keras 3.15.1, keras.optimizers.schedules"


class Decay(KerasSchedule, abstract=True):
    """A schedule that starts at initial_learning_rate."""

    if TYPE_CHECKING:  # each subclass declares it, in keras' order
        initial_learning_rate: Initial

    @model_validator(mode="after")
    def check_integer_rate(self) -> Decay:
        """Refuse fractional steps beside a whole rate: keras would truncate them."""
        if isinstance(self.initial_learning_rate, float):
            return self
        for name in ("decay_steps", "first_decay_steps", "warmup_steps"):
            steps = getattr(self, name, 0)
            if steps != int(steps):
                message = (
                    f"{self.title()} truncates {name} ({format_number(steps)}) where "
                    "initial_learning_rate is "
                    f"the int {self.initial_learning_rate}: write "
                    f"{float(self.initial_learning_rate)}, or a whole {name}"
                )
                raise error_at(name, message, steps)
        return self

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        rate = self.initial_learning_rate
        if isinstance(rate, int):
            message = (
                f"the curve is that of initial_learning_rate={float(rate)}; keras computes in "
                f"whole numbers when it is the int {rate}: write {float(rate)} in code"
            )
            yield self.note("whole-rate", message)
