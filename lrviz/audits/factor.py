"""The factor between the rates of a plan and those of a log."""

from __future__ import annotations

import numpy as np

from lrviz.audits.rows import Rows
from lrviz.core.schedule import Array
from lrviz.mistakes.usual import two_digits

LOWEST = 1e-3
"""Rates below this share of the peak say little about the factor."""
MAX_DIGITS = 12
SMALLEST, LARGEST = 1e-100, 1e100
"""Factors beyond these are none between the rates of runs; their squares have no digits."""


def factor_between(rates: Array, rows: Rows) -> float | None:
    """Return the factor from rates to those of rows: the roundest that all rows allow.

    Where no factor gives all rows it is the median. Returns None where no rate is above 0, and
    where the factor is none between rates.
    """
    good = (rates > 0) & (rows.rates > 0)
    good &= rates > LOWEST * float(np.max(rates, initial=0.0, where=good))
    if not good.any():
        return None
    low = (rows.rates[good] - rows.tolerance[good]) / rates[good]
    high = (rows.rates[good] + rows.tolerance[good]) / rates[good]
    begin, end = float(low.max()), float(high.min())
    middle = float(np.median((low + high) / 2)) if begin > end else (begin + end) / 2
    if not SMALLEST < middle < LARGEST:
        return None
    return middle if begin > end else roundest(begin, end)


def roundest(low: float, high: float) -> float:
    """Return the roundest number from `low` to `high`, which are above 0.

    That is one of at most two digits, the inverse or the root of such a one, the inverse of a whole
    number, or else the number of the fewest digits. Both are between SMALLEST and LARGEST.
    """
    middle = (low + high) / 2
    numbers = (
        float(f"{middle:.0e}"),
        two_digits(middle),
        1 / two_digits(1 / middle),
        1 / max(round(1 / middle), 1),
        two_digits(middle**2) ** 0.5,
        *(float(f"{middle:.{digits}e}") for digits in range(2, MAX_DIGITS)),
    )
    return next((number for number in numbers if low <= number <= high), middle)
