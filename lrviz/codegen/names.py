"""Names for the numbers of a function: PEAK, FLOOR, WARMUP, TOTAL, and boundaries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from lrviz.codegen.calls import shortest_decimal
from lrviz.codegen.function import Constant
from lrviz.codegen.nodes import Node, apply, name_node, number

FLOOR = "FLOOR"
MIN_NAMED_STEPS = 3
"""Counts of steps below this are written as numbers."""


def constant_name(segment: str, end: str) -> str:
    """Return the name of a constant of a segment, as WARM_UP_END."""
    return f"{segment.upper().replace('-', '_')}_{end}"


class Names:
    """The constants of a function: numbers of steps, and rates (as shares of the peak or not)."""

    def __init__(self, peak: float, is_factor: bool) -> None:
        self.peak = peak
        self.is_factor = is_factor
        self.constants: dict[str, Constant] = {"PEAK": shortest_decimal(peak)}
        self.steps_by_value: dict[float, str] = {}
        self.rates_by_value: dict[float, str] = {}
        self.variables: Mapping[float, Node] = {}
        """Rates that are variables of the function, by their value at first."""

    @property
    def scale(self) -> float:
        """The number by which rates are divided: the peak where they are shares of it."""
        return self.peak if self.is_factor and self.peak else 1.0

    @contextmanager
    def shares(self) -> Iterator[None]:
        """Treat rates as shares, independent of the peak."""
        before = self.peak, self.is_factor
        self.peak, self.is_factor = 1.0, True
        yield
        self.peak, self.is_factor = before

    def add(self, name: str, value: Constant) -> Node:
        """Return the node of a constant; a name that is in use for another gets a number."""
        if self.constants.get(name) == value:
            return name_node(name)
        name = self.free(name)
        self.constants[name] = value
        return name_node(name)

    def free(self, name: str) -> str:
        """Return a name that is not in use."""
        count, candidate = 1, name
        while candidate in self.constants:
            count += 1
            candidate = f"{name}_{count}"
        return candidate

    def declare_steps(self, value: float, name: str) -> None:
        """Give a number of steps a name, unless it has one or is small."""
        if value >= MIN_NAMED_STEPS and value not in self.steps_by_value:
            name = self.free(name)
            self.constants[name] = value
            self.steps_by_value[value] = name

    def steps(self, value: float) -> Node:
        """Return the node of a number of steps: its name, a name plus or minus 1, or itself."""
        if value in self.steps_by_value:
            return name_node(self.steps_by_value[value])
        for shift, operation in ((1, "subtract"), (-1, "add")):
            if value + shift in self.steps_by_value:
                return apply(operation, name_node(self.steps_by_value[value + shift]), number(1))
        return number(shortest_decimal(value))

    def named_steps(self, value: float, name: str) -> Node:
        """Return the node of a number of steps, which gets this name if nothing names it yet."""
        if self.steps(value).is_number:
            self.declare_steps(value, name)
        return self.steps(value)

    def rate(self, value: float, name: str = "") -> Node:
        """Return the node of a rate: PEAK, the constant that it is or becomes, or a number."""
        if value in self.variables:
            return self.variables[value]
        if value == 0.0:
            return number(0.0)
        if abs(value - self.peak) <= 1e-14 * abs(self.peak):
            return number(1.0) if self.is_factor else name_node("PEAK")
        value = shortest_decimal(value / self.scale)
        if name == FLOOR:
            return self.floor(value)
        if value not in self.rates_by_value:
            if not name:
                return number(value)
            name = self.free(name)
            self.constants[name] = value
            self.rates_by_value[value] = name
        return name_node(self.rates_by_value[value])

    def floor(self, value: float) -> Node:
        """Return the constant of a rate that a decay ends at, also where it has another name."""
        name = self.rates_by_value.get(value, "")
        if not name.startswith(FLOOR):
            name = self.free(FLOOR)
            self.constants[name] = value
            self.rates_by_value[value] = name
        return name_node(name)
