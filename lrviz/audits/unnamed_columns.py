"""The columns of a table of numbers without a header: which are the steps and the rates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from lrviz.audits.log_rows import number_of

STEP, RATE = "step", "lr"


def are_numbers(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether rows are several with as many cells, and each cell is a number."""
    is_table = len(rows) > 1 and len({len(row) for row in rows}) == 1
    return is_table and all(cell and not number_of(cell)[1] for row in rows for cell in row)


def names_of(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the names of columns that have none.

    The first one has the steps if its numbers are whole and rise. The only other one, or the only
    one at all, has the rates; of several each is called by its place.
    """
    first = [number_of(row[0])[0] for row in rows]
    rises = all(a < b for a, b in pairwise(first))
    steps = [STEP] if rises and len(rows[0]) > 1 and all(map(float.is_integer, first)) else []
    places = [str(place) for place in range(len(steps) + 1, len(rows[0]) + 1)]
    return steps + ([RATE] if len(places) == 1 else places)


def note_of(names: Sequence[str]) -> str:
    """Return how columns without names are taken."""
    if names == [RATE]:
        return "it has no header: its column is taken as the rates"
    if names == [STEP, RATE]:
        return "it has no header: its columns are taken as the steps and the rates"
    return f"it has no header: its columns are called {', '.join(names)}"
