"""Schedules of optax in pieces: constant or interpolated between steps, and the one cycles."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from lrviz.core.conversions import MAX_INTEGER
from lrviz.core.findings import Finding
from lrviz.core.parameters import Duration, Factor, Rate
from lrviz.core.roles import Length, Peak
from lrviz.core.segment import Part, Segment, Shape, cosine, hold, linear
from lrviz.core.stairs import listed_stairs
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.optax.base import FactorsByStep, OptaxSchedule, Scales, Share

DROPS = {30: 0.5, 60: 0.2, 90: 0.5}


def interpolated(kind: str, init_value: float, scales: Scales, begin: float) -> list[Part]:
    """Return pieces between the values that the factors make of init_value, from `begin` on."""
    steps = [0.0, *(step for step, _ in scales.items)]
    values = np.cumprod([init_value, *(factor for _, factor in scales.items)]).tolist()
    starts = [math.ceil(begin + step) for step in steps]
    starts[0] = min(starts)
    parts: list[Part] = []
    for index, (first, last) in enumerate(pairwise(values)):
        length = max(steps[index + 1] - steps[index], 1)
        name = "hold" if last == first else "decay" if last < first else "rise"
        name = "warm-up" if name == "rise" and not index else name
        curve = piece(kind, first, last, begin + steps[index], length)
        parts.append(Segment(name, starts[index], curve))
    name = "floor" if len(values) > 1 and values[-1] < values[-2] else "hold"
    return [*parts, Segment(name, starts[-1], hold(values[-1]))]


def piece(kind: str, first: float, last: float, begin: float, length: float) -> Shape:
    """Return a line or half a cosine between two values, in optax' order of operations."""
    change = last - first

    def straight(t: Any) -> Any:
        return change * ((t - begin) / length) + first

    def curved(t: Any) -> Any:
        return last - change / 2.0 * (np.cos(np.pi * ((t - begin) / length)) + 1)

    if kind == "cosine":
        return cosine(first, last, begin, length, curved)
    return linear(first, last, begin, length, straight)


class Pieces(OptaxSchedule, abstract=True):
    """A schedule that multiplies its value at given steps."""

    def scales(self) -> Scales:
        """Return the factors by step."""
        raise NotImplementedError

    def natural_length(self) -> int | None:
        """Return a quarter more steps than the last boundary, so that its change is seen."""
        last = max((step for step, _ in self.scales().items), default=0)
        return math.ceil(max(last, 0) * 1.25) or None


class FromBoundaries(Pieces, abstract=True):
    """Pieces whose factors are a parameter."""

    if TYPE_CHECKING:  # each subclass declares it, in optax' order
        boundaries_and_scales: FactorsByStep | None

    @classmethod
    def example_values(cls) -> dict[str, Any]:
        return {
            **super().example_values(),
            "boundaries_and_scales": cls.example_value("boundaries_and_scales"),
        }

    def scales(self) -> Scales:
        return self.boundaries_and_scales or Scales()

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        if not self.scales().items:
            message = "without boundaries_and_scales optax stays at init_value"
            yield self.note("never-changes", message)
        if any(step < 0 for step, _ in self.scales().items):
            yield self.note("negative-steps", "boundaries below 0 apply from step 0 on")


class PiecewiseConstantSchedule(FromBoundaries):
    """Multiplies the rate by a factor at each of the given steps."""

    name = "piecewise_constant_schedule"
    aliases = ("piecewise_constant",)
    formula = "init_value * product of the factors whose step <= t"
    init_value: Annotated[Rate, Peak()] = Field(description="rate at first", examples=[0.1])
    boundaries_and_scales: FactorsByStep | None = Field(
        None, description="factors on the rate by step", examples=[DROPS]
    )

    def parts_from(self, begin: float) -> list[Part]:
        items = self.scales().items
        values = np.cumprod([self.init_value, *(factor for _, factor in items)])
        steps = np.array([begin + step for step, _ in items])

        def rates(t: Any) -> Any:
            return values[np.searchsorted(steps, t, side="right")]

        first = math.ceil(begin)
        later = (math.ceil(step) for step in steps)
        return listed_stairs(sorted({first, *(step for step in later if step > first)}), rates)


class PiecewiseInterpolateSchedule(FromBoundaries):
    """Goes in lines or cosines between the values that the factors make at the given steps."""

    name = "piecewise_interpolate_schedule"
    aliases = ("piecewise_interpolate",)
    formula = "between init_value * factors up to each step, in a line or half a cosine"
    interpolate_type: Literal["linear", "cosine"] = Field(
        description="shape of each piece", examples=["cosine"]
    )
    init_value: Annotated[Rate, Peak()] = Field(description="rate at step 0", examples=[0.1])
    boundaries_and_scales: FactorsByStep | None = Field(
        None, description="factors on the rate by step", examples=[DROPS]
    )

    def parts_from(self, begin: float) -> list[Part]:
        return interpolated(self.interpolate_type, self.init_value, self.scales(), begin)


class OneCycle(Pieces, abstract=True):
    """Up to peak_value and down to almost nothing, once (super-convergence)."""

    if TYPE_CHECKING:  # each subclass declares them, in optax' order
        transition_steps: Duration
        peak_value: Rate
        pct_start: Share
        div_factor: Factor
        final_div_factor: Factor

    @model_validator(mode="after")
    def check_factors(self) -> OneCycle:
        """Refuse factors that optax divides by 0 or refuses."""
        for name in ("div_factor", "final_div_factor"):
            factor = getattr(self, name)
            if factor == 0:
                message = f"{self.title()} divides by {name}, which is 0: ZeroDivisionError"
                raise error_at(name, message, factor)
        return self

    @model_validator(mode="after")
    def check_ends(self) -> OneCycle:
        """Refuse shares whose phases end at no step that can be counted."""
        for name in {"pct_start", "pct_final"} & set(type(self).model_fields):
            share = getattr(self, name)
            if not abs(share * self.transition_steps) <= MAX_INTEGER:
                message = (
                    f"{name} ends a phase beyond {MAX_INTEGER:,} steps (got {format_number(share)})"
                )
                raise error_at(name, message, share)
        return self

    @model_validator(mode="after")
    def check_scales(self) -> OneCycle:
        """Refuse negative factors, where they have not cancelled out."""
        if any(factor < 0 for _, factor in self.scales().items):
            message = (
                f"{self.title()}: `piecewise_interpolate_schedule` expects non-negative scale "
                f"factors (got {format_number(self.div_factor)})"
            )
            raise error_at("div_factor", message, self.div_factor)
        return self

    def natural_length(self) -> int | None:
        return math.ceil(self.transition_steps)

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        steps = len(self.scales().items)
        if steps < len(self.pieces()):
            message = "two phases end at the same step: optax uses only the factor of the later one"
            yield self.note("repeated-milestones", message)
        if [step for step, _ in self.scales().items] != list(dict(self.pieces())):
            message = "the ends of the phases are not in ascending order: optax sorts them"
            yield self.note("unsorted-milestones", message)

    def pieces(self) -> list[tuple[float, float]]:
        """Return the ends of the phases with their factors, as optax writes them."""
        raise NotImplementedError

    def scales(self) -> Scales:
        return Scales(tuple(sorted(dict(self.pieces()).items())))


class LinearOnecycleSchedule(OneCycle):
    """Up to peak_value and back in lines, then down to the final value (super-convergence)."""

    name = "linear_onecycle_schedule"
    aliases = ("linear_onecycle",)
    formula = (
        "lines from peak_value / div_factor to peak_value, back, and down to "
        "peak_value / div_factor / final_div_factor"
    )
    transition_steps: Annotated[Duration, Length()] = Field(
        description="steps of the cycle", examples=[100]
    )
    peak_value: Annotated[Rate, Peak()] = Field(description="rate at the peak", examples=[0.1])
    pct_start: Share = Field(0.3, description="share of the steps that rise")
    pct_final: Share = Field(0.85, description="share of the steps that rise and fall back")
    div_factor: Factor = Field(25.0, description="peak_value over the first rate")
    final_div_factor: Factor = Field(1e4, description="the first rate over the last")

    def pieces(self) -> list[tuple[float, float]]:
        return [
            (int(self.pct_start * self.transition_steps), self.div_factor),
            (int(self.pct_final * self.transition_steps), 1.0 / self.div_factor),
            (self.transition_steps, 1.0 / self.final_div_factor),
        ]

    def parts_from(self, begin: float) -> list[Part]:
        return interpolated("linear", self.peak_value / self.div_factor, self.scales(), begin)


class CosineOnecycleSchedule(OneCycle):
    """Up to peak_value and down to the final value in half cosines (super-convergence)."""

    name = "cosine_onecycle_schedule"
    aliases = ("cosine_onecycle",)
    formula = (
        "half cosines from peak_value / div_factor to peak_value, then to "
        "peak_value / (div_factor * final_div_factor)"
    )
    transition_steps: Annotated[Duration, Length()] = Field(
        description="steps of the cycle", examples=[100]
    )
    peak_value: Annotated[Rate, Peak()] = Field(description="rate at the peak", examples=[0.1])
    pct_start: Share = Field(0.3, description="share of the steps that rise")
    div_factor: Factor = Field(25.0, description="peak_value over the first rate")
    final_div_factor: Factor = Field(1e4, description="the first rate over the last")

    def pieces(self) -> list[tuple[float, float]]:
        return [
            (int(self.pct_start * self.transition_steps), self.div_factor),
            (int(self.transition_steps), 1.0 / (self.div_factor * self.final_div_factor)),
        ]

    def parts_from(self, begin: float) -> list[Part]:
        return interpolated("cosine", self.peak_value / self.div_factor, self.scales(), begin)
