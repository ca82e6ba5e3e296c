"""Fits of a run that follows its plan up to a step, and from then on goes through it otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from lrviz.audits.clock_fits import first_difference, fit_restart
from lrviz.audits.explanation import Fit
from lrviz.audits.factor_fits import scaled_rates
from lrviz.audits.length_fits import resumption
from lrviz.audits.number_fits import COMPARED, SAMPLE, best_number, distance
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.core.text import format_choice
from lrviz.mistakes.mistake import Piece
from lrviz.mistakes.registry import find_mistake
from lrviz.mistakes.usual import SINGLE_TICKS

FEWEST = 3
"""A run goes on otherwise for at least so many rows."""
MOST_RESTARTS = 20
MOST_STEPS = 500
"""Steps between two rows at which the ticks are tried to change."""
SAME_RATE = "resume with the rate that the run began with, or plan the other one"
SAME_STATE = "load the scheduler's state of the step at which the run is resumed"


def fit_restarts(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the steps at which the plan begins again, where it does so several times."""
    starts: list[int] = []
    rest = rows
    while len(starts) < MOST_RESTARTS:
        fit = next(fit_restart(plan, rest, epochs), None)
        if fit is None:
            break
        at = fit.values["at"]
        starts.append(at + sum(starts[-1:]))
        later = rest.take(rest.steps >= at)
        rest = replace(later, steps=later.steps - at)
        if len(rest) < FEWEST:
            break
    if len(starts) > 1:
        pieces = [piece_from(plan, at) for at in (0, *starts)]
        first, *others = starts
        steps = format_choice([f"{at:,}" for at in others], "and")
        addition = f", and again at {plan.plan.axis} {steps}"
        values = {"at": first, "again": tuple(others)}
        yield Fit(find_mistake("restarted"), values, tuple(pieces), addition, len(others))


def fit_later_factor(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the step from which the rates are the plan's times a factor, as of another peak."""
    del epochs
    first = first_difference(plan, rows)
    if not first or len(rows) - first < FEWEST:
        return
    after = rows.take(slice(first, None)).sampled(SAMPLE)
    for fit, _ in scaled_rates(plan, plan.plan, after):
        yield replace(later(fit, plan, resumption(rows, first) * plan.window), remedy=SAME_RATE)


def fit_later_ticks(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the step from which the scheduler ticks several times a step, as of more processes."""
    del epochs
    first = first_difference(plan, rows)
    if not first or len(rows) - first < FEWEST or plan.window > 1:
        return
    after, (before, last) = (
        rows.take(slice(first, None)),
        rows.steps[first - 1 : first + 1].tolist(),
    )
    starts = np.arange(max(min(before, last - 1), last - MOST_STEPS), last)
    probes, sample = after.probes(), after.sampled(SAMPLE)
    mistake = find_mistake("stepped-n-times")
    best = (0.0, 0, 0)
    for n in range(2, SINGLE_TICKS + 1):
        hits = probes.matches(plan.at(n * probes.steps - (n - 1) * starts[:, None])).mean(1)
        at = int(starts[int(np.argmax(hits))])
        best = max(best, (sample.share(plan.at(n * sample.steps - (n - 1) * at)), n, at))
    _, n, at = best
    if n:
        piece = Piece(0, plan.plan, lambda t: t + (n - 1) * (t - at))
        yield later(Fit(mistake, {"n": n}, (piece,)), plan, at)


def fit_lead(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the step from which the rates are those of later steps of the plan."""
    del epochs
    first = first_difference(plan, rows)
    if not first or len(rows) - first < FEWEST:
        return
    after = rows.take(slice(first, None))
    compared, sample = after.sampled(COMPARED), after.sampled(SAMPLE)

    def run(by: int) -> tuple[Piece, ...]:
        return (Piece(0, plan.plan, lambda t: t + by * plan.window),)

    by = best_number(lambda by: distance(run(by), plan, compared), plan.length // plan.window)
    if by and by > 1 and sample.share(plan.run(run(by), sample.steps)):
        fit = Fit(find_mistake("shifted"), {"by": by * plan.window}, run(by))
        yield replace(later(fit, plan, resumption(rows, first) * plan.window), remedy=SAME_STATE)


def piece_from(plan: PlanRates, at: int) -> Piece:
    """Return a plan that begins at a step."""
    return Piece(at, plan.plan, lambda t: t - at)


def later(fit: Fit, plan: PlanRates, at: int) -> Fit:
    """Return a fit of a single piece that begins at a step, and the plan before it."""
    (piece,) = fit.pieces
    pieces = (Piece(0, plan.plan, lambda t: t), replace(piece, start=at))
    addition = f"{fit.addition}, from {plan.plan.axis} {at:,} on"
    return Fit(fit.mistake, {**fit.values, "at": at}, pieces, addition, extra=1)


LATER = (fit_restarts, fit_later_factor, fit_later_ticks, fit_lead)
"""Fits of rarer forms of mistakes, which are those of a run that is resumed."""
