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

from lrviz.core.annotations import marks_in
from lrviz.core.conversions import (
    MAX_INTEGER,
    as_flag,
    as_fraction,
    as_list,
    as_number,
    as_steps,
    as_steps_above_zero,
    as_steps_from,
    as_whole,
)
from lrviz.core.expression import MAX_CHARACTERS, TIME, Expression, ExpressionError
from lrviz.core.metric import Metric, read_metric


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
