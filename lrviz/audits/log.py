"""A log of a run: the steps and the rates it holds, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from os import PathLike
from pathlib import Path

import numpy as np

from lrviz.audits.column_choice import ROW, choose_rates, choose_step, other_column
from lrviz.audits.epoch_steps import are_shares, steps_at
from lrviz.audits.formats import counts_epochs
from lrviz.audits.log_notes import (
    comma_notes,
    count_notes,
    infinite_notes,
    no_rows,
    reader_notes,
    row_counter_notes,
)
from lrviz.audits.log_rows import Column, LogRows, one_of_names
from lrviz.audits.reading import place_of, read_rows
from lrviz.audits.rounding import Rounding, rounding_of
from lrviz.audits.run_length import RunLength
from lrviz.audits.step_options import OTHERWISE
from lrviz.audits.step_order import ALL, begins_with_epochs, rows_in_order, whole_steps
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.schedule import Array, Steps64

STEP = "step"
"""What the step column of a log is called whose steps follow from its shares of epochs."""
MAX_SERIES = 40
"""Columns that differ; each is compared with the plan in turn."""


@dataclass(frozen=True, eq=False)
class Series:
    """The rates of one column, in the order of the file: whole `steps`, `rates` in float64.

    `columns` are the columns that hold these rates; more than one where parameter groups have
    the same. `steps` are as the log counts them.
    """

    columns: tuple[str, ...]
    steps: Steps64
    rates: Array
    rounding: Rounding
    epochs: Array | None = field(default=None, repr=False)

    @cached_property
    def tolerance(self) -> Array:
        """How far each rate may be from the true one, by the log's own rounding."""
        return self.rounding.tolerance(self.rates)

    @property
    def label(self) -> str:
        """The names of the columns."""
        return " = ".join(self.columns)

    def __len__(self) -> int:
        return len(self.steps)

    def steps_per_epoch(self) -> int | None:
        """Return the steps of an epoch, where the log counts both; None where it does not."""
        if self.epochs is None or not len(self):
            return None
        good = np.isfinite(self.epochs) & (self.epochs > 0) & (self.steps > 0)
        if not good.any():
            return None
        last = int(np.flatnonzero(good)[-1])
        return max(round(float(self.steps[last] / self.epochs[last])), 1)


@dataclass(frozen=True, eq=False)
class Log:
    """A log that was read: its format, its columns of rates, and notes on what was left out.

    `first` is the number that the first step has: 0, or 1 in a log whose first row says so, or
    whose rows follow a plan only then; -1 where a row of an epoch has the next one's rate.
    `counts_done` tells whether a row's step is the number of steps done. `run_length` is that of
    the run by the log itself, where the plan has another one. `every` is how many steps apart the
    rows of a log without steps are. `begins_epochs` tells that a row of an epoch has the rate of
    its first step, and not of its last one.
    """

    path: str
    format: str
    step_column: str
    series: tuple[Series, ...]
    first: int
    counts_done: bool
    mean_over_epoch: bool
    notes: tuple[Finding, ...] = ()
    run_length: RunLength | None = None
    every: int | None = None
    begins_epochs: bool = False

    @property
    def by_epoch(self) -> bool:
        """Whether the log has a row per epoch and no steps."""
        return counts_epochs(self.step_column)


def read_log(
    path: str | PathLike[str],
    step_column: str | None = None,
    lr_column: str | None = None,
    every: int | None = None,
    steps_per_epoch: int | None = None,
) -> Log:
    """Return the log in a file.

    The columns are found by their names unless they are given. The rows of a log without steps are
    `every` steps apart, or their steps follow from its shares of epochs, as 0.04, by the steps of
    an epoch. The path `-` is standard input. Raises SpecError for a file that holds no
    log, and where a column is missing or is not a number anywhere.
    """
    place = place_of(Path(path))
    rows = read_rows(Path(path), one_of_names(filter(None, (step_column, lr_column))))
    if not rows.count:
        raise SpecError.of(place, no_rows(rows), "empty-log")
    notes = reader_notes(place, rows) + comma_notes(place, rows)
    if lr_column is None and (lr_column := other_column(rows)):
        rows = read_rows(Path(path), one_of_names([lr_column]))
        message = f"column '{lr_column}' is taken as the rates: it is the only one beside the steps"
        notes.append(Finding("only-column", message, place=place))
    step_name = choose_step(rows, step_column, every, place)
    rate_names = choose_rates(rows, step_name, lr_column, place)
    if steps_per_epoch and has_shares(rows, step_name):
        rows.columns[STEP] = Column([steps_of_shares(rows, step_name, rate_names, steps_per_epoch)])
        step_name = STEP
    if step_column is None:
        notes += row_counter_notes(rows, step_name, place)
    series, series_notes = all_series(rows, rate_names, step_name, every, place)
    counting = rows.format.counting
    return Log(
        path=place,
        format=rows.format.name,
        step_column=step_name,
        series=series,
        first=int(counting == "first" and series[0].steps[0] == 1),
        counts_done=counting == "done",
        mean_over_epoch=rows.format.mean_over_epoch,
        notes=tuple(dict.fromkeys([*notes, *series_notes])),
        every=every,
    )


def has_shares(rows: LogRows, step_name: str) -> bool:
    """Return whether the step column has shares of epochs, as 0.04."""
    has_epochs = step_name != ROW and counts_epochs(step_name)
    return has_epochs and are_shares(rows.columns[step_name].numbers)


def steps_of_shares(
    rows: LogRows, step_name: str, rate_names: Sequence[str], steps_per_epoch: int
) -> Array:
    """Return the step of each row that has a rate, by its share of epochs."""
    epochs = rows.columns[step_name].numbers
    has_rate = np.any([np.isfinite(rows.columns[name].numbers) for name in rate_names], axis=0)
    return steps_at(np.where(has_rate, epochs, np.nan), steps_per_epoch)


def all_series(
    rows: LogRows, rate_names: Sequence[str], step_name: str, every: int | None, place: str
) -> tuple[tuple[Series, ...], list[Finding]]:
    """Return the series of the rate columns, equal ones merged, and notes on what is left out.

    Raises SpecError where no column has a number, and where too many differ.
    """
    checked = [series_of(rows, name, step_name, every, place) for name in rate_names]
    series = merge_equal([item for item, _ in checked if len(item)])
    if not series:
        names = ", ".join(rate_names)
        raise SpecError.of(place, f"has no number in the rate column ({names})", "no-rates")
    if len(series) > MAX_SERIES:
        message = f"has {len(series):,} columns of different rates; at most {MAX_SERIES} are read"
        raise SpecError.of(place, f"{message} at once: choose one with --lr-column", "too-large")
    return tuple(series), [note for _, notes in checked for note in notes]


def series_of(
    rows: LogRows, name: str, step_name: str, every: int | None, place: str
) -> tuple[Series, list[Finding]]:
    """Return the rows of a rate column that have a step and a rate, and notes on the others.

    Where the steps go back, as in a log that a resumed run goes on with, the later rows count.
    """
    column = rows.columns[name]
    steps = rows.columns[step_name] if every is None else numbered(rows, name, every)
    present = np.isfinite(steps.numbers) & np.isfinite(column.numbers)
    infinite = np.isinf(column.numbers)
    notes = infinite_notes(place, name, step_name, steps.numbers[infinite])
    unusable = int(np.sum(~present & ~infinite))
    notes += count_notes(place, name, unusable, max(column.faults, steps.faults))
    kept = ALL if present.all() else present
    row_steps = whole_steps(steps.numbers[kept], step_name, place)
    epochs = rows.columns.get("epoch") if step_name != "epoch" else None
    if epochs is not None and begins_with_epochs(row_steps, epochs.numbers[kept]):
        message = f"the steps of column '{step_name}' begin again with each epoch; {OTHERWISE}"
        raise SpecError.of(place, message, "no-whole-steps")
    later, order = rows_in_order(row_steps, step_name, place)
    rates = column.numbers[kept][later]
    series = Series(
        columns=(name,),
        steps=row_steps[later],
        rates=rates,
        rounding=rounding_of(rates, rows.beginning),
        epochs=None if epochs is None else epochs.numbers[kept][later],
    )
    return series, [*notes, *order]


def numbered(rows: LogRows, name: str, every: int) -> Column:
    """Return the steps of the rows that have a rate, from the number of each."""
    has_rate = np.isfinite(rows.columns[name].numbers)
    numbers = np.cumsum(has_rate) - (rows.format.counting != "done")
    return Column([np.where(has_rate, numbers * float(every), np.nan)])


def merge_equal(series: Sequence[Series]) -> list[Series]:
    """Return series with those of equal steps and rates as one."""
    merged: list[Series] = []
    for item in series:
        for index, other in enumerate(merged):
            same_steps = np.array_equal(other.steps, item.steps)
            if same_steps and np.array_equal(other.rates, item.rates):
                merged[index] = replace(other, columns=(*other.columns, *item.columns))
                break
        else:
            merged.append(item)
    return merged
