"""How a log counts its steps, and which step's rate a row has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from lrviz.audits.log import Log

USED, NEXT = "rate-used", "next-rate"
CONVENTIONS: Mapping[bool, Mapping[str, int]] = {
    True: {USED: -1, NEXT: 0},
    False: {USED: 0},
}
"""By whether a log counts the steps done: what is added to its step to get the plan's step."""


def countings(log: Log, in_steps: bool = False) -> Iterator[Log]:
    """Yield a log as it may count its steps: as it is read, from 1, and its rows from 1.

    With `in_steps` it is compared in steps, and a row of an epoch may have the rate of its first
    step, or of the next epoch's.
    """
    yield log
    if in_steps and log.by_epoch and not (log.counts_done or log.mean_over_epoch):
        first = replace(log, begins_epochs=True)
        yield first
        if all(series.steps.min() == 0 for series in log.series):
            yield replace(first, first=-1)
        if may_count_from_one(log):
            yield replace(first, first=1)
    if may_count_from_one(log):
        yield replace(log, first=1)
    if log.every and not log.counts_done:
        later = begun_later(log)
        yield later
        if may_count_from_one(later):
            yield replace(later, first=1)


def begun_later(log: Log) -> Log:
    """Return a log without steps whose first row is of the step with which it counted the second.

    A log that has a row after every ten steps begins at step 10, or at step 9.
    """
    later = [replace(item, steps=item.steps + (log.every or 0)) for item in log.series]
    return replace(log, series=tuple(later))


def may_count_from_one(log: Log) -> bool:
    """Return whether the first row is of step 1, or of a multiple of the steps between rows.

    A log that counts from 0 has rows at 0, 10, 20 or at 9, 19, 29, one that counts from 1 has them
    at 1, 11, 21 or at 10, 20, 30.
    """
    if log.counts_done or log.first:
        return False
    firsts = [int(series.steps.min()) for series in log.series]
    spacings = [int(np.gcd.reduce(np.diff(series.steps))) for series in log.series]
    return all(
        first == 1 or (first > 0 and spacing > 0 and first % spacing == 0)
        for first, spacing in zip(firsts, spacings, strict=True)
    )
