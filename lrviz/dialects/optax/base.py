"""What the schedules of optax share, and its parameter types."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from lrviz.core.absolute import AbsoluteSchedule
from lrviz.core.parameters import PERCENT, Unit, as_finite, as_fraction, as_steps
from lrviz.core.schedule import Schedule


class Optax(Schedule, abstract=True):
    """What optax' schedules share.

    Names and parameters are those of optax' functions. The clock counts calls of the optimizer's
    update, from 0. Optax computes in jax's float width, float32 unless `jax_enable_x64` is set;
    here it is float64, with which the x64 mode agrees to rounding.
    """

    dialect = "optax"
    source = "optax 0.2.8, optax.schedules"


class OptaxSchedule(AbsoluteSchedule, Optax, abstract=True):
    """A function of optax.schedules, which states its rate."""


@dataclass(frozen=True)
class Scales:
    """Steps in rising order, each with a factor."""

    items: tuple[tuple[float, float], ...] = ()

    def spec(self) -> dict[float, float]:
        """Return the mapping of a spec file."""
        return dict(self.items)


def as_step(key: Any) -> float:
    """Return the step that a key means; in YAML and JSON it is text."""
    if isinstance(key, str):
        try:
            key = float(key)
        except ValueError:
            key = math.nan
    try:
        return as_steps(key)  # type: ignore[no-any-return]
    except ValueError:
        raise PydanticCustomError("scales", "must have steps, which are numbers, as keys") from None


def as_scales(value: Any) -> Scales:
    """Return the factors by step of a mapping; refuse what optax refuses."""
    if isinstance(value, Scales):
        return value
    if not isinstance(value, Mapping):
        raise PydanticCustomError("scales", "must be a mapping from steps to factors")
    found: dict[float, float] = {}
    for key, factor in value.items():
        step = as_step(key)
        if step in found:
            raise PydanticCustomError(
                "scales", "must name each step once, and {step} is there twice", {"step": step}
            )
        found[step] = as_finite(factor)
    if any(factor < 0 for factor in found.values()):
        raise PydanticCustomError("scales", "must hold factors of 0 or more: optax refuses others")
    return Scales(tuple(sorted(found.items())))


FactorsByStep = Annotated[
    Scales,
    PlainValidator(as_scales),
    Unit("factors by step"),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "number", "minimum": 0}}),
]
Share = Annotated[
    float,
    BeforeValidator(as_fraction),
    Unit("fraction"),
    WithJsonSchema({"anyOf": [{"type": "number"}, PERCENT]}),
]
"""A share of the steps, which optax does not hold to 0..1."""
