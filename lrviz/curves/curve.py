"""A curve: a schedule with the rate, the run and the clock to sample it with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from lrviz.core.arithmetic import arithmetic
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.integers import ceil_div
from lrviz.core.metric import Recorded
from lrviz.core.parameters import unit_name
from lrviz.core.roles import DEFAULT_LR, Length
from lrviz.core.schedule import (
    DEFAULT_STEPS,
    PAST_THE_END,
    Array,
    Schedule,
    Steps64,
)
from lrviz.core.segment import Segment
from lrviz.core.text import format_choice, format_compact, format_count, title_text
from lrviz.curves.call import format_arguments
from lrviz.curves.ticks import Ticks, on_axis
from lrviz.run import MAX_STEPS, Run

SHARE = "share"
"""The axis of a run whose length is not known."""
SHARE_POINTS = 1_000
"""Steps of that axis, for a run of any length."""


@dataclass(frozen=True)
class Curve:
    """One line of a picture: a schedule, `lr`, its run, and what its clock counts.

    Where `by` is epoch and the run says how many steps an epoch has, the schedule ticks once per
    epoch, so that its curve over steps is a staircase. `place` is where it was declared, `notes`
    are the reader's findings. The label is one line, with control characters as escapes; it is made
    of `name`, as the user typed it, and of those values of `options` that distinguish the curve
    from others (those in `derived` follow from the run's length); without a name it is fixed.
    `on_share` is true where the run's length is not known: its steps are nominal, and only their
    share of the run has a meaning; any of `length_flags` would set the length. `omitted` names the
    parts of the run's curve that this one is without, which the label says. `observed` has the
    rates of the object that the curve was read from, where they differ from the schedule's only by
    their precision. `groups` are the curves of those parameters of the optimizer whose rates differ
    from this one's, each with the label of its group. `file` is the file that the curve was read
    from, or empty. `own_label` is what the user wrote of the label, which is never shortened.
    `is_typed` is whether the schedule's name was typed, so that flags set its parameters,
    `from_config` whether it was read from a training config, whose keys are not its parameters;
    `own_keys` has the key of each parameter whose value such a file holds as it is.
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
    derived: tuple[str, ...] = field(default=(), compare=False, repr=False)
    on_share: bool = False
    length_flags: tuple[str, ...] = field(default=(), compare=False, repr=False)
    omitted: tuple[str, ...] = ()
    observed: Schedule | None = field(default=None, compare=False, repr=False)
    groups: tuple[Curve, ...] = field(default=(), compare=False, repr=False)
    file: str = field(default="", compare=False, repr=False)
    own_label: str = field(default="", compare=False, repr=False)
    is_typed: bool = field(default=False, compare=False, repr=False)
    from_config: bool = field(default=False, compare=False, repr=False)
    own_keys: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    picture: ClassVar[Callable[[Curve], str] | None] = None
    """Draws a curve as SVG; set by the Python API, so that a notebook shows it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", title_text(self.label))

    @property
    def rates(self) -> Schedule:
        """The schedule that computes the rates: that of an observed object, if there is one."""
        return self.observed or self.schedule

    @property
    def omission(self) -> str:
        """What the label ends in where parts of the run's curve are left out, or empty."""
        return f", without {format_choice(self.omitted, 'and')}" if self.omitted else ""

    @property
    def whole_label(self) -> str:
        """The label without what is left out."""
        return self.label.removesuffix(self.omission)

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
        """The name of the axis' unit: step, epoch, or share (of the run)."""
        if self.on_share:
            return SHARE
        return "step" if self.ticks_by_epoch else self.by

    def count(self) -> int:
        """Return how many steps of the axis the curve has.

        They are those of its run, or else the schedule's natural number, or else 100. An axis of
        shares always has `SHARE_POINTS`.
        """
        with self.arithmetic():
            return SHARE_POINTS if self.on_share else self._steps()

    @property
    def has_length(self) -> bool:
        """Whether the run or the schedule says how many steps there are."""
        return self.run.length is not None or self.schedule.natural_length() is not None

    def _steps(self) -> int:
        if self.run.length is not None:
            return self.run.length
        return (self.schedule.natural_length() or DEFAULT_STEPS) * self.steps_per_tick

    def longest(self) -> int | None:
        """Return how many steps the schedule can have, or None where it has no end."""
        with self.arithmetic():
            end = self.schedule.end()
            ticks = end.last + 1 if end else recorded_length(self.schedule)
        if self.on_share:
            return SHARE_POINTS
        return None if ticks is None else ticks * self.steps_per_tick

    def with_steps(self, steps: int | None) -> Curve:
        """Return the curve over `steps` steps, or its natural number; epochs stay as long."""
        check_step_count(self, steps or 0)
        return replace(self, run=Run(steps=steps, steps_per_epoch=self.steps_per_epoch))

    def by_ticks(self) -> Curve:
        """Return the curve over the ticks of its schedule, whatever the axis counts."""
        if not self.ticks_by_epoch:
            return self
        return replace(self, run=Run(steps=ceil_div(self.count(), self.steps_per_tick)))

    def sample(self, steps: range) -> Array:
        """Return the rates at `steps` of the axis, float64.

        Raises SpecError where the schedule has no such step.
        """
        try:
            with arithmetic(""):  # the place is added below
                return self._sample(steps)
        except SpecError as error:
            raise SpecError(map(self._with_advice, error.findings)) from None

    def _with_advice(self, finding: Finding) -> Finding:
        """Return a finding of the schedule at this curve's place, with advice on its end."""
        return replace(
            finding,
            message=f"{finding}{self._advice_on_end(finding)}",
            place=self.place or self.label,
            curve=self.label,
        )

    def _advice_on_end(self, finding: Finding) -> str:
        """Return the change that a schedule needs that ends before its run, or an empty text."""
        natural_length, ticks = self.schedule.natural_length(), self.run.ticks(self.by)
        if finding.id != PAST_THE_END or ticks is None:
            return ""
        if natural_length is not None and ticks <= natural_length:
            return ""
        advice = f"; the run has {format_count(ticks, self.by)}"
        length = self.schedule.parameter_with(Length)
        if length and not length[1].after_warmup:
            advice += f": set {length[0]} to {ticks}"
        if self.by == "step" and self.run.epochs == natural_length:
            advice += ", or by to epoch if it steps once per epoch"
        return advice

    def _sample(self, steps: range) -> Array:
        axis = self._ticks()
        if axis.is_identity or not len(steps):
            return self.rates.sample(steps, self.lr)
        first, last = axis.tick(steps[0]), axis.tick(steps[-1])
        rates = self.rates.sample(range(first, last + 1), self.lr)
        ticks: Steps64 = axis.tick(np.arange(steps.start, steps.stop, steps.step))
        by_step: Array = rates[ticks - first]
        return by_step

    def arithmetic(self) -> AbstractContextManager[None]:
        """Return a context in which numbers that cannot be computed with are the curve's error."""
        return arithmetic(self.place or self.label)

    def rates_at(self, steps: Steps64) -> Array:
        """Return the rates at `steps` of the axis, in any order, unchecked."""
        with self.arithmetic():
            return self.rates.compute(self._ticks().tick(steps), self.lr)

    def segments(self, stop: int) -> list[Segment]:
        """Return the segments that start before the axis' step `stop`, with cycles expanded.

        Starts and curves are in steps of the axis.
        """
        axis = self._ticks()
        with self.arithmetic():
            segments = self.schedule.expand(self.lr, axis.tick(stop - 1) + 1)
        return segments if axis.is_identity else [on_axis(segment, axis) for segment in segments]

    def ticks_in(self, steps: int) -> int:
        """Return the ticks of the schedule in the first `steps` of the axis, rounded up."""
        axis = self._ticks()
        return ceil_div(steps * axis.ticks, axis.steps)

    def first_step(self, tick: int) -> int:
        """Return the first step of the axis that is in a tick of the schedule, or after it."""
        return self._ticks().first(tick)

    def marks(self, stop: int) -> list[int]:
        """Return the axis' steps below `stop` at which a segment other than the first starts."""
        axis = self._ticks()
        with self.arithmetic():
            marks = self.schedule.marks(axis.tick(stop - 1) + 1, self.lr)
        return [axis.first(t) for t in marks]

    def _ticks(self) -> Ticks:
        """Return how the schedule's ticks map to the axis."""
        every = self.steps_per_tick if self.ticks_by_epoch else 1
        if self.on_share:
            return Ticks(self._steps(), SHARE_POINTS * every)
        return Ticks(1, every)

    def findings(self) -> Iterator[Finding]:
        """Yield what a user should know about this curve, with its label and place."""
        with self.arithmetic():
            of_schedule = list(self.schedule.findings(self.lr))
        for finding in (*self.notes, *self.run.findings(), *of_schedule):
            yield replace(finding, curve=self.whole_label, place=self.place)
        skipped = getattr(getattr(self.schedule, "metric", None), "skipped", 0)
        if skipped:
            message = f"metric leaves out {format_count(skipped, 'row')} with an empty cell"
            yield Finding("empty-cells", message, curve=self.label, place=self.place)

    def spec(self) -> dict[str, Any]:
        """Return the curve as the mapping of a spec file."""
        settings: dict[str, Any] = {"label": self.label, "lr": self.lr, "by": self.by}
        run = {key: value for key, value in self.run if value is not None}
        return {**settings, **run, **self.schedule.spec()}

    def call(self) -> str:
        """Return the library's call for this schedule in a line, with `lr` where it is used.

        Without arguments it has the defaults. Steps are shares where the run's length is not known.
        Empty for a schedule of no library.
        """
        if not self.schedule.dialect:
            return ""
        call = f"{self.schedule.title()}({self._arguments()})"
        return call if self.schedule.sets_rate else f"{call}, {self._rate()}"

    def arguments(self) -> str:
        """Return what is in the parentheses of the call, and `lr` where it is used.

        Empty for a schedule of no library.
        """
        if not self.schedule.dialect:
            return ""
        parts = (self._arguments(), "" if self.schedule.sets_rate else self._rate())
        return ", ".join(filter(None, parts))

    def _arguments(self) -> str:
        arguments = format_arguments(self._as_shares(self.schedule.non_default_parameters()))
        return arguments or format_arguments(self._as_shares(dict(self.schedule)))

    def _rate(self) -> str:
        return f"lr={format_compact(self.lr)}"

    def _as_shares(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return parameters, those that count steps as shares of a run of unknown length."""
        if not self.on_share:
            return parameters
        return {name: self._as_share(name, value) for name, value in parameters.items()}

    def _as_share(self, name: str, value: Any) -> Any:
        """Return a parameter that counts steps as its share of the run."""
        if unit_name(type(self.schedule), name) != "steps" or not isinstance(value, int | float):
            return value
        return f"{100 * value / self._steps():.3g}%"

    def __str__(self) -> str:
        call = self.call()
        return f"{self.label}: {call}" if call else self.label

    def _repr_svg_(self) -> str | None:
        draw = type(self).picture
        return draw(self) if draw else None


def check_step_count(curve: Curve, steps: int) -> None:
    """Raise SpecError for more steps of a curve than are sampled."""
    if steps > MAX_STEPS:
        message = f"has {steps:,} steps; at most {MAX_STEPS:,} are sampled"
        raise SpecError.of(curve.place or curve.label, message, "too-many-steps")


def require_length(curves: Iterable[Curve]) -> None:
    """Raise SpecError for curves of runs whose length is not known, which have no steps.

    What is written of such a curve for a program to read would be taken for the run's own steps.
    """
    findings = [
        Finding.error(curve.place or curve.label, open_length(curve.length_flags), "open-length")
        for curve in curves
        if curve.on_share
    ]
    if findings:
        raise SpecError(findings)


def open_length(flags: Sequence[str]) -> str:
    """Return the message on a run whose length is not known, with the flags that set it."""
    advice = f"; give {format_choice(flags)}" if flags else ""
    return f"leaves the run's length open, so that only shares of it are known{advice}"


def recorded_length(schedule: Schedule) -> int | None:
    """Return how many steps a recorded metric is enough for, or None where there is none."""
    metric = vars(schedule).get("metric")
    return len(metric) + 1 if isinstance(metric, Recorded) else None
