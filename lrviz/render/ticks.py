"""Ticks as people write them: rates as `3e-4`, steps as `20k`; the same in picture and terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from lrviz.core.text import format_exact, format_rounded
from lrviz.curves.curve import SHARE, SHARE_POINTS

SUFFIXES = ((1_000_000, "M"), (1_000, "k"))
SUFFIX_DIGITS = 3
"""A number of more significant digits is written out: 12.5k, but 12345."""


def step_text(step: float, axis: str = "step") -> str:
    """Return a step's text: `250`, `2k`, `12.5k`, `12345`, `1.5M`; on an axis of shares `12.5%`."""
    if axis == SHARE:
        return f"{format_exact(step * 100 / SHARE_POINTS)}%"
    digits = f"{abs(step):.15g}"
    if "e" not in digits and len(digits.replace(".", "").strip("0")) <= SUFFIX_DIGITS:
        for size, suffix in SUFFIXES:
            if abs(step) >= size:
                return f"{format_exact(step / size)}{suffix}"
    return f"{int(step)}" if step == int(step) else format_exact(step)


def place_text(axis: str, step: float) -> str:
    """Return where on an axis a step is: `step 2k`, `epoch 3`, `12.5% of the run`."""
    text = step_text(step, axis)
    return f"{text} of the run" if axis == SHARE else f"{axis} {text}"


def rate_text(rate: float) -> str:
    """Return a rate's text, at four significant digits."""
    return format_rounded(rate, 4)


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
