"""Schedules whose parameters are schedules: the parameter types `Child` and `Children`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    SerializeAsAny,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from lrviz.core.errors import nearest
from lrviz.core.parameters import Unit, as_list
from lrviz.core.register import fold, register
from lrviz.core.schedule import Schedule


def build(data: Any, info: ValidationInfo) -> Any:
    """Return the schedule that a nested mapping (or a bare name) declares."""
    if isinstance(data, Schedule):
        return data
    if isinstance(data, str):
        data = {"schedule": data}
    if not isinstance(data, Mapping):
        raise PydanticCustomError("mapping", "must be a mapping with the key 'schedule'")
    names = {fold(str(key)): key for key in data}
    if "schedule" not in names:
        raise PydanticCustomError("mapping", "needs the key 'schedule'")
    given = data[names["schedule"]]
    cls = register.find(given) if isinstance(given, str) else None
    if cls is None:
        raise at("schedule", unknown_schedule(given), data)
    rest = {key: value for key, value in data.items() if key != names["schedule"]}
    return cls.model_validate(rest, context=info.context)


def at(key: str, words: str, data: Any) -> ValidationError:
    """Return a validation error that stands at a key of a mapping."""
    return together([((key,), words, data)])


def together(told: Iterable[tuple[tuple[str | int, ...], str, Any]]) -> ValidationError:
    """Return one validation error of many: each a path, its words, and the value there."""
    lines = [
        {
            "type": PydanticCustomError("told", "{words}", {"words": words, "complete": True}),
            "loc": path,
            "input": data,
        }
        for path, words, data in told
    ]
    return ValidationError.from_exception_data("schedule", lines)  # type: ignore[arg-type]


def unknown_schedule(given: Any) -> str:
    """Return the words for a name that is not registered."""
    if not isinstance(given, str):
        return f"schedule must be a name (got {given!r})"
    return f"unknown schedule '{given}'{nearest(given, register.spellings())}"


CHILD = {"$comment": "a schedule"}
"""Stands for a nested schedule in a JSON Schema, until the schema of all of them is put there."""

Child = Annotated[
    SerializeAsAny[Schedule], BeforeValidator(build), Unit("schedule"), WithJsonSchema(CHILD)
]
Children = Annotated[
    tuple[Child, ...],
    BeforeValidator(as_list),
    Unit("schedules"),
    WithJsonSchema({"type": "array", "items": CHILD}),
]
