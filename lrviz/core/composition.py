"""Schedules whose parameters are schedules: the parameter types `Child` and `Children`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    SerializeAsAny,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from lrviz.core.errors import nearest
from lrviz.core.parameters import Unit, as_list
from lrviz.core.register import fold, register
from lrviz.core.schedule import Schedule
from lrviz.core.validation import error_at


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
        raise error_at("schedule", unknown_schedule(given), data)
    rest = {key: value for key, value in data.items() if key != names["schedule"]}
    return cls.model_validate(rest, context=info.context)


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
