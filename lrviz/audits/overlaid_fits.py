"""Fits of a decay that runs from step 0 below its warm-up, so that no row has its peak."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf

import numpy as np

from lrviz.audits.decay_fits import best_decay
from lrviz.audits.library_names import Shape, library_spec, ordered_schedules
from lrviz.audits.outline import Outline, straight_line
from lrviz.audits.phase_specs import Spec
from lrviz.audits.rate_fits import COSINE, NEARLY, polynomial
from lrviz.core.roles import Target
from lrviz.core.schedule import Schedule

CURVES = (COSINE, *map(polynomial, (1.0, 0.5, 2.0)))
FEWEST = 3
"""Rows of a decay that are fitted at least."""
CLOSE = (0, 1, -1)
STARTS = frozenset({"warmup_init_lr", "warmup_lr_init"})
"""What the schedules that may do so call the rate at the start of their warm-up."""


def overlaid(outline: Outline) -> Iterator[Spec]:
    """Yield the schedules of libraries that decay below their warm-up.

    The highest row may be the last one of the warm-up, or the first one after it.
    """
    after, warmup = slice(outline.first + 1, None), slice(max(outline.first, 1))
    t, y, tolerance = outline.t[after], outline.y[after], outline.tolerance[after]
    if not outline.rises or len(t) < FEWEST:
        return
    rows = Outline(t, y, tolerance, 0, 0, budget=outline.budget)
    decays = [replace(curve, to_zero=to_zero) for curve in CURVES for to_zero in (True, False)]
    fits = [fit for fit in (best_decay(rows, decay) for decay in decays) if fit]
    enough = float(np.mean(tolerance**2))  # of equally good ones the first
    loss, spec = min(fits, key=lambda fit: max(fit[0], enough), default=(inf, {}))
    if loss <= NEARLY * enough:
        yield from below_warmup(outline, spec, warmup)


def below_warmup(outline: Outline, spec: Spec, warmup: slice) -> Iterator[Spec]:
    """Yield the schedules of libraries with the decay of a spec, and a warm-up to its peak."""
    t, y, peak, (phase,) = outline.t[warmup], outline.y[warmup], spec["lr"], spec["phases"]
    if len(t) > 1:
        slope, start = straight_line(t, y, outline.weights[warmup])
    elif t[0]:  # a single row is taken to be on a line from 0
        slope, start = float(y[0] / t[0]), 0.0
    else:
        start = float(y[0])
        slope = (peak - start) / float(outline.t[outline.first])
    length, start = round((peak - start) / slope) if slope > 0 else 0, max(start, 0.0)
    for steps in (length + more for more in CLOSE if length + more > 0):
        target = Target(spec["total_steps"], peak, steps, phase["to"] * peak)
        shape = Shape(target, {**dict.fromkeys(STARTS, start), **phase})
        yield from (library_spec(cls, shape) for cls in may_overlay())


def may_overlay() -> list[type[Schedule]]:
    """Return the schedules of libraries that have a rate at the start of a warm-up."""
    return [cls for cls in ordered_schedules() if not STARTS.isdisjoint(cls.model_fields)]
