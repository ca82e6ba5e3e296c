"""How a problem of the user's input is told: its place, its words, and all of them at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

SHOWN = 20


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands, and value, rule and way out in words."""

    place: str
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words}" if self.place else self.words


class SpecError(ValueError):
    """Input that cannot be used; `problems` holds each reason with its place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: natural(problem.place)))
        super().__init__("\n".join(self.lines()))

    @classmethod
    def of(cls, place: str, words: str) -> SpecError:
        """Return the error of a single problem."""
        return cls([Problem(place, words)])

    def lines(self) -> list[str]:
        """Return a line per problem; beyond the first 20 only their count."""
        told = list(dict.fromkeys(map(str, self.problems)))
        rest = len(told) - SHOWN
        return told[:SHOWN] + ([f"... and {rest} more problems"] if rest > 0 else [])


def natural(place: str) -> list[tuple[int, str]]:
    """Return a key that sorts places by line and column: numbers as numbers."""
    return [(int(part) if part.isdecimal() else -1, part) for part in re.split(r"(\d+)", place)]


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the end of a message that names the nearest right word, or nothing."""
    by_fold = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    return f"; did you mean '{by_fold[close[0]]}'?" if close else ""
