"""The settings of a curve that state the length, the peak, the warm-up and the floor."""

from __future__ import annotations

from collections.abc import Iterator

from lrviz.core.roles import Floor, Length, Peak, Role, WarmUp
from lrviz.core.schedule import Schedule

RUN_LENGTH = ("steps", "epochs")
"""Each replaces the other where it is set at a higher level."""
ROLES: tuple[tuple[str, type[Role], str], ...] = (
    ("lr", Peak, "the peak"),
    ("warmup", WarmUp, "the warm-up"),
    ("floor", Floor, "the floor"),
)
"""Each setting that fills a parameter, with the parameter's role."""
STATED_BY: tuple[tuple[type[Role], tuple[str, ...], str], ...] = (
    (Length, RUN_LENGTH, "the run's length"),
    *((role, (setting,), title) for setting, role, title in ROLES),
)
"""Each role, and the settings of a file that state its value."""


def required_roles(cls: type[Schedule]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each parameter that a schedule needs and settings can state, and those settings."""
    needed = cls.example_values()
    for role, settings, _ in STATED_BY:
        own = cls.parameter_with(role)
        if own and own[0] in needed:
            yield own[0], settings
