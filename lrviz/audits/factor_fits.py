"""Fits of a factor: alone, and together with another clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from lrviz.audits.clock_fits import BLOCK, KEPT, MAX_LIMIT, MAX_PER, MAX_TIMES
from lrviz.audits.explanation import Fit
from lrviz.audits.factor import factor_between
from lrviz.audits.number_fits import SAMPLE
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.core.errors import SpecError
from lrviz.core.schedule import Array, Steps64
from lrviz.curves.curve import Curve
from lrviz.mistakes.mistake import Piece, Tick
from lrviz.mistakes.registry import find_mistake
from lrviz.mistakes.usual import SINGLE_TICKS
from lrviz.mistakes.variants import with_rate

FLOOR_KEPT = ", down to the planned floor"
"""What is added where a schedule has another peak, and its floor does not depend on it."""
PROMISING = 0.5
"""Of so many probes a pair gives the rates, or it is not compared with more rows."""


def fit_factor(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the best factor on the plan's rates, and on the optimizer's rate."""
    del epochs
    for fit, _ in scaled_rates(plan, plan.plan, rows.sampled(SAMPLE)):
        yield fit


def scaled_rates(plan: PlanRates, curve: Curve, rows: Rows) -> Iterator[tuple[Fit, Array]]:
    """Yield the best factor on a curve's rates, and on its peak, with the rates at rows.

    The second differs where the schedule has a floor that does not depend on the peak, which is the
    optimizer's rate or the schedule's own. The rates are linear in it, so that the factor and all
    rates follow from two runs.
    """
    mistake = find_mistake("scaled")
    once = plan.run((Piece(0, curve, lambda t: t),), rows.steps)
    factor = factor_between(once, rows)
    if factor is None:
        return
    yield Fit(mistake, {"factor": factor}, (Piece(0, curve, lambda t: t, factor),)), factor * once
    try:
        double = Piece(0, with_rate(curve, 2.0), lambda t: t)
    except SpecError:
        return
    part = plan.run((double,), rows.steps) - once
    factor = factor_between(part, Rows(rows.steps, rows.rates - once + part, rows.tolerance))
    if factor is not None and not np.allclose(part, once, rtol=1e-12, atol=0.0):
        rates = once + (factor - 1) * part
        piece = Piece(0, with_rate(curve, factor), lambda t: t)
        addition = FLOOR_KEPT if curve.schedule.sets_rate else ""
        yield Fit(mistake, {"factor": factor}, (piece,), addition), rates


def most_times(rows: Rows) -> int:
    """Return the largest number of ticks a step that is searched in rows."""
    return max(min(MAX_TIMES, MAX_LIMIT // (rows.last + 1)), SINGLE_TICKS)


class Clock(NamedTuple):
    """A mistake of the clock with one number: its ticks by a step, and the largest number."""

    mistake: str
    ticks: Callable[..., Steps64]
    largest: Callable[[Rows], int]


CLOCKS = (
    Clock("stepped-n-times", lambda t, n: t * n, most_times),
    Clock("stepped-per-n", lambda t, n: t // n, lambda rows: min(rows.last, MAX_PER)),
)


@dataclass(frozen=True, eq=False)
class Linear:
    """Rates that are linear in a factor: `factor * part + offset`, each at a plan's ticks.

    `run` returns the piece of a run with a factor and a tick.
    """

    part: Callable[[Steps64], Array]
    offset: Callable[[Steps64], Array]
    run: Callable[[float, Tick], Piece]


def linear_rates(plan: PlanRates) -> list[Linear]:
    """Return a plan's rates times a factor, and with a factor on the optimizer's rate.

    The second differs where the schedule has a floor that does not depend on the rate.
    """
    curve = plan.plan
    items = [Linear(plan.at, lambda t: np.zeros(t.shape), lambda x, tick: Piece(0, curve, tick, x))]
    if not curve.schedule.sets_rate:
        double = replace(plan, plan=replace(curve, lr=2 * curve.lr))
        items.append(
            Linear(
                lambda t: double.at(t) - plan.at(t),
                lambda t: 2 * plan.at(t) - double.at(t),
                lambda x, tick: Piece(0, replace(curve, lr=curve.lr * x), tick),
            )
        )
    return items


def fit_scaled_clock(plan: PlanRates, rows: Rows) -> Iterator[tuple[Fit, Fit]]:
    """Yield each mistake of the clock with its best number, together with a factor.

    The factor of each number follows from the row with the largest rate of the plan.
    """
    sample = rows.sampled(SAMPLE)
    for clock in CLOCKS:
        pairs = [
            pair
            for linear in linear_rates(plan)
            for number in promising_numbers(linear, clock, rows)
            for pair in scaled_clocks(linear, clock, number, sample)
        ]
        shares = [sample.share(plan.run(scaled.pieces, sample.steps)) for scaled, _ in pairs]
        best = max(shares, default=0.0)
        good = [pair for pair, share in zip(pairs, shares, strict=True) if share == best]
        if good:
            yield min(
                good,
                key=lambda pair: sum(fit.mistake.unusual(plan.plan, fit.values) for fit in pair),
            )


def scaled_clocks(
    linear: Linear, clock: Clock, number: int, rows: Rows
) -> Iterator[tuple[Fit, Fit]]:
    """Yield the best factor with a number of a clock, and the clock."""
    ticks = clock.ticks(rows.steps, number)
    others = Rows(rows.steps, rows.rates - linear.offset(ticks), rows.tolerance)
    factor = factor_between(linear.part(ticks), others)
    if factor is not None:
        piece = linear.run(factor, lambda t: clock.ticks(t, number))
        mistake = find_mistake(clock.mistake)
        name = mistake.parameters[0].name
        yield (
            Fit(find_mistake("scaled"), {"factor": factor}, (piece,)),
            Fit(mistake, {name: number}, (piece,)),
        )


def promising_numbers(linear: Linear, clock: Clock, rows: Rows) -> list[int]:
    """Return the numbers of a clock with which some factor gives the most rows of a few."""
    probes, largest = rows.probes(), clock.largest(rows)
    numbers: list[int] = []
    for start in range(2, largest + 1, BLOCK):
        block = np.arange(start, min(start + BLOCK, largest + 1))
        hits = scaled_hits(linear, clock.ticks(probes.steps, block[:, None]), probes)
        order = np.argsort(-hits, kind="stable")[:KEPT]
        numbers += [int(block[index]) for index in order if hits[index] >= PROMISING]
    return numbers


def scaled_hits(linear: Linear, ticks: Steps64, rows: Rows) -> Array:
    """Return the share of rows that each line of ticks gives with the factor that suits it."""
    part, offset = linear.part(ticks), linear.offset(ticks)
    highest = np.argmax(part, axis=1)
    lines = np.arange(len(ticks))
    top = part[lines, highest]
    with np.errstate(all="ignore"):
        factor = (rows.rates[highest] - offset[lines, highest]) / top
        slack = rows.tolerance + rows.tolerance[highest, None] * part / top[:, None]
        apart = np.abs(factor[:, None] * part + offset - rows.rates)
    return np.where(factor > 0, (apart <= slack).mean(1), 0.0)
