"""The audit: a log against a plan, as a value that says what happened in the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from lrviz.audits.explanation import FOLLOWED, Explanation
from lrviz.audits.log import Log, Series
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.planned_column import nearest_plan
from lrviz.audits.rows import Rows
from lrviz.audits.search import explain
from lrviz.core.schedule import Array, Steps64
from lrviz.core.text import format_count, format_rounded
from lrviz.curves.curve import Curve

EXPLAINED = 0.9
"""An explanation of a smaller share of the rows is none."""
FEW_ROWS = 5
"""So few rows may agree with a plan by chance, or with several mistakes."""
USED, NEXT = "rate-used", "next-rate"
CONVENTIONS: Mapping[bool, Mapping[str, int]] = {
    True: {USED: -1, NEXT: 0},
    False: {USED: 0},
}
"""By whether a log counts the steps done: what is added to its step to get the plan's step."""
UNEXPLAINED = (
    "no mistake that lrviz knows gives these rates: check that the log is of this plan; without "
    "--against, lrviz audit proposes the schedule of the log"
)
SAME_RATES = "they give the same rates at all steps of the plan"
SMALLEST_VISIBLE = 1e-4
"""Rates so near to each other, as shares of the peak, do not tell two explanations apart."""
COARSE = 0.1
"""Rates that are rounded by more than this share of the peak show little of a schedule."""
MAX_AHEAD = 1_000_000


@dataclass(frozen=True, eq=False)
class ColumnAudit:
    """One column of a log against a plan; `explanations` are best first.

    `plan` has the plan's rates and `rows` the log's rows on its axis. `group` is the name of the
    group of parameters that the column is of, where its rates differ from the curve's.
    """

    log: Log
    series: Series
    plan: PlanRates
    rows: Rows
    explanations: tuple[Explanation, ...]
    group: str | None = None

    @property
    def best(self) -> Explanation:
        """The first explanation."""
        return self.explanations[0]

    @property
    def explained(self) -> bool:
        """Whether the first explanation gives nearly all rows, and they are enough for it.

        Nothing explains a rate below 0 that is not planned.
        """
        if self.negative_step is not None:
            return False
        if self.best.id == "as-planned":
            return self.best.matched >= FOLLOWED
        return self.best.matched >= EXPLAINED and not self.rows_are_too_few

    @property
    def rows_are_too_few(self) -> bool:
        """Whether the first explanation has so many numbers that any rates may have them."""
        return len(self.rows) <= self.best.numbers + 1

    @property
    def followed(self) -> bool:
        """Whether the run followed the plan."""
        return self.explained and self.best.id == "as-planned"

    @cached_property
    def planned(self) -> Explanation:
        """The plan, in the convention that fits the log better."""
        return next(item for item in self.explanations if item.id == "as-planned")

    @property
    def convention(self) -> str:
        """Which rate a row has: the one its step used, or the next one."""
        names = CONVENTIONS[self.log.counts_done]
        return next(name for name, offset in names.items() if offset == self.planned.offset)

    @property
    def unfinished(self) -> str:
        """That the log ends before the plan does, or nothing; in steps as the log counts them."""
        if not self.plan.plan.has_length:
            return ""
        spacing = int(np.diff(self.rows.steps).max(initial=1))
        if (self.rows.last + spacing) * self.plan.window >= self.plan.length:
            return ""
        last = self.rows.last * self.plan.window + self.log.first
        return f"the log ends at {self.plan.plan.axis} {last:,} of {self.plan.length:,}"

    @cached_property
    def plan_rates(self) -> Array:
        """The plan's rate for each row."""
        return self.planned.rates(self.plan, self.rows.steps)

    @cached_property
    def differing(self) -> Steps64:
        """The indices of the rows that are not as planned."""
        return np.flatnonzero(~self.rows.matches(self.plan_rates))

    @property
    def first_difference(self) -> int | None:
        """The log's step of the first row that is not as planned, or None."""
        return int(self.series.steps[self.differing[0]]) if len(self.differing) else None

    @cached_property
    def negative_step(self) -> int | None:
        """The log's step of the first rate below 0 that is neither planned nor explained."""
        explained = self.rows.matches(self.best.rates(self.plan, self.rows.steps))
        below = self.differing[(self.rows.rates < 0)[self.differing] & ~explained[self.differing]]
        return int(self.series.steps[below[0]]) if len(below) else None

    @cached_property
    def largest(self) -> int | None:
        """The index of the row that is furthest from the plan, or None."""
        apart = np.abs(self.rows.rates - self.plan_rates)[self.differing]
        return int(self.differing[np.argmax(apart)]) if len(apart) else None

    @cached_property
    def ties(self) -> tuple[Explanation, ...]:
        """The other explanations that give as many rows as the first one.

        Those with more numbers that give the same rates at all steps of the plan are left out.
        """
        if self.followed or not self.explained:
            return ()
        equal = [item for item in self.explanations[1:] if item.matched >= self.best.matched]
        return tuple(
            item
            for item in equal
            if item.numbers <= self.best.numbers or self.difference(item) != SAME_RATES
        )

    def sentence(self, item: Explanation) -> str:
        """Return what an explanation says, with the remedy, and whether the log is too short."""
        what = item.sentence(self.plan.plan, self.log.run_length)
        return "; ".join(filter(None, (what, self.doubt)))

    @property
    def doubt(self) -> str:
        """That the log has too few rows or decimals to be sure, or nothing."""
        rows, rounding = len(self.rows), str(self.series.rounding)
        doubts = []
        if rows <= FEW_ROWS:
            doubts.append(f"{format_count(rows, 'row')} {be(rows)} too few to be sure")
        elif not self.rows.rates.any():
            doubts.append("every rate is 0, as where too few decimals are printed")
        if self.series.rounding.decimals and self.rows.tolerance.max() > COARSE * self.rows.peak:
            verb = be(self.series.rounding.decimals)
            doubts.append(f"{rounding} {verb} too coarse to be sure")
        return "; ".join(doubts)

    @property
    def unexplained(self) -> str:
        """Why no explanation is given."""
        if self.negative_step is not None:
            step = f"{self.negative_step:,}"
            return f"the rate at step {step} is below 0, which no learning rate is: check the log"
        if self.rows_are_too_few and self.best.matched >= EXPLAINED:
            rows = format_count(len(self.rows), "row")
            return f"many mistakes give the rates of {rows}: log more rows"
        return UNEXPLAINED

    def difference(self, other: Explanation) -> str:
        """Return which row tells another explanation from the first one."""
        steps = np.arange(min(max(self.plan.length, self.rows.last + 1), MAX_AHEAD))
        ours, theirs = self.best.rates(self.plan, steps), other.rates(self.plan, steps)
        apart = np.abs(ours - theirs)
        tolerance = self.series.rounding.tolerance(ours, self.rows.peak)
        apart[apart <= np.maximum(2 * tolerance, SMALLEST_VISIBLE * self.rows.peak)] = 0.0
        index = int(np.argmax(apart))
        if not apart[index]:
            return SAME_RATES
        step = index + self.log.first
        return (
            f"the rate at step {step:,} tells them apart: {format_rounded(float(ours[index]))} "
            f"with {self.best.id}, {format_rounded(float(theirs[index]))} with {other.id}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as `lrviz audit --json` writes it."""
        steps = self.series.steps
        items = [
            {
                "id": item.id,
                "params": item.values,
                "matched": item.matched,
                "rms": item.rms,
                "sentence": self.sentence(item),
            }
            for item in self.explanations
        ]
        if not self.explained:
            empty = {"params": {}, "matched": 0.0, "rms": self.best.rms}
            items.insert(0, {"id": "unexplained", **empty, "sentence": self.unexplained})
        return {
            "followed": self.followed,
            "log": {
                "rows": len(self.series),
                "first_step": int(steps.min()),
                "last_step": int(steps.max()),
                "step_column": self.log.step_column,
                "lr_column": self.series.columns[0],
                "lr_columns": list(self.series.columns),
                "format": self.log.format,
                "rounding": str(self.series.rounding),
                "convention": self.convention,
            },
            "group": self.group,
            "first_difference": self.first_difference,
            "explanations": items,
            "ties": [{"id": item.id, "difference": self.difference(item)} for item in self.ties],
        }


@dataclass(frozen=True, eq=False)
class Audit:
    """A log against a plan: `columns` are the audits of its different columns of rates."""

    log: Log
    columns: tuple[ColumnAudit, ...]

    @property
    def followed(self) -> bool:
        """Whether the run followed the plan in all columns."""
        return self.decisive.followed

    @property
    def decisive(self) -> ColumnAudit:
        """The first column that did not follow the plan, or the first one of the plan's own curve.

        That is the first column where all are of groups with other curves.
        """
        wrong = [item for item in self.columns if not item.followed]
        of_main_curve = [item for item in self.columns if item.group is None]
        return [*wrong, *of_main_curve, *self.columns][0]

    @property
    def explanations(self) -> tuple[Explanation, ...]:
        """What explains the decisive column, best first."""
        return self.decisive.explanations

    def to_dict(self) -> dict[str, Any]:
        """Return the decisive column as plain data, with all columns where there are several."""
        data = self.decisive.to_dict()
        if len(self.columns) > 1:
            data["columns"] = [item.to_dict() for item in self.columns]
        return data


def be(count: int) -> str:
    """Return the verb after a count."""
    return "is" if count == 1 else "are"


def audit_log(log: Log, curve: Curve) -> Audit:
    """Return the audit of a log.

    A log that may count its steps from 1 is also compared as one that does, and of both audits
    the one that takes the simpler explanation is returned. Raises SpecError where the log counts
    epochs, the plan steps, and its run has no epochs.
    """
    with np.errstate(all="ignore"):  # a plan's rates may be near the largest numbers
        if not may_count_from_one(log) or follows(log, curve):
            return audit_as_counted(log, curve)
        other = replace(log, first=1)
        if follows(other, curve):
            return audit_as_counted(other, curve)
        audits = [audit_as_counted(item, curve) for item in (log, other)]
        return min(audits, key=lambda audit: audit.decisive.best.rank)


def audit_as_counted(log: Log, curve: Curve) -> Audit:
    """Return the audit of a log whose first step has the number `log.first`."""
    return Audit(log, tuple(audit_series(log, series, curve) for series in log.series))


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


def follows(log: Log, curve: Curve) -> bool:
    """Return whether all rows of a log are as planned, each column for a group of parameters."""
    columns = (nearest_plan(log, series, curve, (0,)) for series in log.series)
    return all(rows.matches(plan.at(rows.steps)).all() for _, plan, rows in columns)


def audit_series(log: Log, series: Series, curve: Curve) -> ColumnAudit:
    """Return the audit of one column of rates, against the nearest curve of a plan."""
    offsets = tuple(CONVENTIONS[log.counts_done].values())
    group, plan, rows = nearest_plan(log, series, curve, offsets)
    lengths = (curve.steps_per_epoch, series.steps_per_epoch())
    epochs = tuple(dict.fromkeys(n for n in lengths if n and n > 1))
    explanations = explain(plan, rows, offsets, epochs)
    return ColumnAudit(log, series, plan, rows, tuple(explanations), group)
