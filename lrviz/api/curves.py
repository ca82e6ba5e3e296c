"""Schedules and curves from names, files and objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from inspect import isfunction, signature
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from pydantic_core import PydanticCustomError

from lrviz.api.errors import as_spec_error, in_python_terms
from lrviz.core.composition import unknown_schedule
from lrviz.core.errors import SpecError, did_you_mean
from lrviz.core.findings import Finding
from lrviz.core.metric import read_metric
from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_compact
from lrviz.curves.curve import Curve
from lrviz.objects.reader import Inputs
from lrviz.objects.reading import read_object
from lrviz.run import Run
from lrviz.specfile.settings import CurveSettings
from lrviz.specfile.settings_reader import read_model
from lrviz.specfile.source import is_typed_name, load_specs
from lrviz.specfile.synonyms import synonym
from lrviz.trainers.settings import TrainerSettings

AXES = ("ax", "axes", "fig", "figure")
"""What other libraries call a figure, or a part of one, that exists already."""


class Curves(tuple[Curve, ...]):
    """The curves of specs, in order, with the settings their file gives the figure."""

    figure: Mapping[str, Any] = {}

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    def _repr_svg_(self) -> str:
        return draw_svg(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        del cycle
        printer.text(str(self))


def schedule(name: str, /, **parameters: Any) -> Schedule:
    """Return the schedule of a name with its library's parameters.

    `name` is one that `lrviz list` shows, with or without its dialect; `parameters` are checked as
    those of a spec file are. Raises SpecError for an unknown name, and for every unknown, missing
    or invalid parameter.
    """
    cls = register.find(name)
    if cls is None:
        raise SpecError.of("", unknown_schedule(name), "unknown-schedule")
    with as_spec_error(parameters, cls):
        return cls.model_validate(parameters)


def curve(
    obj: object,
    steps: int | None = None,
    label: str | None = None,
    *,
    metric: Any = None,
    start: int | None = None,
    by: Literal["step", "epoch"] | None = None,
    **settings: Any,
) -> Curve | Curves:
    """Return the curve of an object; of parameter groups with different rates, their Curves.

    `obj` is a scheduler bound to its optimizer, a function from step to rate, a schedule object
    of a library or of lrviz, or a sequence of rates. A copy of it is stepped, without parameters
    and tensors; the object itself is never changed. The current step of a scheduler is step 0 of
    the curve. Where class and parameters are those of a schedule that lrviz has, the curve is that
    schedule's.

    `steps` is the length of the run in steps, `metric` the values that a metric-driven scheduler
    reads (a list of numbers, or the mapping of a spec file), `start` the first step for an object
    that does not count its own steps, and `by` the unit of a step. Raises SpecError for an object
    that has no rates, that raises (with its own message and the step), or that lacks its metric,
    and for other settings, which only a SPEC has.
    """
    if settings:
        message = "belongs to a SPEC, which lrviz.load reads; an object has rates of its own"
        raise SpecError(Finding.error(name, message, "unknown-setting") for name in settings)
    try:
        with as_spec_error({"steps": steps}):
            run = Run(steps=steps)
            trace = None if metric is None else read_metric(metric, Path())
    except PydanticCustomError as error:
        raise SpecError.of("", f"metric {error.message()}") from None
    curves = read_object(obj, run, Inputs(trace, start), label, by)
    if label is not None:
        curves = [replace(curve, own_label=label) for curve in curves]
    return curves[0] if len(curves) == 1 else Curves(curves)


@in_python_terms()
def load(*specs: str | PathLike[str], **settings: Any) -> Curves:
    """Return the curves of specs: files, folders, names, or inline specs, as on the command line.

    `settings` have the names of the flags: those of the run, as steps=1000 and warmup="5%", which
    go before those of the specs, and what a training config leaves open, as total_steps,
    dataset_size and world_size. Raises SpecError with every fault and its place.
    """
    return load_beside(specs, settings)


def load_beside(
    specs: Sequence[str | PathLike[str]], settings: Mapping[str, Any], others: Sequence[Curve] = ()
) -> Curves:
    """Return the curves of specs, of which a name follows the run of other curves, too."""
    for spec in specs:
        if not isinstance(spec, str | PathLike):
            raise SpecError.of("", f"a spec is a name, an inline spec or a path (got {spec!r:.80})")
    run, trainer = split_settings(settings, [str(spec) for spec in specs])
    loaded = load_specs([str(spec) for spec in specs], run, trainer=trainer, others=others)
    curves = Curves(curve for item in loaded for curve in item.curves)
    if len(loaded) == 1:
        curves.figure = loaded[0].figure
    return curves


def split_settings(
    settings: Mapping[str, Any], specs: Sequence[str] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the settings of a curve, unread, and those for a training config.

    Raises SpecError for a name of neither, which may be a parameter of one of the `specs`, and for
    a setting of configs where all of these are names of schedules.
    """
    has_config = not specs or not all(map(is_typed_name, specs))
    names = (*CurveSettings.model_fields, *(TrainerSettings.model_fields if has_config else ()))
    refuse_unknown(settings, names, specs)
    values = {name: value for name, value in settings.items() if value is not None}
    trainer = {name: values.pop(name) for name in TrainerSettings.model_fields if name in values}
    checked = read_model(TrainerSettings, trainer, lambda *_: "")
    return values, {name: getattr(checked, name) for name in trainer}


def refuse_unknown(
    settings: Mapping[str, Any], names: Sequence[str], specs: Sequence[str] = ()
) -> None:
    """Raise SpecError for settings with other names than these.

    A setting may be a parameter of one of the `specs`.
    """
    messages = [
        f"unknown setting '{name}'{advice_on_setting(name, value, specs, names)}"
        for name, value in settings.items()
        if name not in names
    ]
    if messages:
        raise SpecError(Finding.error("", message, "unknown-setting") for message in messages)


def advice_on_setting(name: str, value: Any, specs: Sequence[str], names: Sequence[str]) -> str:
    """Return the end of a message that says what an unknown setting is, or which one it means.

    A parameter of the schedule that one of the `specs` names is written in that SPEC.
    """
    for spec in specs:
        schedule_name, colon, _ = spec.partition(":")
        cls = register.find(schedule_name)
        parameter = cls.find_parameter(name) if cls else None
        if parameter:
            inline = f"{spec}{',' if colon else ':'}{parameter}={format_compact(value)}"
            return f"; a parameter is written in the SPEC: '{inline}'"
    if name in AXES:
        return "; lrviz.plot draws a figure of its own, lrviz.sample has the rates for another one"
    same = synonym(name, names)
    if same:
        return f"; did you mean '{same}'?"
    return (
        did_you_mean(name, names)
        or advice_on_argument(name)
        or f" (settings: {', '.join(CurveSettings.model_fields)})"
    )


def advice_on_argument(name: str) -> str:
    """Return the end of a message that says which call has an argument of a name, if any has."""
    import lrviz

    for call in (getattr(lrviz, item) for item in lrviz.__all__):
        argument = synonym(name.strip("_"), signature(call).parameters) if isfunction(call) else ""
        if argument:
            return f"; lrviz.{call.__name__} takes {argument}"
    return ""


def draw_svg(curves: Schedule | Curve | Curves) -> str:
    """Return the picture of curves as SVG text, for a notebook."""
    from lrviz.api.pictures import svg

    return svg(curves)


Curve.picture = Schedule.picture = draw_svg
