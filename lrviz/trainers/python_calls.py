"""The keyword arguments of calls in a Python program: read by `ast`, never run.

A program is taken for a config by what it calls: a name that it imports from a package. Literals
have values, as in `lrviz.trainers.python_literals`, and so do names that are assigned one literal
and nothing else in the whole program.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from lrviz.core.errors import SpecError
from lrviz.trainers.arguments import PYTHON
from lrviz.trainers.document import Document, Path, Tagged
from lrviz.trainers.python_literals import MAX_CHARACTERS, LiteralReader
from lrviz.trainers.source import Source

ENDING = ".py"
KIND = "call"
"""The kind of a document whose keys are the keyword arguments of a call."""
MEMBER = re.compile(r"(?:\w+\.)*[A-Z]\w*[a-z]\w*\.([A-Z][A-Z0-9_]*)(?:\.value)?")
"""A member of an enumeration, as `SchedulerType.COSINE`."""


class Program:
    """The syntax tree of a Python program."""

    def __init__(self, tree: ast.Module) -> None:
        self.nodes = [*ast.walk(tree)]

    @cached_property
    def imports(self) -> Mapping[str, str]:
        """The dotted path of what each imported name is, as `transformers.TrainingArguments`."""
        paths: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                paths |= {
                    alias.asname or root(alias.name): alias.name
                    if alias.asname
                    else root(alias.name)
                    for alias in node.names
                }
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                paths |= {
                    alias.asname or alias.name: f"{node.module}.{alias.name}"
                    for alias in node.names
                }
        return paths

    @cached_property
    def made(self) -> Mapping[str, str]:
        """The dotted path of what is called for the value of each name, as `ultralytics.YOLO`."""
        paths: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
                target, path = target_of(node), self.path(node.value)
                if isinstance(target, ast.Name) and path:
                    paths[target.id] = path
        return paths

    @cached_property
    def constants(self) -> Mapping[str, Any]:
        """The values of names that are set once in the program, to a literal."""
        counts = Counter(name for node in self.nodes for name in names_set(node))
        reader = LiteralReader({})
        for node in self.nodes:
            if isinstance(node, ast.Assign | ast.AnnAssign):
                target = target_of(node)
                if isinstance(target, ast.Name) and counts[target.id] == 1:
                    reader.read(node)
        return {name: value for name, value in reader.data.items() if not has_tag(value)}

    def path(self, node: ast.expr) -> str:
        """Return the dotted path of what an expression names by an import; else nothing.

        What a call returns has the path of what is called: of `YOLO("a.pt").train` it is
        `ultralytics.YOLO.train`.
        """
        if isinstance(node, ast.Attribute):
            holder = self.path(node.value)
            return f"{holder}.{node.attr}" if holder else ""
        if isinstance(node, ast.Call):
            return self.path(node.func)
        return self.imports.get(node.id, "") if isinstance(node, ast.Name) else ""

    def origin(self, node: ast.expr) -> str:
        """Return the dotted path of what is called, also as a method of a name's value."""
        holder = node.value if isinstance(node, ast.Attribute) else None
        if isinstance(node, ast.Attribute) and isinstance(holder, ast.Name):
            made = self.made.get(holder.id)
            return f"{made}.{node.attr}" if made else self.path(node)
        return self.path(node)

    def calls(self) -> Iterator[ast.Call]:
        """Yield every call, in the order of the lines."""
        calls = [node for node in self.nodes if isinstance(node, ast.Call)]
        yield from sorted(calls, key=lambda call: (call.lineno, call.col_offset))

    def arguments(self, call: ast.Call) -> Document:
        """Return the keyword arguments of a call; those without a value as its `expressions`."""
        reader = LiteralReader({})
        reader.data = dict(self.constants)
        keys: list[Any] = [ast.Constant(word.arg) if word.arg else None for word in call.keywords]
        items = reader.items(keys, [word.value for word in call.keywords], ())
        values = {name: member_of(value) for name, value in items}
        expressions = {
            name: value.value for name, value in values.items() if isinstance(value, Tagged)
        }
        data = {name: value for name, value in values.items() if name not in expressions}
        marks: dict[Path, tuple[int, int]] = {(): (call.lineno, call.col_offset + 1)}
        return Document(data, {**marks, **reader.marks}, KIND, expressions=expressions)


class Call(NamedTuple):
    """A call in a program: the dotted path of what is called, and its keyword arguments."""

    path: str
    document: Document

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    def has(self, names: Iterable[str]) -> bool:
        """Return whether one of the names is an argument, whether or not its value is known."""
        return any(
            name in self.document.data or name in self.document.expressions for name in names
        )


def program_calls(source: Source, is_wanted: Callable[[str], bool]) -> list[Call]:
    """Return the calls whose dotted path is wanted; none where a file is no Python program."""
    text = source.text
    is_program = source.name.endswith(ENDING) or PYTHON.search(text)
    if not is_program or len(text) > MAX_CHARACTERS:
        return []
    try:
        program = parse_program(text)
        return [
            Call(path, program.arguments(call))
            for call in program.calls()
            if is_wanted(path := program.origin(call.func))
        ]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


@lru_cache(maxsize=1)
def parse_program(text: str) -> Program:
    """Return the program of a text. Raises what `ast.parse` raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Program(ast.parse(text))


def several_calls(source: Source, calls: Sequence[Call]) -> SpecError:
    """Return the error of a program that has several calls where one would be read."""
    lines = [f"{call.name} in line {call.document.marks[()][0]}" for call in calls]
    message = (
        f"has {len(calls)} calls that train ({', '.join(lines)}); lrviz reads a program with one: "
        "keep one of them in a file of its own"
    )
    return SpecError.of(source.name, message, "several-calls")


def target_of(node: ast.Assign | ast.AnnAssign) -> ast.expr:
    """Return what a statement assigns to; of `a = b = 3` the first."""
    return node.target if isinstance(node, ast.AnnAssign) else node.targets[0]


def names_set(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node of a syntax tree sets, wherever they are valid."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.alias):
        yield node.asname or root(node.name)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name


def root(path: str) -> str:
    """Return the first part of a dotted path."""
    return path.partition(".")[0]


def has_tag(value: Any) -> bool:
    """Return whether a value has no value, or holds one that has none."""
    if isinstance(value, dict | list):
        return any(map(has_tag, value.values() if isinstance(value, dict) else value))
    return isinstance(value, Tagged)


def member_of(value: Any) -> Any:
    """Return the name of an enumeration's member in small letters; another value as it is."""
    match = MEMBER.fullmatch(str(value.value)) if isinstance(value, Tagged) else None
    return match[1].lower() if match else value
