"""HyperPyYAML as plain data: tags build nothing, references are resolved inside the file.

`!new:a.B`, `!name:a.B` and `!apply:a.b` become a mapping with `class_path` and `init_args`;
`!ref <key>` becomes the value of a key of the file, also within arithmetic.
"""

from __future__ import annotations

import re
from typing import Any

from lrviz.core.plain_data import MAX_DEPTH, MAX_VALUES
from lrviz.trainers.document import Document, Tagged, parse_number
from lrviz.trainers.python_literals import read_python
from lrviz.trainers.source import find

BUILDING = re.compile(r"!(?:new|name|apply):(.+)")
REFERENCE = re.compile(r"<([^<>]*)>")
MAX_REFERENCES = 20


def plain_document(document: Document) -> Document:
    """Return a document whose tags are resolved to plain data, as far as they can be."""
    data = Resolver(document.data).resolve(document.data, 0, 0)
    return Document(data, document.marks, "hyperpyyaml")


class Resolver:
    """Resolves tags against the mapping at the top of a file."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self.count = 0

    def resolve(self, value: Any, depth: int, references: int) -> Any:
        """Return a value without tags; one that cannot be resolved stays tagged.

        So do the others once references have repeated more values than a file may have.
        """
        self.count += 1
        if self.count > MAX_VALUES:
            return value
        if isinstance(value, dict) and depth < MAX_DEPTH:
            return {k: self.resolve(item, depth + 1, references) for k, item in value.items()}
        if isinstance(value, list) and depth < MAX_DEPTH:
            return [self.resolve(item, depth + 1, references) for item in value]
        return self.untagged(value, depth, references) if isinstance(value, Tagged) else value

    def untagged(self, tagged: Tagged, depth: int, references: int) -> Any:
        """Return what a tagged value means, or the same where it cannot be resolved."""
        if tagged.tag in ("!ref", "!copy"):
            return self.refer(tagged, depth, references)
        built = BUILDING.fullmatch(tagged.tag)
        if not built:
            return tagged
        arguments = self.resolve(tagged.value, depth + 1, references)
        return {"class_path": built[1], "init_args": arguments}

    def refer(self, tagged: Tagged, depth: int, references: int) -> Any:
        """Return what a `!ref` means: a value of the file, or arithmetic with such values."""
        text = str(tagged.value).strip()
        if references > MAX_REFERENCES:
            return tagged
        whole = REFERENCE.fullmatch(text)
        if whole:
            target, exists = find(self.data, dotted(whole[1]))
            return self.resolve(target, depth + 1, references + 1) if exists else tagged

        def number(match: re.Match[str]) -> str:
            target, _ = find(self.data, dotted(match[1]))
            target = self.resolve(target, depth + 1, references + 1)
            target = parse_number(target) if isinstance(target, str) else target
            return repr(target) if isinstance(target, int | float) else "None"

        document = read_python("value = " + REFERENCE.sub(number, text)[:1_000])
        result = document.data.get("value") if document else None
        return tagged if result is None or isinstance(result, Tagged) else result


def dotted(reference: str) -> str:
    """Return the dotted key of a reference, which may be written as `a[b]`."""
    return reference.strip().replace("[", ".").replace("]", "")
