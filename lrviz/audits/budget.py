"""How many fits the search for the schedule of a column may take: a log of none ends it."""

from __future__ import annotations

from dataclasses import dataclass

LIMIT = 80_000
"""Least squares of one column, some seconds' worth; a schedule that is found takes few of them."""


@dataclass
class Budget:
    """The fits that a search may take, and those that it has taken."""

    limit: int = LIMIT
    spent: int = 0

    def spend(self, count: int = 1) -> None:
        """Count fits."""
        self.spent += count

    @property
    def is_spent(self) -> bool:
        """Whether the search ends with what it has."""
        return self.spent >= self.limit
