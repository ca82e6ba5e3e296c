"""The units of the axis of steps: steps, epochs, tokens, or percent of the run."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal, NamedTuple, get_args

from lrviz.core.errors import SpecError
from lrviz.curves.curve import SHARE, SHARE_POINTS, Curve
from lrviz.run import NEEDS

AxisName = Literal["step", "epoch", "tokens", "percent"]
PERCENT = 100
TOKENS = "tokens"


class AxisUnit(NamedTuple):
    """A unit of the axis: its name, and the number of the axis' steps in one unit."""

    name: str
    steps: float = 1.0


def axis_unit(axis: str) -> AxisUnit:
    """Return the unit of an axis of steps, epochs, or shares of the run."""
    return AxisUnit(axis, SHARE_POINTS / PERCENT if axis == SHARE else 1.0)


def base_unit(curve: Curve) -> AxisUnit:
    """Return the unit that a curve's steps are counted in: steps, epochs, or percent."""
    return axis_unit(curve.axis)


def unit_of(curve: Curve, name: AxisName) -> AxisUnit | str:
    """Return a curve's unit of this name, or the message on what its run lacks for it."""
    base, run = base_unit(curve), curve.run
    if name == "percent":
        return AxisUnit(SHARE, curve.count() / PERCENT)
    if base.name == name:
        return base
    if base.name == SHARE:
        return NEEDS["share"]
    if base.name == "epoch":
        return NEEDS["epochs"]
    if name == "epoch":
        return AxisUnit(name, run.epoch_steps) if run.epoch_steps else NEEDS["epochs"]
    return AxisUnit(name, 1 / run.step_tokens) if run.step_tokens else NEEDS["tokens"]


def shared_unit(curves: list[Curve], name: AxisName) -> AxisUnit:
    """Return the unit of a name for all curves; percent are of the longest.

    Raises SpecError for each curve whose run does not say enough, and where the curves differ.
    """
    units = [(curve, unit_of(curve, name)) for curve in curves]
    errors = [
        SpecError.of(curve.place or curve.label, f"axis {name} {unit}", "needs-run").findings[0]
        for curve, unit in units
        if isinstance(unit, str)
    ]
    if errors:
        raise SpecError(errors)
    candidates = {unit for _, unit in units if isinstance(unit, AxisUnit)}
    if len(candidates) > 1 and name != "percent":
        message = f"the curves differ in how many steps one {name} is; draw them one by one"
        raise SpecError.of(f"axis {name}", message, "different-units")
    return max(candidates, key=lambda unit: unit.steps)


def available_units(curves: list[Curve]) -> list[AxisUnit]:
    """Return the units that the axis of these curves can be labelled in; percent come last."""
    units = []
    for name in get_args(AxisName):
        with suppress(SpecError):
            units.append(shared_unit(curves, name))
    return units


def second_unit_of(curves: list[Curve], unit: AxisUnit) -> AxisUnit | None:
    """Return the unit of a second axis: epochs for steps, else what the curves count; or None."""
    units = {base_unit(curve) for curve in curves}
    if len(units) > 1:
        return None
    base = units.pop()
    if base != unit:
        return base
    if unit.name != "step":
        return None
    epochs = {curve.run.epoch_steps for curve in curves} - {None}
    return AxisUnit("epoch", float(epochs.pop() or 1)) if len(epochs) == 1 else None
