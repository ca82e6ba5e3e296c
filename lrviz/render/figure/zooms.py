"""Curves that differ in short parts of a run: all steps above, and those parts enlarged below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lrviz.core.findings import Finding
from lrviz.curves.column import Column
from lrviz.curves.table import Table
from lrviz.render.figure.axes import StepAxis, rate_axis, rate_name, step_axis
from lrviz.render.figure.curves import (
    PlottedCurve,
    bands_of,
    draw_curves,
    plotted_curves,
)
from lrviz.render.figure.labels import line_height
from lrviz.render.figure.layout import EDGE, LINE, Box, Row
from lrviz.render.figure.legend import draw_legend, legend_plan
from lrviz.render.figure.overlay import Plot, add_axes, draw_page_text
from lrviz.render.figure.page import Page, Texts, legend_room, page_plan
from lrviz.render.figure.placing import GRID, Bands, place_letters
from lrviz.render.scale import RateScale, limits, rate_scale
from lrviz.render.terminal import letter_of
from lrviz.render.ticks import end_of_axis, step_tick_texts

SHARE = 0.5
"""Of the height, for the plot of all steps."""
GAP = 0.25
"""Inches between two plots side by side."""
MIN_SIZE = (1.2, 0.5)
"""The smallest plot in inches."""
ALIKE_NOTE = "Several letters: there those curves are nearer to each other than a line is wide."


@dataclass(frozen=True)
class Zoom:
    """A plot of some steps: its box and axes, its curves and where they are in it."""

    plot: Plot
    steps: StepAxis
    curves: tuple[PlottedCurve, ...]
    bands: Bands


def draw_zooms(
    figure: Figure,
    page: Page,
    table: Table,
    scale: RateScale,
    texts: Texts,
    preferred: Mapping[str, int] | None,
    parts: Sequence[range],
) -> list[Finding] | None:
    """Draw all steps above and each of `parts` below; return what has no room.

    None, and nothing is drawn, where the plots would be too small. Each curve has a letter in the
    legend and beside its line.
    """
    columns = max(int(page.width * figure.dpi), 100)
    curves = plotted_curves(table, preferred, columns, merge=False)
    names = [f"{letter_of(index)}  {curve.label}" for index, curve in enumerate(curves)]
    texts = replace(texts, caption=" ".join(filter(None, (texts.caption, ALIKE_NOTE))))
    legend = legend_plan(page, names, range(len(names)), legend_room(page, texts) / 2)
    small = page.sizes.small * LINE
    plan = page_plan(page, texts, [], [Row("x name", small, 1), Row("legend", legend.height, 2)])
    if "legend" not in plan.rows or legend.omitted:
        return None
    upper, *lower = boxes_of(page, plan.plots, len(parts))
    zooms = [zoom_of(page, table, scale, preferred, upper)]
    for part, box in zip(parts, lower, strict=True):
        enlarged = part_of(table, part)
        rates = [column.rates for column in enlarged.columns]
        zooms.append(
            zoom_of(page, enlarged, rate_scale(rates, log=scale.log), preferred, box, part)
        )
    sizes = [(zoom.plot.box.width, zoom.plot.box.height) for zoom in zooms]
    if any(width < MIN_SIZE[0] or height < MIN_SIZE[1] for width, height in sizes):
        return None
    for zoom in zooms:
        draw_zoom(figure, page, zoom)
    draw_page_text(figure, page, plan)
    draw_legend(figure, page, legend, curves, plan.plots.bottom - small)
    return list(plan.findings)


def boxes_of(page: Page, area: Box, count: int) -> list[Box]:
    """Return the boxes of the plot of all steps and of `count` plots below, below their titles."""
    small = page.sizes.small * LINE
    middle = area.top - area.height * SHARE
    width = (area.width - GAP * (count - 1)) / count
    lefts = [area.left + place * (width + GAP) for place in range(count)]
    lower = [Box(left, area.bottom, left + width, middle - 1.5 * small) for left in lefts]
    return [Box(area.left, middle, area.right, area.top - small), *lower]


def part_of(table: Table, part: range) -> Table:
    """Return the table of the steps of a part."""
    columns = tuple(
        Column(column.curve, part, column.rates[part.start : part.stop]) for column in table.columns
    )
    return replace(table, columns=columns)


def zoom_of(
    page: Page,
    table: Table,
    scale: RateScale,
    preferred: Mapping[str, int] | None,
    box: Box,
    part: range | None = None,
) -> Zoom:
    """Return the plot of a table in a box that holds its tick labels too; of all steps or a part.

    The plot of a part has the name of its steps below, and which they are above.
    """
    small = page.sizes.small * LINE
    bottom = box.bottom + page.tick_row
    rates = [column.rates for column in table.columns]
    axis = rate_axis(scale, limits(rates)[1], box.top - bottom, small, "")
    left = box.left + max(page.small_width(tick.text) for tick in axis.ticks) + 0.06
    steps = step_axis(table, box.right - left, page.small_width, max_count=9 if part is None else 5)
    right = max(box.right - page.small_width(steps.ticks[-1].text) / 2, left + EDGE)
    inner = Box(left, bottom, right, box.top)
    columns = max(int(inner.width * page.dpi), 100)
    curves = tuple(plotted_curves(table, preferred, columns, merge=False))
    bands = bands_of(curves, axis, steps.ends, (inner.width, inner.height))
    title = rate_name(scale)
    if part is None:
        steps = replace(steps, name="")
    else:
        ends = step_tick_texts((part.start, end_of_axis(part[-1])), table.unit)
        title = f"{' to '.join(ends)}, enlarged"
    return Zoom(Plot(inner, axis, False, title), steps, curves, bands)


def draw_zoom(figure: Figure, page: Page, zoom: Zoom) -> None:
    """Draw a plot: all curves in the order of the legend, and their letters."""
    axes = add_axes(figure, page, zoom.plot, zoom.steps, True)
    draw_curves(axes, zoom.curves, zoom.plot.axis, page.style)
    write_letters(axes, page, zoom)


def write_letters(axes: Axes, page: Page, zoom: Zoom) -> None:
    """Write the letter of each curve beside its line, where there is room.

    Where curves lie along each other, their letters are together, in the colour of text.
    """
    points, box = page.sizes.text, zoom.plot.box
    letters = [letter_of(index) for index in range(len(zoom.curves))]
    widest = max(map(page.text_width, letters))
    gap = page.text_width(" ")
    widths = [
        GRID * (count * widest + (count - 1) * gap) + 2 for count in range(1, len(letters) + 1)
    ]
    tall = line_height(points) * GRID
    for group, place in place_letters(zoom.bands, widths, tall, box.height * GRID):
        colour = zoom.curves[group[0]].style.text_colour(page.style)
        axes.text(
            place.left / GRID / box.width,
            (place.bottom / GRID + 0.25 * points / 72) / box.height,
            " ".join(letters[index] for index in group),
            transform=axes.transAxes,
            fontsize=points,
            color=colour if len(group) == 1 else page.style.ink,
            ha="left",
            va="baseline",
            zorder=6,
            gid="label",
        )
