"""Many curves: all of them in one plot above, and below a small plot of each among the others."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from lrviz.core.findings import Finding
from lrviz.curves.table import Table
from lrviz.render.colours import sweep_shades
from lrviz.render.figure.axes import rate_axis, rate_name, step_axis
from lrviz.render.figure.curves import draw_curves, plotted_curves
from lrviz.render.figure.facets import (
    BEHIND_NOTE,
    GAP,
    LABEL_GAP,
    MAX_BEHIND,
    draw_facet,
    grid_of,
    is_cut,
    step_overhangs,
    write_notes,
)
from lrviz.render.figure.layout import EDGE, LINE, Box, Row
from lrviz.render.figure.overlay import MAX_ON_CURVES, Plot, add_axes, draw_page_text
from lrviz.render.figure.page import Page, Texts, page_plan
from lrviz.render.scale import RateScale, limits

SHARE = 0.44
"""Of the height, for the plot of all curves."""
MAX_MULTIPLES = 16
MIN_HEIGHT = 0.36
"""Inches of a small plot."""


def may_have_multiples(table: Table) -> bool:
    """Return whether the curves are so many that each has a small plot, and are no sweep."""
    if not MAX_ON_CURVES < len(table.columns) <= MAX_MULTIPLES:
        return False
    return sweep_shades([column.curve for column in table.columns]) is None


def has_multiples(page: Page, table: Table) -> bool:
    """Return whether a picture of many curves has room for a small plot of each."""
    if not may_have_multiples(table):
        return False
    labels = [column.label for column in table.columns]
    grid = grid_of(page, Box(0.0, 0.0, page.width - 0.6, page.height * (1 - SHARE) - 0.5), labels)
    are_whole = not any(map(is_cut, labels, grid.titles))
    return grid.boxes[0].height >= MIN_HEIGHT and are_whole


def draw_multiples(
    figure: Figure,
    page: Page,
    table: Table,
    scale: RateScale,
    texts: Texts,
    preferred: Mapping[str, int] | None,
) -> list[Finding]:
    """Draw all curves above, and each among the others below; return what has no room."""
    curves = plotted_curves(table, preferred, max(int(page.width * figure.dpi), 100), merge=False)
    small = page.sizes.small * LINE
    behind = len(curves) <= MAX_BEHIND
    plan = page_plan(page, texts, [], [Row("note", small, 5)] if behind else [])
    area = plan.plots
    peak = limits([column.rates for column in table.columns])[1]
    middle = area.top - (area.top - area.bottom) * SHARE
    axis = rate_axis(scale, peak, area.top - middle, small, rate_name(scale))
    left = EDGE + max(page.small_width(tick.text) for tick in axis.ticks) + 0.06 + small
    box = Box(left, middle + page.tick_row + small, area.right - 0.2, area.top)
    steps = step_axis(table, box.width, page.small_width)
    axes = add_axes(figure, page, Plot(box, axis, True), steps, True)
    draw_curves(axes, curves, axis, page.style)
    first, last = step_overhangs(page, table, area.width)
    below = Box(left, area.bottom + page.tick_row, area.right - last, middle - 0.05)
    gap = max(GAP, first + LABEL_GAP + last)
    grid = grid_of(page, below, [curve.label for curve in curves], gap)
    small_steps = step_axis(table, grid.boxes[0].width, page.small_width, max_count=4)
    small_axis = rate_axis(
        scale, peak, grid.boxes[0].height, small, "", with_exponent=axis.has_exponents
    )
    for index in range(len(curves)):
        draw_facet(figure, page, curves, index, grid, small_axis, small_steps)
    if "note" in plan.rows:
        base = area.bottom - 0.75 * small
        write_notes(figure, page, [BEHIND_NOTE], page.room, (area.right, base))
    draw_page_text(figure, page, plan)
    return list(plan.findings)
