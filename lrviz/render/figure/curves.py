"""The curves of a picture: merged where they are equal, each with its line, style and label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lrviz.core.schedule import Array
from lrviz.core.text import one_line
from lrviz.curves.column import Column
from lrviz.curves.facts import equal_groups
from lrviz.curves.table import Table
from lrviz.render.colours import LineStyle, Style, curve_styles, mixed, readable
from lrviz.render.figure.axes import RateAxis
from lrviz.render.figure.cycles import CycleBand, cycle_bands, draw_cycle_bands, without
from lrviz.render.figure.placing import GRID, Bands
from lrviz.render.figure.stripes import NO_GAPS, Trace, gaps_of, with_gaps
from lrviz.render.labels import MAX_LABEL_LENGTH, shared_words
from lrviz.render.lines import Line, band, line_of
from lrviz.render.scale import RateScale
from lrviz.render.ticks import FEW_STEPS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

JUMP_WIDTH = 0.7
"""Points; jumps are thinner than curves."""
LOG_WIDTH, LOG_ALPHA = 3.0, 0.4
"""A log is a pale band, on which the plan and the explanation are drawn."""
LOG_PAD = 1.5
"""Points of that tone around its label."""
THINNER_FROM = 6
"""From so many curves on, lines are thinner."""
MAX_CUT_MARKS = 12
DOT = 2.5
"""Line widths of a dot."""
DOT_DISTANCE = 0.2
"""Inches between dots at steps, at least."""
SEEN_JUMP = 0.02
"""A jump over this share of the plot's height is seen as one."""
MARK_SIZE = 3.5
"""Line widths of a mark, the same for thinner lines."""
POINTS = 72.0
"""Points of an inch."""
EQUAL = " = "
"""Between the labels of curves that are one line."""


@dataclass(frozen=True)
class PlottedCurve:
    """A curve of the picture: its label, its column, its line and how it is drawn.

    `may_be_band` tells whether narrow cycles are drawn as a band, and `is_log` whether only some of
    the rates were measured.
    """

    label: str
    column: Column
    line: Line
    style: LineStyle
    width: float = 1.0
    may_be_band: bool = True
    is_log: bool = False


def plotted_curves(
    table: Table,
    preferred: Mapping[str, int] | None,
    columns: int,
    merge: bool,
    labels: Sequence[str] = (),
) -> list[PlottedCurve]:
    """Return the curves of a table; with `merge`, equal ones are one labelled `a = b`.

    Without `labels` they have their own, but for the words that all begin with.
    """
    styles = curve_styles([column.curve for column in table.columns], preferred)
    labels = labels or shared_words([column.curve for column in table.columns])[1]
    groups = equal_groups(table.columns) if merge else [[i] for i in range(len(labels))]
    return [
        PlottedCurve(
            one_line(EQUAL.join(labels[index] for index in group), MAX_LABEL_LENGTH),
            table.columns[group[0]],
            line_of(table.columns[group[0]], columns),
            styles[group[0]],
            0.8 if len(groups) >= THINNER_FROM else 1.0,
            is_log=table.columns[group[0]].measured is not None,
        )
        for group in groups
    ]


def text_look(curve: PlottedCurve, style: Style) -> dict[str, Any]:
    """Return matplotlib's colours of a curve's label, which is on the band's tone if it is a log.

    The text has enough contrast.
    """
    colour = curve.style.colour(style)
    face = mixed(style.background, colour, LOG_ALPHA) if curve.is_log else style.background
    box = {"facecolor": face, "edgecolor": "none", "pad": LOG_PAD if curve.is_log else 0.5}
    return {"color": readable(colour, face), "bbox": box}


def equal_names(label: str) -> list[str]:
    """Return the names in the label of equal curves; all but the first begin with `=`."""
    first, *others = label.split(EQUAL)
    return [first, *(EQUAL.lstrip() + name for name in others)]


def bands_of(
    curves: Sequence[PlottedCurve],
    axis: RateAxis,
    ends: tuple[float, float],
    size: tuple[float, float],
    jumps: bool = True,
) -> Bands:
    """Return the curves' bands in a plot of `size` inches (width, height).

    Rates outside the axis have none, which are not drawn. Without `jumps`, those are left out.
    """
    width = int(size[0] * GRID)
    low = np.full((len(curves), width), np.nan)
    high = low.copy()
    for index, curve in enumerate(curves):
        x = (curve.line.x - ends[0]) / (ends[1] - ends[0]) * size[0] * GRID
        outside = axis.scale.below(curve.line.y) | axis.scale.above(curve.line.y)
        y = np.where(outside, np.nan, axis.fractions(curve.line.y)) * size[1] * GRID
        starts = [] if jumps else curve.line.jumps.tolist()
        for start, stop in pairwise([0, *starts, len(x)]):
            keep = np.isfinite(y[start:stop])
            if keep.any():
                part = band(x[start:stop][keep], y[start:stop][keep], width)
                inside = np.isfinite(part[0])
                low[index, inside], high[index, inside] = part[0][inside], part[1][inside]
    return Bands(low, high)


def draw_curves(axes: Axes, curves: Sequence[PlottedCurve], axis: RateAxis, style: Style) -> None:
    """Draw curves in axes whose limits are set; one that lies on earlier ones has gaps there."""
    gaps = gaps_of([trace_of(axes, curve, axis, style) for curve in curves])
    for curve, own_gaps in zip(curves, gaps, strict=True):
        draw_curve(axes, curve, axis, style, own_gaps)


def draw_curve(
    axes: Axes,
    curve: PlottedCurve,
    axis: RateAxis,
    style: Style,
    gaps: NDArray[np.float64] = NO_GAPS,
) -> None:
    """Draw a curve's line, with thin jumps and a mark where the axis cuts it.

    `gaps` are those of its trace.
    """
    colour = curve.style.colour(style)
    cut = any(cut_places(curve.column, axis))
    bands = bands_in(axes, curve.line, axis) if curve.may_be_band else ()
    draw_cycle_bands(axes, bands, axis, colour)
    path = without(curve.line, bands)
    options: dict[str, Any] = {
        **line_look(curve, style),
        "solid_joinstyle": "round",
        "clip_on": cut,
        "zorder": 2.8 if curve.is_log else 3,
    }
    lengths = trace_of(axes, curve, axis, style).lengths if len(gaps) else np.empty(0)
    x, y = striped(path, axis, lengths, gaps)
    axes.plot(x, y, label=curve.label, gid=curve.column.label, **options)
    draw_dots(axes, curve, axis, path, options)
    if len(path.jumps):
        x, y = path.jumping()
        if not curve.is_log:
            options |= {"linewidth": min(JUMP_WIDTH, style.line), "zorder": 2.9}
        axes.plot(x, np.clip(y, *axis.ends), **options)
    mark_cuts(axes, curve, axis, bands, style)


def draw_dots(
    axes: Axes, curve: PlottedCurve, axis: RateAxis, path: Line, options: Mapping[str, Any]
) -> None:
    """Draw a dot at each step of a curve of few, or where its line ends in a point."""
    x, y = steps_apart(axes, curve) or end_point(path, axis)
    y = np.where(axis.scale.below(y), np.nan, y) if axis.scale.log else y
    if len(x):
        look = {**options, "linestyle": "none", "marker": "o"}
        axes.plot(x, y, markersize=DOT * float(options["linewidth"]), **look)


def steps_apart(axes: Axes, curve: PlottedCurve) -> tuple[Array, Array] | None:
    """Return the positions and rates of few steps that have room for dots, or None."""
    column = curve.column
    if len(column.rates) > FEW_STEPS or curve.is_log:
        return None
    x, (low, high) = column.positions(np.arange(len(column.rates))), axes.get_xlim()
    inches = (x[-1] - x[0]) / (high - low) * inches_of(axes)[0]
    return (x, column.rates) if inches >= DOT_DISTANCE * (len(x) - 1) else None


def end_point(path: Line, axis: RateAxis) -> tuple[Array, Array]:
    """Return the last point of a line where that is no part of a piece, as the line jumps to it.

    A jump that is hardly seen is no end of the line.
    """
    start = int(path.jumps[-1]) if len(path.jumps) else 0
    scale = RateScale(*axis.ends, log=axis.scale.log)
    heights = scale.fractions(clipped(path.y[start - 1 :], axis)) if start else path.y
    is_point = start == len(path.x) - 1 and (not start or abs(heights[-1] - heights[0]) > SEEN_JUMP)
    count = 1 if is_point else 0
    return path.x[len(path.x) - count :], path.y[len(path.y) - count :]


def trace_of(axes: Axes, curve: PlottedCurve, axis: RateAxis, style: Style) -> Trace:
    """Return where a curve's line is in axes whose limits are set."""
    bands = bands_in(axes, curve.line, axis) if curve.may_be_band else ()
    x, y = without(curve.line, bands).joined()
    low, high = axes.get_xlim()
    width, height = inches_of(axes)
    heights = RateScale(*axis.ends, log=axis.scale.log).fractions(clipped(y, axis))
    return Trace(
        (held_over(x) - low) / (high - low) * width,
        heights * height,
        curve.width * style.line / POINTS,
        curve.style.may_have_gaps and not curve.is_log,
    )


def held_over(values: Array) -> Array:
    """Return values, the first of which is a number, with the one before in place of each NaN."""
    at = np.maximum.accumulate(np.where(np.isnan(values), 0, np.arange(len(values))))
    return values[at]


def striped(
    path: Line, axis: RateAxis, lengths: Array, gaps: NDArray[np.float64]
) -> tuple[Array, Array]:
    """Return the points of a line, with a gap (NaN) in place of each jump and in each of `gaps`."""
    x, y = path.joined()
    y = clipped(y, axis)
    if not len(gaps):
        return x, y
    heights = np.log10(y) if axis.scale.log else y  # a line is straight in what the axis shows
    x, heights = with_gaps(lengths, gaps, (x, heights))
    return x, 10.0**heights if axis.scale.log else heights


def inches_of(axes: Axes) -> tuple[float, float]:
    """Return the width and height of axes in inches."""
    box, figure = axes.get_position(), axes.get_figure(root=True)
    assert figure is not None
    width, height = figure.get_size_inches()
    return float(box.width * width), float(box.height * height)


def line_look(curve: PlottedCurve, style: Style) -> dict[str, Any]:
    """Return matplotlib's properties of a curve's line, the same in a plot and in a legend."""
    return {
        "color": curve.style.colour(style),
        "linewidth": curve.width * style.line * (LOG_WIDTH if curve.is_log else 1.0),
        "alpha": LOG_ALPHA if curve.is_log else None,
        "solid_capstyle": "butt",
    }


def bands_in(axes: Axes, line: Line, axis: RateAxis) -> tuple[CycleBand, ...]:
    """Return the bands of a line's narrow cycles in axes whose limits are set."""
    low, high = axes.get_xlim()
    share = (line.x[-1] - line.x[0]) / (high - low)
    return cycle_bands(line, axis, inches_of(axes)[0] * share)


def clipped(rates: Array, axis: RateAxis) -> Array:
    """Return rates that end at a log axis' lower end; NaN where they stay below it."""
    if not axis.scale.log:
        return rates
    below = axis.scale.below(rates)
    inner = below & np.concatenate([[True], below[:-1]]) & np.concatenate([below[1:], [True]])
    return np.where(inner, np.nan, np.where(below, axis.ends[0], rates))


def cut_places(column: Column, axis: RateAxis) -> tuple[list[float], list[float]]:
    """Return the positions at which a curve leaves the rate axis below, and above."""
    return (
        starts_of(column, axis.scale.below(column.rates)),
        starts_of(column, axis.scale.above(column.rates)),
    )


def starts_of(column: Column, outside: NDArray[np.bool_]) -> list[float]:
    """Return where each run of rates that are outside starts, of at most a dozen."""
    if not outside.any():
        return []
    starts = np.flatnonzero(outside & ~np.concatenate([[False], outside[:-1]]))
    steps = (column.step_at(int(start)) for start in starts[:MAX_CUT_MARKS])
    return [column.position_of(step) for step in steps]


def mark_cuts(
    axes: Axes,
    curve: PlottedCurve,
    axis: RateAxis,
    bands: Sequence[CycleBand],
    style: Style,
) -> None:
    """Mark each place where the axis cuts a curve, and the first one in each band."""
    for cuts, end, marker in zip(cut_places(curve.column, axis), axis.ends, "v^", strict=True):
        places = once_in_each(bands, cuts)
        if places:
            axes.plot(
                places,
                [end] * len(places),
                linestyle="none",
                marker=marker,
                markersize=MARK_SIZE * style.line,
                color=curve.style.colour(style),
                clip_on=False,
                zorder=4,
            )


def once_in_each(bands: Sequence[CycleBand], places: Sequence[float]) -> list[float]:
    """Return positions, in order, without those in the same band as an earlier one."""
    firsts: list[float] = []
    for place in places:
        band = next((band for band in bands if band.x[0] <= place <= band.x[-1]), None)
        if band is None or not any(band.x[0] <= earlier for earlier in firsts):
            firsts.append(place)
    return firsts
