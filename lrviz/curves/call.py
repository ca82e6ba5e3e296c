"""The parameters of a schedule as the arguments of its library's call, for a line of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrviz.core.schedule import Schedule, as_plain_data
from lrviz.core.text import format_compact, format_rounded

MAX_ITEMS = 12
"""How many items of a list a call shows."""
MAX_DIGITS = 6
"""Significant digits of a parameter in a call that people read."""


def format_arguments(parameters: Mapping[str, Any]) -> str:
    """Return parameters as arguments; schedules among them as calls, long values left out."""
    arguments: list[str] = []
    for name, value in parameters.items():
        if isinstance(value, tuple) and value and all(isinstance(item, Schedule) for item in value):
            arguments.append("[" + ", ".join(map(child_call, value)) + "]")
        elif isinstance(value, Schedule):
            arguments.append(f"{name}={child_call(value)}")
        elif value is not None and is_short(as_plain_data(value)):
            data = as_plain_data(value)
            data = format_rounded(data, MAX_DIGITS) if isinstance(data, float) else data
            arguments.append(f"{name}={format_compact(data)}")
    return ", ".join(arguments)


def child_call(schedule: Schedule) -> str:
    """Return a nested schedule's call, without the dialect that its parent names."""
    return f"{schedule.name}({format_arguments(schedule.non_default_parameters())})"


def is_short(value: Any) -> bool:
    """Return whether a parameter's plain value is short and flat enough for a line."""
    if isinstance(value, list):
        return len(value) <= MAX_ITEMS and not any(isinstance(item, dict) for item in value)
    return not isinstance(value, dict)
