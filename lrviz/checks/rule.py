"""A rule, as one declaration from which its check, its page and its tests follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from lrviz.checks.subject import Subject
from lrviz.core.findings import Finding, Severity
from lrviz.specfile.shipped import existing

EXAMPLES = Path(__file__).parent / "examples"


class Match(NamedTuple):
    """A place where a rule applies: the message with its numbers, and the exact change."""

    message: str
    remedy: str
    step: int | None = None
    segment: str = ""


class CheckRule(NamedTuple):
    """A rule: its id, severity, a sentence, its source, and the function that finds matches.

    `explains` are rules whose findings have the same cause and are not reported beside this one's;
    `causes` are the ids of a curve's notes that say why it has the finding.
    """

    id: str
    severity: Severity
    sentence: str
    source: str
    find: Callable[[Subject], Iterator[Match]]
    explains: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()

    def example(self, kind: str) -> Path:
        """Return the spec file of the rule's example: `faulty` or `sound`."""
        return existing(EXAMPLES / f"{self.id}.{kind}.yaml")

    def text(self, kind: str) -> str:
        """Return the text of the rule's example: `faulty` or `sound`."""
        return self.example(kind).read_text(encoding="utf-8")

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Yield the rule's findings of a curve."""
        for match in self.find(subject):
            yield Finding(
                self.id,
                match.message,
                self.severity,
                curve=subject.column.label,
                place=subject.curve.place,
                step=match.step,
                segment=match.segment,
                remedy=match.remedy,
                source=self.source,
            )
