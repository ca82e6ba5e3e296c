"""What a call takes: the curves in its argument, and the steps to sample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, groupby
from os import PathLike
from types import MappingProxyType
from typing import Any, SupportsIndex

from lrviz.api.curves import curve, load_beside
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.run import Run
from lrviz.specfile.labels import number_equal

Drawable = Schedule | Curve | str | PathLike[str]
"""What has curves: a schedule, a curve, or a SPEC as `load` takes it."""

Steps = int | str | range | None
"""The steps of a call: their number, also as text with a unit (10k, 5ep), or a range of them."""

MAX_LABELS = 6
"""Labels that a message lists."""
FACTOR = (
    "belongs to a SPEC; an object has rates of its own, and a factor on lr is multiplied by it, as "
    "in lambda step: 3e-4 * factor(step)"
)
NO_SETTINGS: Mapping[str, Any] = MappingProxyType({})


def read_curves(
    curves: object,
    steps: Steps = None,
    run: Run | None = None,
    settings: Mapping[str, Any] = NO_SETTINGS,
) -> Sequence[Curve]:
    """Return the curves of schedules, curves, SPECs and objects that `curve` takes.

    SPECs beside each other are loaded together, as on the command line, with `settings` and, where
    `steps` is a number or text, with that as the length of their run; a name follows the run of
    curves that state theirs. `run` replaces the run of the others, and its numbers those of a SPEC.
    The labels are unique. Raises SpecError where there is no curve, and for settings beside what is
    no SPEC.
    """
    items = items_of(curves)
    settings = settings_of_specs(items, steps, run, settings)
    if not items:
        raise SpecError.of("", "there is no curve to sample")
    objects = [[] if is_spec(item) else read_object(item, run) for item in items]
    beside = [curve for curve in chain.from_iterable(objects) if has_own_run(curve)]
    groups: list[Sequence[Curve]] = []
    for are_specs, pairs in groupby(
        zip(items, objects, strict=True), lambda pair: is_spec(pair[0])
    ):
        group = [*pairs]
        if are_specs:
            groups.append(load_beside([item for item, _ in group], settings, beside))
        else:
            groups += [curves for _, curves in group]
    return groups[0] if len(groups) == 1 else number_equal([*chain.from_iterable(groups)])


def settings_of_specs(
    items: Sequence[object], steps: Steps, run: Run | None, settings: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the settings of the SPECs among items, with the length and the run of the call.

    Raises SpecError for settings, and for a length as text, beside what is no SPEC.
    """
    if settings and not all(map(is_spec, items)):
        message = "belongs to a SPEC; curves have theirs, or take a Run, as Run(steps=1000)"
        raise SpecError(
            Finding.error(name, FACTOR if name == "lr" else message, "unknown-setting")
            for name in settings
        )
    span = read_span(steps)
    if isinstance(steps, str):
        if not all(map(is_spec, items)):
            message = f"must be a number of steps or a range for curves (got {steps!r})"
            raise SpecError.of("steps", f"{message}; a SPEC takes text")
        settings = {"steps": steps, **settings}
    elif span is not None and not isinstance(steps, range):
        settings = {"steps": len(span), **settings}
    return {**(run.model_dump(exclude_none=True) if run else {}), **settings}


def has_own_run(curve: Curve) -> bool:
    """Return whether a curve states its run, which a name that is typed beside it follows."""
    return curve.run.length is not None and not curve.is_typed


def items_of(curves: object) -> list[Any]:
    """Return the items of a list of what has curves, or of what has curves alone."""
    is_one = isinstance(curves, Schedule | Curve | str | PathLike | Mapping)
    return list(curves) if isinstance(curves, Iterable) and not is_one else [curves]


def flattened(arguments: Sequence[object]) -> object:
    """Return the only argument of a call, or a list of what all of them are or hold."""
    if len(arguments) == 1:
        return arguments[0]
    return [item for argument in arguments for item in items_of(argument)]


def is_spec(item: object) -> bool:
    """Return whether an item is a SPEC as `load` takes it."""
    return isinstance(item, str | PathLike)


def read_object(item: object, run: Run | None = None) -> Sequence[Curve]:
    """Return the curves of a curve, a schedule, or an object that `curve` takes, over a run."""
    item_curves = curve(item)
    curves = [item_curves] if isinstance(item_curves, Curve) else item_curves
    return [replace(item_curve, run=run) for item_curve in curves] if run else curves


def read_curve(
    curve: Drawable, steps: Steps = None, settings: Mapping[str, Any] = NO_SETTINGS
) -> Curve:
    """Return the curve of a schedule, a curve or a SPEC. Raises SpecError for several curves."""
    curves = read_curves(curve, steps, settings=settings)
    require_one(str(curve) if isinstance(curve, str | PathLike) else "", curves)
    return curves[0]


def require_one(spec: str, curves: Sequence[Curve]) -> None:
    """Raise SpecError for a spec of more or less than one curve."""
    if len(curves) != 1:
        labels = [curve.label for curve in curves[:MAX_LABELS]]
        labels += ["..."] if len(curves) > MAX_LABELS else []
        message = f"must be one curve (it has: {', '.join(labels)}); FILE#LABEL takes one of a file"
        raise SpecError.of(spec, message)


def read_span(steps: Steps) -> range | None:
    """Return the steps to sample, None where the curves' runs have them.

    Raises SpecError where there are none, or some before 0.
    """
    if isinstance(steps, str):
        return None
    if not isinstance(steps, SupportsIndex | range | None):
        raise SpecError.of("steps", f"must be a number of steps or a range (got {steps!r})")
    span = range(steps) if isinstance(steps, SupportsIndex) else steps
    if span is not None and (len(span) == 0 or span[0] < 0 or span.step < 1):
        raise SpecError.of("steps", f"must be at least 1, from step 0 on (got {steps})")
    return span
