"""What a curve is called when its spec does not say: name, then what is special about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrviz.core.numbers import brief
from lrviz.core.schedule import Schedule, as_plain_data
from lrviz.specfile.settings import CurveSettings

LONGEST = 48


def label(
    name: str, schedule: Schedule | None, settings: CurveSettings, swept: Mapping[str, Any]
) -> str:
    """Return `polynomial power=2`: the name, and parameters other than default and example."""
    parts = [name]
    if schedule is not None:
        parts += [part for part in special(schedule) if part.partition("=")[0] not in swept]
    parts += [f"{key}={brief(value)}" for key, value in swept.items()]
    if settings.warmup and "warmup" not in swept:
        parts.append(f"warmup={settings.warmup.steps}")
    return " ".join(parts)


def special(schedule: Schedule) -> list[str]:
    """Return `key=value` for each parameter that is neither the default nor the example."""
    cls = type(schedule)
    parts = []
    for name, field in cls.model_fields.items():
        value = as_plain_data(getattr(schedule, name))
        if value in (field.get_default(call_default_factory=True), cls.example_value(name)):
            continue
        if isinstance(getattr(schedule, name), tuple) and schedules_in(value):
            parts.append(" → ".join(schedules_in(value)))
        elif not isinstance(value, dict) and len(brief(value)) <= LONGEST:
            parts.append(f"{name}={brief(value)}")
    return parts


def schedules_in(values: list[Any]) -> list[str]:
    """Return the short names of the schedules in a list of specs."""
    specs = [value for value in values if isinstance(value, dict) and "schedule" in value]
    return [spec["schedule"].partition(".")[2] for spec in specs]
