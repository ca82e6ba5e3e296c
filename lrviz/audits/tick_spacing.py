"""A scheduler that ticks once in several steps, seen in a log by the steps of its stairs."""

from __future__ import annotations

import numpy as np

from lrviz.audits.number_fits import roundest
from lrviz.audits.rows import Rows
from lrviz.core.schedule import Steps64

FEWEST = 4
"""Changes of the rate from which on their distance is that of ticks."""
CHANCE = 1e-3
"""The probability at which changes anywhere would suit some number of steps."""
NEAR = 0.75
"""The least of the numbers that a few rows do not tell apart, as a share of the largest one."""
OTHER = 1.5
"""Rounded rates which differ by so many times their rounding are not the same."""
LARGEST = 100_000
COMPARED = 16
"""Changes with which each number is compared before it is with all."""


def steps_per_tick(rows: Rows) -> int | None:
    """Return how many steps are between two ticks, or None where rates change at other steps.

    Each change is between two rows, and some multiple of the number is there too. Of the numbers
    for which that holds it is the largest, as it also holds for what divides it, and of those near
    it the roundest.
    """
    change = np.abs(np.diff(rows.rates)) > OTHER * rows.tolerance[1:]
    before, after = rows.steps[:-1][change], rows.steps[1:][change]
    if len(before) < FEWEST:
        return None
    largest = int(np.min(after[1:] - before[:-1]))
    if largest > LARGEST:
        return None
    numbers = np.arange(2, largest + 1)
    for some in (slice(COMPARED), slice(None)):
        multiples = after[some] // numbers[:, None] > before[some] // numbers[:, None]
        numbers = numbers[multiples.all(axis=1)]
    chances = np.minimum((after - before) / numbers[:, None], 1.0).prod(axis=1)
    numbers = numbers[largest * chances <= CHANCE]
    if not len(numbers):
        return None
    return roundest(numbers[numbers >= NEAR * numbers[-1]].tolist())


def by_ticks(rows: Rows, spacing: int) -> Rows:
    """Return the first row of each tick, with ticks in the place of steps."""
    ticks: Steps64 = rows.steps // spacing
    _, first = np.unique(ticks, return_index=True)
    return Rows(ticks[first], rows.rates[first], rows.tolerance[first])
