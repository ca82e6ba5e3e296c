"""A Python file's assignments as plain data: read by `ast`, never run.

Literals, arithmetic of numbers, `dict(...)` and names assigned before have values. Anything else,
as a call or a condition, is a `Tagged` with its text, which does nothing.
"""

from __future__ import annotations

import ast
import operator
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lrviz.trainers.document import MOST_DEPTH, Document, Mark, Path, Tagged

MOST_CHARACTERS = 500_000
MOST_POWER = 64
LARGEST = 1e15
PYTHON = "!python"
"""The tag of an expression that has no value here."""
ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE)
OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


def read_python(text: str, names: Mapping[str, Any] | None = None) -> Document | None:
    """Return the values of a file's top-level assignments; None where it is no Python.

    `names` have values before the first line.
    """
    if len(text) > MOST_CHARACTERS or not ASSIGNMENT.search(text):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    reader = LiteralReader(names or {})
    for statement in body:
        reader.read(statement)
    return Document(reader.data, reader.marks, "python")


class LiteralReader:
    """Collects the values of assignments, and the place of each."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = names
        self.data: dict[str, Any] = {}
        self.marks: dict[Path, Mark] = {}

    def read(self, statement: ast.stmt) -> None:
        """Take the value of a statement that assigns one name."""
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, value = statement.targets[0], statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value:
            target, value = statement.target, statement.value
        else:
            return
        if isinstance(target, ast.Name) and target.id not in self.names:
            self.data[target.id] = self.value(value, (target.id,))

    def value(self, node: ast.expr, path: Path) -> Any:
        """Return the value of an expression, or a `Tagged` with its text."""
        self.marks[path] = (node.lineno, node.col_offset + 1)
        if isinstance(node, ast.Constant) and not isinstance(node.value, bytes | complex):
            return node.value
        if isinstance(node, ast.List | ast.Tuple) and len(path) < MOST_DEPTH:
            return [self.value(item, (*path, index)) for index, item in enumerate(node.elts)]
        if isinstance(node, ast.Dict) and len(path) < MOST_DEPTH:
            return dict(self.items(node.keys, node.values, path))
        if isinstance(node, ast.Call) and is_dict_call(node) and len(path) < MOST_DEPTH:
            keys = [ast.Constant(word.arg) if word.arg else None for word in node.keywords]
            return dict(self.items(keys, [word.value for word in node.keywords], path))
        result = self.name(node)
        if isinstance(node, ast.BinOp | ast.UnaryOp):
            result = self.number(node, 0)
        return Tagged(PYTHON, ast.unparse(node)) if result is None else result

    def items(
        self, keys: list[Any], values: list[ast.expr], path: Path
    ) -> Iterator[tuple[str, Any]]:
        """Yield the items of a mapping; those of one that is unpacked into it as well."""
        for key, node in zip(keys, values, strict=True):
            if key is None:
                other = self.value(node, (*path, "**"))
                yield from other.items() if isinstance(other, dict) else ()
            elif isinstance(key, ast.Constant):
                yield str(key.value), self.value(node, (*path, str(key.value)))

    def name(self, node: ast.expr) -> Any:
        """Return the value of a name assigned before, as `a`, `a.b` or `a[0]`, or None."""
        if isinstance(node, ast.Name):
            return self.data.get(node.id, self.names.get(node.id))
        if isinstance(node, ast.Attribute):
            key: Any = node.attr
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            key = node.slice.value
        else:
            return None
        holder = self.name(node.value)
        if isinstance(holder, dict):
            return holder.get(key)
        whole = isinstance(holder, list) and type(key) is int and 0 <= key < len(holder)
        return holder[key] if whole else None

    def number(self, node: ast.expr, depth: int) -> int | float | None:
        """Return the number that arithmetic gives, or None."""
        if depth > MOST_DEPTH:
            return None
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            operand = self.number(node.operand, depth + 1)
            return -operand if operand is not None and isinstance(node.op, ast.USub) else operand
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            left, right = self.number(node.left, depth + 1), self.number(node.right, depth + 1)
            return None if left is None or right is None else apply(node.op, left, right)
        value: Any = node.value if isinstance(node, ast.Constant) else self.name(node)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def is_dict_call(node: ast.Call) -> bool:
    """Tell whether a call is `dict(a=1, ...)`."""
    return isinstance(node.func, ast.Name) and node.func.id == "dict" and not node.args


def apply(op: ast.operator, left: float, right: float) -> int | float | None:
    """Return the result of an operator, or None where it has none or it is too large."""
    if isinstance(op, ast.Pow) and abs(right) > MOST_POWER:
        return None
    try:
        result = OPERATORS[type(op)](left, right)
    except (ArithmeticError, ValueError):
        return None
    return result if isinstance(result, int | float) and abs(result) <= LARGEST else None
