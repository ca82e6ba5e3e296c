"""What a log leaves open that ends before its schedule does: another length, or all after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lrviz.audits.phase_specs import Spec
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.core.errors import SpecError
from lrviz.core.floors import class_with_floor
from lrviz.core.roles import Floor
from lrviz.core.text import format_rounded
from lrviz.curves.curve import Curve
from lrviz.mistakes.variants import length_of, with_floor, with_length

FLOORS = (0.0, 0.1, 0.01, 0.05, 0.2)
"""Shares of the peak that are tried as the floor."""
LONGEST = 20
"""The longest length that is tried, in lengths of the log."""
TRIED = 40
"""Lengths that are tried first, and again between the best ones."""
BLURRED = 0.01
"""How far a round length may be from the best one, as a share of it."""
COMPARED = 200
"""Rows that lengths are chosen by."""


@dataclass(frozen=True)
class End:
    """An end of a schedule that gives the rows: its length, its floor as a share of the peak."""

    length: int
    floor: float
    plan: Curve

    @property
    def digits(self) -> int:
        """How many digits the length and the floor have, without zeros at their ends."""
        texts = (str(self.length), f"{self.floor:.3g}".replace(".", ""))
        return sum(len(text.strip("0")) for text in texts)


@dataclass(frozen=True)
class OpenEnd:
    """A log that ends before its schedule does, and the `others` of the ends that give its rows.

    Where it ends in the warm-up, `length` is None.
    """

    last: int
    length: int | None
    peak: float
    others: tuple[End, ...] = ()

    @property
    def sentence(self) -> str:
        """What the log leaves open."""
        if self.length is None:
            return (
                f"the log ends at step {self.last:,}, with the warm-up: the warm-up's length, the "
                "peak and what follows are not known"
            )
        start = f"the log ends at step {self.last:,} of {self.length:,}"
        ends = sorted({(end.length, end.floor * self.peak) for end in self.others})
        texts = [f"{length:,} (floor {format_rounded(floor)})" for length, floor in ends]
        if len(texts) == 1:
            return f"{start}: a length of {texts[0]} gives its rows as well"
        return f"{start}: lengths from {texts[0]} to {texts[-1]} give its rows as well"

    def round_spec(self, spec: Spec, plan: PlanRates) -> Spec:
        """Return the spec of a plan with the end that has the fewest digits."""
        if self.length is None:
            return spec
        last = float(plan.plan.rates_at(np.array([self.length]))[0])
        own = End(self.length, last / plan.peak, plan.plan)
        best = min((own, *self.others), key=lambda end: end.digits)
        if best is own:
            return spec
        before, after = dict(plan.plan.schedule), dict(best.plan.schedule)
        changed = {name: after[name] for name in after if after[name] != before.get(name)}
        return {**spec, "schedule": best.plan.schedule.title(), **changed}


def open_end(plan: PlanRates, rows: Rows) -> OpenEnd | None:
    """Return what a log leaves open whose rows a plan gives, or None where that is nothing."""
    last = rows.last
    gap = int(np.diff(rows.steps[-2:]).max(initial=1))
    segment = [item for item in plan.plan.segments(last + 1) if item.start < last][-1]
    if segment.name == "warm-up":
        return OpenEnd(last, None, plan.peak)
    length = length_of(plan.plan.schedule)
    if length is None or length <= last + max(gap, last // 50) or not np.ptp(plan.table):
        return None
    others = tuple(other_ends(plan, rows, length))
    return OpenEnd(last, length, plan.peak, others) if others else None


def other_ends(plan: PlanRates, rows: Rows, length: int) -> Iterator[End]:
    """Yield other ends that give as many of the rows, each with a round length where one does."""
    share = rows.share(plan.at(rows.steps))
    floored = with_floor_parameter(plan.plan)
    for floor in FLOORS:
        try:
            changed = with_floor(floored, float(f"{floor * plan.peak:.12g}"))
            best = best_length(changed, rows.sampled(COMPARED))
        except SpecError:
            continue
        for other in rounder(best):
            end = with_length(changed, other)
            if rows.share(end.rates_at(rows.steps)) >= share:
                if abs(other - length) > 1:
                    yield End(other, floor, end)
                break


def with_floor_parameter(plan: Curve) -> Curve:
    """Return a plan as that of a schedule of its shape with a floor, or as it is without one."""
    cls = class_with_floor(type(plan.schedule))
    floor = cls.parameter_with(Floor) if cls else None
    if plan.schedule.parameter_with(Floor) or cls is None or floor is None:
        return plan
    values = dict(plan.schedule)
    if not values.keys() <= cls.model_fields.keys():
        return plan
    return replace(plan, schedule=cls.model_validate({**values, floor[0]: 0.0}))


def rounder(length: int) -> Iterator[int]:
    """Yield the lengths near one, the roundest first, and last it itself."""
    for power in range(len(str(length)) - 1, -1, -1):
        other = round(length, -power)
        if abs(other / length - 1) <= BLURRED:
            yield other


def best_length(plan: Curve, rows: Rows) -> int:
    """Return the length of a plan that is nearest to rows. Raises SpecError where it has none."""
    lengths = np.geomspace(rows.last + 1, LONGEST * (rows.last + 1), TRIED).round().astype(int)
    while True:
        apart = [distance(plan, rows, int(length)) for length in lengths]
        best = int(np.argmin(apart))
        low, high = lengths[max(best - 1, 0)], lengths[min(best + 1, len(lengths) - 1)]
        if high - low <= 2 or len(lengths) < 3:
            return int(lengths[best])
        lengths = np.unique(np.linspace(low, high, TRIED).round().astype(int))


def distance(plan: Curve, rows: Rows, length: int) -> float:
    """Return how far a plan with another length is from rows."""
    return float(np.square(with_length(plan, length).rates_at(rows.steps) - rows.rates).sum())
