"""Schedules whose parameters are schedules: the parameter types `Child` and `Children`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    SerializeAsAny,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from lrviz.core.conversions import as_list
from lrviz.core.name_hints import nearest_schedule
from lrviz.core.parameters import Unit
from lrviz.core.register import fold, register
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_value
from lrviz.core.validation import error_at

MAX_CHILDREN = 1_000


def child_schedule(data: Any, info: ValidationInfo) -> Schedule:
    """Return the schedule of a nested mapping (or a bare name).

    A relative path in it is taken from `info.context["folder"]`. Raises the validation errors of
    pydantic.
    """
    if isinstance(data, Schedule):
        return data
    return schedule_from(data, info.context)


def as_children(value: Any) -> Any:
    """Return a tuple for any plain sequence that is not too long."""
    children = as_list(value)
    if len(children) > MAX_CHILDREN:
        raise PydanticCustomError("list", f"must be a list of at most {MAX_CHILDREN:,} schedules")
    return children


def schedule_from(data: Any, context: Mapping[str, Any] | None = None) -> Schedule:
    """Return the schedule of a mapping whose key `schedule` is a name; or of a bare name."""
    if isinstance(data, str):
        data = {"schedule": data}
    if not isinstance(data, Mapping):
        raise PydanticCustomError("mapping", "must be a mapping with the key 'schedule'")
    keys = {fold(str(key)): key for key in data}
    if "schedule" not in keys:
        raise PydanticCustomError("mapping", "needs the key 'schedule'")
    name = data[keys["schedule"]]
    cls = register.find(name) if isinstance(name, str) else None
    if cls is None:
        raise error_at("schedule", unknown_schedule(name), data)
    parameters = {key: value for key, value in data.items() if key != keys["schedule"]}
    return cls.model_validate(parameters, context=context)


def children_of(schedule: Schedule) -> Sequence[Schedule]:
    """Return the schedules that a composite is made of; none for any other schedule."""
    children: Sequence[Schedule] = getattr(schedule, "schedules", ())
    return children


ALL_SCHEDULES = "lrviz list shows all"
"""The advice on a name that resembles no other one."""


def unknown_schedule(name: Any, parameters: Iterable[str] = ()) -> str:
    """Return the message for a name that is not registered, which has these `parameters`."""
    if not isinstance(name, str):
        values = name.values() if isinstance(name, Mapping) else ()
        nested = [value for value in values if isinstance(value, str) and register.find(value)]
        advice = f"; write schedule: {nested[0]}, and its parameters beside it" if nested else ""
        return f"schedule must be a name (got {format_value(name)}){advice}"
    candidates = register.candidates(name)
    if candidates:
        titles = ", ".join(cls.title() for cls in candidates)
        return f"'{name}' may mean several schedules; give one of {titles}"
    library = next((one for one in register.dialects.values() if one.is_called(name)), None)
    if library:
        return f"'{name}' is no schedule; lrviz list {library.name} shows its schedules"
    near = nearest_schedule(name, parameters)
    advice = f"did you mean '{near}'?" if near else ALL_SCHEDULES
    return f"unknown schedule '{name}'; {advice}"


CHILD = {"$comment": "a schedule"}
"""A nested schedule in a JSON Schema, to be replaced by the schema of all schedules."""

Child = Annotated[
    SerializeAsAny[Schedule],
    BeforeValidator(child_schedule),
    Unit("schedule"),
    WithJsonSchema(CHILD),
]
Children = Annotated[
    tuple[Child, ...],
    BeforeValidator(as_children),
    Unit("schedules"),
    WithJsonSchema({"type": "array", "items": CHILD}),
]
