"""Schedules of optax that follow one another: warm-ups, warm restarts, join_schedules."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from lrviz.core.composition import Children
from lrviz.core.parameters import LARGEST_WHOLE, Factor, Flag, Rate, Span, Spans, Unit, as_list
from lrviz.core.schedule import DEFAULT_STEPS, Schedule, Steps64, as_plain_data
from lrviz.core.validation import error_at
from lrviz.dialects.optax.base import OptaxSchedule
from lrviz.dialects.optax.leaves import Exponential, cosine, polynomial

WARM_UP = {
    "schedule": "optax.linear_schedule",
    "init_value": 0.0,
    "end_value": 0.1,
    "transition_steps": 10,
}
DECAY = {"schedule": "optax.cosine_decay_schedule", "init_value": 0.1, "decay_steps": 90}
CYCLE = {"init_value": 0.0, "warmup_steps": 5}


def joined(curves: Sequence[Any], boundaries: Sequence[float], t: Steps64) -> Any:
    """Return each step's rate from the last curve in the list whose boundary it has reached."""
    first, last = t.min(initial=LARGEST_WHOLE), t.max(initial=0)
    if not any(first < boundary <= last for boundary in boundaries):
        reached = [i for i, boundary in enumerate(boundaries, start=1) if boundary <= first]
        index = reached[-1] if reached else 0
        return curves[index](t - boundaries[index - 1] if index else t)
    chosen = np.zeros(t.shape, np.int64)
    for index, boundary in enumerate(boundaries, start=1):
        chosen[t >= boundary] = index
    rates = np.empty(t.shape)
    for index, boundary in enumerate([0, *boundaries]):
        here = chosen == index
        if here.any():
            rates[here] = curves[index](t[here] - boundary)
    return rates


class WarmUp(OptaxSchedule, abstract=True):
    """A line from init_value to peak_value in warmup_steps, before something else."""

    if TYPE_CHECKING:  # each subclass declares them, in optax' order
        init_value: Rate
        peak_value: Rate
        warmup_steps: Span

    def warm_up(self, t: Any) -> Any:
        """Return the line."""
        return polynomial(self.init_value, self.peak_value, 1, self.warmup_steps, t)

    def after(self, t: Any) -> Any:
        """Return what follows, at steps from its own 0."""
        raise NotImplementedError

    def curve(self, t: Steps64) -> Any:
        return joined((self.warm_up, self.after), (self.warmup_steps,), t)

    def marks(self, stop: int) -> list[int]:
        return [math.ceil(self.warmup_steps)] if 0 < self.warmup_steps < stop else []

    def findings(self, lr: float) -> Iterator[str]:
        del lr
        if self.warmup_steps < 0:
            yield f"warmup_steps is negative ({self.warmup_steps:g}): optax starts within the decay"


class WarmupConstantSchedule(WarmUp):
    """A line from init_value to peak_value, which then holds."""

    name = "warmup_constant_schedule"
    aliases = ("warmup_constant",)
    formula = "init_value + (peak_value - init_value) * min(t / warmup_steps, 1)"
    init_value: Rate = Field(description="rate at step 0", examples=[0.0])
    peak_value: Rate = Field(description="rate after the warm-up", examples=[0.1])
    warmup_steps: Span = Field(description="steps of the warm-up", examples=[10])

    def curve(self, t: Steps64) -> Any:
        return self.warm_up(t)

    def natural_length(self) -> int | None:
        """Four times the warm-up, so that the full rate is seen."""
        return math.ceil(4 * self.warmup_steps) if self.warmup_steps > 0 else None

    def findings(self, lr: float) -> Iterator[str]:
        del lr
        if self.warmup_steps <= 0:
            yield (
                f"with warmup_steps {self.warmup_steps:g} optax stays at init_value; "
                "peak_value never comes"
            )


class WarmUpCosine(WarmUp, abstract=True):
    """A line up, and half a cosine down in the rest of decay_steps."""

    init_value: Rate = Field(description="rate at step 0", examples=[0.0])
    peak_value: Rate = Field(description="rate after the warm-up", examples=[0.1])
    warmup_steps: Span = Field(description="steps of the warm-up", examples=[10])
    decay_steps: Span = Field(description="steps in all, the warm-up's with them", examples=[100])
    end_value: Rate = Field(0.0, description="rate at the end")
    exponent: Factor = Field(1.0, description="power of the cosine")

    @model_validator(mode="after")
    def steps_that_decay(self) -> WarmUpCosine:
        """Refuse a decay that has no steps beside the warm-up."""
        rest = self.decay_steps - self.warmup_steps
        if rest <= 0:
            words = (
                "optax: The cosine_decay_schedule requires positive decay_steps, got "
                f"decay_steps={rest:g}; decay_steps ({self.decay_steps:g}) counts the warm-up "
                f"({self.warmup_steps:g}) too"
            )
            raise error_at("decay_steps", words, self.decay_steps)
        return self

    def after(self, t: Any) -> Any:
        alpha = self.end_value / self.peak_value if self.peak_value else 0.0
        steps = self.decay_steps - self.warmup_steps
        return cosine(self.peak_value, steps, alpha, self.exponent, t)

    def natural_length(self) -> int | None:
        return math.ceil(self.decay_steps) if self.decay_steps > 0 else None

    def marks(self, stop: int) -> list[int]:
        end = [math.ceil(self.decay_steps)] if 0 < self.decay_steps < stop else []
        return super().marks(stop) + end

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        if self.peak_value == 0 and self.end_value:
            yield "with peak_value 0 optax does not look at end_value: the decay is 0"


class WarmupCosineDecaySchedule(WarmUpCosine):
    """A line up to peak_value, then half a cosine down to end_value."""

    name = "warmup_cosine_decay_schedule"
    aliases = ("warmup_cosine_decay", "warmup_cosine")
    formula = (
        "a line to peak_value at warmup_steps, then "
        "end_value + (peak_value - end_value) * ((1 + cos(pi * (t - warmup_steps) / "
        "(decay_steps - warmup_steps))) / 2) ** exponent"
    )


class WarmupExponentialDecaySchedule(WarmUp, Exponential):
    """A line up to peak_value, then an exponential decay."""

    name = "warmup_exponential_decay_schedule"
    aliases = ("warmup_exponential_decay", "warmup_exponential")
    formula = (
        "a line to peak_value at warmup_steps, then peak_value * "
        "decay_rate ** ((t - warmup_steps - transition_begin) / transition_steps)"
    )
    init_value: Rate = Field(description="rate at step 0", examples=[0.0])
    peak_value: Rate = Field(description="rate after the warm-up", examples=[0.1])
    warmup_steps: Span = Field(description="steps of the warm-up", examples=[10])
    transition_steps: Span = Field(description="steps in which decay_rate acts", examples=[20])
    decay_rate: Factor = Field(description="what the rate is multiplied by", examples=[0.5])
    transition_begin: Span = Field(0, description="steps at peak_value before the decay")
    staircase: Flag = Field(False, description="whether to drop at once every transition_steps")
    end_value: Rate | None = Field(
        None, description="bound: from below for a decay_rate below 1, else from above"
    )

    def after(self, t: Any) -> Any:
        return self.decay(self.peak_value, t)

    def still(self) -> str | None:
        told = super().still()
        return told.replace("init_value", "peak_value") if told else None

    def natural_length(self) -> int | None:
        decay = Exponential.natural_length(self)
        return math.ceil(max(self.warmup_steps, 0)) + decay if decay else None

    def marks(self, stop: int) -> list[int]:
        start = math.ceil(self.warmup_steps)
        later = [start + step for step in Exponential.marks(self, max(stop - start, 0))]
        return WarmUp.marks(self, stop) + [step for step in later if step > 0]

    def findings(self, lr: float) -> Iterator[str]:
        yield from WarmUp.findings(self, lr)
        yield from Exponential.findings(self, lr)
        yield from self.bounded(self.peak_value)


class Cycle(WarmUpCosine, abstract=True):
    """The arguments of one cycle of sgdr_schedule."""

    def spec(self) -> dict[str, Any]:
        return {name: as_plain_data(getattr(self, name)) for name in type(self).model_fields}


Cycles = Annotated[tuple[Cycle, ...], BeforeValidator(as_list), Unit("cycles")]


class SgdrSchedule(OptaxSchedule):
    """Cycles of warm-up and cosine, one after another, each with its own arguments (SGDR)."""

    name = "sgdr_schedule"
    formula = "warmup_cosine_decay_schedule(**cosine_kwargs[i]) in turn, each for its decay_steps"
    cosine_kwargs: Cycles = Field(
        description="arguments of warmup_cosine_decay_schedule for each cycle",
        examples=[
            [
                {**CYCLE, "peak_value": 0.1, "decay_steps": 30},
                {**CYCLE, "peak_value": 0.05, "decay_steps": 70},
            ]
        ],
    )

    @model_validator(mode="after")
    def cycles_at_all(self) -> SgdrSchedule:
        """Refuse an empty list."""
        if not self.cosine_kwargs:
            words = "optax.sgdr_schedule fails without cycles: IndexError"
            raise error_at("cosine_kwargs", words, self.cosine_kwargs)
        return self

    def ends(self) -> list[float]:
        """Return the steps at which the cycles end."""
        return list(accumulate(cycle.decay_steps for cycle in self.cosine_kwargs))

    def curve(self, t: Steps64) -> Any:
        return joined([cycle.curve for cycle in self.cosine_kwargs], self.ends()[:-1], t)

    def natural_length(self) -> int | None:
        return max(math.ceil(self.ends()[-1]), 0) or None

    def marks(self, stop: int) -> list[int]:
        steps = (math.ceil(end) for end in self.ends()[:-1])
        return sorted({step for step in steps if 0 < step < stop})

    def findings(self, lr: float) -> Iterator[str]:
        for cycle in self.cosine_kwargs:
            yield from cycle.findings(lr)


class JoinSchedules(OptaxSchedule):
    """Runs one schedule after another, switching at the boundaries."""

    name = "join_schedules"
    aliases = ("join",)
    formula = "schedules[i] at t - boundaries[i-1], for the last boundary in the list that is <= t"
    schedules: Children = Field(description="the schedules, in order", examples=[[WARM_UP, DECAY]])
    boundaries: Spans = Field(
        description="the steps at which the next one takes over", examples=[[10]]
    )

    @model_validator(mode="after")
    def children_of_optax(self) -> JoinSchedules:
        """Refuse what is no schedule of optax, and a list without any."""
        other = next((each for each in self.schedules if not isinstance(each, OptaxSchedule)), None)
        if other is not None:
            words = f"optax.join_schedules joins schedules of optax (got {other.title()})"
            raise error_at("schedules", words, self.schedules)
        if not self.schedules:
            words = "optax.join_schedules fails without schedules: IndexError"
            raise error_at("schedules", words, self.schedules)
        return self

    def parts(self) -> tuple[list[Schedule], list[float]]:
        """Return the schedules and boundaries that have a partner."""
        used = min(len(self.schedules) - 1, len(self.boundaries))
        return list(self.schedules[: used + 1]), list(self.boundaries[:used])

    def curve(self, t: Steps64) -> Any:
        schedules, boundaries = self.parts()
        curves = [each.curve for each in schedules if isinstance(each, OptaxSchedule)]
        return joined(curves, boundaries, t)

    def natural_length(self) -> int | None:
        schedules, boundaries = self.parts()
        last = schedules[-1].natural_length() or DEFAULT_STEPS
        return math.ceil(max(boundaries[-1:] or [0], default=0)) + last

    def marks(self, stop: int) -> list[int]:
        return sorted({math.ceil(step) for step in self.parts()[1] if 0 < step <= stop - 1})

    def findings(self, lr: float) -> Iterator[str]:
        schedules, boundaries = self.parts()
        if len(schedules) < len(self.schedules):
            yield f"optax has no boundary for the schedules after number {len(schedules)}"
        if len(boundaries) < len(self.boundaries):
            yield f"optax has no schedule for the boundaries after number {len(boundaries)}"
        if boundaries != sorted(set(boundaries)):
            yield "boundaries do not rise: the later in the list wins where two have passed"
        for child in schedules:
            yield from child.findings(lr)
