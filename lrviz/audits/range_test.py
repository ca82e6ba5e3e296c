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
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from lrviz.audits.log_rows import left_out
from lrviz.audits.range_columns import columns_of
from lrviz.audits.range_rules import RULES, SOURCE, Suggestion, suggest
from lrviz.audits.reading import place_of
from lrviz.core.display import Displayed
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.schedule import Array
from lrviz.core.text import format_count, format_rounded

SMOOTHING = 0.98
MAX_LAG_FACTOR, SMALL_LAG_FACTOR = 3.0, 1.5
"""The factor in the rate by which the average may lag, and that of the smoothing to take else."""
DIVERGED = 4.0
"""The loss has diverged at this multiple of its lowest value."""
SKIPPED_SHARE, SKIPPED_LAST = 0.1, 5
FEWEST = 6
"""Rows that a suggestion needs."""


@dataclass(frozen=True, eq=False)
class RangeTest(Displayed):
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

    @property
    def late_by(self) -> float | None:
        """The factor in the rate by which the smoothed loss lags, where that is much; else None."""
        factor = lag_factor(self.rates[: self.stop], self.smoothing)
        return factor if factor > MAX_LAG_FACTOR else None

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


def lag_factor(rates: Array, smoothing: float) -> float:
    """Return by which factor in the rate the average of the losses at these rates lags."""
    return float(rates[-1] / rates[-1 - round(lag_of(smoothing, len(rates)))])


def quality_notes(rates: Array, smoothed: Array, smoothing: float, place: str) -> Iterator[Finding]:
    """Yield why the suggestions from these rows may be wrong: a loss that rises, a late average."""
    if int(np.argmin(smoothed)) == 0:
        message = (
            "the smoothed loss never falls below its first value, so that the suggestions say "
            "little; begin at lower rates"
        )
        yield Finding("no-fall", message, place=place)
    lag = round(lag_of(smoothing, len(rates)))
    factor = lag_factor(rates, smoothing)
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
    require_range_test(rates[present], losses[present], place)
    nan_from = first_of_last_nans(rates[has_rate], losses[has_rate])
    rates, losses = rates[present], losses[present]
    smoothed = smoothed_losses(losses, smoothing)
    diverged = divergence(smoothed)
    start, stop = suggestive_rows(len(rates), diverged, place)
    return RangeTest(
        path=place,
        lr_column=rate_name,
        loss_column=loss_name,
        rates=rates,
        losses=losses,
        smoothed=smoothed,
        smoothing=smoothing,
        start=start,
        stop=stop,
        diverged=diverged,
        suggestions=tuple(suggest(rule, rates[start:stop], smoothed[start:stop]) for rule in RULES),
        nan_from=nan_from,
        notes=(
            *unusable_notes(int(np.sum(~present)), place),
            *quality_notes(rates[:stop], smoothed[:stop], smoothing, place),
        ),
    )


def unusable_notes(count: int, place: str) -> list[Finding]:
    """Return a note that counts the rows which are left out, if there are any."""
    message = left_out(count, "row", "without a rate or a finite loss")
    return [Finding("rows-without-rate", message, place=place)] if count else []


def require_range_test(rates: Array, losses: Array, place: str) -> None:
    """Raise SpecError where there are no rows, the loss is constant, or the rates do not rise."""
    if not len(rates):
        message = "has no row with a rate above 0 and a finite loss"
        raise SpecError.of(place, message, "too-few-rows")
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


def suggestive_rows(count: int, diverged: int | None, place: str) -> tuple[int, int]:
    """Return the first row that suggestions rest on, and the row after the last one.

    Raises SpecError where too few are between them.
    """
    end = count if diverged is None else diverged + 1
    start, stop = int(count * SKIPPED_SHARE), end - SKIPPED_LAST
    if stop - start < FEWEST:
        message = (
            f"has {format_count(count, 'row')} with a rate and a loss, {end:,} of them before "
            "the loss diverges: too few for a suggestion"
        )
        raise SpecError.of(place, message, "too-few-rows")
    return start, stop
