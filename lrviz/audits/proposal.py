"""The schedule that a log is of, proposed as a spec."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from lrviz.audits.budget import Budget
from lrviz.audits.interruption import (
    Interruption,
)
from lrviz.audits.log import Log, Series
from lrviz.audits.open_ends import OpenEnd, open_end
from lrviz.audits.phase_specs import Spec
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.proposed_length import PHASES, lag_sentences, length_sentences, tick_sentences
from lrviz.audits.rows import Rows
from lrviz.audits.run_length import length_of_run
from lrviz.audits.spec_quality import on_axis_of, quality
from lrviz.audits.spec_search import GOOD, best_spec, least_share
from lrviz.audits.step_order import STEPS_GO_BACK
from lrviz.core.display import Displayed

TOO_FEW = 5
RUN = ("steps", "by")
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
"""A number in the text of a spec, without its exponent."""
SOME, NEAR = 0.25, 0.01
"""What gives a smaller share of the rows, and leaves more of the peak, is near to none of them."""


@dataclass(frozen=True, eq=False)
class Proposal(Displayed):
    """The spec whose rates are nearest to those of one column of a log.

    `matched` is the share of rows that it gives within their rounding, `rms` what is left, as a
    share of the peak. `logged` has the rows as the log counts them, `rows` and `plan` have them and
    the spec's rates on the same axis. `convention` is which rate a row has: the one its step used,
    or the next one. `ticks` is how often the scheduler ticks in a step of the log, and `lag` how
    many steps at its beginning have no tick.
    """

    log: Log
    series: Series
    spec: Spec
    logged: Rows
    plan: PlanRates
    rows: Rows
    convention: str
    matched: float
    rms: float
    interruption: Interruption | None = None
    ticks: int = 1
    lag: int = 0

    @property
    def is_good(self) -> bool:
        """Whether the spec gives all rows, or nearly all of many."""
        return self.matched >= least_share(len(self.series))

    @property
    def is_near(self) -> bool:
        """Whether the spec gives some of the rows, or is near to them."""
        return bool(self.interruption) or self.matched >= SOME or self.rms <= NEAR

    @property
    def resumed_rows(self) -> tuple[int, ...]:
        """How many rows are before the step to which the log goes back, as a resumed run does."""
        steps = [note.step for note in self.log.notes if note.id == STEPS_GO_BACK]
        return tuple(int(np.searchsorted(self.series.steps, step)) for step in steps if step)

    @property
    def rises_again(self) -> bool:
        """Whether its phases rise after they fell, which those of one schedule seldom do.

        A jump is the beginning of the next cycle.
        """
        pairs = list(pairwise(self.spec.get("phases", [])))
        falls = [after["to"] < before["to"] for before, after in pairs]
        return any(
            after["to"] > before["to"] and after["steps"] and any(falls[:index])
            for index, (before, after) in enumerate(pairs)
        )

    @cached_property
    def open_end(self) -> OpenEnd | None:
        """What the log leaves open where it ends before the schedule does, or None."""
        if not self.is_good or self.interruption or PHASES in self.spec:
            return None
        return open_end(self.plan, self.rows)

    def with_round_end(self) -> Proposal:
        """Return the proposal with the end of the fewest digits, where the log leaves that open."""
        spec = self.open_end.round_spec(self.spec, self.plan) if self.open_end else self.spec
        matched, rms = quality(spec, self.logged)
        if spec == self.spec or matched < self.matched:
            return self
        plan, rows = on_axis_of(spec, self.logged)
        return replace(self, spec=spec, plan=plan, rows=rows, matched=matched, rms=rms)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the schedule's ticks and its length say of the run."""
        if not self.is_good:
            return ()
        run = length_of_run(Path(self.log.path))
        return (
            *tick_sentences(self.plan, self.ticks),
            *lag_sentences(self.plan, self.lag),
            *length_sentences(self.plan, self.rows, run, self.ticks),
            *([self.open_end.sentence] if self.open_end else []),
        )

    @property
    def first_difference(self) -> int | None:
        """The log's step of the first row that the spec does not give, or None."""
        wrong = ~self.rows.matches(self.plan.at(self.rows.steps))
        return int(self.series.steps[np.argmax(wrong)]) if wrong.any() else None

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as `lrviz audit --json` writes it without a plan."""
        return {
            "good": self.is_good,
            "near": self.is_near,
            "open": self.open_end is not None,
            "spec": self.spec,
            "matched": self.matched,
            "rms": self.rms,
            "first_difference": self.first_difference,
            "convention": self.convention,
            "ticks": self.ticks,
            "lag": self.lag,
            "remarks": list(self.remarks),
            "interruption": self.interruption and self.interruption.to_dict(self.plan.plan),
        }


def nearest(proposals: Sequence[Proposal]) -> Proposal:
    """Return the proposal that gives the most rows, or is nearest.

    Of equal ones it is the one whose numbers have the fewest digits, and then the shortest.
    """
    return min(proposals, key=lambda item: (-item.matched, item.rms if item.matched < GOOD else 0.0,
                                            digits_of(item.spec), len(str(item.spec))))  # fmt: skip


def digits_of(spec: Spec) -> int:
    """Return how many digits the numbers of a spec have, without the zeros at their ends."""
    own = {key: value for key, value in spec.items() if key not in RUN}
    numbers = NUMBER.findall(str(own))
    return sum(len(number.replace(".", "").strip("0")) for number in numbers)


def proposal_of(
    log: Log,
    series: Series,
    convention: str,
    offset: int,
    budget: Budget,
    ticks: int = 1,
    lag: int = 0,
) -> Proposal:
    """Return the proposal for rows that have the rates of so many steps later, less a lag."""
    steps = np.maximum(series.steps - log.first + offset - lag, 0) * ticks
    rows = Rows(steps, series.rates, series.tolerance)
    spec = best_spec(rows, log.by_epoch, budget) or level_of(rows)
    spec = with_run(spec, log, series, ticks)
    matched, rms = quality(spec, rows)
    plan, on_axis = on_axis_of(spec, rows)
    return Proposal(
        log, series, spec, rows, plan, on_axis, convention, matched, rms, ticks=ticks, lag=lag
    )


def level_of(rows: Rows) -> Spec:
    """Return the constant rate in the middle of those of rows, which is near where nothing is."""
    return {
        "schedule": "constant", "lr": float(np.median(rows.rates)), "factor": 1.0, "total_iters": 1,
    }  # fmt: skip


def with_run(spec: Spec, log: Log, series: Series, ticks: int = 1) -> Spec:
    """Return a spec with the steps of the log, unless it says its own."""
    by = "epoch" if log.by_epoch else "step"
    count = (int(series.steps[-1]) - log.first + (not log.counts_done)) * ticks
    return {**spec, "steps": spec.get("steps", count), "by": spec.get("by", by)}
