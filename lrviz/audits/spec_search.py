"""The spec that gives the most rows of a log, over the families of schedules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain

from lrviz.audits.budget import Budget
from lrviz.audits.families import FAMILIES, any_stairs, equal_stairs, long_stairs
from lrviz.audits.library_names import with_library_name
from lrviz.audits.outline import outline_of
from lrviz.audits.phase_specs import Spec
from lrviz.audits.rows import Rows
from lrviz.audits.spec_quality import closeness, matched_of, nearness, quality
from lrviz.audits.spec_rounding import rounded
from lrviz.audits.tick_spacing import by_ticks, steps_per_tick
from lrviz.core.register import register

GOOD = 0.95
"""A spec that gives a smaller share of the rows is not put forward."""
NEARLY_ALL = 0.99
"""The share of many rows that the schedule of a log gives; of fewer rows it may miss one."""
FITTED = 400
"""Rows that most families are fitted to."""
COMPARED = 2_000
"""Rows that a spec is chosen by."""
WORTH = 0.5
"""From this share of rows on it decides, and a spec's numbers are rounded, which may give more."""


def least_share(count: int) -> float:
    """Return the share of so many rows that their schedule gives at least."""
    return max(GOOD, min(NEARLY_ALL, 1 - 1 / count))


def best_spec(rows: Rows, by_epoch: bool, budget: Budget | None = None) -> Spec:
    """Return the spec that gives the most rows; the first that gives all of them.

    Where a schedule of a library gives as many, it is that one. Stairs whose steps are equally long
    are those of a scheduler that ticks once in so many steps, and its schedule is of ticks. With a
    budget that is spent, it is the best one so far, and may be empty.
    """
    compared = rows.sampled(COMPARED)
    worth = partial(matched_of, compared)
    share, spec = best_of(equal_stairs(outline_of(rows)), compared)
    spacing = None if by_epoch or share == 1.0 else steps_per_tick(rows)
    if spacing:
        ticked = best_spec(by_ticks(rows, spacing), by_epoch, budget)
        ticked = ticked and ticked | {"by": "epoch", "steps_per_epoch": spacing}
        specs = chain(filter(None, [spec, ticked]), any_stairs(outline_of(rows)))
        return best_of(specs, compared)[1]
    if share < 1.0:
        specs = chain([spec] if spec else [], candidates(rows, by_epoch, budget or Budget()))
        share, spec = best_of(specs, compared)
    if not share:
        return rounded(spec, partial(nearness, compared))
    return rounded(with_library_name(spec, worth), worth) if share >= GOOD else spec


def best_of(specs: Iterable[Spec], rows: Rows) -> tuple[float, Spec]:
    """Return the spec that gives the most rows, and their share; the first that gives all of them.

    A share that decides nothing is 0, and the spec the nearest one, or empty where there is none.
    """
    best: tuple[float, float] | None = None
    choice: Spec = {}
    worth = partial(matched_of, rows)
    for spec in specs:
        share = worth(spec)
        tidy = rounded(spec, partial(closeness, rows)) if WORTH <= share < GOOD else spec
        tidy = rounded(spec, worth) if share >= GOOD else tidy
        share, rms = quality(tidy, rows)
        rank = (share if share >= WORTH else 0.0, -rms)
        if best is None or rank > best:
            best, choice = rank, tidy
        if share == 1.0:
            break
    return (best[0] if best else 0.0), choice


def candidates(rows: Rows, by_epoch: bool, budget: Budget) -> Iterator[Spec]:
    """Yield the best specs of each family but equal stairs, the simple families first.

    A log by epoch may be of a schedule of epochs that has a shape of its own.
    """
    yield from long_stairs(outline_of(rows))
    outline = outline_of(rows.sampled(FITTED), budget)
    for cls in register.all() if by_epoch else ():
        for guess in cls.guesses(outline.t, outline.y) if cls.clock_unit == "epoch" else ():
            yield {"schedule": cls.title(), **guess}
    for family in FAMILIES:
        if not budget.is_spent:
            yield from family(outline)
    yield from any_stairs(outline_of(rows))
