"""The schedule of a log up to a break, and what follows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from lrviz.audits.budget import Budget
from lrviz.audits.interruption import (
    Interruption,
    before_breaks,
    before_jumps,
    beginnings,
    mistake_after,
    since,
)
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.proposal import TOO_FEW, Proposal, with_run
from lrviz.audits.rows import Rows
from lrviz.audits.spec_quality import on_axis_of, quality
from lrviz.audits.spec_search import GOOD, best_spec

MANY = 0.25
"""A schedule of so many of the rows is told also where what comes after it is not explained."""


def interrupted_proposal(proposals: Sequence[Proposal], budget: Budget) -> Proposal | None:
    """Return the schedule up to a break after which it is known what follows; else of many rows.

    Of those that count their steps otherwise it is the shortest spec.
    """
    items = [item for item in (first_interrupted(one, budget) for one in proposals) if item]
    return min(items, key=interrupted_rank, default=None)


def interrupted_rank(proposal: Proposal) -> tuple[bool, bool, int]:
    """Return what schedules up to a break are sorted by, the best first."""
    what = proposal.interruption
    is_known = bool(what and (what.mistake or what.following))
    return not is_known, not (what and what.mistake), len(str(proposal.spec))


def first_interrupted(uninterrupted: Proposal, budget: Budget) -> Proposal | None:
    """Return the first schedule up to a break after which it is known what follows.

    Without one it is the first of many rows, up to a jump. Where the rows are of one schedule, what
    follows is a mistake with the one before the break.
    """
    many: Proposal | None = None
    for item in interrupted_proposals(uninterrupted, budget):
        assert item.interruption
        is_good = uninterrupted.is_good
        if item.interruption.mistake or (item.interruption.following and not is_good):
            return item
        count = int(np.searchsorted(item.series.steps, item.interruption.step))
        is_jump = count in map(len, before_jumps(item.logged, TOO_FEW))
        if many is None and is_jump and count >= MANY * len(item.logged) and not is_good:
            many = item
    return many


def interrupted_proposals(uninterrupted: Proposal, budget: Budget) -> Iterator[Proposal]:
    """Yield the schedules of the rows up to each break that has one."""
    log, series, ticks = uninterrupted.log, uninterrupted.series, uninterrupted.ticks
    rows, resumed = uninterrupted.logged, uninterrupted.resumed_rows
    for before in before_breaks(rows, TOO_FEW, resumed):
        if budget.is_spent:
            return
        spec = with_run(best_spec(before, log.by_epoch, budget), log, series, ticks)
        matched, rms = quality(spec, rows)
        if quality(spec, before)[0] < GOOD or matched == 1.0:
            continue
        plan, on_axis = on_axis_of(spec, rows)
        is_one = not uninterrupted.rises_again
        least = max(matched, uninterrupted.matched) if is_one else matched
        interruption = interruption_of(plan, on_axis, rows, len(before), resumed, least, budget)
        step, unit = int(series.steps[len(before)]), "epoch" if log.by_epoch else "step"
        yield replace(
            uninterrupted,
            spec=spec,
            plan=plan,
            rows=on_axis,
            matched=matched,
            rms=rms,
            interruption=replace(interruption, step=step, unit=unit),
        )


def interruption_of(
    plan: PlanRates,
    on_axis: Rows,
    rows: Rows,
    index: int,
    resumed: Sequence[int],
    least: float,
    budget: Budget,
) -> Interruption:
    """Return the interruption before the row of an index: a mistake, or another schedule.

    `on_axis` has the rows on the axis of the plan, `rows` as the log counts them. A mistake gives
    more than the `least` share of them, which schedules without one give.
    """
    before, after = rows.take(slice(index)), rows.take(slice(index, None))
    step = int(after.steps[0])
    item = Interruption(step, is_resumed=index in resumed)
    mistake = mistake_after(plan, on_axis, GOOD)
    if mistake and mistake.matched > least:
        return replace(item, mistake=mistake)
    if index not in (*resumed, *map(len, before_jumps(rows, TOO_FEW))):  # as the end of a warm-up
        return item
    for begin in beginnings(before, after) if len(after) >= TOO_FEW else ():
        own = since(after, begin)
        spec = best_spec(own, by_epoch=False, budget=budget)
        if quality(spec, own)[0] >= GOOD:
            return replace(item, following=spec, begin=begin)
    return item
