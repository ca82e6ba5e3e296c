"""The curves of an object: of a registered schedule that it follows, else of its own rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.schedule import DEFAULT_STEPS, Schedule
from lrviz.curves.curve import Curve
from lrviz.objects.calls import (
    not_of_a_step,
    stand_in_of_function,
    stand_in_of_sequence,
    takes_no_step,
)
from lrviz.objects.reader import Inputs, Match, ObjectReader, StandIn, Unwrapped, readers
from lrviz.objects.trajectory import ObjectSchedule, Trajectory
from lrviz.run import Run

MAX_COMPARED = 1_000
"""Steps over which a schedule is compared with the object's own rates."""
MAX_OBSERVED = 10_000
"""Steps up to which a known schedule in lower precision keeps the object's own rates."""
GENERAL_READERS = (ObjectReader(stand_in_of_function), ObjectReader(stand_in_of_sequence))


def unwrap(value: Any) -> Unwrapped:
    """Return the object inside any wrappers; the outermost with a unit of a step decides it."""
    candidates = (reader.unwrap(value) for reader in readers())
    outer = next(filter(None, candidates), None)
    if outer is None:
        return Unwrapped(value)
    innermost = unwrap(outer.value)
    return replace(innermost, by=outer.by or innermost.by)


def stand_in_of(value: Any, inputs: Inputs) -> StandIn | None:
    """Return the stand-in of an object, or None where it is neither scheduler nor schedule."""
    candidates = (reader.stand_in_of(value, inputs) for reader in chain(readers(), GENERAL_READERS))
    return next(filter(None, candidates), None)


def read_object(
    value: Any, run: Run, inputs: Inputs, label: str | None = None, by: str | None = None
) -> list[Curve]:
    """Return the curve of an object; of each parameter group where their rates differ.

    `by` is the unit of a step; where that is not known, a run that is counted in epochs decides.
    Raises SpecError for an object that has no rates, that raises, or that lacks its metric.
    """
    counted = "epoch" if run.counts_epochs else None
    if isinstance(value, Curve):
        curve = value if run.length is None else replace(value, run=run)
        return [replace(curve, label=label or value.label, by=by or counted or value.by)]
    if isinstance(value, Schedule):
        return [Curve(label or value.title(), value, run=run, by=by or counted or "step")]
    unwrapped = unwrap(value)
    value = unwrapped.value
    stand_in = stand_in_of(value, inputs)
    if stand_in is None:
        raise SpecError.of("", not_an_object(value), "unreadable-object")
    schedule = ObjectSchedule(trajectory=Trajectory(stand_in), metric=inputs.metric)
    by = by or unwrapped.by or counted or stand_in.by
    base = Curve(stand_in.title, schedule, run=run, by=by, notes=stand_in.notes)
    curves = {
        group: curve_of_group(base, schedule.of_group(index), value, inputs)
        for index, group in enumerate(stand_in.groups)
    }
    return labelled(distinct(curves), label)


def not_an_object(value: Any) -> str:
    """Return the message for an object that gives no rates."""
    kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    if isinstance(value, str | Mapping):
        return f"cannot read rates from {kind}: lrviz.load reads a spec, lrviz.schedule a name"
    if takes_no_step(value):
        return not_of_a_step(value)
    if is_without_optimizer(value):
        kind += ", which has no attribute 'optimizer'"
    return (
        f"cannot read rates from {kind}: give a scheduler bound to its optimizer, a function from "
        "step to rate, or a sequence of rates"
    )


def is_without_optimizer(value: Any) -> bool:
    """Return whether an object is stepped as a scheduler is, and has no optimizer."""
    is_optimizer = hasattr(value, "param_groups")
    return hasattr(value, "step") and not (is_optimizer or hasattr(value, "optimizer"))


def curve_of_group(base: Curve, stepped: ObjectSchedule, value: Any, inputs: Inputs) -> Curve:
    """Return the curve of a parameter group: of a registered schedule, else of its stepped rates.

    Where a library computes in lower precision, the curve of a registered schedule keeps the
    object's own rates, as long as stepping it is quick.
    """
    for reader, match in matches(value, stepped.group, inputs):
        curve = replace(base, schedule=match.schedule, lr=match.lr)
        difference = largest_difference(match, stepped, min(ticks_of(curve), MAX_COMPARED))
        if difference <= reader.tolerance:
            is_exact = difference <= ObjectReader.tolerance or ticks_of(curve) > MAX_OBSERVED
            return curve if is_exact else replace(curve, observed=stepped)
    curve = replace(base, schedule=stepped)
    stepped.sample(range(ticks_of(curve)), curve.lr)  # raises here, not where the curve is drawn
    if curve.run.length is None and stepped.natural_length() is None:
        message = f"the object has no length of its own: give its steps ({DEFAULT_STEPS} if not)"
        return replace(curve, notes=(*curve.notes, Finding("unknown-length", message)))
    return curve


def ticks_of(curve: Curve) -> int:
    """Return how many ticks of its schedule a curve has."""
    return curve.by_ticks().count()


def matches(value: Any, group: int, inputs: Inputs) -> Iterator[tuple[ObjectReader, Match]]:
    """Yield the schedules that an object may follow by its class and parameters."""
    for reader in readers():
        try:
            match = reader.identify(value, group, inputs)
        except (ValueError, AttributeError, LookupError):  # also parameters of another version
            continue
        if match:
            yield reader, match


def largest_difference(match: Match, stepped: ObjectSchedule, count: int) -> float:
    """Return how far an object's rates are from a schedule's, as a share of the peak."""
    end = match.schedule.end()
    steps = range(min(count, end.last + 1) if end else count)
    try:
        rates = match.schedule.sample(steps, match.lr)
    except SpecError:
        return np.inf
    stepped_rates = stepped.sample(steps, match.lr)
    peak = float(np.abs(stepped_rates).max(initial=0.0))
    return float(np.abs(rates - stepped_rates).max(initial=0.0)) / (peak or 1.0)


def distinct(curves: Mapping[str, Curve]) -> dict[str, Curve]:
    """Return the curves by parameter group, one for all groups that have the same rates."""
    distinct_curves: dict[object, tuple[str, Curve]] = {}
    for group, curve in curves.items():
        is_known = not isinstance(curve.schedule, ObjectSchedule)
        rates = (
            (curve.schedule.spec(), curve.lr)
            if is_known
            else curve.sample(range(ticks_of(curve))).tolist()
        )
        distinct_curves.setdefault(repr(rates), (group, curve))
    return dict(distinct_curves.values())


def labelled(curves: Mapping[str, Curve], label: str | None) -> list[Curve]:
    """Return the curves with their labels: the object's, and the group's where there are more."""
    return [
        replace(
            curve,
            label=f"{label or curve.schedule.title()} {group if len(curves) > 1 else ''}".strip(),
            own_label=label or curve.schedule.title(),
        )
        for group, curve in curves.items()
    ]
