"""Curves over a range of steps: one table, a column per curve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.schedule import CHUNK, Array, PathDependent
from lrviz.curves.curve import Curve

MOST_STEPS = 100_000_000
"""How many steps are sampled at most."""


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

    def pieces(self) -> Iterator[Array]:
        """Yield the rates, `CHUNK` at a time."""
        for start in range(0, len(self.steps), CHUNK):
            yield self.rates[start : start + CHUNK]


@dataclass(frozen=True, eq=False)
class Stream(Column):
    """A column that computes its rates piece by piece, each time they are asked for."""

    def pieces(self) -> Iterator[Array]:
        """Yield the rates, `CHUNK` at a time."""
        for start in range(0, len(self.steps), CHUNK):
            yield self.curve.sample(self.steps[start : start + CHUNK])


@dataclass(frozen=True, eq=False)
class Table:
    """Columns that share start and stride; a shorter curve has a shorter column."""

    columns: tuple[Column, ...]

    def __repr__(self) -> str:
        shown = ", ".join(f"{column.label}: {len(column.steps)}" for column in self.columns)
        return f"Table({shown} steps)"

    @property
    def steps(self) -> range:
        """Return the steps of the longest column."""
        return max((column.steps for column in self.columns), key=len, default=range(0))

    @property
    def axis(self) -> str:
        """Return what a step is called: `step`, `epoch`, or both where the curves differ."""
        words = dict.fromkeys(column.curve.axis for column in self.columns)
        return " or ".join(words)


def tabulate(
    curves: Iterable[Curve], span: range | None = None, every: int = 1, keep: bool = True
) -> Table:
    """Return each curve at `span`, or over its own length at each `every`-th step.

    Without `keep`, rates that can be had again piece by piece are not held; an error in them
    comes out when they are asked for.
    Raises SpecError with a problem for each curve that has no such steps.
    """
    columns: list[Column] = []
    found: list[Finding] = []
    for curve in curves:
        steps = range(0, curve.count(), every) if span is None else span
        if steps.stop > MOST_STEPS:
            where = curve.place or curve.label
            words = f"has {steps.stop:,} steps; at most {MOST_STEPS:,} are sampled"
            found.append(Finding.error(where, words))
            continue
        try:
            columns.append(column_of(curve, steps, keep))
        except SpecError as error:
            found += error.findings
    if found:
        raise SpecError(found)
    return Table(tuple(columns))


def column_of(curve: Curve, steps: range, keep: bool) -> Column:
    """Return a curve's column. Raises SpecError where any of its steps cannot be had."""
    if keep or isinstance(curve.schedule, PathDependent):
        return Column(curve, steps, curve.sample(steps))
    curve.sample(steps[-1:])  # tells at once where the schedule has no such steps
    return Stream(curve, steps, np.empty(0))
