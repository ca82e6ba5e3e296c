"""The search for what explains each column of a log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from lrviz.audits.countings import CONVENTIONS
from lrviz.audits.log import Log, Series
from lrviz.audits.planned_column import PlannedColumn, nearest_plan
from lrviz.audits.search import Search
from lrviz.curves.curve import Curve


class ColumnSearch(NamedTuple):
    """A column of a log beside the nearest rates of a plan, and the search for what explains it."""

    series: Series
    planned: PlannedColumn
    search: Search


@dataclass(frozen=True, eq=False)
class LogSearch:
    """The searches for what explains the columns of a log."""

    log: Log
    columns: tuple[ColumnSearch, ...]

    @classmethod
    def of(cls, log: Log, curve: Curve, with_shift: bool = True) -> LogSearch:
        """Return the search that has only compared a log with a plan."""
        offsets = tuple(CONVENTIONS[log.counts_done].values())
        columns = []
        for series in log.series:
            planned = nearest_plan(log, series, curve, offsets)
            lengths = (curve.steps_per_epoch, series.steps_per_epoch())
            epochs = tuple(dict.fromkeys(n for n in lengths if n and n > 1))
            search = Search.of(planned.plan, planned.rows, offsets, epochs, with_shift)
            columns.append(ColumnSearch(series, planned, search))
        return cls(log, tuple(columns))

    @property
    def is_complete(self) -> bool:
        """Whether all rows of all columns are explained."""
        return all(column.search.is_complete for column in self.columns)

    @property
    def is_exhausted(self) -> bool:
        """Whether no column is searched further: each is explained, or has no further stage."""
        return not any(column.search.has_next for column in self.columns)

    def advance(self) -> None:
        """Search the next stage of each column that is not explained."""
        for column in self.columns:
            column.search.advance()
