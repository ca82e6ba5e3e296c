"""Settings of the picture: keys of a spec file, flags, and options of the Python API."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from lrviz.core.parameters import Flag, Rate, Steps, Unit
from lrviz.core.text import format_number, title_text
from lrviz.core.validation import error_at
from lrviz.curves.units import AxisName

MAX_PIXELS = 100_000_000


def as_text(value: Any) -> Any:
    """Return text as one line; a number is text, too, since a label may be one."""
    if isinstance(value, bool | list | dict) or value is None:
        raise PydanticCustomError("text", "must be text")
    return title_text(str(value))


def as_size(value: Any) -> Any:
    """Return (width, height) in inches of `8x4.5` or [8, 4.5]."""
    parts = re.split(r"\s*[x×]\s*", value) if isinstance(value, str) else value
    try:
        width, height = (float(part) for part in parts)
    except (TypeError, ValueError, OverflowError):
        raise PydanticCustomError("size", "must be WIDTHxHEIGHT in inches, as 8x4.5") from None
    if not (2 <= width <= 100 and 1.5 <= height <= 100):
        raise PydanticCustomError("size", "must be between 2x1.5 and 100x100 inches")
    return (width, height)


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


class FigureSettings(BaseModel):
    """Settings of the picture."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    title: Text | None = Field(None, description="the picture's title; an empty one is not drawn")
    log_y: Flag = Field(False, description="logarithmic axis for the rates")
    y_min: Rate | None = Field(None, description="lower end of the axis for the rates")
    y_max: Rate | None = Field(None, description="upper end of the axis for the rates")
    axis: AxisName | None = Field(None, description="what the axis of steps is labelled in")
    style: Literal["light", "dark", "paper"] = Field("light", description="look of the picture")
    size: Size = Field((8.0, 4.5), description="width and height in inches, as 8x4.5")
    dpi: Annotated[Steps, Field(ge=20, le=1200)] = Field(150, description="dots per inch")
    facet: Flag = Field(False, description="a small picture for each curve")
    caption: Text | None = Field(None, description="a line below the picture")

    @model_validator(mode="after")
    def check_pixels(self) -> Self:
        """Refuse a picture that would take gigabytes of memory."""
        width, height = (round(side * self.dpi) for side in self.size)
        if width * height > MAX_PIXELS:
            message = f"the picture has {width:,} x {height:,} pixels; at most {MAX_PIXELS:,}"
            raise error_at("dpi", message, self.dpi)
        return self

    @model_validator(mode="after")
    def check_ends(self) -> Self:
        """Refuse an axis that ends where it begins, or before."""
        if self.y_min is not None and self.y_max is not None and self.y_min >= self.y_max:
            message = f"the axis must end above y_min, {format_number(self.y_min)}"
            raise error_at("y_max", f"{message} (got {format_number(self.y_max)})", self.y_max)
        return self
