"""A schedule and its parameters in a line of text, for help and tables."""

from __future__ import annotations

from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_value


def short_name(cls: type[Schedule]) -> str:
    """Return the shortest name that means a schedule: an alias, its own, or with its dialect."""
    names = (*cls.aliases, cls.name)
    return next((name for name in names if register.find(name) is cls), cls.title())


def describe_parameter(cls: type[Schedule], name: str) -> str:
    """Return a parameter's sentence with its default, or its example where it has none."""
    field = cls.model_fields[name]
    if field.is_required():
        return f"{field.description} (example: {format_value(cls.example_value(name))})."
    default = field.default
    if default is None:
        return f"{field.description}."
    return f"{field.description} (default: {format_value(default)})."
