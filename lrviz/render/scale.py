"""The rate axis as numbers: its ends, linear or logarithmic; the same in picture and terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lrviz.core.finite import all_finite
from lrviz.core.schedule import Array
from lrviz.render.ticks import dividing_ticks, log_ticks, nice_ticks, rate_text

ROUNDING = 1e-12
"""Rates below this share of the peak are rounding errors of a zero."""
TOLERANCE = 1e-9
LARGEST, SMALLEST = 1e300, 1e-300
"""Rates between which float64 can compute distances and shares; an axis ends there."""
BELOW = 0.01
"""Share of a curve's positive rates that may lie below a log axis."""
WHOLE = 1.25
"""A log axis is up to so many times as long to show all positive rates of a curve."""
SHALLOWEST = 10.0
"""The top of a log axis is so many times its lower end, at least."""


class RateScale(NamedTuple):
    """The ends of a rate axis, and whether it is logarithmic; rates outside are cut."""

    low: float
    high: float
    log: bool = False

    def fractions(self, rates: Array) -> Array:
        """Return where rates are between the ends, from 0 to 1; rates outside are clipped."""
        low, high = self.low, self.high
        if self.log:
            rates = np.log10(np.maximum(rates, low))
            low, high = math.log10(low), math.log10(high)
        return np.clip((rates - low) / (high - low), 0.0, 1.0)

    def below(self, rates: Array) -> NDArray[np.bool_]:
        """Return which rates are below the axis, by more than rounding."""
        room = TOLERANCE * (self.low if self.log else self.high - self.low)
        return np.asarray(rates < self.low - room)

    def above(self, rates: Array) -> NDArray[np.bool_]:
        """Return which rates are above the axis, by more than rounding."""
        room = TOLERANCE * (self.high if self.log else self.high - self.low)
        return np.asarray(rates > self.high + room)

    def ticks(self, max_count: int, peak: float = math.nan) -> list[float]:
        """Return about `max_count` round numbers, from 0 to `peak` where they can be."""
        make = log_ticks if self.log else nice_ticks
        ticks = make(self.low, self.high, max_count)
        outside = self.below(np.array(ticks)) | self.above(np.array(ticks))
        ticks = [tick for tick, is_outside in zip(ticks, outside, strict=True) if not is_outside]
        if self.log or self.low != 0.0 or not 0.0 < peak <= self.high:
            return ticks
        has_peak = any(math.isclose(tick, peak) for tick in ticks)
        return ticks if has_peak else dividing_ticks(0.0, peak, max_count) or ticks


def limits(rates: Sequence[Array]) -> tuple[float, float]:
    """Return the lowest and highest finite rate; (0, 0) where there is none."""
    finite = [item[np.isfinite(item)] if not all_finite(item) else item for item in rates]
    finite = [item for item in finite if item.size] or [np.zeros(1)]
    return min(float(item.min()) for item in finite), max(float(item.max()) for item in finite)


def fault_of_ends(
    rates: Sequence[Array], y_min: float | None, y_max: float | None
) -> tuple[str, str] | None:
    """Return the end of an axis that all rates are beyond, and what it must be; None where none is.

    The end of constant rates may be these.
    """
    low, high = limits(rates)
    is_constant = low == high
    if y_max is not None and (y_max < low or (y_max == low and not is_constant)):
        return "y_max", f"must be above the lowest rate, {rate_text(low)} (got {rate_text(y_max)})"
    if y_min is not None and (y_min > high or (y_min == high and not is_constant)):
        return (
            "y_min",
            f"must be below the highest rate, {rate_text(high)} (got {rate_text(y_min)})",
        )
    return None


def rate_scale(
    rates: Sequence[Array],
    *,
    log: bool = False,
    y_min: float | None = None,
    y_max: float | None = None,
    headroom: bool = True,
) -> RateScale:
    """Return the axis for rates: without `y_min` and `y_max` a linear one holds them all.

    A log axis ends where `log_floor` says; without a positive rate it is linear. A `y_min` of 0 or
    less has no place on a log axis and is ignored there. Without `headroom` the axis ends at the
    peak, and begins at the lowest rate where that is not 0.
    """
    low, high = limits(rates)
    if log and (high if y_max is None else y_max) > 0:
        top = high if y_max is None else y_max
        bottom = y_min if y_min is not None and 0 < y_min < top else log_floor(rates, top)
        return drawable(bottom if bottom < top else top / 10, top, log=True)
    bottom, top = padded(low, high)
    if not headroom and high > bottom:
        bottom, top = (low if bottom and low < high else bottom), high
    bottom = bottom if y_min is None else y_min
    top = top if y_max is None else y_max
    return drawable(bottom, top)


def drawable(low: float, high: float, log: bool = False) -> RateScale:
    """Return the axis between two ends, moved to where float64 can compute with their distance."""
    low, high = (min(max(end, -LARGEST), LARGEST) for end in (low, high))
    if log:
        low, high = max(low, SMALLEST), max(high, SMALLEST * 10)
    if high <= low:
        high = low + max(1.0, abs(low) * TOLERANCE)
    return RateScale(low, max(high, low + SMALLEST), log)


def padded(low: float, high: float) -> tuple[float, float]:
    """Return the axis' ends: from 0 where that wastes little room, never below for rates >= 0."""
    if high - low <= ROUNDING * max(high, -low):
        return (0.0, high * 1.25) if high > 0 else (high * 1.25, 0.0) if high < 0 else (0.0, 1.0)
    if 0 <= low <= 0.6 * high:
        return 0.0, high * 1.06
    room = 0.08 * (high - low)
    return (max(low - room, 0.0) if low >= 0 else low - room), high + room


def log_floor(rates: Sequence[Array], top: float) -> float:
    """Return the lower end of a log axis, from one decade below `top` to twelve.

    A percent of each curve's positive rates may lie below it: on a log axis the first steps of a
    warm-up from 0, and the last ones of a decay to 0, are as high as all others together. Where all
    positive rates take little more room, as those of an exponential decay do, it is the smallest.
    """
    return min((curve_floor(item, top) for item in rates), default=top / SHALLOWEST)


def curve_floor(rates: Array, top: float) -> float:
    """Return the lower end of a log axis for one curve."""
    shallowest = top / SHALLOWEST or top  # that of the smallest float is 0
    positive = rates[np.isfinite(rates) & (rates > 0) & (rates >= top * ROUNDING)]
    if not positive.size:
        return shallowest
    below = int(BELOW * positive.size)
    bulk = min(float(np.partition(positive, below)[below]), shallowest)
    lowest, peak = float(positive.min()), min(float(positive.max()), top)
    return min(lowest, bulk) if peak / lowest <= (peak / bulk) ** WHOLE else bulk
