"""Curves over a range of steps: one table, a column per curve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.schedule import Array
from lrviz.curves.column import Column, column_of
from lrviz.curves.curve import Curve, check_step_count
from lrviz.curves.units import (
    AxisName,
    AxisUnit,
    axis_unit,
    longest,
    second_unit_of,
    step_counts,
    units_of,
)

MAX_TABLE_RATES = 50_000_000
"""How many rates of several curves are kept in memory."""

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]


@dataclass(frozen=True, eq=False)
class Table:
    """Columns that share start and stride; a shorter curve has a shorter column.

    `chosen_unit` is the unit of the axis of steps; with None it is what the curves count.
    """

    columns: tuple[Column, ...]
    chosen_unit: AxisUnit | None = None

    def __repr__(self) -> str:
        step_counts = ", ".join(f"{column.label}: {len(column.steps)}" for column in self.columns)
        return f"Table({step_counts} steps)"

    def __getitem__(self, key: str | int) -> Column:
        """Return the column of a label, or by its place."""
        if isinstance(key, int):
            return self.columns[key]
        columns = [column for column in self.columns if column.label == key]
        if not columns:
            labels = ", ".join(column.label for column in self.columns)
            raise KeyError(f"no column '{key}' (it has: {labels})")
        return columns[0]

    def __len__(self) -> int:
        return len(self.columns)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return the rates of one column, or those of several side by side (steps, columns).

        Raises ValueError where they do not have the same steps.
        """
        del copy
        if len({column.steps for column in self.columns}) > 1:
            message = "the columns have other steps; table[label].rates are those of one"
            raise ValueError(message)
        rates = [column.rates for column in self.columns]
        return np.asarray(rates[0] if len(rates) == 1 else np.column_stack(rates), dtype=dtype)

    @property
    def steps(self) -> range:
        """Return the steps of the longest column."""
        return max((column.steps for column in self.columns), key=len, default=range(0))

    @property
    def ends(self) -> tuple[float, float]:
        """Return the first and the last position of any curve on the axis of steps."""
        first, last = zip(*(column.ends for column in self.columns), strict=True)
        return min(first), max(last)

    @property
    def axis(self) -> str:
        """Return what a step is called: `step`, `epoch`, or both where the curves differ."""
        return " or ".join(dict.fromkeys(column.curve.axis for column in self.columns))

    def on_axis(self, name: AxisName | None) -> Table:
        """Return the table with its axis of steps in a unit, or in what the curves count.

        Each curve's places are those in its own run. Raises SpecError for each curve whose run does
        not say enough.
        """
        if name is None:
            return self
        units = units_of([column.curve for column in self.columns], name)
        shared = longest(units)
        columns = [
            replace(column, stretch=shared.steps / unit.steps)
            for column, unit in zip(self.columns, units, strict=True)
        ]
        return Table(tuple(columns), shared)

    @property
    def is_stretched(self) -> bool:
        """Whether a unit of the axis is not as many steps in every curve."""
        return any(column.stretch != 1 for column in self.columns)

    def counts_alike(self, column: Column, other: Column) -> bool:
        """Return whether the same place on the axis of steps means the same in two columns.

        It does not where one counts epochs, the other steps, and the axis is in a unit of neither.
        """
        return self.chosen_unit is not None or column.curve.axis == other.curve.axis

    @property
    def unit(self) -> AxisUnit:
        """Return the unit that the axis of steps is labelled in."""
        return self.chosen_unit or axis_unit(self.axis)

    @property
    def second_unit(self) -> AxisUnit | None:
        """Return the unit of a second axis of steps, or None where there is no other."""
        if self.is_stretched:
            return None
        return second_unit_of([column.curve for column in self.columns], self.unit)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: `curves`, each with label, schedule, params, step and lr."""
        return {"curves": [column.to_dict() for column in self.columns]}

    def to_pandas(self) -> DataFrame:
        """Return a pandas DataFrame: the steps as index, a float64 column per label.

        Steps that a shorter curve does not have are nan. Raises ImportError without pandas.
        """
        try:
            import pandas
        except ImportError:
            raise ImportError("Table.to_pandas needs pandas: pip install pandas") from None
        series = {
            column.label: pandas.Series(np.concatenate([*column.pieces()]), column.steps)
            for column in self.columns
        }
        frame = pandas.DataFrame(series)
        frame.index.name = self.axis
        return frame


def tabulate(
    curves: Iterable[Curve],
    span: range | None = None,
    every: int = 1,
    keep: bool = True,
    for_picture: bool = False,
) -> Table:
    """Return each curve at `span`, or over its own length at each `every`-th step.

    Its own length is that of its run, or one that it shares, as `step_counts` says. Without
    `keep`, rates that can be computed again piece by
    piece are not kept in memory; an error in them is raised when they are computed. A single curve
    `for_picture` with very many steps keeps only the rates that a picture shows. Raises SpecError
    with a finding for each curve that has no such steps.
    """
    curves = on_one_axis(list(curves))
    columns: list[Column] = []
    findings: list[Finding] = []
    counts = step_counts(curves)
    for_picture = for_picture and len(curves) == 1
    if keep and not for_picture:
        check_rate_count(len(curves), sum(counts) if span is None else len(span) * len(curves))
    for curve, count in zip(curves, counts, strict=True):
        steps = range(0, count, every) if span is None else span
        try:
            check_step_count(curve, steps.stop)
            columns.append(column_of(curve, steps, keep, for_picture))
        except SpecError as error:
            findings += error.findings
    if findings:
        raise SpecError(findings)
    return Table(tuple(columns))


def tabulate_each(curves: Iterable[Curve]) -> Table:
    """Return each curve as a table of it alone would have it: without a length of others.

    Raises SpecError with a finding for each curve that has no such steps.
    """
    columns: list[Column] = []
    findings: list[Finding] = []
    for curve in curves:
        try:
            columns += tabulate([curve], for_picture=True).columns
        except SpecError as error:
            findings += error.findings
    if findings:
        raise SpecError(findings)
    return Table(tuple(columns))


def on_one_axis(curves: list[Curve]) -> list[Curve]:
    """Return the curves, on the share of the run where the length of one is not known."""
    if not any(curve.on_share for curve in curves):
        return curves
    return [replace(curve, on_share=True) for curve in curves]


def check_rate_count(curves: int, rates: int) -> None:
    """Raise SpecError for more rates of several curves than are kept in memory."""
    if curves > 1 and rates > MAX_TABLE_RATES:
        message = (
            f"{curves:,} curves have {rates:,} rates; at most {MAX_TABLE_RATES:,} are held at "
            "once: --range START:STOP:EVERY takes fewer"
        )
        raise SpecError.of("", message, "too-many-steps")
