"""A scheduler under test: the first step at which it leaves its plan, and what explains it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.audits.audit import EXPLAINED
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.audits.search import explain
from lrviz.core.errors import SpecError
from lrviz.core.schedule import Array
from lrviz.curves.table import Table

SMALLEST = 1e-4
"""The share of the peak below which a rate is compared as if it were that large."""
MAX_EXPLANATIONS = 3


@dataclass(frozen=True, eq=False)
class Mismatch:
    """Two sampled curves that differ: those of a scheduler and of its plan, in this order.

    `first` is the first step that differs, `count` how many do, and `furthest` the step at which
    they are furthest apart. `explanations` are sentences on mistakes that give the scheduler's
    rates, the best first.
    """

    table: Table
    first: int
    count: int
    furthest: int
    explanations: tuple[str, ...]

    def rates(self, step: int) -> tuple[float, float]:
        """Return the rates of the scheduler and of the plan at a step."""
        scheduler, plan = self.table.columns
        return float(scheduler.rates[step]), float(plan.rates[step])


def tolerance_of(plan: Array, rtol: float) -> Array:
    """Return how far rates may be from a plan's.

    That is a share of the plan's rate, or of a ten-thousandth of its peak where that is more.
    """
    peak = float(np.abs(plan).max(initial=0.0))
    return np.asarray(rtol * np.maximum(np.abs(plan), SMALLEST * peak))


def find_mismatch(table: Table, rtol: float) -> Mismatch | None:
    """Return how a scheduler's column differs from its plan's, from step 0 on; None if it is equal.

    Raises SpecError where one of them has fewer steps.
    """
    scheduler, plan = table.columns
    if len(scheduler.rates) != len(plan.rates):
        message = f"has {len(scheduler.rates):,} steps, and the plan has {len(plan.rates):,}"
        raise SpecError.of(scheduler.label, message)
    apart = np.abs(scheduler.rates - plan.rates)
    differing = np.flatnonzero(apart > tolerance_of(plan.rates, rtol))
    if not differing.size:
        return None
    return Mismatch(
        table,
        int(differing[0]),
        len(differing),
        int(np.argmax(apart)),
        explanations(table, rtol),
    )


def explanations(table: Table, rtol: float) -> tuple[str, ...]:
    """Return sentences on the mistakes that give nearly all rates of the scheduler."""
    scheduler, plan = table.columns
    steps = np.arange(len(scheduler.rates))
    rows = Rows(steps, scheduler.rates, tolerance_of(scheduler.rates, rtol))
    rates = PlanRates(plan.curve, len(steps) + 1)
    per_epoch = plan.curve.steps_per_epoch
    items = explain(rates, rows, (0,), (per_epoch,) if per_epoch else ())
    good = [item for item in items if item.matched >= EXPLAINED and item.id != "as-planned"]
    best = [item for item in good if item.matched == good[0].matched][:MAX_EXPLANATIONS]
    return tuple(f"{item.label}: {item.sentence(plan.curve)}" for item in best)
