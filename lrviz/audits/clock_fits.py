"""Fits of the mistakes of the clock, of a restart, and of a factor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from lrviz.audits.explanation import Fit, fitted
from lrviz.audits.number_fits import SAMPLE, best_number, distance, roundest
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import PROBES, Rows
from lrviz.core.schedule import Steps64
from lrviz.core.text import format_rounded
from lrviz.curves.horizons import declares_length
from lrviz.mistakes.mistake import Piece
from lrviz.mistakes.registry import find_mistake
from lrviz.mistakes.usual import SINGLE_TICKS
from lrviz.mistakes.variants import sequenced
from lrviz.run import MAX_STEPS

MAX_TIMES = 256
MAX_LIMIT = 200_000
"""Up to here a plan's rates are computed once for all numbers of ticks."""
MAX_PER = 200_000
MAX_RESTARTS = 400_000
COMPARED = 20_000
"""So many rows are looked at first for those that tell two steps of a restart apart."""
BLOCK = 20_000
"""Numbers that are tried at once."""
KEPT = 60
"""The best numbers of a block, which are then compared with more rows."""
MAX_LAG = 64
LAG_SHARE = 0.25
"""At most this share of the steps is skipped, where it is more than `MAX_LAG`."""
WIDEST_LAG = 512
LAG_BLOCK = 64
"""Rows whose lags are looked for at once."""
ROUNDS = 8
"""Rounds in which steps of a restart that give the same rows are told apart."""
MIN_STOPPED = 3
"""At least so many rows have the rate of a scheduler that stopped."""
MAX_UNSEEN = 10_000
"""The steps before the first difference in which a plan may begin again without being seen."""
HIGHEST, OPTIMIZERS = "the highest of the plan", "the optimizer's own"
NEITHER = "which is neither the first nor the highest of the plan"
FLAT = 0.9
"""A log of which so many rows have the same rate does not move."""
NO_TICK = "the run has a constant schedule, or a scheduler that never ticks"
"""What is said of a run that stays at another rate than the plan's first one."""
TO_END = ", up to the end of the plan"
"""What is added where no tick comes after the plan's end."""
RATE_KEPT = ", from the rate that the run had"
"""What is added where a scheduler that multiplies the last rate is made anew beside its optimizer's
state."""


def fit_never(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the run that stays at the first rate, and of rows that never move that of their rate.

    That is the highest of the plan or the optimizer's own, where the scheduler was made and not
    used or the run has none, or any other: but not where the rates of the plan do not move, either,
    and not the last one of a plan that has ended.
    """
    del epochs
    yield from fitted("never-stepped", plan)
    rate, slack = float(np.median(rows.rates)), 2 * float(np.median(rows.tolerance))
    is_flat = rows.share(np.full(len(rows), rate)) >= FLAT and len(rows) > 1
    if not is_flat or float(np.ptp(plan.at(rows.steps))) <= slack:
        return
    whole = replace(plan, last=max(plan.last, plan.length - 1))
    own = whole.peak if plan.plan.schedule.sets_rate else plan.plan.lr
    references = [
        (whole.peak, HIGHEST),
        (own, OPTIMIZERS),
        (float(whole.table[-1]), ""),
        (rate, NEITHER),
    ]
    held, words = next(item for item in references if abs(rate - item[0]) <= slack)
    if words and abs(rate - float(whole.table[0])) > slack:
        yield constant_run(whole, held, words)


def constant_run(plan: PlanRates, rate: float, words: str) -> Fit:
    """Return the run that stays at a rate, which is described in words."""
    at = int(np.argmax(plan.table))
    piece = Piece(0, plan.plan, lambda t: t * 0 + at, rate / float(plan.table[at]))
    text = f"the rate stays at {format_rounded(rate)}, {words}: {NO_TICK}"
    return Fit(find_mistake("never-stepped"), {}, (piece,), text=text)


def fit_times(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the best number of ticks a step."""
    limit = plan.length * 4 + 2 * rows.last + 1000
    limit = max(limit, min(MAX_TIMES * rows.last, MAX_LIMIT - 1))  # cycles have no last rate
    yield from fitted("stepped-n-times", plan, n=best_times(plan, rows, epochs, limit))


def fit_times_to_end(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the best number of ticks a step of a scheduler that is not called after its end.

    Some trainers guard it so, as accelerate does one with a total; by itself the rate may climb.
    """
    if not declares_length(plan.plan):
        return
    end = plan.length
    n = best_times(plan, rows, epochs, end // plan.window)
    for fit in fitted("stepped-n-times", plan, n=n):
        guarded = (Piece(0, plan.plan, lambda t: np.minimum(t * n, end)),)
        yield replace(fit, pieces=guarded, addition=TO_END)


def best_times(plan: PlanRates, rows: Rows, epochs: Sequence[int], limit: int) -> int:
    """Return the best number of ticks a step, of at most `limit` ticks in all.

    Of numbers that fit alike, an epoch's steps, a power of two as of processes, or the smallest.
    """
    probes, sample = rows.probes(), rows.sampled(SAMPLE)
    numbers = np.array([*range(2, MAX_TIMES + 1), *(n for n in epochs if n > MAX_TIMES)])
    longer = replace(plan, last=limit) if limit < MAX_LIMIT else plan
    hits = probes.matches(longer.at(np.minimum(numbers[:, None] * probes.steps, limit))).mean(1)
    candidates = numbers[np.argsort(-hits, kind="stable")[:KEPT]].tolist()
    ticks = {n: np.minimum(sample.steps * n, limit) for n in candidates}
    best = equally_good(longer, sample, ticks)
    likely = [n for n in best if n in epochs] or powers_of_two(best)
    return (likely or best)[0]


def powers_of_two(numbers: Sequence[int]) -> list[int]:
    """Return those of some numbers above 0 that are powers of two."""
    return [n for n in numbers if n & (n - 1) == 0]


def fit_per(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the best number of steps a tick, as an epoch's where it is that.

    Of numbers that fit alike, a power of two as of accumulated batches, or the roundest one: of
    many, of those that divide the run, as the steps of an epoch do. A log that ends in the first
    epoch shows no tick of it.
    """
    probes, sample = rows.probes(), rows.sampled(SAMPLE)
    candidates = {n for n in epochs if 1 < n <= rows.last}
    for start in range(2, min(rows.last, MAX_PER) + 1, BLOCK):
        numbers = np.arange(start, min(start + BLOCK, rows.last + 1))
        later = probes.take(probes.steps >= start)  # others have the same tick by each number
        hits = later.matches(plan.at(later.steps // numbers[:, None])).mean(1)
        candidates |= {int(numbers[i]) for i in np.argsort(-hits, kind="stable")[:KEPT]}
    if not candidates:
        return
    best = equally_good(plan, sample, {n: sample.steps // n for n in candidates})
    likely = [n for n in best if n in epochs]
    if likely:
        yield from fitted("stepped-per-epoch", plan, steps_per_epoch=likely[0])
    else:
        divisors = [n for n in best if n > SINGLE_TICKS and plan.length % n == 0]
        likely = powers_of_two(best) or divisors or best
        yield from fitted("stepped-per-n", plan, n=roundest(likely))


def equally_good(plan: PlanRates, rows: Rows, ticks: Mapping[int, Steps64]) -> list[int]:
    """Return the numbers whose ticks give the most rows, in order."""
    shares = {number: rows.share(plan.at(ticked)) for number, ticked in ticks.items()}
    best_share = max(shares.values())
    return sorted(number for number, share in shares.items() if share == best_share)


def first_difference(plan: PlanRates, rows: Rows) -> int | None:
    """Return the index of the first row that does not follow the plan, or None.

    The first row of a log is not it where the second one follows the plan: some trainers log a
    rate before the scheduler has set one.
    """
    wrong = ~rows.matches(plan.at(rows.steps))
    wrong[:1] &= wrong[1:2].all()
    return int(np.argmax(wrong)) if wrong.any() else None


def fit_restart(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the step at which the plan begins again, after the last row that follows it.

    Steps that give a few rows alike are told apart by rows for which they give different rates.
    Of those that give all rows alike, the beginning of an epoch is taken, or the roundest one.
    """
    first = first_difference(plan, rows)
    if not first or rows.steps[first] < 1:
        return
    after, before = rows.take(slice(first, None)), int(rows.steps[first - 1])
    stop, probes = int(after.steps[0]), after.probes()
    steps = np.arange(max(1, stop - MAX_RESTARTS), stop + 1)
    for _ in range(ROUNDS):
        steps = best_restarts(plan, probes, steps)
        if len(steps) == 1:
            break
        probes = telling(plan, after.sampled(COMPARED), steps) or telling(plan, after, steps)
        if not len(probes):
            break
    later = steps[steps > before].tolist() or steps.tolist()
    of_epochs = [step for step in later if any(step % epoch == 0 for epoch in epochs)]
    yield from fitted("restarted", plan, at=roundest(of_epochs or later))


def telling(plan: PlanRates, rows: Rows, steps: Steps64) -> Rows:
    """Return rows that tell apart a plan that begins again at the first and the last of steps."""
    of_first, of_last = (plan.at(rows.steps - int(step)) for step in (steps[0], steps[-1]))
    return rows.take(np.abs(of_first - of_last) > rows.tolerance).sampled(PROBES)


def best_restarts(plan: PlanRates, rows: Rows, steps: Steps64) -> Steps64:
    """Return the steps such that a plan that begins again at them gives the most rows."""
    hits = np.concatenate(
        [
            (rows.matches(plan.at(elapsed)) & (elapsed >= 0)).mean(1)
            for start in range(0, len(steps), BLOCK)
            for elapsed in (rows.steps - steps[start : start + BLOCK, None],)
        ]
    )
    return np.asarray(steps[hits == hits.max()])


def fit_restart_with_rate(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the step at which the plan begins again from the rate that the run had.

    The rates of a schedule are linear in the optimizer's rate: a part that is proportional to it,
    and a rest. In a sequence they are so until its second schedule sets its own rate.
    """
    del epochs
    index = first_difference(plan, rows)
    if not index or not rows.steps[index] or plan.plan.schedule.sets_rate or plan.window > 1:
        return
    last, probes = int(rows.steps[index]), rows.sampled(SAMPLE // 4)
    numbers = np.arange(max(last - MAX_UNSEEN, 1), last + 1)
    parts = sequenced(plan.plan.schedule)
    until = parts.milestones[0] * plan.plan.steps_per_tick if parts else MAX_STEPS
    double = replace(plan, plan=replace(plan.plan, lr=2 * plan.plan.lr))
    first = float(plan.at(np.array([0]))[0])
    part = float(double.at(np.array([0]))[0]) - first
    if not part:
        return
    factors = (plan.at(numbers) - (first - part)) / part
    steps = probes.steps - numbers[:, None]
    once = plan.at(steps)
    more = np.where(steps < until, (factors[:, None] - 1) * (double.at(steps) - once), 0.0)
    expected = np.where(steps < 0, plan.at(probes.steps), once + more)
    hits = probes.matches(expected).mean(1)
    index = int(np.argmax(hits))
    at, factor = int(numbers[index]), float(factors[index])
    curve = replace(plan.plan, lr=plan.plan.lr * factor)
    pieces = [Piece(0, plan.plan, lambda t: t), Piece(at, curve, lambda t: t - at)]
    if until < MAX_STEPS:
        pieces.append(Piece(at + until, plan.plan, lambda t: t - at))
    yield Fit(find_mistake("restarted"), {"at": at}, tuple(pieces), RATE_KEPT)


def fit_lag(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the lag that grows along the log: at each row the smallest that gives its rate.

    A lag that may as well begin all at once does so.
    """
    del epochs
    sample = rows.sampled(8 * SAMPLE)
    lags = at_once(plan, sample, lags_of(plan, sample))
    count = int(lags[-1])
    if not count:
        return
    growing = [lags, np.where(lags > 0, count, 0)]
    runs = [(Piece(0, plan.plan, lagging(sample.steps, own)),) for own in growing]
    shares = [sample.share(plan.run(run, sample.steps)) for run in runs]
    once = shares[1] >= shares[0]
    times = 1 if once else int(np.count_nonzero(np.diff(lags, prepend=0)))
    yield Fit(find_mistake("skipped"), {"count": count}, runs[once], extra=times - 1)


def fit_late_count(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the shift of a log that counts from 0 where its run was in the middle of the plan."""
    del epochs
    compared = rows.sampled(SAMPLE // 4)

    def loss(by: int) -> float:
        return distance((Piece(0, plan.plan, lambda t: t + by),), plan, compared)

    by = best_number(loss, plan.length)
    if by:
        yield from fitted("shifted", plan, by=by)


def fit_stop(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the step whose rate the last rows have; of several the roundest one.

    It is between the first of these rows and the one before it.
    """
    del epochs
    others = np.flatnonzero(np.abs(rows.rates - rows.rates[-1]) > rows.tolerance[-1])
    if not len(others) or others[-1] + MIN_STOPPED >= len(rows):
        return
    before, first = rows.steps[others[-1] : others[-1] + 2].tolist()
    steps = np.arange(max(before, first - MAX_UNSEEN) + 1, first + 1)
    near = np.abs(plan.at(steps) - rows.rates[-1]) <= rows.tolerance[-1]
    if near.any():
        yield from fitted("stopped", plan, at=roundest(steps[near].tolist()))


def lags_of(plan: PlanRates, rows: Rows) -> Steps64:
    """Return how many steps each row is behind the plan, the fewest; a lag never falls.

    Rows are compared in blocks up to the one at which the lag grows, and the next block is short.
    """
    longest_lag = max(MAX_LAG, int(LAG_SHARE * rows.last))
    ahead = np.arange(min(longest_lag, WIDEST_LAG) + 1)
    lags = np.zeros(len(rows), np.int64)
    lag, start, size = 0, 0, 1
    while start < len(rows):
        block = rows.take(slice(start, start + size))
        rates = plan.at(block.steps[:, None] - lag - ahead)
        hits = np.abs(rates - block.rates[:, None]) <= block.tolerance[:, None]
        more = np.argmax(hits, axis=1)
        grows = (more > 0) & (lag + more <= np.minimum(longest_lag, block.steps))
        count = int(np.argmax(grows)) if grows.any() else len(block)
        lags[start : start + count] = lag
        start, size = start + count, min(2 * size, LAG_BLOCK)
        if count < len(block):
            lag, size = lag + int(more[count]), 1
            lags[start] = lag
            start += 1
    return lags


def at_once(plan: PlanRates, rows: Rows, lags: Steps64) -> Steps64:
    """Return lags that grow as seldom as the rows allow: each begins where a smaller one did.

    At a drop of the rates the fewest steps that each row is behind grow row by row, up to those
    that were missed before.
    """
    starts = np.flatnonzero(np.diff(lags, prepend=-1))
    ends = [*starts[1:].tolist(), len(lags)]
    merged = lags.copy()
    begin = 0
    for start, end in zip(starts.tolist(), ends, strict=True):
        lag = lags[start]
        earlier = rows.take(slice(begin, start))
        is_alike = lags[begin] > 0 and earlier.matches(plan.at(earlier.steps - lag)).all()
        begin = begin if is_alike else start
        merged[begin:end] = lag
    return merged


def lagging(steps: Steps64, lags: Steps64) -> Any:
    """Return the tick of a run that is behind by the lag of the last of `steps`."""

    def tick(t: Any) -> Any:
        index = np.searchsorted(steps, t, side="right") - 1
        return np.maximum(t - lags[np.maximum(index, 0)], 0)

    return tick
