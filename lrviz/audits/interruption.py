"""A schedule that is interrupted within a log, seen without a plan: by a break of its rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lrviz.audits.clock_fits import fit_restart, fit_restart_with_rate
from lrviz.audits.explanation import Explanation
from lrviz.audits.length_fits import fit_resumed, fit_resumed_otherwise
from lrviz.audits.number_fits import roundest
from lrviz.audits.outline import outline_of
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.audits.search import single
from lrviz.core.schedule import Steps64
from lrviz.curves.curve import Curve

JUMP = 0.02
"""The least jump from a row to the next, as a share of the peak."""
STEEP = 2
"""A jump is at least so many times as large as the changes before and after it."""
MAX_JUMPS = 3
"""The largest jumps that are looked at, and the largest bends."""
BEND = 0.002
"""The least difference of a change from those before and after it, as a share of the peak."""
FEWEST = 4
"""Rows in which a change has others around it."""
MAX_BREAKS = 4
"""Places that are looked at: each takes a fit."""
FEW_TURNS, SCATTERED = 20, 0.05
"""The most turns that the rates of a schedule have: a number, or a share of the rows."""
UNEXPLAINED = "a schedule of another length or kind follows"
FITS = (fit_restart, fit_restart_with_rate, fit_resumed, fit_resumed_otherwise)
"""How a run goes on after an interruption, the more common ways first."""


@dataclass(frozen=True, eq=False)
class Interruption:
    """Where the rates of a log break off, and what follows, if that is known.

    `step` is that of the first row after the break, in the unit of the log. A mistake with the
    schedule before it gives the rows after it, or the schedule of a spec that begins at step
    `begin`. `is_resumed` tells that the log goes back there.
    """

    step: int
    mistake: Explanation | None = None
    following: dict[str, Any] | None = None
    begin: int = 0
    is_resumed: bool = False
    unit: str = "step"

    def sentence(self, plan: Curve) -> str:
        """Return what happens at the break, with the remedy where there is one."""
        where = "the log is resumed at" if self.is_resumed else "the rates jump at"
        return f"{where} {self.unit} {self.step:,}: {self.reason(plan)}"

    def reason(self, plan: Curve) -> str:
        """Return what follows the break."""
        if self.mistake:
            return self.mistake.sentence(plan)
        if self.following is None:
            return UNEXPLAINED
        if self.begin:
            return f"another schedule follows, which begins at {self.unit} {self.begin:,}"
        return f"another schedule follows, as if it had begun at {self.unit} 0"

    def to_dict(self, plan: Curve) -> dict[str, Any]:
        """Return plain data, as `lrviz audit --json` writes it."""
        return {
            "step": self.step,
            "id": self.mistake and self.mistake.id,
            "params": self.mistake.values if self.mistake else {},
            "following": self.following,
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


def before_breaks(rows: Rows, fewest: int, resumed: Sequence[int]) -> Iterator[Rows]:
    """Yield the rows before each place where a schedule may break off, the likely ones first.

    Those are where the log goes back, after so many rows as in `resumed`, then large jumps, then
    smaller ones on a slope. Rates that scatter have only the first of these places.
    """
    breaks = [*resumed]
    if not scatters(rows):
        breaks += [*(len(before) for before in before_jumps(rows, fewest)), *bends(rows)]
    for count in list(dict.fromkeys(breaks))[:MAX_BREAKS]:
        if fewest <= count < len(rows):
            yield rows.take(slice(count))


def bends(rows: Rows) -> list[int]:
    """Return how many rows are before the changes that differ most from those around them.

    A top, where the rates rise to, and fall from, is no such place.
    """
    if len(rows) < FEWEST:
        return []
    change = np.diff(rows.rates) / rows.peak
    before, after = change[:-2], change[2:]
    apart = np.abs(change[1:-1] - (before + after) / 2)
    apart[(before > 0) & (after <= 0)] = 0.0
    largest = np.argsort(-apart, kind="stable")[:MAX_JUMPS]
    return [int(index) + 2 for index in largest if apart[index] > BEND]


def scatters(rows: Rows) -> bool:
    """Return whether rates go up and down from row to row, as no schedule does for long."""
    change = np.diff(rows.rates) / rows.peak
    turns = (change[:-1] * change[1:] < 0) & (np.abs(change[:-1] - change[1:]) > BEND)
    return bool(np.count_nonzero(turns) > max(FEW_TURNS, SCATTERED * len(rows)))


def mistake_after(plan: PlanRates, rows: Rows, share: float) -> Explanation | None:
    """Return the restart or the resumption that gives enough rows, the simplest; None without."""
    items = [single(fit, plan, rows, 0) for fits in FITS for fit in fits(plan, rows, ())]
    good = [item for item in items if item.matched >= share]
    return min(good, key=lambda item: item.rank, default=None)


def beginnings(before: Rows, after: Rows) -> list[int]:
    """Return the steps at which a schedule may begin that gives the rows after a break.

    That is where its warm-up is at 0, the roundest step between the rows, or step 0.
    """
    low, high = before.last + 1, int(after.steps[0])
    line = outline_of(after).line()
    crossing = round(-line[0] / line[1]) if line else high
    likely = [crossing] if low <= crossing <= high else []
    return list(dict.fromkeys([*likely, roundest(range(low, high + 1)), 0]))


def since(rows: Rows, step: int) -> Rows:
    """Return rows with their steps counted from one."""
    steps: Steps64 = rows.steps - step
    return replace(rows, steps=steps)
