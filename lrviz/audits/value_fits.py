"""Fits of another value of a parameter of the plan's own schedule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from lrviz.audits.explanation import Fit, fitted, pieces_of
from lrviz.audits.number_fits import COMPARED, SAMPLE, best_number, distance, share_of
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.mistakes.mistake import Piece
from lrviz.mistakes.registry import find_mistake
from lrviz.mistakes.variants import acts_as_length, numbers_of

WITHIN_ONE, ABOVE_ONE = 41, 16
"""Values from 0 to 1 that are tried first, close to both ends, and larger ones."""
STEEP = 8.0
"""The logarithm of the odds of the largest value below 1."""
MOST = 1e3
"""The largest value that is tried, in those of the plan."""
SECTIONS = 44
"""Golden sections: each leaves 0.618 of the values."""
GOLDEN = (5**0.5 - 1) / 2
BEST = 2
"""Values of the first round between whose neighbours others are tried."""
PROMISING = 0.1
"""So near to rows a run is that another value may bring nearer."""
DIGITS = 12
CLOSE = 1e-6
"""Rates so near to each other, as shares of the peak, are the same."""

Variant = Callable[[Any], Sequence[Piece] | None]


def fit_value(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the best value of each parameter of the plan's schedule that is a number, or several.

    Those with a role, as the length, are other mistakes, and so is what stands for a length.
    """
    del epochs
    sample, mistake = rows.sampled(SAMPLE), find_mistake("other-value")

    def run(name: str, value: Any) -> Sequence[Piece] | None:
        return pieces_of(mistake, plan, {name: value})

    for name, planned in numbers_of(plan.plan.schedule).items():
        variant = partial(run, name)
        if acts_as_length(plan.plan.schedule, name):
            continue
        if has_effect(variant, planned, plan, sample):
            value = best_value(variant, planned, plan, sample)
            if value is not None and value != planned:
                yield from fitted("other-value", plan, **{name: value})


def has_effect(variant: Variant, planned: Any, plan: PlanRates, rows: Rows) -> bool:
    """Return whether another value of a parameter changes the rates of rows."""
    pieces = variant(halved(planned))
    if pieces is None:
        return True
    apart = np.abs(plan.run(pieces, rows.steps) - plan.at(rows.steps))
    return bool(np.any(apart > CLOSE * plan.peak))


def halved(value: Any) -> Any:
    """Return half a value, or half of each of several; 1 instead of 0."""
    if isinstance(value, tuple):
        return tuple(map(halved, value))
    half = value // 2 if isinstance(value, int) else value / 2
    return half or type(value)(1)


def best_value(variant: Variant, planned: Any, plan: PlanRates, rows: Rows) -> Any:
    """Return the value with which a variant of the run gives rows best; None without one."""
    if isinstance(planned, tuple):
        return best_values(variant, planned, plan, rows)
    if isinstance(planned, int):
        return best_whole(variant, planned, plan, rows)
    if planned.is_integer() and planned > 1:  # it may count steps
        number = best_whole(variant, int(planned), plan, rows)
        if number is not None and share_of(variant(number), plan, rows) == 1:
            return number
    return best_real(variant, planned, plan, rows)


def best_values(
    variant: Variant, planned: tuple[Any, ...], plan: PlanRates, rows: Rows
) -> tuple[Any, ...] | None:
    """Return the values of a parameter that has several, each fitted after those before it."""
    values = planned
    for index, value in enumerate(planned):

        def changed(other: Any, index: int = index) -> Sequence[Piece] | None:
            return variant((*values[:index], other, *values[index + 1 :]))  # noqa: B023

        best = best_value(changed, value, plan, rows)
        values = (*values[:index], value if best is None else best, *values[index + 1 :])
    return values


def best_whole(variant: Variant, planned: int, plan: PlanRates, rows: Rows) -> int | None:
    """Return the whole number that gives rows best; of those that give as many the roundest."""
    compared = rows.sampled(COMPARED)
    largest = max(2 * plan.length, 2 * planned)
    best = best_number(lambda n: distance(variant(n), plan, compared), largest, (planned,))
    if best is None:
        return None
    least = share_of(variant(best), plan, rows)
    for digits in range(1, len(str(best))):
        shorter = int(float(f"{best:.{digits - 1}e}"))
        if share_of(variant(shorter), plan, rows) >= least:
            return shorter
    return best


def best_real(variant: Variant, planned: float, plan: PlanRates, rows: Rows) -> float | None:
    """Return the number that gives rows best, with the fewest digits that give as many."""
    compared = rows.sampled(COMPARED)

    def loss(value: float) -> float:
        return distance(variant(value), plan, compared)

    odds = np.exp(np.linspace(-STEEP, STEEP, WITHIN_ONE))
    larger = np.geomspace(1.0, MOST * max(planned, 1.0), ABOVE_ONE)
    grid = sorted({0.0, planned, *(odds / (1 + odds)).tolist(), *larger.tolist()})
    losses = [loss(value) for value in grid]
    ends = [
        (grid[max(index - 1, 0)], grid[min(index + 1, len(grid) - 1)])
        for index in np.argsort(losses, kind="stable")[:BEST].tolist()
        if losses[index] < PROMISING
    ]
    values = [narrowed(loss, low, high) for low, high in ends]
    if not values:
        return None
    best = min(values, key=loss)
    least = share_of(variant(best), plan, rows)
    shorter = (float(f"{best:.{digits}e}") for digits in range(DIGITS))
    return next((v for v in shorter if share_of(variant(v), plan, rows) >= least), best)


def narrowed(loss: Callable[[float], float], low: float, high: float) -> float:
    """Return the number between two with the smallest loss, by golden sections."""
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    of_left, of_right = loss(left), loss(right)
    for _ in range(SECTIONS):
        if of_left <= of_right:
            high, right, of_right = right, left, of_left
            left = high - GOLDEN * (high - low)
            of_left = loss(left)
        else:
            low, left, of_left = left, right, of_right
            right = low + GOLDEN * (high - low)
            of_right = loss(right)
    return left if of_left <= of_right else right
