"""The factor between the rates of a plan and those of a log."""

from __future__ import annotations

import numpy as np

from lrviz.audits.rows import Rows
from lrviz.core.schedule import Array

LOWEST = 1e-3
"""Rates below this share of the peak say little about the factor."""
MAX_DIGITS = 12


def factor_between(rates: Array, rows: Rows) -> float | None:
    """Return the factor from rates to those of rows: the roundest that all rows allow.

    Where no factor gives all rows it is the median. Returns None where no rate is above 0.
    """
    good = (rates > 0) & (rows.rates > 0)
    good &= rates > LOWEST * float(np.max(rates, initial=0.0, where=good))
    if not good.any():
        return None
    low = (rows.rates[good] - rows.tolerance[good]) / rates[good]
    high = (rows.rates[good] + rows.tolerance[good]) / rates[good]
    begin, end = float(low.max()), float(high.min())
    if begin > end:
        return float(np.median((low + high) / 2))
    return roundest(begin, end)


def roundest(low: float, high: float) -> float:
    """Return the number of the fewest digits from `low` to `high`."""
    middle = (low + high) / 2
    texts = (float(f"{middle:.{digits}e}") for digits in range(MAX_DIGITS))
    return next((number for number in texts if low <= number <= high), middle)
