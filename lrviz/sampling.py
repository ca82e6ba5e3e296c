"""Curves over a range of steps: one table, a column per curve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lrviz.curve import Curve
from lrviz.declaration import Array
from lrviz.errors import Problem, SpecError
from lrviz.spec.settings import MOST_STEPS


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


@dataclass(frozen=True, eq=False)
class Table:
    """Columns that share start and stride; a shorter curve has a shorter column."""

    columns: tuple[Column, ...]

    @property
    def steps(self) -> range:
        """Return the steps of the longest column."""
        return max((column.steps for column in self.columns), key=len, default=range(0))

    @property
    def axis(self) -> str:
        """Return what a step is called: `step`, `epoch`, or both where the curves differ."""
        words = dict.fromkeys(column.curve.axis for column in self.columns)
        return " or ".join(words)


def tabulate(curves: Iterable[Curve], span: range | None = None, every: int = 1) -> Table:
    """Return each curve at `span`, or over its own length at each `every`-th step.

    Raises SpecError with a problem for each curve that has no such steps.
    """
    columns: list[Column] = []
    found: list[Problem] = []
    for curve in curves:
        steps = range(0, curve.count(), every) if span is None else span
        if steps.stop > MOST_STEPS:
            where = curve.place or curve.label
            words = f"has {steps.stop:,} steps; at most {MOST_STEPS:,} are sampled"
            found.append(Problem(where, words))
            continue
        try:
            columns.append(Column(curve, steps, curve.sample(steps)))
        except SpecError as error:
            found += error.problems
    if found:
        raise SpecError(found)
    return Table(tuple(columns))
