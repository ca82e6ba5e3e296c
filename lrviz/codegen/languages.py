"""Arithmetic printed: in plain Python, in jax.numpy, and in keras.ops."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lrviz.codegen.nodes import Node
from lrviz.codegen.pieces import Piece

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
WORDS = {"logical_and": ("and", 1), "logical_or": ("or", 0)}


@dataclass(frozen=True)
class Language:
    """How a language spells functions, and whether it branches on a plain number."""

    prefix: str
    scalar: bool
    pi: str

    def text(self, node: Node, outer: int = -1) -> str:
        """Return a node's text, in brackets where what stands around it binds closer."""
        if node.is_number:
            if node.value == math.pi:
                return f"{self.pi}pi"
            value = repr(node.value)
            value = value.removesuffix(".0") if "e" not in value else value
            return f"({value})" if node.value < 0 and outer > 4 else value
        if node.operation == "t":
            return "t"
        text, level = self.operation(node)
        return f"({text})" if level < outer else text

    def operation(self, node: Node) -> tuple[str, int]:
        """Return an operation's text and how close it binds."""
        name, inputs = node.operation, node.inputs
        if name in BINARY:
            sign, level = BINARY[name]
            right_first = name == "power"
            left = self.text(inputs[0], level + right_first)
            right = self.text(inputs[1], level + (not right_first))
            return f"{left} {sign} {right}", level
        if name == "negative":
            return f"-{self.text(inputs[0], 6)}", 6
        if name in WORDS and self.scalar:
            word, level = WORDS[name]
            return f" {word} ".join(self.text(each, level + 1) for each in inputs), level
        if name == "where" and self.scalar:
            test, then, other = inputs
            chosen = f"{self.text(then, 0)} if {self.text(test, 0)} else {self.text(other, -1)}"
            return chosen, -1
        return f"{self.function(name)}({', '.join(self.text(each) for each in inputs)})", 9

    def function(self, name: str) -> str:
        """Return the name of a function."""
        if not self.scalar:
            return self.prefix + name
        plain = {"minimum": "min", "maximum": "max", "absolute": "abs", "logical_not": "not "}
        return plain.get(name) or f"math.{name}"

    def body(self, pieces: Sequence[Piece]) -> list[str]:
        """Return the lines of a function of `t` that returns the rate."""
        if self.scalar:
            lines = []
            for piece in pieces[:-1]:
                lines += [f"if t < {piece.stop}:", f"    return {self.text(piece.node)}"]
            return [*lines, f"return {self.text(pieces[-1].node)}"]
        last = self.text(pieces[-1].node)
        if len(pieces) == 1:
            return [f"return {last}"]
        lines = [f"lr = {last}"]
        for piece in reversed(pieces[:-1]):
            test = f"t < {piece.stop}"
            lines.append(f"lr = {self.prefix}where({test}, {self.text(piece.node)}, lr)")
        return [*lines, "return lr"]


PYTHON = Language("math.", True, "math.")
JAX = Language("jnp.", False, "jnp.")
KERAS = Language("ops.", False, "math.")
