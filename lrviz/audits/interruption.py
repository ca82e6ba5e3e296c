"""A schedule that is interrupted within a log, seen without a plan: by a jump of its rates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lrviz.audits.clock_fits import fit_restart
from lrviz.audits.explanation import Explanation
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.audits.search import single
from lrviz.curves.curve import Curve

JUMP = 0.02
"""The least jump from a row to the next, as a share of the peak."""
STEEP = 2
"""A jump is at least so many times as large as the changes before and after it."""
MAX_JUMPS = 3
"""The largest jumps that are looked at."""
UNEXPLAINED = "a schedule of another length or kind follows"


@dataclass(frozen=True, eq=False)
class Interruption:
    """Where the rates of a log jump, and the restart that gives the rows after that, if one does.

    `step` is that of the first row after the jump.
    """

    step: int
    restart: Explanation | None

    def sentence(self, plan: Curve) -> str:
        """Return what happens at the jump, with the remedy where there is one."""
        what = self.restart.sentence(plan) if self.restart else UNEXPLAINED
        return f"the rates jump at step {self.step:,}: {what}"

    def to_dict(self, plan: Curve) -> dict[str, Any]:
        """Return plain data, as `lrviz audit --json` writes it."""
        return {
            "step": self.step,
            "id": self.restart and self.restart.id,
            "params": self.restart.values if self.restart else {},
            "sentence": self.sentence(plan),
        }


def before_jumps(rows: Rows, fewest: int) -> Iterator[Rows]:
    """Yield the rows before each large jump, the largest first, where they are `fewest` or more."""
    change = np.abs(np.diff(rows.rates)) / rows.peak
    around = np.maximum(np.append(change[1:], 0.0), np.insert(change[:-1], 0, 0.0))
    jumps = np.flatnonzero((change > JUMP) & (change > STEEP * around))
    for last in jumps[np.argsort(-change[jumps], kind="stable")][:MAX_JUMPS].tolist():
        if last + 1 >= fewest:
            yield rows.take(slice(last + 1))


def interruption_of(plan: PlanRates, rows: Rows, index: int, share: float) -> Interruption:
    """Return the interruption before the row of an index; a restart if that gives enough rows."""
    restarts = [single(fit, plan, rows, 0) for fit in fit_restart(plan, rows, ())]
    good = [item for item in restarts if item.matched >= share]
    return Interruption(int(rows.steps[index]), good[0] if good else None)
