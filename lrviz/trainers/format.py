"""A format: how its files are recognised, and what reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lrviz.trainers.document import Document
from lrviz.trainers.plan import Plan
from lrviz.trainers.source import Source

if TYPE_CHECKING:
    from lrviz.trainers.reading import Reading


@dataclass(frozen=True)
class Devices:
    """The keys of a trainer for the devices of a node and for its nodes, with their defaults.

    The devices are a number, a list, or the text of either; another text leaves them open.
    """

    devices: tuple[str, ...]
    nodes: tuple[str, ...]
    default: int | str = "auto"


@dataclass(frozen=True)
class Format:
    """A trainer's config: recognised by its keys, never by the file's name.

    `rank` orders the formats; the first that matches is taken. Each group of `keys` has dotted
    keys of which a file needs one; a file with one of the keys `without` is another format's.
    `test` replaces the keys where they do not suffice: it returns why a file is of this format,
    or None. `parse` makes a document of a file that is no YAML, JSON or TOML; None where it
    cannot. `version` is that of the trainer whose defaults and formulas are the newest here.
    `devices` are the keys of a trainer that starts a process on each device. `drop_last` says
    whether an incomplete last batch of an epoch is dropped, where none of `drop_last_keys` does.
    """

    name: str
    title: str
    rank: int
    version: str
    read: Callable[[Reading], Plan]
    keys: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    test: Callable[[Source], str | None] | None = None
    parse: Callable[[Source], Document | None] | None = None
    devices: Devices | None = None
    drop_last: bool = False
    drop_last_keys: tuple[str, ...] = ()

    def open(self, source: Source) -> Source:
        """Return a file with the document that this format makes of it."""
        parsed = self.parse(source) if self.parse else None
        return source if parsed is None else replace(source, parsed=parsed)

    def matches(self, source: Source) -> str | None:
        """Return why an opened file is of this format, or None."""
        return self.test(source) if self.test else self.reason(source)

    def reason(self, source: Source) -> str | None:
        """Return which of the keys a file has, or None where it lacks some."""
        if self.absent(source) or any(source.has(key) for key in self.without):
            return None
        present = [next(key for key in group if source.has(key)) for group in self.keys]
        return f"has {' and '.join(present)}" if present else None

    def absent(self, source: Source) -> list[str]:
        """Return the first key of each group of which a file has none."""
        return [" or ".join(group) for group in self.keys if not any(source.has(k) for k in group)]
