"""Ticks as people write them: rates as `3e-4`, steps as `20k`; the same in picture and terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from lrviz.core.text import format_exact, format_rounded, shorten_exponent
from lrviz.curves.column import Column
from lrviz.curves.curve import SHARE
from lrviz.curves.table import Table
from lrviz.curves.units import TOKENS, AxisUnit

SUFFIXES = ((1_000_000, "M"), (1_000, "k"))
TOKEN_SUFFIXES = ((1e12, "T"), (1e9, "B"), *SUFFIXES)
SUFFIX_DIGITS = 3
"""A number of more significant digits is written out: 12.5k, but 12345."""
MAX_PLAIN = 9_999
"""A number up to this has no suffix beside one below 1,000."""
MAX_WRITTEN_OUT = 99_999
"""A longer number beside an axis is rounded: 450.4k for step 450360."""
WRITTEN_OUT_DIGITS = len(str(MAX_WRITTEN_OUT))
ROUNDED_DIGITS = 4
RATE_DIGITS = range(3, 16)
"""Significant digits of a rate beside an axis, the fewest first."""
MAX_SHIFT = 0.002
"""Rounding a tick's text moves it by at most this share of its axis, about a pixel."""
FEW_STEPS = 12
"""So many steps of a run are seen one by one."""
SIZES = ((1.0, 2.0, 2.5, 5.0), (1.2, 1.5, 3.0, 4.0, 6.0), (7.5,))
"""First digits of the distance between ticks: those of any axis, and those of one whose end is no
multiple of them."""


def step_text(step: float, most_digits: int = SUFFIX_DIGITS) -> str:
    """Return a step's text: `250`, `2k`, `12.5k`, `12345`, `1.5M`."""
    digits = f"{abs(step):.15g}"
    if "e" not in digits and len(digits.replace(".", "").strip("0")) <= most_digits:
        for size, suffix in SUFFIXES:
            if abs(step) >= size:
                return f"{format_exact(step / size)}{suffix}"
    return f"{int(step)}" if step == int(step) else format_exact(step)


def place_text(unit: AxisUnit, step: float) -> str:
    """Return where on an axis a step is: `step 2k`, `epoch 3`, `12.5% of the run`, `1T tokens`."""
    text = unit_text(step, unit)
    if unit.name == SHARE:
        return f"{text} of the run"
    return f"{text} tokens" if unit.name == TOKENS else f"{unit.name} {text}"


def unit_text(step: float, unit: AxisUnit) -> str:
    """Return a step's text in a unit: `2k` steps or epochs, `12.5%`, `1.2T` tokens."""
    value = step / unit.steps
    if unit.name == SHARE:
        return f"{format_rounded(value)}%"
    if unit.name == TOKENS:
        return token_text(value)
    return step_text(round(value)) if is_whole(value) else format_rounded(value)


def step_tick_texts(steps: Sequence[float], unit: AxisUnit) -> list[str]:
    """Return the texts of steps beside an axis: as elsewhere, but long numbers are rounded.

    Beside one with a suffix, as 10k, all have it: 11.73k, not 11730. Short numbers have none where
    one of them is below 1,000: 500, 1000, 1500.
    """
    span = max(steps) - min(steps)
    texts = [short_step_text(step, unit, span, SUFFIX_DIGITS) for step in steps]
    if not any(text.endswith("k") for text in texts):
        return texts
    values = [round(step / unit.steps) for step in steps]
    if max(values) <= MAX_PLAIN and any(0 < value < SUFFIXES[-1][0] for value in values):
        return [short_step_text(step, unit, span, 0) for step in steps]
    return [short_step_text(step, unit, span, WRITTEN_OUT_DIGITS) for step in steps]


def short_step_text(step: float, unit: AxisUnit, span: float, most_digits: int) -> str:
    """Return a step's text: a long number at four digits, where an axis of `span` steps allows.

    A number of at most `most_digits` digits has a suffix.
    """
    value = step / unit.steps
    if unit.name in (SHARE, TOKENS) or not is_whole(value):
        return unit_text(step, unit)
    if abs(value) > MAX_WRITTEN_OUT:
        rounded = float(format_rounded(value))
        if abs(rounded - value) * unit.steps <= MAX_SHIFT * span:
            return step_text(rounded, ROUNDED_DIGITS)
    return step_text(round(value), most_digits)


def is_whole(value: float) -> bool:
    """Return whether a value is a whole number, apart from rounding."""
    return abs(value - round(value)) <= 1e-9 * max(abs(value), 1.0)


def token_text(tokens: float) -> str:
    """Return a number of tokens at three significant digits: `1.26T`, `300B`, `4.19M`, `512`."""
    size, suffix = next((pair for pair in TOKEN_SUFFIXES if tokens >= pair[0]), (1, ""))
    return f"{format_rounded(tokens / size, 3)}{suffix}"


def unit_ticks(first: float, end: float, max_count: int, unit: AxisUnit) -> list[float]:
    """Return up to `max_count` steps, evenly apart, that are round numbers of a unit.

    The end is among them where such a distance divides it.
    """
    low, high = first / unit.steps, end / unit.steps
    ticks = nice_ticks(low, high, max_count, integers_only=True)
    if not math.isclose(ticks[-1], high):
        ticks = dividing_ticks(low, high, max_count, integers_only=True) or ticks
    return [step for tick in ticks if first <= (step := tick * unit.steps) <= end]


def rate_text(rate: float) -> str:
    """Return a rate's text, at four significant digits."""
    return format_rounded(rate, 4)


def rate_tick_texts(
    rates: Sequence[float],
    log: bool = False,
    span: float | None = None,
    with_exponent: bool = False,
) -> list[str]:
    """Return the texts of rates beside an axis, all with an exponent or none.

    They have three significant digits; more on a linear axis where those move one visibly. `span`
    is the distance of its ends, where they are not the first and the last of the rates. They have
    an exponent where one needs it, or with `with_exponent`.
    """
    digits = RATE_DIGITS[0] if log else digits_of(rates, span)
    texts = [format_rounded(rate, digits) for rate in rates]
    if not with_exponent and not any("e" in text for text in texts):
        return texts
    texts = [shorten_exponent(f"{rate:.{digits - 1}e}") for rate in rates]
    return [text.removesuffix("e0") for text in texts]


def digits_of(rates: Sequence[float], span: float | None = None) -> int:
    """Return the fewest significant digits at which no rate beside a linear axis moves visibly."""
    room = MAX_SHIFT * (max(rates) - min(rates) if span is None else span)
    for digits in RATE_DIGITS:
        if all(abs(float(format_rounded(rate, digits)) - rate) <= room for rate in rates):
            return digits
    return RATE_DIGITS[-1]


def change_text(change: float) -> str:
    """Return the text of a difference between rates, with its sign."""
    return ("+" if change > 0 else "") + rate_text(change)


def nice_ticks(low: float, high: float, max_count: int, integers_only: bool = False) -> list[float]:
    """Return up to `max_count` round numbers from `low` to `high`, evenly apart."""
    if not (math.isfinite(high - low) and high > low):
        return [low]
    raw = (high - low) / max(max_count - 1, 1)
    size = 10.0 ** math.floor(math.log10(raw))
    steps = [factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= raw * (1 - 1e-9)]
    steps = [step for step in steps if not integers_only or (step >= 1 and step == int(step))] or [
        1.0
    ]
    first, last = math.ceil(low / steps[0] - 1e-9), math.floor(high / steps[0] + 1e-9)
    return [float(f"{index * steps[0]:.12g}") for index in range(first, last + 1)]


def dividing_ticks(
    low: float, high: float, max_count: int, integers_only: bool = False
) -> list[float]:
    """Return up to `max_count` round numbers, evenly apart, that begin at `low` and end at `high`.

    They are multiples of one of the usual distances, or of another round one; empty where there
    are none, or the two ends alone though there is room for more.
    """
    fewest = 1 if max_count == 2 else 2
    for sizes in SIZES:
        for parts in range(max_count - 1, fewest - 1, -1):
            size = (high - low) / parts
            if (
                first_digits(size) in sizes
                and is_whole(low / size)
                and (is_whole(size) or not integers_only)
            ):
                first = round(low / size)
                return [float(f"{(first + part) * size:.12g}") for part in range(parts + 1)]
    return []


def first_digits(value: float) -> float:
    """Return a positive value divided by its power of ten, from 1 to below 10."""
    return float(f"{value:.9e}".partition("e")[0])


def log_ticks(low: float, high: float, max_count: int) -> list[float]:
    """Return powers of ten (or, on a short axis, 1-2-5 steps) from `low` to `high`."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = [float(f"1e{power}") for power in range(first, last + 1)]
    inside = [tick for tick in decades if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
    if len(inside) > max_count:
        return inside[:: -(-len(inside) // max_count)]
    if len(inside) >= 3:
        return inside
    finer = [tick * factor for tick in decades for factor in (1, 2, 5)]
    finer = [float(f"{tick:.6g}") for tick in finer if low <= tick <= high]
    return finer if len(finer) >= 2 else [float(f"{x:.3g}") for x in np.geomspace(low, high, 3)]


def with_required(ticks: Sequence[float], required: Sequence[float], room: float) -> list[float]:
    """Return ticks with the required values added, and without others nearer to one than `room`."""
    others = [tick for tick in ticks if all(abs(tick - value) >= room for value in required)]
    return sorted({*others, *required})


def axis_end(table: Table) -> float:
    """Return the end of a table's axis of steps, after its first step."""
    return max(table.ends[0] + 1, *(end_of_column(column, table) for column in table.columns))


def end_of_column(column: Column, table: Table) -> float:
    """Return where the axis of steps of a table with this column alone ends."""
    own_unit = AxisUnit(table.unit.name, table.unit.steps / column.stretch)
    units = [own_unit, *filter(None, [table.second_unit])]
    return column.position_of(end_of_axis(column.steps[-1], units))


def end_of_axis(last: int, units: Sequence[AxisUnit] = ()) -> int:
    """Return the end of a step axis whose last step is `last`: the rounder of it and the count.

    It is the count where that is a whole number of one of the units, as of epochs, and else the
    last of few steps, which the next one would be far from.
    """
    if any(unit.steps > 1 and is_whole((last + 1) / unit.steps) for unit in units):
        return last + 1
    if last < FEW_STEPS:
        return last
    return min((last + 1, last), key=lambda step: len(str(step).rstrip("0")))
