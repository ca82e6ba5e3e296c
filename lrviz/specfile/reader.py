"""From a mapping to curves: one, or as many as its sweep makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.name_hints import nearest_schedule
from lrviz.core.register import fold, register
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.curves.horizons import planned_ticks
from lrviz.specfile.curve_reader import CurveReader
from lrviz.specfile.keys import MAX_KEYS, OWN_KEYS, Context, Keys, combinations, sort_keys
from lrviz.specfile.schedule_key import name_in, schedule_class, with_schedule
from lrviz.specfile.settings import CurveSettings
from lrviz.specfile.settings_reader import RUN_LENGTH
from lrviz.specfile.unknown import is_parameter, parameters_alone

__all__ = ["Context", "read_curves"]

FAULTS_OF_VALUES = ("out-of-bounds", "wrong-type", "unknown-parameter", "needs-run", "empty-sweep")
"""Faults that do not depend on which parameters a schedule needs."""


def read_curves(data: Any, context: Context) -> list[Curve]:
    """Return the curves of one mapping: one, or as many as its sweep makes.

    Raises SpecError with every fault of the mapping.
    """
    try:
        cls, name = schedule_class(data, context)
    except SpecError as error:
        others = faults_beside_name(with_schedule(data), context)
        raise SpecError([*error.findings, *others]) from None
    keys, findings = sort_keys(cls, data, context)
    curves: list[Curve] = []
    for swept in combinations(keys.sweep, context):
        try:
            curves.append(read_curve(cls, name, keys, swept, context))
        except SpecError as error:
            findings += error.findings
    if findings:
        raise SpecError(findings)
    return curves


def read_curve(
    cls: type[Schedule], name: str, keys: Keys, swept: Mapping[str, Any], context: Context
) -> Curve:
    """Return the curve of one combination of swept values.

    The length among the user's defaults is that of a schedule that declares none: one that is the
    same without it keeps its own. Raises SpecError with every fault.
    """
    curve = CurveReader(cls, name, keys, swept, context).read()
    layers = (context.default, keys.settings, swept, context.override)
    if not states_length(context.user) or any(map(states_length, layers)) or curve.derived:
        return curve
    if planned_ticks(curve.schedule) is None and curve.longest() is None:
        return curve
    user = {key: value for key, value in context.user.items() if key not in RUN_LENGTH}
    try:
        own = CurveReader(cls, name, keys, swept, replace(context, user=user)).read()
    except SpecError:  # a quantity in it follows from the length
        return curve
    return own if own.schedule == curve.schedule else curve


def states_length(settings: Mapping[str, Any]) -> bool:
    """Return whether settings state the length of the run."""
    return any(settings.get(name) is not None for name in RUN_LENGTH)


def faults_beside_name(data: Any, context: Context) -> Iterator[Finding]:
    """Yield the other faults of a mapping whose schedule is unknown: those of any meaning of it.

    The values are checked as those of the schedule with the most similar name. What it needs, and
    the parameters of other schedules, depend on what the name means.
    """
    name = name_in(data) if isinstance(data, Mapping) else None
    if not isinstance(name, str) or len(data) > MAX_KEYS:
        return
    similar = nearest_schedule(name, parameters_alone(data))
    cls = register.find(similar) if similar else None
    own = {key: value for key, value in data.items() if is_readable(str(key), cls)}
    similar = similar if cls else register.all()[0].title()
    try:
        read_curves({**own, "schedule": similar}, context)
    except SpecError as error:
        yield from (finding for finding in error.findings if finding.id in FAULTS_OF_VALUES)


def is_readable(key: str, cls: type[Schedule] | None) -> bool:
    """Return whether a key can be read before it is known which schedule it belongs to."""
    if cls is None or fold(key) in OWN_KEYS:
        return fold(key) in CurveSettings.model_fields
    return bool(cls.find_parameter(key)) or not is_parameter(key)
