"""What a schedule takes from the run: length, peak, warm-up and floor.

A name that is typed takes all of it, a schedule in a file what it requires and does not say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import isclose
from typing import Any, NamedTuple

from lrviz.core.findings import Finding
from lrviz.core.roles import DEFAULT_LR, Peak, Target, WarmUp
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_value
from lrviz.specfile.inline import flag_name
from lrviz.specfile.invalid import Locate
from lrviz.specfile.role_settings import ROLES, required_roles
from lrviz.specfile.settings import CurveSettings

UNUSABLE_VALUE = (ArithmeticError, TypeError, ValueError)
"""What a schedule's rules raise for a value that is not validated and that they cannot take."""


class Completion(NamedTuple):
    """The values that complete the parameters, and which of them are declared examples."""

    values: Mapping[str, Any]
    examples: tuple[str, ...]


def target_of(settings: CurveSettings, by: str) -> Target:
    """Return what the run asks of a schedule; its floor only where that is a rate."""
    floor = settings.floor
    return Target(
        steps=settings.run.ticks(by),
        peak=settings.lr,
        warmup=settings.warmup.steps if settings.warmup else None,
        floor=floor.value if floor and not floor.is_share else None,
    )


def with_floor(
    cls: type[Schedule], parameters: Mapping[str, Any], settings: CurveSettings, target: Target
) -> Target:
    """Return the target with a floor that is a share of the peak as a rate."""
    floor = settings.floor
    if floor is None or not floor.is_share:
        return target
    role = cls.parameter_with(Peak)
    peak = DEFAULT_LR if target.peak is None else target.peak
    if role and target.peak is None:
        peak = cls.example_value(role[0])
    if role and role[0] in parameters:
        peak = parameters[role[0]]
    is_rate = isinstance(peak, int | float)
    return replace(target, floor=floor.rate(peak) if is_rate else None)


def complete(
    cls: type[Schedule], parameters: Mapping[str, Any], settings: CurveSettings, by: str
) -> Completion:
    """Return the values that complete the parameters of a name that was typed."""
    target = with_floor(cls, parameters, settings, target_of(settings, by))
    values = cls.complete(parameters, target)
    following = cls.role_values(parameters, target)
    examples = [name for name in values if name not in following and is_arbitrary(cls, name)]
    return Completion(values, tuple(examples))


def stated_values(
    cls: type[Schedule], parameters: Mapping[str, Any], settings: CurveSettings, by: str
) -> dict[str, Any]:
    """Return the values of parameters that a schedule needs and lacks, where the run states them.

    A warm-up that is none of these goes before the schedule, and takes its steps from the run.
    """
    target = with_floor(cls, parameters, settings, target_of(settings, by))
    needed = [name for name, _ in required_roles(cls)]
    own = cls.parameter_with(WarmUp)
    if target.steps is not None and target.warmup and not (own and own[0] in needed):
        target = replace(target, steps=max(target.steps - target.warmup, 1), warmup=None)
    values, completed = cls.role_values(parameters, target), cls.complete(parameters, target)
    return {name: completed[name] for name in needed if name in values and name in completed}


def missing_values(
    cls: type[Schedule], parameters: Mapping[str, Any], target: Target
) -> dict[str, Any]:
    """Return the values that complete parameters, which may have faults."""
    try:
        return cls.complete(parameters, target)
    except UNUSABLE_VALUE:
        fields = cls.model_fields
        return cls.complete(
            {name: cls.example_value(name) for name in parameters if name in fields}, target
        )


def is_arbitrary(cls: type[Schedule], name: str) -> bool:
    """Return whether another example would do as well: not a start at 0, or the usual lr."""
    peak = cls.parameter_with(Peak)
    usual = DEFAULT_LR if peak and peak[0] == name else 0
    return bool(cls.example_value(name) != usual)


def floor_parameter(
    cls: type[Schedule], parameters: Mapping[str, Any], settings: CurveSettings
) -> dict[str, Any]:
    """Return the parameter that `floor` sets, where it is not given."""
    target = with_floor(cls, parameters, settings, Target(peak=settings.lr))
    floor = settings.floor
    if floor is not None and not floor.is_share:
        target = replace(target, floor=floor.value)
    values = cls.role_values(parameters, target) if uses_floor(cls) else {}
    peak = cls.parameter_with(Peak)  # lr is not what fills it here
    return {name: value for name, value in values.items() if not peak or name != peak[0]}


def uses_floor(cls: type[Schedule]) -> bool:
    """Return whether a floor changes any parameter of a schedule."""
    target = Target(steps=100, peak=1.0, warmup=0, floor=0.5)
    return cls.role_values({}, target) != cls.role_values({}, replace(target, floor=None))


def contradictions(
    cls: type[Schedule],
    parameters: Mapping[str, Any],
    settings: CurveSettings,
    by: str,
    locate: Locate,
) -> Iterator[Finding]:
    """Yield an error for each setting that contradicts the parameter it would fill."""
    target = with_floor(cls, parameters, settings, target_of(settings, by))
    for setting, role, title in ROLES:
        parameter = cls.parameter_with(role)
        if parameter is None or getattr(settings, setting) is None:
            continue
        name = parameter[0]
        value = parameters.get(name)
        others = {key: item for key, item in parameters.items() if key != name}
        expected = cls.role_values(others, target).get(name)
        if differ(value, expected):
            place, other = locate((setting,), False), locate((name,), False)
            prefix = "" if place.startswith("--") else f"{setting} "
            spelling = flag_name(name) if other.startswith("--") else name
            message = (
                f"{prefix}{format_setting(getattr(settings, setting))} contradicts {spelling} "
                f"{format_value(value)}: both set {title} of {cls.title()}"
            )
            yield Finding.error(place, message, "contradiction")


def differ(value: Any, expected: Any) -> bool:
    """Return whether two values are different numbers."""
    if not isinstance(value, int | float) or not isinstance(expected, int | float):
        return False
    return not isclose(value, expected)


def format_setting(value: Any) -> str:
    """Return a setting's value as it would be typed."""
    if hasattr(value, "is_share"):
        number = value.value * 100 if value.is_share else value.value
        return format_value(float(f"{number:.12g}")) + ("%" if value.is_share else "")
    return format_value(getattr(value, "steps", value))
