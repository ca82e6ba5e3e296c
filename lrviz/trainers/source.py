"""A file that may be a training config: its text, its data, and values by dotted keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite
from pathlib import Path as FilePath
from typing import Any

from lrviz.trainers.document import Document, DocumentError, Path, parse_number, read_document

UNSET = "???"
"""OmegaConf's text for a value that is required but not set."""
REFERENCE = re.compile(r"\$\{([\w.\-]+)\}")
MAX_REFERENCES = 20
MAX_CHARACTERS = 1_000
"""The length of a text with resolved references; the characters after it are cut off."""

Conversion = Callable[[Any], Any]


@dataclass(frozen=True)
class Source:
    """A file's text; `name` is its path as typed, `folder` where relative paths start.

    `raw` are its bytes, for formats that are archives; `parsed` is its document where a format
    parses it itself; `requested` are the keys that a format asked for; `accepted` are those whose
    value it reads, each with what converts a value, and returns None for one that the key cannot
    have.
    """

    name: str
    text: str
    folder: FilePath = FilePath()
    raw: bytes = b""
    parsed: Document | None = None
    requested: set[str] = field(default_factory=set, compare=False, repr=False)
    accepted: dict[str, Conversion] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def document(self) -> Document:
        """The parsed text; its data is None where it is no YAML, JSON or TOML."""
        if self.parsed is not None:
            return self.parsed
        try:
            return read_document(self.text)
        except DocumentError:
            return Document(None, kind="text")

    @property
    def data(self) -> Mapping[str, Any]:
        """The mapping at the top; empty where there is none."""
        data = self.document.data
        return data if isinstance(data, dict) else {}

    def has(self, key: str) -> bool:
        """Return whether the file has a dotted key, with a value or null."""
        self.requested.add(key)
        return find(self.data, key)[1]

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a dotted key, references to other keys of the file resolved.

        The default is returned for a missing key, for null, and for `???`.
        """
        self.requested.add(key)
        value = self.resolve(find(self.data, key)[0])
        return default if value is None or value == UNSET else value

    def resolve(self, value: Any) -> Any:
        """Return a value with its references (`${a.b}`) to plain values of this file resolved.

        References in their values are resolved in turn, at most `MAX_REFERENCES` times.
        """
        for _ in range(MAX_REFERENCES):
            if not isinstance(value, str) or "${" not in value:
                break
            reference = REFERENCE.fullmatch(value)
            target, exists = find(self.data, reference[1]) if reference else (None, False)
            resolved = target if exists else REFERENCE.sub(self.text_of, value)[:MAX_CHARACTERS]
            if resolved == value:
                break
            value = resolved
        return value

    def text_of(self, reference: re.Match[str]) -> str:
        """Return the text that a reference within another text refers to, or the reference."""
        target, _ = find(self.data, reference[1])
        is_plain = isinstance(target, str | int | float)
        return str(target)[:MAX_CHARACTERS] if is_plain else reference[0]

    def place(self, key: str = "") -> str:
        """Return `file:line:column` of a dotted key's value, or of what holds it."""
        marks = self.document.marks
        path: Path = tuple(key.split(".")) if key else ()
        while path and path not in marks:
            path = path[:-1]
        line, column = marks.get(path, (1, 1))
        return f"{self.document.files.get(path, self.name)}:{line}:{column}"


def find(data: Any, key: str) -> tuple[Any, bool]:
    """Return the value of a dotted key, and whether the key is there."""
    for part in key.split("."):
        if isinstance(data, dict) and part in data:
            data = data[part]
        elif (
            isinstance(data, list) and part.isdecimal() and len(part) < 6 and int(part) < len(data)
        ):
            data = data[int(part)]
        else:
            return None, False
    return data, True


def number_of(value: Any) -> int | float | None:
    """Return the finite number that a value is or that its text spells, or None."""
    if isinstance(value, bool):
        return None
    value = parse_number(value.strip()) if isinstance(value, str) else value
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value if isinstance(value, int) else None
