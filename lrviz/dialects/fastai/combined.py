"""fastai's schedules for a ParamScheduler: curves that are combined by their shares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from lrviz.core.conversions import as_list
from lrviz.core.parameters import Fraction, Number, Rate, Unit
from lrviz.core.roles import Floor, Peak, WarmUp
from lrviz.core.schedule import as_plain_data
from lrviz.core.validation import Fault, error_at, errors_at
from lrviz.dialects.fastai.base import Phase, WithEpochs


class Sched(BaseModel):
    """A curve from start to end: its function in fastai, and the power of SchedPoly."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )

    sched: Literal["SchedLin", "SchedCos", "SchedNo", "SchedExp", "SchedPoly"]
    start: Rate
    end: Rate
    power: Annotated[Number, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def check_function_arguments(self) -> Sched:
        """Refuse a power that the function does not have, and exponentials from or to 0."""
        if (self.power is not None) != (self.sched == "SchedPoly"):
            verb = "needs" if self.sched == "SchedPoly" else "does not take"
            raise error_at("power", f"{self.sched} {verb} power", self.power)
        if self.sched == "SchedExp" and min(self.start, self.end) <= 0:
            raise error_at("start", "SchedExp needs both ends above 0", self.start)
        return self

    def spec(self) -> dict[str, Any]:
        """Return the curve as a spec file spells it."""
        parameters = self.model_dump(exclude_none=True)
        return {name: as_plain_data(value) for name, value in parameters.items()}


Scheds = Annotated[tuple[Sched, ...], BeforeValidator(as_list), Unit("curves")]
Shares = Annotated[tuple[Fraction, ...], BeforeValidator(as_list), Unit("fractions")]
LINE = {"sched": "SchedLin", "start": 0.01, "end": 0.1}
POWER = {"sched": "SchedPoly", "start": 0.1, "end": 0.001, "power": 2.0}


class CombineScheds(WithEpochs, insert_after="n_epoch"):
    """Curves one after another, each over its share of the training."""

    name = "combine_scheds"
    sets_rate = True
    formula = "scheds[i] at the share of phase i that has passed, which is pcts[i] of the training"
    pcts: Shares = Field(description="shares of the training, in all 1", examples=[[0.3, 0.7]])
    scheds: Scheds = Field(
        description="the curves: {sched, start, end, power}", examples=[[LINE, POWER]]
    )

    @model_validator(mode="after")
    def check_shares(self) -> CombineScheds:
        """Refuse shares that do not add up to exactly 1, as fastai does, or fit the curves."""
        faults = list(self.faults())
        if faults:
            raise errors_at(faults)
        return self

    def faults(self) -> Iterator[Fault]:
        """Yield what is wrong with the shares."""
        if len(self.pcts) != len(self.scheds):
            message = f"must be as many as scheds, {len(self.scheds)} (got {len(self.pcts)})"
            yield ("pcts",), message, self.pcts
        elif sum(self.pcts) != 1:
            message = f"must add up to exactly 1, or fastai refuses them (got {sum(self.pcts)!r})"
            yield ("pcts",), message, self.pcts

    def phases(self, lr: float) -> Sequence[Phase]:
        del lr
        return [
            Phase(share, sched.sched, sched.start, sched.end, sched.power or 1.0)
            for share, sched in zip(self.pcts, self.scheds, strict=True)
        ]


class CombinedCos(WithEpochs, insert_after="n_epoch"):
    """Goes along half a cosine from start to middle, then along another one to its end.

    fastai's parameter `end` is `last` here, since a schedule has an end of its own; both are read.
    """

    name = "combined_cos"
    sets_rate = True
    parameter_aliases = {"end": "last"}
    formula = (
        "start + (middle - start) * (1 - cos(pi * t / (pct * n_epoch))) / 2 if t < pct * n_epoch "
        "else middle + (last - middle) "
        "* (1 - cos(pi * (t - pct * n_epoch) / (n_epoch - pct * n_epoch))) / 2"
    )
    pct: Annotated[Fraction, WarmUp(share=True)] = Field(
        description="share of the training up to middle", examples=[0.25]
    )
    start: Rate = Field(description="rate at step 0", examples=[0.01])
    middle: Annotated[Rate, Peak()] = Field(description="rate after the share pct", examples=[0.1])
    last: Annotated[Rate, Floor()] = Field(description="rate at the end", examples=[0.001])

    def phases(self, lr: float) -> Sequence[Phase]:
        del lr
        return [
            Phase(self.pct, "SchedCos", self.start, self.middle),
            Phase(1 - self.pct, "SchedCos", self.middle, self.last),
        ]
