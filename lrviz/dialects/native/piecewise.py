"""A schedule of phases that are listed one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction as Ratio
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from lrviz.core.conversions import as_list
from lrviz.core.parameters import Factor, Steps, Unit
from lrviz.core.roles import Length
from lrviz.core.schedule import as_plain_data
from lrviz.core.segment import Part, Segment
from lrviz.core.validation import Fault, error_at, errors_at
from lrviz.dialects.native.base import FixedLength
from lrviz.dialects.native.shares import StepsOrShare, exact_steps
from lrviz.dialects.native.stages import Stage, StageShape, consecutive


class Phase(BaseModel):
    """A part of the run in which the factor on lr goes to `to` along a curve."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )

    steps: StepsOrShare | None = Field(
        None, description="steps, or a share of the run; an equal part of the rest if not given"
    )
    to: Factor = Field(ge=0, description="factor on lr at the phase's end", examples=[0.1])
    curve: StageShape = Field(
        "linear", description="shape of the change; constant changes at the first step"
    )
    power: Annotated[Factor, Field(gt=0)] | None = Field(
        None, description="exponent of curve polynomial (2 if not given)"
    )

    @model_validator(mode="after")
    def check_power(self) -> Phase:
        """Refuse a power that the curve does not have."""
        if self.power is not None and self.curve != "polynomial":
            raise error_at(
                "power", f"power is of curve polynomial only (curve: {self.curve})", self
            )
        return self

    @property
    def exponent(self) -> float:
        """The power of the phase's curve."""
        if self.curve != "polynomial":
            return 1.0
        return 2.0 if self.power is None else self.power

    def spec(self) -> dict[str, Any]:
        """Return the phase as a spec file spells it."""
        parameters = self.model_dump(exclude_defaults=True)
        return {name: as_plain_data(value) for name, value in parameters.items()}


Phases = Annotated[tuple[Phase, ...], BeforeValidator(as_list), Field(min_length=1), Unit("phases")]
WARM_UP = {"steps": "10%", "to": 1.0}


class Piecewise(FixedLength):
    """Goes through phases: each takes the factor on lr from where it is to the next value.

    Phases without steps share the rest of the run evenly; a phase of 0 steps is a jump. Where the
    phases end before the run does, the last factor is held.
    """

    name = "piecewise"
    formula = (
        "phase by phase, lr * (to + (before - to) * (1 - p)) for a linear one, with p the share "
        "of the phase that has passed and before the factor at its first step"
    )
    source = "the field's practice; each curve as in the schedule of its name"
    total_steps: Annotated[Steps, Length()] = Field(description="steps of the run", examples=[100])
    phases: Phases = Field(
        description="the phases, in order: {steps, to, curve, power}",
        examples=[[WARM_UP, {"steps": "60%", "to": 1.0}, {"to": 0.1, "curve": "cosine"}]],
    )
    start: Factor = Field(0.0, ge=0, description="factor on lr at step 0")

    @model_validator(mode="after")
    def check_phases(self) -> Piecewise:
        """Refuse phases that exceed the run, and exponentials from or to 0."""
        faults = [*self.too_long(), *self.without_ratio()]
        if faults:
            raise errors_at(faults)
        return self

    def too_long(self) -> Iterator[Fault]:
        """Yield what is wrong with the lengths."""
        remaining = self.rest()
        without_steps = [i for i, phase in enumerate(self.phases) if phase.steps is None]
        if remaining < 0:
            total = float(self.total_steps - remaining)
            message = (
                f"phases take {total:,.10g} steps, more than total_steps ({self.total_steps:,})"
            )
            yield ("phases",), message, self.phases
        elif remaining < len(without_steps):
            message = (
                "phases without steps share the rest of the run: "
                f"{float(remaining):,.10g} steps remain for {len(without_steps)}"
            )
            first = without_steps[0]
            yield ("phases", first), message, self.phases[first]

    def without_ratio(self) -> Iterator[Fault]:
        """Yield the exponential phases that begin or end at 0."""
        before = self.start
        for index, phase in enumerate(self.phases):
            if phase.curve == "exponential" and 0 in (before, phase.to):
                edge = "ends" if phase.to == 0 else "begins"
                message = f"curve exponential needs both ends above 0 (phases[{index}] {edge} at 0)"
                yield ("phases", index, "curve"), message, phase.curve
            before = phase.to

    def rest(self) -> Ratio:
        """Return the steps that phases with a length of their own leave, exactly."""
        lengths = [phase.steps for phase in self.phases if phase.steps is not None]
        return self.total_steps - sum((exact_steps(s, self.total_steps) for s in lengths), Ratio(0))

    def stages(self) -> list[Stage]:
        """Return the phases as stages of the factor on lr."""
        share = self.rest() / max(sum(phase.steps is None for phase in self.phases), 1)
        stages, begin, end, before = [], 0, Ratio(0), self.start
        for phase in self.phases:
            end += share if phase.steps is None else exact_steps(phase.steps, self.total_steps)
            name = "hold" if before == phase.to or phase.curve == "constant" else "decay"
            name = "rise" if phase.to > before and name == "decay" else name
            name = "warm-up" if name == "rise" and begin == 0 else name
            stages.append(Stage(name, int(end) - begin, phase.to, phase.curve, phase.exponent))
            begin, before = int(end), phase.to
        return stages

    def segments(self, lr: float) -> Sequence[Part]:
        return [scaled(segment, lr) for segment in consecutive(self.start, self.stages())]


def scaled(segment: Segment, lr: float) -> Segment:
    """Return the segment of rates of a segment of factors on lr."""
    factor = segment.shape
    if factor is None:
        return segment
    shape = replace(
        factor,
        first=lr * factor.first,
        last=lr * factor.last,
        exact=lambda t: lr * factor.rates(t),
    )
    return replace(segment, curve=shape)
