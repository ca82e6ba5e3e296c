"""What a rule looks at: a sampled curve with its segments, its run, and its planned length.

Rules read these facts and never a schedule's name, so that every dialect and every composite is
covered; the curve is sampled once for all rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.roles import Length, WarmUp
from lrviz.core.schedule import DEFAULT_LR, Array, Schedule
from lrviz.core.segment import Part, Segment, runs
from lrviz.core.text import format_count
from lrviz.curves.curve import SHARE_POINTS, Curve
from lrviz.curves.table import Column
from lrviz.run import Run

REPEATING = ("restart", "fall", "cycle")
"""Names of segments that only schedules with intended repetitions have."""
DROPPING = ("drop", "hold")
FAR = 8
"""How many times the run segments are looked up for, to see what would have come."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A column and what follows from it; steps are those of the axis."""

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
        """The segments of the run and, where the schedule goes on, of what comes after.

        Those of a metric are the runs of equal rates that are sampled already.
        """
        if self.is_metric_driven:
            return runs(self.rates)
        end = self.curve.longest()
        far = max(FAR * self.steps, (self.planned or 0) + 2, self.last_declared + 2)
        stop = far if end is None else min(far, max(end, self.steps))
        try:
            return self.curve.segments(stop)
        except SpecError:
            return self.curve.segments(self.steps)

    @cached_property
    def planned(self) -> int | None:
        """The step at which the schedule has done what it declares; None where it never ends."""
        ticks = planned_ticks(self.schedule)
        return None if ticks is None else self.curve.first_step(ticks)

    @property
    def last_declared(self) -> int:
        """The last step that a list of milestones or boundaries names, or 0."""
        return self.curve.first_step(last_declared_tick(self.schedule))

    @property
    def is_metric_driven(self) -> bool:
        """Whether a metric decides the rate."""
        return hasattr(self.schedule, "metric")

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

    def segment_at(self, step: int) -> Segment:
        """Return the segment that computes a step."""
        return [segment for segment in self.segments if segment.start <= step][-1]

    def end_of(self, segment: Segment) -> int | None:
        """Return the step at which the next segment starts, or None after the last one."""
        later = [other.start for other in self.segments if other.start > segment.start]
        return min(later, default=None)

    @cached_property
    def warmup_end(self) -> int | None:
        """The step at which the warm-up ends, or None without one."""
        if not self.segments or self.segments[0].name != "warm-up":
            return None
        return self.end_of(self.segments[0])

    def share(self, rate: float) -> str:
        """Return a rate as a share of the peak, in percent."""
        return f"{100 * rate / self.peak:.3g} %" if self.peak else "0 %"

    def own_findings(self, id: str) -> Iterator[Finding]:  # noqa: A002
        """Yield the schedule's own findings of an id."""
        for finding in self.schedule.findings(self.curve.lr):
            if finding.id == id:
                yield finding


def planned_ticks(schedule: Schedule) -> int | None:
    """Return the tick at which a schedule ends: its length, or where its last hold starts."""
    children = parts_in_turn(schedule)
    starts = declared_steps(schedule)
    if children and starts:
        last = planned_ticks(children[-1])
        return None if last is None else max(starts) + last
    if children:
        return max(filter(None, map(planned_ticks, children)), default=None)
    length = schedule.parameter_with(Length)
    if length is None or hasattr(schedule, "metric"):
        return None
    value: float | None = getattr(schedule, length[0])
    if value is not None:
        return ceil(value + warmup_before(schedule, length[1]))
    parts = parts_of(schedule)
    ends = schedule.end() is not None or (bool(parts) and parts[-1].name == "floor")
    natural: int | None = schedule.natural_length()
    return natural if ends else None


def warmup_before(schedule: Schedule, role: Length) -> float:
    """Return the steps of a warm-up that the schedule's length does not count."""
    parameters = {name: getattr(schedule, name) for name in type(schedule).model_fields}
    warmup = schedule.parameter_with(WarmUp)
    if warmup is None or warmup[1].share or not schedule.length_is_after_warmup(parameters, role):
        return 0
    steps = parameters[warmup[0]]
    return float(steps) if isinstance(steps, int | float) else 0


def parts_of(schedule: Schedule, lr: float = DEFAULT_LR) -> Sequence[Part]:
    """Return the segments of a schedule, cycles as rules; none where only the run has them."""
    try:
        return schedule.segments(lr)
    except (NotImplementedError, SpecError):
        return ()


def parts_in_turn(schedule: Schedule) -> Sequence[Schedule]:
    """Return the schedules that a composite is made of; none for any other schedule."""
    children: Sequence[Schedule] = getattr(schedule, "schedules", None) or ()
    return children


def declared_steps(schedule: Schedule) -> tuple[int, ...]:
    """Return the steps that a schedule lists: milestones, boundaries, or the keys of factors."""
    for name in ("milestones", "boundaries", "decay_t"):
        value = getattr(schedule, name, None)
        if isinstance(value, tuple):
            return tuple(ceil(step) for step in value)
    scales = getattr(schedule, "boundaries_and_scales", None)
    items = getattr(scales, "items", ())
    return tuple(ceil(step) for step, _ in items)


def last_declared_tick(schedule: Schedule) -> int:
    """Return the last tick that a schedule lists, or 0; in a sequence its last part counts on."""
    own = max(declared_steps(schedule), default=0)
    parts = [last_declared_tick(child) for child in parts_in_turn(schedule)]
    return own + parts[-1] if own and parts else max(own, *parts, 0)


def is_close(value: float, other: float, tolerance: float = 0.1) -> bool:
    """Tell whether a value is another one within a share of it."""
    return bool(abs(value - other) <= tolerance * abs(other))
