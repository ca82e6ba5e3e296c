"""From a curve's segments to a function; every result is compared with the curve's own rates."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from itertools import islice, pairwise, zip_longest

import numpy as np

from lrviz.codegen.calls import shortest_decimal
from lrviz.codegen.candidates import candidates
from lrviz.codegen.function import Case, Function, with_own_names
from lrviz.codegen.names import Names, constant_name
from lrviz.codegen.nodes import STEP, Node, apply, number
from lrviz.codegen.parts import alternatives, expand_lists, infer_parts
from lrviz.codegen.samples import MAX_SAMPLES, Samples, sample_around
from lrviz.core.errors import SpecError
from lrviz.core.schedule import Array, End, PathDependent, Steps64
from lrviz.core.segment import Cycles, Part, Segment, Shape
from lrviz.curves.curve import Curve

MAX_CASES = 24
MAX_RATES = 2_000
MIN_STAIRS = 4
DIGITS = 10
"""Significant digits of the rates in a table."""


def write_function(curve: Curve, clamped: bool, is_factor: bool, counts_steps: bool) -> Function:
    """Return a curve as a function of the step.

    With `is_factor` its values are shares of the peak, else rates; with `clamped` bases of powers
    are at least 0; with `counts_steps` its caller counts optimizer steps, also where the
    schedule ticks once an epoch. Raises SpecError where the curve has no arithmetic and is too
    long for a table.
    """
    return Builder(curve, clamped, is_factor, counts_steps).build()


def horizon_of(total: int, end: End | None) -> int:
    """Return how many steps code is compared at: a quarter more than the run, where they exist."""
    stop = total + total // 4 + 1
    return min(stop, end.last + 1) if end else stop


class Builder:
    """Builds the function of one curve."""

    def __init__(self, curve: Curve, clamped: bool, is_factor: bool, counts_steps: bool) -> None:
        ticks = curve.by_ticks()
        self.curve, self.schedule, self.lr = curve, curve.schedule, curve.lr
        self.clamped, self.is_factor = clamped, is_factor
        self.total = ticks.count()
        self.horizon = horizon_of(self.total, self.schedule.end())
        self.steps_per_tick = curve.steps_per_tick if counts_steps else 1
        by_epoch = curve.ticks_by_epoch or (curve.by == "epoch" and not counts_steps)
        self.clock = "epoch" if by_epoch else "step"

    def build(self) -> Function:
        """Return the function, or a table of the rates."""
        rates = self.schedule.sample(range(min(self.total, MAX_SAMPLES)), self.lr)
        for alternative in alternatives(self.schedule, self.lr, rates):
            function = self.function_of(self.parts_before_horizon(alternative), rates)
            if function:
                return function
        return self.table(rates)

    def function_of(self, parts: Sequence[Part], rates: Array) -> Function | None:
        """Return the function that parts make, or None where it does not give the rates."""
        if not parts:
            return None
        names = self.name_boundaries(parts, self.peak(parts, rates))
        samples = sample_around(self.schedule, self.lr, parts, self.horizon)
        cases = self.stairs(parts, names) or self.cases(parts, None, names, samples)
        function = self.function(names, cases)
        correct = bool(cases) and samples.match(self.rates_of(function, samples.t))
        return function.simplified(samples.t) if correct else None

    def parts_before_horizon(self, alternative: Sequence[Part]) -> list[Part]:
        """Return the parts that start before the horizon, with finite lists of steps expanded."""
        parts = expand_lists(alternative, self.horizon)
        parts = [part for part in parts if part.start < self.horizon]
        reached = [part for part, after in pairwise(parts) if max(part.start, 0) < after.start]
        return merged([*reached, *parts[-1:]])

    def peak(self, parts: Sequence[Part], rates: Array) -> float:
        """Return the highest rate, which is the optimizer's where the schedule does not set it."""
        if self.lr and not self.schedule.sets_rate:
            return self.lr
        curves = [inner.curve for part in parts for inner in first_segments(part)]
        ends = [abs(end) for curve in curves if isinstance(curve, Shape) for end in ends_of(curve)]
        return max(ends, default=0.0) or float(np.abs(rates).max(initial=0.0))

    def name_boundaries(self, parts: Sequence[Part], peak: float) -> Names:
        """Return the names of the boundaries."""
        names = Names(peak, self.is_factor)
        for index, (part, after) in enumerate(pairwise(parts)):
            boundary: float = after.start
            shape = part.shape if isinstance(part, Segment) else None
            if shape and is_end_before(shape, boundary):
                boundary -= 1
            if index == 0 and part.name == "warm-up":
                name, boundary = "WARMUP", shape.length if shape else boundary
            elif (after is parts[-1] and after.name in ("floor", "hold")) or boundary == self.total:
                name = "TOTAL"
            else:
                name = constant_name(after.name, "START")
            names.declare_steps(boundary, name)
        names.declare_steps(self.total, "TOTAL")
        return names

    def rates_of(self, function: Function, t: Steps64) -> Array:
        """Return the rates that a function gives at ticks of the clock."""
        return function.at(t) * (function.peak if self.is_factor else 1.0)

    def function(self, names: Names, cases: Sequence[Case], is_table: bool = False) -> Function:
        """Return the function of cases, with the constants that they use."""
        return Function(
            names.constants,
            tuple(cases),
            shortest_decimal(names.peak),
            self.total,
            self.is_factor,
            is_table,
            self.clock,
            self.steps_per_tick,
        )

    def stairs(self, parts: Sequence[Part], names: Names) -> list[Case]:
        """Return the case of a stair that is long enough for a list, or none."""
        shapes = [part.shape for part in parts if isinstance(part, Segment)]
        if len(shapes) < max(len(parts), MIN_STAIRS):
            return []
        if not all(shape and shape.kind == "hold" for shape in shapes):
            return []
        levels = [shape.first / names.scale for shape in shapes if shape]
        bounds = names.add("MILESTONES", tuple(part.start for part in parts[1:]))
        values = tuple(map(shortest_decimal, levels))
        rates = names.add("FACTORS" if self.is_factor else "RATES", values)
        return [Case("rate", None, apply("item", rates, apply("passed", bounds, STEP)))]

    def cases(
        self, parts: Sequence[Part], last_test: Node | None, names: Names, samples: Samples
    ) -> list[Case]:
        """Return the cases of parts, or none where one has no arithmetic or there are too many.

        `last_test` is the test of the last part; the others end where the next one starts.
        """
        cases: list[Case] = []
        for part, after in zip_longest(parts, parts[1:]):
            test = self.test(part, after, names) if after else last_test
            stop = after.start if after else samples.stop
            part_cases = self.cases_of(part, test, names, samples.within(max(part.start, 0), stop))
            if not part_cases or len(cases) + len(part_cases) > MAX_CASES:
                return []
            shared_names = {local.name for case in cases for local in case.shared}
            cases += with_own_names(part_cases, shared_names)
        return cases

    def test(self, part: Part, after: Part, names: Names) -> Node:
        """Return the test of the steps before the next part, at the boundary that the spec has."""
        if isinstance(part, Segment) and part.shape and is_end_before(part.shape, after.start):
            return apply("less_equal", STEP, names.steps(after.start - 1))
        return apply("less", STEP, names.steps(after.start))

    def cases_of(self, part: Part, test: Node | None, names: Names, samples: Samples) -> list[Case]:
        """Return the first way to write a part that gives its rates, or none."""
        for candidate in candidates(part, test, samples, self.clamped):
            trial = deepcopy(names)
            cases = candidate(trial)
            values = self.rates_of(self.function(trial, open_ended(cases)), samples.t)
            if cases and samples.match(values):
                names.__dict__.update(trial.__dict__)
                return cases
        segments = self.segments_of(part, samples)
        return self.cases(segments, test, names, samples) if len(segments) <= MAX_CASES else []

    def segments_of(self, part: Part, samples: Samples) -> list[Segment]:
        """Return the segments that make up a part without arithmetic; none where it is one.

        They are those of cycles, or what the rates show of a short part that only the run computes.
        """
        if isinstance(part, Cycles):
            return list(islice(part.segments(samples.stop), MAX_CASES + 1))
        if part.shape or not isinstance(self.schedule, PathDependent):
            return []
        start, stop = int(samples.t[0]), samples.stop
        if stop - start > MAX_RATES:
            return []
        rates = self.schedule.sample(range(start, stop), self.lr)
        return [segment.later(start) for segment in infer_parts(rates)]

    def table(self, rates: Array) -> Function:
        """Return the table of the run's rates. Raises SpecError where it would be too long."""
        if self.total > MAX_RATES:
            message = (
                f"has no closed form, and its {self.total:,} rates are more than a table of "
                f"{MAX_RATES:,}; take fewer --steps"
            )
            raise SpecError.of(self.curve.place or self.curve.label, message, "no-closed-form")
        names = Names(self.peak([], rates), self.is_factor)
        values = tuple(float(f"{rate / names.scale:.{DIGITS}g}") for rate in rates)
        table = names.add("FACTORS" if self.is_factor else "RATES", values)
        last = apply("minimum", STEP, number(len(values) - 1))
        return self.function(names, [Case("rate", None, apply("item", table, last))], True)


def open_ended(cases: Sequence[Case]) -> list[Case]:
    """Return cases whose last one has no test: a part's samples are all its own."""
    if not cases:
        return []
    last = cases[-1]
    return [*cases[:-1], Case(last.name, None, last.value, last.shared, last.variables)]


def merged(parts: Sequence[Part]) -> list[Part]:
    """Return parts without a hold that continues the hold before it."""
    pieces: list[Part] = []
    for part in parts:
        if not (pieces and continues(part, pieces[-1])):
            pieces.append(part)
    return pieces


def continues(part: Part, before: Part) -> bool:
    """Return whether two parts hold the same rate."""
    shapes = [piece.shape if isinstance(piece, Segment) else None for piece in (part, before)]
    return shapes[0] is not None and shapes[0].kind == "hold" and shapes[0] == shapes[1]


def first_segments(part: Part) -> Sequence[Segment]:
    """Return a segment itself, or the segments of the first cycle."""
    return [part] if isinstance(part, Segment) else part.cycle(0)


def ends_of(shape: Shape) -> tuple[float, ...]:
    """Return the rates that a shape goes between; those of an endless one do not all occur."""
    endless = shape.kind == "inverse_sqrt" or (shape.kind == "exponential" and shape.length == 1)
    return (shape.first,) if endless else (shape.first, shape.last)


def is_end_before(shape: Shape, start: float) -> bool:
    """Return whether a shape has its end at the last step before `start`, not at `start` itself."""
    end = shape.begin + shape.length
    return shape.kind not in ("hold", "inverse_sqrt") and end == start - 1
