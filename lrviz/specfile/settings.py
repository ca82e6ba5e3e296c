"""What may stand beside a schedule's own parameters: settings of a curve, and of the figure.

Keys of a spec file, flags and the JSON Schema are derived from these two declarations.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from lrviz.core.parameters import Flag, Rate, Steps, Unit
from lrviz.curves.table import MOST_STEPS

WARM_UP_FACTOR = 0.001


def as_text(value: Any) -> Any:
    """Return text; a number that was meant as a label is one."""
    if isinstance(value, bool | list | dict) or value is None:
        raise PydanticCustomError("text", "must be text")
    return str(value)


def as_size(value: Any) -> Any:
    """Return (width, height) in inches of `8x4.5` or [8, 4.5]."""
    parts = re.split(r"\s*[x×]\s*", value) if isinstance(value, str) else value
    try:
        width, height = (float(part) for part in parts)
    except (TypeError, ValueError):
        raise PydanticCustomError("size", "must be WIDTHxHEIGHT in inches, as 8x4.5") from None
    if not (2 <= width <= 100 and 1.5 <= height <= 100):
        raise PydanticCustomError("size", "must be between 2x1.5 and 100x100 inches")
    return (width, height)


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


Text = Annotated[
    str,
    BeforeValidator(as_text),
    Unit("text"),
    WithJsonSchema({"type": ["string", "number"]}),
]
PAIR = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
Size = Annotated[
    tuple[float, float],
    BeforeValidator(as_size),
    Unit("inches"),
    WithJsonSchema({"anyOf": [{"type": "string"}, PAIR]}),
]
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


class FigureSettings(BaseModel):
    """Settings of the picture."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    title: Text | None = Field(None, description="the picture's title")
    log_y: Flag = Field(False, description="logarithmic axis for the rates")
    y_min: Rate | None = Field(None, description="lower end of the axis for the rates")
    y_max: Rate | None = Field(None, description="upper end of the axis for the rates")
    style: Literal["light", "dark", "paper"] = Field("light", description="look of the picture")
    size: Size = Field((8.0, 4.5), description="width and height in inches, as 8x4.5")
    dpi: Annotated[Steps, Field(ge=20, le=1200)] = Field(150, description="dots an inch")
    facet: Flag = Field(False, description="a small picture for each curve")
    caption: Text | None = Field(None, description="a line below the picture")
