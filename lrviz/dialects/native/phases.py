"""A schedule of phases that are written down one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction as Ratio
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from lrviz.core.parameters import Factor, Steps, Unit, as_list
from lrviz.core.schedule import Steps64, as_plain_data
from lrviz.core.validation import error_at, errors_at
from lrviz.dialects.native.base import Run
from lrviz.dialects.native.legs import Leg, Shape, drawn
from lrviz.dialects.native.lengths import Length, exact_steps

Told = tuple[tuple[str | int, ...], str, Any]


class Phase(BaseModel):
    """A part of the run in which the factor on lr goes to `to` along a curve."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )

    steps: Length | None = Field(
        None, description="steps, or a share of the run; its part of the rest if not given"
    )
    to: Factor = Field(ge=0, description="factor on lr at the phase's end", examples=[0.1])
    curve: Shape = Field("linear", description="how it goes there; constant is there at once")
    power: Annotated[Factor, Field(gt=0)] | None = Field(
        None, description="exponent of curve polynomial (2 if not given)"
    )

    @model_validator(mode="after")
    def power_that_counts(self) -> Phase:
        """Refuse a power that no curve would read."""
        if self.power is not None and self.curve != "polynomial":
            raise error_at(
                "power", f"power is of curve polynomial only (curve: {self.curve})", self
            )
        return self

    def spec(self) -> dict[str, Any]:
        """Return the phase as a spec file spells it."""
        given = self.model_dump(exclude_defaults=True)
        return {name: as_plain_data(value) for name, value in given.items()}


Phases = Annotated[tuple[Phase, ...], BeforeValidator(as_list), Field(min_length=1), Unit("phases")]
WARM_UP = {"steps": "10%", "to": 1.0}


class Piecewise(Run):
    """Goes through phases: each takes the factor on lr from where it is to the next value.

    Phases without steps share the rest of the run evenly; a phase of 0 steps is a jump. Where the
    phases end before the run does, the last factor is held.
    """

    name = "piecewise"
    formula = "lr * (to + (from - to) * left((t - begin) / steps)), phase by phase"
    source = "the field's practice; each curve as in the schedule of its name"
    total_steps: Steps = Field(description="steps of the run", examples=[100])
    phases: Phases = Field(
        description="the phases, in order: {steps, to, curve, power}",
        examples=[[WARM_UP, {"steps": "60%", "to": 1.0}, {"to": 0.1, "curve": "cosine"}]],
    )
    start: Factor = Field(0.0, ge=0, description="factor on lr at step 0")

    @model_validator(mode="after")
    def phases_that_fit(self) -> Piecewise:
        """Refuse phases that exceed the run, and exponentials from or to 0."""
        found = [*self.too_long(), *self.without_ratio()]
        if found:
            raise errors_at(found)
        return self

    def too_long(self) -> Iterator[Told]:
        """Yield what is wrong with the lengths."""
        rest = self.rest()
        open_ones = [i for i, phase in enumerate(self.phases) if phase.steps is None]
        if rest < 0:
            taken = float(self.total_steps - rest)
            words = f"phases take {taken:,.10g} steps, more than total_steps ({self.total_steps:,})"
            yield ("phases",), words, self.phases
        elif rest < len(open_ones):
            words = (
                "phases without steps share the rest of the run: "
                f"{float(rest):,.10g} steps are left for {len(open_ones)}"
            )
            yield ("phases", open_ones[0]), words, self.phases[open_ones[0]]

    def without_ratio(self) -> Iterator[Told]:
        """Yield the exponential phases that begin or end at 0."""
        last = self.start
        for index, phase in enumerate(self.phases):
            if phase.curve == "exponential" and 0 in (last, phase.to):
                edge = "ends" if phase.to == 0 else "begins"
                words = f"curve exponential needs both ends above 0 (phases[{index}] {edge} at 0)"
                yield ("phases", index, "curve"), words, phase.curve
            last = phase.to

    def rest(self) -> Ratio:
        """Return the steps that phases with a length of their own leave, exactly."""
        given = [phase.steps for phase in self.phases if phase.steps is not None]
        return self.total_steps - sum((exact_steps(s, self.total_steps) for s in given), Ratio(0))

    def legs(self, lr: float) -> Sequence[Leg]:
        del lr
        count = sum(phase.steps is None for phase in self.phases)
        each = self.rest() / max(count, 1)
        legs, begin, end, last = [], 0, Ratio(0), self.start
        for phase in self.phases:
            end += each if phase.steps is None else exact_steps(phase.steps, self.total_steps)
            power = 2.0 if phase.power is None else phase.power
            legs.append(Leg(begin, int(end), last, phase.to, phase.curve, power))
            begin, last = int(end), phase.to
        return legs

    def compute(self, t: Steps64, lr: float) -> Any:
        return lr * drawn(self.legs(lr), t)
