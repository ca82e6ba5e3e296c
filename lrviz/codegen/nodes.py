"""Arithmetic in the step `t` as a tree: made by tracing a formula, printed by each language."""

from __future__ import annotations

from collections.abc import Callable
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
}
SAME = {"fmin": "minimum", "fmax": "maximum", "bitwise_and": "logical_and"}
SAME |= {"bitwise_or": "logical_or", "invert": "logical_not", "fabs": "absolute"}


@dataclass(frozen=True)
class Node:
    """An operation on other nodes, `t` itself, or a number."""

    operation: str
    inputs: tuple[Node, ...] = ()
    value: float = 0.0

    @property
    def is_number(self) -> bool:
        """Whether the node is a number."""
        return self.operation == "number"

    def at(self, t: Any) -> Any:
        """Return the values at an array of steps."""
        if self.is_number:
            return self.value
        if self.operation == "t":
            return t
        with np.errstate(all="ignore"):
            return OPERATIONS[self.operation](*(each.at(t) for each in self.inputs))

    def later(self, start: int) -> Node:
        """Return the node of a clock that begins at step `start`."""
        if self.operation == "t":
            return apply("subtract", self, number(start)) if start else self
        return Node(self.operation, tuple(each.later(start) for each in self.inputs), self.value)

    def slower(self, every: int) -> Node:
        """Return the node of a clock that ticks once in `every` steps."""
        if self.operation == "t":
            return apply("floor_divide", self, number(every))
        return Node(self.operation, tuple(each.slower(every) for each in self.inputs), self.value)


TIME = Node("t")


def number(value: float) -> Node:
    """Return the node of a number."""
    return Node("number", value=float(value))


def apply(operation: str, *inputs: Node) -> Node:  # noqa: PLR0911  (a rule a line)
    """Return the node of an operation: on numbers its value, and without what changes nothing."""
    if all(each.is_number for each in inputs):
        return number(float(OPERATIONS[operation](*(each.value for each in inputs))))
    first, second = inputs[0], inputs[-1]
    values = [each.value if each.is_number else None for each in inputs]
    if operation == "multiply" and 0.0 in values:
        return number(0.0)
    if (operation, values[-1]) in NEUTRAL and len(inputs) == 2:
        return first
    if (operation, values[0]) in {("add", 0.0), ("multiply", 1.0)}:
        return second
    if operation == "power" and values[0] == 1.0:
        return number(1.0)
    if operation == "where" and inputs[1] == inputs[2]:
        return inputs[1]
    if operation == "logical_and" and values != [None, None]:
        known, other = (first, second) if first.is_number else (second, first)
        return other if known.value else number(0.0)
    return Node(operation, inputs)


NEUTRAL = {
    ("add", 0.0),
    ("subtract", 0.0),
    ("multiply", 1.0),
    ("divide", 1.0),
    ("power", 1.0),
}
