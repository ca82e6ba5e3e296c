"""Fits of another warm-up, and of any mistake that has no fit of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from lrviz.audits.explanation import Fit, fitted, pieces_of
from lrviz.audits.factor import factor_between
from lrviz.audits.length_fits import (
    Change,
    best_scaled,
    changed_run,
    numbers_near,
    scaled_distance,
    scaled_share,
)
from lrviz.audits.number_fits import (
    CLOSE,
    COMPARED,
    SAMPLE,
    best_number,
    best_variant,
    likely_numbers,
)
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.core.errors import SpecError
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.mistakes.mistake import Mistake
from lrviz.mistakes.registry import find_mistake
from lrviz.mistakes.variants import (
    is_longer_with_warmup,
    length_of,
    sequenced,
    warmup_of,
    with_hold,
    with_length,
    with_warmup,
)

MAX_NUMBER = 100_000
VALUE_DIGITS = 12


def fit_warmup(plan: PlanRates, rows: Rows, epochs: Sequence[int]) -> Iterator[Fit]:
    """Yield the best other warm-up: with the decay as long as planned, and the whole run.

    The whole run is as long if the last part is shorter or longer, or the one before it.
    """
    del epochs
    planned_warmup = warmup_of(plan.plan.schedule)
    if planned_warmup is None:
        return
    mistake = find_mistake("other-warmup")
    likely = likely_numbers(planned_warmup * plan.plan.steps_per_tick, rows)
    largest = max(plan.length, 2 * rows.last * plan.window)
    for change in warmup_changes(plan.plan.schedule):
        variant = partial(changed_run, plan, change)
        steps = best_variant(variant, plan, rows, largest, likely)
        pieces = None if steps is None else variant(steps)
        if steps is not None and pieces is not None:
            yield Fit(mistake, {"steps": steps}, pieces)


def fit_scaled_warmup(plan: PlanRates, rows: Rows) -> Iterator[tuple[Fit, Fit]]:
    """Yield the best other warm-up together with a factor."""
    sample = rows.sampled(SAMPLE)
    schedule = plan.plan.schedule
    for change in warmup_changes(schedule) if warmup_of(schedule) is not None else ():
        yield from best_scaled(plan, nearest_warmups(plan, change, sample), sample)


def nearest_warmups(plan: PlanRates, change: Change, rows: Rows) -> Iterator[Fit]:
    """Yield the warm-up that gives rows best with the factor that suits it, and those near it."""
    planned_warmup = (warmup_of(plan.plan.schedule) or 0) * plan.plan.steps_per_tick
    compared = rows.sampled(COMPARED)

    def loss(steps: int) -> float:
        return scaled_distance(changed_run(plan, change, steps), plan, compared)

    def gives_all(steps: int) -> bool:
        return scaled_share(changed_run(plan, change, steps), plan, rows) == 1

    likely = likely_numbers(planned_warmup, rows)
    best = best_number(loss, max(plan.length, rows.last * plan.window), likely, gives_all)
    for steps in [] if best is None else [best, *numbers_near(best, CLOSE)]:
        pieces = changed_run(plan, change, steps)
        if pieces is not None:
            yield Fit(find_mistake("other-warmup"), {"steps": steps}, pieces)


def same_length(change: Change) -> Change:
    """Return the change of a plan's warm-up after which its length is changed back."""

    def changed(plan: Curve, warmup: int) -> Curve:
        total = length_of(plan.schedule)
        if total is None:
            raise SpecError.of(plan.label, "has no length", "no-such-length")
        return change(with_warmup(plan, warmup), total * plan.steps_per_tick)

    return changed


WARMUPS = (with_warmup, same_length(with_length), same_length(with_hold))
"""Changes of a warm-up: the rest as long as planned, or its last part or the one before is not."""


def warmup_changes(schedule: Schedule) -> Sequence[Change]:
    """Return the changes of a warm-up that give a schedule different rates."""
    parts = sequenced(schedule)
    if parts:
        return WARMUPS if len(parts.milestones) > 1 else WARMUPS[:2]
    return WARMUPS[:2] if is_longer_with_warmup(schedule) else WARMUPS[:1]


def fit_any(mistake: Mistake, plan: PlanRates, rows: Rows) -> Iterator[Fit]:
    """Yield the best value of a mistake that has no fit of its own, and one number or none.

    A whole number is searched as a length is; on another number the rates depend linearly.
    """
    if not mistake.parameters:
        yield from fitted(mistake.id, plan)
    elif len(mistake.parameters) == 1 and mistake.parameters[0].is_integer:
        name = mistake.parameters[0].name
        largest = min(max(plan.length, rows.last), MAX_NUMBER)
        number = best_variant(
            lambda n: pieces_of(mistake, plan, {name: n}), plan, rows, largest, ()
        )
        if number is not None:
            yield from fitted(mistake.id, plan, **{name: number})
    elif len(mistake.parameters) == 1:
        for value in linear_values(mistake, plan, rows.sampled(SAMPLE)):
            yield from fitted(mistake.id, plan, **{mistake.parameters[0].name: value})


def linear_values(mistake: Mistake, plan: PlanRates, rows: Rows) -> Iterator[float]:
    """Yield the least value of a mistake's number, and the one that follows from two runs."""
    (item,) = mistake.parameters
    runs = [
        pieces_of(mistake, plan, {item.name: value}) for value in (item.example, item.example / 2)
    ]
    if runs[0] is None or runs[1] is None:
        return
    yield item.minimum
    once, half = (plan.run(pieces, rows.steps) for pieces in runs if pieces)
    per_unit = 2 * (once - half)
    others = Rows(rows.steps, rows.rates - once + per_unit, rows.tolerance)
    above = others.rates > others.tolerance
    factor = factor_between(per_unit[above], others.take(above)) if above.any() else None
    if factor is not None:
        yield float(f"{factor * item.example:.{VALUE_DIGITS}g}")
