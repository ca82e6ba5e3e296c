"""A column of a log beside the rates that are planned for it: the plan's, or those of a group."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from lrviz.audits.log import Log, Series
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.core.errors import SpecError
from lrviz.core.schedule import Steps64
from lrviz.core.text import format_count
from lrviz.curves.curve import Curve

MORE_THAN_EPOCHS = 3
"""A log of so many times as many steps as the plan has epochs counts no epochs."""


class PlannedColumn(NamedTuple):
    """A column of rates beside those that are planned for it, both in steps of the same axis.

    `group` is the name of the group of parameters that they are planned for, where it has another
    curve.
    """

    group: str | None
    plan: PlanRates
    rows: Rows

    def distance(self, offsets: Collection[int]) -> tuple[float, float]:
        """Return the share of rows that differ from the plan, and how far all are from it.

        `offsets` are what may be added to a log's step to get the plan's; the nearest one counts.
        """
        planned = [self.plan.at(self.rows.steps + offset) for offset in offsets]
        return min(
            (1 - self.rows.share(rates), float(np.sum((rates - self.rows.rates) ** 2)))
            for rates in planned
        )


def nearest_plan(log: Log, series: Series, curve: Curve, offsets: Collection[int]) -> PlannedColumn:
    """Return a column beside the nearest rates of a plan: the curve's own, or those of a group."""
    columns = [beside(log, series, None, curve)]
    columns += [beside(log, series, group.label, group) for group in curve.groups]
    if len(columns) == 1:
        return columns[0]
    return min(columns, key=lambda column: column.distance(offsets))


def beside(log: Log, series: Series, group: str | None, curve: Curve) -> PlannedColumn:
    """Return a column beside the rates of one curve."""
    plan, steps = on_one_axis(log, series, curve)
    peak = float(np.max(plan.table, initial=0.0))
    tolerance = series.rounding.tolerance(series.rates, peak)
    return PlannedColumn(group, plan, Rows(steps, series.rates, tolerance))


def is_longer_run_of_steps(log: Log, steps: Steps64, curve: Curve) -> bool:
    """Return whether a log counts so many more steps than a plan has epochs that they are none.

    Steps of a shorter log may be epochs, whatever their column is called.
    """
    if log.by_epoch or curve.axis != "epoch" or curve.run.length is None:
        return False
    return int(steps.max()) >= MORE_THAN_EPOCHS * curve.count()


def on_one_axis(log: Log, series: Series, curve: Curve) -> tuple[PlanRates, Steps64]:
    """Return the plan's rates and the log's steps, both in steps of the same axis."""
    steps = series.steps - log.first if log.first else series.steps
    per_epoch = curve.steps_per_epoch
    if log.by_epoch and curve.ticks_by_epoch:
        curve = curve.by_ticks()
    elif log.by_epoch and curve.axis == "step":
        if per_epoch is None:
            message = (
                "has a row per epoch, and the plan counts steps; say --by epoch where they are "
                "epochs, or how many steps an epoch has with --steps-per-epoch"
            )
            raise SpecError.of(log.path, message, "no-epochs")
        if log.mean_over_epoch:
            return PlanRates(curve, (int(steps.max()) + 1) * per_epoch, per_epoch), steps
        at_first = log.counts_done or log.begins_epochs
        steps = steps * per_epoch if at_first else (steps + 1) * per_epoch - 1
    elif is_longer_run_of_steps(log, steps, curve):
        message = (
            f"counts steps to {int(steps.max()):,}, and the plan counts "
            f"{format_count(curve.count(), 'epoch')}; say how many steps an epoch has with "
            "--steps-per-epoch"
        )
        raise SpecError.of(log.path, message, "no-epochs")
    length = log.run_length and log.run_length.steps
    return PlanRates(curve, int(steps.max()) + 2, logged_length=length), steps
