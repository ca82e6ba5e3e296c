"""Facts of a curve, and of a curve against another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isclose, nan

import numpy as np
from numpy.typing import NDArray

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.finite import all_finite
from lrviz.core.schedule import CHUNK, Array
from lrviz.core.text import format_choice, format_count
from lrviz.curves.column import Column
from lrviz.curves.table import Table
from lrviz.curves.units import shares_length

NOISE = 1e-12
"""Differences below this share of the peak are rounding."""
JUMP = 4.0
"""A change this many times its neighbours is a jump, not a slope."""
PIECE = 1_000_000
"""Rates whose changes are computed at once."""
MAX_NAMED = 3
"""How many curves or files a note names."""


@dataclass(frozen=True)
class Facts:
    """The highest, lowest, first and last rate of a curve, and the area under it.

    `area` is the sum of the rates over all steps, `mean` their mean. `half_life` is the number of
    steps from the peak to the first rate that is at most half of it. `steepest` is the largest
    change from one sampled step to the next one, `steepest_step`. Each is None where there is none.
    """

    peak: float
    peak_step: int
    floor: float
    floor_step: int
    first: float
    last: float
    last_step: int
    area: float
    mean: float
    half_life: int | None
    steepest: float | None
    steepest_step: int | None


@dataclass(frozen=True)
class Difference:
    """How a curve differs from another at the `steps` places that are compared.

    Where there are none, `area_ratio` is nan; so is `largest` where none could be.
    """

    steps: int
    first_step: int | None
    largest: float
    largest_step: int | None
    area_ratio: float


NOT_COMPARED = Difference(0, None, nan, None, nan)


def facts(column: Column) -> Facts:
    """Return the facts of a column that has at least one step."""
    rates = column.rates
    high, low = int(np.argmax(rates)), int(np.argmin(rates))
    is_half = rates[high:] <= rates[high] / 2
    steepest = largest_change(rates)
    with np.errstate(all="ignore"):
        area = column.area()
    half_index = high + int(np.argmax(is_half))
    return Facts(
        peak=float(rates[high]),
        peak_step=column.step_at(high),
        floor=float(rates[low]),
        floor_step=column.step_at(low),
        first=float(rates[0]),
        last=float(rates[-1]),
        last_step=column.steps[-1],
        area=area,
        mean=area / (len(column.steps) * column.steps.step),
        half_life=column.step_at(half_index) - column.step_at(high) if is_half.any() else None,
        steepest=None if steepest is None else float(rates[steepest + 1]) - float(rates[steepest]),
        steepest_step=None if steepest is None else column.step_at(steepest + 1),
    )


def largest_change(rates: Array) -> int | None:
    """Return the index of the rate before the largest change, or None of less than two rates.

    The changes are computed in pieces: together they take as much memory as the rates.
    """
    largest: list[tuple[float, int]] = []
    for start in range(0, len(rates) - 1, PIECE):
        with np.errstate(all="ignore"):
            changes = np.abs(np.diff(rates[start : start + PIECE + 1]))
        index = int(np.argmax(changes))
        largest.append((float(changes[index]), start + index))
    if not largest:
        return None
    return largest[int(np.argmax([change for change, _ in largest]))][1]


def differences(table: Table, baseline: int) -> list[Difference]:
    """Return how each column of a table differs from the one with index `baseline`.

    A curve that counts epochs and one that counts steps have no place in common.
    """
    base = table.columns[baseline]
    return [
        difference(column, base) if table.counts_alike(column, base) else NOT_COMPARED
        for column in table.columns
    ]


def difference(column: Column, base: Column) -> Difference:
    """Return how a column differs from the base; a negative `largest` means it is lower."""
    part, base_rates = side_by_side(column, base)
    rates = part.rates
    with np.errstate(all="ignore"):
        delta = rates - base_rates
    scale = max(float(np.abs(base_rates).max(initial=0)), float(np.abs(rates).max(initial=0)))
    differs = np.abs(delta) > NOISE * scale
    with np.errstate(all="ignore"):
        ratio = float(np.divide(rates.sum(), base_rates.sum()))
    if not differs.any():
        return Difference(len(part.steps), None, 0.0, None, ratio)
    largest = int(np.argmax(np.abs(delta)))
    first_step, largest_step = (
        round(part.position_of(part.steps[index]) / column.stretch)
        for index in (int(np.argmax(differs)), largest)
    )
    return Difference(len(part.steps), first_step, float(delta[largest]), largest_step, ratio)


def side_by_side(column: Column, base: Column) -> tuple[Column, Array]:
    """Return the part of a column at the places that the base has, too, and the base's rates there.

    Where the steps of one are longer on the axis, the places are those steps; the other one's rates
    are interpolated.
    """
    if column.stretch == base.stretch:
        count = min(len(column.rates), len(base.rates))
        steps, rates = column.steps[:count], column.rates[:count]
        return Column(column.curve, steps, rates, stretch=column.stretch), base.rates[:count]
    coarse = max(column, base, key=lambda item: item.stretch)
    places = coarse.positions(np.arange(len(coarse.steps)))
    first = max(column.ends[0], base.ends[0])
    last = min(column.ends[1], base.ends[1])
    start, stop = np.searchsorted(places, first), np.searchsorted(places, last, "right")
    places = places[start:stop]
    part = Column(
        column.curve, coarse.steps[start:stop], column.rates_at(places), stretch=coarse.stretch
    )
    return part, base.rates_at(places)


def equal_groups(columns: Sequence[Column]) -> list[list[int]]:
    """Return the indices of columns in groups of equal rates, in order."""
    groups: list[list[int]] = []
    for index, column in enumerate(columns):
        for group in groups:
            first = columns[group[0]]
            same_ends = isclose(first.rates[-1], column.rates[-1], rel_tol=1e-9)
            same_places = first.steps == column.steps and first.stretch == column.stretch
            may_be_equal = same_places and same_ends
            if may_be_equal and difference(column, first).first_step is None:
                group.append(index)
                break
        else:
            groups.append([index])
    return groups


def jumps(rates: Array) -> NDArray[np.intp]:
    """Return the indices at which the rate jumps: changes far more than before and after."""
    if len(rates) < 3:
        return np.empty(0, np.intp)
    with np.errstate(all="ignore"):  # rates may be near the largest numbers
        change = np.abs(np.diff(rates))
        before = np.concatenate([[0.0], change[:-1]])
        after = np.concatenate([change[1:], [0.0]])
        smallest = 1e-9 * (rates.max() - rates.min())
        return np.flatnonzero(change > np.maximum(JUMP * np.maximum(before, after), smallest)) + 1


def table_findings(table: Table) -> list[Finding]:
    """Return the findings of each curve and of its rates, and of the axis that they share.

    Raises SpecError where rates cannot be computed, for all curves at once.
    """
    findings = [*axis_findings(table), *length_findings(table)]
    errors: list[Finding] = []
    for column in table.columns:
        try:
            findings += [*column.curve.findings(), *rate_findings(column)]
        except SpecError as error:
            errors += error.findings
    if errors:
        raise SpecError(errors)
    return findings


def axis_findings(table: Table) -> Iterator[Finding]:
    """Yield a note where some curves count epochs and others steps, on one axis without a unit."""
    by_epoch = [column.label for column in table.columns if column.curve.axis == "epoch"]
    if table.chosen_unit or not 0 < len(by_epoch) < len(table.columns):
        return
    verb = "counts" if len(by_epoch) == 1 else "count"
    message = (
        f"{names_in_row(by_epoch)} {verb} epochs, the other curves steps: --steps-per-epoch N "
        "makes them comparable"
    )
    yield Finding("mixed-axes", message)


def length_findings(table: Table) -> Iterator[Finding]:
    """Yield a note on files whose curves are as long as the longest of another one."""
    sharing: dict[str, list[Column]] = {}
    for column in table.columns:
        if shares_length(column.curve):
            sharing.setdefault(column.curve.axis, []).append(column)
    for axis, columns in sharing.items():
        longer = [item for item in columns if item.curve.file and is_lengthened(item)]
        if not longer or len({item.curve.file for item in columns}) < 2:
            continue
        files = list(dict.fromkeys(item.curve.file for item in longer))
        verbs = "gives no steps and is" if len(files) == 1 else "give no steps and are"
        count = format_count(max(item.steps.stop for item in columns), axis)
        message = (
            f"{names_in_row(files)} {verbs} drawn over the longest length, {count}; "
            "'steps: N' in a spec file ends its curves at N"
        )
        yield Finding("shared-length", message)


def is_lengthened(column: Column) -> bool:
    """Return whether a column goes on after the natural length of its schedule."""
    return column.curve.has_length and column.steps.stop > column.curve.count()


def names_in_row(names: Sequence[str], most: int = MAX_NAMED) -> str:
    """Return the first few of some names, and how many more there are."""
    omitted = len(names) - most
    more = [f"{omitted} more"] if omitted > 0 else []
    return format_choice([*names[:most], *more], "and")


def rate_findings(column: Column) -> Iterator[Finding]:
    """Yield notes on sampled rates that are below 0 or not finite."""
    first_negative = first_infinite = None
    lowest, lowest_at = 0.0, 0
    for start, rates in zip(range(0, len(column.steps), CHUNK), column.pieces(), strict=True):
        low = int(np.argmin(rates))
        if rates[low] < lowest:
            if first_negative is None:
                first_negative = start + int(np.argmax(rates < 0))
            lowest, lowest_at = float(rates[low]), start + low
        if first_infinite is None and not all_finite(rates):
            first_infinite = start + int(np.argmin(np.isfinite(rates)))
    steps = column.steps
    if first_negative is not None:
        step = steps[first_negative]
        message = f"rates below 0 from step {step} (lowest {lowest:.4g} at step {steps[lowest_at]})"
        yield note("negative-rate", message, column, step)
    if first_infinite is not None:
        step = steps[first_infinite]
        message = f"the rate overflows at step {step}; it is left out there"
        yield note("not-finite-rate", message, column, step)


def note(id: str, message: str, column: Column, step: int) -> Finding:  # noqa: A002
    """Return a note on a step of a column."""
    return Finding(id, message, curve=column.label, place=column.curve.place, step=step)
