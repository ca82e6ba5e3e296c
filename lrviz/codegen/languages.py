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
SIGN, CALL, CONDITION = 6, 9, -1
LOGIC = {"logical_and": ("and", 1), "logical_or": ("or", 0)}
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
        """Return a name: a constant is an attribute where they are kept in an object."""
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

    def operation(self, node: Node) -> tuple[str, int]:  # noqa: PLR0911  (a rule a line)
        """Return an operation's text and how close it binds."""
        name, inputs = node.operation, node.inputs
        if name in BINARY:
            left, sign, right = self.sides(node)
            return f"{left} {sign} {right}", BINARY[name][1]
        if name == "negative":
            return f"-{self.text(inputs[0], SIGN)}", SIGN
        if name in ("item", "passed"):
            return self.lookup(node), CALL
        if not self.arrays and name in LOGIC:
            word, level = LOGIC[name]
            return f" {word} ".join(self.text(part, level + 1) for part in inputs), level
        if not self.arrays and name == "logical_not":
            return f"not {self.text(inputs[0], 2)}", 2
        if not self.arrays and name == "where":
            test, then, other = inputs
            chosen = f"{self.text(then, 0)} if {self.text(test, 0)} else {self.text(other)}"
            return chosen, CONDITION
        return f"{self.function(name)}({', '.join(self.text(part) for part in inputs)})", CALL

    def sides(self, node: Node) -> tuple[str, str, str]:
        """Return the left side, the operator and the right side of a binary operation."""
        sign, level = BINARY[node.operation]
        power = node.operation == "power"
        left = self.text(node.inputs[0], level + power)
        return left, sign, self.text(node.inputs[1], level + (not power))

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
        if node.inputs and self.is_call(node):
            first, *rest = self.broken(node, indent)
            return [f"{margin}{prefix}{first.strip()}", *rest]
        return [f"{margin}{prefix}(", *self.broken(node, indent + 4), f"{margin})"]

    def is_call(self, node: Node) -> bool:
        """Tell whether a node is printed with brackets of its own around its inputs."""
        return node.operation not in ("item", "passed") and self.operation(node)[1] == CALL

    def broken(self, node: Node, indent: int, end: str = "") -> list[str]:
        """Return an expression over several lines, broken before its operators."""
        margin = " " * indent
        line = margin + self.text(node) + end
        inputs = node.inputs
        if len(line) <= WIDTH or not inputs:
            return [line]
        if node.operation in BINARY:
            sign, level = BINARY[node.operation]
            power = node.operation == "power"
            left = self.part(inputs[0], indent, level + power)
            right = self.part(inputs[1], indent, level + (not power))
            right[0] = f"{margin}{sign} {right[0].strip()}"
            return [*left, *right[:-1], right[-1] + end]
        if node.operation == "where" and not self.arrays:
            then = self.part(inputs[1], indent, 0)
            test = self.part(inputs[0], indent, 0)
            other = self.part(inputs[2], indent, CONDITION)
            test[0] = f"{margin}if {test[0].strip()}"
            other[0] = f"{margin}else {other[0].strip()}"
            return [*then, *test, *other[:-1], other[-1] + end]
        if node.operation == "negative":
            inside = self.part(inputs[0], indent, SIGN)
            return [f"{margin}-{inside[0].strip()}", *inside[1:-1], inside[-1] + end]
        if not self.arrays and node.operation in LOGIC:
            word, level = LOGIC[node.operation]
            parts = [self.part(part, indent, level + 1) for part in inputs]
            lines = parts[0]
            for part in parts[1:]:
                part[0] = f"{margin}{word} {part[0].strip()}"
                lines += part
            return [*lines[:-1], lines[-1] + end]
        comma = "," if len(inputs) > 1 else ""
        inside = [line for part in inputs for line in self.broken(part, indent + 4, comma)]
        return [f"{margin}{self.function(node.operation)}(", *inside, f"{margin}){end}"]

    def part(self, node: Node, indent: int, outer: int) -> list[str]:
        """Return a side of an operation over several lines, in brackets where it needs them."""
        margin = " " * indent
        text = self.text(node, outer)
        if len(margin) + len(text) + 8 <= WIDTH:
            return [margin + text]
        plain = not node.inputs or self.operation(node)[1] >= outer
        if plain:
            return self.broken(node, indent)
        return [f"{margin}(", *self.broken(node, indent + 4), f"{margin})"]


PYTHON = Language("math.", "math.pi")
