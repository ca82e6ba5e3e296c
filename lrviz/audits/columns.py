"""An audit or a proposal as a table of curves: the plan, the log, the best explanation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lrviz.audits.audit import ColumnAudit
from lrviz.audits.proposal import Proposal
from lrviz.core.schedule import Array, Steps64
from lrviz.core.text import one_line
from lrviz.curves.column import Column
from lrviz.curves.curve import Curve
from lrviz.curves.horizons import declares_length
from lrviz.curves.table import Table
from lrviz.run import Run

MAX_POINTS = 500_000
"""Of a longer log not every step is drawn."""
MAX_NAME = 40
"""Characters of the names of a log's columns with equal rates."""


def audit_table(audit: ColumnAudit) -> Table:
    """Return the plan, the log and the explanation as columns from the log's first row on.

    Of a log with several columns of rates the names say which one it is.
    """
    steps = audit.rows.steps + audit.planned.offset
    first, last = max(int(steps[0]), 0), max(int(steps[-1]), 0)
    planned = audit.plan.length // audit.plan.window if declares_length(audit.plan.plan) else 0
    stop = max(last + 1, planned)
    every = -(-(stop - first) // MAX_POINTS)
    expected, logged = range(first, stop, every), range(first, last + 1, every)
    curve = audit.plan.plan
    in_epochs = audit.log.by_epoch and (curve.axis == "epoch" or audit.plan.window > 1)
    sizes = {"steps_per_epoch": curve.steps_per_epoch, "tokens_per_step": curve.run.step_tokens}
    run = Run() if in_epochs else Run(**sizes)
    curve = replace(curve, run=run, by="epoch" if in_epochs else "step", name="", notes=())
    columns = [
        column_of(curve, plan_name(audit), expected, audit.plan.at(steps_in(expected))),
        log_column(curve, log_name(audit), logged, steps, rates_at(audit, steps_in(logged))),
    ]
    if audit.explained and not audit.followed:
        at = steps_in(logged) - audit.planned.offset
        rates = audit.best.rates(audit.plan, at)
        columns.append(column_of(curve, f"as if {audit.best.label}", logged, rates))
    return Table(tuple(columns))


def plan_name(audit: ColumnAudit) -> str:
    """Return what the plan of a column is called: with its group's name, where it is one's."""
    return f"plan of '{audit.group}'" if audit.group else "plan"


def log_name(audit: ColumnAudit) -> str:
    """Return what a column of a log is called: with its own names, where the log has several."""
    is_one_of_several = len(audit.log.series) > 1
    return f"log of {one_line(audit.series.label, MAX_NAME)}" if is_one_of_several else "log"


def rates_at(audit: ColumnAudit, at: Steps64) -> Array:
    """Return the rates of a log at steps of the plan's axis, also between its rows."""
    steps = audit.rows.steps + audit.planned.offset
    before = np.searchsorted(steps, at, side="right") - 1
    rates = audit.rows.rates[before]
    between = steps[before] != at
    if between.any():
        rates[between] = rates_between(audit, at[between], before[between])
    return rates


def rates_between(audit: ColumnAudit, at: Steps64, before: Steps64) -> Array:
    """Return the rates of a log at steps between its rows; `before` are the indices of those.

    Between two rows that are as planned the log is drawn as planned, besides its rounding, and
    between others as a straight line. It is nowhere below or above both the plan and its rows:
    rates rounded down to 0 have none below 0 between them.
    """
    rows, planned = audit.rows, audit.plan_rates
    steps = rows.steps + audit.planned.offset
    after = np.minimum(before + 1, len(steps) - 1)
    matches = rows.matches(planned)
    as_planned = matches[before] & matches[after]
    expected = audit.plan.at(at)
    rates = expected + np.interp(at, steps, rows.rates - planned)
    around = np.stack([expected, rows.rates[before], rows.rates[after]])
    rates = np.clip(rates, around.min(axis=0), around.max(axis=0))
    return np.where(as_planned, rates, np.interp(at, steps, rows.rates))


def proposal_table(proposal: Proposal) -> Table:
    """Return the log and the proposed schedule, where it is near, from the log's first row on."""
    steps = proposal.rows.steps
    every = -(-(int(steps[-1]) + 1 - int(steps[0])) // MAX_POINTS)
    expected = range(int(steps[0]), int(steps[-1]) + 1, every)
    curve = replace(proposal.plan.plan, name="", notes=())
    proposed = column_of(curve, "proposal", expected, proposal.plan.at(steps_in(expected)))
    rates = np.interp(steps_in(expected), steps, proposal.rows.rates)
    logged = log_column(curve, "log", expected, steps, rates)
    return Table((proposed, logged) if proposal.is_near else (logged,))


def steps_in(steps: range) -> Steps64:
    """Return a range as an array; `np.asarray` goes through it number by number."""
    return np.arange(steps.start, steps.stop, steps.step, dtype=np.int64)


def column_of(curve: Curve, label: str, steps: range, rates: Array) -> Column:
    """Return a column with a label of its own."""
    return Column(replace(curve, label=label), steps, rates)


def log_column(curve: Curve, label: str, steps: range, rows: Steps64, rates: Array) -> Column:
    """Return the column of a log that has rows at some of the steps."""
    measured = np.zeros(len(steps), np.bool_)
    measured[(np.maximum(rows, steps.start) - steps.start) // steps.step] = True
    return replace(column_of(curve, label, steps, rates), measured=np.flatnonzero(measured))
