"""The base of all schedules of optax, and its parameter types."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from lrviz.core.absolute import AbsoluteSchedule
from lrviz.core.conversions import as_finite, as_fraction, as_steps
from lrviz.core.parameters import PERCENT, Unit
from lrviz.core.schedule import Schedule
from lrviz.core.segment import Part

PartsFrom = Callable[[float], list[Part]]
"""From the step at which a schedule's clock starts to its segments."""


class Optax(Schedule, abstract=True):
    """The base of optax' schedules.

    Names and parameters are those of optax' functions. The clock counts calls of the optimizer's
    update, from 0. Optax counts in int32, so that the rates of a training run are float32, even
    where `jax_enable_x64` is set; only a Python int or an int64 as count gives float64 there.
    lrviz computes in float64.
    """

    dialect = "optax"
    source = "optax 0.2.8, optax.schedules"


class OptaxSchedule(AbsoluteSchedule, Optax, abstract=True):
    """A function of optax.schedules, which sets the rate."""

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        return clip_parts(self.parts_from(0), 0, None)

    def parts_from(self, begin: float) -> list[Part]:
        """Return the segments of the schedule on a clock that starts at step `begin`.

        In a composite `begin` may be a fraction of a step.
        """
        raise NotImplementedError


def clip_parts(parts: Sequence[Part], start: int, stop: int | None) -> list[Part]:
    """Return the parts that have a step from `start` to `stop` (exclusive; None for no end)."""
    ends = [*(part.start for part in parts[1:]), stop]
    return [
        replace(part, start=max(part.start, start))
        for part, end in zip(parts, ends, strict=True)
        if (end is None or end > max(part.start, start)) and (stop is None or part.start < stop)
    ]


def join_parts(
    schedules: Sequence[PartsFrom], boundaries: Sequence[float], begin: float
) -> list[Part]:
    """Return the segments of schedules that follow each other at the boundaries.

    At a step the last one in the list whose boundary has been reached is active. Boundaries count
    from `begin`.
    """
    parts: list[Part] = []
    starts = [0.0, *boundaries]
    for index, parts_from in enumerate(schedules):
        start = math.ceil(begin + starts[index])
        after = [math.ceil(begin + boundary) for boundary in starts[index + 1 :]]
        stop = min(after, default=None)
        if stop is None or stop > start:
            parts += clip_parts(parts_from(begin + starts[index]), start, stop)
    return parts


@dataclass(frozen=True)
class Scales:
    """Steps in ascending order, each with a factor."""

    items: tuple[tuple[float, float], ...] = ()

    def spec(self) -> dict[float, float]:
        """Return the mapping in a spec file."""
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
    scales: dict[float, float] = {}
    for key, factor in value.items():
        step = as_step(key)
        if step in scales:
            raise PydanticCustomError(
                "scales", "must list each step once, and {step} is listed twice", {"step": step}
            )
        scales[step] = as_finite(factor)
    if any(factor < 0 for factor in scales.values()):
        raise PydanticCustomError(
            "scales", "must contain factors of 0 or more: optax refuses others"
        )
    return Scales(tuple(sorted(scales.items())))


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
