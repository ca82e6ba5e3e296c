"""What the schedules of keras share."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import PlainValidator, WithJsonSchema

from lrviz.core.absolute import AbsoluteSchedule
from lrviz.core.parameters import Unit, as_finite
from lrviz.core.schedule import Schedule

Initial = Annotated[
    float, PlainValidator(as_finite), Unit("rate"), WithJsonSchema({"type": "number"})
]
"""A rate that stays an int where it was given as one, since keras takes its dtype from it."""


class Keras(Schedule, abstract=True):
    """What keras' schedules share.

    Names and parameters are those of keras' classes. There are two clocks: a schedule object
    counts optimizer steps and states its rate; a callback counts epochs and changes the rate of
    the optimizer, `lr`. Keras computes in float32; here it is float64, so that the two agree to
    float32's error.
    """

    dialect = "keras"


class KerasSchedule(AbsoluteSchedule, Keras, abstract=True):
    """An object of keras.optimizers.schedules: a function of the optimizer's step."""

    ignored_parameters: ClassVar[tuple[str, ...]] = ("name",)
    source = "keras 3.15.1, keras.optimizers.schedules"

    if TYPE_CHECKING:  # each subclass declares it, in keras' order
        initial_learning_rate: Initial

    def findings(self, lr: float) -> Iterator[str]:
        del lr
        given = getattr(self, "initial_learning_rate", 0.0)
        if isinstance(given, int):
            yield (
                f"initial_learning_rate is drawn as {float(given)}; in code write it so, since "
                f"keras computes in whole numbers when it is the int {given}"
            )


def multiples(span: float, stop: int) -> list[int]:
    """Return the first steps at or after each multiple of `span`, from 1 to stop - 1."""
    if span == int(span):
        return list(range(int(span), stop, int(span)))
    steps = (math.ceil(span * k) for k in range(1, int(stop / span) + 1))
    return [step for step in dict.fromkeys(steps) if 0 < step < stop]
