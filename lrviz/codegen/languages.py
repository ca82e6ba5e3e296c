"""Arithmetic printed in a language: plain Python, or the arrays of a framework."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lrviz.codegen.calls import WIDTH
from lrviz.codegen.nodes import Node
from lrviz.core.text import format_exact

BINARY = {
    "add": ("+", 4),
    "subtract": ("-", 4),
    "multiply": ("*", 5),
    "divide": ("/", 5),
    "floor_divide": ("//", 5),
    "remainder": ("%", 5),
    "power": ("**", 7),
    "less": ("<", 3),
    "less_equal": ("<=", 3),
    "greater": (">", 3),
    "greater_equal": (">=", 3),
    "equal": ("==", 3),
    "not_equal": ("!=", 3),
}
LOGIC = {"logical_and": ("and", 1), "logical_or": ("or", 0)}
PREFIXES = {"logical_not": ("not ", 2), "negative": ("-", 6)}
CALL, CONDITION = 9, -1
LEVELS = {name: level for name, (_, level) in (BINARY | LOGIC | PREFIXES).items()}
"""How close the operators of Python bind; a choice binds as `CONDITION`."""
BUILT_IN = {"minimum": "min", "maximum": "max", "absolute": "abs"}


def number_text(value: float) -> str:
    """Return a number as Python code, a whole one without its point."""
    return format_exact(value)


@dataclass(frozen=True)
class Language:
    """A language of arithmetic: Python with `math`, or arrays with a module's functions.

    `constants` is put before the names of constants, which are lower case in an object; a
    language of `arrays` has no branches; with `select` it has a choice among many.
    """

    functions: str
    pi: str
    arrays: bool = False
    attributes: bool = False
    select: bool = False

    def name(self, name: str) -> str:
        """Return a name: a constant is an attribute where an object has them."""
        return f"self.{name.lower()}" if self.attributes and name.isupper() else name

    def text(self, node: Node, outer: int = CONDITION) -> str:
        """Return a node's text, in brackets where what is around it binds closer."""
        if node.is_number:
            if node.value == math.pi:
                return self.pi
            text = number_text(node.value)
            return f"({text})" if node.value < 0 and outer > BINARY["add"][1] else text
        if node.operation == "name":
            return self.name(node.name)
        text, level = self.operation(node)
        return f"({text})" if level < outer else text

    def operation(self, node: Node) -> tuple[str, int]:
        """Return an operation's text and how close it binds."""
        operands = self.operands(node)
        if operands:
            parts = (f"{sign}{self.text(part, level)}" for sign, part, level in operands)
            return " ".join(parts), LEVELS.get(node.operation, CONDITION)
        if node.operation in ("item", "passed"):
            return self.lookup(node), CALL
        inputs = ", ".join(map(self.text, node.inputs))
        return f"{self.function(node.operation)}({inputs})", CALL

    def function(self, name: str) -> str:
        """Return the name of a function."""
        if not self.arrays and name in BUILT_IN:
            return BUILT_IN[name]
        return self.functions + name

    def lookup(self, node: Node) -> str:
        """Return the item of a list at an index, or how many bounds a step has reached."""
        values, index = (self.text(part) for part in node.inputs)
        if node.operation == "item":
            return f"{self.text(node.inputs[0], CALL)}[{index}]"
        if self.arrays:
            return f'{self.functions}searchsorted({values}, {index}, side="right")'
        return f"bisect.bisect_right({values}, {index})"

    def lines(self, prefix: str, node: Node, indent: int = 0) -> list[str]:
        """Return the lines of a statement that ends in an expression, at most `WIDTH` long."""
        margin = " " * indent
        line = margin + prefix + self.text(node)
        if len(line) <= WIDTH:
            return [line]
        if self.is_call(node):
            return self.broken_lines(node, indent, prefix)
        return [f"{margin}{prefix}(", *self.broken_lines(node, indent + 4), f"{margin})"]

    def is_call(self, node: Node) -> bool:
        """Return whether a node is printed as a call, with brackets around its inputs."""
        is_lookup = node.operation in ("item", "passed")
        return bool(node.inputs) and not is_lookup and self.operation(node)[1] == CALL

    def broken_lines(
        self, node: Node, indent: int, prefix: str = "", end: str = "", outer: int = CONDITION
    ) -> list[str]:
        """Return an expression over several lines, broken before its operators.

        The first line begins with `prefix`, the last one ends with `end`; where what is around
        the expression binds closer than `outer`, it gets brackets.
        """
        margin = " " * indent
        line = f"{margin}{prefix}{self.text(node, outer)}{end}"
        if len(line) <= WIDTH or not node.inputs:
            return [line]
        if self.operation(node)[1] < outer:
            return [f"{margin}{prefix}(", *self.broken_lines(node, indent + 4), f"{margin}){end}"]
        operands = self.operands(node)
        if not operands:
            comma = "," if len(node.inputs) > 1 else ""
            name = self.function(node.operation)
            lines = [
                line
                for part in node.inputs
                for line in self.broken_lines(part, indent + 4, "", comma)
            ]
            return [f"{margin}{prefix}{name}(", *lines, f"{margin}){end}"]
        lines = []
        for number, (sign, part, level) in enumerate(operands):
            last = end if number == len(operands) - 1 else ""
            lines += self.broken_lines(part, indent, sign if number else prefix + sign, last, level)
        return lines

    def operands(self, node: Node) -> list[tuple[str, Node, int]]:
        """Return the parts between which an operation may be broken: what precedes each, and
        how close it must bind; none for a function.
        """
        name, inputs = node.operation, node.inputs
        if self.arrays and name not in (*BINARY, "negative"):
            return []
        if name in BINARY:
            sign, level = BINARY[name]
            power = name == "power"
            return [("", inputs[0], level + power), (f"{sign} ", inputs[1], level + (not power))]
        if name in PREFIXES:
            sign, level = PREFIXES[name]
            return [(sign, inputs[0], level)]
        if name == "where":
            test, then, other = inputs
            return [("", then, 0), ("if ", test, 0), ("else ", other, CONDITION)]
        if name in LOGIC:
            operator, level = LOGIC[name]
            return [(f"{operator} " if i else "", part, level + 1) for i, part in enumerate(inputs)]
        return []


PYTHON = Language("math.", "math.pi")
