"""Every mistake by its id, and the reading of `id:name=value,...`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrviz.core.errors import SpecError, did_you_mean
from lrviz.core.findings import Finding
from lrviz.core.text import format_value
from lrviz.curves.curve import Curve
from lrviz.mistakes import clocks, resuming, settings
from lrviz.mistakes.mistake import Mistake, Parameter
from lrviz.mistakes.variants import numbers_of
from lrviz.run import MAX_STEPS
from lrviz.specfile.inline import read_inline
from lrviz.specfile.quantities import Clock, Resolver

MISTAKES: tuple[Mistake, ...] = (*clocks.MISTAKES, *resuming.MISTAKES, *settings.MISTAKES)


def find_mistake(name: str, place: str = "") -> Mistake:
    """Return the mistake of an id. Raises SpecError for an id that none has."""
    by_id = {mistake.id: mistake for mistake in MISTAKES}
    if name not in by_id:
        message = f"unknown mistake '{name}'{did_you_mean(name, by_id)} (one of {', '.join(by_id)})"
        raise SpecError.of(place, message, "unknown-mistake")
    return by_id[name]


def read_mistake(text: str, plan: Curve, place: str) -> tuple[Mistake, dict[str, Any]]:
    """Return the mistake of `id` or `id:name=value,...`, and its values.

    Raises SpecError for an unknown id, and for every value that is not right.
    """
    name, values = read_inline(text)
    mistake = find_mistake(name, place)
    return mistake, check_values(mistake, values, plan, place)


def check_values(
    mistake: Mistake, values: Mapping[str, Any], plan: Curve, place: str = ""
) -> dict[str, Any]:
    """Return the checked values of a mistake's parameters; steps may have units.

    Raises SpecError with every value that is missing, unknown or not right.
    """
    if mistake.of_schedule:
        return schedule_values(mistake, values, plan, place)
    names = [item.name for item in mistake.parameters]
    resolver = Resolver(
        clock_of(plan), lambda path, _: ": ".join(filter(None, (place, str(path[0]))))
    )
    checked: dict[str, Any] = {}
    faults: list[Finding] = []
    for key in values:
        if key not in names:
            rule = f"takes {', '.join(names)}" if names else "takes no parameters"
            message = f"{mistake.id} {rule} (got {key}){did_you_mean(key, names)}"
            faults.append(Finding.error(place, message, "unknown-parameter"))
    for item in mistake.parameters:
        value = values.get(item.name, item.default(plan))
        if item.in_steps:
            value = resolver.value(value, (item.name,))
        message = fault_of(mistake, item, value)
        if message:
            faults.append(Finding.error(place, message, "invalid-value"))
        checked[item.name] = value
    if faults or resolver.findings:
        raise SpecError([*faults, *resolver.findings])
    return checked


def schedule_values(
    mistake: Mistake, values: Mapping[str, Any], plan: Curve, place: str
) -> dict[str, Any]:
    """Return values of the parameters of a plan's schedule that are numbers.

    Raises SpecError where there is none, or the schedule has no such parameter.
    """
    own, title = numbers_of(plan.schedule), plan.schedule.title()
    names = ", ".join(own) or "no parameters"
    if not values:
        message = f"{mistake.id} needs a parameter of {title} (it takes {names})"
        raise SpecError.of(place, message, "invalid-value")
    faults = [
        f"{mistake.id} takes {names} of {title} (got {key}){did_you_mean(key, own)}"
        for key in values
        if key not in own
    ]
    if faults:
        raise SpecError(Finding.error(place, fault, "unknown-parameter") for fault in faults)
    return dict(values)


def clock_of(plan: Curve) -> Clock:
    """Return what steps with a unit are counted in: the plan's steps."""
    run = plan.run if plan.run.length is not None else plan.with_steps(plan.count()).run
    return Clock(run, "step" if plan.ticks_by_epoch else plan.by)


def fault_of(mistake: Mistake, item: Parameter, value: Any) -> str:
    """Return why a value is not right, or nothing."""
    if value is None:
        example = f"{mistake.id}:{item.name}={format_value(item.example)}"
        return f"{mistake.id} needs {item.name}: {item.description} ({example})"
    kind = "a whole number" if item.is_integer else "a number"
    if item.in_steps:
        kind = "a number of steps"
    low = format_value(item.minimum)
    rule = f"{item.name} must be {kind} from {low} to {MAX_STEPS:,} (got {format_value(value)})"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return rule
    is_valid = not item.is_integer or float(value).is_integer()
    return "" if is_valid and item.minimum <= value <= MAX_STEPS else rule
