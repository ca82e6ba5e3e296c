"""Schedules of optax in sequence: warm-ups, warm restarts, join_schedules."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from lrviz.core.composition import Children
from lrviz.core.conversions import as_list
from lrviz.core.findings import Finding
from lrviz.core.parameters import Factor, Flag, Rate, Span, Spans, Unit
from lrviz.core.roles import Floor, Length, Peak
from lrviz.core.roles import WarmUp as WarmUpSteps
from lrviz.core.schedule import DEFAULT_STEPS, Schedule, as_plain_data
from lrviz.core.segment import Part
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.optax.base import OptaxSchedule, join_parts
from lrviz.dialects.optax.leaves import Exponential, cosine, transition

WARM_UP = {
    "schedule": "optax.linear_schedule",
    "init_value": 0.0,
    "end_value": 0.1,
    "transition_steps": 10,
}
DECAY = {"schedule": "optax.cosine_decay_schedule", "init_value": 0.1, "decay_steps": 90}
CYCLE = {"init_value": 0.0, "warmup_steps": 5}


class WarmUp(OptaxSchedule, abstract=True):
    """A line from init_value to peak_value in warmup_steps, before something else."""

    if TYPE_CHECKING:  # each subclass declares them, in optax' order
        init_value: Rate
        peak_value: Rate
        warmup_steps: Span

    def warm_up(self, begin: float) -> list[Part]:
        """Return the line, and its last rate held."""
        return transition(self.init_value, self.peak_value, 1, self.warmup_steps, begin)

    def after(self, begin: float) -> list[Part]:
        """Return the segments after the warm-up, which ends at step `begin`."""
        raise NotImplementedError

    def parts_from(self, begin: float) -> list[Part]:
        return join_parts((self.warm_up, self.after), (self.warmup_steps,), begin)

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        if self.warmup_steps < 0:
            message = (
                f"warmup_steps is negative ({format_number(self.warmup_steps)}): optax starts "
                "within the decay"
            )
            yield self.note("negative-steps", message)
        if self.warmup_steps > 0 and self.init_value > self.peak_value:
            message = (
                f"init_value ({format_number(self.init_value)}) is above peak_value "
                f"({format_number(self.peak_value)}): "
                "the rate falls to peak_value"
            )
            yield self.note("falling-warm-up", message)


class WarmupConstantSchedule(WarmUp):
    """A line from init_value to peak_value, which then holds."""

    name = "warmup_constant_schedule"
    aliases = ("warmup_constant",)
    formula = "init_value + (peak_value - init_value) * min(t / warmup_steps, 1)"
    init_value: Rate = Field(description="rate at step 0", examples=[0.0])
    peak_value: Annotated[Rate, Peak()] = Field(
        description="rate after the warm-up", examples=[0.1]
    )
    warmup_steps: Annotated[Span, WarmUpSteps()] = Field(
        description="steps of the warm-up", examples=[10]
    )

    def parts_from(self, begin: float) -> list[Part]:
        return self.warm_up(begin)

    def natural_length(self) -> int | None:
        """Return four times the warm-up, so that the full rate is seen."""
        return math.ceil(4 * self.warmup_steps) if self.warmup_steps > 0 else None

    def findings(self, lr: float) -> Iterator[Finding]:
        if self.warmup_steps > 0:
            yield from super().findings(lr)
            return
        message = (
            f"with warmup_steps {format_number(self.warmup_steps)} optax stays at init_value "
            "and never reaches "
            "peak_value"
        )
        yield self.note("never-changes", message)


class WarmUpCosine(WarmUp, abstract=True):
    """A line up, and half a cosine down in the rest of decay_steps."""

    init_value: Rate = Field(description="rate at step 0", examples=[0.0])
    peak_value: Annotated[Rate, Peak()] = Field(
        description="rate after the warm-up", examples=[0.1]
    )
    warmup_steps: Annotated[Span, WarmUpSteps()] = Field(
        description="steps of the warm-up", examples=[10]
    )
    decay_steps: Annotated[Span, Length()] = Field(
        description="steps in total, the warm-up included", examples=[100]
    )
    end_value: Annotated[Rate, Floor()] = Field(0.0, description="rate at the end")
    exponent: Factor = Field(1.0, description="power of the cosine")

    @model_validator(mode="after")
    def check_decay_steps(self) -> WarmUpCosine:
        """Refuse a decay that has no steps beside the warm-up."""
        steps = self.decay_steps - self.warmup_steps
        if steps <= 0:
            message = (
                "optax: The cosine_decay_schedule requires positive decay_steps, got "
                f"decay_steps={format_number(steps)}; decay_steps "
                f"({format_number(self.decay_steps)}) counts the warm-up "
                f"({format_number(self.warmup_steps)}) too"
            )
            raise error_at("decay_steps", message, self.decay_steps)
        return self

    def after(self, begin: float) -> list[Part]:
        alpha = self.end_value / self.peak_value if self.peak_value else 0.0
        steps = self.decay_steps - self.warmup_steps
        return cosine(self.peak_value, steps, alpha, self.exponent, begin)

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        if self.peak_value == 0 and self.end_value:
            message = "end_value is ignored: with peak_value 0 the decay stays at 0"
            yield self.note("unused-parameter", message)
        if self.exponent < 0:
            message = (
                f"exponent is negative ({format_number(self.exponent)}): the rate grows "
                "without limit"
            )
            yield self.note("grows", message)
        if self.end_value > self.peak_value > 0:
            message = (
                f"end_value ({format_number(self.end_value)}) is above peak_value "
                f"({format_number(self.peak_value)}): "
                "the rate rises"
            )
            yield self.note("rises", message)


class WarmupCosineDecaySchedule(WarmUpCosine):
    """A line up to peak_value, then half a cosine down to end_value."""

    name = "warmup_cosine_decay_schedule"
    aliases = ("warmup_cosine_decay", "warmup_cosine")
    formula = (
        "init_value + (peak_value - init_value) * t / warmup_steps if t < warmup_steps "
        "else end_value + (peak_value - end_value) * ((1 + cos(pi * (min(t, decay_steps) "
        "- warmup_steps) / (decay_steps - warmup_steps))) / 2) ** exponent"
    )


class WarmupExponentialDecaySchedule(WarmUp, Exponential):
    """A line up to peak_value, then an exponential decay."""

    name = "warmup_exponential_decay_schedule"
    aliases = ("warmup_exponential_decay", "warmup_exponential")
    first_value = "peak_value"
    formula = (
        "a line to peak_value at warmup_steps, then peak_value * "
        "decay_rate ** ((t - warmup_steps - transition_begin) / transition_steps)"
    )
    init_value: Rate = Field(description="rate at step 0", examples=[0.0])
    peak_value: Annotated[Rate, Peak()] = Field(
        description="rate after the warm-up", examples=[0.1]
    )
    warmup_steps: Annotated[Span, WarmUpSteps()] = Field(
        description="steps of the warm-up", examples=[10]
    )
    transition_steps: Span = Field(description="steps in which decay_rate acts", examples=[20])
    decay_rate: Factor = Field(description="what the rate is multiplied by", examples=[0.5])
    transition_begin: Span = Field(0, description="steps at peak_value before the decay")
    staircase: Flag = Field(False, description="whether to drop at once every transition_steps")
    end_value: Annotated[Rate | None, Floor()] = Field(
        None, description="bound: from below for a decay_rate below 1, else from above"
    )

    def after(self, begin: float) -> list[Part]:
        return self.decay(self.peak_value, begin)

    def natural_length(self) -> int | None:
        decay = Exponential.natural_length(self)
        return math.ceil(max(self.warmup_steps, 0)) + decay if decay else None

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from WarmUp.findings(self, lr)
        yield from Exponential.findings(self, lr)
        yield from self.findings_of_bound(self.peak_value)


class CycleArguments(WarmUpCosine, abstract=True):
    """The arguments of one cycle of sgdr_schedule."""

    def spec(self) -> dict[str, Any]:
        return {name: as_plain_data(getattr(self, name)) for name in type(self).model_fields}


Cycles = Annotated[tuple[CycleArguments, ...], BeforeValidator(as_list), Unit("cycles")]


class SgdrSchedule(OptaxSchedule):
    """Cycles of warm-up and cosine, one after another, each with its own arguments (SGDR)."""

    name = "sgdr_schedule"
    formula = "warmup_cosine_decay_schedule(**cosine_kwargs[i]), each for its own decay_steps"
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
    def check_cycles(self) -> SgdrSchedule:
        """Refuse an empty list."""
        if not self.cosine_kwargs:
            message = "optax.sgdr_schedule fails without cycles: IndexError"
            raise error_at("cosine_kwargs", message, self.cosine_kwargs)
        return self

    def ends(self) -> list[float]:
        """Return the steps at which the cycles end."""
        return list(accumulate(cycle.decay_steps for cycle in self.cosine_kwargs))

    def parts_from(self, begin: float) -> list[Part]:
        cycles = [cycle.parts_from for cycle in self.cosine_kwargs]
        return join_parts(cycles, self.ends()[:-1], begin)

    def natural_length(self) -> int | None:
        return max(math.ceil(self.ends()[-1]), 0) or None

    def findings(self, lr: float) -> Iterator[Finding]:
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
    def check_children(self) -> JoinSchedules:
        """Refuse schedules of other dialects, and an empty list."""
        other = next((item for item in self.schedules if not isinstance(item, OptaxSchedule)), None)
        if other is not None:
            message = f"optax.join_schedules joins schedules of optax (got {other.title()})"
            raise error_at("schedules", message, self.schedules)
        if not self.schedules:
            message = "optax.join_schedules fails without schedules: IndexError"
            raise error_at("schedules", message, self.schedules)
        return self

    def paired_schedules(self) -> tuple[list[Schedule], list[float]]:
        """Return the schedules and boundaries that optax uses: as many as it can pair."""
        count = min(len(self.schedules) - 1, len(self.boundaries))
        return list(self.schedules[: count + 1]), list(self.boundaries[:count])

    def parts_from(self, begin: float) -> list[Part]:
        schedules, boundaries = self.paired_schedules()
        children = [child.parts_from for child in schedules if isinstance(child, OptaxSchedule)]
        return join_parts(children, boundaries, begin)

    def natural_length(self) -> int | None:
        schedules, boundaries = self.paired_schedules()
        last = schedules[-1].natural_length() or DEFAULT_STEPS
        return math.ceil(max(boundaries[-1:] or [0], default=0)) + last

    def findings(self, lr: float) -> Iterator[Finding]:
        schedules, boundaries = self.paired_schedules()
        if len(schedules) < len(self.schedules):
            message = f"schedules after number {len(schedules)} have no boundary and never run"
            yield self.note("unused-parameter", message)
        if len(boundaries) < len(self.boundaries):
            message = f"boundaries after number {len(boundaries)} have no schedule and are ignored"
            yield self.note("unused-parameter", message)
        if boundaries != sorted(set(boundaries)):
            message = (
                "boundaries are not in ascending order: of those that have passed, the last in "
                "the list counts"
            )
            yield self.note("unsorted-milestones", message)
        for child in schedules:
            yield from child.findings(lr)
