"""Cycles as arithmetic by their rule: the position in the cycle, and the cycle's number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from lrviz.codegen.calls import shortest_decimal
from lrviz.codegen.function import Case, Local, both
from lrviz.codegen.names import Names, constant_name
from lrviz.codegen.nodes import STEP, Node, apply, name_node, number
from lrviz.codegen.shapes import PROGRESS, ShapeWriter, steps_after
from lrviz.core.segment import Cycles, Segment, Shape

Candidate = Callable[[Names], list[Case]]
"""From the names of a function, which it may extend, to the cases of a part."""

POSITION, CYCLE, TOP = name_node("position"), name_node("cycle"), name_node("top")
ONE = number(1)


def cycle_cases(part: Cycles, test: Node | None, clamped: bool) -> Iterator[Candidate]:
    """Yield ways to write cycles whose segments are shapes; which one is right is to be tested."""
    segments = part.cycle(0)
    shapes = [segment.shape for segment in segments]
    if not shapes or None in shapes:
        return
    writer = CycleWriter(part, segments, test, clamped)
    if all(shape.kind == "hold" for shape in shapes if shape) and len(shapes) == 1:
        yield writer.stairs
    elif part.growth == 1:
        yield writer.wave
        yield writer.repeated
        yield writer.shrinking
    elif len(shapes) == 1:
        yield writer.growing


class CycleWriter:
    """Writes the cycles of one part."""

    def __init__(
        self, part: Cycles, segments: Sequence[Segment], test: Node | None, clamped: bool
    ) -> None:
        self.part, self.segments = part, segments
        self.test, self.clamped = test, clamped

    @property
    def shapes(self) -> list[Shape]:
        """The shapes of the first cycle, on a clock that starts with it."""
        begin = self.part.start
        return [segment.shape.later(-begin) for segment in self.segments if segment.shape]

    def elapsed(self, names: Names) -> Node:
        """Return the steps since the first cycle."""
        return steps_after(STEP, names.steps(self.part.start))

    def number(self, names: Names) -> Node:
        """Return the number of the cycle, from 0."""
        names.declare_steps(self.part.period, "PERIOD")
        return apply("floor_divide", self.elapsed(names), names.steps(self.part.period))

    def ratio_power(self, names: Names, cycle: Node | None = None) -> Node:
        """Return the ratio of two peaks to the power of the cycle's number."""
        ratio = names.add("RATIO", shortest_decimal(self.part.ratio))
        return apply("power", ratio, cycle or self.number(names))

    def case(self, value: Node, *shared: Local, variables: tuple[Local, ...] = ()) -> list[Case]:
        """Return the single case of a value."""
        return [Case(self.part.name, self.test, value, shared, variables)]

    def stairs(self, names: Names) -> list[Case]:
        """Return a rate that is multiplied by a factor in each cycle."""
        first = names.rate(self.shapes[0].first, "START")
        factor = names.add("GAMMA", shortest_decimal(self.part.ratio))
        power = apply("power", factor, self.number(names))
        return self.case(apply("multiply", first, power))

    def wave(self, names: Names) -> list[Case]:
        """Return a cosine whose fall and rise are one wave."""
        if len(self.shapes) != 2 or self.part.ratio != 1:
            return []
        fall, rise = self.shapes
        mirrored = replace(fall, first=fall.last, last=fall.first, begin=fall.begin + fall.length)
        if fall.kind != "cosine" or mirrored != rise:
            return []
        names.declare_steps(fall.length, "HALF_PERIOD")
        shape = fall.later(self.part.start)
        arithmetic = ShapeWriter(names, self.clamped).write(shape, "decay")
        return self.case(arithmetic.value, variables=arithmetic.variables)

    def repeated(self, names: Names) -> list[Case]:
        """Return segments that depend on the position in the cycle, with a top that may shrink."""
        tops: tuple[Local, ...] = ()
        shapes = self.shapes
        highest = max(max(shape.first, shape.last) for shape in shapes)
        peak = names.rate(highest, "TOP")
        if self.part.ratio != 1:
            power = self.ratio_power(names)
            tops = (Local(TOP.name, apply("multiply", peak, power)),)
        return self.positions(names, shapes, tops, {highest: TOP} if tops else {})

    def shrinking(self, names: Names) -> list[Case]:
        """Return segments whose height above their lowest rate shrinks."""
        if self.part.ratio == 1:
            return []
        shapes = self.shapes
        highest = max(max(shape.first, shape.last) for shape in shapes)
        lowest = min(min(shape.first, shape.last) for shape in shapes)
        low, high = names.rate(lowest, "BOTTOM"), names.rate(highest, "TOP")
        power = self.ratio_power(names)
        height = apply("multiply", apply("subtract", high, low), power)
        tops = (Local(TOP.name, apply("add", low, height)),)
        return self.positions(names, shapes, tops, {highest: TOP})

    def positions(
        self,
        names: Names,
        shapes: Sequence[Shape],
        shared: tuple[Local, ...],
        variables: Mapping[float, Node],
    ) -> list[Case]:
        """Return a case for each shape of the cycle; some rates are variables."""
        names.variables = variables
        names.declare_steps(self.part.period, "PERIOD")
        position = apply("remainder", self.elapsed(names), names.steps(self.part.period))
        shared = (Local(POSITION.name, position), *shared)
        cases: list[Case] = []
        for index, (segment, shape) in enumerate(zip(self.segments, shapes, strict=True)):
            position_test = None
            if index + 1 < len(shapes):
                end = shape.begin + shape.length
                rises = segment.name == "rise"
                name = "UP" if rises else constant_name(segment.name, "END")
                names.declare_steps(end, name)
                includes = self.segments[index + 1].start - self.part.start > end
                position_test = apply(
                    "less_equal" if includes else "less", POSITION, names.steps(end)
                )
            writer = ShapeWriter(names, self.clamped)
            arithmetic = writer.write(shape, segment.name, POSITION)
            test = both(self.test, position_test)
            cases.append(Case(segment.name, test, arithmetic.value, shared, arithmetic.variables))
            shared = ()
        names.variables = {}
        return cases

    def growing(self, names: Names) -> list[Case]:
        """Return one shape whose cycles are each longer, or shorter, than the last.

        The step is taken half a step on in the logarithm, so that rounding decides no boundary.
        """
        (shape,) = self.shapes
        growth = names.add("GROWTH", shortest_decimal(self.part.growth))
        names.declare_steps(self.part.period, "PERIOD")
        period = names.steps(self.part.period)
        elapsed, excess = self.elapsed(names), apply("subtract", growth, ONE)
        cycles = apply("add", elapsed, number(0.5))
        base = apply("add", ONE, apply("divide", apply("multiply", cycles, excess), period))
        cycle = apply("floor", apply("divide", apply("log", base), apply("log", growth)))
        length = apply("multiply", period, apply("power", growth, CYCLE))
        total = apply("subtract", apply("power", growth, CYCLE), ONE)
        begin = apply("divide", apply("multiply", period, total), excess)
        progress = apply("divide", apply("subtract", elapsed, name_node("begin")), length)
        top = names.rate(shape.first, "TOP")
        locals_ = [Local(CYCLE.name, cycle), Local("begin", begin), Local(PROGRESS.name, progress)]
        if self.part.ratio != 1:
            power = self.ratio_power(names, CYCLE)
            locals_.append(Local(TOP.name, apply("multiply", top, power)))
            top = TOP
        bottom = names.rate(shape.last, "FLOOR")
        writer = ShapeWriter(names, self.clamped)
        value = writer.between(shape, top, bottom, PROGRESS)
        return self.case(value, variables=tuple(locals_))
