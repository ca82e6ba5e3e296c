"""What a call takes: the curves in its argument, and the steps to sample."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike

from lrviz.api.curves import curve, load
from lrviz.core.errors import SpecError
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.specfile.labels import number_equal

Drawable = Schedule | Curve | str | PathLike[str]
"""What has curves: a schedule, a curve, or a SPEC as `load` takes it."""


def read_curves(curves: object) -> list[Curve]:
    """Return the curves of schedules, curves, SPECs and objects that `curve` takes.

    Their labels are unique.
    """
    items = [curves]
    if isinstance(curves, Iterable) and not isinstance(curves, Schedule | Curve | str | PathLike):
        items = list(curves)
    if not items:
        raise SpecError.of("", "there is no curve to sample")
    return number_equal([item_curve for item in items for item_curve in read_item(item)])


def read_item(item: object) -> Sequence[Curve]:
    """Return the curves of a curve, a schedule, a SPEC, or an object that `curve` takes."""
    if isinstance(item, str | PathLike):
        return load(item)
    item_curves = curve(item)
    return [item_curves] if isinstance(item_curves, Curve) else item_curves


def read_curve(curve: Drawable) -> Curve:
    """Return the curve of a schedule, a curve or a SPEC. Raises SpecError for several curves."""
    curves = read_curves(curve)
    require_one(str(curve) if isinstance(curve, str | PathLike) else "", curves)
    return curves[0]


def require_one(spec: str, curves: Sequence[Curve]) -> None:
    """Raise SpecError for a spec of more or less than one curve."""
    if len(curves) != 1:
        labels = ", ".join(curve.label for curve in curves)
        raise SpecError.of(spec, f"must be one curve (it has: {labels})")


def read_span(steps: int | range | None) -> range | None:
    """Return the steps to sample. Raises SpecError where there are none, or some before 0."""
    span = range(steps) if isinstance(steps, int) else steps
    if span is not None and (len(span) == 0 or span[0] < 0 or span.step < 1):
        raise SpecError.of("steps", f"must be at least 1, from step 0 on (got {steps})")
    return span
