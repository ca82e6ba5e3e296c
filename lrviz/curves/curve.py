"""A curve: a schedule with the rate, the run and the clock to sample it with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.metric import Recorded
from lrviz.core.schedule import DEFAULT_LR, DEFAULT_STEPS, Array, Schedule, as_plain_data
from lrviz.core.segment import Segment
from lrviz.core.text import format_value
from lrviz.run import Run

MOST_ITEMS = 12
"""How many items of a list a call shows."""


@dataclass(frozen=True)
class Curve:
    """One line of a picture: a schedule, `lr`, its run, and what its ticks are.

    Where `by` is epoch and the run says how many steps an epoch has, the schedule ticks once per
    epoch, so that its curve over steps is a staircase. `place` is where it was declared, `notes`
    are the reader's findings. `name` and `options` are what its label is made of: the name as
    typed, and the values that may tell it from others; without a name the label is fixed. With
    `on_share` the run's length is not known: its steps are nominal, and only their share of the
    run means something.
    """

    label: str
    schedule: Schedule
    lr: float = DEFAULT_LR
    run: Run = field(default_factory=Run)
    by: str = "step"
    place: str = field(default="", compare=False)
    notes: tuple[Finding, ...] = field(default=(), compare=False, repr=False)
    name: str = field(default="", compare=False, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    on_share: bool = False

    picture: ClassVar[Callable[[Curve], str] | None] = None
    """Draws a curve as SVG; set by the Python API, so that a notebook shows it."""

    @property
    def steps_per_epoch(self) -> int | None:
        """The optimizer steps of an epoch, or None where the run does not say."""
        return self.run.epoch_steps

    @property
    def steps_per_tick(self) -> int:
        """The axis' steps between two ticks of the schedule."""
        return self.run.steps_per_tick(self.by)

    @property
    def ticks_by_epoch(self) -> bool:
        """Whether the schedule ticks by epoch and the axis counts steps."""
        return self.by == "epoch" and self.steps_per_epoch is not None

    @property
    def axis(self) -> str:
        """What a step of the axis is called."""
        return "step" if self.ticks_by_epoch else self.by

    def count(self) -> int:
        """Return how many steps the curve has: those of its run, the natural number, or 100."""
        if self.run.length is not None:
            return self.run.length
        return (self.schedule.natural_length() or DEFAULT_STEPS) * self.steps_per_tick

    def longest(self) -> int | None:
        """Return how many steps the schedule can have, or None where it has no end."""
        end = self.schedule.end()
        ticks = end.last + 1 if end else recorded_length(self.schedule)
        return None if ticks is None else ticks * self.steps_per_tick

    def with_steps(self, steps: int | None) -> Curve:
        """Return the curve over `steps` steps, or its natural number; epochs stay as long."""
        return replace(self, run=Run(steps=steps, steps_per_epoch=self.steps_per_epoch))

    def by_ticks(self) -> Curve:
        """Return the curve over its schedule's own ticks, whatever the axis counts."""
        if not self.ticks_by_epoch:
            return self
        return replace(self, run=Run(steps=-(-self.count() // self.steps_per_tick)))

    def sample(self, steps: range) -> Array:
        """Return the rates at `steps` of the axis, float64.

        Raises SpecError where the schedule has no such step.
        """
        try:
            if not self.ticks_by_epoch or not len(steps):
                return self.schedule.sample(steps, self.lr)
            every = self.steps_per_tick
            first, last = steps[0] // every, steps[-1] // every
            rates = self.schedule.sample(range(first, last + 1), self.lr)
            return rates[np.arange(steps.start, steps.stop, steps.step) // every - first]
        except SpecError as error:
            place = self.place or self.label
            raise SpecError(
                replace(item, message=str(item), place=place, curve=self.label)
                for item in error.findings
            ) from None

    def segments(self, stop: int) -> list[Segment]:
        """Return the segments that start before the axis' step `stop`, cycles written out.

        Starts and curves are in steps of the axis.
        """
        every = self.steps_per_tick
        segments = self.schedule.expand(self.lr, -(-stop // every))
        return segments if every == 1 else [spread(segment, every) for segment in segments]

    def marks(self, stop: int) -> list[int]:
        """Return the axis' steps below `stop` at which a segment starts, the first left out."""
        every = self.steps_per_tick
        return [step * every for step in self.schedule.marks(-(-stop // every), self.lr)]

    def findings(self) -> Iterator[Finding]:
        """Yield what a user should know about this curve, with its label and place."""
        for finding in (*self.notes, *self.run.findings(), *self.schedule.findings(self.lr)):
            yield replace(finding, curve=self.label, place=self.place)
        skipped = getattr(getattr(self.schedule, "metric", None), "skipped", 0)
        if skipped:
            message = f"metric: {skipped} rows with an empty cell are left out"
            yield Finding("empty-cells", message, curve=self.label, place=self.place)

    def spec(self) -> dict[str, Any]:
        """Return the mapping of a spec file that gives this curve again."""
        settings: dict[str, Any] = {"label": self.label, "lr": self.lr, "by": self.by}
        run = {key: value for key, value in self.run if value is not None}
        return {**settings, **run, **self.schedule.spec()}

    def call(self) -> str:
        """Return the library's call for this schedule in a line, with `lr` where it is used."""
        arguments = format_arguments(self.schedule.non_default_parameters())
        call = f"{self.schedule.title()}({arguments})"
        return call if self.schedule.sets_rate else f"{call}, lr={typed(self.lr)}"

    def _repr_svg_(self) -> str | None:
        draw = type(self).picture
        return draw(self) if draw else None


def spread(segment: Segment, every: int) -> Segment:
    """Return a segment of a clock that ticks once in `every` steps, over the steps."""
    curve = segment.curve
    if segment.shape and segment.shape.kind == "hold":
        return replace(segment, start=segment.start * every)
    return replace(segment, start=segment.start * every, curve=lambda t: curve(t // every))


def recorded_length(schedule: Schedule) -> int | None:
    """Return how many steps a recorded metric is enough for, or None where there is none."""
    metric = getattr(schedule, "metric", None)
    return len(metric) + 1 if isinstance(metric, Recorded) else None


def format_arguments(parameters: Mapping[str, Any]) -> str:
    """Return parameters as arguments; schedules among them as calls, long values left out."""
    arguments = []
    for name, value in parameters.items():
        if isinstance(value, tuple) and value and all(isinstance(x, Schedule) for x in value):
            arguments.append("[" + ", ".join(map(child_call, value)) + "]")
        elif isinstance(value, Schedule):
            arguments.append(f"{name}={child_call(value)}")
        elif is_short(as_plain_data(value)):
            arguments.append(f"{name}={typed(as_plain_data(value))}")
    return ", ".join(arguments)


def child_call(schedule: Schedule) -> str:
    """Return a nested schedule's call, without the dialect that its parent names."""
    return f"{schedule.name}({format_arguments(schedule.non_default_parameters())})"


def is_short(value: Any) -> bool:
    """Tell whether a parameter's plain value is short and flat enough for a line."""
    if isinstance(value, list):
        return len(value) <= MOST_ITEMS and not any(isinstance(item, dict) for item in value)
    return not isinstance(value, dict)


def typed(value: Any) -> str:
    """Return a value as it would be typed."""
    return format_value(value, compact=True)
