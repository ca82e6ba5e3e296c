"""Fits of another length: of the last part, of the part before it, or of all in proportion."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import NamedTuple

import numpy as np

from lrviz.audits.clock_fits import RATE_KEPT, first_difference
from lrviz.audits.explanation import Fit, fitted
from lrviz.audits.factor_fits import scaled_rates
from lrviz.audits.number_fits import (
    BEYOND,
    COMPARED,
    SAMPLE,
    best_number,
    best_number_or_larger,
    best_variant,
    distance,
    excess,
    likely_numbers,
    mean_distance,
    roundest,
    roundest_between,
    share_of,
)
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.core.errors import SpecError
from lrviz.curves.curve import Curve
from lrviz.curves.horizons import declares_length
from lrviz.mistakes.mistake import Piece
from lrviz.mistakes.registry import find_mistake
from lrviz.mistakes.variants import (
    length_of,
    slowed_text,
    steps_of,
    stretched,
    warmup_of,
    with_hold,
    with_length,
    with_warmup,
)

LONGEST = 30
"""The longest length that is searched closely, in lengths of the plan or the log."""
NARROW = 0.01
"""Lengths that differ by at most this share are not told apart in a sentence."""
MAY_BE_LONGER = " (or for any more: the rounded rates are the same)"
CLOSE = 2
"""Lengths so near to the best by distance may give more rows within their rounding."""
NEAR = 8
"""A factor blurs a length by so many steps."""
BLURRED = 0.005
"""The share of a length by which rounded rates may move it away from a likely one."""
DECAY_KEPT = " (its last part is as long as planned, and the one before it is not)"
"""What is added where a sequence has another length, but not its last part."""
SHARES_KEPT = " (its warm-up and other steps in proportion)"
"""What is added where not only the length of a schedule is another one."""
MAX_SPREAD = 50
"""How far from the planned share a warm-up is tried at most, in steps."""
ROUNDS = 3
"""Rounds of a search for two numbers by turns."""
PROMISING = 0.05
"""So near to rows a run is that another number may bring nearer."""
BEFORE = 0.1
"""In this share of a length before its end the rates of its schedule change."""
WAVE, MOST = 0.25, 0.5
"""A wave is so high, as a share of the peak, and there is one between so many of the rows."""
MAX_BETWEEN = 10_000
"""Steps between two rows that are looked at for the one at which a run goes on."""

Change = Callable[[Curve, int], Curve]
"""Returns a plan of another length."""


def fit_length(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the best other length: with the other steps as planned, else with their shares."""
    del epochs
    sample = rows.sampled(SAMPLE)
    fits = [*fit_last_part(plan, sample)]
    yield from fits
    if not any(sample.share(plan.run(fit.pieces, sample.steps)) == 1 for fit in fits):
        yield from fit_hold(plan, sample)
        yield from fit_stretch(plan, sample)


def fit_last_part(plan: PlanRates, rows: Rows) -> Iterator[Fit]:
    """Yield the best other length of a plan whose other steps are as planned."""
    total = best_length(plan, rows)
    for fit in fit_total(plan, rows, total) if total is not None else ():
        changes = slowed_text(fit.pieces[0].plan.schedule)
        has_more = changes and declares_length(plan.plan)  # else they are the explanation
        yield replace(fit, addition=f" ({changes})") if has_more else fit


def fit_total(plan: PlanRates, rows: Rows, total: int) -> Iterator[Fit]:
    """Yield another length; of a long one, which others give the same rows.

    One without end, or one whose end is not seen, is another number: it says little.
    """
    longest, addition, is_endless = longest_length(plan, rows), "", False
    if total > longest // 2:
        others = alike_lengths(plan, rows, total)
        addition, is_endless = others.addition, others.high is None
        if is_endless or total > longest:
            total = others.total(steps_of(plan.plan) or 1)
    for fit in fitted("other-length", plan, total=total):
        if addition or not is_aliased(fit, plan, rows):
            says_little = is_endless or is_past(rows, total // plan.window)
            yield replace(fit, addition=addition, extra=int(says_little))


def is_past(rows: Rows, total: int) -> bool:
    """Return whether a length ends within rows where the rates do not change, before it or after.

    A schedule of that length has not ended there, or has no end to see.
    """
    near = rows.take(rows.steps >= (1 - BEFORE) * total)
    if total >= rows.last or not np.any(near.steps < total):
        return False
    return bool(np.all(np.abs(near.rates - near.rates[-1]) <= near.tolerance[-1]))


def fit_hold(plan: PlanRates, rows: Rows) -> Iterator[Fit]:
    """Yield the best other length of a sequence whose last part is as long as planned."""
    total = best_length(plan, rows, with_hold)
    pieces = None if total is None else changed_run(plan, with_hold, total)
    if total is not None and pieces is not None:
        yield Fit(find_mistake("other-length"), {"total": total}, pieces, DECAY_KEPT)


def changed_run(plan: PlanRates, change: Change, number: int) -> tuple[Piece, ...] | None:
    """Return the run of a plan that is changed by a number, or None where it cannot be.

    It is constructed once: each search tries many of the same numbers.
    """
    if (change, number) not in plan.changed_runs:
        try:
            run = (Piece(0, change(plan.plan, number), lambda t: t),)
        except SpecError:
            run = None
        plan.changed_runs[change, number] = run
    return plan.changed_runs[change, number]


def is_aliased(fit: Fit, plan: PlanRates, rows: Rows) -> bool:
    """Return whether a run waves between most rows, so that it gives them by chance.

    A cosine that goes on after its end has the same rate at rows that are a wave apart.
    """
    if len(rows) < 2:
        return False
    middle = (rows.steps[1:] + rows.steps[:-1]) // 2
    straight = np.interp(middle, rows.steps, rows.rates)
    apart = np.abs(plan.run(fit.pieces, middle) - straight) > WAVE * rows.peak
    planned = np.abs(plan.at(middle) - np.interp(middle, rows.steps, plan.at(rows.steps)))
    return bool(apart.mean() > MOST > np.mean(planned > WAVE * plan.peak))


def fit_stretch(plan: PlanRates, rows: Rows) -> Iterator[Fit]:
    """Yield the best other length with which the warm-up and other steps keep their shares.

    As the steps of the plan are whole, the share of its warm-up is not known exactly, so that
    warm-ups of nearly that share are tried, too.
    """
    planned_length = steps_of(plan.plan)
    if planned_length is None:
        return
    likely = likely_lengths(planned_length, plan, rows)
    longest = LONGEST * max(planned_length, rows.last * plan.window)
    total = best_variant(lambda number: stretch(plan, number), plan, rows, longest, likely)
    if total is None or total < rows.steps[1:2].max(initial=0):  # at most one row is within it
        return
    warmup, run = None, stretch(plan, total)
    if warmup_steps(plan.plan) and share_of(run, plan, rows) < 1:
        total, warmup = with_near_share(plan, rows, total, planned_length)
    pieces, own_share = stretch(plan, total, warmup), stretch(plan, total)
    if pieces:
        extra = int(own_share is None or warmup not in (None, warmup_steps(own_share[0].plan)))
        yield Fit(find_mistake("other-length"), {"total": total}, pieces, SHARES_KEPT, extra)


def with_near_share(
    plan: PlanRates, rows: Rows, total: int, planned_length: int
) -> tuple[int, int | None]:
    """Return the best length near one, and the best warm-up of nearly the planned share of it.

    They are searched by turns by their distance; of those near the best, the one counts that gives
    the most rows within their rounding. The warm-up is None where no run is near.
    """
    compared, own_warmup = rows.sampled(COMPARED), warmup_steps(plan.plan)
    if distance(stretch(plan, total), plan, compared) >= PROMISING:
        return total, None
    spread = min(-(-total // planned_length), MAX_SPREAD)
    warmup = own_warmup
    for _ in range(ROUNDS):
        before, middle = total, round(own_warmup * total / planned_length)
        warmups = numbers_near(middle, spread)
        total, warmup = nearest(plan, [(total, steps) for steps in warmups], compared)
        totals = numbers_near(total, NEAR)
        total, warmup = nearest(plan, [(other, warmup) for other in totals], compared)
        if total == before:
            break
    warmups = numbers_near(warmup, CLOSE)
    pairs = [(number, steps) for number in numbers_near(total, NEAR) for steps in warmups]
    return max(pairs, key=lambda pair: share_of(stretch(plan, *pair), plan, rows))


def warmup_steps(curve: Curve) -> int:
    """Return the steps of a curve's warm-up, 0 without one."""
    return (warmup_of(curve.schedule) or 0) * curve.steps_per_tick


def nearest(plan: PlanRates, pairs: Iterable[tuple[int, int]], rows: Rows) -> tuple[int, int]:
    """Return which of some lengths and warm-ups gives rows best."""
    return min(pairs, key=lambda pair: distance(stretch(plan, *pair), plan, rows))


def stretch(plan: PlanRates, total: int, warmup: int | None = None) -> tuple[Piece, ...] | None:
    """Return the run of another length, each of whose steps keeps its share of it.

    The warm-up has so many steps where that is not None. None where the schedule cannot have the
    length.
    """
    run = changed_run(plan, stretched, total) if total else None
    if run is None or warmup in (None, warmup_steps(run[0].plan)):
        return run
    try:
        curve = with_length(with_warmup(run[0].plan, warmup), total)
    except SpecError:
        return None
    return (Piece(0, curve, lambda t: t),)


def best_length(
    plan: PlanRates, rows: Rows, change: Change = with_length, scaled: bool = False
) -> int | None:
    """Return the length with which the plan gives rows best, with any factor if `scaled`."""
    planned_length = steps_of(plan.plan)
    if planned_length is None or changed_run(plan, change, planned_length) is None:
        return None
    compared, likely = rows.sampled(COMPARED), likely_lengths(planned_length, plan, rows)

    def loss(total: int) -> float:
        measure = scaled_distance if scaled else distance
        return measure(changed_run(plan, change, total), plan, compared)

    def share(total: int) -> float:
        pieces = changed_run(plan, change, total)
        return (scaled_share if scaled else share_of)(pieces, plan, rows)

    def beyond_rounding(total: int) -> float:
        return excess(changed_run(plan, change, total), plan, compared)

    def gives_all(total: int) -> bool:
        return share(total) == 1

    longest = longest_length(plan, rows)
    if scaled:
        return best_number(loss, longest, likely, gives_all)
    total = best_number_or_larger(loss, beyond_rounding, longest, likely, gives_all)
    if total is None:
        return None
    return max(neighbours(total, CLOSE, plan, rows), key=share)


def longest_length(plan: PlanRates, rows: Rows) -> int:
    """Return the longest length up to which lengths are searched closely."""
    return LONGEST * max(steps_of(plan.plan) or 0, rows.last * plan.window)


class LengthRange(NamedTuple):
    """The shortest and the longest of the lengths that give the same rows; None without an end."""

    low: int
    high: int | None

    def total(self, planned: int) -> int:
        """Return the roundest of the lengths; where there is no longest, of the shortest ones."""
        high = self.low + self.low // 10 if self.high is None else self.high
        return roundest_between(self.low, high, planned)

    @property
    def addition(self) -> str:
        """Which other lengths give the same rows, where they are not nearly the same."""
        if self.high is None:
            return MAY_BE_LONGER
        if self.high <= (1 + NARROW) * self.low:
            return ""
        return f" (any length of {self.low:,} to {self.high:,} gives the same rounded rates)"


def alike_lengths(plan: PlanRates, rows: Rows, total: int) -> LengthRange:
    """Return the lengths that give as many rows as one does that is much longer than the log.

    Of a long schedule a log shows so little that rounding may leave its length open.
    """

    def gives_less(total: int) -> bool:
        return share_of(changed_run(plan, with_length, total), plan, rows) < share

    share = share_of(changed_run(plan, with_length, total), plan, rows)
    shorter, longer = range(1, total), range(total, BEYOND * longest_length(plan, rows))
    low = 1 + bisect_left(shorter, True, key=lambda number: not gives_less(number))
    count = bisect_left(longer, True, key=gives_less)
    return LengthRange(low, None if count == len(longer) else total + count - 1)


def neighbours(total: int, spread: int, plan: PlanRates, rows: Rows) -> list[int]:
    """Return the likely lengths near a length, then those at most `spread` from it."""
    likely = likely_lengths(steps_of(plan.plan) or 0, plan, rows)
    near = [number for number in likely if abs(number - total) <= BLURRED * total]
    return [*near, *numbers_near(total, spread)]


def likely_lengths(planned_length: int, plan: PlanRates, rows: Rows) -> list[int]:
    """Return the length that the log says, then those that are likely in place of the plan's."""
    logged = [plan.logged_length] if plan.logged_length else []
    return [*logged, *likely_numbers(planned_length, rows)]


def numbers_near(number: int, spread: int) -> list[int]:
    """Return the numbers above 0 that are at most `spread` from a number, the nearest first."""
    near = range(max(number - spread, 1), number + spread + 1)
    return sorted(near, key=lambda other: abs(other - number))


def fit_resumed(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the length that fits from the first row on that does not follow the plan.

    A schedule without a length is resumed with no other one.
    """
    del epochs
    first = first_difference(plan, rows)
    if not first or length_of(plan.plan.schedule) is None:
        return
    before, after = rows.take(slice(first)), rows.take(slice(first, None)).sampled(SAMPLE)
    total, at = best_length(plan, after), resumption(rows, first) * plan.window
    if total is None:
        return
    sample = rows.sampled(SAMPLE)
    lengths = [fit for fit in fit_total(plan, sample, total) if gives(fit, plan, before)]
    for fit in lengths or fitted("resumed", plan, at=at, total=total):
        if not is_aliased(fit, plan, after):
            yield fit


def gives(fit: Fit, plan: PlanRates, rows: Rows) -> bool:
    """Return whether a run gives all rows; so may one of another length those before a resumption.

    Then nothing tells that it was resumed.
    """
    return share_of(fit.pieces, plan, rows) == 1


def resumption(rows: Rows, first: int) -> int:
    """Return the roundest step at which a run may be resumed: none of the rows before is later."""
    before, last = int(rows.steps[first - 1]), int(rows.steps[first])
    return roundest(range(min(before + 1, last), last + 1))


def fit_resumed_otherwise(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield a run that goes on with another length in which warm-up and decay keep their shares.

    Or it goes on from the rate that it had.
    """
    del epochs
    first = first_difference(plan, rows)
    if not first or length_of(plan.plan.schedule) is None:
        return
    mistake, after = find_mistake("resumed"), rows.take(slice(first, None)).sampled(SAMPLE)
    at, before = resumption(rows, first) * plan.window, Piece(0, plan.plan, lambda t: t)
    for length in (*fit_hold(plan, after), *fit_stretch(plan, after)):
        if gives(length, plan, rows.take(slice(first))):
            yield length
            continue
        pieces = (before, *(replace(piece, start=at) for piece in length.pieces))
        yield replace(length, mistake=mistake, values={"at": at, **length.values}, pieces=pieces)
    last = int(after.steps[0])
    steps = np.arange(max(int(rows.steps[first - 1]), last - MAX_BETWEEN), last + 1)
    for scaled, length in fit_scaled_length(plan, after):
        if gives(scaled, plan, rows.take(slice(first))):
            continue
        pieces = (before, *(replace(piece, start=at) for piece in scaled.pieces))
        apart = np.abs(plan.run(scaled.pieces, steps) - plan.at(steps))
        if apart.min() <= 2 * after.tolerance[0]:
            yield Fit(mistake, {"at": at, **length.values}, pieces, RATE_KEPT, extra=1)


def fit_scaled_length(plan: PlanRates, rows: Rows) -> Iterator[tuple[Fit, Fit]]:
    """Yield the best other length together with a factor on the rates, or on the optimizer's."""
    sample, mistake = rows.sampled(SAMPLE), find_mistake("other-length")
    changes = ((with_length, ""), (with_hold, DECAY_KEPT), (stretched, SHARES_KEPT))
    for change, addition in changes:
        total = best_length(plan, sample, change, scaled=True)
        lengths = [
            Fit(mistake, {"total": near}, pieces, addition)
            for near in ([] if total is None else neighbours(total, NEAR, plan, sample))
            for pieces in runs_of_length(plan, change, near)
        ]
        yield from best_scaled(plan, lengths, sample)


def runs_of_length(plan: PlanRates, change: Change, total: int) -> Iterator[tuple[Piece, ...]]:
    """Yield the run of a plan of another length; the share of a warm-up may be rounded."""
    runs = [changed_run(plan, change, total)]
    own_warmup, planned_length = warmup_steps(plan.plan), steps_of(plan.plan)
    if change is stretched and own_warmup and planned_length:
        middle = round(own_warmup * total / planned_length)
        runs += [stretch(plan, total, steps) for steps in numbers_near(middle, 1)]
    yield from filter(None, runs)


def best_scaled(plan: PlanRates, fits: Iterable[Fit], rows: Rows) -> Iterator[tuple[Fit, Fit]]:
    """Yield the fit that gives the most rows with a factor, beside that factor."""
    pairs, shares = [], []
    for fit in fits:
        for scaled, rates in scaled_rates(plan, fit.pieces[0].plan, rows):
            pairs.append((scaled, fit))
            shares.append(rows.share(rates))
    if pairs:
        yield pairs[int(np.argmax(shares))]


def scaled_distance(pieces: tuple[Piece, ...] | None, plan: PlanRates, rows: Rows) -> float:
    """Return how far a run is from rows with the factor that suits it."""
    if pieces is None:
        return inf
    runs = scaled_rates(plan, pieces[0].plan, rows)
    return min((mean_distance(rates, rows) for _, rates in runs), default=inf)


def scaled_share(pieces: tuple[Piece, ...] | None, plan: PlanRates, rows: Rows) -> float:
    """Return the share of rows that a run gives within their rounding with the factor it needs."""
    runs = [] if pieces is None else scaled_rates(plan, pieces[0].plan, rows)
    return max((rows.share(rates) for _, rates in runs), default=0.0)
