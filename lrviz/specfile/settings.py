"""Settings of a curve, beside the schedule's own parameters.

Keys of a spec file, flags and the JSON Schema are derived from this declaration.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from lrviz.core.conversions import as_fraction
from lrviz.core.parameters import PERCENT, Count, Rate, Unit
from lrviz.run import MAX_STEPS, Run, RunLength

WARM_UP_FACTOR = 0.001
WITH_UNITS = ("steps", "warmup")
"""Settings that count steps of the run: with a unit only a curve can resolve them."""


class WarmUp(BaseModel):
    """A linear warm-up before the schedule."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    steps: Annotated[Count, Field(le=MAX_STEPS)] = Field(description="steps of the warm-up")
    start_factor: Annotated[Rate, Field(gt=0, le=1)] = Field(
        WARM_UP_FACTOR, description="factor on the rate at its first step"
    )


def as_warm_up(value: Any) -> Any:
    """Return a warm-up's mapping for a plain number of steps."""
    return value if isinstance(value, dict | WarmUp) or value is None else {"steps": value}


class FloorLevel(BaseModel):
    """The rate at the end: a rate, or a share of the peak."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    value: float
    is_share: bool = False

    def rate(self, peak: float) -> float:
        """Return the rate below a peak, rounded so that 10% of 3e-4 is 3e-5."""
        return float(f"{self.value * peak:.15g}") if self.is_share else self.value


def as_floor(value: Any) -> Any:
    """Return the floor of a rate, or of a percentage of the peak."""
    if value is None or isinstance(value, FloorLevel):
        return value
    number = as_fraction(value)
    if not 0 <= number < float("inf"):
        raise PydanticCustomError("floor", "must be a rate of at least 0, or a percentage")
    return FloorLevel(value=number, is_share=isinstance(value, str))


WarmUpOrSteps = Annotated[
    WarmUp | None,
    BeforeValidator(as_warm_up, json_schema_input_type=RunLength | Literal[0] | WarmUp | None),
    Unit("steps"),
]
FloorOrRate = Annotated[
    FloorLevel | None,
    BeforeValidator(as_floor),
    Unit("rate"),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, PERCENT, {"type": "null"}]}),
]


class CurveSettings(Run):
    """Settings of a curve: the run's, and these; None where a setting was not given."""

    lr: Annotated[Rate, Field(ge=0)] | None = Field(
        None, description="the optimizer's rate (0.1 if not given)"
    )
    by: Literal["step", "epoch"] | None = Field(
        None,
        description="what the schedule counts: epoch, or step (if not given, in a run of steps)",
    )
    warmup: WarmUpOrSteps = Field(
        None, description="the warm-up, in steps, or as 5ep or 5%, before the schedule or its own"
    )
    floor: FloorOrRate = Field(
        None, description="the rate at the end, as 1e-5, or as a share of the peak, as 10%"
    )

    @property
    def run(self) -> Run:
        """The run alone."""
        return Run.model_construct(**{name: getattr(self, name) for name in Run.model_fields})
