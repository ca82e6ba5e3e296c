"""How near the rates of a spec are to the rows of a log."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lrviz.audits.phase_specs import Spec
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.core.errors import SpecError
from lrviz.curves.curve import Curve
from lrviz.specfile.keys import Context
from lrviz.specfile.reader import read_curves
from lrviz.specfile.source import locate_nowhere

NEAR_DECIMALS = 3
"""Decimals of the remaining difference that decide how a spec of fewer rows is rounded."""


def curve_of(spec: Spec) -> Curve:
    """Return the curve of a spec. Raises SpecError where it cannot be one."""
    return read_curves(spec, Context(locate_nowhere))[0]


def on_axis_of(spec: Spec, rows: Rows) -> tuple[PlanRates, Rows]:
    """Return a spec's rates, and rows in its steps: a row of an epoch is its last step.

    Where the schedule ticks by epoch, the rows are of steps.
    """
    per_epoch = 1 if spec.get("by") == "epoch" else spec.get("steps_per_epoch", 1)
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


def closeness(rows: Rows, spec: Spec) -> tuple[float, float]:
    """Return the share of rows that a spec gives, and how near it is to the others."""
    return matched_of(rows, spec), nearness(rows, spec)


def nearness(rows: Rows, spec: Spec) -> float:
    """Return how near a spec is that gives few rows: differences that are not seen count as 0."""
    return -round(quality(spec, rows)[1], NEAR_DECIMALS)
