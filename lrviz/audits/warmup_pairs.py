"""Fits of another warm-up together with another length, floor or clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from lrviz.audits.clock_fits import fit_times
from lrviz.audits.explanation import Fit
from lrviz.audits.length_fits import changed_run, fit_last_part
from lrviz.audits.number_fits import SAMPLE, best_variant, likely_numbers, share_of
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.audits.setting_fits import WARMUPS, fit_any
from lrviz.mistakes.registry import find_mistake
from lrviz.mistakes.variants import warmup_of

FEWEST = 2
"""Rows of a warm-up that say how long it is."""


def fit_warmup_pairs(
    plan: PlanRates, rows: Rows, epochs: Sequence[int]
) -> Iterator[tuple[Fit, Fit]]:
    """Yield another warm-up, by the rows before the highest rate, beside what follows it.

    The rates of a warm-up do not depend on the length and the floor of the decay.
    """
    if warmup_of(plan.plan.schedule) is None or plan.window > 1:
        return
    top = int(np.argmax(rows.rates))
    rising = rows.take(slice(top))
    for change in WARMUPS[:2]:
        variant = partial(changed_run, plan, change)
        steps: int | None = 0
        if top:
            likely = likely_numbers(warmup_of(plan.plan.schedule) or 0, rows)
            steps = best_variant(variant, plan, rising, 2 * rows.last, likely)
        run = None if steps is None else variant(steps)
        if steps is None or run is None:
            continue
        if top and (top < FEWEST or share_of(run, plan, rising) < 1):
            continue
        warmup = Fit(find_mistake("other-warmup"), {"steps": steps}, run)
        other = replace(plan, plan=run[0].plan)
        sample = rows.sampled(SAMPLE)
        for fit in (
            *fit_last_part(other, sample),
            *fit_any(find_mistake("other-floor"), other, sample),
            *fit_times(other, sample, epochs),
        ):
            yield replace(warmup, pieces=fit.pieces), fit
