"""A learning-rate range test: the loss at each rate, and the rates that it suggests.

The rate rises from step to step, and the loss falls, then diverges (Smith 2015,
arXiv:1506.01186). The suggestions are those of fastai 2.8, callback/schedule.py, on the data that
its `lr_find` gives them: the loss smoothed by an average whose weights fall by 2 % a step
(`AvgSmoothLoss`), cut where it exceeds four times its lowest value, without the first tenth of the
rows and the last five. Its fourth function, `slide`, is left out: it compares the gradients of the
loss 15 rows apart with a fixed threshold, so that what it suggests depends on the scale of the loss
and on the number of rows.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from lrviz.audits.column_choice import existing, listed
from lrviz.audits.formats import is_loss, is_rate
from lrviz.audits.log_notes import no_rows
from lrviz.audits.log_rows import LogRows, left_out, one_of_names
from lrviz.audits.reading import place_of, read_rows
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.schedule import Array
from lrviz.core.text import format_count, format_rounded

SOURCE = "fastai 2.8"
"""Whose suggestions these are, and whose smoothing is the default."""
SMOOTHING = 0.98
MAX_LAG_FACTOR, SMALL_LAG_FACTOR = 3.0, 1.5
"""The factor in the rate by which the average may lag, and that of the smoothing to take else."""
DIVERGED = 4.0
"""The loss has diverged at this multiple of its lowest value."""
SKIPPED_SHARE, SKIPPED_LAST = 0.1, 5
FEWEST = 6
"""Rows that a suggestion needs."""
LOSS_NAMES = ("loss", "train_loss", "train/loss", "training_loss", "train loss")
NO_TRAINING = re.compile(r"(^|[/_\-. ])(val|valid|validation|eval|test)($|[/_\-. ])", re.IGNORECASE)


@dataclass(frozen=True)
class Rule:
    """A way to choose a rate: it returns the index of the row that it is read from.

    The rate is that row's, divided by `divisor`.
    """

    name: str
    sentence: str
    source: str
    choose: Callable[[Array, Array], int]
    divisor: float = 1.0


@dataclass(frozen=True)
class Suggestion:
    """A suggested rate, the rate and the smoothed loss that it was read from, and the rule."""

    rule: Rule
    lr: float
    at: float
    loss: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "name": self.rule.name,
            "lr": self.lr,
            "read_at": self.at,
            "loss": self.loss,
            "sentence": self.rule.sentence,
            "source": self.rule.source,
        }


@dataclass(frozen=True, eq=False)
class RangeTest:
    """A range test: rates, losses and smoothed losses of all rows, in the order of the file.

    The rows from `start` to before `stop` are those that the suggestions rest on; from `diverged`
    on the loss has diverged, where it has. `nan_from` is the rate from which on the losses of the
    file are nan or infinite; those rows are left out.
    """

    path: str
    lr_column: str
    loss_column: str
    rates: Array
    losses: Array
    smoothed: Array
    smoothing: float
    start: int
    stop: int
    diverged: int | None
    suggestions: tuple[Suggestion, ...]
    nan_from: float | None = None
    notes: tuple[Finding, ...] = ()

    @property
    def diverged_at(self) -> float | None:
        """The rate at which the loss diverged, or None where it did not."""
        return self.nan_from if self.diverged is None else float(self.rates[self.diverged])

    @property
    def hidden_at(self) -> float | None:
        """The rate at which the loss diverges, where the smoothed loss does not; else None."""
        index = divergence(self.losses) if self.diverged_at is None else None
        return None if index is None else float(self.rates[index])

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as `lrviz find-lr --json` writes it."""
        return {
            "rows": len(self.rates),
            "lr_column": self.lr_column,
            "loss_column": self.loss_column,
            "smoothing": self.smoothing,
            "first_row": self.start,
            "last_row": self.stop - 1,
            "diverged_at": self.diverged_at,
            "suggestions": [item.to_dict() for item in self.suggestions],
        }


def steepest(rates: Array, losses: Array) -> int:
    """Return the index before the steepest descent of the loss over the logarithm of the rate."""
    return int(np.argmin(np.diff(losses) / np.diff(np.log(rates))))


def valley(rates: Array, losses: Array) -> int:
    """Return the index half-way down the longest row of ever lower losses.

    The row need not be without gaps. Of rows that are equally long it is the one that ends first.
    """
    del rates
    lowest: list[float] = []
    longest, end = 1, 0
    for index, loss in enumerate(losses.tolist()):
        length = bisect_left(lowest, -loss) + 1
        lowest[length - 1 : length] = [-loss]
        if length > longest:
            longest, end = length, index
    start = end - longest if end else 0
    third = (end - start) / 3
    return start + int(third) + int(third / 2)


def lowest_loss(rates: Array, losses: Array) -> int:
    """Return the index of the lowest loss."""
    del rates
    return int(np.argmin(losses))


RULES = (
    Rule(
        "valley",
        "half-way down the longest fall of the loss",
        f"{SOURCE}, callback/schedule.py, valley",
        valley,
    ),
    Rule(
        "steepest",
        "where the loss falls most steeply over the logarithm of the rate",
        f"{SOURCE}, callback/schedule.py, steep; Smith 2015, arXiv:1506.01186",
        steepest,
    ),
    Rule(
        "minimum",
        "a tenth of the rate with the lowest loss",
        f"{SOURCE}, callback/schedule.py, minimum; Smith 2017, arXiv:1708.07120",
        lowest_loss,
        divisor=10.0,
    ),
)


def smoothed_losses(losses: Array, smoothing: float) -> Array:
    """Return the weighted average of each loss and those before it, unbiased (fastai)."""
    smoothed, average = np.empty(len(losses)), 0.0
    for index, loss in enumerate(losses.tolist()):
        average = smoothing * average + (1 - smoothing) * loss
        smoothed[index] = average / (1 - smoothing ** (index + 1))
    return smoothed


def divergence(smoothed: Array) -> int | None:
    """Return the index of the first loss above four times the lowest one before it, or None.

    A multiple says nothing of losses below 0.
    """
    lowest = np.minimum.accumulate(smoothed)
    above = (smoothed > DIVERGED * lowest) & (lowest > 0)
    return int(np.argmax(above)) if above.any() else None


def first_of_last_nans(rates: Array, losses: Array) -> float | None:
    """Return the rate from which on no loss is finite, or None where the last one is.

    At least one loss is finite.
    """
    after_last = int(np.flatnonzero(np.isfinite(losses))[-1]) + 1
    return float(rates[after_last]) if after_last < len(rates) else None


def lag_of(smoothing: float, rows: int) -> float:
    """Return how many rows before the last of `rows` the average's weights are at in the mean."""
    share = smoothing**rows
    return smoothing / (1 - smoothing) - rows * share / (1 - share)


def quality_notes(rates: Array, smoothed: Array, smoothing: float, place: str) -> Iterator[Finding]:
    """Yield why the suggestions from these rows may be wrong: a loss that rises, a late average."""
    if int(np.argmin(smoothed)) == 0:
        message = "the loss is lowest at the first rates that are read; begin at lower ones"
        yield Finding("no-fall", message, place=place)
    lag = round(lag_of(smoothing, len(rates)))
    factor = float(rates[-1] / rates[-1 - lag])
    if factor > MAX_LAG_FACTOR:
        rows = (len(rates) - 1) * math.log(SMALL_LAG_FACTOR) / math.log(rates[-1] / rates[0])
        less = math.floor(100 * rows / (1 + rows)) / 100
        whose = f"{SOURCE}'s" if smoothing == SMOOTHING else "a"
        message = (
            f"the suggestions may be too high: with {whose} smoothing of {smoothing:g}, the loss "
            f"lags {format_count(lag, 'row')} of {len(rates):,}, a factor of "
            f"{format_rounded(factor, 2)} in the rate; --smoothing {less:g} lags less"
        )
        yield Finding("late-average", message, place=place)


def read_range_test(
    path: str | PathLike[str],
    lr_column: str | None = None,
    loss_column: str | None = None,
    smoothing: float = SMOOTHING,
) -> RangeTest:
    """Return the range test in a log, with its suggestions.

    `smoothing` is the weight of the average so far, from 0 (the losses are smooth) to below 1.
    Raises SpecError for a file without rates and losses, and where the rates do not rise.
    """
    place = place_of(Path(path))
    if not 0 <= smoothing < 1:
        raise SpecError.of("smoothing", f"must be from 0 to below 1 (got {smoothing:g})")
    rate_name, loss_name, rows = columns_of(Path(path), lr_column, loss_column)
    rates, losses = rows.columns[rate_name].numbers, rows.columns[loss_name].numbers
    has_rate = np.isfinite(rates) & (rates > 0)
    present = has_rate & np.isfinite(losses)
    unusable = int(np.sum(~present))
    message = left_out(unusable, "row", "without a rate or a finite loss")
    notes = [Finding("rows-without-rate", message, place=place)] if unusable else []
    if not present.any():
        message = "has no row with a rate above 0 and a finite loss"
        raise SpecError.of(place, message, "too-few-rows")
    nan_from = first_of_last_nans(rates[has_rate], losses[has_rate])
    rates, losses = rates[present], losses[present]
    if len(losses) >= FEWEST and np.ptp(losses) == 0:
        message = f"is no range test: the loss is {losses[0]:g} in all {len(losses):,} rows"
        raise SpecError.of(place, message, "no-range-test")
    if np.any(np.diff(rates) <= 0):
        row = int(np.argmax(np.diff(rates) <= 0)) + 1
        message = (
            f"is no range test: the rate must rise from row to row "
            f"(row {row + 1:,}: {rates[row]:g} after {rates[row - 1]:g})"
        )
        raise SpecError.of(place, message, "no-range-test")
    smoothed = smoothed_losses(losses, smoothing)
    diverged = divergence(smoothed)
    end = len(rates) if diverged is None else diverged + 1
    start, stop = int(len(rates) * SKIPPED_SHARE), end - SKIPPED_LAST
    if stop - start < FEWEST:
        message = (
            f"has {format_count(len(rates), 'row')} with a rate and a loss, {end:,} of them before "
            "the loss diverges: too few for a suggestion"
        )
        raise SpecError.of(place, message, "too-few-rows")
    suggestions = tuple(suggest(rule, rates[start:stop], smoothed[start:stop]) for rule in RULES)
    notes += quality_notes(rates[:stop], smoothed[:stop], smoothing, place)
    return RangeTest(
        place, rate_name, loss_name, rates, losses, smoothed, smoothing, start, stop, diverged,
        suggestions, nan_from, tuple(notes),
    )  # fmt: skip


def suggest(rule: Rule, rates: Array, losses: Array) -> Suggestion:
    """Return what a rule suggests."""
    index = rule.choose(rates, losses)
    rate = float(rates[index])
    return Suggestion(rule, rate / rule.divisor, rate, float(losses[index]))


def columns_of(path: Path, lr_column: str | None, loss_column: str | None) -> tuple[
    str, str, LogRows
]:  # fmt: skip
    """Return the columns of rates and losses, and the rows of the log."""
    place = place_of(Path(path))
    is_named = one_of_names(filter(None, (lr_column, loss_column)))
    rows = read_rows(path, lambda name: is_named(name) or is_loss(name))
    if rows.names and not rows.count:
        raise SpecError.of(place, no_rows(rows), "empty-log")
    rates = [name for name in rows.names if is_rate(name)]
    rate = one_of(rates, rows.names, lr_column, place, "rates", "--lr-column")
    losses = [name for name in rows.names if is_loss(name)]
    training = [name for name in losses if not NO_TRAINING.search(name)]
    first = [name for name in training if name.casefold() in LOSS_NAMES]
    loss = one_of(first or training or losses, rows.names, loss_column, place, "losses",
                  "--loss-column")  # fmt: skip
    return rate, loss, rows


def one_of(
    names: Sequence[str], columns: Sequence[str], column: str | None, place: str, what: str,
    flag: str,
) -> str:  # fmt: skip
    """Return the column that was asked for, or the only one. Raises SpecError otherwise."""
    if column is not None:
        return existing(column, list(columns), place, flag)
    if not names:
        message = f"has no column of {what}; name it with {flag} (columns: {listed(columns)})"
        raise SpecError.of(place, message, "no-such-column")
    if len(names) > 1:
        message = f"has more than one column of {what} ({listed(names)}); choose with {flag}"
        raise SpecError.of(place, message, "two-columns")
    return names[0]
