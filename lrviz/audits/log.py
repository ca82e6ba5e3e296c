"""A log of a run: the steps and the rates it holds, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lrviz.audits.epoch_steps import are_shares, steps_at
from lrviz.audits.formats import counts_rows, is_loss, is_rate, step_rank
from lrviz.audits.log_rows import Column, LogRows, be, left_out, one_of_names
from lrviz.audits.reading import place_of, read_rows
from lrviz.audits.rounding import Rounding, rounding_of
from lrviz.audits.run_length import RunLength
from lrviz.audits.table_logs import has_wider_rows
from lrviz.core.errors import SpecError, did_you_mean
from lrviz.core.findings import Finding
from lrviz.core.schedule import Array, Steps64

MAX_STEP = 100_000_000
EPOCH = step_rank("epoch")
"""How well the name of a column of epochs says that it holds the step."""
ROW = "row"
"""What the step column of a log without steps is called."""
STEP = "step"
"""What the step column of a log is called whose steps follow from its shares of epochs."""
EVERY, PER_EPOCH = "--every", "--steps-per-epoch"
"""The options for a log without steps: how many are between its rows, and in an epoch."""
OTHERWISE = (
    f"choose another one with --step-column, or say with {EVERY} how many steps apart the rows are"
)
IN_EPOCHS = f"say with {PER_EPOCH} how many steps an epoch has, "
"""What comes before it where epochs are no whole numbers."""
STEPS_GO_BACK = "steps-go-back"
"""The id of the note on the step at which a run is resumed, or begins again."""
UNORDERED = 1 / 3
"""Where more than this share of the rows go back, the log is in no order."""
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
        return step_rank(self.step_column) == EPOCH


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
    notes = []
    if lr_column is None and (lr_column := other_column(rows)):
        rows = read_rows(Path(path), one_of_names([lr_column]))
        message = f"column '{lr_column}' is taken as the rates: it is the only one beside the steps"
        notes.append(Finding("only-column", message, place=place))
    step_name = choose_step(rows, step_column, every, place)
    rate_names = choose_rates(rows, step_name, lr_column, place)
    epochs = rows.columns[step_name].numbers if step_name != ROW else np.empty(0)
    if steps_per_epoch and step_rank(step_name) == EPOCH and are_shares(epochs):
        has_rate = np.any([np.isfinite(rows.columns[name].numbers) for name in rate_names], axis=0)
        steps = steps_at(np.where(has_rate, epochs, np.nan), steps_per_epoch)
        step_name, rows.columns[STEP] = STEP, Column([steps])
    checked = [series_of(rows, name, step_name, every, place) for name in rate_names]
    series = [item for item, _ in checked if len(item)]
    if not series:
        names = ", ".join(rate_names)
        raise SpecError.of(place, f"has no number in the rate column ({names})", "no-rates")
    notes += row_counter_notes(rows, step_name, place) if step_column is None else []
    notes += [note for _, notes in checked for note in notes]
    series = merge_equal(series)
    if len(series) > MAX_SERIES:
        message = f"has {len(series):,} columns of different rates; at most {MAX_SERIES} are read"
        raise SpecError.of(place, f"{message} at once: choose one with --lr-column", "too-large")
    counting = rows.format.counting
    return Log(
        path=place,
        format=rows.format.name,
        step_column=step_name,
        series=tuple(series),
        first=int(counting == "first" and series[0].steps[0] == 1),
        counts_done=counting == "done",
        mean_over_epoch=rows.format.mean_over_epoch,
        notes=tuple(dict.fromkeys([*reader_notes(place, rows), *comma_notes(place, rows), *notes])),
        every=every,
    )


def reader_notes(place: str, rows: LogRows) -> list[Finding]:
    """Return notes on how rows were read, and on those that could not be."""
    taken = [Finding("rows-as-read", message, place=place) for message in rows.notes]
    return [*taken, *broken_notes(place, rows)]


def broken_notes(place: str, rows: LogRows) -> list[Finding]:
    """Return a note that counts the rows that could not be read, or that the last may be cut."""
    if rows.last_is_short:
        message = "the last line ends without a newline and is left out: its number may be cut off"
        return [Finding("cut-last-row", message, place=place)]
    if not rows.broken:
        return []
    last = "; the last one is cut off" if rows.cut_off else ""
    message = left_out(rows.broken, "row", "that cannot be read") + last
    return [Finding("unreadable-rows", message, place=place)]


def comma_notes(place: str, rows: LogRows) -> list[Finding]:
    """Return a note where numbers are read that have a decimal comma."""
    if not rows.decimal_comma:
        return []
    number = rows.decimal_comma
    message = f"its numbers have a decimal comma: {number} is read as {number.replace(',', '.')}"
    return [Finding("decimal-comma", message, place=place)]


def no_rows(rows: LogRows) -> str:
    """Return the message for a file without rows of a log."""
    if rows.format.layout == "text" and has_wider_rows(rows.beginning):
        return (
            "has rows of more cells than its header names; where numbers have a decimal comma, "
            "separate the cells by semicolons"
        )
    if rows.format.layout == "text":
        return "has no line with a step and a learning rate, such as 'step 10 lr 3e-4'"
    return "has no rows"


def choose_step(rows: LogRows, column: str | None, every: int | None, place: str) -> str:
    """Return the step column: the one asked for, the format's, or the best by its name.

    Of rows that are `every` steps apart it is their number.
    """
    names = list(rows.columns)
    if every is not None:
        if column is not None:
            raise SpecError.of(EVERY, "is for a log without steps, and --step-column names one")
        return ROW
    if column is not None:
        return existing(column, names, place, "--step-column")
    usual_names = [
        name for title in rows.format.steps for name in names if name.casefold() == title
    ]
    if usual_names:
        return usual_names[0]
    ranked = [(rank, name) for name in names if (rank := step_rank(name)) is not None]
    if not ranked:
        message = (
            f"has no column of steps; name it with --step-column, or say with {EVERY} how many "
            f"steps apart the rows are (columns: {listed(rows.names)})"
        )
        raise SpecError.of(place, message, "no-step-column")
    best = min(ranked)[0]
    candidates = [name for rank, name in ranked if rank == best]
    if len(candidates) > 1 and not same_cells(rows, candidates):
        message = f"has more than one column of steps ({listed(candidates)})"
        raise SpecError.of(place, f"{message}; choose with --step-column", "two-step-columns")
    return candidates[0]


def same_cells(rows: LogRows, names: Sequence[str]) -> bool:
    """Return whether columns hold the same cells."""
    first, *others = (rows.columns[name].numbers for name in names)
    return all(np.array_equal(first, other, equal_nan=True) for other in others)


def other_column(rows: LogRows) -> str | None:
    """Return the column that a table of two columns has beside the steps, as `lrviz export` writes.

    None where one of them is called a rate, or the other one is a loss.
    """
    steps = [name for name in rows.names if step_rank(name) is not None]
    others = [name for name in rows.names if name not in steps]
    is_table = rows.format.name == "table" and len(rows.names) == 2 and len(steps) == 1
    return None if not is_table or is_rate(others[0]) or is_loss(others[0]) else others[0]


def choose_rates(rows: LogRows, step: str, column: str | None, place: str) -> list[str]:
    """Return the rate columns: the one asked for, the format's, or all that are called so."""
    names = [name for name in rows.columns if name != step]
    if column is not None:
        return [existing(column, list(rows.columns), place, "--lr-column")]
    usual_names = [
        name
        for title in rows.format.rates
        for name in names
        if without_place(name).casefold() == title
    ]
    chosen = usual_names or [name for name in names if is_rate(without_place(name))]
    if not chosen:
        columns = listed(rows.names)
        message = f"has no column of rates; name it with --lr-column (columns: {columns})"
        raise SpecError.of(place, message, "no-rate-column")
    return chosen


def without_place(name: str) -> str:
    """Return the name of a column, without the place in a list as in `lr[1]`."""
    return name.partition("[")[0]


def existing(column: str, names: list[str], place: str, flag: str) -> str:
    """Return the column of a name, in any case. Raises SpecError where there is none."""
    folded = {name.casefold(): name for name in names}
    if column.strip().casefold() not in folded:
        message = f"{place} has no column '{column}'{did_you_mean(column, names)}"
        raise SpecError.of(flag, f"{message} (columns: {listed(names)})", "no-such-column")
    return folded[column.strip().casefold()]


def listed(names: Sequence[str], count: int = 12) -> str:
    """Return names in a line, of many only the first."""
    others = f" and {len(names) - count} more" if len(names) > count else ""
    return (", ".join(names[:count]) or "none") + others


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
    row_steps = whole_steps(steps.numbers[present], step_name, place)
    epochs = rows.columns.get("epoch") if step_name != "epoch" else None
    if epochs is not None and begins_with_epochs(row_steps, epochs.numbers[present]):
        message = f"the steps of column '{step_name}' begin again with each epoch; {OTHERWISE}"
        raise SpecError.of(place, message, "no-whole-steps")
    later, order = rows_in_order(row_steps, step_name, place)
    index = np.flatnonzero(present)[later]
    rates = column.numbers[index]
    series = Series(
        columns=(name,),
        steps=row_steps[later],
        rates=rates,
        rounding=rounding_of(rates, rows.beginning),
        epochs=None if epochs is None else epochs.numbers[index],
    )
    return series, [*notes, *order]


def numbered(rows: LogRows, name: str, every: int) -> Column:
    """Return the steps of the rows that have a rate, from the number of each."""
    has_rate = np.isfinite(rows.columns[name].numbers)
    numbers = np.cumsum(has_rate) - (rows.format.counting != "done")
    return Column([np.where(has_rate, numbers * float(every), np.nan)])


def whole_steps(steps: Array, name: str, place: str) -> Steps64:
    """Return steps as whole numbers. Raises SpecError where one is none, or out of range."""
    nearest = np.round(steps)
    faults = (np.abs(steps - nearest) > 1e-6) | (nearest < 0) | (nearest > MAX_STEP)
    if faults.any():
        in_epochs = IN_EPOCHS if step_rank(name) == EPOCH else ""
        message = (
            f"column '{name}' must hold whole steps from 0 to {MAX_STEP:,} "
            f"(got {steps[np.argmax(faults)]:g}); {in_epochs}{OTHERWISE}"
        )
        raise SpecError.of(place, message, "no-whole-steps")
    return nearest.astype(np.int64)


def begins_with_epochs(steps: Steps64, epochs: Array) -> bool:
    """Return whether the steps go back only where the epoch rises, or never rise where it does."""
    moves, rises = np.diff(steps), np.diff(epochs) > 0
    back = moves < 0
    if back.any():
        return bool(rises[back].all())
    return bool(rises.any() and not moves[rises].any())


def rows_in_order(steps: Steps64, name: str, place: str) -> tuple[NDArray[np.intp], list[Finding]]:
    """Return the indices of the rows that count, by their steps, and a note on the others.

    Rows in no order are sorted. Raises SpecError where they have the same step more than once.
    """
    if np.sum(np.diff(steps) < 0) <= UNORDERED * len(steps):
        later = later_rows(steps)
        return later, order_notes(place, steps, len(later))
    if (np.diff(np.sort(steps)) == 0).any():
        message = f"the rows are not in the order of their steps, and column '{name}' repeats some"
        raise SpecError.of(place, f"{message}; {OTHERWISE}", "unordered-steps")
    message = f"the rows are not in the order of their steps: sorted by column '{name}'"
    return np.argsort(steps), [Finding("unordered-steps", message, place=place)]


def later_rows(steps: Steps64) -> NDArray[np.intp]:
    """Return the indices of the rows of the last run that no later row of it replaces.

    A row that goes back to the first step, or before it, begins another run. Where a run is
    resumed its steps go back less far, and the rows after the resumption count.
    """
    begin = int(last_run(steps))
    steps = steps[begin:]
    earliest_after = np.minimum.accumulate(steps[::-1])[::-1]
    following = np.append(earliest_after[1:], MAX_STEP + 1)
    return np.flatnonzero(steps < following) + begin


def last_run(steps: Steps64) -> np.intp | int:
    """Return the index of the row with which the last run of a log begins."""
    begins = np.flatnonzero((steps[1:] <= steps[:1]) & (np.diff(steps) < 0)) + 1
    return begins[-1] if len(begins) else 0


def infinite_notes(place: str, name: str, step_name: str, steps: Array) -> list[Finding]:
    """Return a note on the rates that are nan or inf, by their steps."""
    if not len(steps):
        return []
    finite = steps[np.isfinite(steps)]
    first = f", the first at {step_name} {finite[0]:,.10g}" if len(finite) else ""
    what = left_out(len(steps), "rate", f"that {be(len(steps))} nan or inf")
    message = f"column '{name}': {what}{first}"
    return [Finding("rates-not-finite", message, place=place)]


def count_notes(place: str, name: str, unusable: int, faults: int) -> list[Finding]:
    """Return notes that count the rows without a usable rate, and those with text in its place."""
    notes = []
    if faults:
        message = f"column '{name}': {left_out(faults, 'row', 'with text instead of a number')}"
        notes.append(Finding("text-in-column", message, place=place))
    if unusable > faults:
        message = f"column '{name}': {left_out(unusable - faults, 'row', 'without a rate')}"
        notes.append(Finding("rows-without-rate", message, place=place))
    return notes


def row_counter_notes(rows: LogRows, step: str, place: str) -> list[Finding]:
    """Return a note where the steps are W&B's, which counts the rows that are logged."""
    if not counts_rows(step, rows.names):
        return []
    message = (
        f"the steps are those of column '{step}', in which W&B counts rows: they may not be the "
        f"steps of the run; {OTHERWISE}"
    )
    return [Finding("row-counter", message, place=place)]


def order_notes(place: str, steps: Steps64, later: int) -> list[Finding]:
    """Return a note where steps go back or repeat; of such rows only the later ones are kept."""
    back = np.flatnonzero(np.diff(steps) < 0)
    begin = last_run(steps)
    if begin:
        message = (
            f"the steps begin again at {int(steps[begin]):,}, as where a run is started anew; of "
            f"the runs the last one is read, and {left_out(len(steps) - later, 'earlier row')}"
        )
        return [Finding(STEPS_GO_BACK, message, place=place, step=int(steps[begin]))]
    if len(back):
        before, after = int(steps[back[0]]), int(steps[back[0] + 1])
        times = "" if len(back) == 1 else f", {len(back):,} times in all"
        what = f"the steps go back from {before:,} to {after:,}{times}, as where a run is resumed"
        message = f"{what}; {left_out(len(steps) - later, 'earlier row')}"
        return [Finding(STEPS_GO_BACK, message, place=place, step=after)]
    if later < len(steps):
        message = f"{left_out(len(steps) - later, 'row')}: the row after has the same step"
        return [Finding("repeated-steps", message, place=place)]
    return []


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: `1 row`, `2 rows`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


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
