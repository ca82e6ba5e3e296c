"""From a mapping to curves: which keys are whose, sweeps, defaults, warm-up, labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from lrviz.core.composition import unknown_schedule
from lrviz.core.errors import SpecError, nearest
from lrviz.core.findings import Finding
from lrviz.core.register import fold, register
from lrviz.core.roles import Target
from lrviz.core.schedule import DEFAULT_LR, Schedule
from lrviz.curves.curve import Curve
from lrviz.specfile.labels import label
from lrviz.specfile.problems import Place, problems, shown
from lrviz.specfile.settings import CurveSettings

MOST_CURVES = 1_000
SHARED_NAMES = ("epochs", "steps_per_epoch", "warmup")
"""Settings that fill a parameter of their name where a schedule has one."""
OWN_KEYS = ("schedule", "label", "sweep")


@dataclass(frozen=True)
class Context:
    """Where a mapping comes from and what applies to every curve in it.

    `place` tells where a path stands; `folder` is where relative paths begin; `typed` is whether
    the spec was typed on the command line, where a missing parameter takes its example; `default`
    and `override` hold settings below and above the curve's own.
    """

    place: Place
    folder: Path = Path()
    typed: bool = False
    default: Mapping[str, Any] = field(default_factory=dict)
    override: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Keys:
    """A curve's mapping, sorted by whose each key is."""

    parameters: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    sweep: dict[str, list[Any]] = field(default_factory=dict)
    label: str | None = None
    unused: list[str] = field(default_factory=list)


def read_curves(data: Any, context: Context) -> list[Curve]:
    """Return the curves of one mapping: one, or as many as its sweep makes.

    Raises SpecError with every problem of the mapping.
    """
    cls, typed_name = named(data, context)
    keys, found = sort_keys(cls, data, context)
    curves: list[Curve] = []
    for swept in combinations(keys.sweep, context):
        try:
            curves.append(read_curve(cls, typed_name, keys, swept, context))
        except SpecError as error:
            found += error.findings
    if found:
        raise SpecError(found)
    return curves


def named(data: Any, context: Context) -> tuple[type[Schedule], str]:
    """Return the schedule's class, and its name as it was typed."""
    if not isinstance(data, Mapping):
        raise SpecError.of(context.place((), False), "must be a mapping with the key 'schedule'")
    given = next((value for key, value in data.items() if fold(str(key)) == "schedule"), None)
    if given is None:
        near = nearest("schedule", [str(key) for key in data]).replace("did you mean", "what is")
        raise SpecError.of(context.place((), False), f"needs the key 'schedule'{near}")
    cls = register.find(given) if isinstance(given, str) else None
    if cls is None:
        raise SpecError.of(context.place(("schedule",), False), unknown_schedule(given))
    return cls, given


def sort_keys(
    cls: type[Schedule], data: Mapping[str, Any], context: Context
) -> tuple[Keys, list[Finding]]:
    """Return the mapping's keys by owner, and a problem for each that nobody owns."""
    keys = Keys()
    found: list[Finding] = []
    for key, value in data.items():
        folded = fold(str(key))
        parameter, setting = cls.find_parameter(str(key)), folded in CurveSettings.model_fields
        if parameter:
            keys.parameters[parameter] = value
        if setting and not (parameter and folded == "warmup"):
            keys.settings[folded] = value
        if folded == "sweep":
            keys.sweep = read_sweep(cls, value, context, found)
        elif folded == "label" and not parameter:
            keys.label = None if value is None else str(value)
        elif cls.is_ignored(str(key)):
            keys.unused.append(str(key))
        elif not (parameter or setting or folded in OWN_KEYS):
            known = [*cls.model_fields, *CurveSettings.model_fields, *OWN_KEYS]
            words = f"unknown parameter '{key}' for {cls.title()}{nearest(str(key), known)}"
            found.append(Finding.error(context.place((str(key),), True), words))
    if context.typed:
        move_lists_to_sweep(cls, keys)
    return keys, found


def read_sweep(
    cls: type[Schedule], given: Any, context: Context, found: list[Finding]
) -> dict[str, list[Any]]:
    """Return the swept keys, each with its values; `found` takes what is wrong."""
    place = context.place(("sweep",), False)
    if not isinstance(given, Mapping) or not given:
        found.append(
            Finding.error(place, "sweep must be a mapping from parameters to lists of values")
        )
        return {}
    sweep = {}
    for key, values in given.items():
        name = cls.find_parameter(str(key)) or fold(str(key))
        if name not in cls.model_fields and name not in CurveSettings.model_fields:
            words = f"unknown parameter '{key}' for {cls.title()}{nearest(key, cls.model_fields)}"
            found.append(Finding.error(context.place(("sweep", str(key)), True), words))
        elif not isinstance(values, list) or not values:
            words = f"sweep of {key} needs a list with at least one value (got {shown(values)})"
            found.append(Finding.error(context.place(("sweep", str(key)), False), words))
            if name in cls.model_fields:  # so that it is not told as missing, too
                sweep[name] = [cls.example_value(name)]
        else:
            sweep[name] = values
    return sweep


def move_lists_to_sweep(cls: type[Schedule], keys: Keys) -> None:
    """Take a typed list where one value belongs for a sweep."""
    for owner in (keys.parameters, keys.settings):
        for name, value in list(owner.items()):
            form = cls.list_form(name) if owner is keys.parameters else "never"
            if form == "only" and isinstance(value, int | float):
                owner[name] = [value]
            items = value if isinstance(value, list) else []
            if items and (form == "never" or all(isinstance(item, list) for item in items)):
                keys.sweep[name] = owner.pop(name)


def combinations(sweep: Mapping[str, list[Any]], context: Context) -> Iterator[dict[str, Any]]:
    """Yield every combination of the swept values. Raises SpecError where they are too many."""
    count = 1
    for values in sweep.values():
        count *= len(values)
    if count > MOST_CURVES:
        words = f"sweep makes {count:,} curves; at most {MOST_CURVES:,} are drawn in one run"
        raise SpecError.of(context.place(("sweep",), False), words)
    for chosen in product(*sweep.values()):
        yield dict(zip(sweep, chosen, strict=True))


def read_curve(
    cls: type[Schedule], name: str, keys: Keys, swept: Mapping[str, Any], context: Context
) -> Curve:
    """Return one curve of a mapping."""
    own = {k: v for k, v in swept.items() if k not in cls.model_fields}
    settings, found = read_settings({**context.default, **keys.settings, **own}, swept, context)
    settings = settings.model_copy(update=dict(context.override))
    parameters = {**keys.parameters, **{k: v for k, v in swept.items() if k in cls.model_fields}}
    for shared in SHARED_NAMES:
        given = getattr(settings, shared)
        if shared in cls.model_fields and given is not None:
            parameters.setdefault(shared, getattr(given, "steps", given))
    if "warmup" in cls.model_fields:
        settings = settings.model_copy(update={"warmup": None})
    filled = cls.complete(parameters, Target(settings.steps)) if context.typed else {}
    schedule = validated(cls, {**parameters, **filled}, swept, context, found)
    if found or schedule is None:
        raise SpecError(found)
    said = [f"{key} has no effect on the rate" for key in keys.unused]
    said += [
        f"{key}={shown(value)} "
        + ("follows steps" if value == settings.steps else "is an example; give your own")
        for key, value in filled.items()
    ]
    text = keys.label or label(name, schedule, settings, swept)
    if keys.label and swept:
        text = label(keys.label, None, settings, swept)
    return make_curve(schedule, settings, text, said, context)


def read_settings(
    given: Mapping[str, Any], swept: Mapping[str, Any], context: Context
) -> tuple[CurveSettings, list[Finding]]:
    """Return the curve's settings, and what is wrong with them."""
    place = in_sweep(context.place, swept)
    try:
        return CurveSettings.model_validate(given), []
    except ValidationError as error:
        return CurveSettings(), list(problems(error, place, None, given))


def validated(
    cls: type[Schedule],
    parameters: Mapping[str, Any],
    swept: Mapping[str, Any],
    context: Context,
    found: list[Finding],
) -> Schedule | None:
    """Return the schedule, or None where `found` has been told why not."""
    try:
        return cls.model_validate(parameters, context={"folder": context.folder})
    except ValidationError as error:
        found += problems(error, in_sweep(context.place, swept), cls, parameters)
        return None


def in_sweep(place: Place, swept: Mapping[str, Any]) -> Place:
    """Return the place function that looks for swept parameters below `sweep`."""

    def found(path: tuple[str | int, ...], key: bool) -> str:
        return place(("sweep", *path) if path and path[0] in swept else path, key)

    return found


def make_curve(
    schedule: Schedule, settings: CurveSettings, text: str, said: list[str], context: Context
) -> Curve:
    """Return the curve of a schedule with its settings; a warm-up goes before it."""
    place = context.place((), False)
    if schedule.sets_rate and settings.lr is not None:
        said.append(f"{schedule.title()} states its own rate; lr is not used")
    if settings.warmup:
        schedule = warmed_up(schedule, settings, context)
    steps = settings.steps
    if steps is None and settings.epochs is not None:
        steps = settings.epochs * (settings.steps_per_epoch or 1)
    only_epochs = settings.epochs is not None and settings.steps_per_epoch is None
    return Curve(
        label=text,
        schedule=schedule,
        lr=DEFAULT_LR if settings.lr is None else settings.lr,
        steps=steps,
        by=settings.by or ("epoch" if only_epochs else schedule.clock()),
        steps_per_epoch=settings.steps_per_epoch,
        place=place,
        said=tuple(said),
    )


def warmed_up(schedule: Schedule, settings: CurveSettings, context: Context) -> Schedule:
    """Return the sequence of a linear warm-up and the schedule."""
    assert settings.warmup
    place = context.place(("warmup",), False)
    if schedule.dialect != "torch":
        words = f"warmup goes before schedules of torch; {schedule.title()} states its own"
        raise SpecError.of(place, words)
    first = {"start_factor": settings.warmup.start_factor, "total_iters": settings.warmup.steps}
    parts = [{"schedule": "torch.LinearLR", **first}, schedule]
    whole = {"schedules": parts, "milestones": [settings.warmup.steps]}
    sequence = register.find("torch.SequentialLR")
    assert sequence
    try:
        return sequence.model_validate(whole)
    except ValidationError as error:
        raise SpecError(problems(error, lambda *_: place, sequence, whole)) from None


def made_unique(curves: list[Curve]) -> list[Curve]:
    """Return the curves with labels that differ: the second of a name ends in ` #2`."""
    taken: set[str] = set()
    for index, curve in enumerate(curves):
        text, count = curve.label, 1
        while text in taken:
            count += 1
            text = f"{curve.label} #{count}"
        taken.add(text)
        curves[index] = replace(curve, label=text)
    return curves


def read_model(model: type[BaseModel], given: Mapping[str, Any], place: Callable[..., str]) -> Any:
    """Return the settings of a mapping. Raises SpecError with every problem."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise SpecError(problems(error, place, None, given)) from None
