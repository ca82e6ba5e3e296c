"""Other programs' YAML, JSON and TOML as plain data: tags are inert, nothing is built or run.

Unlike a spec of lrviz, such a file may repeat keys (the last one counts), hold tags of its own,
comments in JSON, and numbers as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from lrviz.core.plain_data import MAX_DEPTH, MAX_VALUES, PLAIN_TAGS, STANDARD, TOO_DEEP

MAX_BYTES = 5_000_000
INERT_TAGS = {*PLAIN_TAGS, STANDARD + "python/tuple", "!"}
WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
NULLS = {"", "~", "null"}
WHOLE = re.compile(r"[-+]?[0-9][0-9_]*")
DECIMAL = re.compile(r"[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:e[-+]?[0-9]+)?", re.I)
MAX_DIGITS = 300
JSON_PIECES = re.compile(
    r'"(?:[^"\\\n]|\\.)*(?:"|(?=\n)|\Z)|//[^\n]*|/\*(?:.*?\*/|.*\Z)', re.DOTALL
)
"""What is never closed ends the text, so that each character is looked at once."""
TOML_START = re.compile(r"\s*(?:#[^\n]*\n\s*)*(?:\[[\w.\" -]+\]|\[\[[\w.\" -]+\]\]|[\w.-]+ *=)")
TOML_LINE = re.compile(r"\s*(?:\[+([^\]]+)\]+|([\w.\"-]+)\s*=)")

Path = tuple[str | int, ...]
Mark = tuple[int, int]
"""A line and a column, from 1."""


def mark_at(text: str, offset: int) -> Mark:
    """Return where in a text the character at an offset is."""
    before = text[:offset]
    return before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1


Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, repr=False)
class Tagged:
    """A value with a tag that is not plain data's, as `!new:Class`; the tag does nothing."""

    tag: str
    value: Any

    def __repr__(self) -> str:
        return f"{self.tag} {self.value}"


@dataclass(frozen=True)
class Document:
    """Plain data, the place of each value, and what it was written in: yaml, json or toml.

    `files` are the files of the values that come from another one, which this one inherits from;
    `expressions` are the texts of values, by their keys, that only a program that runs has.
    """

    data: Any
    marks: Mapping[Path, Mark] = field(default_factory=dict)
    kind: str = "yaml"
    files: Mapping[Path, str] = field(default_factory=dict)
    expressions: Mapping[str, str] = field(default_factory=dict)


class DocumentError(ValueError):
    """A text that is none of the three, or too large or too deep."""


def read_document(text: str) -> Document:
    """Return the document of a text. Raises DocumentError."""
    if len(text) > MAX_BYTES:
        raise DocumentError(f"is larger than {MAX_BYTES // 1_000_000} MB")
    if TOML_START.match(text):
        return read_toml(text)
    is_json = text.lstrip()[:1] == "{"
    if is_json:
        text = without_comments(text)
    try:
        data, marks = YamlReader(text).read()
    except DocumentError:
        raise
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problem = getattr(error, "problem", None) or str(error)
        raise DocumentError(f"cannot be parsed: {problem}") from None
    return Document(data, marks, "json" if is_json else "yaml")


def without_comments(text: str) -> str:
    """Return JSON without comments and tabs; each line and column stays where it is."""

    def blank(match: re.Match[str]) -> str:
        piece = match[0]
        return piece if piece[0] == '"' else re.sub(r"[^\n]", " ", piece)

    return JSON_PIECES.sub(blank, text).replace("\t", " ")


def scalar(text: str) -> Any:
    """Return the value of a plain scalar; a number without a point, as `1e-4`, is a number, too."""
    folded = text.lower()
    if folded in WORDS:
        return WORDS[folded]
    if folded in NULLS:
        return None
    return parse_number(text)


def parse_number(text: str) -> Any:
    """Return the number that a text is, or the text."""
    if len(text) > MAX_DIGITS or not DECIMAL.fullmatch(text):
        return text
    digits = text.replace("_", "")
    return int(digits) if WHOLE.fullmatch(text) else float(digits)


class YamlReader:
    """Builds the data of the first YAML document from the parser's events."""

    def __init__(self, text: str) -> None:
        self.events: Iterator[Any] = yaml.parse(text, Loader=Loader)
        self.marks: dict[Path, Mark] = {}
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.count = 0

    def read(self) -> tuple[Any, Mapping[Path, Mark]]:
        """Return the data and the place of each value."""
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                return self.value(next(self.events), ()), self.marks
        return None, self.marks

    def value(self, event: Any, path: Path) -> Any:
        """Return the value that begins with an event."""
        if len(path) > MAX_DEPTH:
            raise DocumentError(TOO_DEEP)
        self.marks[path] = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.AliasEvent):
            value, size = self.anchors.get(str(event.anchor), (None, 1))
            self.add(size)
            return value
        before = self.count
        self.add(1)
        value = self.content(event, path)
        if event.tag and event.tag not in INERT_TAGS:
            value = Tagged(event.tag.replace(STANDARD, "!!"), value)
        if event.anchor:  # after its content: an alias inside its own value means nothing
            self.anchors[event.anchor] = value, self.count - before
        return value

    def add(self, size: int) -> None:
        """Count values, those that an alias repeats included."""
        self.count += size
        if self.count > MAX_VALUES:
            raise DocumentError(f"has more than {MAX_VALUES:,} values, aliases included")

    def content(self, event: Any, path: Path) -> Any:
        """Return a value without its tag."""
        if isinstance(event, yaml.ScalarEvent):
            is_plain = not event.style and (not event.tag or event.tag in INERT_TAGS)
            return scalar(event.value) if is_plain else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
                items.append(self.value(item, (*path, len(items))))
            return items
        return self.mapping(path)

    def mapping(self, path: Path) -> dict[str, Any]:
        """Return a mapping; its own keys come before those that it merges (`<<`).

        A key that is no scalar is left out with its value: none of a config is one.
        """
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self.value(event, (*path, "?"))
                self.value(next(self.events), (*path, "?"))
                continue
            key = str(event.value)
            value = self.value(next(self.events), (*path, key))
            if key == "<<":
                merge(merged, value if isinstance(value, list) else [value])
            else:
                own[key] = value
        return {**merged, **own}


def merge(merged: dict[str, Any], items: Iterable[Any]) -> None:
    """Add the keys of mappings to one, in its place, where it does not have them already."""
    for item in items:
        if isinstance(item, dict):
            for key, value in item.items():
                merged.setdefault(key, value)


def read_toml(text: str) -> Document:
    """Return the document of TOML; its parser is imported for the first. Raises DocumentError."""
    from lrviz.core.toml import TomlError, parse_toml

    try:
        data = parse_toml(text)
    except TomlError as error:
        raise DocumentError(str(error)) from None
    marks: dict[Path, Mark] = {(): (1, 1)}
    table: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        match = TOML_LINE.match(line)
        if match and match[1]:
            table = keys_of(match[1])
            marks[table] = (number, 1)
        elif match:
            marks[(*table, *keys_of(match[2]))] = (number, match.end() + 1)
    return Document(data, marks, "toml")


def keys_of(dotted: str) -> Path:
    """Return the keys of a dotted name."""
    return tuple(part.strip(' "') for part in dotted.split("."))
