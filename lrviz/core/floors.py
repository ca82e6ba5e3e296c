"""Schedules of the same shape that have a floor."""

from __future__ import annotations

from lrviz.core.register import register
from lrviz.core.roles import Floor
from lrviz.core.schedule import Schedule


def class_with_floor(cls: type[Schedule]) -> type[Schedule] | None:
    """Return the schedule with a floor that a class names, or that has more after its name."""
    if cls.with_floor:
        return register.find(cls.with_floor)
    others = (other for other in register.all() if other.parameter_with(Floor))
    longer = [other for other in others if other.title().startswith(f"{cls.title()}_")]
    return min(longer, key=lambda other: len(other.title()), default=None)
