"""A log that repeats itself: the run was restarted, and another mistake was made in both parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from lrviz.audits.explanation import Explanation, Fit
from lrviz.audits.number_fits import SAMPLE, roundest, share_of
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.mistakes.mistake import Piece
from lrviz.mistakes.registry import find_mistake

FEWEST = 5
"""So many rows are before a restart, and after it."""
JUMP = 0.1
"""The least jump of the rates at a restart, as a share of the peak."""
ALIKE = 0.03
"""How far apart the rates after a restart are from those at the beginning, as a share of it."""
TRIED = 3
"""Mistakes that are tried before a restart."""
WITHOUT = ("as-planned", "shifted")
"""What is no mistake of a part of a run."""
FIRST_ONLY = " (before the restart only)"
"""What is added to a mistake that is not made again after a restart."""
MOST = 2_000
"""Steps between two rows that are tried."""


def repetition(rows: Rows) -> int | None:
    """Return how many rows are before the largest jump, where the rates after it are the first.

    Between rows the rates are taken as straight lines. None where there is no such jump.
    """
    if len(rows) < 2 * FEWEST:
        return None
    change = np.abs(np.diff(rows.rates))
    count = int(np.argmax(change)) + 1
    if change[count - 1] < JUMP * rows.peak or not FEWEST <= count <= len(rows) - FEWEST:
        return None
    before, after = rows.take(slice(count)), rows.take(slice(count, None))
    elapsed = after.steps - int(after.steps[0])
    both = elapsed <= before.last
    first = np.interp(elapsed[both], before.steps, before.rates)
    apart = np.abs(first - after.rates[both])
    return count if float(np.mean(apart)) <= ALIKE * rows.peak else None


def beginning(item: Explanation, plan: PlanRates, rows: Rows) -> int:
    """Return how many of the first rows an explanation gives."""
    matches = rows.matches(item.rates(plan, rows.steps))
    return len(rows) if matches.all() else int(np.argmin(matches))


def restarts_after(
    plan: PlanRates, rows: Rows, items: Iterable[Explanation], offset: int
) -> Iterator[tuple[Fit, Fit]]:
    """Yield a restart of the runs with a mistake that give the longest beginning of rows."""
    own = replace(rows, steps=np.maximum(rows.steps + offset, 0))
    fits = [
        (beginning(item, plan, rows), item.fits[0])
        for item in items
        if item.offset == offset and len(item.fits) == 1 and item.ids[0] not in WITHOUT
    ]
    longest = sorted(fits, key=lambda pair: -pair[0])[:TRIED]
    for count, fit in longest:
        if FEWEST <= count <= len(rows) - FEWEST:
            yield from restarted_after(plan, own, count, fit)


def restarted_after(plan: PlanRates, rows: Rows, count: int, fit: Fit) -> Iterator[tuple[Fit, Fit]]:
    """Yield a restart of a run with a mistake that gives the first `count` rows, beside it.

    The run begins again between the last of them and the next one, with the mistake or without.
    """
    if len(fit.pieces) != 1 or share_of(fit.pieces, plan, rows.take(slice(count))) < 1:
        return
    (piece,) = fit.pieces
    low, high = int(rows.steps[count - 1]) + 1, int(rows.steps[count])
    numbers = range(max(low, high - MOST), high + 1)
    sample = rows.take(slice(count, None)).sampled(SAMPLE // 4)
    for again, addition in ((piece, ""), (Piece(0, plan.plan, lambda t: t), FIRST_ONLY)):
        runs = [(start_at(again, number),) for number in numbers]
        shares = [sample.share(plan.run(run, sample.steps)) for run in runs]
        best = [n for n, share in zip(numbers, shares, strict=True) if share == max(shares)]
        at = roundest(best)
        pieces = (piece, start_at(again, at))
        restart = Fit(find_mistake("restarted"), {"at": at}, pieces)
        yield restart, replace(fit, pieces=pieces, addition=fit.addition + addition)


def start_at(piece: Piece, at: int) -> Piece:
    """Return a piece of a run that begins at a step with its first rate."""
    return replace(piece, start=at, tick=lambda t: piece.tick(np.maximum(t - at, 0)))
