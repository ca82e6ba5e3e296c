"""The rates of curves as numbers: sampled, measured, compared, exported."""

from __future__ import annotations

from collections.abc import Iterable
from operator import index
from typing import Any, SupportsIndex

from lrviz.api.arguments import Drawable, Steps, flattened, read_curve, read_curves, read_span
from lrviz.api.errors import in_python_terms
from lrviz.core.errors import SpecError
from lrviz.core.quantity import read_quantity
from lrviz.core.text import format_value
from lrviz.curves.curve import require_length
from lrviz.curves.measurement import Comparison, Measurement, compare_columns, measure_column
from lrviz.curves.positions import step_of
from lrviz.curves.table import Table, tabulate
from lrviz.render.export_file import FORMATS, Export, ExportFormat


@in_python_terms()
def sample(
    curves: Drawable | Iterable[Drawable],
    *more: Drawable | Iterable[Drawable] | Steps,
    steps: Steps = None,
    **settings: Any,
) -> Table:
    """Return the rates of curves as a table with a column for each.

    `steps` is the number of steps from step 0, or a range of them, by name or as the last argument;
    without it each curve has its own length. A number is also the length of a SPEC's run, which may
    be text, as "10k" or "5ep"; `settings` are those of SPECs, as for `load`. `table[label].rates`
    are a float64 array with the rate at each of the column's `steps`, and numpy takes a table as
    its rates. Raises SpecError for steps that a schedule does not have, for a run
    whose length is not known, and for settings beside curves.
    """
    arguments: list[Any] = [curves, *more]
    if more and is_length(more[-1]):
        steps = arguments.pop()
    items = read_curves(flattened(arguments), steps, settings=settings)
    require_length(items)
    return tabulate(items, read_span(steps))


def is_length(value: object) -> bool:
    """Return whether an argument is a number of steps, also as text, or a range of them."""
    if isinstance(value, str):
        return read_quantity(value) is not None
    return value is None or isinstance(value, SupportsIndex | float | range)


@in_python_terms()
def measure(
    curve: Drawable,
    steps: Steps = None,
    *,
    at: int | str | Iterable[int | str] = (),
    **settings: Any,
) -> Measurement:
    """Return the facts of a curve (peak, lowest and last rate, area) and its segments.

    `steps` and `settings` are as for `sample`; `at` are steps whose rates are in the result, by
    their step; text has a unit, as "50%" or "5ep". Raises SpecError for steps that the schedule
    does not have.
    """
    steps_at = [at] if isinstance(at, str | SupportsIndex) else list(at)
    wrong = [at for at in steps_at if not isinstance(at, str) and not is_step(at)]
    if wrong:
        raise SpecError.of("at", f"must be steps from 0 on (got {format_value(wrong[0])})")
    table = tabulate([read_curve(curve, steps, settings=settings)], read_span(steps))
    column = table.columns[0]
    numbers = [step_of(at, column.curve, "at") if isinstance(at, str) else at for at in steps_at]
    return measure_column(column, numbers)


def is_step(value: object) -> bool:
    """Return whether a value is a whole number from 0 on."""
    return isinstance(value, SupportsIndex) and index(value) >= 0


@in_python_terms()
def compare(
    *curves: Drawable | Iterable[Drawable],
    steps: Steps = None,
    baseline: str | None = None,
    **settings: Any,
) -> Comparison:
    """Return the facts of curves, and how each differs from the first or from `baseline`.

    `steps` and `settings` are as for `sample`, `baseline` is a label. Raises SpecError for a label
    that no curve has, and for steps that a schedule does not have.
    """
    items = read_curves(flattened(curves), steps, settings=settings)
    return compare_columns(tabulate(items, read_span(steps)), baseline)


@in_python_terms()
def export(
    curves: Drawable | Iterable[Drawable],
    format: ExportFormat = "csv",  # noqa: A002
    *,
    steps: Steps = None,
    every: int = 1,
    long: bool = False,
    **settings: Any,
) -> Export:
    """Return the sampled rates of curves as a file of a format.

    `steps` and `settings` are as for `sample`; unless `steps` is a range, each `every`-th step is
    sampled. `long` gives rows of label, step and lr instead of a column per curve. Raises SpecError
    for an unknown format, for long rows in json or npz, for steps that a schedule does not have,
    and for a run whose length is not known.
    """
    return export_rates(curves, format, steps=steps, every=every, long=long, **settings)


def export_rates(
    curves: Drawable | Iterable[Drawable],
    format: ExportFormat,  # noqa: A002
    *,
    steps: Steps,
    every: int,
    long: bool,
    **settings: Any,
) -> Export:
    """Return what `export` returns; errors name flags."""
    if format not in FORMATS:
        choices = ", ".join(FORMATS)
        raise SpecError.of("format", f"must be one of {choices} (got {format!r})")
    if long and format in ("json", "npz"):
        raise SpecError.of("long", f"is a layout of csv and tsv (got format {format})")
    items = read_curves(curves, steps, settings=settings)
    require_length(items)
    span = read_span(steps)
    if span is not None and not isinstance(steps, range):
        span = span[::every]
    table = tabulate(items, span, every, keep=False)
    return Export(table, format, long)
