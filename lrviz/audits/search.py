"""What explains a log: each mistake fitted, singly and in pairs, the best first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lrviz.audits import (
    clock_fits,
    factor_fits,
    later_fits,
    length_fits,
    repeat_fits,
    setting_fits,
    value_fits,
    warmup_pairs,
)
from lrviz.audits.composition import moved
from lrviz.audits.explanation import (
    Explanation,
    Fit,
    fitted,
    measured,
    ranked,
)
from lrviz.audits.factor import factor_between
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.mistakes.registry import MISTAKES

FitMistake = Callable[[PlanRates, Rows, Sequence[int]], Iterator[Fit]]
FITS: Mapping[str, FitMistake] = {
    "never-stepped": clock_fits.fit_never,
    "stepped-n-times": clock_fits.fit_times,
    "stepped-per-n": clock_fits.fit_per,
    "scaled": factor_fits.fit_factor,
    "restarted": clock_fits.fit_restart,
    "other-length": length_fits.fit_length,
    "other-warmup": setting_fits.fit_warmup,
    "resumed": length_fits.fit_resumed,
    "skipped": clock_fits.fit_lag,
    "stopped": clock_fits.fit_stop,
}
"""How the values of a mistake are found, where that is not a search for a single number."""
VARIATIONS = (
    clock_fits.fit_times_to_end,
    clock_fits.fit_restart_with_rate,
    clock_fits.fit_late_count,
    length_fits.fit_resumed_otherwise,
    *later_fits.LATER,
)
"""Fits of rarer forms of a mistake, which are searched where the usual ones give not all rows."""
FEWEST = 3
"""So many rows have to have a factor in common for it to be one."""
FITTED_ELSEWHERE = ("as-planned", "shifted", "stepped-per-epoch", "other-value")


def fits(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield each mistake with the values that fit rows best; `epochs` are likely lengths of one."""
    for mistake in MISTAKES:
        if mistake.id in FITS:
            yield from FITS[mistake.id](plan, rows, epochs)
        elif mistake.id not in FITTED_ELSEWHERE:
            yield from setting_fits.fit_any(mistake, plan, rows)


@dataclass(frozen=True, eq=False)
class Search:
    """The search for what explains rows: its explanations so far, and the stages that come next."""

    items: list[Explanation]
    stages: list[Iterator[Explanation]]

    @classmethod
    def of(
        cls,
        plan: PlanRates,
        rows: Rows,
        offsets: Sequence[int],
        epochs: Sequence[int],
        with_shift: bool = True,
    ) -> Search:
        """Return a search that has only compared rows with the plan; the cheap stages come first.

        `offsets` are the conventions that count as following the plan: what is added to a log's
        step to get the step whose rate it has. `epochs` are likely numbers of steps of an epoch.
        Without `with_shift`, nothing is sought beside a shift by a step.
        """
        planned = list(fitted("as-planned", plan))
        shifts = {-1: min(offsets), 1: max(offsets)}
        items = [single(fit, plan, rows, offset) for fit in planned for offset in offsets]
        return cls(
            items,
            [
                singles(plan, rows, shifts, offsets, epochs),
                variations(plan, rows, offsets, epochs),
                other_values(plan, rows, offsets, epochs),
                scaled_clocks(plan, rows, offsets),
                scaled_settings(plan, rows, offsets),
                *([shifted_pairs(plan, rows, shifts, epochs)] if with_shift else []),
                scaled_pairs(plan, rows, offsets, epochs),
                restarted_pairs(plan, rows, offsets, epochs),
                restarted_singles(plan, rows, offsets, items),
                warmed_pairs(plan, rows, offsets, epochs),
            ],
        )

    @property
    def is_complete(self) -> bool:
        """Whether something explains all rows."""
        return any(item.is_complete for item in self.items)

    @property
    def has_next(self) -> bool:
        """Whether there is a stage to search, and nothing explains all rows yet."""
        return bool(self.stages) and not self.is_complete

    def advance(self) -> None:
        """Search the next stage, if there is one to search."""
        if self.has_next:
            self.items.extend(self.stages.pop(0))


def explain(
    plan: PlanRates, rows: Rows, offsets: Sequence[int], epochs: Sequence[int]
) -> list[Explanation]:
    """Return what explains rows, best first."""
    search = Search.of(plan, rows, offsets, epochs)
    while search.has_next:
        search.advance()
    return ranked(search.items)


def singles(
    plan: PlanRates,
    rows: Rows,
    shifts: Mapping[int, int],
    offsets: Sequence[int],
    epochs: Sequence[int],
) -> Iterator[Explanation]:
    """Yield each mistake; `shifts` has the offset from which a shift by so many steps counts."""
    for by, offset in shifts.items():
        for fit in fitted("shifted", plan, by=by):
            yield single(fit, plan, rows, offset)
    for offset in offsets:
        for fit in fits(plan, at(rows, offset), epochs):
            yield single(fit, plan, rows, offset)


def variations(
    plan: PlanRates, rows: Rows, offsets: Sequence[int], epochs: Sequence[int]
) -> Iterator[Explanation]:
    """Yield the rarer forms of mistakes."""
    for offset in offsets:
        for variation in VARIATIONS:
            for fit in variation(plan, at(rows, offset), epochs):
                yield single(fit, plan, rows, offset)


def other_values(
    plan: PlanRates, rows: Rows, offsets: Sequence[int], epochs: Sequence[int]
) -> Iterator[Explanation]:
    """Yield other values of the schedule's own parameters."""
    for offset in offsets:
        for fit in value_fits.fit_value(plan, at(rows, offset), epochs):
            yield single(fit, plan, rows, offset)


def restarted_pairs(
    plan: PlanRates, rows: Rows, offsets: Sequence[int], epochs: Sequence[int]
) -> Iterator[Explanation]:
    """Yield each mistake together with a restart, for rows that repeat themselves."""
    for offset in offsets if plan.window == 1 else ():
        own = at(rows, offset)
        count = repeat_fits.repetition(own)
        for fit in fits(plan, own.take(slice(count)), epochs) if count else ():
            for pair in repeat_fits.restarted_after(plan, own, count or 0, fit):
                yield measured(Explanation(pair, pair[0].pieces, offset), plan, rows)


def restarted_singles(
    plan: PlanRates, rows: Rows, offsets: Sequence[int], items: Sequence[Explanation]
) -> Iterator[Explanation]:
    """Yield a restart of runs with a single mistake, of those that give the first of all rows."""
    for offset in offsets if plan.window == 1 else ():
        for pair in repeat_fits.restarts_after(plan, rows, [*items], offset):
            yield measured(Explanation(pair, pair[0].pieces, offset), plan, rows)


def warmed_pairs(
    plan: PlanRates, rows: Rows, offsets: Sequence[int], epochs: Sequence[int]
) -> Iterator[Explanation]:
    """Yield another warm-up together with another length, floor or number of ticks."""
    for offset in offsets:
        for pair in warmup_pairs.fit_warmup_pairs(plan, at(rows, offset), epochs):
            yield measured(Explanation(pair, pair[0].pieces, offset), plan, rows)


def at(rows: Rows, offset: int) -> Rows:
    """Return rows with the steps whose rates they have."""
    return replace(rows, steps=np.maximum(rows.steps + offset, 0))


def single(fit: Fit, plan: PlanRates, rows: Rows, offset: int) -> Explanation:
    """Return a single mistake as an explanation."""
    return measured(Explanation((fit,), fit.pieces, offset), plan, rows)


def scaled_settings(plan: PlanRates, rows: Rows, offsets: Sequence[int]) -> Iterator[Explanation]:
    """Yield another length or warm-up together with a factor, and without it.

    A factor of nearly 1 may be due to rounding.
    """
    for offset in offsets:
        for fit in (length_fits.fit_scaled_length, setting_fits.fit_scaled_warmup):
            for scaled, other in fit(plan, at(rows, offset)):
                yield single(other, plan, rows, offset)
                yield measured(Explanation((scaled, other), scaled.pieces, offset), plan, rows)


def scaled_clocks(plan: PlanRates, rows: Rows, offsets: Sequence[int]) -> Iterator[Explanation]:
    """Yield another clock together with a factor."""
    for offset in offsets:
        for scaled, clock in factor_fits.fit_scaled_clock(plan, at(rows, offset)):
            yield measured(Explanation((scaled, clock), scaled.pieces, offset), plan, rows)


def shifted_pairs(
    plan: PlanRates, rows: Rows, shifts: Mapping[int, int], epochs: Sequence[int]
) -> Iterator[Explanation]:
    """Yield each mistake together with a shift by a step."""
    for by, offset in shifts.items():
        for shift in fitted("shifted", plan, by=by):
            for fit in fits(plan, at(rows, offset + by), epochs):
                pieces = moved(fit.pieces, by)
                yield measured(Explanation((shift, fit), pieces, offset), plan, rows)


def scaled_pairs(
    plan: PlanRates, rows: Rows, offsets: Sequence[int], epochs: Sequence[int]
) -> Iterator[Explanation]:
    """Yield each mistake together with a factor: that of the peaks, or that of the first rows.

    A factor on the optimizer's rate is another one where the schedule has a floor of its own.
    """
    for offset in offsets:
        own = at(rows, offset)
        for factor in peak_factor(plan, own):
            alike = Rows(own.steps, own.rates / factor, own.tolerance / factor)
            for scale in fitted("scaled", plan, factor=factor):
                for fit in other_fits(scale, plan, alike, epochs):
                    pieces = tuple(replace(i, factor=i.factor * factor) for i in fit.pieces)
                    yield measured(Explanation((scale, fit), pieces, offset), plan, rows)
        if not plan.plan.schedule.sets_rate:
            for factor in first_factor(plan, own):
                other = replace(plan, plan=replace(plan.plan, lr=plan.plan.lr * factor))
                for scale in fitted("scaled", plan, factor=factor):
                    for fit in other_fits(scale, other, own, epochs):
                        yield measured(Explanation((scale, fit), fit.pieces, offset), plan, rows)


def other_fits(first: Fit, plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the fits of other mistakes than the first of a pair."""
    others = (*fits(plan, rows, epochs), *value_fits.fit_value(plan, rows, epochs))
    return (fit for fit in others if fit.mistake is not first.mistake)


def peak_factor(plan: PlanRates, rows: Rows) -> Iterator[float]:
    """Yield the factor between the peaks of the plan and of the rows."""
    peak = rows.take([int(np.argmax(rows.rates))])
    factor = factor_between(np.array([np.max(plan.table, initial=0.0)]), peak)
    if factor is not None:
        yield factor


def first_factor(plan: PlanRates, rows: Rows) -> Iterator[float]:
    """Yield the factor on the optimizer's rate that gives the longest beginning of the rows."""
    double = replace(plan, plan=replace(plan.plan, lr=2 * plan.plan.lr))
    once = plan.at(rows.steps)
    part = double.at(rows.steps) - once
    others = Rows(rows.steps, rows.rates - once + part, rows.tolerance)
    with np.errstate(divide="ignore", invalid="ignore"):  # where a plan's rate is 0
        low, high = ((others.rates + sign * others.tolerance) / part for sign in (-1, 1))
    good = part > 0
    if not good.any():
        return
    begin = np.maximum.accumulate(np.where(good, low, -np.inf))
    end = np.minimum.accumulate(np.where(good, high, np.inf))
    apart = begin > end
    count = int(np.argmax(apart)) if apart.any() else len(rows)
    if np.count_nonzero(good[:count]) < FEWEST:
        return
    factor = factor_between(part[:count], others.take(slice(count)))
    if factor is not None:
        yield factor
