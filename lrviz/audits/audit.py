"""The audit: a log against a plan, as a value that says what happened in the run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from lrviz.audits.countings import CONVENTIONS, countings
from lrviz.audits.explanation import FOLLOWED, Explanation, measured, ranked
from lrviz.audits.log import Log, Series
from lrviz.audits.log_rows import be
from lrviz.audits.log_search import LogSearch
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.planned_column import PlannedColumn
from lrviz.audits.rows import Rows
from lrviz.audits.search import Search
from lrviz.audits.step_options import EVERY, PER_EPOCH
from lrviz.audits.step_order import STEPS_GO_BACK
from lrviz.core.display import Displayed
from lrviz.core.findings import Finding
from lrviz.core.schedule import Array, Steps64
from lrviz.core.text import format_count, format_rounded
from lrviz.curves.curve import Curve, require_length
from lrviz.curves.horizons import declares_length

EXPLAINED = 0.9
"""An explanation of a smaller share of the rows is none."""
FEW_ROWS = 5
"""So few rows may agree with a plan by chance, or with several mistakes."""
UNEXPLAINED = (
    "no mistake that lrviz knows gives these rates: check that the log is of this plan; without "
    "--against, lrviz audit proposes the schedule of the log"
)
SAME_RATES = "both give the same rates at every step"
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
        """The plan, in the convention of what explains the log, else in the better one."""
        return next(item for item in self.explanations if item.id == "as-planned")

    @property
    def convention(self) -> str:
        """Which rate a row has: the one its step used, or the next one."""
        names = CONVENTIONS[self.log.counts_done]
        return next(name for name, offset in names.items() if offset == self.planned.offset)

    @property
    def unfinished(self) -> str:
        """That the log ends before the plan does, or nothing; in steps as the log counts them."""
        if not declares_length(self.plan.plan):
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
        below = self.differing[self.rows.rates[self.differing] < 0]
        rows = self.rows.take(below)
        unexplained = below[~rows.matches(self.best.rates(self.plan, rows.steps))]
        return int(self.series.steps[unexplained[0]]) if len(unexplained) else None

    @cached_property
    def largest(self) -> int | None:
        """The index of the row that is furthest from the plan, or None."""
        apart = np.abs(self.rows.rates - self.plan_rates)[self.differing]
        return int(self.differing[np.argmax(apart)]) if len(apart) else None

    @cached_property
    def ties(self) -> tuple[Explanation, ...]:
        """The other explanations that give as many rows as the first one.

        Those with more numbers that give the same rates at every step are left out.
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
        is_ahead = item.id == "shifted" and item.values["by"] > 1 and "at" not in item.values
        if is_ahead and self.counter_begins_again:
            what = (
                f"the log's steps begin again at {int(self.series.steps[0]):,}, and the scheduler "
                f"goes on: each step t has the rate of step t{item.values['by']:+,}; count the "
                "steps of the whole run"
            )
        return "; ".join(filter(None, (what, self.rows_as_steps(item), self.doubt)))

    @property
    def counter_begins_again(self) -> bool:
        """Whether the log's steps go back to the first one, and its last rows are read."""
        steps = (note.step for note in self.log.notes if note.id == STEPS_GO_BACK)
        return any(step is not None and step <= self.series.steps[0] for step in steps)

    def rows_as_steps(self, item: Explanation) -> str:
        """Return that the steps may be the numbers of rows, where ticks a step explain all rows."""
        log, n = self.log, item.values.get("n")
        if "stepped-n-times" not in item.ids or item.missed or item.values.get("by") == -1:
            return ""
        if log.every or log.counts_done or log.by_epoch or np.any(np.diff(self.series.steps) != 1):
            return ""
        return f"or the step column counts rows of {n:,} steps each: {EVERY} {n}"

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
        apart, peak = np.abs(ours - theirs), max(self.rows.peak, float(np.abs(ours).max()))
        visible = np.flatnonzero(~(apart <= SMALLEST_VISIBLE * self.rows.peak))
        tolerance = self.series.rounding.tolerance(ours[visible], peak)
        visible = visible[~(apart[visible] <= 2 * tolerance)]
        if not len(visible):
            return SAME_RATES
        index = int(visible[np.argmax(apart[visible])])
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
class Audit(Displayed):
    """A log against a plan: `columns` are the audits of its different columns of rates."""

    log: Log
    plan: Curve
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
    def rank(self) -> tuple[float, int, float]:
        """What audits of a log that counts its steps otherwise are sorted by, the best first."""
        ranks = [column.best.rank for column in self.columns]
        missed, complexity, rms = zip(*ranks, strict=True)
        return sum(missed), sum(complexity), sum(rms)

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


def audit_log(log: Log, curve: Curve) -> Audit:
    """Return the audit of a log.

    A log that may count its steps otherwise is also compared as one that does, and of the audits
    the one that takes the simplest explanation is returned: as soon as one explains all rows, the
    others are not searched further. A plan of steps whose run has no epochs is one of epochs for a
    log of epochs that then follows it; SpecError is raised for one that does not, and for a plan
    whose run has no length.
    """
    require_length([curve])
    log = with_note_on_epochs(log, curve)
    with np.errstate(all="ignore"):  # a plan's rates may be near the largest numbers
        searches = searches_in_epochs(log, curve) or searches_of(log, curve)
        while not (
            any(item.is_complete for item in searches)
            or all(item.is_exhausted for item in searches)
        ):
            for item in searches:
                item.advance()
        audits = [audit_of(item, curve) for item in searches]
        return min(audits, key=lambda audit: audit.rank)


def with_note_on_epochs(log: Log, curve: Curve) -> Log:
    """Return a log with a note where its steps are taken as epochs, which a plan counts."""
    if log.by_epoch or curve.axis != "epoch":
        return log
    message = (
        f"column '{log.step_column}' is taken as epochs, which the plan counts; where it counts "
        f"steps, say how many an epoch has with {PER_EPOCH}"
    )
    note = Finding("steps-as-epochs", message, place=log.path)
    return replace(log, notes=(*log.notes, note))


def searches_of(log: Log, curve: Curve) -> list[LogSearch]:
    """Return the searches of a log in each way in which it may count its steps."""
    in_steps = curve.axis == "step" and not curve.ticks_by_epoch
    return [
        LogSearch.of(item, curve, with_shift=item.first == log.first)  # 1 is a shift itself
        for item in countings(log, in_steps)
    ]


def searches_in_epochs(log: Log, curve: Curve) -> list[LogSearch]:
    """Return the searches of a log of epochs that follows a plan whose steps are taken as epochs.

    There are none where the run says how many steps an epoch has, where the log does not follow,
    and where its rows are too few to say so.
    """
    if not log.by_epoch or curve.axis != "step" or curve.steps_per_epoch is not None:
        return []
    if min(map(len, log.series)) <= FEW_ROWS:
        return []
    message = (
        "it has a row per epoch, and follows the plan with its steps as epochs: they are taken so, "
        "as with --by epoch"
    )
    note = Finding("plan-in-epochs", message, place=log.path)
    groups = tuple(replace(group, by="epoch") for group in curve.groups)
    searches = searches_of(
        replace(log, notes=(*log.notes, note)), replace(curve, by="epoch", groups=groups)
    )
    return searches if any(item.is_complete for item in searches) else []


def audit_of(search: LogSearch, curve: Curve) -> Audit:
    """Return the audit of a log by what was found so far."""
    columns = (column_audit(search.log, *column) for column in search.columns)
    return Audit(search.log, curve, tuple(columns))


def column_audit(log: Log, series: Series, planned: PlannedColumn, search: Search) -> ColumnAudit:
    """Return the audit of a column by what was found so far.

    The plan is compared in the convention of what explains the column, if something does.
    """
    group, plan, rows = planned
    audit = ColumnAudit(log, series, plan, rows, tuple(ranked(search.items)), group)
    if not audit.explained or audit.planned.offset == audit.best.offset:
        return audit
    own = measured(replace(audit.planned, offset=audit.best.offset), plan, rows)
    others = [item for item in audit.explanations if item.id != own.id]
    return replace(audit, explanations=tuple(ranked([*others, own])))
