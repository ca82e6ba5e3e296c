"""A ground shape as arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from lrviz.codegen.calls import shortest_decimal
from lrviz.codegen.function import Local
from lrviz.codegen.names import Names, constant_name
from lrviz.codegen.nodes import PI, STEP, Node, apply, name_node, number
from lrviz.core.segment import Shape

PROGRESS = name_node("progress")
ONE, TWO = number(1), number(2)


@dataclass(frozen=True)
class Arithmetic:
    """The value of a shape, and the variables that it uses."""

    value: Node
    variables: tuple[Local, ...] = ()


class ShapeWriter:
    """Writes shapes with the names of a function; with `clamped` bases of powers are at least 0."""

    def __init__(self, names: Names, clamped: bool) -> None:
        self.names = names
        self.clamped = clamped

    def write(self, shape: Shape, segment: str, step: Node = STEP) -> Arithmetic:
        """Return the arithmetic of a shape of a segment of this name."""
        if shape.kind == "hold":
            return Arithmetic(self.names.rate(shape.first))
        name = "START" if shape.begin <= 0 else constant_name(segment, "FROM")
        first = self.names.rate(shape.first, name)
        if shape.kind == "inverse_sqrt":
            return Arithmetic(self.inverse_sqrt(shape, first, step))
        if shape.kind == "exponential" and shape.length == 1:
            gamma = self.names.add("GAMMA", shortest_decimal(shape.last / shape.first))
            power = apply("power", gamma, steps_after(step, self.names.steps(shape.begin)))
            return Arithmetic(apply("multiply", first, power))
        end = self.names.rate(shape.last, "FLOOR" if segment == "decay" else "END")
        line = self.line_to_zero(shape, first, step)
        if line:
            return Arithmetic(line)
        fraction = self.fraction(shape, segment, step)
        is_short = shape.kind == "linear" and shape.last >= shape.first
        is_short = is_short or all(not node.inputs for node in fraction.inputs)
        progress = fraction if is_short else PROGRESS
        variables = () if is_short else (Local(PROGRESS.name, fraction),)
        return Arithmetic(self.between(shape, first, end, progress), variables)

    def line_to_zero(self, shape: Shape, first: Node, step: Node) -> Node | None:
        """Return a line to 0 at a named step as `first * (END - step) / (END - BEGIN)`."""
        end = self.names.steps(shape.begin + shape.length)
        if shape.kind != "linear" or shape.last or end.operation != "name":
            return None
        begin = self.names.steps(shape.begin)
        remaining = apply("multiply", first, apply("subtract", end, step))
        return apply("divide", remaining, apply("subtract", end, begin))

    def fraction(self, shape: Shape, segment: str, step: Node) -> Node:
        """Return the share of the shape's length that has passed at the step."""
        begin = self.names.steps(shape.begin)
        length, end = self.names.steps(shape.length), self.names.steps(shape.begin + shape.length)
        near_zero = -1 <= shape.begin <= 1
        if end.operation == "name" and not (near_zero and length.operation == "name"):
            length = apply("subtract", end, begin)
        elif begin.operation == "name":
            name = constant_name(segment, "STEPS").replace("WARM_UP", "WARMUP")
            length = self.names.named_steps(shape.length, name)
        return apply("divide", steps_after(step, begin), length)

    def between(self, shape: Shape, first: Node, last: Node, progress: Node) -> Node:
        """Return the values from `first` to `last` at a progress from 0 to 1."""
        if shape.kind == "exponential":
            ratio = apply("power", apply("divide", last, first), progress)
            return apply("multiply", first, ratio)
        if first == last:
            return first
        if shape.last == 0 or (shape.first and shape.last < shape.first):
            change = apply(
                "multiply", apply("subtract", first, last), self.remaining(shape, progress)
            )
            return apply("add", last, change)
        change = apply("multiply", apply("subtract", last, first), self.completed(shape, progress))
        return apply("add", first, change)

    def remaining(self, shape: Shape, progress: Node) -> Node:
        """Return the share of the way from `last` to `first`, which falls from 1 to 0."""
        remaining = apply("subtract", ONE, progress)
        if shape.kind == "linear":
            return remaining
        if shape.kind == "cosine":
            return apply("divide", apply("add", ONE, half_wave(progress)), TWO)
        if shape.kind == "cosine-power":
            half = apply("divide", apply("add", ONE, half_wave(progress)), TWO)
            return self.power(half, shape.power)
        if shape.kind == "polynomial":
            return self.power(remaining, shape.power)
        if shape.kind == "1-sqrt":
            return apply("subtract", ONE, self.power(progress, 0.5))
        return apply("divide", remaining, apply("subtract", ONE, apply("divide", progress, TWO)))

    def completed(self, shape: Shape, progress: Node) -> Node:
        """Return the share of the way from `first` to `last`, which rises from 0 to 1."""
        if shape.kind == "linear":
            return progress
        if shape.kind == "cosine":
            return apply("divide", apply("subtract", ONE, half_wave(progress)), TWO)
        if shape.kind == "1-sqrt":
            return self.power(progress, 0.5)
        return apply("subtract", ONE, self.remaining(shape, progress))

    def power(self, base: Node, power: float) -> Node:
        """Return a power of a base, of at least 0 where rounding would make the power nan."""
        if self.clamped and power != int(power):
            base = apply("maximum", base, number(0))
        return apply("sqrt", base) if power == 0.5 else apply("power", base, number(power))

    def inverse_sqrt(self, shape: Shape, first: Node, step: Node) -> Node:
        """Return the inverse square root, as the root of `begin / step` where it is one."""
        begin = self.names.steps(shape.begin)
        shift = shape.begin - shape.length
        if -1 <= shift <= 1:
            scale = self.names.steps(shape.length)
            ratio = apply("divide", scale, steps_after(step, number(shift)))
            return apply("multiply", first, apply("sqrt", ratio))
        scale = self.names.named_steps(shape.length, "TIMESCALE")
        growth = apply("add", ONE, apply("divide", steps_after(step, begin), scale))
        return apply("divide", first, apply("sqrt", growth))


def half_wave(progress: Node) -> Node:
    """Return half a wave of the cosine over a progress from 0 to 1."""
    return apply("cos", apply("multiply", PI, progress))


def steps_after(step: Node, begin: Node) -> Node:
    """Return the steps after a begin."""
    return apply("subtract", step, begin)
