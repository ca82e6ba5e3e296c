"""The keys of a config that look like a schedule's and that its format did not read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lrviz.core.errors import nearest_name
from lrviz.trainers.conversions import is_unset, mapping_of
from lrviz.trainers.source import Conversion, Source, find

SCHEDULE = re.compile(
    r"(?:^|_)(?:lr|learning_?rate|warm_?up|sched(?:uler)?|anneal(?:ing)?|decay_(?:steps|iters|epochs"
    r"|style|type|rate|ratio)|cooldown)(?:_|$)",
    re.IGNORECASE,
)
"""A name with a word of schedules in it."""
OTHER = re.compile(
    r"(?:^|_)(?:weight|wd|ema|noise|profil|moment|log|teacher|temp|drop|eps|kl|bn|checkpoint"
    r"|override|overlap)",
    re.IGNORECASE,
)
"""The words in such a name where another quantity than the rate is scheduled."""
WORDS = re.compile(r"[_-]")
SIMILAR_WORD = 0.8


class Unread(NamedTuple):
    """A key that was not read; `suggestion` is the one that it may be a misspelling of."""

    key: str
    suggestion: str | None = None


def unread_keys(source: Source) -> Iterator[Unread]:
    """Yield the keys that no format read and whose names are those of a schedule.

    A misspelling of a key that the file does not have is yielded whatever its name, where the value
    is one that the key can have; a key whose presence only tells a kind or a version of file is
    not misspelled. The names that a Python file assigns may be variables: of those only
    misspellings are yielded.
    """
    has_variables = source.document.kind == "python"
    for folder in dict.fromkeys(key.rpartition(".")[0] for key in sorted(source.requested)):
        mapping = find(source.data, folder)[0] if folder else source.data
        if not isinstance(mapping, dict) or folder in source.requested:
            continue
        prefix = f"{folder}." if folder else ""
        requested = {name for key in source.requested if (name := child_of(prefix, key))}
        absent = accepted_names(source, prefix, mapping)
        for name, value in mapping.items():
            if name in requested:
                continue
            suggestion = suggestion_for(name, value, absent)
            if suggestion or (is_schedule(name) and (folder or not has_variables)):
                yield Unread(prefix + name, suggestion and prefix + suggestion)


def child_of(prefix: str, key: str) -> str:
    """Return the name of the part of a dotted key just after a prefix; empty for another key."""
    return key.removeprefix(prefix).partition(".")[0] if key.startswith(prefix) else ""


def is_schedule(name: str) -> bool:
    """Return whether a key is a schedule's by its name."""
    return bool(SCHEDULE.search(name)) and not OTHER.search(name)


def accepted_names(
    source: Source, prefix: str, mapping: Mapping[str, Any]
) -> dict[str, Conversion]:
    """Return the names after a prefix that are read and not in a mapping, and their conversions."""
    names: dict[str, Conversion] = {}
    for key, conversion in sorted(source.accepted.items()):
        name = child_of(prefix, key)
        if name and name not in mapping:
            names[name] = conversion if key == prefix + name else mapping_of
    return names


def suggestion_for(name: str, value: Any, absent: Mapping[str, Conversion]) -> str | None:
    """Return the key of which a name with a value is a misspelling or the beginning, or None."""
    names = [
        other
        for other, conversion in absent.items()
        if is_misspelling(name, other) and (is_unset(value) or conversion(value) is not None)
    ]
    return nearest_name(name, names)


def is_misspelling(name: str, other: str) -> bool:
    """Return whether two names differ in one word, which is spelled alike, or in how words join.

    A name of several words may also be the beginning of the other one.
    """
    words, others = WORDS.split(name.lower()), WORDS.split(other.lower())
    if "".join(words) == "".join(others):
        return True
    if len(words) != len(others):
        return len(words) > 1 and is_schedule(name) and others[: len(words)] == words
    pairs = [(a, b) for a, b in zip(words, others, strict=True) if a != b]
    return len(pairs) == 1 and nearest_name(pairs[0][0], pairs[0][1:], SIMILAR_WORD) is not None
