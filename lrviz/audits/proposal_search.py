"""The search for the schedule that a log is of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrviz.audits.budget import Budget
from lrviz.audits.countings import CONVENTIONS, countings
from lrviz.audits.interrupted_proposal import interrupted_proposal
from lrviz.audits.log import Log
from lrviz.audits.outline import outline_of, straight_line
from lrviz.audits.proposal import TOO_FEW, Proposal, nearest, proposal_of
from lrviz.audits.rows import Rows
from lrviz.core.errors import SpecError

MOST_TICKS = (8, 6)
"""Ticks of a scheduler in a step, each with what divides them."""
NEAR, MANY = 0.02, 0.5
"""What the best spec of the most ticks leaves of a schedule that ticks several times a step, at
most, as a share of the peak, or which share of the rows it gives at least."""
MOST_LEVEL = 8
"""Rows at the beginning whose equal rates may be those of missed ticks; more are of a hold."""
SMALLEST, LARGEST = 1e-50, 1e50
"""Rates whose powers, which fits need, are still float64."""


def propose(log: Log) -> list[Proposal]:
    """Return the proposal for each column of rates of a log.

    Raises SpecError for a log of fewer than five rows.
    """
    proposals = [propose_series(log, index) for index in range(len(log.series))]
    return [proposal.with_round_end() for proposal in proposals]


def propose_series(log: Log, index: int) -> Proposal:
    """Return the proposal for one column of rates; it counts steps, or epochs where the log does.

    Where a log counts steps done, a row has the rate that its step used, or the next one: what
    gives the better spec, or of two that give all rows the shorter one. So it is where a log
    without steps may begin with one of several. Another log that may count its steps from 1 does so
    where no spec is good otherwise.
    """
    series = log.series[index]
    if len(series) < TOO_FEW:
        message = f"has {len(series)} rows with a rate: too few to propose a schedule"
        raise SpecError.of(log.path, message, "too-few-rows")
    sizes = np.abs(series.rates[series.rates != 0])
    if not len(sizes):
        raise SpecError.of(log.path, "has only rates of 0: no schedule is proposed", "no-rates")
    if np.any((sizes < SMALLEST) | (sizes > LARGEST)):
        message = f"has rates below {SMALLEST:g} or above {LARGEST:g}: no schedule is proposed"
        raise SpecError.of(log.path, message, "no-rates")
    as_read, *others = countings(log)
    proposals, budget = list[Proposal](), Budget()
    for counted in (as_read, *others):
        if counted is as_read or log.every or not any(item.is_good for item in proposals):
            proposals += [
                proposal_of(counted, counted.series[index], convention, offset, budget)
                for convention, offset in CONVENTIONS[log.counts_done].items()
            ]
    best = nearest(proposals)
    if best.matched == 1.0 and not best.rises_again:
        return best
    late = late_proposal(proposals, budget)
    if late and late.matched > best.matched:
        return late
    is_nearly = best.is_good and best.matched < 1.0
    ticked = ticked_proposal(best, budget) if is_nearly else None
    if ticked and ticked.matched == 1.0:
        return ticked
    interrupted = interrupted_proposal([best] if best.is_good else proposals, budget)
    if interrupted and interrupted.interruption and interrupted.interruption.mistake:
        return interrupted
    ticked = ticked or ticked_proposal(best, budget)
    return ticked if ticked and ticked.matched > best.matched else interrupted or best


def late_proposal(proposals: Sequence[Proposal], budget: Budget) -> Proposal | None:
    """Return the good schedule that begins some steps late, by the fewest; None without.

    Its first steps have no tick, as where loss scaling skips the optimizer's.
    """
    items = []
    for item in proposals:
        lag, offset = lag_of(item.logged), CONVENTIONS[item.log.counts_done][item.convention]
        if lag:
            late = proposal_of(item.log, item.series, item.convention, offset, budget, lag=lag)
            items += [late] if late.is_good else []
    return min(items, key=lambda item: (-item.matched, item.lag), default=None)


def lag_of(rows: Rows) -> int:
    """Return after how many steps the rates leave their first one, or 0 where no row shows it.

    In a warm-up that is where its line is at that rate.
    """
    level = np.abs(rows.rates - rows.rates[0]) <= rows.tolerance
    count = int(np.argmin(np.append(level, False)))
    if count > MOST_LEVEL:
        return 0
    outline = outline_of(rows)
    begins = rows.steps[0] == 0
    rise = slice(count if begins else 0, outline.first)
    if len(outline.t[rise]) > 1:
        slope, start = straight_line(outline.t[rise], outline.y[rise], outline.weights[rise])
        first = rows.rates[0] if begins else 0.0
        lag = round((first - start) / slope) if slope > 0 else 0
        return lag if 0 < lag < rows.steps[count if begins else 0] else 0
    return int(rows.steps[count - 1]) if begins else 0


def ticked_proposal(proposal: Proposal, budget: Budget) -> Proposal | None:
    """Return the schedule of a log of steps whose scheduler ticks several times a step.

    That is one of processes, whose warm-up or length is no whole number of steps. Few numbers of
    ticks are tried: what several give, their multiple gives as well. Of those that do, it is the
    smallest. Where no schedule of the most ticks is near, none of fewer is.
    """
    log, series = proposal.log, proposal.series
    if log.by_epoch:
        return None

    def ticked(ticks: int) -> Proposal:
        items = CONVENTIONS[log.counts_done].items()
        return nearest(
            [proposal_of(log, series, name, offset, budget, ticks) for name, offset in items]
        )

    for most in MOST_TICKS:
        if budget.is_spent:
            return None
        largest = ticked(most)
        if largest.is_good:
            fewer = (ticked(n) for n in range(2, most) if most % n == 0)
            return next((item for item in fewer if item.is_good), largest)
        if largest.rms > NEAR and largest.matched < MANY:
            return None
    return None
