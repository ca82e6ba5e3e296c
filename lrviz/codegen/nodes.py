"""Arithmetic in the step as a tree: built from shapes or traced, printed by each language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "floor_divide": np.floor_divide,
    "remainder": np.remainder,
    "power": np.power,
    "negative": np.negative,
    "absolute": np.abs,
    "minimum": np.minimum,
    "maximum": np.maximum,
    "less": np.less,
    "less_equal": np.less_equal,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
    "equal": np.equal,
    "not_equal": np.not_equal,
    "logical_and": np.logical_and,
    "logical_or": np.logical_or,
    "logical_not": np.logical_not,
    "cos": np.cos,
    "sin": np.sin,
    "tan": np.tan,
    "tanh": np.tanh,
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "floor": np.floor,
    "ceil": np.ceil,
    "where": np.where,
    "item": lambda values, index: np.asarray(values)[np.asarray(index, int)],
    "passed": lambda bounds, t: np.searchsorted(np.asarray(bounds), t, side="right"),
}
"""numpy's functions, and two on lists: the item at an index, and how many bounds are reached."""

UFUNC_ALIASES = {"fmin": "minimum", "fmax": "maximum", "bitwise_and": "logical_and"}
UFUNC_ALIASES |= {"bitwise_or": "logical_or", "invert": "logical_not", "fabs": "absolute"}

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Node:
    """An operation on other nodes, a name (a constant or a variable), or a number."""

    operation: str
    inputs: tuple[Node, ...] = ()
    value: float = 0.0
    name: str = ""

    @property
    def is_number(self) -> bool:
        """Whether the node is a number."""
        return self.operation == "number"

    def at(self, values: Values) -> Any:
        """Return the node's values where its names have the given values."""
        if self.is_number:
            return self.value
        if self.operation == "name":
            return values[self.name]
        with np.errstate(all="ignore"):
            return OPERATIONS[self.operation](*(node.at(values) for node in self.inputs))

    def names(self) -> list[str]:
        """Return the names in the tree, in the order in which they are printed."""
        if self.operation == "name":
            return [self.name]
        return [name for node in self.inputs for name in node.names()]

    def nodes(self) -> Iterator[Node]:
        """Yield the node and all below it."""
        yield self
        for node in self.inputs:
            yield from node.nodes()

    def replace(self, old: Node, new: Node) -> Node:
        """Return the tree with another node wherever `old` is."""
        if self == old:
            return new
        if not self.inputs:
            return self
        return apply(self.operation, *(node.replace(old, new) for node in self.inputs))


def number(value: float) -> Node:
    """Return the node of a number."""
    return Node("number", value=float(value))


def name_node(name: str) -> Node:
    """Return the node of a constant or a variable."""
    return Node("name", name=name)


STEP = name_node("step")
PI = number(np.pi)


def apply(operation: str, *inputs: Node) -> Node:  # noqa: PLR0911  (a rule a line)
    """Return the node of an operation, in its simplest form: on numbers it is their result."""
    if all(node.is_number for node in inputs):
        return number(float(OPERATIONS[operation](*(node.value for node in inputs))))
    first, last = inputs[0], inputs[-1]
    values = [node.value if node.is_number else None for node in inputs]
    if operation == "multiply" and 0.0 in values:
        return number(0.0)
    if (operation, values[-1]) in NEUTRAL and len(inputs) == 2:
        return first
    if (operation, values[-1]) == ("floor_divide", 1.0) and first == STEP:  # which is whole
        return first
    if (operation, values[0]) in {("add", 0.0), ("multiply", 1.0)}:
        return last
    if operation == "multiply" and values[0] == -1.0:
        return apply("negative", last)
    if operation == "subtract" and values[0] == 0.0:
        return apply("negative", last)
    if operation == "power" and values[0] == 1.0:
        return number(1.0)
    if operation == "power" and last.is_number and last.value < 0 and last.value.is_integer():
        return apply("divide", number(1.0), apply("power", first, number(-last.value)))
    if operation == "where" and inputs[1] == inputs[2]:
        return inputs[1]
    if operation == "logical_and" and values != [None, None]:
        constant, other = (first, last) if first.is_number else (last, first)
        return other if constant.value else number(0.0)
    return simplify_signs(operation, inputs) or Node(operation, inputs)


def simplify_signs(operation: str, inputs: tuple[Node, ...]) -> Node | None:  # noqa: PLR0911  (a rule a line)
    """Return a sum or product without needless signs and brackets, or None where it has none."""
    first, last = inputs[0], inputs[-1]
    if operation == "subtract" and last.operation == "subtract" and last.inputs[0].is_number:
        return apply("add", apply("subtract", first, last.inputs[0]), last.inputs[1])
    if operation == "subtract" and last == Node("floor", (first,)):
        return apply("remainder", first, number(1))
    if operation == "remainder" and last.is_number and last.value == 1:
        return fractional_part(first)
    if operation == "divide" and last.is_number:
        return quotient(first, last.value)
    if operation in OPPOSITE and last.is_number and last.value < 0:
        return apply(OPPOSITE[operation], first, number(-last.value))
    if operation in OPPOSITE and last.operation == "multiply" and last.inputs[0].value < 0:
        factor = number(-last.inputs[0].value)
        return apply(OPPOSITE[operation], first, apply("multiply", factor, last.inputs[1]))
    if operation in OPPOSITE and last.operation == "negative":
        return apply(OPPOSITE[operation], first, last.inputs[0])
    if operation == "add" and first.operation == "negative":
        return apply("subtract", last, first.inputs[0])
    if operation == "multiply" and last.operation == "divide":
        return apply("divide", apply("multiply", first, last.inputs[0]), last.inputs[1])
    if operation == "multiply" and last.operation == "multiply":
        return apply("multiply", apply("multiply", first, last.inputs[0]), last.inputs[1])
    if operation == "multiply" and last.is_number and not first.is_number:
        return apply("multiply", last, first)
    return None


def quotient(node: Node, divisor: float) -> Node | None:
    """Return a quotient by a positive number; by a half, a quarter, ... it is a product."""
    if divisor < 0 and node.operation == "subtract":
        return apply("divide", apply("subtract", *reversed(node.inputs)), number(-divisor))
    if 0 < divisor < 1 and (1 / divisor).is_integer():
        return apply("multiply", number(1 / divisor), node)
    return None


def fractional_part(node: Node) -> Node | None:
    """Return `node % 1` without the whole number that it adds, and of a quotient as a rest."""
    left, right = node.inputs if len(node.inputs) == 2 else (node, node)
    if node.operation == "add" and left.is_number and left.value.is_integer():
        return apply("remainder", right, number(1))
    if node.operation == "divide":
        return apply("divide", apply("remainder", left, right), right)
    return None


OPPOSITE = {"add": "subtract", "subtract": "add"}
NEUTRAL = {
    ("add", 0.0),
    ("subtract", 0.0),
    ("multiply", 1.0),
    ("divide", 1.0),
    ("power", 1.0),
}
