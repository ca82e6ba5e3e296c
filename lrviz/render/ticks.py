"""Ticks as people write them: rates as `3e-4`, steps as `20k`; the same in picture and terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from lrviz.core.text import format_exact, format_rounded
from lrviz.curves.curve import SHARE
from lrviz.curves.units import TOKENS, AxisUnit

SUFFIXES = ((1_000_000, "M"), (1_000, "k"))
TOKEN_SUFFIXES = ((1e12, "T"), (1e9, "B"), *SUFFIXES)
SUFFIX_DIGITS = 3
"""A number of more significant digits is written out: 12.5k, but 12345."""


def step_text(step: float) -> str:
    """Return a step's text: `250`, `2k`, `12.5k`, `12345`, `1.5M`."""
    digits = f"{abs(step):.15g}"
    if "e" not in digits and len(digits.replace(".", "").strip("0")) <= SUFFIX_DIGITS:
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


def is_whole(value: float) -> bool:
    """Return whether a value is a whole number, apart from rounding."""
    return abs(value - round(value)) <= 1e-9 * max(abs(value), 1.0)


def token_text(tokens: float) -> str:
    """Return a number of tokens at three significant digits: `1.26T`, `300B`, `4.19M`, `512`."""
    size, suffix = next((pair for pair in TOKEN_SUFFIXES if tokens >= pair[0]), (1, ""))
    return f"{format_rounded(tokens / size, 3)}{suffix}"


def unit_ticks(first: float, end: float, most: int, unit: AxisUnit) -> list[float]:
    """Return up to `most` steps, evenly apart, that are round numbers of a unit."""
    ticks = nice_ticks(first / unit.steps, end / unit.steps, most, whole=True)
    return [step for tick in ticks if first <= (step := tick * unit.steps) <= end]


def rate_text(rate: float) -> str:
    """Return a rate's text, at four significant digits."""
    return format_rounded(rate, 4)


def change_text(change: float) -> str:
    """Return the text of a difference between rates, with its sign."""
    return ("+" if change > 0 else "") + rate_text(change)


def nice_ticks(low: float, high: float, most: int, whole: bool = False) -> list[float]:
    """Return up to `most` round numbers from `low` to `high`, evenly apart."""
    if not (math.isfinite(high - low) and high > low):
        return [low]
    raw = (high - low) / max(most - 1, 1)
    size = 10.0 ** math.floor(math.log10(raw))
    steps = [factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= raw * (1 - 1e-9)]
    steps = [step for step in steps if not whole or (step >= 1 and step == int(step))] or [1.0]
    first, last = math.ceil(low / steps[0] - 1e-9), math.floor(high / steps[0] + 1e-9)
    return [float(f"{index * steps[0]:.12g}") for index in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return powers of ten (or, on a short axis, 1-2-5 steps) from `low` to `high`."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = [float(f"1e{power}") for power in range(first, last + 1)]
    inside = [tick for tick in decades if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
    if len(inside) > most:
        return inside[:: -(-len(inside) // most)]
    if len(inside) >= 3:
        return inside
    finer = [tick * factor for tick in decades for factor in (1, 2, 5)]
    finer = [float(f"{tick:.6g}") for tick in finer if low <= tick <= high]
    return finer if len(finer) >= 2 else [float(f"{x:.3g}") for x in np.geomspace(low, high, 3)]


def with_required(ticks: Sequence[float], required: Sequence[float], room: float) -> list[float]:
    """Return ticks with the required values added, and without others nearer to one than `room`."""
    others = [tick for tick in ticks if all(abs(tick - value) >= room for value in required)]
    return sorted({*others, *required})


def end_of_axis(last: int) -> int:
    """Return the end of a step axis whose last step is `last`: the rounder of it and the count."""
    return min((last + 1, last), key=lambda step: len(str(step).rstrip("0")))
