"""The subject of the rules: a sampled curve with its segments, its run, and its planned length.

Rules read these facts and never a schedule's name, so that every dialect and every composite is
covered; the curve is sampled once for all rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np

from lrviz.core.composition import children_of
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.roles import WarmUp
from lrviz.core.schedule import Array, Schedule
from lrviz.core.segment import Segment, segments_of_rates
from lrviz.core.text import format_count
from lrviz.curves.column import Column
from lrviz.curves.curve import SHARE_POINTS, Curve
from lrviz.curves.horizons import (
    REPEATING,
    declared_steps,
    declared_ticks,
    periods_of,
    planned_ticks,
    warmup_ticks,
)
from lrviz.objects.pieces import pieces
from lrviz.run import Run

CYCLE_STARTS = {"restart", "cycle", "warm-up"}
"""Names of segments that start a cycle, where the schedule has cycles."""
LOOK_AHEAD = 8
"""Segments are listed over this many times the run's length, to see what would follow it."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A column and the facts that the rules read; steps are those of the axis."""

    column: Column

    @property
    def curve(self) -> Curve:
        """The curve."""
        return self.column.curve

    @property
    def schedule(self) -> Schedule:
        """The curve's schedule."""
        return self.curve.schedule

    @property
    def run(self) -> Run:
        """The run that the spec declares."""
        return self.curve.run

    @property
    def rates(self) -> Array:
        """The rates of the run."""
        return self.column.rates

    @property
    def steps(self) -> int:
        """The steps of the run, or of the schedule where the spec declares no run."""
        return len(self.column.steps)

    @property
    def has_run(self) -> bool:
        """Whether the spec declares the run's length."""
        return self.run.length is not None

    @cached_property
    def peak(self) -> float:
        """The highest rate of the run."""
        return float(self.rates.max(initial=0.0))

    @cached_property
    def segments(self) -> list[Segment]:
        """The segments of the run and, where the schedule continues, of the steps after it.

        Those of a metric-driven schedule are the runs of equal rates among the sampled ones; those
        of an object that is stepped end with the run.
        """
        if self.is_metric_driven:
            return segments_of_rates(self.rates)
        if not self.schedule.dialect:  # an object of a program, which each step calls
            return self.curve.segments(self.steps)
        end = self.curve.longest()
        periods = [self.curve.first_step(ceil(ticks)) for _, ticks in self.periods]
        horizon = max([self.planned or 0, self.last_declared, self.declared_warmup, *periods])
        stop = max(LOOK_AHEAD * self.steps, horizon + 2)
        if end is not None:
            stop = min(stop, max(end, self.steps))
        try:
            return self.curve.segments(stop)
        except SpecError:
            return self.curve.segments(self.steps)

    @cached_property
    def decay_end(self) -> int | None:
        """The step from which the rate should stay low: the planned end, or the lowest point.

        Where nothing is planned that is the end of the first decay, if the rise after it is no
        restart: it takes longer than the warm-up, and ends the run or mirrors a decay that is long
        beside the warm-up.
        """
        if self.planned is not None or self.is_metric_driven or self.repeats:
            return self.planned
        pieces = self.pieces
        names = [piece.name for piece in pieces]
        decay = names.index("decay") if "decay" in names else len(names)
        if "rise" not in names[decay:]:
            return None
        rise = names.index("rise", decay)
        starts = [*(piece.start for piece in pieces), self.steps]
        warmup, end, length = starts[decay], starts[decay + 1], starts[rise + 1] - starts[rise]
        is_restart = length <= max(warmup, 1)
        is_mirrored = length >= end - warmup > 2 * warmup
        is_last = starts[rise + 1] == self.steps
        return end if not is_restart and (is_last or is_mirrored) else None

    @property
    def pieces(self) -> list[Segment]:
        """The segments, those of a formula in a spec by where its rates rise and fall."""
        is_formula = [segment.name for segment in self.segments] == ["custom"]
        return pieces(self.rates, self.curve.rates_at) if is_formula else self.segments

    @property
    def declared_warmup(self) -> int:
        """The step at which a warm-up that is given in steps ends; 0 without one."""
        role = self.schedule.parameter_with(WarmUp)
        value = None if role is None or role[1].share else getattr(self.schedule, role[0])
        return self.curve.first_step(value) if isinstance(value, int) and value > 0 else 0

    @cached_property
    def planned(self) -> int | None:
        """The step at which the schedule ends by its own parameters; None where it never ends."""
        ticks = planned_ticks(self.schedule)
        return None if ticks is None else self.curve.first_step(ticks)

    @cached_property
    def declared(self) -> tuple[int, ...]:
        """The steps in lists of milestones or boundaries, those of its parts included."""
        return tuple(map(self.curve.first_step, declared_ticks(self.schedule)))

    @property
    def last_declared(self) -> int:
        """The last step in a list of milestones or boundaries, or 0."""
        return max(self.declared, default=0)

    @cached_property
    def warmup_before(self) -> int:
        """The step at which the schedule after a sequence's leading warm-up begins, or 0."""
        return self.curve.first_step(warmup_ticks(self.schedule))

    @cached_property
    def periods(self) -> tuple[tuple[str, float], ...]:
        """The name and the period, in ticks, of the segments that repeat: drops, cycles."""
        return tuple(periods_of(self.schedule, self.curve.lr))

    @property
    def is_metric_driven(self) -> bool:
        """Whether a metric decides the rate."""
        return getattr(self.schedule, "metric", None) is not None

    @property
    def epochs(self) -> int | None:
        """The epochs of the run, where its length is known and the spec says what an epoch has."""
        if self.run.epoch_steps is None or self.run.length is None or self.curve.on_share:
            return None
        return self.run.epochs or max(self.run.length // self.run.epoch_steps, 1)

    def at(self, step: int) -> str:
        """Return a place on the axis: `step 500`, `epoch 20`, `50 % of the run`."""
        if self.curve.on_share:
            return self.length(step)
        return f"{self.curve.axis} {step:,}"

    def length(self, steps: int) -> str:
        """Return a length on the axis: `500 steps`, `20 epochs`, `50 % of the run`."""
        if self.curve.on_share:
            return f"{100 * steps / SHARE_POINTS:.3g} % of the run"
        return format_count(steps, self.curve.axis)

    def rate_at(self, step: int) -> float:
        """Return the rate at a step, also at one after the run."""
        return float(self.curve.rates_at(np.array([step]))[0])

    def segment_at(self, step: int) -> Segment:
        """Return the segment that computes a step."""
        return [segment for segment in self.segments if segment.start <= step][-1]

    def end_of(self, segment: Segment) -> int | None:
        """Return the step at which the next segment starts, or None after the last one."""
        later = [other.start for other in self.segments if other.start > segment.start]
        return min(later, default=None)

    @property
    def runs_at_once(self) -> bool:
        """Whether the schedule is a composite whose parts all run at each step."""
        return bool(children_of(self.schedule)) and not declared_steps(self.schedule)

    @property
    def repeats(self) -> bool:
        """Whether the schedule has restarts or cycles: the rate rises again on purpose."""
        names = [segment.name for segment in self.segments]
        after_decay = names[names.index("decay") :] if "decay" in names else []
        return not set(names).isdisjoint(REPEATING) or "warm-up" in after_decay

    def cycle_starts(self) -> list[int]:
        """Return the steps at which cycles start, in the run and after it."""
        names = {segment.name for segment in self.segments}
        starting = {*CYCLE_STARTS, "rise"} if "fall" in names else CYCLE_STARTS
        return [s.start for s in self.segments if s.start == 0 or s.name in starting]

    @cached_property
    def warmup_end(self) -> int | None:
        """The step at which the warm-up ends, or None without one."""
        if not self.segments or self.segments[0].name != "warm-up":
            return None
        return self.end_of(self.segments[0])

    def share(self, rate: float) -> str:
        """Return a rate as a share of the peak, in percent."""
        return f"{100 * rate / self.peak:.3g} %" if self.peak else "0 %"

    def findings_of_schedule(self, id: str) -> Iterator[Finding]:  # noqa: A002
        """Return the schedule's own findings of an id."""
        findings = self.schedule.findings(self.curve.lr)
        return (finding for finding in findings if finding.id == id)


def is_close(value: float, other: float, tolerance: float = 0.1) -> bool:
    """Return whether two values differ by at most a share of the second one."""
    return bool(abs(value - other) <= tolerance * abs(other))
