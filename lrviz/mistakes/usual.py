"""Values that the parameters of mistakes usually have."""

from __future__ import annotations

from fractions import Fraction
from math import isclose

from lrviz.curves.curve import Curve
from lrviz.mistakes.variants import steps_of, warmup_of

SINGLE_TICKS, TICKS = 16, (8, 10)
"""Up to the first all numbers of ticks are usual, and above it multiples of the others."""
MAX_PARTS, MAX_TIMES = 10, 16
"""The largest denominator and numerator of a usual ratio of two lengths."""
PARTS = 20
"""A run is seldom resumed in the first of so many parts, and seldom skips more steps than that."""
SCALINGS = 8
"""A scale of the loss that begins far too high, as one of 65,536, is halved in so many steps."""
CLOSE = 1e-6


def is_usual_count(plan: Curve, value: float) -> bool:
    """Return whether processes, accumulated batches, or the steps of an epoch are so many."""
    is_multiple = any(value % ticks == 0 for ticks in TICKS)
    return value <= SINGLE_TICKS or is_multiple or value == plan.steps_per_epoch


def is_usual_factor(plan: Curve, value: float) -> bool:
    """Return whether a factor, its inverse, its square, or its rate is a round number."""
    is_one_round = any(is_round(number) for number in (value, value**2, value * plan.lr))
    return is_one_round or is_round(1 / value)


def is_round(value: float) -> bool:
    """Return whether a number is whole, or has at most two significant digits."""
    return any(isclose(value, other, rel_tol=CLOSE) for other in (round(value), two_digits(value)))


def two_digits(value: float) -> float:
    """Return a number rounded to two significant digits."""
    return float(f"{value:.1e}")


def is_usual_length(plan: Curve, value: float) -> bool:
    """Return whether a length is a round number, or in a simple ratio to the plan's."""
    planned_length = steps_of(plan)
    if not planned_length or two_digits(value) == value:
        return True
    ratio = Fraction(int(value), planned_length).limit_denominator(MAX_PARTS)
    return ratio.numerator <= MAX_TIMES and abs(value - ratio * planned_length) < 1


def is_usual_or_off_by_one(plan: Curve, value: float) -> bool:
    """Return whether a length is a usual one, or a step longer or shorter than the plan's."""
    planned_length = steps_of(plan)
    is_off_by_one = planned_length is not None and abs(value - planned_length) <= 1
    return is_off_by_one or is_usual_length(plan, value)


def is_near_warmup(plan: Curve, value: float) -> bool:
    """Return whether a warm-up is half or twice as long as the plan's."""
    planned = (warmup_of(plan.schedule) or 0) * plan.steps_per_tick
    return value in (planned // 2, planned * 2)


def is_usual_resumption(plan: Curve, value: float) -> bool:
    """Return whether a step is late enough for a run to be resumed at it."""
    return value * PARTS >= plan.count()


def is_usual_lag(plan: Curve, value: float) -> bool:
    """Return whether a run skips so many steps; a short one those in which a scale is found."""
    return value * PARTS <= plan.count() or value <= SCALINGS


def is_usual_floor(plan: Curve, value: float) -> bool:
    """Return whether a floor is low enough for the rates to fall to it."""
    return plan.schedule.sets_rate or value <= plan.lr / 2
