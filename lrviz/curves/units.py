"""The units of the axis of steps: steps, epochs, tokens, or percent of the run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Literal, NamedTuple, get_args

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.curves.curve import SHARE, SHARE_POINTS, Curve
from lrviz.run import NEEDS

AxisName = Literal["step", "epoch", "tokens", "percent"]
PERCENT = 100
TOKENS = "tokens"


class AxisUnit(NamedTuple):
    """A unit of the axis: its name, and the number of the axis' steps in one unit."""

    name: str
    steps: float = 1.0

    @property
    def title(self) -> str:
        """The text beside the axis."""
        return f"{SHARE} of the run" if self.name == SHARE else self.name


def axis_unit(axis: str) -> AxisUnit:
    """Return the unit of an axis of steps, epochs, or shares of the run."""
    return AxisUnit(axis, SHARE_POINTS / PERCENT if axis == SHARE else 1.0)


def base_unit(curve: Curve) -> AxisUnit:
    """Return the unit that a curve's steps are counted in: steps, epochs, or percent."""
    return axis_unit(curve.axis)


def unit_of(curve: Curve, name: AxisName, count: int) -> AxisUnit | str:
    """Return the unit of this name of a curve that is sampled at `count` steps.

    It is the message on what the curve's run lacks for it where it does not say enough.
    """
    base, run = base_unit(curve), curve.run
    if name == "percent":
        return AxisUnit(SHARE, count / PERCENT)
    if base.name == name:
        return base
    if base.name == SHARE:
        return NEEDS["share"]
    if base.name == "epoch":
        return NEEDS["epochs"]
    if name == "epoch":
        return AxisUnit(name, run.epoch_steps) if run.epoch_steps else NEEDS["epochs"]
    return AxisUnit(name, 1 / run.step_tokens) if run.step_tokens else NEEDS["tokens"]


def step_counts(curves: Sequence[Curve]) -> list[int]:
    """Return how many steps each curve is sampled at: those of its run, or the shared ones.

    Curves whose run has no length share the longest of their natural lengths, those that count
    epochs and those that count steps each among themselves; a schedule that ends before is sampled
    to its end.
    """
    counts = [curve.count() for curve in curves]
    longest: dict[str, int] = {}
    for curve, count in zip(curves, counts, strict=True):
        if shares_length(curve):
            longest[curve.axis] = max(count, longest.get(curve.axis, 0))
    for index, curve in enumerate(curves):
        if shares_length(curve):
            shared = longest[curve.axis]
            counts[index] = min(shared, curve.longest() or shared)
    return counts


def shares_length(curve: Curve) -> bool:
    """Return whether a curve is sampled as long as others, as nothing says how long its run is."""
    return curve.run.length is None and not curve.on_share


def units_of(curves: Sequence[Curve], name: AxisName) -> list[AxisUnit]:
    """Return the unit of a name of each curve: a percent, an epoch, or tokens of its own run.

    Raises SpecError for each curve whose run does not say enough.
    """
    units: list[AxisUnit] = []
    errors: list[Finding] = []
    for curve, count in zip(curves, step_counts(curves), strict=True):
        unit = unit_of(curve, name, count)
        if isinstance(unit, AxisUnit):
            units.append(unit)
        else:
            message, place = f"axis {name} {unit}", curve.place or curve.label
            errors.append(Finding.error(place, message, "needs-run"))
    if errors:
        raise SpecError(errors)
    return units


def longest(units: Iterable[AxisUnit]) -> AxisUnit:
    """Return the unit of the most steps, in whose steps the places of all curves are counted."""
    return max(units, key=lambda unit: unit.steps)


def shared_units(curves: Sequence[Curve]) -> list[AxisUnit]:
    """Return the units of as many steps in each of these curves; percent come last."""
    shared: list[AxisUnit] = []
    for name in get_args(AxisName):
        with suppress(SpecError):
            units = set(units_of(curves, name))
            shared += units if len(units) == 1 else ()
    return shared


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
