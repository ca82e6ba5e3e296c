"""Arithmetic in the step, as text: parsed by `ast`, limited to listed parts, evaluated on arrays.

No text is run as Python. `and`, `or`, `if` and chained comparisons mean what they mean in Python,
element by element; every number is a float64.
"""

from __future__ import annotations

import ast
import math
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, NoReturn

import numpy as np

from lrviz.core.errors import did_you_mean

MAX_CHARACTERS = 1_000
MAX_DEPTH = 100
TIME = ("t", "step", "epoch")
CONSTANTS = {"pi": math.pi, "e": math.e}

Values = Mapping[str, Any]
Evaluate = Callable[[Values], Any]

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": lambda *values: reduce(np.minimum, values),
    "max": lambda *values: reduce(np.maximum, values),
    "abs": np.abs,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "floor": np.floor,
    "ceil": np.ceil,
}
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.FloorDiv: np.floor_divide,
    ast.Mod: np.mod,
    ast.Pow: np.power,
    ast.UAdd: np.positive,
    ast.USub: np.negative,
    ast.Not: lambda value: np.where(value, 0.0, 1.0),
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}


class ExpressionError(ValueError):
    """Text that is not arithmetic; the message names the part and what is allowed."""


@dataclass(frozen=True)
class Expression:
    """Arithmetic in a few names: a value, equal to another of the same text and names.

    Called with an array for the step, and further names as keywords, it returns a float64 array
    of that shape. The first name is the step. The constructor raises ExpressionError for text
    that is not arithmetic. The text is kept in one line.
    """

    text: str
    names: tuple[str, ...] = TIME
    evaluate: Evaluate = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        text = one_line_of(self.text)
        body, argument = parse(text)
        names = tuple(dict.fromkeys((*self.names, argument) if argument else self.names))
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "evaluate", Compiler(text, names, argument).build(body, 0))

    def __call__(self, t: Any, **values: Any) -> Any:
        """Return the values at `t` (an array of numbers), float64, in the shape of `t`."""
        time = np.asanyarray(t, np.float64)
        with np.errstate(all="ignore"):
            result = self.evaluate({"t": time, **values})
        return np.broadcast_to(np.asanyarray(result, np.float64), time.shape)

    def __str__(self) -> str:
        return self.text


def one_line_of(text: str) -> str:
    """Return the text in one line. Raises ExpressionError where it is too long or has a comment."""
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(
            f"must have at most {MAX_CHARACTERS:,} characters (got {len(text):,})"
        )
    if "#" in text:
        raise ExpressionError(f"may not contain a comment (got {quoted(text)})")
    return " ".join(text.split())


def parse(text: str) -> tuple[ast.expr, str | None]:
    """Return the tree of the text, and the name of the argument where the text is a lambda."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = getattr(error, "msg", None) or "too deeply nested"
        raise ExpressionError(f"is not arithmetic: {reason} (got {quoted(text)})") from None
    if not isinstance(body, ast.Lambda):
        return body, None
    arguments = [*ast.iter_child_nodes(body.args)]
    if len(body.args.args) != 1 or arguments != body.args.args:
        raise ExpressionError(f"a lambda must take one argument (got {quoted(text)})")
    return body.body, body.args.args[0].arg


def quoted(text: str) -> str:
    """Return the text in quotes, shortened to what fits a message."""
    flat = re.sub(r"\s+", " ", text)
    return repr(flat if len(flat) <= 60 else flat[:57] + "...")


class Compiler:
    """Turns a tree into nested functions; refuses every part that is not listed."""

    def __init__(self, text: str, names: tuple[str, ...], argument: str | None) -> None:
        self.text = text
        self.names = names
        self.time = {*TIME, argument, names[0]} & set(names)

    def build(self, node: ast.AST, depth: int) -> Evaluate:
        """Return the function of one node."""
        if depth > MAX_DEPTH:
            raise ExpressionError(f"must nest at most {MAX_DEPTH} deep")
        compile_node = getattr(self, f"build_{type(node).__name__.lower()}", None)
        if compile_node is None:
            self.refuse(node)
        return compile_node(node, depth + 1)  # type: ignore[no-any-return]

    def refuse(self, node: ast.AST) -> NoReturn:
        """Raise the error that names the part and what is allowed."""
        raise ExpressionError(
            f"may contain only numbers, {', '.join(self.names)}, pi, e, operators, comparisons, "
            f"if else, and or not, and {' '.join(FUNCTIONS)} (got {self.source(node)})"
        )

    def source(self, node: ast.AST) -> str:
        """Return the piece of the text that a node is, for a message."""
        return quoted(ast.get_source_segment(self.text, node) or self.text)

    def build_constant(self, node: ast.Constant, _: int) -> Evaluate:
        """A number."""
        if isinstance(node.value, complex | str | bytes) or node.value in (None, ...):
            self.refuse(node)
        try:
            value = np.float64(node.value)
        except OverflowError:
            raise ExpressionError("has a number beyond the range of float64") from None
        return lambda _: value

    def build_name(self, node: ast.Name, _: int) -> Evaluate:
        """The step, a further name, or a constant."""
        name = node.id
        if name in self.time:
            return lambda values: values["t"]
        if name in self.names:
            return lambda values: values[name]
        if name in CONSTANTS:
            value = np.float64(CONSTANTS[name])
            return lambda _: value
        allowed = (*self.names, *CONSTANTS)
        message = f"has the unknown name '{name}' (allowed: {', '.join(allowed)})"
        raise ExpressionError(message + did_you_mean(name, allowed))

    def build_binop(self, node: ast.BinOp, depth: int) -> Evaluate:
        """Two values and an operator."""
        operator = OPERATORS.get(type(node.op)) or self.refuse(node)
        left, right = self.build(node.left, depth), self.build(node.right, depth)
        return lambda values: operator(left(values), right(values))

    def build_unaryop(self, node: ast.UnaryOp, depth: int) -> Evaluate:
        """A sign or `not`."""
        operator = OPERATORS.get(type(node.op)) or self.refuse(node)
        value = self.build(node.operand, depth)
        return lambda values: operator(value(values))

    def build_compare(self, node: ast.Compare, depth: int) -> Evaluate:
        """A chain of comparisons: all of them must be true."""
        operators = [OPERATORS.get(type(op)) or self.refuse(node) for op in node.ops]
        terms = [self.build(term, depth) for term in (node.left, *node.comparators)]

        def all_true(values: Values) -> Any:
            operands = [term(values) for term in terms]
            pairs = zip(operators, operands, operands[1:], strict=False)
            return reduce(np.logical_and, (op(a, b) for op, a, b in pairs))

        return all_true

    def build_boolop(self, node: ast.BoolOp, depth: int) -> Evaluate:
        """`and` and `or`, which return one of their operands as in Python."""
        terms = [self.build(term, depth) for term in node.values]
        both = isinstance(node.op, ast.And)

        def choose(a: Any, b: Any) -> Any:
            return np.where(a, b, a) if both else np.where(a, a, b)

        return lambda values: reduce(choose, (term(values) for term in terms))

    def build_ifexp(self, node: ast.IfExp, depth: int) -> Evaluate:
        """`a if test else b`."""
        test, then, other = (self.build(n, depth) for n in (node.test, node.body, node.orelse))
        return lambda values: np.where(test(values), then(values), other(values))

    def build_call(self, node: ast.Call, depth: int) -> Evaluate:
        """A listed function, with as many arguments as it takes."""
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS or node.keywords:
            self.refuse(node)
        name = node.func.id
        minimum, maximum = (2, math.inf) if name in ("min", "max") else (1, 1)
        if not minimum <= len(node.args) <= maximum:
            count = "two arguments or more" if minimum == 2 else "one argument"
            raise ExpressionError(f"{name} takes {count} (got {self.source(node)})")
        function, terms = FUNCTIONS[name], [self.build(term, depth) for term in node.args]
        return lambda values: function(*(term(values) for term in terms))
