"""The length of a run that its training config leaves open: the one that gives the log's rates."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from lrviz.audits.countings import CONVENTIONS
from lrviz.audits.length_fits import fit_length
from lrviz.audits.log import Log
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.planned_column import nearest_plan
from lrviz.core.errors import SpecError
from lrviz.curves.curve import Curve

FEWEST = 5
"""Fewer rows may have the rates of a run of any length."""
LEAST = 0.99
"""The share of rows that a length has to give."""

CurveOf = Callable[[int], Curve]
"""Returns the plan of a run of so many steps. Raises SpecError where it cannot have them."""


def length_of_rows(log: Log, curve_of: CurveOf) -> int | None:
    """Return the length with which a plan gives nearly all rows of a log of steps, or None.

    A log that has ended is tried first: the steps to its last row are those of the whole run.
    """
    rows = max(log.series, key=len)
    if log.by_epoch or len(rows) < FEWEST:
        return None
    best, least = None, 1 - LEAST
    for total in dict.fromkeys(likely_totals(log, curve_of)):
        try:
            with np.errstate(all="ignore"):  # rates may be near the largest numbers
                apart = share_apart(log, curve_of(total))
        except SpecError:
            continue
        if apart < least or (best is None and apart <= least):
            best, least = total, apart
        if not least:
            break
    return best


def likely_totals(log: Log, curve_of: CurveOf) -> Iterator[int]:
    """Yield lengths that a run may have: to the log's last row, then those that fit a column."""
    last = max(int(series.steps.max()) for series in log.series)
    spacing = min(int(np.diff(np.unique(series.steps)).min(initial=last)) for series in log.series)
    ended = [last + 1 - log.first, last, last + spacing]
    yield from (total for total in ended if total > 0)
    try:
        curve = curve_of(max(ended[0], 1))
        column = nearest_plan(log, log.series[0], curve, CONVENTIONS[log.counts_done].values())
    except SpecError:
        return
    plan = PlanRates(column.plan.plan, column.rows.last)
    with np.errstate(all="ignore"):
        fits = [*fit_length(plan, column.rows, ())]
    for fit in fits:
        yield int(fit.values["total"])


def share_apart(log: Log, curve: Curve) -> float:
    """Return the share of rows that no rate of a plan explains, the largest of a log's columns."""
    offsets = CONVENTIONS[log.counts_done].values()
    columns = (nearest_plan(log, series, curve, offsets) for series in log.series)
    return max(column.distance(offsets)[0] for column in columns)
