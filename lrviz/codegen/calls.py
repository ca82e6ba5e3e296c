"""Calls, lists and dicts as Python's text, broken into lines as formatters break them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lrviz.core.expression import CONSTANTS, FUNCTIONS, TIME, Expression
from lrviz.core.schedule import Schedule, as_plain_data
from lrviz.core.text import format_exact

WIDTH = 88
"""The longest line of the code."""
ULPS = 5e-16
"""The share of a number that its text may be off, so that 0.1 ** 2 is 0.01."""
BUILT_IN = ("min", "max", "abs")


@dataclass(frozen=True)
class Group:
    """Items between brackets: a call, a list or a dict; `prefixes` precede the items."""

    start: str
    items: tuple[tuple[str, Any], ...]
    end: str


def call(name: str, *positional: Any, **keywords: Any) -> Group:
    """Return a call; a value that is text is code."""
    keyword_parts = ((f"{key}=", value) for key, value in keywords.items())
    return Group(f"{name}(", (*(("", value) for value in positional), *keyword_parts), ")")


def array(values: Iterable[Any]) -> Group:
    """Return a list of values."""
    return Group("[", tuple(("", value) for value in values), "]")


def mapping(values: Mapping[Any, Any]) -> Group:
    """Return a dict of values, by keys that are plain values."""
    return Group("{", tuple((f"{literal(key)}: ", item) for key, item in values.items()), "}")


def literal(value: Any) -> str | Group:  # noqa: PLR0911  (a rule a line)
    """Return a parameter's value as Python writes it; tuples as lists."""
    if isinstance(value, Group):
        return value
    if isinstance(value, Expression):
        return python_lambda(value)
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, list | tuple):
        return array(literal(item) for item in value)
    if isinstance(value, Mapping):
        return mapping({number_key(key): literal(item) for key, item in value.items()})
    data = as_plain_data(value)
    return repr(value) if data is value else literal(data)


def float_text(value: float) -> str:
    """Return a float in its shortest form that Python still reads as a float: `1.0`, `3e-4`."""
    text = format_exact(shortest_decimal(value, ULPS))
    return text if set(text) & set(".en") else f"{text}.0"


def shortest_decimal(value: float, tolerance: float = 1e-14) -> float:
    """Return the shortest number near a number: 0.3 for 0.30000000000000004."""
    for digits in range(1, 16):
        rounded = float(f"{value:.{digits}g}")
        if abs(rounded - value) <= tolerance * abs(value):
            return rounded
    return value


def number_key(key: Any) -> Any:
    """Return a mapping's key as a number where it is one."""
    if not isinstance(key, str):
        return key
    try:
        value = float(key)
    except ValueError:
        return key
    return int(value) if value.is_integer() else value


def render(prefix: str, value: str | Group, suffix: str = "", indent: int = 0) -> list[str]:
    """Return the lines of `prefix`, a value and `suffix`: one where it fits, else a line an item.

    Numbers in a list share lines.
    """
    margin = " " * indent
    line = margin + prefix + flat(value) + suffix
    if len(line) <= WIDTH or isinstance(value, str) or not value.items:
        return [line]
    if len(value.items) == 1 and isinstance(value.items[0][1], Group):
        name, group = value.items[0]
        return render(prefix + value.start + name, group, value.end + suffix, indent)
    start, end = margin + prefix + value.start, margin + value.end + suffix
    if value.start == "[" and all(isinstance(item, str) and not name for name, item in value.items):
        return [start, *fill_lines([str(item) for _, item in value.items], indent + 4), end]
    single_line = margin + "    " + ", ".join(name + flat(item) for name, item in value.items)
    if len(single_line) <= WIDTH:
        return [start, single_line, end]
    lines = [line for name, item in value.items for line in render(name, item, ",", indent + 4)]
    return [start, *lines, end]


def flat(value: str | Group) -> str:
    """Return a value on one line."""
    if isinstance(value, str):
        return value
    return value.start + ", ".join(name + flat(item) for name, item in value.items) + value.end


def fill_lines(items: list[str], indent: int) -> list[str]:
    """Return items on as few lines as they need."""
    lines, line = [], " " * indent
    for item in items:
        longer = f"{line} {item}," if line.strip() else f"{line}{item},"
        if len(longer) > WIDTH and line.strip():
            lines.append(line)
            longer = " " * indent + f"{item},"
        line = longer
    return [*lines, line]


def parameters_of(schedule: Schedule, *excluded: str) -> dict[str, Any]:
    """Return the parameters that are not at their defaults, as a library's call takes them."""
    values = schedule.non_default_parameters().items()
    return {name: literal(value) for name, value in values if name not in ("metric", *excluded)}


class Pythonic(ast.NodeTransformer):
    """Turns an expression's names into Python's: one name for the step, functions of `math`."""

    def __init__(self, step: str) -> None:
        self.step = step

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Return the name in Python."""
        if node.id in TIME or node.id == "x":
            return ast.Name(self.step)
        if node.id in CONSTANTS or (node.id in FUNCTIONS and node.id not in BUILT_IN):
            return ast.Attribute(ast.Name("math"), node.id)
        return node


def python_lambda(expression: Expression) -> str:
    """Return an expression as a Python lambda in its step, or in `epoch, lr` where it has both."""
    tree = ast.parse(expression.text.strip(), mode="eval").body
    argument = tree.args.args[0].arg if isinstance(tree, ast.Lambda) else None
    body = tree.body if isinstance(tree, ast.Lambda) else tree
    if "lr" in expression.names:
        return f"lambda epoch, lr: {ast.unparse(Pythonic('epoch').visit(body))}"
    names = [node.id for node in ast.walk(body) if isinstance(node, ast.Name)]
    step = argument or next((name for name in names if name in (*TIME, "x")), "step")
    return f"lambda {step}: {ast.unparse(Pythonic(step).visit(body))}"
