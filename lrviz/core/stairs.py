"""Stairs: rates that are constant for a number of steps, whole or not, and then jump."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from lrviz.core.integers import ceil_div
from lrviz.core.segment import Cycles, Part, RateFunction, Segment, hold


def rate_at(rates: RateFunction, step: float) -> float:
    """Return a single rate of a function of many steps."""
    with np.errstate(all="ignore"):
        return float(rates(np.array([step]))[0])


def first_step(multiple: float, span: float, begin: float = 0.0) -> int:
    """Return the first whole step at or after `begin + multiple * span`.

    It is the first step t with `(t - begin) / span >= multiple` in floating-point numbers.
    """
    step = math.ceil(begin + multiple * span)
    if (step - 1 - begin) / span >= multiple:
        return step - 1
    return step + 1 if (step - begin) / span < multiple else step


def stairs(rates: RateFunction, span: float, begin: float = 0.0, ratio: float = 1.0) -> list[Part]:
    """Return the segments of `rates`, which change every `span` steps from `begin` on.

    Stairs shorter than a step are a curve. `ratio` is that of a stair's rate to the one before,
    where it is constant.
    """
    if span < 1:
        return [Segment("decay", math.ceil(begin), rates)]

    def cycle(index: int) -> Sequence[Segment]:
        start = first_step(index, span, begin)
        return [Segment("drop" if index else "hold", start, hold(rate_at(rates, start)))]

    return [Cycles("drop", math.ceil(begin), rates, cycle, period=span, ratio=ratio)]


def length_after(last_drop: int) -> int:
    """Return a quarter more steps than up to the last drop, so that a picture shows the drop."""
    return ceil_div(5 * last_drop, 4)


def listed_stairs(starts: Sequence[int], rates: RateFunction) -> list[Part]:
    """Return the segments of `rates`, which change at the listed steps only; the first is at 0."""

    def cycle(index: int) -> Sequence[Segment]:
        if index >= len(starts):
            return []
        start = starts[index]
        return [Segment("drop" if index else "hold", start, hold(rate_at(rates, start)))]

    return [Cycles("drop", starts[0], rates, cycle, period=0, count=len(starts))]
