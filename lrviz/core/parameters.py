"""Parameter types, each with its bounds and unit.

Flags, the YAML reader, the JSON Schema and the docs all read these annotations.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError
from pydantic_core.core_schema import no_info_plain_validator_function

from lrviz.core.expression import MAX_CHARACTERS, TIME, Expression, ExpressionError
from lrviz.core.metric import Metric, read_metric

MAX_INTEGER = 2**53


def as_whole(value: Any) -> Any:
    """Return a whole number given as such or as an integral float; refuse all else."""
    if isinstance(value, bool | np.bool_):
        raise PydanticCustomError("whole", "must be a whole number")
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return int(value)
    raise PydanticCustomError("whole", "must be a whole number")


def as_number(value: Any) -> Any:
    """Return a float; refuse truth values and text."""
    if isinstance(value, str) and rounds_to_zero(value):
        raise PydanticCustomError("number", "is too small for float64")
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.number):
        raise PydanticCustomError("number", "must be a number")
    try:
        return float(value)
    except (OverflowError, TypeError):
        raise PydanticCustomError("number", "must be a finite number") from None


def rounds_to_zero(text: str) -> bool:
    """Tell whether a text is a number above or below 0 that float64 rounds to 0, as 1e-400."""
    digits = text.lower().partition("e")[0]
    try:
        return float(text) == 0 and not set(digits).isdisjoint("123456789")
    except ValueError:
        return False


def as_finite(value: Any) -> Any:
    """Return a finite number: an int for an integer, a float for any other."""
    number = as_number(value)
    if not math.isfinite(number):
        raise PydanticKnownError("finite_number")
    return int(value) if isinstance(value, int | np.integer) else number


def as_steps(value: Any) -> Any:
    """Return a number of steps that need not be whole, as an int where it is."""
    number = as_finite(value)
    if abs(number) > MAX_INTEGER:
        raise PydanticKnownError("less_than_equal", {"le": MAX_INTEGER})
    return int(number) if number == int(number) else number


def as_steps_above_zero(value: Any) -> Any:
    """Return a number of steps above 0 that need not be whole."""
    number = as_steps(value)
    if number <= 0:
        raise PydanticKnownError("greater_than", {"gt": 0})
    return number


def as_steps_from(least: int) -> Callable[[Any], Any]:
    """Return the function that reads a number of steps, whole or not, of at least `least`."""

    def read(value: Any) -> Any:
        number = as_steps(value)
        if number < least:
            raise PydanticKnownError("greater_than_equal", {"ge": least})
        return number

    return read


def as_fraction(value: Any) -> Any:
    """Return a number, or the fraction that a percentage such as `5%` means."""
    if isinstance(value, str) and value.strip().endswith("%"):
        try:
            return float(value.strip()[:-1]) / 100
        except ValueError:
            pass
    return as_number(value)


def as_flag(value: Any) -> Any:
    """Return a truth value; nothing else counts as one."""
    if not isinstance(value, bool | np.bool_):
        raise PydanticCustomError("flag", "must be true or false")
    return bool(value)


def as_list(value: Any) -> Any:
    """Return a tuple for any plain sequence."""
    if isinstance(value, list | tuple | np.ndarray):
        return tuple(value)
    raise PydanticCustomError("list", "must be a list")


@dataclass(frozen=True)
class Unit:
    """What the number of a parameter counts or measures, and whether one value may be a list."""

    name: str
    takes_list: bool = False


@lru_cache(maxsize=4096)
def unit_name(model: type[BaseModel], name: str) -> str:
    """Return the unit of a field, or nothing where it has none."""
    field = model.model_fields[name]
    marks = [*field.metadata, *marks_in(field.annotation)]
    return next((mark.name for mark in marks if isinstance(mark, Unit)), "")


def marks_in(annotation: Any) -> Iterator[Any]:
    """Yield what annotates a type, or a part of it."""
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__
    for part in get_args(annotation):
        yield from marks_in(part)


Steps = Annotated[int, BeforeValidator(as_whole), Field(gt=0, le=MAX_INTEGER), Unit("steps")]
Count = Annotated[int, BeforeValidator(as_whole), Field(ge=0, le=MAX_INTEGER), Unit("steps")]
Whole = Annotated[
    int, BeforeValidator(as_whole), Field(ge=-MAX_INTEGER, le=MAX_INTEGER), Unit("number")
]
Rate = Annotated[float, BeforeValidator(as_number), Unit("rate")]
Number = Annotated[float, BeforeValidator(as_number), Unit("number")]
PERCENT = {"type": "string", "pattern": r"^\s*[0-9.]+\s*%\s*$"}
Factor = Annotated[
    float,
    BeforeValidator(as_fraction),
    Unit("factor"),
    WithJsonSchema({"anyOf": [{"type": "number"}, PERCENT]}),
]
Fraction = Annotated[
    float,
    BeforeValidator(as_fraction),
    Field(ge=0, le=1),
    Unit("fraction"),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, PERCENT]}),
]

Period = Annotated[
    float,
    PlainValidator(as_steps_from(1)),
    Unit("steps"),
    WithJsonSchema({"type": "number", "minimum": 1}),
]
"""At least one step, whole or not, for libraries that divide by it."""

SpanFromZero = Annotated[
    float,
    PlainValidator(as_steps_from(0)),
    Unit("steps"),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
"""Steps from 0, whole or not."""
Span = Annotated[float, PlainValidator(as_steps), Unit("steps"), WithJsonSchema({"type": "number"})]
"""Steps that need not be whole, for libraries that divide by them only."""
Duration = Annotated[
    float,
    PlainValidator(as_steps_above_zero),
    Unit("steps"),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0}),
]
Spans = Annotated[
    tuple[Span, ...],
    BeforeValidator(as_list),
    Unit("steps"),
    WithJsonSchema({"type": "array", "items": {"type": "number"}}),
]
Rates = Annotated[tuple[Rate, ...], BeforeValidator(as_list), Unit("rates")]
Flag = Annotated[bool, BeforeValidator(as_flag), Unit("true or false")]
Milestones = Annotated[tuple[Count, ...], BeforeValidator(as_list), Unit("steps")]


def require_ascending(value: tuple[int, ...]) -> tuple[int, ...]:
    """Return the steps if each is later than the one before."""
    if any(later <= earlier for earlier, later in pairwise(value)):
        raise PydanticCustomError("ascending", "must be in ascending order, each once")
    return value


Ascending = Annotated[Milestones, AfterValidator(require_ascending)]


@dataclass(frozen=True)
class InNames:
    """The names that the expression of a parameter may use."""

    names: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return no_info_plain_validator_function(self.expression)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        return {"type": ["string", "number"], "maxLength": MAX_CHARACTERS}

    def expression(self, value: Any) -> Expression:
        """Return the expression of a text (or of a plain number)."""
        if isinstance(value, Expression):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = repr(value)
        if not isinstance(value, str):
            raise PydanticCustomError("expression", "must be arithmetic, as text")
        try:
            return Expression(value, self.names)
        except ExpressionError as error:
            raise PydanticCustomError(
                "expression", "{message}", {"message": str(error), "complete": True}
            ) from None


TimeExpression = Annotated[Expression, InNames(TIME)]
"""An expression in the step."""


def to_metric(value: Any, info: ValidationInfo) -> Any:
    """Return the metric of a value in a spec; a relative path starts at the folder of the spec."""
    return read_metric(value, Path((info.context or {}).get("folder", ".")))


TRACE = {
    "anyOf": [
        {"type": "array", "items": {"type": "number"}},
        {
            "type": "object",
            "properties": {"csv": {"type": "string"}, "column": {"type": "string"}},
            "required": ["csv"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"simulate": {"type": ["object", "null", "boolean"]}},
            "required": ["simulate"],
            "additionalProperties": False,
        },
    ]
}
Trace = Annotated[
    Metric, BeforeValidator(to_metric), Unit("metric", takes_list=True), WithJsonSchema(TRACE)
]
