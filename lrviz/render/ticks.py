"""Ticks as people write them: rates as `3e-4`, steps as `20k`; the same in picture and terminal."""

from __future__ import annotations

import math

import numpy as np

from lrviz.core.numbers import exact, short

SUFFIXES = ((1_000_000, "M"), (1_000, "k"))


def step_text(step: float, largest: float) -> str:
    """Return a step's text on an axis that goes to `largest`: `250`, `20k`, `1.5M`."""
    if largest >= 20_000:
        for size, suffix in SUFFIXES:
            if abs(step) >= size:
                return f"{exact(step / size)}{suffix}"
    return exact(step)


def rate_text(rate: float) -> str:
    """Return a rate's text on an axis."""
    return short(rate, 4)


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
    decades = [10.0**power for power in range(first, last + 1)]
    inside = [tick for tick in decades if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
    if len(inside) > most:
        return inside[:: -(-len(inside) // most)]
    if len(inside) >= 3:
        return inside
    finer = [tick * factor for tick in decades for factor in (1, 2, 5)]
    finer = [float(f"{tick:.6g}") for tick in finer if low <= tick <= high]
    return finer if len(finer) >= 2 else [float(f"{x:.3g}") for x in np.geomspace(low, high, 3)]
