"""The schedule that a log is of, proposed as a spec."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from lrviz.audits.countings import CONVENTIONS, countings
from lrviz.audits.decay_fits import Spec
from lrviz.audits.families import FAMILIES, any_stairs, stairs
from lrviz.audits.interruption import (
    Interruption,
    before_breaks,
    before_jumps,
    beginnings,
    mistake_after,
    since,
)
from lrviz.audits.library_names import with_library_name
from lrviz.audits.log import Log, Series
from lrviz.audits.outline import outline_of
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.proposed_length import length_sentences, tick_sentences
from lrviz.audits.rows import Rows
from lrviz.audits.run_length import length_of_run
from lrviz.audits.step_order import STEPS_GO_BACK
from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.curves.curve import Curve
from lrviz.specfile.keys import Context
from lrviz.specfile.reader import read_curves
from lrviz.specfile.source import locate_nowhere

GOOD = 0.95
"""A spec that gives a smaller share of the rows is not put forward."""
EXACT_DIGITS = 16
TOO_FEW = 5
MANY = 0.25
"""A schedule of so many of the rows is told also where what comes after it is not explained."""
FITTED = 400
"""Rows that most families are fitted to."""
COMPARED = 2_000
"""Rows that a spec is chosen by."""
MOST_TICKS = (8, 6)
"""Ticks of a scheduler in a step, each with what divides them."""
WORTH = 0.5
"""From this share of rows on it decides, and a spec's numbers are rounded, which may give more."""
NEAR_DECIMALS = 3
"""Decimals of the remaining difference that decide how a spec of fewer rows is rounded."""
SMALLEST, LARGEST = 1e-50, 1e50
"""Rates whose powers, which fits need, are still float64."""


@dataclass(frozen=True, eq=False)
class Proposal:
    """The spec whose rates are nearest to those of one column of a log.

    `matched` is the share of rows that it gives within their rounding, `rms` what is left, as a
    share of the peak. `rows` and `plan` have the log and the spec's rates on the same axis, and
    `convention` is which rate a row has: the one its step used, or the next one. `ticks` is how
    often the scheduler ticks in a step of the log.
    """

    log: Log
    series: Series
    spec: Spec
    plan: PlanRates
    rows: Rows
    convention: str
    matched: float
    rms: float
    interruption: Interruption | None = None
    ticks: int = 1

    @property
    def is_good(self) -> bool:
        """Whether the spec gives nearly all rows."""
        return self.matched >= GOOD

    @property
    def resumed_rows(self) -> tuple[int, ...]:
        """How many rows are before the step to which the log goes back, as a resumed run does."""
        steps = [note.step for note in self.log.notes if note.id == STEPS_GO_BACK]
        return tuple(int(np.searchsorted(self.series.steps, step)) for step in steps if step)

    @property
    def rises_again(self) -> bool:
        """Whether its phases rise after they fell, which those of one schedule seldom do."""
        phases = self.spec.get("phases", [])
        rates = [phase["to"] for phase in phases]
        falls = [after < before for before, after in pairwise(rates)]
        return any(
            after > before and any(falls[:index])
            for index, (before, after) in enumerate(pairwise(rates))
        )

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the schedule's ticks and its length say of the run."""
        if not self.is_good:
            return ()
        run = length_of_run(Path(self.log.path))
        return (
            *tick_sentences(self.plan, self.ticks),
            *length_sentences(self.plan, self.rows, run, self.ticks),
        )

    @property
    def first_difference(self) -> int | None:
        """The log's step of the first row that the spec does not give, or None."""
        wrong = ~self.rows.matches(self.plan.at(self.rows.steps))
        return int(self.series.steps[np.argmax(wrong)]) if wrong.any() else None

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as `lrviz audit --json` writes it without a plan."""
        return {
            "good": self.is_good,
            "spec": self.spec,
            "matched": self.matched,
            "rms": self.rms,
            "first_difference": self.first_difference,
            "convention": self.convention,
            "ticks": self.ticks,
            "remarks": list(self.remarks),
            "interruption": self.interruption and self.interruption.to_dict(self.plan.plan),
        }


def propose(log: Log) -> list[Proposal]:
    """Return the proposal for each column of rates of a log.

    Raises SpecError for a log of fewer than five rows.
    """
    return [propose_series(log, index) for index in range(len(log.series))]


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
    proposals: list[Proposal] = []
    for counted in (as_read, *others):
        if counted is as_read or log.every or not any(item.is_good for item in proposals):
            proposals += [
                proposal_of(counted, counted.series[index], convention, offset)
                for convention, offset in CONVENTIONS[log.counts_done].items()
            ]
    best = nearest(proposals)
    if best.matched == 1.0 and not best.rises_again:
        return best
    interrupted = None
    if best.rises_again or not best.is_good:
        interrupted = interrupted_proposal([best] if best.is_good else proposals)
    if interrupted and interrupted.interruption and interrupted.interruption.mistake:
        return interrupted
    ticked = ticked_proposal(best)
    return ticked if ticked and ticked.matched > best.matched else interrupted or best


def nearest(proposals: Sequence[Proposal]) -> Proposal:
    """Return the proposal that gives the most rows, or is nearest; of equal ones the shortest."""
    return min(proposals, key=lambda item: (-item.matched, item.rms if item.matched < GOOD else 0.0,
                                            len(str(item.spec))))  # fmt: skip


def ticked_proposal(proposal: Proposal) -> Proposal | None:
    """Return the schedule of a log of steps done whose scheduler ticks several times a step.

    That is one of processes, whose warm-up or length is no whole number of steps. Few numbers of
    ticks are tried: what several give, their multiple gives as well. Of those that do, it is the
    smallest.
    """
    log, series = proposal.log, proposal.series
    if not log.counts_done or log.by_epoch:
        return None

    def ticked(ticks: int) -> Proposal:
        offsets = CONVENTIONS[True].items()
        return nearest([proposal_of(log, series, name, by, ticks) for name, by in offsets])

    for most in MOST_TICKS:
        largest = ticked(most)
        if largest.is_good:
            fewer = (ticked(n) for n in range(2, most) if most % n == 0)
            return next((item for item in fewer if item.is_good), largest)
    return None


def proposal_of(log: Log, series: Series, convention: str, offset: int, ticks: int = 1) -> Proposal:
    """Return the proposal for rows that have the rates of so many steps later."""
    steps = np.maximum(series.steps - log.first + offset, 0) * ticks
    rows = Rows(steps, series.rates, series.tolerance)
    by = "epoch" if log.by_epoch else "step"
    count = (int(series.steps[-1]) - log.first + (not log.counts_done)) * ticks
    spec = best_spec(rows, log.by_epoch)
    spec = {**spec, "steps": spec.get("steps", count), "by": spec.get("by", by)}
    matched, rms = quality(spec, rows)
    plan, rows = on_axis_of(spec, rows)
    return Proposal(log, series, spec, plan, rows, convention, matched, rms, ticks=ticks)


def interrupted_proposal(proposals: Sequence[Proposal]) -> Proposal | None:
    """Return the schedule up to a break after which it is known what follows; else of many rows.

    Of those that count their steps otherwise it is the shortest spec.
    """
    known = [item for item in map(first_interrupted, proposals) if item]
    return min(known, key=interrupted_rank, default=None)


def interrupted_rank(proposal: Proposal) -> tuple[bool, bool, int]:
    """Return what schedules up to a break are sorted by, the best first."""
    what = proposal.interruption
    is_known = bool(what and (what.mistake or what.following))
    return not is_known, not (what and what.mistake), len(str(proposal.spec))


def first_interrupted(uninterrupted: Proposal) -> Proposal | None:
    """Return the first schedule up to a break after which it is known what follows.

    Without one it is the first of many rows, up to a jump. Where the rows are of one schedule, what
    follows is a mistake with the one before the break.
    """
    many: Proposal | None = None
    for item in interrupted_proposals(uninterrupted):
        assert item.interruption
        is_good = uninterrupted.is_good
        if item.interruption.mistake or (item.interruption.following and not is_good):
            return item
        count = int(np.searchsorted(item.series.steps, item.interruption.step))
        is_jump = count in map(len, before_jumps(item.rows, TOO_FEW))
        if many is None and is_jump and count >= MANY * len(item.rows) and not is_good:
            many = item
    return many


def interrupted_proposals(uninterrupted: Proposal) -> Iterator[Proposal]:
    """Yield the schedules of the rows up to each break that has one."""
    rows, resumed = uninterrupted.rows, uninterrupted.resumed_rows
    for before in before_breaks(rows, TOO_FEW, resumed):
        spec = best_spec(before, uninterrupted.log.by_epoch)
        spec |= {"steps": uninterrupted.spec["steps"], "by": uninterrupted.spec["by"]}
        plan, (matched, rms) = PlanRates(curve_of(spec), rows.last), quality(spec, rows)
        if quality(spec, before)[0] < GOOD or matched >= GOOD:
            continue
        interruption = interruption_of(plan, rows, len(before), resumed)
        step = int(uninterrupted.series.steps[len(before)])
        yield replace(
            uninterrupted,
            spec=spec,
            plan=plan,
            matched=matched,
            rms=rms,
            interruption=replace(interruption, step=step),
        )


def interruption_of(
    plan: PlanRates, rows: Rows, index: int, resumed: Sequence[int]
) -> Interruption:
    """Return the interruption before the row of an index: a mistake, or another schedule."""
    before, after = rows.take(slice(index)), rows.take(slice(index, None))
    step = int(after.steps[0])
    item = Interruption(step, is_resumed=index in resumed)
    mistake = mistake_after(plan, rows, GOOD)
    if mistake:
        return replace(item, mistake=mistake)
    if index not in (*resumed, *map(len, before_jumps(rows, TOO_FEW))):  # as the end of a warm-up
        return item
    for begin in beginnings(before, after) if len(after) >= TOO_FEW else ():
        own = since(after, begin)
        spec = best_spec(own, by_epoch=False)
        if quality(spec, own)[0] >= GOOD:
            return replace(item, following=spec, begin=begin)
    return item


def best_spec(rows: Rows, by_epoch: bool) -> Spec:
    """Return the spec that gives the most rows; the first that gives all of them.

    Where a schedule of a library gives as many, it is that one.
    """
    best: tuple[float, float] | None = None
    spec: Spec = {}
    compared = rows.sampled(COMPARED)
    worth = partial(matched_of, compared)
    for candidate in candidates(rows, by_epoch):
        share = worth(candidate)
        tidy = rounded(candidate, worth) if share >= WORTH else candidate
        share, rms = quality(tidy, compared)
        rank = (share if share >= WORTH else 0.0, -rms)
        if best is None or rank > best:
            best, spec = rank, tidy
        if share == 1.0:
            break
    if not best or not best[0]:
        return rounded(spec, partial(nearness, compared))
    return rounded(with_library_name(spec, worth), worth) if best[0] >= GOOD else spec


def candidates(rows: Rows, by_epoch: bool) -> Iterator[Spec]:
    """Yield the best specs of each family, the simple families first.

    A log by epoch may be of a schedule of epochs that has a shape of its own.
    """
    yield from stairs(outline_of(rows))
    outline = outline_of(rows.sampled(FITTED))
    for cls in register.all() if by_epoch and outline.rises else ():
        for guess in cls.guesses(outline.t, outline.y) if cls.clock_unit == "epoch" else ():
            yield {"schedule": cls.title(), **guess}
    for family in FAMILIES:
        yield from family(outline)
    yield from any_stairs(outline_of(rows))


def curve_of(spec: Spec) -> Curve:
    """Return the curve of a spec. Raises SpecError where it cannot be one."""
    return read_curves(spec, Context(locate_nowhere))[0]


def on_axis_of(spec: Spec, rows: Rows) -> tuple[PlanRates, Rows]:
    """Return a spec's rates, and rows in its steps: a row of an epoch is its last step."""
    per_epoch = spec.get("steps_per_epoch", 1)
    rows = replace(rows, steps=(rows.steps + 1) * per_epoch - 1)
    return PlanRates(curve_of(spec), rows.last), rows


def quality(spec: Spec, rows: Rows) -> tuple[float, float]:
    """Return the share of rows that a spec gives, and what it leaves, as a share of the peak."""
    try:
        plan, rows = on_axis_of(spec, rows)
        rates = plan.at(rows.steps)
    except SpecError:
        return 0.0, float("inf")
    return rows.share(rates), float(np.sqrt(np.mean(((rates - rows.rates) / rows.peak) ** 2)))


def matched_of(rows: Rows, spec: Spec) -> float:
    """Return the share of rows that a spec gives."""
    return quality(spec, rows)[0]


def nearness(rows: Rows, spec: Spec) -> float:
    """Return how near a spec is that gives few rows: differences that are not seen count as 0."""
    return -round(quality(spec, rows)[1], NEAR_DECIMALS)


def rounded(spec: Spec, worth: Callable[[Spec], float]) -> Spec:
    """Return a spec each of whose rates and factors has as few digits as are worth as much."""
    before = worth(spec)
    for path in numbers_in(spec):
        for digits in range(EXACT_DIGITS):
            shorter = with_number(spec, path, digits)
            after = worth(shorter)
            if after >= before:
                spec, before = shorter, after
                break
    return spec


def numbers_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each number in a spec that is no whole one."""
    if isinstance(value, float):
        yield path
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers_in(item, (*path, key))


def with_number(value: Any, path: tuple[Any, ...], digits: int) -> Any:
    """Return a spec with the number at a path at so many digits; with no digits it is 0."""
    if not path:
        return float(f"{value:.{digits - 1}e}") if digits else 0.0
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_number(value[path[0]], path[1:], digits)
    return copy
