"""Schedules of optax in pieces: constant or interpolated between steps, and the one cycles."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from lrviz.core.parameters import LARGEST_WHOLE, Duration, Factor, Rate
from lrviz.core.schedule import Steps64
from lrviz.core.validation import error_at
from lrviz.dialects.optax.base import FactorsByStep, OptaxSchedule, Scales, Share

DROPS = {30: 0.5, 60: 0.2, 90: 0.5}


def interpolated(kind: str, init_value: float, scales: Scales, t: Steps64) -> Any:
    """Return the curve between the values that the factors make of init_value."""
    steps = np.array([0.0, *(step for step, _ in scales.items)])
    values = np.cumprod([init_value, *(factor for _, factor in scales.items)])
    reached: Any = np.searchsorted(
        steps[1:], [t.min(initial=LARGEST_WHOLE), t.max(initial=0)], side="right"
    )
    one = reached[0] == reached[1]
    reached = int(reached[0]) if one else np.searchsorted(steps[1:], t, side="right")
    sizes = np.maximum(np.diff(steps, append=np.inf), 1)
    done = (t - steps[reached]) / sizes[reached]
    starts, ends = values, np.append(values[1:], values[-1])
    change = (ends - starts)[reached]
    if kind == "cosine":
        return ends[reached] - change / 2.0 * (np.cos(np.pi * done) + 1)
    return change * done + starts[reached]


class Pieces(OptaxSchedule, abstract=True):
    """A schedule that multiplies its value at given steps."""

    def scales(self) -> Scales:
        """Return the factors by step."""
        raise NotImplementedError

    def natural_length(self) -> int | None:
        """A quarter beyond the last step."""
        last = max((step for step, _ in self.scales().items), default=0)
        return math.ceil(max(last, 0) * 1.25) or None

    def marks(self, stop: int) -> list[int]:
        steps = (math.ceil(step) for step, _ in self.scales().items)
        return [step for step in dict.fromkeys(steps) if 0 < step < stop]


class Given(Pieces, abstract=True):
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

    def findings(self, lr: float) -> Iterator[str]:
        del lr
        if not self.scales().items:
            yield "without boundaries_and_scales optax holds init_value"
        if any(step < 0 for step, _ in self.scales().items):
            yield "boundaries below 0 have passed at step 0"


class PiecewiseConstantSchedule(Given):
    """Multiplies the rate by a factor at each of the given steps."""

    name = "piecewise_constant_schedule"
    aliases = ("piecewise_constant",)
    formula = "init_value * product of the factors whose step <= t"
    init_value: Rate = Field(description="rate at first", examples=[0.1])
    boundaries_and_scales: FactorsByStep | None = Field(
        None, description="factors on the rate by step", examples=[DROPS]
    )

    def curve(self, t: Steps64) -> Any:
        items = self.scales().items
        values = np.cumprod([self.init_value, *(factor for _, factor in items)])
        return values[np.searchsorted([step for step, _ in items], t, side="right")]


class PiecewiseInterpolateSchedule(Given):
    """Goes in lines or cosines between the values that the factors make at the given steps."""

    name = "piecewise_interpolate_schedule"
    aliases = ("piecewise_interpolate",)
    formula = "between init_value * factors up to each step, in a line or half a cosine"
    interpolate_type: Literal["linear", "cosine"] = Field(
        description="shape of each piece", examples=["cosine"]
    )
    init_value: Rate = Field(description="rate at step 0", examples=[0.1])
    boundaries_and_scales: FactorsByStep | None = Field(
        None, description="factors on the rate by step", examples=[DROPS]
    )

    def curve(self, t: Steps64) -> Any:
        return interpolated(self.interpolate_type, self.init_value, self.scales(), t)


class OneCycle(Pieces, abstract=True):
    """Up to peak_value and down to almost nothing, once (super-convergence)."""

    if TYPE_CHECKING:  # each subclass declares them, in optax' order
        transition_steps: Duration
        peak_value: Rate
        pct_start: Share
        div_factor: Factor
        final_div_factor: Factor

    @model_validator(mode="after")
    def factors_that_divide(self) -> OneCycle:
        """Refuse factors that optax divides by 0 or refuses."""
        for name in ("div_factor", "final_div_factor"):
            factor = getattr(self, name)
            if factor == 0:
                words = f"{self.title()} divides by {name}, which is 0: ZeroDivisionError"
                raise error_at(name, words, factor)
        return self

    @model_validator(mode="after")
    def scales_that_optax_takes(self) -> OneCycle:
        """Refuse negative factors, where they have not cancelled out."""
        if any(factor < 0 for _, factor in self.scales().items):
            words = (
                f"{self.title()}: `piecewise_interpolate_schedule` expects non-negative scale "
                f"factors (got {self.div_factor:g})"
            )
            raise error_at("div_factor", words, self.div_factor)
        return self

    def natural_length(self) -> int | None:
        return math.ceil(self.transition_steps)

    def findings(self, lr: float) -> Iterator[str]:
        del lr
        steps = len(self.scales().items)
        if steps < len(self.pieces()):
            yield "two phases end at the same step: optax keeps the factor of the later one only"
        if [step for step, _ in self.scales().items] != list(dict(self.pieces())):
            yield "the phases do not follow one another: optax sorts their ends"

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
    transition_steps: Duration = Field(description="steps of the cycle", examples=[100])
    peak_value: Rate = Field(description="rate at the top", examples=[0.1])
    pct_start: Share = Field(0.3, description="share of the steps that rise")
    pct_final: Share = Field(0.85, description="share of the steps up and back")
    div_factor: Factor = Field(25.0, description="peak_value over the first rate")
    final_div_factor: Factor = Field(1e4, description="the first rate over the last")

    def pieces(self) -> list[tuple[float, float]]:
        return [
            (int(self.pct_start * self.transition_steps), self.div_factor),
            (int(self.pct_final * self.transition_steps), 1.0 / self.div_factor),
            (self.transition_steps, 1.0 / self.final_div_factor),
        ]

    def curve(self, t: Steps64) -> Any:
        return interpolated("linear", self.peak_value / self.div_factor, self.scales(), t)


class CosineOnecycleSchedule(OneCycle):
    """Up to peak_value and down to the final value in half cosines (super-convergence)."""

    name = "cosine_onecycle_schedule"
    aliases = ("cosine_onecycle",)
    formula = (
        "half cosines from peak_value / div_factor to peak_value, then to "
        "peak_value / (div_factor * final_div_factor)"
    )
    transition_steps: Duration = Field(description="steps of the cycle", examples=[100])
    peak_value: Rate = Field(description="rate at the top", examples=[0.1])
    pct_start: Share = Field(0.3, description="share of the steps that rise")
    div_factor: Factor = Field(25.0, description="peak_value over the first rate")
    final_div_factor: Factor = Field(1e4, description="the first rate over the last")

    def pieces(self) -> list[tuple[float, float]]:
        return [
            (int(self.pct_start * self.transition_steps), self.div_factor),
            (int(self.transition_steps), 1.0 / (self.div_factor * self.final_div_factor)),
        ]

    def curve(self, t: Steps64) -> Any:
        return interpolated("cosine", self.peak_value / self.div_factor, self.scales(), t)
