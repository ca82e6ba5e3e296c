"""A Python file's assignments as plain data: read by `ast`, never run.

Literals, arithmetic of numbers, `dict(...)` and names assigned before have values. Anything else,
as a call or a condition, is a `Tagged` with its text, which does nothing. Of statements only
those count that set a value: assignments, also to a key or an item, and `x.update(...)` and its
like.
"""

from __future__ import annotations

import ast
import operator
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lrviz.core.plain_data import MAX_DEPTH
from lrviz.trainers.document import Document, Mark, Path, Tagged

MAX_CHARACTERS = 500_000
MAX_POWER = 64
MAX_COPIES = 100_000
"""How many values one file may copy from other names: names in names grow fast."""
LARGEST = 1e15
PYTHON = "!python"
"""The tag of an expression that has no value here."""
READ_BASE = "read_base"
"""The context in which an import inherits another config's names (mmengine's lazy configs)."""
DELETE = "_delete_"
"""The key of a mapping that replaces another one, and is not merged into it."""
STATEMENT = re.compile(
    rf"^(?:[A-Za-z_]\w*[ \t]*(?::[^=\n]*)?=(?!=)|with {READ_BASE}\(\))", re.MULTILINE
)
OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


Importer = Callable[[int, str], Mapping[str, Any]]
"""Returns the values of a config, given the dots and the dotted name of a relative import."""


def read_python(
    text: str, names: Mapping[str, Any] | None = None, importer: Importer | None = None
) -> Document | None:
    """Return the values that a file's top-level statements set; None where it is no Python.

    `names` have values before the first line, and keep them. `importer` returns the values of a
    config that the file inherits from.
    """
    if len(text) > MAX_CHARACTERS or not STATEMENT.search(text):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    reader = LiteralReader(names or {}, importer)
    for statement in body:
        reader.read(statement)
    return Document(reader.data, reader.marks, "python")


class LiteralReader:
    """Collects the values that statements set, and the place of each."""

    def __init__(self, names: Mapping[str, Any], importer: Importer | None = None) -> None:
        self.names = names
        self.importer = importer
        self.data: dict[str, Any] = {}
        self.marks: dict[Path, Mark] = {}
        self.copies = 0

    def read(self, statement: ast.stmt) -> None:
        """Take the values that a statement sets, if it is one that does."""
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                self.assign(target, statement.value)
        elif isinstance(statement, ast.AnnAssign) and statement.value:
            self.assign(statement.target, statement.value)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            self.change(statement.value)
        elif isinstance(statement, ast.With) and is_read_base(statement):
            for line in statement.body:
                self.inherit(line)

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        """Set a name, or a key or an item of a name's value."""
        if isinstance(target, ast.Name):
            if target.id not in self.names:
                self.data[target.id] = self.value(value, (target.id,))
            return
        holder, key = self.holder(target)
        if (isinstance(holder, dict) and isinstance(key, str)) or is_item(holder, key):
            holder[key] = self.value(value, ())

    def change(self, call: ast.Call) -> None:
        """Apply a method that changes a mapping or a list in its place."""
        if not isinstance(call.func, ast.Attribute):
            return
        method, holder = call.func.attr, self.name(call.func.value)
        values = [self.value(argument, ()) for argument in call.args]
        if method in ("update", "merge") and isinstance(holder, dict):
            options = {word.arg: self.value(word.value, ()) for word in call.keywords if word.arg}
            for change in (*values, options):
                if isinstance(change, dict):
                    holder.update(merged(holder, change))
        elif method == "append" and isinstance(holder, list):
            holder.extend(values)
        elif method == "extend" and isinstance(holder, list):
            for change in values:
                holder.extend(change if isinstance(change, list) else ())

    def inherit(self, line: ast.stmt) -> None:
        """Take the names that a line imports from another config."""
        if not isinstance(line, ast.ImportFrom) or not self.importer:
            return
        values = self.importer(line.level, line.module or "")
        for alias in line.names:
            if alias.name == "*":
                self.data.update(values)
            elif alias.name in values:
                self.data[alias.asname or alias.name] = values[alias.name]

    def value(self, node: ast.expr, path: Path) -> Any:
        """Return the value of an expression, or a `Tagged` with its text."""
        self.marks[path] = (node.lineno, node.col_offset + 1)
        if isinstance(node, ast.Constant) and not isinstance(node.value, bytes | complex):
            return node.value
        if isinstance(node, ast.List | ast.Tuple) and len(path) < MAX_DEPTH:
            return [self.value(item, (*path, index)) for index, item in enumerate(node.elts)]
        if isinstance(node, ast.Dict) and len(path) < MAX_DEPTH:
            return dict(self.items(node.keys, node.values, path))
        if isinstance(node, ast.Call) and is_dict_call(node) and len(path) < MAX_DEPTH:
            keys = [ast.Constant(word.arg) if word.arg else None for word in node.keywords]
            return dict(self.items(keys, [word.value for word in node.keywords], path))
        result = self.copy(self.name(node))
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

    def copy(self, value: Any, depth: int = 0) -> Any:
        """Return a copy of another name's value, so that none can come to hold itself."""
        if not isinstance(value, dict | list):
            return value
        self.copies += len(value) + 1
        if self.copies > MAX_COPIES or depth > MAX_DEPTH:
            return Tagged(PYTHON, "too large a value")
        if isinstance(value, dict):
            return {key: self.copy(item, depth + 1) for key, item in value.items()}
        return [self.copy(item, depth + 1) for item in value]

    def name(self, node: ast.expr) -> Any:
        """Return the value of a name assigned before, as `a`, `a.b` or `a[0]`, or None."""
        if isinstance(node, ast.Name):
            return self.data.get(node.id, self.names.get(node.id))
        holder, key = self.holder(node)
        if isinstance(holder, dict):
            return holder.get(key)
        return holder[key] if is_item(holder, key) else None

    def holder(self, node: ast.expr) -> tuple[Any, Any]:
        """Return the value that `a.b` or `a[0]` is a part of, and the key of the part."""
        if isinstance(node, ast.Attribute):
            return self.name(node.value), node.attr
        if isinstance(node, ast.Subscript):
            at = node.slice
            key = at.value if isinstance(at, ast.Constant) else self.number(at, 0)
            return self.name(node.value), key
        return None, None

    def number(self, node: ast.expr, depth: int) -> int | float | None:
        """Return the number that arithmetic gives, or None."""
        if depth > MAX_DEPTH:
            return None
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            operand = self.number(node.operand, depth + 1)
            return -operand if operand is not None and isinstance(node.op, ast.USub) else operand
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            left, right = self.number(node.left, depth + 1), self.number(node.right, depth + 1)
            return None if left is None or right is None else apply(node.op, left, right)
        value: Any = node.value if isinstance(node, ast.Constant) else self.name(node)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def is_item(holder: Any, key: Any) -> bool:
    """Return whether a value is a list with an item at an index."""
    return isinstance(holder, list) and type(key) is int and -len(holder) <= key < len(holder)


def is_read_base(statement: ast.With) -> bool:
    """Return whether a statement is `with read_base():`."""
    calls = [item.context_expr for item in statement.items]
    return any(
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == READ_BASE
        for call in calls
    )


def is_dict_call(node: ast.Call) -> bool:
    """Return whether a call is `dict(a=1, ...)`."""
    return isinstance(node.func, ast.Name) and node.func.id == "dict" and not node.args


def apply(op: ast.operator, left: float, right: float) -> int | float | None:
    """Return the result of an operator, or None where it has none or it is too large."""
    if isinstance(op, ast.Pow) and abs(right) > MAX_POWER:
        return None
    try:
        result = OPERATORS[type(op)](left, right)
    except (ArithmeticError, ValueError):
        return None
    return result if isinstance(result, int | float) and abs(result) <= LARGEST else None


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a config over those of its base; `_delete_` replaces a mapping."""
    values = dict(base)
    for name, value in own.items():
        before = values.get(name)
        if isinstance(value, dict) and isinstance(before, dict) and not value.get(DELETE):
            values[name] = merged(before, value)
        elif isinstance(value, dict):
            values[name] = {key: item for key, item in value.items() if key != DELETE}
        else:
            values[name] = value
    return values
