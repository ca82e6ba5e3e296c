"""Parameter types, each with its bounds and unit.

Flags, the YAML reader, the JSON Schema and the docs all read these annotations.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_plain_validator_function

from lrviz.core.annotations import metadata_in
from lrviz.core.conversions import (
    MAX_INTEGER,
    as_flag,
    as_fraction,
    as_integer,
    as_list,
    as_number,
    as_steps,
    as_steps_above_zero,
    as_steps_from,
)
from lrviz.core.expression import MAX_CHARACTERS, TIME, Expression, ExpressionError
from lrviz.core.metric import Metric, read_metric


@dataclass(frozen=True)
class Unit:
    """The unit of a parameter's number; with `takes_list` a single value may be a list."""

    name: str
    takes_list: bool = False


@lru_cache(maxsize=4096)
def unit_name(model: type[BaseModel], name: str) -> str:
    """Return the unit of a field, or an empty text where it has none."""
    field = model.model_fields[name]
    metadata = [*field.metadata, *metadata_in(field.annotation)]
    return next((item.name for item in metadata if isinstance(item, Unit)), "")


Steps = Annotated[int, BeforeValidator(as_integer), Field(gt=0, le=MAX_INTEGER), Unit("steps")]
"""A whole number of steps, at least 1."""
Count = Annotated[int, BeforeValidator(as_integer), Field(ge=0, le=MAX_INTEGER), Unit("steps")]
"""A whole number of steps, at least 0."""
Integer = Annotated[
    int, BeforeValidator(as_integer), Field(ge=-MAX_INTEGER, le=MAX_INTEGER), Unit("number")
]
Times = Annotated[int, BeforeValidator(as_integer), Field(gt=0, le=MAX_INTEGER), Unit("number")]
"""A whole number of times, at least 1."""
Rate = Annotated[float, BeforeValidator(as_number), Unit("rate")]
Number = Annotated[float, BeforeValidator(as_number), Unit("number")]
PERCENT = {"type": "string", "pattern": r"^\s*[0-9.]+\s*%\s*$"}
"""The JSON Schema of a percentage such as `5%`."""
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
"""A number of steps of at least 1, whole or not, for libraries that divide by it."""
SpanFromZero = Annotated[
    float,
    PlainValidator(as_steps_from(0)),
    Unit("steps"),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
"""A number of steps of at least 0, whole or not."""
Span = Annotated[float, PlainValidator(as_steps), Unit("steps"), WithJsonSchema({"type": "number"})]
"""A number of steps, whole or not, negative too, for libraries that only divide by it."""
Duration = Annotated[
    float,
    PlainValidator(as_steps_above_zero),
    Unit("steps"),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0}),
]
"""A number of steps above 0, whole or not."""
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
class ExpressionIn:
    """The annotation of a parameter that is an expression in these names; the first is the step."""

    names: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        return {"type": ["string", "number"], "maxLength": MAX_CHARACTERS}

    def read(self, value: Any) -> Expression:
        """Return the expression of a text or of a number."""
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


TimeExpression = Annotated[Expression, ExpressionIn(TIME)]
"""An expression in the step."""


def as_metric(value: Any, info: ValidationInfo) -> Any:
    """Return the metric of a value in a spec; a relative path starts at the folder of the spec."""
    return read_metric(value, Path((info.context or {}).get("folder", ".")))


TRACE = {
    "anyOf": [
        {"type": "array", "items": {"type": "number"}},
        {"type": "string", "pattern": r"\.csv(:.+)?$|^simulate$"},
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
    Metric, BeforeValidator(as_metric), Unit("metric", takes_list=True), WithJsonSchema(TRACE)
]
