"""A run with a mistake as a curve beside its plan."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydantic import InstanceOf

from lrviz.core.display import Displayed
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.schedule import Array, End, PathDependent, Schedule, Steps64
from lrviz.core.segment import MAX_SEGMENTS, Segment, hold
from lrviz.core.text import format_compact
from lrviz.curves.curve import Curve, check_step_count
from lrviz.mistakes.mistake import Mistake, Piece, Values
from lrviz.run import MAX_STEPS, Run


class AsIf(Schedule, abstract=True):
    """The rates of a run in pieces of its plan; its steps are those of the plan's axis."""

    name = "as-if"
    sets_rate = True
    mistake: str
    pieces: tuple[InstanceOf[Piece], ...]

    def spec(self) -> dict[str, Any]:
        """Return the plan's mapping, with the mistake as `--as-if` takes it."""
        return {**self.pieces[0].plan.schedule.spec(), "as_if": self.mistake}

    def segments(self, lr: float) -> Sequence[Segment]:
        """Return a segment for each piece; `expand` returns those of the plan."""
        del lr
        return [Segment("run", piece.start, rates_of(piece)) for piece in self.pieces]

    def sample(self, steps: range, lr: float) -> Array:
        """Return the rates at `steps`; a plan that depends on its past is run through once."""
        if not any(isinstance(piece.plan.schedule, PathDependent) for piece in self.pieces):
            return super().sample(steps, lr)
        self.check_range(steps)
        return self.compute(np.arange(steps.start, steps.stop, steps.step), lr)

    def expand(self, lr: float, stop: int) -> list[Segment]:
        """Return the plan's segments where the run goes through them."""
        del lr
        segments: list[Segment] = []
        for piece, end in zip(self.pieces, self.stops(stop), strict=True):
            segments += segments_of(piece, min(end, stop))
        return segments[:MAX_SEGMENTS]

    def natural_length(self) -> int | None:
        """Return None: the run decides how long it is."""
        return None

    def end(self) -> End | None:
        """Return the step after which the plan's schedule has no further step."""
        ends = map(end_of, self.pieces, self.stops(MAX_STEPS))
        return min(filter(None, ends), key=lambda end: end.last, default=None)

    def stops(self, stop: int) -> list[int]:
        """Return the step before which each piece ends; the last one ends before `stop`."""
        return [*(piece.start for piece in self.pieces[1:]), stop]


def end_of(piece: Piece, stop: int) -> End | None:
    """Return where a piece ends before `stop` because its plan does, or None."""
    longest, end = piece.plan.longest(), piece.plan.schedule.end()
    if longest is None:
        return None
    first = first_step(piece, longest, stop)
    message = end.message if end else "has no further values of its metric"
    return None if first == stop else End(first - 1, message)


def rates_of(piece: Piece) -> Callable[[Steps64], Array]:
    """Return the function from the run's steps to a piece's rates."""
    return lambda t: piece.factor * piece.plan.rates_at(piece.tick(t))


def first_step(piece: Piece, tick: int, stop: int) -> int:
    """Return the first step of a piece that has reached a tick of its plan, or `stop`."""
    steps = range(piece.start, stop)
    return piece.start + bisect_left(steps, tick, key=piece.tick)


def segments_of(piece: Piece, stop: int) -> list[Segment]:
    """Return the plan's segments that a piece goes through before `stop`, in the run's steps.

    Of several that start at the same step, as where the run skips some, the last one counts.
    """
    if piece.start >= stop:
        return []
    segments = piece.plan.segments(int(piece.tick(stop - 1)) + 1)
    by_start = {first_step(piece, segment.start, stop): segment for segment in segments}
    return [moved(segment, piece, start) for start, segment in by_start.items()]


def moved(segment: Segment, piece: Piece, start: int) -> Segment:
    """Return a segment of the plan as the run goes through it."""
    shape = segment.shape
    if shape and shape.kind == "hold":
        return Segment(segment.name, start, hold(piece.factor * shape.first))
    return Segment(segment.name, start, rates_of(piece))


@dataclass(frozen=True, eq=False)
class Mistaken(Displayed):
    """A plan, and the run that makes a mistake with it; both are curves over the same axis."""

    plan: Curve
    curve: Curve
    explanation: str
    remedy: str


def apply_mistake(plan: Curve, mistake: Mistake, values: Values) -> Mistaken:
    """Return a plan and its run with a mistake.

    The run ends early, with a note, where the schedule has no further step. Raises SpecError
    where the plan cannot be changed in that way, or has no step at all.
    """
    plan = plan.with_steps(plan.count())
    options = [f"{name}={format_compact(value)}" for name, value in values.items()]
    text = mistake.id + (f":{','.join(options)}" if options else "")
    schedule = AsIf(mistake=text, pieces=tuple(mistake.pieces(plan, values)))
    steps, end = mistake.length(plan, values), schedule.end()
    notes: list[Finding] = []
    if end and end.last < 0:
        message = f"{mistake.id} leaves no step: {plan.schedule.title()} {end.message}"
        raise SpecError.of(plan.label, message, "past-the-end")
    if end and end.last + 1 < steps:
        steps = end.last + 1
        message = f"{plan.schedule.title()} {end.message}; the run stops after step {end.last:,}"
        notes.append(Finding("run-stops", message))
    check_step_count(plan, steps)
    curve = replace(
        plan,
        label=f"as if {mistake.id}" + (f" ({', '.join(options)})" if options else ""),
        name="",
        schedule=schedule,
        run=Run(steps=steps),
        by="epoch" if plan.axis == "epoch" else "step",
        notes=tuple(notes),
    )
    return Mistaken(plan, curve, mistake.explain(plan, values), mistake.mend(plan, values))
