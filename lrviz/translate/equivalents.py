"""The schedule of another dialect that gives the same rates as a curve.

A dialect proposes schedules for the outline of the curve; a proposal counts only if its rates
agree over the whole run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from lrviz.codegen.target import writer_of
from lrviz.core.errors import SpecError
from lrviz.core.outline import Outline, outline_of, outline_of_stairs
from lrviz.core.patterns import Proposal, without_floor
from lrviz.core.register import Dialect, register
from lrviz.core.schedule import Array, Schedule
from lrviz.curves.curve import Curve

Propose = Callable[[Outline], Iterator[Proposal]]
"""From an outline to what a dialect proposes."""
CLOSE = 1e-9
"""How much of a rate two equivalent schedules may differ by."""
SMALLEST = 1e-14
"""The share of the highest rate below which rates count as equal."""
RUNS = 3
"""How many runs long an equivalent is compared, to find the step at which it differs."""
MAX_AFTER = 1_000_000
"""How many steps after the run it is compared at most."""


@dataclass(frozen=True)
class Equivalent:
    """A schedule with its `lr` that gives a curve's rates over the run.

    `differs_at` is the first step after the run at which the two differ, or None where they agree
    for three times as long (at most a million steps more). Steps are those of its own clock. `note`
    says what a reader of its parameters would not expect.
    """

    schedule: Schedule
    lr: float
    differs_at: int | None
    note: str = ""


def find_equivalent(curve: Curve, dialect: Dialect) -> Equivalent | None:
    """Return a dialect's schedule that gives the rates of a curve over its run, or None.

    A rule that repeats as the curve does comes before a list of its parts; a rule that the curve
    leaves after the run comes last. A curve that ticks by epoch is translated tick by tick; for a
    dialect whose schedules count the optimizer's steps it is the staircase over them. What a
    metric drives has no equivalent: the rates of one metric say nothing of another.
    """
    module = dialect.module("equivalents")
    if module is None or follows_metric(curve.schedule):
        return None
    writer = writer_of(dialect)
    if writer is None or not writer.counts_steps:
        curve = curve.by_ticks()
    first: Equivalent | None = None
    last: Equivalent | None = None
    for proposal in proposals(curve, module.propose):
        equivalent = agreeing(curve, proposal)
        if equivalent is None:
            continue
        if not proposal.endless:
            first = first or equivalent
        elif equivalent.differs_at is None:
            return equivalent
        else:
            last = last or equivalent
    return first or last


def compared_steps(steps: int) -> int:
    """Return how many steps an equivalent of a run is compared over."""
    return min(RUNS * steps, steps + MAX_AFTER)


def follows_metric(schedule: Schedule) -> bool:
    """Return whether a metric drives a schedule."""
    return "metric" in type(schedule).model_fields


def proposals(curve: Curve, propose: Propose) -> Iterator[Proposal]:
    """Yield what a dialect proposes for the schedule's natural length and for the run.

    A longer run shows what a schedule without end repeats: of it only rules are proposed.
    """
    steps = curve.count()
    natural = curve.with_steps(None).count()
    with_floor = outline_over(curve, max(natural, steps) + 1)
    outlines: list[Outline | None] = []
    if with_floor and without_floor(with_floor) != with_floor:
        outlines.append(with_floor)
    outlines += [outline_over(curve, stop) for stop in (max(natural, steps), natural, steps)]
    for outline in dict.fromkeys(outlines):
        if outline:
            yield from propose(outline)
    longer = outline_over(curve, compared_steps(steps))
    if longer and longer not in outlines:
        yield from (proposal for proposal in propose(longer) if proposal.endless)


def outline_over(curve: Curve, stop: int) -> Outline | None:
    """Return the outline of a curve over steps 0 to `stop - 1` of its axis."""
    if not curve.ticks_by_epoch:
        return outline_of(curve.schedule, curve.lr, stop)
    try:
        return outline_of_stairs(curve.sample(range(stop)))
    except SpecError:
        return None


def agreeing(curve: Curve, proposal: Proposal) -> Equivalent | None:
    """Return the equivalent that a proposal makes, or None where its rates differ in the run."""
    cls = register.find(proposal.name)
    assert cls
    lr = curve.lr if proposal.lr is None else proposal.lr
    steps = curve.count()
    try:
        schedule = cls.model_validate(proposal.parameters)
        differs_at = first_difference(curve, schedule, lr, steps)
    except ValueError:  # of pydantic, or a SpecError
        return None
    if differs_at is not None:
        return None
    differs_at = first_difference(curve, schedule, lr, compared_steps(steps))
    return Equivalent(schedule, lr, differs_at, proposal.note)


def first_difference(curve: Curve, schedule: Schedule, lr: float, stop: int) -> int | None:
    """Return the first step before `stop` at which a schedule leaves the curve, or None."""
    end, theirs_end = curve.schedule.end(), schedule.end()
    every = curve.steps_per_tick
    stops = [stop]
    stops += [(end.last + 1) * every] if end else []
    stops += [theirs_end.last + 1] if theirs_end else []
    span = range(min(stops))
    ours, theirs = curve.sample(span), schedule.sample(span, lr)
    differs = ~np.isclose(theirs, ours, rtol=CLOSE, atol=SMALLEST * largest(ours))
    return int(np.argmax(differs)) if differs.any() else None


def largest(rates: Array) -> float:
    """Return the largest absolute rate."""
    return float(np.abs(rates).max(initial=0.0))
