"""Curves over a range of steps: one table, a column per curve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.schedule import CHUNK, Array, PathDependent
from lrviz.curves.curve import Curve
from lrviz.curves.units import AxisName, AxisUnit, other_unit, shared_unit, unit_called
from lrviz.run import MOST_STEPS

__all__ = ["MOST_STEPS", "Column", "Stream", "Table", "tabulate"]

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]


@dataclass(frozen=True, eq=False)
class Column:
    """A curve's rates (float64) at `steps`."""

    curve: Curve
    steps: range
    rates: Array

    @property
    def label(self) -> str:
        """Return the curve's label."""
        return self.curve.label

    def to_dict(self) -> dict[str, Any]:
        """Return the label, the schedule's name and parameters, the steps and the rates."""
        spec = self.curve.schedule.spec()
        return {
            "label": self.label,
            "schedule": spec.pop("schedule"),
            "params": spec,
            "step": list(self.steps),
            "lr": [rate for piece in self.pieces() for rate in piece.tolist()],
        }

    def pieces(self) -> Iterator[Array]:
        """Yield the rates, `CHUNK` at a time."""
        for start in range(0, len(self.steps), CHUNK):
            yield self.rates[start : start + CHUNK]


@dataclass(frozen=True, eq=False)
class Stream(Column):
    """A column that computes its rates piece by piece, each time they are needed."""

    def pieces(self) -> Iterator[Array]:
        """Yield the rates, `CHUNK` at a time."""
        for start in range(0, len(self.steps), CHUNK):
            yield self.curve.sample(self.steps[start : start + CHUNK])


@dataclass(frozen=True, eq=False)
class Table:
    """Columns that share start and stride; a shorter curve has a shorter column.

    `axis_name` is what the axis of steps is labelled in; None for what the curves count.
    """

    columns: tuple[Column, ...]
    axis_name: AxisName | None = None

    def __repr__(self) -> str:
        lengths = ", ".join(f"{column.label}: {len(column.steps)}" for column in self.columns)
        return f"Table({lengths} steps)"

    @property
    def steps(self) -> range:
        """Return the steps of the longest column."""
        return max((column.steps for column in self.columns), key=len, default=range(0))

    @property
    def axis(self) -> str:
        """Return what a step is called: `step`, `epoch`, or both where the curves differ."""
        return " or ".join(dict.fromkeys(column.curve.axis for column in self.columns))

    @property
    def unit(self) -> AxisUnit:
        """Return the unit that the axis of steps is labelled in.

        Raises SpecError where `axis_name` asks for one that a curve's run does not say enough for.
        """
        if self.axis_name is not None:
            return shared_unit([column.curve for column in self.columns], self.axis_name)
        return unit_called(self.axis)

    @property
    def second_unit(self) -> AxisUnit | None:
        """Return the unit of a second axis of steps, or None where there is no other."""
        return other_unit([column.curve for column in self.columns], self.unit)

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
    curves: Iterable[Curve], span: range | None = None, every: int = 1, keep: bool = True
) -> Table:
    """Return each curve at `span`, or over its own length at each `every`-th step.

    Curves whose run has no length share the longest natural length of theirs; a schedule that
    cannot be sampled so far stops at its end. Without `keep`, rates that can be computed again
    piece by piece are not held; an error in them is raised when they are computed.
    Raises SpecError with a finding for each curve that has no such steps.
    """
    curves = on_one_axis(list(curves))
    columns: list[Column] = []
    findings: list[Finding] = []
    for curve, count in zip(curves, lengths(curves), strict=True):
        steps = range(0, count, every) if span is None else span
        if steps.stop > MOST_STEPS:
            place = curve.place or curve.label
            message = f"has {steps.stop:,} steps; at most {MOST_STEPS:,} are sampled"
            findings.append(Finding.error(place, message, "too-many-steps"))
            continue
        try:
            columns.append(column_of(curve, steps, keep))
        except SpecError as error:
            findings += error.findings
        except OverflowError as error:
            message = f"has numbers that cannot be computed with: {error}"
            findings.append(Finding.error(curve.place or curve.label, message, "overflow"))
    if findings:
        raise SpecError(findings)
    return Table(tuple(columns))


def on_one_axis(curves: list[Curve]) -> list[Curve]:
    """Return the curves, on the share of the run where the length of one is not known."""
    if not any(curve.on_share for curve in curves):
        return curves
    return [replace(curve, on_share=True) for curve in curves]


def lengths(curves: Sequence[Curve]) -> list[int]:
    """Return how many steps each curve is sampled at."""
    if any(curve.on_share for curve in curves):
        return [curve.count() for curve in curves]
    natural = [curve.count() for curve in curves if curve.run.length is None]
    shared = max(natural, default=0)
    return [
        curve.count() if curve.run.length is not None else min(shared, curve.longest() or shared)
        for curve in curves
    ]


def column_of(curve: Curve, steps: range, keep: bool) -> Column:
    """Return a curve's column. Raises SpecError where the schedule has no such steps."""
    if keep or isinstance(curve.rates, PathDependent):
        return Column(curve, steps, curve.sample(steps))
    curve.sample(steps[-1:])  # raises at once where the schedule has no such steps
    return Stream(curve, steps, np.empty(0))
