"""What stands for a schedule's own warm-up and floor in a file: flags, with notes; shared keys."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from typing import Any

from lrviz.core.findings import Finding
from lrviz.core.roles import Floor, WarmUp
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_value
from lrviz.specfile.completion import format_setting, target_of
from lrviz.specfile.inline import flag_name
from lrviz.specfile.invalid import Locate
from lrviz.specfile.settings import CurveSettings


def replace_by_flags(
    cls: type[Schedule],
    parameters: dict[str, Any],
    settings: CurveSettings,
    flags: Container[str],
    locate: Locate,
) -> tuple[dict[str, Any], CurveSettings, list[Finding]]:
    """Return the parameters and settings of a file with what flags replace, and notes on that."""
    notes: list[Finding] = []
    if settings.warmup is not None and "warmup" in flags:
        parameters, settings, notes = replace_warmup(cls, parameters, settings, locate)
    if settings.floor is not None and "floor" in flags:
        parameters, more = remove_floor(cls, parameters, format_setting(settings.floor), locate)
        notes += more
    return parameters, settings, notes


def with_shared_warmup(
    cls: type[Schedule], parameters: dict[str, Any], settings: CurveSettings, by: str
) -> tuple[dict[str, Any], CurveSettings]:
    """Return parameters and settings of a curve for which its file's shared key `warmup` counts.

    A schedule that has a warm-up of its own takes it for that, with what else follows from it, as
    a peak; one that states its own keeps it.
    """
    own = cls.parameter_with(WarmUp)
    if own is None or own[1].share or settings.warmup is None:
        return parameters, settings
    without = settings.model_copy(update={"warmup": None})
    if parameters.get(own[0]) is not None:
        return parameters, without
    target = target_of(settings, by)
    values = cls.role_values(parameters, target)
    usual = cls.role_values(parameters, replace(target, warmup=None))
    following = {name: value for name, value in values.items() if value != usual.get(name)}
    return {**following, **parameters}, without


def replace_warmup(
    cls: type[Schedule], parameters: dict[str, Any], settings: CurveSettings, locate: Locate
) -> tuple[dict[str, Any], CurveSettings, list[Finding]]:
    """Return parameters and settings in which the warm-up is the schedule's own, if it has one.

    One that the file lacks and the schedule needs is left to the run, which states it.
    """
    own = cls.parameter_with(WarmUp)
    assert settings.warmup
    if own is None or own[1].share:
        return parameters, settings, []
    name, steps = own[0], settings.warmup.steps
    before = parameters.get(name)
    if before is None and name in cls.example_values():
        return parameters, settings, []
    changed = settings.model_copy(update={"warmup": None})
    notes = (
        [] if before in (None, steps) else [replacement("warmup", str(steps), name, before, locate)]
    )
    return {**parameters, name: steps}, changed, notes


def remove_floor(
    cls: type[Schedule], parameters: dict[str, Any], floor: str, locate: Locate
) -> tuple[dict[str, Any], list[Finding]]:
    """Return the parameters without those that state a floor, with a note for each."""
    own = cls.parameter_with(Floor)
    names = (own[0], own[1].unless) if own else ()
    floors = {name: parameters[name] for name in names if parameters.get(name) is not None}
    notes = [replacement("floor", floor, name, value, locate) for name, value in floors.items()]
    return {name: value for name, value in parameters.items() if name not in floors}, notes


def replacement(setting: str, value: str, name: str, before: Any, locate: Locate) -> Finding:
    """Return the note on a flag's value that replaces a parameter of the file."""
    place = locate((name,), False)
    text = f"{flag_name(setting)} {value} replaces {name}: {format_value(before)} ({place})"
    return Finding(f"{setting}-replaced", text)
