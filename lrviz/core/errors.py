"""The error of input that cannot be used, with all its faults as findings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

from lrviz.core.findings import Finding

MAX_LINES = 20


class SpecError(ValueError):
    """Input that cannot be used; `findings` are the reasons, each with its place."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sorted(findings, key=lambda finding: natural_sort_key(finding.place)))
        super().__init__("\n".join(capped_lines(map(str, self.findings))))

    @classmethod
    def of(cls, place: str, message: str, id: str = "invalid") -> SpecError:  # noqa: A002
        """Return the error of a single finding."""
        return cls([Finding.error(place, message, id)])

    @property
    def input_failed(self) -> bool:
        """Whether the system failed to read what was named, and nothing else is wrong."""
        return all(finding.id == "unreadable-file" for finding in self.findings)

    def lines(self) -> list[str]:
        """Return a line per finding; beyond the first 20 only their count."""
        return capped_lines(finding.line() for finding in self.findings)

    def tracebacks(self) -> list[str]:
        """Return the frames of a user's own code that raised, a text for each failure."""
        return capped_lines(finding.traceback for finding in self.findings if finding.traceback)


class OutputError(Exception):
    """Output that could not be written: a full disk, no permission, a closed stream."""


def capped_lines(texts: Iterable[str]) -> list[str]:
    """Return each text once; beyond the first 20 only their count."""
    texts = list(dict.fromkeys(texts))
    excess = len(texts) - MAX_LINES
    return texts[:MAX_LINES] + ([f"... and {excess} more problems"] if excess > 0 else [])


def natural_sort_key(place: str) -> list[tuple[int, str]]:
    """Return a key that sorts places by line and column: numbers as numbers."""
    return [(len(part) if part.isdecimal() else -1, part) for part in re.split(r"(\d+)", place)]


def nearest_name(word: str, names: Iterable[str], least: float = 0.6) -> str | None:
    """Return the name that a word is most similar to, or None where none is similar enough."""
    by_fold = {name.casefold(): name for name in names}
    close = get_close_matches(word.casefold(), by_fold, n=1, cutoff=least)
    return by_fold[close[0]] if close else None


def similarity(word: str, name: str) -> float:
    """Return how similar two names are, from 0 to 1, without regard to case."""
    return SequenceMatcher(None, name.casefold(), word.casefold()).ratio()


def did_you_mean(word: str, names: Iterable[str], least: float = 0.6) -> str:
    """Return the end of a message that names the most similar name, or an empty text."""
    name = nearest_name(word, names, least)
    return f"; did you mean '{name}'?" if name else ""
