"""What a page holds of the rates: the steps that its pointer stops at, and the lines it draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lrviz.core.integers import ceil_div
from lrviz.core.schedule import Array
from lrviz.curves.column import ROUNDING, Column
from lrviz.curves.facts import jumps
from lrviz.curves.table import Table
from lrviz.render.lines import POINTS_PER_COLUMN, Line, line_of

MAX_STEPS, MIN_STEPS = 4_000, 500
"""Steps of each curve that a page holds, of one curve and of very many."""
MAX_RATES = 200_000
"""Rates of all curves that a page holds, as long as each has the fewest steps."""
MAX_JUMPS = 100
"""Jumps of a curve that the pointer stops at."""


@dataclass(frozen=True, eq=False)
class Samples:
    """The sampled curves of a page: `steps` is where the pointer stops, `lines` what is drawn.

    The last point of a line that is not after one of the steps has the curve's exact rate there.
    """

    steps: Array
    lines: tuple[Line, ...]


def sample_table(table: Table) -> Samples:
    """Return the samples of a table's curves, with each curve's exact extremes, ends and jumps."""
    limit = min(max(MAX_RATES // len(table.columns), MIN_STEPS), MAX_STEPS)
    positions = stops(table, limit)
    lines = tuple(
        line_of(column, limit // POINTS_PER_COLUMN, indices_at(column, positions))
        for column in table.columns
    )
    return Samples(positions, lines)


def stops(table: Table, limit: int) -> Array:
    """Return where the pointer stops: at every step of the longest curve, or at about `limit`.

    Those that matter of each curve are added where they may not be among them.
    """
    longest = max(table.columns, key=lambda column: len(column.rates))
    every = ceil_div(len(longest.rates), limit)
    positions = longest.positions(np.arange(0, len(longest.rates), every))
    if every == 1 and not table.is_stretched:
        return positions
    more = (column.positions(notable(column)) for column in table.columns)
    return np.unique(np.concatenate([positions, *more]))


def indices_at(column: Column, positions: Array) -> NDArray[np.intp]:
    """Return the indices of a curve's rates at positions, of those up to its last step."""
    inside = positions[(positions >= column.ends[0]) & (positions <= column.ends[1])]
    steps = np.floor(inside / column.stretch + ROUNDING).astype(np.int64)
    return np.array([column.index_of(step) for step in steps.tolist()], np.intp)


def notable(column: Column) -> NDArray[np.intp]:
    """Return the indices of a curve's highest, lowest and last rate, and of those at its jumps."""
    rates = np.nan_to_num(column.rates)
    with np.errstate(over="ignore"):  # of rates that were infinite
        starts = jumps(rates)[:MAX_JUMPS]
    return np.array([rates.argmax(), rates.argmin(), len(rates) - 1, *(starts - 1), *starts])
