"""The figure of a page: the only module that imports bokeh."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from bokeh.embed import json_item
from bokeh.models import (
    BoxZoomTool,
    ColumnDataSource,
    Grid,
    LinearAxis,
    Range1d,
)
from bokeh.models.annotations import Span
from bokeh.plotting import figure
from bokeh.resources import Resources

from lrviz.core.schedule import Array
from lrviz.page.overlaps import overlaps
from lrviz.page.samples import Samples
from lrviz.render.colours import STYLES, LineStyle

LINE_WIDTH, THIN_WIDTH = 2.5, 1.25
MAX_WIDE = 40
"""More curves than these are thin lines."""
STRIPE = 10
"""Pixels of a stripe of a curve where it lies on others."""
MARGIN = 24
"""Pixels beside the plot, for half of its last number."""
CURVE = "curve {}"
STRIPES = "stripes {} {}"
"""Names of the lines and of their stripes; a label never gets into the figure, so that it needs no
escape there."""


def bokeh_item(samples: Samples, styles: Sequence[LineStyle]) -> dict[str, Any]:
    """Return the figure as the data that BokehJS draws, a line for each curve.

    Its names are those that page.js looks for.
    """
    plot = figure(
        name="plot",
        x_range=Range1d(),
        y_range=Range1d(),
        x_axis_type=None,
        y_axis_type=None,
        sizing_mode="stretch_both",
        toolbar_location=None,
        tools=[BoxZoomTool()],
        min_border_right=MARGIN,
        outline_line_color=None,
        background_fill_color=None,
        border_fill_color=None,
    )
    width = LINE_WIDTH if len(styles) <= MAX_WIDE else THIN_WIDTH
    xs = shared([line.x for line in samples.lines])
    for index, (line, x, style) in enumerate(zip(samples.lines, xs, styles, strict=True)):
        plot.line(
            "x",
            "y",
            source=ColumnDataSource({"x": x, "y": line.y}),
            name=CURVE.format(index),
            line_color=style.colour(STYLES["light"]),
            line_width=width,
        )
    for index, stretches in enumerate(overlaps(samples)):
        for number, stretch in enumerate(stretches):
            plot.line(
                "x",
                "y",
                source=ColumnDataSource({"x": stretch.x, "y": stretch.y}),
                name=STRIPES.format(index, number),
                line_color=styles[index].colour(STYLES["light"]),
                line_dash=[STRIPE, STRIPE * (stretch.count - 1)],
                line_dash_offset=-STRIPE * stretch.place,
                line_width=width,
            )
    points = ColumnDataSource({"x": [], "y": [], "colour": []}, name="points")
    plot.scatter("x", "y", source=points, color="colour", size=7)
    plot.add_layout(Span(dimension="height", name="cursor", visible=False))
    add_axis(plot, "steps", 0)
    add_axis(plot, "rates", 1)
    return dict(json_item(plot))


def add_axis(plot: figure, name: str, dimension: Literal[0, 1]) -> None:
    """Add an axis, of steps (dimension 0) or of rates (1), with its grid."""
    axis = LinearAxis(name=name, minor_tick_line_color=None, axis_label_text_font_style="normal")
    axis.major_label_text_font = axis.axis_label_text_font = "system-ui"
    if dimension:
        axis.axis_line_color = axis.major_tick_line_color = None
    plot.add_layout(axis, "left" if dimension else "below")
    plot.add_layout(Grid(dimension=dimension, axis=axis, name=f"{name} grid"))


def shared(arrays: Sequence[Array]) -> list[Array]:
    """Return the arrays, the first for each that is equal to it, so that it is written once."""
    first = arrays[0]
    return [first if np.array_equal(first, item) else item for item in arrays]


def bokeh_script() -> str:
    """Return the program that draws the figure, from the installed bokeh."""
    return "\n".join(Resources(mode="inline", components=["bokeh"]).js_raw)
