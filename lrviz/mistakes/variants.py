"""A plan with another length, warm-up or floor, by the roles of its schedule's parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import isclose
from typing import Any, NamedTuple

from pydantic import ValidationError

from lrviz.core.errors import SpecError
from lrviz.core.integers import ceil_div
from lrviz.core.parameters import unit_name
from lrviz.core.roles import Floor, Length, Peak, Target, WarmUp
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_count, format_rounded, format_value
from lrviz.curves.curve import Curve

CLOSE = 1e-9
"""A first rate that is so near to the share of the first step follows the warm-up."""


class Sequenced(NamedTuple):
    """Schedules that follow each other, and the steps at which they change."""

    schedules: Sequence[Schedule]
    milestones: Sequence[int]


def with_length(plan: Curve, total: int) -> Curve:
    """Return a plan whose schedule is made for `total` steps.

    Of a schedule that has no length the other steps, such as those between drops, change in
    proportion to the run's. Raises SpecError where it has none, or cannot have this length.
    """
    ticks = max(ceil_div(total, plan.steps_per_tick), 1)
    if length_of(plan.schedule) is not None:
        schedule = lengthened(plan.schedule, ticks)
    else:
        schedule = slowed(plan.schedule, plan.count() // plan.steps_per_tick, ticks)
    if schedule is None:
        message = f"{plan.schedule.title()} cannot be made for {format_count(total, 'step')}"
        raise SpecError.of(plan.label, message, "no-such-length")
    return replace(plan, schedule=schedule)


def stretched(plan: Curve, total: int) -> Curve:
    """Return a plan for `total` steps whose other steps, such as the warm-up's, keep their share.

    Raises SpecError where the schedule has no length, or cannot have this one.
    """
    planned_length, schedule = steps_of(plan), None
    if planned_length:
        schedule = multiplied(plan.schedule, Fraction(total, planned_length))
    if schedule is None:
        message = f"{plan.schedule.title()} cannot be made for {format_count(total, 'step')}"
        raise SpecError.of(plan.label, message, "no-such-length")
    return replace(plan, schedule=schedule)


def with_hold(plan: Curve, total: int) -> Curve:
    """Return a plan for `total` steps whose last part and warm-up are as long as they were.

    Those are the last and the first of three or more schedules that follow each other; the second
    one is longer or shorter. Raises SpecError where there are fewer, or it cannot be so short.
    """
    schedule = held(plan.schedule, ceil_div(total, plan.steps_per_tick))
    if schedule is None:
        message = f"{plan.schedule.title()} cannot be made for {format_count(total, 'step')}"
        raise SpecError.of(plan.label, message, "no-such-length")
    return replace(plan, schedule=schedule)


def with_warmup(plan: Curve, steps: int) -> Curve:
    """Return a plan whose warm-up has `steps` steps; a first rate that depends on them follows.

    Raises SpecError where the schedule has no warm-up, or cannot have this one.
    """
    ticks = steps // plan.steps_per_tick
    schedule = warmed_up(plan.schedule, ticks)
    before = warmup_of(plan.schedule)
    if schedule and before and not sequenced(schedule):
        first_rates = {
            name: unit / (ticks + 1)
            for name, value in numbers_of(schedule).items()
            for unit in (1.0, plan.lr)
            if not isinstance(value, tuple) and isclose(value, unit / (before + 1), rel_tol=CLOSE)
        }
        schedule = changed(schedule, **first_rates) if first_rates else schedule
    if schedule is None:
        message = f"{plan.schedule.title()} cannot have a warm-up of {format_count(steps, 'step')}"
        raise SpecError.of(plan.label, message, "no-such-warm-up")
    return replace(plan, schedule=schedule)


def with_floor(plan: Curve, rate: float) -> Curve:
    """Return a plan that ends at a rate.

    Raises SpecError where the schedule has no floor, or cannot have this one.
    """
    schedule = floored(plan.schedule, Target(floor=rate, peak=plan.lr))
    if schedule is None:
        message = f"{plan.schedule.title()} cannot end at a rate of {format_rounded(rate)}"
        raise SpecError.of(plan.label, message, "no-such-floor")
    return replace(plan, schedule=schedule)


def with_rate(plan: Curve, factor: float) -> Curve:
    """Return a plan with the optimizer's rate, or the schedule's own peak, times a factor.

    Raises SpecError where the schedule sets the rate itself and has no peak.
    """
    if not plan.schedule.sets_rate:
        return replace(plan, lr=plan.lr * factor)
    role, schedule = plan.schedule.parameter_with(Peak), None
    if role and isinstance(getattr(plan.schedule, role[0]), int | float):
        schedule = changed(plan.schedule, **{role[0]: getattr(plan.schedule, role[0]) * factor})
    if schedule is None:
        message = f"{plan.schedule.title()} has no other peak"
        raise SpecError.of(plan.label, message, "no-such-peak")
    return replace(plan, schedule=schedule)


def with_values(plan: Curve, values: Mapping[str, Any]) -> Curve:
    """Return a plan whose schedule has other values of its parameters.

    Of schedules that follow each other it is the last one with a parameter of that name. Raises
    SpecError where the schedule cannot have them.
    """
    schedule: Schedule | None = plan.schedule
    for name, value in values.items():
        schedule = schedule and valued(schedule, name, value)
    if schedule is None:
        pairs = ", ".join(f"{name}={format_value(value)}" for name, value in values.items())
        message = f"{plan.schedule.title()} cannot have {pairs}"
        raise SpecError.of(plan.label, message, "no-such-value")
    return replace(plan, schedule=schedule)


def steps_of(plan: Curve) -> int | None:
    """Return the steps that a plan's schedule is made for.

    Those of a schedule without a length are the run's. None where it has no other steps, either.
    """
    ticks = length_of(plan.schedule)
    if ticks is not None:
        return ticks * plan.steps_per_tick
    return plan.count() if slowed_text(plan.schedule) else None


def length_of(schedule: Schedule) -> int | None:
    """Return the ticks that a parameter sets, the warm-up included; None where none does."""
    if parts := sequenced(schedule):
        last = length_of(parts.schedules[-1])
        return None if last is None else last + parts.milestones[-1]
    role = schedule.parameter_with(Length)
    if role is None:
        return None
    name, mark = role
    if mark.unless and getattr(schedule, mark.unless) is not None:
        return schedule.natural_length()
    value = getattr(schedule, name)
    return None if value is None else int(value) + ticks_before(schedule)


def warmup_of(schedule: Schedule) -> int | None:
    """Return the ticks of the warm-up that a parameter sets; None where none does."""
    if parts := sequenced(schedule):
        return parts.milestones[0]
    role = schedule.parameter_with(WarmUp)
    if role is None:
        return None
    value = getattr(schedule, role[0])
    return int(value) if isinstance(value, int | float) else 0


def ticks_before(schedule: Schedule) -> int:
    """Return the ticks of the warm-up that a schedule's length does not include."""
    role = schedule.parameter_with(Length)
    if role is None or not schedule.length_is_after_warmup(values_of(schedule), role[1]):
        return 0
    return warmup_of(schedule) or 0


def is_longer_with_warmup(schedule: Schedule) -> bool:
    """Return whether a schedule is longer with a longer warm-up; else its decay is shorter."""
    role = schedule.parameter_with(Length)
    if role is None:
        return sequenced(schedule) is not None
    mark = role[1]
    if mark.unless and getattr(schedule, mark.unless) is not None:
        return True
    return schedule.length_is_after_warmup(values_of(schedule), mark)


def lengthened(schedule: Schedule, total: int) -> Schedule | None:
    """Return a schedule of `total` ticks, the warm-up included; None where it has no length."""
    if parts := sequenced(schedule):
        last = lengthened(parts.schedules[-1], total - parts.milestones[-1])
        return last and changed(schedule, schedules=(*parts.schedules[:-1], last))
    role = schedule.parameter_with(Length)
    ticks = total - ticks_before(schedule)
    if role is None or length_of(schedule) is None or ticks < 1:
        return None
    name, mark = role
    return changed(schedule, **{name: ticks}, **({mark.unless: None} if mark.unless else {}))


def held(schedule: Schedule, total: int) -> Schedule | None:
    """Return a sequence of `total` ticks whose second schedule is longer or shorter.

    None where there are fewer than three, or the last one has no length.
    """
    parts, length = sequenced(schedule), length_of(schedule)
    if parts is None or length is None or len(parts.milestones) < 2:
        return None
    warmup, *later = parts.milestones
    moved = (milestone + total - length for milestone in later)
    return changed(schedule, milestones=(warmup, *moved))


def slowed(schedule: Schedule, length: int, total: int) -> Schedule | None:
    """Return a schedule without a length whose steps are those of `own` ticks, for `total` ones.

    The warm-up stays as long as it is. None where there are no other steps.
    """
    if parts := sequenced(schedule):
        before = parts.milestones[-1]
        last = slowed(parts.schedules[-1], max(length - before, 1), max(total - before, 1))
        return last and changed(schedule, schedules=(*parts.schedules[:-1], last))
    names = steps_after_warmup(schedule)
    if not names:
        return None
    values = values_of(schedule)
    ratio = Fraction(total, length)
    return changed(schedule, **{name: multiplied_steps(values[name], ratio) for name in names})


def slowed_text(schedule: Schedule) -> str:
    """Return the steps that `slowed` changes, as `step_size=60`; nothing of one with a length."""
    if parts := sequenced(schedule):
        return slowed_text(parts.schedules[-1])
    if length_of(schedule) is not None:
        return ""
    values = values_of(schedule)
    names = steps_after_warmup(schedule)
    return ", ".join(f"{name}={format_value(values[name])}" for name in names)


def steps_after_warmup(schedule: Schedule) -> list[str]:
    """Return the names of the parameters that count steps, without the warm-up's."""
    warmup = schedule.parameter_with(WarmUp)
    return [name for name in steps_in(schedule) if warmup is None or name != warmup[0]]


def steps_in(schedule: Schedule) -> list[str]:
    """Return the names of the parameters that count steps and have a value."""
    cls, values = type(schedule), values_of(schedule)
    return [name for name in values
            if values[name] is not None and unit_name(cls, name) == "steps"]  # fmt: skip


def floored(schedule: Schedule, target: Target) -> Schedule | None:
    """Return a schedule with the floor of a target; None where it has no floor."""
    if parts := sequenced(schedule):
        last = floored(parts.schedules[-1], target)
        return last and changed(schedule, schedules=(*parts.schedules[:-1], last))
    role = schedule.parameter_with(Floor)
    if role is None:
        return None
    name, mark = role
    others = {
        key: value
        for key, value in values_of(schedule).items()
        if value is not None and key not in (name, mark.unless)
    }
    instead = {mark.unless: None} if mark.unless else {}
    return changed(schedule, **instead, **type(schedule).role_values(others, target))


def numbers_of(schedule: Schedule) -> dict[str, Any]:
    """Return the parameters that are a number, or several, and have none of the roles.

    Of schedules that follow each other, those of all of them; the last one of a name counts. An
    object of a program has none.
    """
    if not schedule.dialect:
        return {}
    if parts := sequenced(schedule):
        return {name: value for item in parts.schedules for name, value in numbers_of(item).items()}
    roles = filter(None, (schedule.parameter_with(role) for role in (Length, Peak, WarmUp, Floor)))
    with_role = {name for name, _ in roles}
    return {
        name: value
        for name, value in values_of(schedule).items()
        if name not in with_role and is_numeric(value)
    }


def acts_as_length(schedule: Schedule, name: str) -> bool:
    """Return whether a parameter is the only number of steps of a schedule without a length.

    With another length it is another number.
    """
    if parts := sequenced(schedule):
        return acts_as_length(parts.schedules[-1], name)
    is_only = steps_after_warmup(schedule) == [name]
    return (
        is_only and length_of(schedule) is None and not isinstance(getattr(schedule, name), tuple)
    )


def is_numeric(value: Any) -> bool:
    """Return whether a value is a number, or several numbers."""
    if isinstance(value, tuple):
        return bool(value) and all(
            is_numeric(item) and not isinstance(item, tuple) for item in value
        )
    return isinstance(value, int | float) and not isinstance(value, bool)


def valued(schedule: Schedule, name: str, value: Any) -> Schedule | None:
    """Return a schedule with another value of a parameter; None where it cannot have it."""
    parts = sequenced(schedule)
    if parts is None:
        return changed(schedule, **{name: value}) if name in type(schedule).model_fields else None
    schedules = list(parts.schedules)
    for index in reversed(range(len(schedules))):
        if name in numbers_of(schedules[index]):
            other = valued(schedules[index], name, value)
            schedules[index] = other or schedules[index]
            return other and changed(schedule, schedules=tuple(schedules))
    return None


def multiplied(schedule: Schedule, ratio: Fraction) -> Schedule | None:
    """Return a schedule whose parameters in steps are multiplied; None where it cannot be."""
    own = values_of(schedule)
    values = {name: multiplied_steps(own[name], ratio) for name in steps_in(schedule)}
    if "schedules" in own:
        values["schedules"] = tuple(multiplied(item, ratio) for item in own["schedules"])
    return changed(schedule, **values)


def multiplied_steps(value: Any, ratio: Fraction) -> Any:
    """Return a number of steps, or each of several, multiplied; a share stays as it is."""
    if isinstance(value, tuple):
        return tuple(multiplied_steps(item, ratio) for item in value)
    return round(value * ratio) if isinstance(value, int) else value


def warmed_up(schedule: Schedule, ticks: int) -> Schedule | None:
    """Return a schedule with a warm-up of `ticks`; None where it cannot have such a one."""
    if parts := sequenced(schedule):
        return sequence_warmed_up(schedule, parts, ticks)
    role, length = schedule.parameter_with(WarmUp), length_of(schedule)
    if role is None:
        return None
    name, mark = role
    if not mark.share:
        return changed(schedule, **{name: ticks})
    return changed(schedule, **{name: ticks / length}) if length else None


def sequence_warmed_up(schedule: Schedule, parts: Sequenced, ticks: int) -> Schedule | None:
    """Return a sequence whose first schedule takes `ticks`, and the others as long as before.

    With no ticks it is left out.
    """
    (before, *others), (own, *milestones) = parts
    later = tuple(milestone + ticks - own for milestone in milestones)
    first = lengthened(before, max(ticks, 1))
    if first is None:
        return None
    if ticks:
        return changed(schedule, schedules=(first, *others), milestones=(ticks, *later))
    return changed(schedule, schedules=others, milestones=later) if later else others[0]


def sequenced(schedule: Schedule) -> Sequenced | None:
    """Return the schedules that one runs after each other; None where it does not."""
    names = ("schedules", "milestones")
    if not type(schedule).model_fields.keys() >= set(names):
        return None
    children, milestones = (getattr(schedule, name) for name in names)
    if not children or milestones is None or len(milestones) != len(children) - 1:
        return None
    return Sequenced(children, milestones) if milestones else None


def changed(schedule: Schedule, **values: Any) -> Schedule | None:
    """Return a schedule with other parameters; None where it cannot have them."""
    try:
        return type(schedule).model_validate(values_of(schedule) | values)
    except (ValidationError, SpecError):
        return None


def values_of(schedule: Schedule) -> dict[str, Any]:
    """Return a schedule's parameters by name."""
    return {name: getattr(schedule, name) for name in type(schedule).model_fields}
