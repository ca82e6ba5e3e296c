"""Settings of a curve, which stand beside the schedule's own parameters.

Keys of a spec file, flags and the JSON Schema are derived from this declaration.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from lrviz.core.parameters import Rate, Steps, Unit
from lrviz.curves.table import MOST_STEPS

WARM_UP_FACTOR = 0.001


class WarmUp(BaseModel):
    """A linear warm-up before the schedule."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    steps: Steps = Field(description="steps of the warm-up")
    start_factor: Annotated[Rate, Field(gt=0, le=1)] = Field(
        WARM_UP_FACTOR, description="factor on the rate at its first step"
    )


def as_warm_up(value: Any) -> Any:
    """Return a warm-up's mapping for a plain number of steps; 0 steps are none."""
    if value == 0 and not isinstance(value, bool):
        return None
    return value if isinstance(value, dict | WarmUp) or value is None else {"steps": value}


RunLength = Annotated[Steps, Field(le=MOST_STEPS)]


WarmUpOrSteps = Annotated[
    WarmUp | None,
    BeforeValidator(as_warm_up, json_schema_input_type=RunLength | Literal[0] | WarmUp | None),
    Unit("steps"),
]


class CurveSettings(BaseModel):
    """Settings of a curve; None where a setting was not given."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    lr: Annotated[Rate, Field(ge=0)] | None = Field(
        None, description="the optimizer's rate (0.1 if not given)"
    )
    steps: RunLength | None = Field(None, description="how many steps to sample")
    epochs: RunLength | None = Field(None, description="how many epochs to sample")
    steps_per_epoch: RunLength | None = Field(
        None,
        description="optimizer steps an epoch; with 'by epoch' the schedule ticks once in them",
    )
    by: Literal["step", "epoch"] | None = Field(
        None, description="what a tick of the schedule is: step (if not given) or epoch"
    )
    warmup: WarmUpOrSteps = Field(
        None, description="steps of linear warm-up before a torch schedule"
    )
