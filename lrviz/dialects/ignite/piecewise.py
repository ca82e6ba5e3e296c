"""Lines from milestone to milestone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from lrviz.core.absolute import AbsoluteSchedule
from lrviz.core.conversions import as_list
from lrviz.core.parameters import Integer, Rate, Unit
from lrviz.core.roles import DEFAULT_LR, Target
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Part, Segment, Shape, hold, linear
from lrviz.core.validation import error_at
from lrviz.dialects.ignite.base import Ignite


def as_pair(value: Any) -> tuple[Any, ...]:
    """Return a sequence of two items as a tuple."""
    if isinstance(value, list | tuple) and len(value) == 2:
        return tuple(value)
    raise PydanticCustomError("pair", "must be a pair: [EVENT, RATE]")


Milestone = Annotated[tuple[Integer, Rate], BeforeValidator(as_pair)]
Milestones = Annotated[
    tuple[Milestone, ...], BeforeValidator(as_list), Field(min_length=1), Unit("events and rates")
]


class PiecewiseLinear(Ignite, AbsoluteSchedule):
    """Goes in lines from milestone to milestone; holds the first rate before, the last one after.

    At a milestone that is listed twice the rate jumps from the first value to the second.
    """

    formula = "between the rates of two milestones in a line, before and after them their rates"
    milestones_values: Milestones = Field(
        description="pairs of an event and the rate there, in ascending order",
        examples=[[[0, 0.0], [10, 0.1], [70, 0.1], [100, 0.001]]],
    )

    @classmethod
    def role_values(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        """Return the milestones of a run of known length: from the peak to the floor."""
        if "milestones_values" in parameters or target.steps is None:
            return {}
        peak = DEFAULT_LR if target.peak is None else target.peak
        return {"milestones_values": [[0, peak], [target.steps, target.floor or 0.0]]}

    @model_validator(mode="after")
    def check_milestones(self) -> PiecewiseLinear:
        """Refuse milestones of which one is earlier than the one before it."""
        for (earlier, _), (later, _) in pairwise(self.milestones_values):
            if later < earlier:
                message = f"milestones must be in ascending order (got {later} after {earlier})"
                raise error_at("milestones_values", message, self.milestones_values)
        return self

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        (first, initial), *_ = self.milestones_values
        last, final = self.milestones_values[-1]
        parts = [Segment("hold", 0, hold(initial))] if first > 0 else []
        for (begin, before), (end, after) in pairwise(self.milestones_values):
            if begin == end:
                continue
            name = line_name(before, after, begin <= 0)
            parts.append(Segment(name, max(begin, 0), straight(before, after, begin, end - begin)))
        lowest = min(rate for _, rate in self.milestones_values)
        name = "floor" if final == lowest and parts else "hold"
        return [*parts, Segment(name, max(last, 0), hold(final))]

    def natural_length(self) -> int | None:
        """Return the event of the last milestone."""
        return max(self.milestones_values[-1][0], 0) or None


def straight(before: float, after: float, begin: int, length: int) -> Shape:
    """Return a line in Ignite's order of operations, which is exact at its first event."""

    def rates(t: Steps64) -> Array:
        return np.asanyarray(before + (after - before) * (t - begin) / length)

    return linear(before, after, begin, length, rates)


def line_name(before: float, after: float, is_first: bool) -> str:
    """Return the name of the segment that goes from one rate to another."""
    if after > before:
        return "warm-up" if is_first else "rise"
    return "decay" if after < before else "hold"
