"""From a curve's segments to a function; every result is compared with the curve's own rates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import islice, pairwise

import numpy as np

from lrviz.codegen.calls import shortest_decimal
from lrviz.codegen.cycles import Candidate, cycle_cases
from lrviz.codegen.function import Case, Function, Local, both, with_own_names
from lrviz.codegen.names import Names, constant_name
from lrviz.codegen.nodes import STEP, Node, apply, name_node, number
from lrviz.codegen.parts import Product, alternatives, expand_lists, infer_parts
from lrviz.codegen.shapes import ShapeWriter
from lrviz.codegen.trace import traced
from lrviz.core.errors import SpecError
from lrviz.core.schedule import Array, End, PathDependent, Steps64
from lrviz.core.segment import Cycles, Part, Segment, Shape
from lrviz.curves.curve import Curve

MAX_CASES = 24
MAX_RATES = 2_000
MAX_SAMPLES = 20_000
MIN_STAIRS = 4
TOLERANCE = 1e-9
DIGITS = 10
"""Significant digits of the rates in a table."""


@dataclass(frozen=True)
class Samples:
    """Rates of a schedule at steps (of its clock) that code is compared with."""

    t: Steps64
    rates: Array

    @property
    def stop(self) -> int:
        """The step after the last one."""
        return int(self.t[-1]) + 1 if self.t.size else 0

    def within(self, start: int, stop: int) -> Samples:
        """Return the samples from `start` to before `stop`."""
        first, last = np.searchsorted(self.t, [start, stop])
        return Samples(self.t[first:last], self.rates[first:last])

    def match(self, values: Array) -> bool:
        """Tell whether values at `t` are the rates."""
        scale = float(np.abs(self.rates).max(initial=0.0))
        return bool(np.allclose(values, self.rates, rtol=TOLERANCE, atol=1e-14 * scale))


def write_function(curve: Curve, clamped: bool, is_factor: bool, counts_steps: bool) -> Function:
    """Return a curve as a function of the step.

    With `is_factor` its values are shares of the peak, else rates; with `clamped` bases of powers
    are kept from below 0; with `counts_steps` its caller counts optimizer steps, also where the
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
        self.steps_per_tick = curve.steps_per_tick if counts_steps else 1
        by_epoch = curve.ticks_by_epoch or (curve.by == "epoch" and not counts_steps)
        self.clock = "epoch" if by_epoch else "step"

    def build(self) -> Function:
        """Return the function, or a table of the rates."""
        rates = self.schedule.sample(range(min(self.total, MAX_SAMPLES)), self.lr)
        for alternative in alternatives(self.schedule, self.lr, rates):
            function = self.function_of(self.started(alternative), rates)
            if function:
                return function
        return self.table(rates)

    def function_of(self, parts: Sequence[Part], rates: Array) -> Function | None:
        """Return the function that parts make, or None where it does not give the rates."""
        if not parts:
            return None
        names = self.declare(parts, self.peak(parts, rates))
        samples = self.samples(parts)
        cases = self.stairs(parts, names) or self.cases(parts, names, samples)
        function = self.function(names, cases)
        correct = bool(cases) and samples.match(self.rates_of(function, samples.t))
        return function.simplified(samples.t) if correct else None

    def started(self, alternative: Sequence[Part]) -> list[Part]:
        """Return the parts that start before the horizon, finite lists of steps written out."""
        horizon = horizon_of(self.total, self.schedule.end())
        parts = expand_lists(alternative, horizon)
        parts = [part for part in parts if part.start < horizon]
        reached = [part for part, after in pairwise(parts) if max(part.start, 0) < after.start]
        return merged([*reached, *parts[-1:]])

    def peak(self, parts: Sequence[Part], rates: Array) -> float:
        """Return the highest rate, which is the optimizer's where the schedule does not set it."""
        if self.lr and not self.schedule.sets_rate:
            return self.lr
        curves = [inner.curve for part in parts for inner in first_segments(part)]
        ends = [abs(end) for curve in curves if isinstance(curve, Shape) for end in ends_of(curve)]
        return max(ends, default=0.0) or float(np.abs(rates).max(initial=0.0))

    def declare(self, parts: Sequence[Part], peak: float) -> Names:
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

    def samples(self, parts: Sequence[Part]) -> Samples:
        """Return the rates at up to 20,000 steps, those around each boundary included."""
        horizon = horizon_of(self.total, self.schedule.end())
        even = np.linspace(0, horizon - 1, min(horizon, MAX_SAMPLES)).astype(np.int64)
        edges = [part.start + shift for part in parts for shift in (-1, 0, 1)]
        t = np.unique([*even, *(edge for edge in edges if 0 <= edge < horizon)]).astype(np.int64)
        with np.errstate(all="ignore"):
            return Samples(t, self.schedule.rate_function(self.lr)(t))

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
        scale = names.peak if self.is_factor else 1.0
        levels = [shape.first / scale if scale else 0.0 for shape in shapes if shape]
        bounds = names.add("MILESTONES", tuple(part.start for part in parts[1:]))
        values = tuple(map(shortest_decimal, levels))
        rates = names.add("FACTORS" if self.is_factor else "RATES", values)
        return [Case("rate", None, apply("item", rates, apply("passed", bounds, STEP)))]

    def cases(self, parts: Sequence[Part], names: Names, samples: Samples) -> list[Case]:
        """Return the cases of parts, or none where one of them has no arithmetic."""
        cases: list[Case] = []
        horizon = samples.stop
        for index, part in enumerate(parts):
            after = parts[index + 1] if index + 1 < len(parts) else None
            test = self.test(part, after, names) if after else None
            stop = after.start if after else horizon
            inner_cases = self.cases_of(part, test, names, samples.within(max(part.start, 0), stop))
            if not inner_cases or len(cases) + len(inner_cases) > MAX_CASES:
                return []
            used = {local.name for case in cases for local in case.shared}
            cases += with_own_names(inner_cases, used)
        return cases

    def test(self, part: Part, after: Part, names: Names) -> Node:
        """Return the test of the steps before the next part, at the boundary that the spec has."""
        if isinstance(part, Segment) and part.shape and is_end_before(part.shape, after.start):
            return apply("less_equal", STEP, names.steps(after.start - 1))
        return apply("less", STEP, names.steps(after.start))

    def cases_of(self, part: Part, test: Node | None, names: Names, samples: Samples) -> list[Case]:
        """Return the first way to write a part that gives its rates, or none."""
        for candidate in self.candidates(part, test, samples):
            trial = deepcopy(names)
            cases = candidate(trial)
            values = self.rates_of(self.function(trial, open_ended(cases)), samples.t)
            if cases and samples.match(values):
                names.__dict__.update(trial.__dict__)
                return cases
        if isinstance(part, Cycles):
            return self.written_out(part.segments(samples.stop), test, names, samples)
        if isinstance(self.schedule, PathDependent) and not part.shape:
            return self.written_out(self.read(samples), test, names, samples)
        return []

    def read(self, samples: Samples) -> list[Segment]:
        """Return what the rates show of a part that only the run computes, if it is short."""
        start, stop = int(samples.t[0]), samples.stop
        if stop - start > MAX_RATES:
            return []
        rates = self.schedule.sample(range(start, stop), self.lr)
        return [part.later(start) for part in infer_parts(rates) if isinstance(part, Segment)]

    def candidates(self, part: Part, test: Node | None, samples: Samples) -> Iterator[Candidate]:
        """Yield ways to write a part."""
        if isinstance(part, Cycles):
            yield from cycle_cases(part, test, self.clamped)
        elif part.shape:
            shape = part.shape

            def from_shape(trial: Names) -> list[Case]:
                arithmetic = ShapeWriter(trial, self.clamped).write(shape, part.name)
                return [Case(part.name, test, arithmetic.value, own=arithmetic.own)]

            yield from_shape
        elif isinstance(part.curve, Product):
            yield from_product(part.curve, part.name, test, self.clamped)
        for step in traced_steps(samples):
            node = traced(part.curve, step)
            if node is None:
                continue
            node = effective(node, within_reach(samples, test))
            write = from_node(node, part.name, test)
            first = int(samples.t[0])
            if not self.clamped and not is_defined(node, first):
                write = with_first(first, float(samples.rates[0]), write)
            yield write

    def written_out(
        self, parts: Iterable[Segment], test: Node | None, names: Names, samples: Samples
    ) -> list[Case]:
        """Return the cases of segments that make up a part, where they are few."""
        segments = list(islice(parts, MAX_CASES + 1))
        if len(segments) > MAX_CASES:
            return []
        cases: list[Case] = []
        for index, segment in enumerate(segments):
            after = segments[index + 1] if index + 1 < len(segments) else None
            inner = self.test(segment, after, names) if after else test
            inside = samples.within(segment.start, after.start if after else samples.stop)
            if not segment.shape and isinstance(self.schedule, PathDependent):
                return []
            inner_cases = self.cases_of(segment, inner, names, inside)
            if not inner_cases:
                return []
            used = {local.name for case in cases for local in case.shared}
            cases += with_own_names(inner_cases, used)
        return cases

    def table(self, rates: Array) -> Function:
        """Return the table of the run's rates. Raises SpecError where it would be too long."""
        if self.total > MAX_RATES:
            message = (
                f"has no closed form, and its {self.total:,} rates are more than a table of "
                f"{MAX_RATES:,}; take fewer --steps"
            )
            raise SpecError.of(self.curve.place or self.curve.label, message, "no-closed-form")
        peak = self.peak([], rates)
        names = Names(peak, self.is_factor)
        scale = peak if self.is_factor and peak else 1.0
        values = tuple(float(f"{rate / scale:.{DIGITS}g}") for rate in rates)
        table = names.add("FACTORS" if self.is_factor else "RATES", values)
        last = apply("minimum", STEP, number(len(values) - 1))
        return self.function(names, [Case("rate", None, apply("item", table, last))], True)


def from_product(product: Product, name: str, test: Node | None, clamped: bool) -> Candidate:
    """Return the way to write a product whose factors are shapes."""

    def write(names: Names) -> list[Case]:
        value = names.rate(product.lr)
        own: list[Local] = []
        writer = ShapeWriter(names, clamped)
        for factor in product.factors:
            if not isinstance(factor, Shape):
                return []
            with names.shares():
                arithmetic = writer.write(factor, name)
            value = apply("multiply", value, arithmetic.value)
            own += arithmetic.own
        return [Case(name, test, value, own=tuple(own))] if len(own) <= 1 else []

    return write


def from_node(node: Node, name: str, test: Node | None) -> Candidate:
    """Return the way to write a part as arithmetic that was traced, its choices as cases."""

    def write(names: Names) -> list[Case]:
        shared: tuple[Local, ...] = ()
        arithmetic = node
        common = repeated_part(node)
        if common:
            variable = "position" if common.operation in ("remainder", "divide") else "x"
            shared = (Local(variable, common),)
            arithmetic = node.replace(common, name_node(variable))
        cases: list[Case] = []
        for condition, value in choices(arithmetic):
            cases.append(Case(name, both(test, condition), relative(value, names), shared))
            shared = ()
        return cases

    return write


def within_reach(samples: Samples, test: Node | None) -> Steps64:
    """Return steps that a part has: its samples, and without a test far more after them."""
    later = samples.stop + 10 ** np.arange(7) if test is None else samples.t[:0]
    return np.concatenate([samples.t, later])


def effective(node: Node, t: Steps64) -> Node:
    """Return arithmetic without limits that are not met, and choices that are not taken, at `t`."""
    node = (
        apply(node.operation, *(effective(part, t) for part in node.inputs))
        if (node.inputs)
        else node
    )
    values = [np.broadcast_to(part.at({STEP.name: t}), t.shape) for part in node.inputs]
    if node.operation in ("minimum", "maximum"):
        first_is_less = bool((values[0] <= values[1]).all())
        if first_is_less or bool((values[0] >= values[1]).all()):
            return node.inputs[first_is_less == (node.operation == "maximum")]
    if node.operation == "where" and (values[0].all() or not values[0].any()):
        return node.inputs[1 if values[0].all() else 2]
    return node


def with_first(step: int, rate: float, write: Candidate) -> Candidate:
    """Return a way to write a part whose arithmetic has no value at the first step."""

    def write_both(names: Names) -> list[Case]:
        first, *others = write(names)
        test = both(first.test, apply("equal", STEP, number(step)))
        return [replace(first, test=test, value=names.rate(rate), own=()), first, *others]

    return write_both


def is_defined(node: Node, step: int) -> bool:
    """Tell whether every operation of arithmetic has a finite value at a step."""
    values = {STEP.name: np.float64(step)}
    return all(bool(np.isfinite(part.at(values))) for part in node.nodes())


def repeated_part(node: Node) -> Node | None:
    """Return the largest operation that arithmetic has more than once, or None."""
    operations = [part for part in node.nodes() if part.inputs and part != node]
    repeated = [part for part in operations if operations.count(part) > 1]
    return max(repeated, key=lambda part: len(list(part.nodes())), default=None)


def choices(node: Node) -> list[tuple[Node | None, Node]]:
    """Return the values of arithmetic that chooses, each with its test; the last one has none."""
    if node.operation == "where":
        test, then, other = node.inputs
        return [(test, then), *choices(other)]
    if node.operation not in ("add", "subtract", "multiply", "divide"):
        return [(None, node)]
    left, right = (choices(part) for part in node.inputs)
    if len(left) > 1 and len(right) > 1:
        return [(None, node)]
    return [
        (first or second, apply(node.operation, a, b)) for first, a in left for second, b in right
    ]


def open_ended(cases: Sequence[Case]) -> list[Case]:
    """Return cases whose last one has no test: a part's samples are all its own."""
    if not cases:
        return []
    last = cases[-1]
    return [*cases[:-1], Case(last.name, None, last.value, last.shared, last.own)]


def merged(parts: Sequence[Part]) -> list[Part]:
    """Return parts without a hold that only continues the hold before."""
    pieces: list[Part] = []
    for part in parts:
        if not (pieces and continues(part, pieces[-1])):
            pieces.append(part)
    return pieces


def continues(part: Part, before: Part) -> bool:
    """Tell whether a part holds the rate that the part before holds."""
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
    """Tell whether a shape has its end at the last step before `start`, not at `start` itself."""
    end = shape.begin + shape.length
    return shape.kind not in ("hold", "inverse_sqrt") and end == start - 1


def traced_steps(samples: Samples) -> list[int]:
    """Return the steps of a part at which its curve is traced: first, second, middle, last."""
    t = samples.t
    if not t.size:
        return []
    return list(dict.fromkeys(int(t[index]) for index in (0, min(1, len(t) - 1), len(t) // 2, -1)))


def relative(node: Node, names: Names) -> Node:
    """Return arithmetic of rates in terms of the peak: the peak named, or divided out."""
    scaled = divided(node, names)
    if scaled is not None:
        return scaled
    if not names.is_factor or not names.peak:
        return node
    return apply("divide", node, name_node("PEAK"))


def divided(node: Node, names: Names) -> Node | None:
    """Return a product with the peak as its factor PEAK, or without it; None where it has none."""
    if node.is_number:
        return names.rate(node.value) if names.peak else node
    if node.operation in ("multiply", "divide"):
        left = divided(node.inputs[0], names)
        return None if left is None else apply(node.operation, left, node.inputs[1])
    if node.operation in ("minimum", "maximum"):
        return apply(node.operation, *(relative(part, names) for part in node.inputs))
    if node.operation in ("add", "subtract"):
        sides = [divided(part, names) for part in node.inputs]
        return None if None in sides else apply(node.operation, *(s for s in sides if s))
    return None
