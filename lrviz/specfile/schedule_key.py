"""The schedule that a mapping names, and the message where it names none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrviz.core.composition import unknown_schedule
from lrviz.core.errors import SpecError, nearest_name
from lrviz.core.register import fold, register
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_value
from lrviz.specfile.keys import MAX_KEYS, Context
from lrviz.specfile.synonyms import synonym
from lrviz.specfile.unknown import parameters_alone


def with_schedule(data: Any) -> Any:
    """Return a mapping whose key that means `schedule` has this name, and other data as it is."""
    near = schedule_key(data) if isinstance(data, Mapping) and name_in(data) is None else None
    if near is None:
        return data
    return {"schedule" if key == near else key: value for key, value in data.items()}


def schedule_key(data: Mapping[str, Any]) -> str | None:
    """Return the key of a mapping that is meant to be `schedule`, or None."""
    keys = [str(key) for key in data if fold(str(key)) != "schedule"]
    return nearest_name("schedule", keys) or synonym("schedule", keys)


def name_in(data: Mapping[str, Any]) -> Any:
    """Return the value of a mapping's key `schedule`, or None."""
    return next((value for key, value in data.items() if fold(str(key)) == "schedule"), None)


def schedule_class(data: Any, context: Context) -> tuple[type[Schedule], str]:
    """Return the schedule's class, and its name as typed."""
    if not isinstance(data, Mapping):
        place = context.locate((), False)
        raise SpecError.of(place, not_a_mapping(data), "wrong-type")
    if len(data) > MAX_KEYS:
        message = f"a curve has {len(data):,} keys; at most {MAX_KEYS:,} are read"
        raise SpecError.of(context.locate((), False), message, "too-large")
    name = name_in(data)
    if name is None:
        near = schedule_key(data)
        advice = f"; write it instead of '{near}'" if near else ", for example schedule: cosine"
        message = f"needs the key 'schedule'{advice}"
        raise SpecError.of(context.locate((), False), message, "missing-parameter")
    cls = register.find(name) if isinstance(name, str) else None
    if cls is None:
        place = context.locate(("schedule",), False)
        message = unknown_schedule(name, parameters_alone(data))
        raise SpecError.of(place, message, "unknown-schedule")
    return cls, name


def not_a_mapping(data: Any) -> str:
    """Return the message for data that is no mapping."""
    advice = ""
    if isinstance(data, str):
        is_name = register.find(data) is not None
        colon = "; write a space after each colon" if ":" in data else ""
        advice = f"; write schedule: {data}" if is_name else colon
    return f"must be a mapping with the key 'schedule' (got {format_value(data)}){advice}"
