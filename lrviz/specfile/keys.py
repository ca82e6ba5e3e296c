"""The keys of a curve's mapping by what reads them: parameters, settings, sweep, label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path as FilePath
from typing import Any

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.register import fold
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_value
from lrviz.specfile.invalid import Locate
from lrviz.specfile.settings import CurveSettings
from lrviz.specfile.unknown import advice_on, intended_parameter, parameters_in

MAX_CURVES = 1_000
MAX_KEYS = 1_000
"""Of a curve; what each unknown one was meant to be takes a part of a millisecond."""
OWN_KEYS = ("schedule", "label", "sweep")


@dataclass(frozen=True)
class Context:
    """Where a mapping comes from and what applies to every curve in it.

    `locate` returns the place of a path; relative paths start at `folder`; `typed` is whether the
    spec was typed on the command line, so that missing parameters follow the run; `default` and
    `override` hold settings below and above the curve's own, unread; `user` are the user's
    defaults, below `default`; `trainer` are the settings for a training config.
    """

    locate: Locate
    folder: FilePath = FilePath()
    typed: bool = False
    user: Mapping[str, Any] = field(default_factory=dict)
    default: Mapping[str, Any] = field(default_factory=dict)
    override: Mapping[str, Any] = field(default_factory=dict)
    trainer: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Keys:
    """A curve's mapping, sorted by what reads each key."""

    parameters: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    sweep: dict[str, list[Any]] = field(default_factory=dict)
    label: str | None = None
    ignored: list[str] = field(default_factory=list)
    intended: set[str] = field(default_factory=set)
    """The parameters that unknown keys were meant to give, which are not missing, too."""


def sort_keys(
    cls: type[Schedule], data: Mapping[str, Any], context: Context
) -> tuple[Keys, list[Finding]]:
    """Return the mapping's keys by what reads them, and a finding for each that nothing reads."""
    keys = Keys()
    findings: list[Finding] = []
    for key, value in data.items():
        folded = fold(str(key))
        if folded == "schedule":
            continue
        parameter, is_setting = cls.find_parameter(str(key)), folded in CurveSettings.model_fields
        if parameter:
            keys.parameters[parameter] = value
        if is_setting and not (parameter and folded in ("warmup", "floor")):
            keys.settings[folded] = value
        if folded == "sweep":
            keys.sweep = read_sweep(cls, value, context, findings)
        elif folded == "label" and not parameter:
            keys.label = None if value is None else str(value)
        elif cls.is_ignored(str(key)):
            keys.ignored.append(str(key))
        elif not (parameter or is_setting or folded in OWN_KEYS):
            findings.append(unknown_key(cls, str(key), value, context))
            keys.intended |= intended_parameters(cls, str(key), value)
    if context.typed:
        move_lists_to_sweep(cls, keys)
    move_settings_to_sweep(keys, context.override)
    return keys, findings


def unknown_key(cls: type[Schedule], key: str, value: Any, context: Context) -> Finding:
    """Return the finding of a key that nothing reads."""
    message = f"unknown parameter '{key}' for {cls.title()}"
    if parameters_in(value, cls):
        message += "; write the parameters in it beside 'schedule'"
    else:
        message += advice_on(key, cls, (*CurveSettings.model_fields, *OWN_KEYS))
    return Finding.error(context.locate((key,), True), message, "unknown-parameter")


def intended_parameters(cls: type[Schedule], key: str, value: Any) -> set[str]:
    """Return the parameters that an unknown key, or the mapping below it, was meant to give."""
    name = intended_parameter(key, cls)
    return {*parameters_in(value, cls), *([name] if name else [])}


def read_sweep(
    cls: type[Schedule], sweep: Any, context: Context, findings: list[Finding]
) -> dict[str, list[Any]]:
    """Return the swept keys, each with its values; what is wrong is added to `findings`."""
    if not isinstance(sweep, Mapping) or not sweep:
        place = context.locate(("sweep",), False)
        message = "sweep must be a mapping from parameters to lists of values"
        findings.append(Finding.error(place, message, "wrong-type"))
        return {}
    values_by_name = {}
    for key, values in sweep.items():
        name = cls.find_parameter(str(key)) or fold(str(key))
        path = ("sweep", str(key))
        if name not in cls.model_fields and name not in CurveSettings.model_fields:
            message = f"unknown parameter '{key}' for {cls.title()}{advice_on(key, cls)}"
            findings.append(Finding.error(context.locate(path, True), message, "unknown-parameter"))
        elif not isinstance(values, list) or not values:
            value = format_value(values)
            message = f"sweep of {key} needs a list with at least one value (got {value})"
            findings.append(Finding.error(context.locate(path, False), message, "empty-sweep"))
            if name in cls.model_fields:  # so that it is not reported as missing, too
                values_by_name[name] = [cls.example_value(name)]
        else:
            values_by_name[name] = values
    return values_by_name


def move_lists_to_sweep(cls: type[Schedule], keys: Keys) -> None:
    """Make a typed list a sweep where one value belongs."""
    for name, value in list(keys.parameters.items()):
        if isinstance(value, int | float) and cls.takes_only_lists(name):
            keys.parameters[name] = [value]
        elif is_nested(value, 1 + cls.list_depth(name)) and value:
            keys.sweep[name] = keys.parameters.pop(name)
    move_settings_to_sweep(keys, keys.settings)


def is_nested(value: Any, depth: int) -> bool:
    """Return whether a value is a list whose items are nested in lists `depth` deep at least."""
    if not depth:
        return True
    return isinstance(value, list) and all(is_nested(item, depth - 1) for item in value)


def move_settings_to_sweep(keys: Keys, settings: Mapping[str, Any]) -> None:
    """Make a list of a setting's values a sweep."""
    for name, value in list(settings.items()):
        if isinstance(value, list) and value:
            keys.sweep[name] = value
            keys.settings.pop(name, None)


def combinations(sweep: Mapping[str, list[Any]], context: Context) -> Iterator[dict[str, Any]]:
    """Yield every combination of the swept values. Raises SpecError where they are too many."""
    count = 1
    for values in sweep.values():
        count *= len(values)
    if count > MAX_CURVES:
        message = f"sweep makes {count:,} curves; at most {MAX_CURVES:,} are drawn in one run"
        raise SpecError.of(context.locate(("sweep",), False), message, "too-many-curves")
    for combination in product(*sweep.values()):
        yield dict(zip(sweep, combination, strict=True))
