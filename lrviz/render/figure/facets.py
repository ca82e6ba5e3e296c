"""Small multiples: a plot per curve on the same axes, with the others in grey behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lrviz.core.findings import Finding
from lrviz.curves.table import Table
from lrviz.render.figure.axes import (
    RateAxis,
    StepAxis,
    rate_axis,
    set_rate_axis,
    set_step_axis,
    step_axis,
)
from lrviz.render.figure.curves import PlottedCurve, draw_curve, plotted_curves
from lrviz.render.figure.layout import EDGE, LINE, Box, Row, facet_grid, shortened, wrapped
from lrviz.render.figure.overlay import Contents, draw_overlay, draw_page_text
from lrviz.render.figure.page import Page, Texts, no_room, page_plan
from lrviz.render.scale import RateScale, limits

GAP = 0.18
"""Inches between two plots side by side."""
LEAST = (0.55, 0.3)
"""The smallest plot in inches."""
MAX_BEHIND = 12
"""With more curves, the others are not drawn behind each one."""
MAX_TITLE_LINES = 2


@dataclass(frozen=True)
class Grid:
    """The plots' boxes, row by row, and each one's title in lines."""

    boxes: tuple[Box, ...]
    across: int
    titles: tuple[tuple[str, ...], ...]


def draw_facets(
    figure: Figure,
    page: Page,
    table: Table,
    scale: RateScale,
    texts: Texts,
    preferred: Mapping[str, int] | None,
) -> list[Finding]:
    """Draw a small plot per curve; return what has no room.

    Where the plots would be too small the curves are overlaid instead.
    """
    columns = max(int(page.width * figure.dpi), 100)
    curves = plotted_curves(table, preferred, columns, merge=False)
    small = page.sizes.small * LINE
    plan = page_plan(page, texts, [], [Row("x name", small, 1)])
    peak = limits([column.rates for column in table.columns])[1]
    area = plan.plots
    name, labels = "learning rate", [curve.label for curve in curves]
    has_name = page.small_width(name) < area.height
    axis = rate_axis(scale, peak, max(area.height / 3, LEAST[1]), small, name)
    for _ in range(2):  # the ticks depend on the plots' height, and their width on the ticks
        left = (
            EDGE + max(page.small_width(tick.text) for tick in axis.ticks) + 0.06 + small * has_name
        )
        inner = Box(left, area.bottom + page.tick_row, area.right, area.top)
        grid = grid_of(page, inner, labels)
        first = grid.boxes[0]
        axis = rate_axis(scale, peak, max(first.height, LEAST[1]), small, name)
    if first.width < LEAST[0] or first.height < LEAST[1]:
        merged = tuple(plotted_curves(table, preferred, columns, merge=True))
        more = draw_overlay(figure, page, Contents(table, merged, scale, None, texts))
        return [no_room(f"{len(curves)} small plots; the curves are overlaid"), *more]
    steps = step_axis(table, first.width, page.small_width, most=4)
    for index in range(len(curves)):
        draw_facet(figure, page, curves, index, grid, axis, steps)
    if has_name:
        figure.text(
            EDGE / page.width, (inner.top + inner.bottom) / 2 / page.height, axis.name,
            rotation=90, ha="left", va="center", fontsize=page.sizes.small,
        )  # fmt: skip
    if "x name" in plan.rows:
        figure.text(
            (inner.left + inner.right) / 2 / page.width,
            (area.bottom - 0.75 * small) / page.height,
            steps.name, ha="center", va="baseline", fontsize=page.sizes.small,
        )  # fmt: skip
    draw_page_text(figure, page, plan)
    cut = [
        no_room(f"the label '{curve.label}'")
        for curve, title in zip(curves, grid.titles, strict=True)
        if "".join(title).replace(" ", "") != curve.label.replace(" ", "")
    ]
    return [*plan.findings, *cut]


def grid_of(page: Page, area: Box, labels: Sequence[str]) -> Grid:
    """Return the grid of plots that fills an area, each with room for its title above it."""
    widest = max(page.small_width(label) for label in labels)
    rows, across = facet_grid(len(labels), area.width, area.height, min(widest + GAP, area.width))
    width = (area.width - GAP * (across - 1)) / across
    titles = [facet_title(page, label, width) for label in labels]
    small = page.sizes.small * LINE
    head = max(map(len, titles)) * small + 0.02
    height = area.height / rows
    boxes = []
    for index in range(len(labels)):
        row, column = divmod(index, across)
        left, top = area.left + column * (width + GAP), area.top - row * height
        boxes.append(Box(left, top - height + 0.07, left + width, top - head))
    return Grid(tuple(boxes), across, tuple(map(tuple, titles)))


def facet_title(page: Page, label: str, width: float) -> list[str]:
    """Return a facet's title in at most two lines, the second one cut where it is too long."""
    lines = wrapped(label, width, page.small_width)
    if len(lines) <= MAX_TITLE_LINES:
        return lines
    second = " ".join(lines[MAX_TITLE_LINES - 1 :])
    return [*lines[: MAX_TITLE_LINES - 1], shortened(second, width, page.small_width)]


def align_ends(axes: Axes) -> None:
    """Keep the first and last tick label within the width of a plot."""
    labels = axes.get_xticklabels()
    for label in labels[:1] if len(labels) > 1 else []:
        label.set_horizontalalignment("left")
    for label in labels[-1:]:
        label.set_horizontalalignment("right")


def draw_facet(
    figure: Figure,
    page: Page,
    curves: Sequence[PlottedCurve],
    index: int,
    grid: Grid,
    axis: RateAxis,
    steps: StepAxis,
) -> None:
    """Draw one curve's plot, its title above; tick labels only at the left and below."""
    style, box, curve = page.style, grid.boxes[index], curves[index]
    axes = figure.add_axes(
        (box.left / page.width, box.bottom / page.height,
         box.width / page.width, box.height / page.height)
    )  # fmt: skip
    set_rate_axis(axes, axis, style, page.sizes, False)
    set_step_axis(axes, steps, style, page.sizes, False)
    below = index + grid.across < len(curves)
    axes.tick_params(labelleft=index % grid.across == 0, labelbottom=not below)
    if len(curves) <= MAX_BEHIND:
        for other in curves:
            if other is not curve:
                axes.plot(other.line.x, other.line.y, color=style.muted, linewidth=0.9, zorder=1)
    align_ends(axes)
    curve = replace(curve, style=replace(curve.style, dash=0))
    draw_curve(axes, curve, axis, style, 0, np.zeros(1, np.int64))
    small = page.sizes.small
    for number, text in enumerate(reversed(grid.titles[index])):
        axes.annotate(
            text, (0, 1), xytext=(0, 3 + number * small * LINE * 72), xycoords="axes fraction",
            textcoords="offset points", ha="left", va="baseline", fontsize=small,
            color=curve.style.text_colour(style), gid="label",
        )  # fmt: skip
