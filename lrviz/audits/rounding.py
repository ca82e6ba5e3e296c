"""The rounding of a log's rates, from their digits: how far a rate may be from the true one."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from lrviz.core.distinct import distinct
from lrviz.core.schedule import Array
from lrviz.core.text import format_count

PRINTED = re.compile(r"(?<![\w.])-?\d+\.(?P<part>\d+)(?P<power>e[-+]?\d+)?(?![\w.])", re.I | re.A)
"""A number with decimals in a text."""
FULL_DIGITS = 12
"""A rate with this many significant digits is not rounded."""
MIN_DIGITS = 4
"""Significant digits that a log has at least, unless its decimals are evidently cut."""
FEW_VALUES = 4
"""From so few different rates no rounding to decimals is concluded."""
LEVELS = 3
"""From so many neighbouring multiples of a decimal, each in several rows, it is concluded."""
ROWS, SAMPLES = 50_000, 2_000
"""Rows and different rates that are looked at."""
SHORTEST_FIXED = 1e-4
"""The shortest text of smaller numbers has an exponent."""
HALF = 0.505
"""Half a unit in the last place, and a little for ties."""
EXACT = 1e-9
"""Share of the peak by which rates differ through the order of operations."""
SINGLE = 3e-7
"""The same, where rates were 32-bit numbers: a rounded log does not show whether they were."""


@dataclass(frozen=True)
class Rounding:
    """How a log rounds rates: to significant digits, to decimals, or not at all (both None)."""

    digits: int | None = None
    decimals: int | None = None
    single: bool = False

    def tolerance(self, rates: Array, peak: float = 0.0) -> Array:
        """Return how far each logged rate may be from the true one, in a run with this peak."""
        size = np.abs(rates)
        share = EXACT if self == Rounding() else SINGLE
        slack = share * max(peak, float(size.max(initial=0.0)))
        if self.decimals is not None:
            return np.full_like(size, slack + HALF * 10.0**-self.decimals)
        if self.digits is None:
            return np.full_like(size, slack)
        exponent = np.floor(np.log10(np.where(size > 0, size, 1.0)))
        half: Array = HALF * 10.0 ** (exponent - self.digits + 1)
        half[~(size > 0)] = 0.0
        return slack + half

    def __str__(self) -> str:
        if self.decimals is not None:
            return format_count(self.decimals, "decimal")
        if self.digits is not None:
            return format_count(self.digits, "significant digit")
        return "32-bit numbers" if self.single else "full precision"


def rounding_of(rates: Array, text: str = "") -> Rounding:
    """Return the rounding that the digits of rates show, and a text in which they are printed."""
    values = distinct(evenly(rates[np.isfinite(rates) & (rates != 0)], ROWS))
    if not len(values):
        return Rounding()
    values = evenly(values, SAMPLES)
    counts = np.array([digits_and_decimals(float(rate)) for rate in values])
    digits, decimals = int(counts[:, 0].max()), int(counts[:, 1].max())
    if digits >= FULL_DIGITS:
        with np.errstate(over="ignore"):
            single = bool(np.all(values.astype(np.float32).astype(np.float64) == values))
        return Rounding(single=single)
    if printed := printed_rounding(rates, text):
        return printed
    if digits < MIN_DIGITS and is_staircase(rates[np.isfinite(rates)], decimals):
        return Rounding(decimals=decimals)
    if len(values) > FEW_VALUES:
        reach_digits = np.mean(counts[:, 0] == digits)
        reach_decimals = np.mean(counts[:, 1] == decimals)
        if reach_decimals > reach_digits or (
            reach_decimals == reach_digits and digits < MIN_DIGITS
        ):
            return Rounding(decimals=decimals)
    least = MIN_DIGITS if len(values) <= FEW_VALUES else 1
    return Rounding(digits=max(digits, least), single=digits in (8, 9))


def printed_rounding(rates: Array, text: str) -> Rounding | None:
    """Return the rounding of rates that a text prints with as many digits each; else None.

    The shortest text of a number has no zeros at its end, and an exponent where it is small, so
    that a text with such zeros, or without the exponent, shows a format.
    """
    numbers = set(rates[np.flatnonzero(rates)[:SAMPLES]].tolist())
    matches = [match for match in PRINTED.finditer(text) if float(match[0]) in numbers]
    forms = {(len(match["part"]), match["power"] is not None) for match in matches}
    if len(forms) != 1:
        return None
    ((decimals, has_power),) = forms
    is_padded = any(match["part"].endswith("0") for match in matches)
    is_expanded = not has_power and any(abs(float(match[0])) < SHORTEST_FIXED for match in matches)
    if not is_padded and not is_expanded:
        return None
    if has_power:
        return Rounding(digits=decimals + 1)
    return Rounding(decimals=decimals) if decimals > 1 else None  # Python prints 1.0 of a float


def is_staircase(rates: Array, decimals: int) -> bool:
    """Return whether rates are all multiples of the last decimal in a range, each repeatedly.

    So are those of a smooth schedule that is printed with few decimals.
    """
    with np.errstate(all="ignore"):  # a rate may be near the smallest numbers
        levels, counts = np.unique(np.round(rates / 10.0**-decimals), return_counts=True)
        is_range = levels[-1] - levels[0] == len(levels) - 1
    return bool(len(levels) >= LEVELS and counts.min() > 1 and is_range)


def evenly(values: Array, count: int) -> Array:
    """Return at most so many of values, evenly."""
    if len(values) <= count:
        return values
    return np.asarray(values[np.linspace(0, len(values) - 1, count).astype(int)])


def digits_and_decimals(rate: float) -> tuple[int, int]:
    """Return the significant digits of a rate's shortest text, and its decimals."""
    text = repr(rate)
    mantissa, _, power = text.partition("e")
    integer, _, part = mantissa.partition(".")
    part = part.rstrip("0")
    digits = len((integer + part).lstrip("-0").rstrip("0")) or 1
    return digits, max(len(part) - int(power or 0), 0)
