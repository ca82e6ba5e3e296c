"""The schedule of another dialect that gives the same rates as a curve."""

from __future__ import annotations

from dataclasses import dataclass

from lrviz.codegen.equivalents import equivalent
from lrviz.core.register import Dialect
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve


@dataclass(frozen=True)
class Equivalent:
    """A schedule with its `lr` that gives a curve's rates over the run.

    `differs_at` is the first step after the run at which the two differ, or None where they agree
    for three times as long.
    """

    schedule: Schedule
    lr: float
    differs_at: int | None


def find_equivalent(curve: Curve, dialect: Dialect) -> Equivalent | None:
    """Return a dialect's schedule that gives the rates of a curve over its run, or None."""
    found = equivalent(curve, dialect.name)  # TRANSITION
    return Equivalent(*found) if found else None
