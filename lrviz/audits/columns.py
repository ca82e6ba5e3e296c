"""An audit or a proposal as a table of curves: the plan, the log, the best explanation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lrviz.audits.audit import ColumnAudit
from lrviz.audits.proposal import Proposal
from lrviz.core.schedule import Array
from lrviz.curves.column import Column
from lrviz.curves.curve import Curve
from lrviz.curves.table import Table
from lrviz.run import Run

MAX_POINTS = 500_000
"""Of a longer log not every step is drawn."""


def audit_table(audit: ColumnAudit) -> Table:
    """Return the plan, the log and the explanation as columns from the log's first row on.

    Between its rows the log is a straight line.
    """
    steps = audit.rows.steps + audit.planned.offset
    first, last = max(int(steps[0]), 0), max(int(steps[-1]), 0)
    stop = max(last + 1, audit.plan.length // audit.plan.window)
    every = -(-(stop - first) // MAX_POINTS)
    expected, logged = range(first, stop, every), range(first, last + 1, every)
    curve = audit.plan.plan
    in_epochs = audit.log.by_epoch and (curve.axis == "epoch" or audit.plan.window > 1)
    curve = replace(curve, run=Run(), by="epoch" if in_epochs else "step", name="", notes=())
    columns = [
        column_of(curve, "plan", expected, audit.plan.at(np.asarray(expected))),
        column_of(curve, "log", logged, np.interp(np.asarray(logged), steps, audit.rows.rates)),
    ]
    if audit.explained and not audit.followed:
        at = np.asarray(logged) - audit.planned.offset
        rates = audit.best.rates(audit.plan, at)
        columns.append(column_of(curve, f"as if {audit.best.label}", logged, rates))
    return Table(tuple(columns))


def proposal_table(proposal: Proposal) -> Table:
    """Return the log and the proposed schedule as columns from the log's first row on."""
    steps = proposal.rows.steps
    every = -(-(int(steps[-1]) + 1 - int(steps[0])) // MAX_POINTS)
    expected = range(int(steps[0]), int(steps[-1]) + 1, every)
    curve = replace(proposal.plan.plan, name="", notes=())
    return Table(
        (
            column_of(curve, "proposal", expected, proposal.plan.at(np.asarray(expected))),
            column_of(
                curve, "log", expected, np.interp(np.asarray(expected), steps, proposal.rows.rates)
            ),
        )
    )


def column_of(curve: Curve, label: str, steps: range, rates: Array) -> Column:
    """Return a column with a label of its own."""
    return Column(replace(curve, label=label), steps, rates)
