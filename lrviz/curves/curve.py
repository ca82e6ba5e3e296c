"""A curve: a schedule with the rate, clock and length it is to be drawn with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.numbers import brief
from lrviz.core.schedule import DEFAULT_LR, DEFAULT_STEPS, Array, Schedule, as_plain_data
from lrviz.core.segment import Segment


@dataclass(frozen=True)
class Curve:
    """One line of a picture: a schedule, `lr`, and what its ticks are.

    With `steps_per_epoch` K and `by` "epoch" the schedule ticks once in K optimizer steps, so its
    curve over steps is a staircase. `place` says where it was declared, for messages.
    """

    label: str
    schedule: Schedule
    lr: float = DEFAULT_LR
    steps: int | None = None
    by: str = "step"
    steps_per_epoch: int | None = None
    place: str = field(default="", compare=False)
    said: tuple[str, ...] = field(default=(), compare=False, repr=False)

    picture: ClassVar[Callable[[Curve], str] | None] = None
    """Draws a curve as SVG; set by the Python API, so that a notebook shows it."""

    @property
    def ticks_by_epoch(self) -> bool:
        """Whether one tick of the schedule is several of the axis' steps."""
        return self.by == "epoch" and self.steps_per_epoch is not None

    @property
    def axis(self) -> str:
        """Return what a step of the axis is called."""
        return "step" if self.ticks_by_epoch else self.by

    def count(self) -> int:
        """Return how many steps the curve has: asked for, natural, or 100."""
        if self.steps is not None:
            return self.steps
        ticks = self.schedule.natural_length() or DEFAULT_STEPS
        return ticks * (self.steps_per_epoch or 1) if self.ticks_by_epoch else ticks

    def by_ticks(self) -> Curve:
        """Return the curve over its schedule's own ticks, whatever the axis counts."""
        if not self.ticks_by_epoch:
            return self
        return replace(
            self, steps=-(-self.count() // (self.steps_per_epoch or 1)), steps_per_epoch=None
        )

    def sample(self, steps: range) -> Array:
        """Return the rates at `steps` of the axis, float64.

        Raises SpecError where the schedule has no such step.
        """
        try:
            if not self.ticks_by_epoch or not len(steps):
                return self.schedule.sample(steps, self.lr)
            every = self.steps_per_epoch or 1
            first, last = steps[0] // every, steps[-1] // every
            rates = self.schedule.sample(range(first, last + 1), self.lr)
            return rates[np.arange(steps.start, steps.stop, steps.step) // every - first]
        except SpecError as error:
            where = self.place or self.label
            raise SpecError([Finding.error(where, str(each)) for each in error.findings]) from None

    def segments(self, stop: int) -> list[Segment]:
        """Return the segments that start before the axis' step `stop`, cycles written out."""
        every = self.steps_per_epoch or 1 if self.ticks_by_epoch else 1
        try:  # TRANSITION
            segments = self.schedule.expand(self.lr, -(-stop // every))
        except NotImplementedError:
            return []
        return [replace(segment, start=segment.start * every) for segment in segments]

    def marks(self, stop: int) -> list[int]:
        """Return the axis' steps below `stop` at which a phase of the schedule begins."""
        every = self.steps_per_epoch or 1 if self.ticks_by_epoch else 1
        return [step * every for step in self.schedule.marks(-(-stop // every))]

    def findings(self) -> Iterator[str]:
        """Yield what the reader should know about this curve before trusting it."""
        yield from self.said
        yield from self.schedule.findings(self.lr)
        skipped = getattr(getattr(self.schedule, "metric", None), "skipped", 0)
        if skipped:
            yield f"metric: {skipped} rows with an empty cell are left out"

    def spec(self) -> dict[str, Any]:
        """Return the mapping of a spec file that gives this curve again."""
        settings = {"label": self.label, "lr": self.lr, "by": self.by}
        if self.steps is not None:
            settings["steps"] = self.steps
        if self.steps_per_epoch is not None:
            settings["steps_per_epoch"] = self.steps_per_epoch
        return {**settings, **self.schedule.spec()}

    def call(self) -> str:
        """Return the library's call for this schedule in a line, with `lr` where it is used."""
        fields = type(self.schedule).model_fields
        spec = self.schedule.spec()
        title = spec.pop("schedule")
        usual = {
            k: as_plain_data(field.get_default(call_default_factory=True))
            for k, field in fields.items()
        }
        spec = {k: v for k, v in spec.items() if fields[k].is_required() or v != usual[k]}
        called = f"{title}({called_with(spec)})"
        return called if self.schedule.sets_rate else f"{called}, lr={brief(self.lr)}"

    def _repr_svg_(self) -> str | None:
        draw = type(self).picture
        return draw(self) if draw else None


def called_with(spec: dict[str, Any]) -> str:
    """Return parameters as arguments; schedules among them as calls."""
    parts = []
    for name, value in spec.items():
        if isinstance(value, list) and value and all(is_schedule(item) for item in value):
            inside = ", ".join(f"{child_call(item)}" for item in value)
            parts.append(f"[{inside}]")
        elif fits_line(value):
            parts.append(f"{name}={brief(value)}")
    return ", ".join(parts)


def is_schedule(item: Any) -> bool:
    """Tell whether a value is a schedule's mapping."""
    return isinstance(item, dict) and "schedule" in item


def child_call(spec: dict[str, Any]) -> str:
    """Return a nested schedule's call, without the dialect that its parent names."""
    rest = {key: value for key, value in spec.items() if key != "schedule"}
    return f"{spec['schedule'].partition('.')[2]}({called_with(rest)})"


def fits_line(value: Any) -> bool:
    """Tell whether a parameter's value is short and flat enough for a line."""
    if isinstance(value, list):
        return len(value) <= 12 and not any(isinstance(item, dict) for item in value)
    return not isinstance(value, dict)
