"""The columns of a log as numbers: what every reader of a layout returns.

Only columns that may hold steps or rates are kept. What a reader leaves out is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, isnan, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrviz.audits.formats import LogFormat, is_rate, step_rank
from lrviz.core.schedule import Array
from lrviz.core.text import format_count

CHUNK = 20_000
"""Rows that are read at once."""
SAMPLE_ROWS = 200
"""Rows whose keys decide which format a file has."""
MAX_COLUMNS, MAX_USEFUL = 10_000, 300
MAX_NUMBERS = 50_000_000

NameTest = Callable[[str], bool]
"""Tells of a column's name whether it is read beside those of steps and rates."""


class TooMuch(Exception):  # noqa: N818  (its text follows the file's name)
    """A log with more columns or numbers than are held at once."""


@dataclass
class Column:
    """The numbers of a column, NaN where a row has none; `faults` cells hold something else.

    A cell with `nan`, as a run that diverged writes it, is infinite here.
    """

    parts: list[Array] = field(default_factory=list)
    faults: int = 0

    @cached_property
    def numbers(self) -> Array:
        """The numbers of all rows, float64."""
        self.parts = [np.concatenate(self.parts or [np.empty(0)])]
        return self.parts[0]

    def add(self, cells: Sequence[Any] | Array) -> None:
        """Append cells, or numbers as they are."""
        if isinstance(cells, np.ndarray):
            self.parts.append(without_nan(cells))
            return
        try:
            part = without_nan(np.fromiter(map(float, cells), np.float64, len(cells)))
        except (TypeError, ValueError, OverflowError):  # a cell is empty, or holds something else
            pairs = [number_of(cell) for cell in cells]
            part = np.array([value for value, _ in pairs])
            self.faults += sum(is_fault for _, is_fault in pairs)
        self.parts.append(part)


def without_nan(numbers: Array) -> Array:
    """Return numbers with infinite ones in place of NaN."""
    return np.where(np.isnan(numbers), inf, numbers)


def number_of(cell: Any) -> tuple[float, bool]:
    """Return a cell as a number, or NaN without one, and whether it holds something else.

    A list, as some programs write the rates of parameter groups, counts by its first number; the
    others are columns of their own.
    """
    if isinstance(cell, list) and cell and not isinstance(cell[0], list):
        return number_of(cell[0])
    if cell is None or isinstance(cell, bool) or (isinstance(cell, str) and not cell.strip()):
        return nan, isinstance(cell, bool)
    try:
        number = float(cell)
        return inf if isnan(number) else number, False
    except (TypeError, ValueError, OverflowError):
        return nan, True


@dataclass
class LogRows:
    """The columns of a log that may hold steps or rates, and what was left out.

    `names` are all columns of the file; `broken` rows could not be read, `cut_off` tells whether
    the last is one of them. `last_is_short` tells that the last line of a table is left out, as its
    number may be cut off. `decimal_comma` is the first number of a table that has one, or empty.
    `beginning` is the beginning of a text, as it is in the file. `has_header` tells whether the
    file names its columns. `notes` say how the reader took the rows.
    """

    format: LogFormat
    names: list[str] = field(default_factory=list)
    columns: dict[str, Column] = field(default_factory=dict)
    count: int = 0
    broken: int = 0
    cut_off: bool = False
    last_is_short: bool = False
    decimal_comma: str = ""
    beginning: str = field(default="", repr=False)
    has_header: bool = True
    notes: list[str] = field(default_factory=list)

    def add(self, chunk: Mapping[str, Sequence[Any] | Array], size: int) -> None:
        """Append `size` rows; columns that they do not have are filled with NaN."""
        empty = np.full(size, nan)
        for name in chunk:
            if name not in self.columns:
                self.columns[name] = Column([np.full(self.count, nan)])
        for name, column in self.columns.items():
            if name in chunk:
                column.add(chunk[name])
            else:
                column.parts.append(empty)
        self.count += size
        if self.count * len(self.columns) > MAX_NUMBERS:
            raise TooMuch(f"has more than {MAX_NUMBERS:,} steps and rates")

    def remove(self, name: str) -> None:
        """Remove a column."""
        del self.columns[name]
        self.names = [other for other in self.names if other != name]

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Keep some of the rows."""
        for name, column in self.columns.items():
            self.columns[name] = Column([column.numbers[rows]], column.faults)
        self.count = int(rows.sum())

    def useful(self, selects: NameTest) -> list[str]:
        """Return the names of the columns that may hold steps or rates, or are selected."""
        if len(self.names) > MAX_COLUMNS:
            raise TooMuch(f"has more than {MAX_COLUMNS:,} columns")
        useful = [name for name in self.names if is_useful(name, self.format, selects)]
        if len(useful) > MAX_USEFUL:
            raise TooMuch(f"has more than {MAX_USEFUL:,} columns of steps and rates")
        return useful


def left_out(count: int, noun: str, which: str = "") -> str:
    """Return that so many are left out: `2 rows without a rate are left out`."""
    return " ".join(filter(None, (format_count(count, noun), which, be(count), "left out")))


def be(count: int) -> str:
    """Return the verb after a count."""
    return "is" if count == 1 else "are"


def one_of_names(names: Iterable[str]) -> NameTest:
    """Return the test whether a column has one of these names, in any case."""
    folded = {name.strip().casefold() for name in names}
    return lambda name: name.strip().casefold() in folded


def is_useful(name: str, log_format: LogFormat, selects: NameTest) -> bool:
    """Return whether a column may hold steps or rates, or is selected."""
    name = name.casefold()
    is_own = name in log_format.steps or name in log_format.rates
    return is_own or is_rate(name) or step_rank(name) is not None or selects(name)
