"""The spec that gives the most rows of a log, over the families of schedules."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from lrviz.audits.decay_fits import Spec
from lrviz.audits.families import FAMILIES, any_stairs, stairs
from lrviz.audits.library_names import with_library_name
from lrviz.audits.outline import outline_of
from lrviz.audits.rows import Rows
from lrviz.audits.spec_quality import matched_of, nearness, quality
from lrviz.audits.spec_rounding import rounded
from lrviz.core.register import register

GOOD = 0.95
"""A spec that gives a smaller share of the rows is not put forward."""
FITTED = 400
"""Rows that most families are fitted to."""
COMPARED = 2_000
"""Rows that a spec is chosen by."""
WORTH = 0.5
"""From this share of rows on it decides, and a spec's numbers are rounded, which may give more."""


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
