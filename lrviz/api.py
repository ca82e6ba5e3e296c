"""The Python API: specs to curves, curves to numbers, pictures and code.

Each command of the command line is one of these calls.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from lrviz.advice.answers import Answer, answers_for, find_task, run_for
from lrviz.advice.task import Task
from lrviz.advice.tasks import TASKS
from lrviz.audits.audit import Audit, audit_log
from lrviz.audits.discovery import find_log
from lrviz.audits.log import read_log
from lrviz.audits.mismatch import Mismatch, find_mismatch
from lrviz.audits.open_facts import load_for_log
from lrviz.audits.proposal import Proposal
from lrviz.audits.proposal import propose as proposals_of
from lrviz.audits.range_test import SMOOTHING, RangeTest, read_range_test
from lrviz.checks.check import check_plans
from lrviz.codegen.target import targets
from lrviz.core.composition import unknown_schedule
from lrviz.core.errors import SpecError, did_you_mean
from lrviz.core.findings import Finding
from lrviz.core.intent import Idiom, Intent
from lrviz.core.metric import read_metric
from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_choice, format_value
from lrviz.curves.curve import Curve, require_length
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.measurement import Comparison, Measurement, compare_columns, measure_column
from lrviz.curves.table import Table, tabulate, tabulate_each
from lrviz.curves.units import AxisName
from lrviz.mistakes.as_if import Mistaken, apply_mistake
from lrviz.mistakes.registry import check_values, find_mistake
from lrviz.objects.reader import Inputs
from lrviz.objects.reading import read_object
from lrviz.render.export_file import FORMATS, Export, ExportFormat
from lrviz.render.glyphs import glyphs_for
from lrviz.render.mismatch import mismatch_text
from lrviz.render.scale import fault_of_ends
from lrviz.run import Run
from lrviz.specfile.contents import LoadedSpec
from lrviz.specfile.invalid import invalid
from lrviz.specfile.labels import number_equal
from lrviz.specfile.python_terms import in_python_terms, with_arguments
from lrviz.specfile.reader import read_model
from lrviz.specfile.settings import CurveSettings
from lrviz.specfile.source import load_specs
from lrviz.trainers.plan import NEEDS_NUMBER
from lrviz.trainers.settings import TrainerSettings
from lrviz.translate.code import write_code
from lrviz.translate.intents import idioms as idioms_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from lrviz.render.figure import Picture
    from lrviz.trainers.convert import Conversion

Drawable = Schedule | Curve | str | PathLike[str]
"""What has curves: a schedule, a curve, or a SPEC as `load` takes it."""
PictureStyle = Literal["light", "dark", "paper"]


class Curves(tuple[Curve, ...]):
    """The curves of specs, in order, with the settings their file gives the figure."""

    figure: Mapping[str, Any] = {}

    def _repr_svg_(self) -> str:
        return svg(self)


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
    that has no rates, that raises (with its own message and the step), or that lacks its metric.
    """
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
    for spec in specs:
        if not isinstance(spec, str | PathLike):
            raise SpecError.of("", f"a spec is a name, an inline spec or a path (got {spec!r:.80})")
    run, trainer = split_settings(settings)
    loaded = load_specs([str(spec) for spec in specs], run, trainer=trainer)
    curves = Curves(curve for item in loaded for curve in item.curves)
    if len(loaded) == 1:
        curves.figure = loaded[0].figure
    return curves


def split_settings(settings: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the settings of a curve, unread, and those for a training config.

    Raises SpecError for a name of neither.
    """
    names = (*CurveSettings.model_fields, *TrainerSettings.model_fields)
    unknown = [name for name in settings if name not in names]
    if unknown:
        messages = (f"unknown setting '{name}'{did_you_mean(name, names)}" for name in unknown)
        raise SpecError(Finding.error("", message, "unknown-setting") for message in messages)
    present = {name: value for name, value in settings.items() if value is not None}
    trainer = {name: present.pop(name) for name in TrainerSettings.model_fields if name in present}
    checked = read_model(TrainerSettings, trainer, lambda *_: "")
    return present, {name: getattr(checked, name) for name in trainer}


@in_python_terms()
def sample(curves: Drawable | Iterable[Drawable], steps: int | range | None = None) -> Table:
    """Return the rates of curves as a table with a column for each.

    `steps` is the number of steps from step 0, or a range of steps; without it each curve has its
    own length. A column's `rates` are a float64 array with the rate at each of its `steps`. Raises
    SpecError for steps that a schedule does not have.
    """
    return tabulate(as_curves(curves), span_of(steps))


@in_python_terms()
def measure(
    curve: Drawable, steps: int | range | None = None, *, at: int | Iterable[int] = ()
) -> Measurement:
    """Return the facts of a curve (peak, lowest and last rate, area) and its segments.

    `steps` is as for `sample`; `at` are steps whose rates are in the result, by their step. Raises
    SpecError for steps that the schedule does not have.
    """
    asked = [at] if isinstance(at, int) else list(at)
    if any(step < 0 for step in asked):
        raise SpecError.of("at", f"must be steps from 0 on (got {min(asked)})")
    return measure_column(sample(single_curve(curve), steps).columns[0], asked)


@in_python_terms()
def check(curves: object, run: Run | None = None) -> list[Finding]:
    """Return the findings of the checks on curves, each over its run or natural length.

    Among them are the warnings of reading a training config, as where a part of its curve is left
    out because a number is missing.
    `run` replaces the curves' own run. Raises SpecError for steps that a schedule does not have.
    """
    over_run = [replace(curve, run=run) if run else curve for curve in as_curves(curves)]
    return [*map(with_arguments, check_plans(tabulate_each(over_run)))]


@overload
def advise(task: None = None) -> tuple[Task, ...]: ...
@overload
def advise(task: str, run: Run | None = None, *, lr: float | None = None) -> list[Answer]: ...
def advise(
    task: str | None = None, run: Run | None = None, *, lr: float | None = None
) -> tuple[Task, ...] | list[Answer]:
    """Return the schedules recommended for a task as specs for a run, best first.

    Without a task, return the tasks. The task's usual run or peak is the default for a run without
    a length, and for `lr`. Raises SpecError for an unknown task, for a rate that is not above 0,
    and for a run that is too short for a schedule.
    """
    if task is None:
        return TASKS
    chosen = find_task(task)
    if lr is not None and not lr > 0:
        raise SpecError.of("lr", f"must be above 0 (got {format_value(lr)})")
    return answers_for(chosen, run_for(chosen, run), chosen.lr if lr is None else lr)


def as_if(curve: Drawable, mistake: str, /, **values: Any) -> Mistaken:
    """Return a planned curve, and the curve of a run that makes a mistake with it.

    `mistake` is an id, such as stepped-n-times, and `values` are its parameters. Raises SpecError
    for an unknown mistake, for every invalid value, and where the mistake cannot be made with the
    schedule.
    """
    plan, chosen = single_curve(curve), find_mistake(mistake)
    return apply_mistake(plan, chosen, check_values(chosen, values, plan))


@in_python_terms()
def audit(
    log: str | PathLike[str],
    curve: str | PathLike[str] | Drawable | None = None,
    *,
    step_column: str | None = None,
    lr_column: str | None = None,
    every: int | None = None,
    steps_per_epoch: int | None = None,
) -> Audit:
    """Return whether the rates in a run's log follow its plan, and the mistakes that explain them.

    `log` is a file or the run's folder, in which the log is found by its name. `curve` is the plan:
    a file, a name, or a curve; without one it is the training config of the folder. The columns of
    the log are found by their names unless they are given; the rows of a log without steps are
    `every` steps apart, or have shares of epochs of `steps_per_epoch` steps. Raises SpecError for a
    file without a log of rates, and where there is no plan.
    """
    path = Path(log)
    folder = path if os.path.isdir(path) else None
    path = find_log(path) if folder else path
    if curve is None and folder is None:
        raise SpecError.of(str(log), "needs its plan; lrviz.propose finds one")
    read = read_log(path, step_column, lr_column, every, steps_per_epoch)
    plan = folder if curve is None else curve
    if not isinstance(plan, str | PathLike):
        return audit_log(read, as_curves(plan)[0])
    loaded, read = load_for_log(
        lambda settings, trainer: load_plan(str(plan), settings, trainer), read
    )
    return audit_log(read, loaded.curves[0])


def load_plan(spec: str, settings: Mapping[str, Any], trainer: Mapping[str, Any]) -> LoadedSpec:
    """Return a spec of one curve. Raises SpecError for more or less than one."""
    loaded = load_specs([spec], settings, trainer=trainer)
    require_single(spec, [curve for item in loaded for curve in item.curves])
    return loaded[0]


def require_single(spec: str, curves: Sequence[Curve]) -> None:
    """Raise SpecError for a spec of more or less than one curve."""
    if len(curves) != 1:
        labels = ", ".join(curve.label for curve in curves)
        raise SpecError.of(spec, f"must be one curve (it has: {labels})")


@in_python_terms()
def propose(
    log: str | PathLike[str],
    *,
    step_column: str | None = None,
    lr_column: str | None = None,
    every: int | None = None,
    steps_per_epoch: int | None = None,
) -> list[Proposal]:
    """Return the schedule that has the rates of each column of a log, as a spec.

    The columns of the log are found by their names unless they are given; the rows of a log without
    steps are `every` steps apart, or have shares of epochs of `steps_per_epoch` steps. Raises
    SpecError for a file without a log of rates, or with too few of them.
    """
    return proposals_of(read_log(log, step_column, lr_column, every, steps_per_epoch))


def find_lr(
    log: str | PathLike[str],
    *,
    lr_column: str | None = None,
    loss_column: str | None = None,
    smoothing: float = SMOOTHING,
) -> RangeTest:
    """Return the LR range test in a log, with the rates that its losses suggest.

    `smoothing` is the weight of the running average of the losses, from 0 (no smoothing) to below
    1. Raises SpecError for a file without rates and losses, and where the rates do not rise.
    """
    return read_range_test(log, lr_column, loss_column, smoothing)


def assert_same(
    scheduler: object,
    spec: str | PathLike[str] | Drawable,
    *,
    steps: int | None = None,
    rtol: float = 1e-9,
    metric: Any = None,
) -> None:
    """Raise AssertionError, in a test, where a scheduler does not follow its plan.

    `scheduler` and `metric` are as for `curve`, `spec` is a file, a name, or a curve. Both are
    compared over `steps` steps, which are by default those of the plan or of the scheduler. Their
    difference may be `rtol` times the plan's rate, or times a ten-thousandth of its peak where the
    rate is lower. The error has the first step that differs, both rates, the mistakes that explain
    the difference, and a small chart. Raises SpecError for a spec of more or less than one curve,
    for an object that `curve` refuses, and where the number of steps is not known.
    """
    __tracebackhide__ = True  # pytest then shows the line of the test
    with in_python_terms():
        mismatches = [*mismatches_of(scheduler, spec, steps, rtol, metric)]
    if mismatches:
        glyphs = glyphs_for(sys.stdout.encoding, os.environ.get("TERM"))
        raise AssertionError(mismatch_text(mismatches[0], glyphs))


def mismatches_of(
    scheduler: object, spec: Drawable, steps: int | None, rtol: float, metric: Any
) -> Iterator[Mismatch]:
    """Yield where the curves of a scheduler do not follow the one of a spec."""
    plans = as_curves(spec)
    require_single(str(spec), plans)
    plan = plans[0].by_ticks()
    followed = as_curves(curve(scheduler, steps, metric=metric))
    count = steps or next((item.count() for item in (plan, *followed) if item.has_length), None)
    if count is None:
        message = "must be given: neither the scheduler nor its plan has an end"
        raise SpecError.of("steps", message, "missing-parameter")
    for item in as_curves(curve(scheduler, count, metric=metric)):
        table = sample(number_equal([item, plan]), count)
        mismatch = find_mismatch(table, rtol)
        if mismatch:
            yield mismatch


@in_python_terms()
def compare(
    curves: Drawable | Iterable[Drawable],
    *,
    steps: int | range | None = None,
    baseline: str | None = None,
) -> Comparison:
    """Return the facts of curves, and how each differs from the first or from `baseline`.

    `steps` is as for `sample`, `baseline` is a label. Raises SpecError for a label that no curve
    has, and for steps that a schedule does not have.
    """
    return compare_columns(sample(curves, steps), baseline)


@in_python_terms()
def export(
    curves: Drawable | Iterable[Drawable],
    format: ExportFormat = "csv",  # noqa: A002
    *,
    steps: int | range | None = None,
    every: int = 1,
    long: bool = False,
) -> Export:
    """Return the sampled rates of curves as a file of a format.

    `steps` is as for `sample`; without it each `every`-th step of each curve's own length is
    sampled. `long` gives rows of label, step and lr instead of a column per curve. Raises SpecError
    for an unknown format, for long rows in json or npz, for steps that a schedule does not have,
    and for a run whose length is not known.
    """
    return export_rates(curves, format, steps=steps, every=every, long=long)


def export_rates(
    curves: Drawable | Iterable[Drawable],
    format: ExportFormat,  # noqa: A002
    *,
    steps: int | range | None,
    every: int,
    long: bool,
) -> Export:
    """Return what `export` returns; errors name flags."""
    if format not in FORMATS:
        choices = ", ".join(FORMATS)
        raise SpecError.of("format", f"must be one of {choices} (got {format!r})")
    if long and format in ("json", "npz"):
        raise SpecError.of("long", f"is a layout of csv and tsv (got format {format})")
    items = as_curves(curves)
    require_length(items)
    table = tabulate(items, span_of(steps), every, keep=False)
    return Export(table, format, long)


@in_python_terms()
def convert(file: str | PathLike[str], **settings: Any) -> str:
    """Return a training config as the text of a spec file, with every decision in its comments.

    `file` may be a folder that holds one, `settings` are as for `load`. Raises SpecError for a file
    that is not a training config, and with every fault of the config.
    """
    return read_conversion(file, *split_settings(settings)).text


def read_conversion(
    file: str | PathLike[str], run: Mapping[str, Any], trainer: Mapping[str, Any]
) -> Conversion:
    """Return the text that `convert` returns, with the notes on it; errors name flags."""
    from lrviz.trainers.convert import convert_plan

    loaded = load_specs([str(file)], run, trainer=trainer)
    configs = [(item.plan, item.curves[0].label) for item in loaded if item.plan is not None]
    if not configs:
        message = (
            "holds no training config, but specs of lrviz"
            if os.path.isdir(file)
            else "is a spec of lrviz already; lrviz code writes it as code of a framework"
        )
        raise SpecError.of(str(file), message, "not-a-config")
    if len(configs) > 1:
        names = format_choice([name for _, name in configs], "and")
        message = f"holds {len(configs)} training configs, {names}; name one file"
        raise SpecError.of(str(file), message, "not-a-config")
    plan, name = configs[0]
    incomplete = [note for note in plan.notes if note.id == NEEDS_NUMBER]
    if incomplete:
        raise SpecError([Finding.error(str(file), note.message, note.id) for note in incomplete])
    return convert_plan(plan, Path(name).stem)


@in_python_terms()
def code(curve: Drawable, target: str | None = None) -> str:
    """Return a program that computes a curve's rates in a framework, by default its own.

    Raises SpecError for an unknown framework, for a run whose length is not known, and where a
    curve has no arithmetic and is too long for a table.
    """
    return program(single_curve(curve), target)


def program(first: Curve, target: str | None = None) -> str:
    """Return what `code` returns; errors name flags."""
    names = targets()
    dialect = first.schedule.dialect
    return write_code(first, target or (dialect if dialect in names else names[0]))


def idioms(intent: Intent | None = None, /, **values: Any) -> list[Idiom]:
    """Return the idioms of each framework for an intent, as library calls.

    `values` are the fields of `Intent`: peak and floor are rates, warmup and total are steps, power
    is that of the shape "polynomial". Raises SpecError for invalid values.
    """
    if intent is None:
        with as_spec_error(values):
            intent = Intent.model_validate(values)
    return idioms_of(intent)


@in_python_terms()
def plot(
    curves: Drawable | Iterable[Drawable],
    *,
    steps: int | range | None = None,
    title: str | None = None,
    log_y: bool | None = None,
    y_min: float | None = None,
    y_max: float | None = None,
    style: PictureStyle | None = None,
    size: tuple[float, float] | None = None,
    dpi: int | None = None,
    facet: bool | None = None,
    axis: AxisName | None = None,
    caption: str | None = None,
    difference: bool = False,
    baseline: str | None = None,
) -> Figure:
    """Return a matplotlib Figure of curves; matplotlib's global state is not changed.

    An option that is None has the value of the curves' spec file, else its default: style light,
    8 x 4.5 inches, 150 dots per inch. `size` is in inches, `y_min` and `y_max` are rates. `axis` is
    the unit of the axis of steps: step, epoch, tokens or percent. With `difference` a second panel
    shows each curve minus the first, or minus the one with the label `baseline`. Raises SpecError
    for invalid settings, for steps that a schedule does not have, for an axis that has none of the
    rates, and for one in a unit that a curve's run does not determine.
    """
    from lrviz.render.figure import draw

    table, settings = contents(
        curves,
        steps,
        title=title,
        log_y=log_y,
        y_min=y_min,
        y_max=y_max,
        style=style,
        size=size,
        dpi=dpi,
        facet=facet,
        axis=axis,
        caption=caption,
    )
    index = compare_columns(table, baseline).baseline
    return draw(table, settings, difference=difference, baseline=index).figure


@in_python_terms()
def html(
    curves: Drawable | Iterable[Drawable],
    *,
    steps: int | range | None = None,
    title: str | None = None,
    log_y: bool | None = None,
    y_min: float | None = None,
    y_max: float | None = None,
    axis: AxisName | None = None,
    caption: str | None = None,
) -> str:
    """Return curves as the text of one HTML page with a figure, findings, specs and code.

    The options are those of `plot`. Raises the errors of `plot`, and SpecError where the extra
    `html` is not installed.
    """
    from lrviz.page import page_html

    table, settings = contents(
        curves,
        steps,
        title=title,
        log_y=log_y,
        y_min=y_min,
        y_max=y_max,
        axis=axis,
        caption=caption,
    )
    return page_html(table, settings)


def contents(
    curves: Drawable | Iterable[Drawable], steps: int | range | None = None, **options: Any
) -> tuple[Table, FigureSettings]:
    """Return the sampled curves and the checked settings of a picture.

    An option that is None takes the setting of the curves' spec file, or its default. A picture
    of a single curve is titled with its label; an empty title is not drawn.
    """
    curves = loaded(curves)
    values = dict(getattr(curves, "figure", {}))
    values |= {name: value for name, value in options.items() if value is not None}
    with as_spec_error(values):
        settings = FigureSettings.model_validate(values)
    table = sample(curves, steps)
    rates = [column.rates for column in table.columns]
    fault = fault_of_ends(rates, settings.y_min, settings.y_max)
    if fault:
        raise SpecError.of("", " ".join(fault))
    if settings.title is None and len(table.columns) == 1:
        settings = settings.model_copy(update={"title": table.columns[0].label})
    return table, settings


@contextmanager
def as_spec_error(values: Mapping[str, Any], cls: type[Schedule] | None = None) -> Iterator[None]:
    """Raise pydantic's validation errors of `values` as SpecError."""
    try:
        yield
    except ValidationError as error:
        raise SpecError(invalid(error, lambda *_: "", cls, values)) from None


def span_of(steps: int | range | None) -> range | None:
    """Return the steps to sample. Raises SpecError where there are none, or some before 0."""
    span = range(steps) if isinstance(steps, int) else steps
    if span is not None and (len(span) == 0 or span[0] < 0 or span.step < 1):
        raise SpecError.of("steps", f"must be at least 1, from step 0 on (got {steps})")
    return span


def loaded(curves: Any) -> Any:
    """Return the curves of a SPEC, and anything else as it is."""
    return load(curves) if isinstance(curves, str | PathLike) else curves


def single_curve(curve: Drawable) -> Curve:
    """Return the curve of a schedule, a curve or a SPEC, of several curves the first.

    Raises SpecError for a SPEC of more than one curve.
    """
    curves = as_curves(curve)
    if isinstance(curve, str | PathLike):
        require_single(str(curve), curves)
    return curves[0]


def as_curves(curves: object) -> list[Curve]:
    """Return the curves of schedules, curves, SPECs and objects that `curve` takes.

    Their labels are unique.
    """
    curves = loaded(curves)
    items = [curves]
    if isinstance(curves, Iterable) and not isinstance(curves, Schedule | Curve):
        items = list(curves)
    if not items:
        raise SpecError.of("", "there is no curve to sample")
    return number_equal([item_curve for item in items for item_curve in curves_of(item)])


def curves_of(item: object) -> Sequence[Curve]:
    """Return the curves of a curve, a schedule, a SPEC, or an object that `curve` takes."""
    if isinstance(item, str | PathLike):
        return load(item)
    item_curves = curve(item)
    return [item_curves] if isinstance(item_curves, Curve) else item_curves


def svg(curves: Drawable | Iterable[Drawable]) -> str:
    """Return the picture of curves as SVG text, for a notebook."""
    from lrviz.render.figure import draw, encode

    picture: Picture = draw(*contents(curves))
    return encode(picture, "svg", "lrviz").decode()


Curve.picture = svg
Schedule.picture = svg
