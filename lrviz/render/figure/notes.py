"""Notes below the plot: what marks and bands of the curves mean."""

from __future__ import annotations

from collections.abc import Sequence

from lrviz.render.figure.axes import RateAxis
from lrviz.render.figure.curves import PlottedCurve, cut_places
from lrviz.render.figure.cycles import cycle_bands
from lrviz.render.figure.layout import Width
from lrviz.render.figure.segments import cycles_of
from lrviz.render.labels import SEPARATOR
from lrviz.render.summary import ZERO

CUT_NOTES = ("▼ rate below the axis", "▲ rate above the axis")


def notes_on(curves: Sequence[PlottedCurve], axis: RateAxis, inches: float) -> list[str]:
    """Return what the marks of cut curves and the bands mean, and that all rates are 0.

    `inches` is the width that all steps of the longest curve take.
    """
    zero = [] if any(curve.column.rates.any() for curve in curves) else [ZERO]
    return [*zero, *band_notes(curves, axis, inches), *cut_notes(curves, axis)]


def notes_that_fit(notes: Sequence[str], room: float, measure: Width) -> str:
    """Return as many of the notes, the first ones, as fit into `room` inches of a line."""
    count = len(notes)
    while count and measure(SEPARATOR.join(notes[:count])) > room:
        count -= 1
    return SEPARATOR.join(notes[:count])


def band_notes(curves: Sequence[PlottedCurve], axis: RateAxis, inches: float) -> list[str]:
    """Return the note on bands of narrow cycles: how many a single one among other curves has."""
    longest = max(curve.line.x[-1] - curve.line.x[0] for curve in curves)
    shares = [(curve.line.x[-1] - curve.line.x[0]) / max(longest, 1) for curve in curves]
    banded = [
        curve
        for curve, share in zip(curves, shares, strict=True)
        if cycle_bands(curve.line, axis, inches * share)
    ]
    if len(banded) > 1:
        return ["bands: cycles too narrow to draw"]
    if len(curves) == 1:
        return ["band: lowest to highest rates"] * len(banded)
    return [f"band: {cycles_of(curve.column)}" for curve in banded]


def cut_notes(curves: Sequence[PlottedCurve], axis: RateAxis) -> list[str]:
    """Return what the marks of cut curves mean, where there are any."""
    sides = zip(*(cut_places(curve.column, axis) for curve in curves), strict=True)
    return [note for note, places in zip(CUT_NOTES, sides, strict=True) if any(places)]
