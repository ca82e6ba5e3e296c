"""YAML (and so JSON) text as plain data, with the place of each key and value.

Only plain data is read: a tag that would build an object is an error, a repeated key too, and
neither nesting nor aliases can make the reader run away.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.composer import Composer as Nodes
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.plain_data import MAX_DEPTH, MAX_VALUES, PLAIN_TAGS, STANDARD, TOO_DEEP
from lrviz.core.register import fold
from lrviz.core.text import is_unicode
from lrviz.specfile.scalars import scalar

MAX_REPEATS = 100_000

ADVICE = {
    "character '\\t'": "; write spaces instead of tabs",
    "mapping values are not allowed": "; check the indentation and the line before, and put text "
    "with a colon in quotes",
    "expected ',' or ']'": "; a list ends with ]",
    "expected ',' or '}'": "; a mapping ends with }",
    "unexpected end of stream": "; a quote is not closed",
    "found another document": "; a spec is one document, and several curves are a list under "
    "the key 'curves'",
    "undefined alias": "; define it before with &, or put text that begins with * in quotes",
    "could not find expected ':'": "; a key ends with a colon and a space",
    "expected <block end>": "; the items of a list or a mapping have the same indentation",
}
"""What to do about each problem of YAML's parser, by a part of its words."""

Path = Sequence[str | int]
Mark = tuple[int, int]
"""A line and a column, from 1."""


class TooManyValues(yaml.YAMLError):
    """A text with more values than are read."""


class Loader(Reader, Scanner, Parser, Nodes, BaseResolver):
    """PyYAML's parts up to the node tree, without its rules for plain scalars."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Nodes.__init__(self)
        BaseResolver.__init__(self)
        self.values = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Return the next value. Raises TooManyValues where there are more than are read."""
        self.values += 1
        if self.values > MAX_VALUES:
            raise TooManyValues(f"has more than {MAX_VALUES:,} values")
        return super().compose_node(parent, index)


@dataclass
class Node:
    """A value with its place and its children."""

    value: Any
    mark: Mark
    keys: dict[str, Mark] = field(default_factory=dict)
    children: dict[str | int, Node] = field(default_factory=dict)


@dataclass(frozen=True)
class Document:
    """Plain data and the place of each part of it; `name` is the file's."""

    name: str
    root: Node

    @property
    def data(self) -> Any:
        """Return the plain data."""
        return self.root.value

    def place(self, path: Path, key: bool = False) -> str:
        """Return `file:line:column` of the value at a path, or of its key; else of what holds it.

        Keys are compared folded.
        """
        node, mark = self.root, self.root.mark
        for index, step in enumerate(path):
            name = fold(step) if isinstance(step, str) else step
            if name not in node.children:
                break
            last = index == len(path) - 1
            mark = node.keys[str(name)] if key and last and node.keys else node.children[name].mark
            node = node.children[name]
        return f"{self.name}:{mark[0]}:{mark[1]}"


def read_document(text: str, name: str) -> Document:
    """Return the document of a text. Raises SpecError with a finding for each fault."""
    try:
        json.loads(text)
        text = text.replace("\t", " ")  # JSON may be indented by tabs, YAML may not
    except (ValueError, RecursionError):
        pass
    try:
        loader = Loader(text)
        node = loader.get_single_node()
    except TooManyValues as error:
        raise SpecError.of(name, str(error), "too-large") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        problem = error.problem or error.context or ""
        advice = next((text for part, text in ADVICE.items() if part in problem), "")
        language = "JSON" if name.endswith(".json") else "YAML"
        message = f"is not {language}: {problem.removeprefix('but ')}{advice}"
        raise SpecError.of(place, message, "not-yaml") from None
    except yaml.YAMLError as error:
        reason = getattr(error, "reason", "cannot be read")
        raise SpecError.of(name, f"is not a text file ({reason})", "not-text") from None
    except RecursionError:
        raise SpecError.of(name, TOO_DEEP, "too-deep") from None
    except (ValueError, OverflowError):  # of chr() and int(), which PyYAML does not expect
        place = f"{name}:{loader.line + 1}:{loader.column + 1}"
        message = "is not YAML: an escape or a version has a number that is too large"
        raise SpecError.of(place, message, "not-yaml") from None
    if node is None:
        message = "is empty; a spec needs at least the key 'schedule'"
        raise SpecError.of(name, message, "empty-file")
    reader = Plain(name)
    root = reader.node(node, ())
    if reader.findings:
        raise SpecError(reader.findings)
    return Document(name, root)


class Plain:
    """Turns YAML nodes into plain data, collecting what is wrong."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self.seen: set[int] = set()
        self.repeats = 0

    def place(self, node: yaml.Node) -> str:
        """Return `file:line:column` of a node."""
        return f"{self.name}:{node.start_mark.line + 1}:{node.start_mark.column + 1}"

    def node(self, node: yaml.Node, open_nodes: tuple[int, ...]) -> Node:
        """Return a node's plain data."""
        self.repeats += id(node) in self.seen
        self.seen.add(id(node))
        if id(node) in open_nodes or self.repeats > MAX_REPEATS:
            message = "has aliases that expand without end"
            raise SpecError.of(self.place(node), message, "endless-aliases")
        if len(open_nodes) >= MAX_DEPTH:
            raise SpecError.of(self.place(node), TOO_DEEP, "too-deep")
        mark = (node.start_mark.line + 1, node.start_mark.column + 1)
        if node.tag not in PLAIN_TAGS:
            tag = node.tag.replace(STANDARD, "!!")
            message = f"unknown tag '{tag}'; only plain data is read"
            self.findings.append(Finding.error(self.place(node), message, "unknown-tag"))
            return Node(None, mark)
        inside = (*open_nodes, id(node))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, mark, inside)
        if isinstance(node, yaml.SequenceNode):
            items = [self.node(item, inside) for item in node.value]
            return Node([item.value for item in items], mark, children=dict(enumerate(items)))
        if isinstance(node, yaml.ScalarNode) and node.style:
            return Node(self.text(node), mark)
        return Node(scalar(node.value), mark)

    def text(self, node: yaml.ScalarNode) -> str:
        """Return a scalar's text; the two halves of a surrogate pair, as JSON has them, are one."""
        text: str = node.value
        if is_unicode(text):
            return text
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            message = "has half of a surrogate pair, as \\ud83d, which is no character"
            self.findings.append(Finding.error(self.place(node), message, "not-text"))
            return ""

    def mapping(self, node: yaml.MappingNode, mark: Mark, inside: tuple[int, ...]) -> Node:
        """Return a mapping's data; merged keys (`<<`) follow its own."""
        mapping = Node({}, mark)
        merged: list[Node] = []
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                message = "a key must be plain text"
                self.findings.append(Finding.error(self.place(key), message, "wrong-type"))
            elif key.value == "<<" and not key.style:
                merged += self.merged(value, inside)
            elif fold(name := self.text(key)) in mapping.keys:
                line, _ = mapping.keys[fold(name)]
                message = f"repeated key '{name}' (first in line {line})"
                self.findings.append(Finding.error(self.place(key), message, "repeated-key"))
            else:
                self.enter(mapping, name, key, self.node(value, inside))
        for other in merged:
            for name, item in other.value.items():
                if fold(name) not in mapping.keys:
                    mapping.value[name] = item
                    mapping.keys[fold(name)] = other.keys[fold(name)]
                    mapping.children[fold(name)] = other.children[fold(name)]
        return mapping

    def enter(self, mapping: Node, name: str, key: yaml.ScalarNode, value: Node) -> None:
        """Add one key, called `name`, and its value."""
        mapping.value[name] = value.value
        mapping.keys[fold(name)] = (key.start_mark.line + 1, key.start_mark.column + 1)
        mapping.children[fold(name)] = value

    def merged(self, node: yaml.Node, inside: tuple[int, ...]) -> Iterator[Node]:
        """Yield the mappings of a merge key."""
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for item in nodes:
            if isinstance(item, yaml.MappingNode):
                yield self.node(item, inside)
            else:
                message = "<< takes a mapping"
                self.findings.append(Finding.error(self.place(item), message, "wrong-type"))
