"""A place in a run as text, as 300, 5ep or 50%: its step on a curve."""

from __future__ import annotations

from lrviz.core.errors import SpecError
from lrviz.core.quantity import Quantity, int_or_float, read_quantity
from lrviz.curves.curve import Curve
from lrviz.run import MAX_STEPS, NEEDS


def step_of(place: str, curve: Curve, argument: str) -> int:
    """Return the step of a curve's axis that a number of steps, `5ep` or `50%` is.

    `argument` is the place of errors. Raises SpecError for text that is no such place, and for a
    unit in which the run's length is not known.
    """
    quantity = read_quantity(place)
    step = None if quantity is None else count_of(quantity, curve, place, argument)
    if not isinstance(step, int) or not 0 <= step < MAX_STEPS:
        rule = f"must be whole steps from 0 to {MAX_STEPS - 1:,}, with commas between"
        raise SpecError.of(argument, f"{rule} (got {place!r})")
    return step


def count_of(quantity: Quantity, curve: Curve, place: str, argument: str) -> int | float:
    """Return the steps of a curve's axis that a quantity is."""
    if quantity.unit in ("", "steps"):
        return int_or_float(quantity.number)
    run = curve.run if curve.run.length else curve.run.model_copy(update={"steps": curve.count()})
    count = None if curve.on_share else run.count(quantity.number, quantity.unit, curve.axis)
    if count is None:
        raise SpecError.of(argument, f"{place} {NEEDS[quantity.unit]}", "needs-run")
    return count
