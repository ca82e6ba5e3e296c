"""All curves in one plot: its layout in inches, and the artists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lrviz.core.findings import Finding
from lrviz.curves.facts import jumps
from lrviz.curves.spans import Span
from lrviz.curves.table import Table
from lrviz.render.colours import sweep_shades
from lrviz.render.figure.axes import (
    RateAxis,
    StepAxis,
    rate_axis,
    rate_name,
    second_step_axis,
    set_rate_axis,
    set_second_axis,
    set_step_axis,
    step_axis,
)
from lrviz.render.figure.curves import (
    PlottedCurve,
    bands_of,
    draw_curves,
    text_look,
)
from lrviz.render.figure.labels import (
    END_GAP,
    WIDE_AT_END,
    WIDEST_AT_END,
    Label,
    labels_at_ends,
    labels_on_curves,
    line_height,
)
from lrviz.render.figure.layout import EDGE, LINE, Box, Row, shortened
from lrviz.render.figure.legend import Legend, draw_legend, legend_plan
from lrviz.render.figure.notes import notes_on, notes_that_fit
from lrviz.render.figure.page import (
    Page,
    PagePlan,
    Texts,
    legend_room,
    no_room,
    page_plan,
)
from lrviz.render.figure.panels import Panel
from lrviz.render.figure.segments import (
    SegmentName,
    dotted,
    mark_segments,
    marked_spans,
    marked_starts,
    segment_names,
    segment_row,
)
from lrviz.render.scale import RateScale, limits

MAX_ON_CURVES = 8
"""More curves than these have a legend instead of labels."""
AXIS_GAP = 0.04
"""Inches between the names of segments and a second axis above them."""
SECOND_AXIS = 0.1
"""Inches of a second axis besides its two lines of text."""
PANEL_GAP = 0.14
"""Inches between two panels."""
MIN_TITLED = 0.3
"""Inches of height of a panel with its name above it."""
NARROWEST = 0.45
"""Inches of a plot."""
MAX_ALIKE = 0.02
"""Right ends nearer than this share of the plot's height look alike."""


@dataclass(frozen=True)
class Plot:
    """A plot and its box in inches; the axis' name is beside it, above it or has no room."""

    box: Box
    axis: RateAxis
    has_name: bool
    title: str = ""


@dataclass(frozen=True)
class Layout:
    """Everything that is drawn, with its position."""

    page: PagePlan
    main: Plot
    second: Plot | None
    steps: StepAxis
    second_steps: StepAxis | None
    curves: tuple[PlottedCurve, ...]
    labels: tuple[Label, ...] = ()
    legend: Legend | None = None
    segment_starts: tuple[int, ...] = ()
    segment_names: tuple[SegmentName, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Contents:
    """What is to be drawn, before it has a position."""

    table: Table
    curves: tuple[PlottedCurve, ...]
    scale: RateScale
    panel: Panel | None
    texts: Texts


def layout_of(page: Page, contents: Contents) -> Layout:
    """Return the layout: each curve of several has its label on its line, or in a legend."""
    if len(contents.table.columns) == 1:
        return plain_layout(page, contents, None, 0.0)
    if len(contents.curves) <= MAX_ON_CURVES:
        return (
            end_layout(page, contents, WIDE_AT_END)
            or inside_layout(page, contents)
            or end_layout(page, contents, WIDEST_AT_END)
            or legend_layout(page, contents)
        )
    return legend_layout(page, contents)


def wording_of(page: Page, contents: Contents, short: Contents | None) -> tuple[Layout, Contents]:
    """Return the layout of contents, or of those with short labels where only these have room.

    Labels are on the lines, or all whole in a legend, or short.
    """
    layout = layout_of(page, contents)
    if short is None or layout.labels:
        return layout, contents
    other = layout_of(page, short)
    is_whole = layout.legend is not None and not (layout.legend.omitted or layout.legend.cut)
    return (layout, contents) if is_whole and not other.labels else (other, short)


def end_layout(page: Page, contents: Contents, max_share: float) -> Layout | None:
    """Return the layout with labels at the right ends of the lines, or None.

    They take at most a share `max_share` of the width.
    """
    widest = max(page.text_width(curve.label) for curve in contents.curves)
    if widest > max_share * page.width:
        return None
    layout = plain_layout(page, contents, None, widest + END_GAP)
    main = layout.main
    size = (main.box.width, main.box.height)
    labels = labels_at_ends(contents.curves, main.axis, page, size, contents.table.ends)
    return None if labels is None else with_labels(layout, labels)


def inside_layout(page: Page, contents: Contents) -> Layout | None:
    """Return the layout with labels beside the lines, or None."""
    layout = plain_layout(page, contents, None, 0.0)
    box = layout.main.box
    size, axis, ends = (box.width, box.height), layout.main.axis, layout.steps.ends
    choices = [bands_of(layout.curves, axis, ends, size, jumps) for jumps in (True, False)]
    labels = labels_on_curves(contents.curves, choices, page, box.height)
    return None if labels is None else with_labels(layout, labels)


def with_labels(layout: Layout, labels: Sequence[Label]) -> Layout:
    """Return the layout with labels."""
    return Layout(**{**vars(layout), "labels": tuple(labels)})


def legend_layout(page: Page, contents: Contents) -> Layout:
    """Return the layout with a legend below, in the order of the lines' right ends.

    Curves that have shades in their order are in that order, or for a sweep in its reverse.
    """
    has_shades = all(curve.style.shade is not None for curve in contents.curves)
    is_sweep = sweep_shades([column.curve for column in contents.table.columns]) is not None
    order, shaded = order_of_ends(contents.curves, contents.scale), [*range(len(contents.curves))]
    if has_shades and not (is_sweep and order in (shaded, shaded[::-1])):
        order = shaded
    room = legend_room(page, contents.texts)
    labels = [curve.label for curve in contents.curves]
    legend = legend_plan(page, labels, order, room, has_shades)
    return plain_layout(page, contents, legend, 0.0)


def order_of_ends(curves: Sequence[PlottedCurve], scale: RateScale) -> list[int]:
    """Return the indices of curves, the highest right end first.

    Ends that look alike are in the order of the means of the curves' second halves.
    """
    ends = scale.fractions(np.nan_to_num([curve.line.y[-1] for curve in curves]))
    halves = [curve.column.rates[len(curve.column.rates) // 2 :].mean() for curve in curves]
    return sorted(
        range(len(curves)), key=lambda i: (-round(float(ends[i]) / MAX_ALIKE), -halves[i])
    )


def plain_layout(page: Page, contents: Contents, legend: Legend | None, beside: float) -> Layout:
    """Return the layout without labels; `beside` inches are kept to the right of the plot."""
    spans = marked_spans(contents.table) if contents.panel is None else []
    layout = layout_with_segments(page, contents, legend, beside, spans)
    if spans and not layout.segment_names:
        return layout_with_segments(page, contents, legend, beside, [])
    return layout


def layout_with_segments(
    page: Page, contents: Contents, legend: Legend | None, beside: float, spans: Sequence[Span]
) -> Layout:
    """Return the layout with a row for the names of segments, where there are any."""
    table, panel = contents.table, contents.panel
    small = page.sizes.small * LINE
    unit = table.second_unit
    above = [Row("second steps", 2 * small + SECOND_AXIS, 5)] if unit else []
    above += [Row("segments", segment_row(page), 6)] if spans else []
    below = [Row("x name", small, 1)]
    below += [Row("legend", legend.height, 2)] if legend and legend.entries else []
    plan = page_plan(page, contents.texts, above, below)
    area = plan.plots
    free = Box(area.left, area.bottom + page.tick_row, area.right, area.top)
    plots = split(free, panel, PANEL_GAP)
    title = ""
    if panel is not None and not panel.above and page.small_width(panel.name) >= plots[1].height:
        lower = split(free, panel, PANEL_GAP + small)
        if lower[1].height >= MIN_TITLED:
            title, plots = panel.name, lower
    axes = [
        rate_axis(contents.scale, limits([c.rates for c in table.columns])[1], plots[0].height,
                  small, rate_name(contents.scale)),
    ]  # fmt: skip
    if panel is not None:
        axes.append(rate_axis(panel.scale, panel.peak, plots[1].height, small, panel.name))
    pairs = zip(axes, plots, strict=True)
    has_name = [page.small_width(axis.name) < box.height for axis, box in pairs]
    widest = max(page.small_width(tick.text) for axis in axes for tick in axis.ticks)
    left = EDGE + widest + 0.06 + (small + 0.02 if any(has_name) else 0.0)
    right = page.width - EDGE - beside
    steps = step_axis(table, max(right - left, NARROWEST), page.small_width)
    overhang = 0.0 if beside else page.small_width(steps.ticks[-1].text) / 2
    right = max(right - overhang, left + NARROWEST)
    boxes = [Box(left, box.bottom, right, box.top) for box in plots]
    steps = step_axis(table, right - left, page.small_width)
    second_steps = None
    if unit and "second steps" in plan.rows:
        second_steps = second_step_axis(steps, unit, right - left, page.small_width)
    names: tuple[SegmentName, ...] = ()
    if "segments" in plan.rows:
        overhang = left - EDGE
        names = segment_names(spans, steps.ends, page, right - left, overhang)
    main = Plot(boxes[0], axes[0], has_name[0])
    return Layout(
        page=plan,
        main=main,
        second=Plot(boxes[1], axes[1], has_name[1], title) if panel is not None else None,
        steps=steps if "x name" in plan.rows else StepAxis(steps.first, steps.end, steps.ticks, ""),
        second_steps=second_steps,
        curves=contents.curves,
        legend=legend if legend and legend.entries and "legend" in plan.rows else None,
        segment_starts=marked_starts(spans, contents.curves[0].line, axes[0]) if names else (),
        segment_names=names,
        note=note_on(page, contents.curves, main, steps) if "x name" in plan.rows else "",
    )


def note_on(page: Page, curves: Sequence[PlottedCurve], main: Plot, steps: StepAxis) -> str:
    """Return what marks and bands of the curves mean, as far as there is room for it."""
    low, high = steps.ends
    notes = notes_on(curves, main.axis, main.box.width * (steps.end - steps.first) / (high - low))
    room = main.box.width / 2 - page.small_width(steps.name) / 2 - 0.1
    return notes_that_fit(notes, room, page.small_width)


def split(box: Box, panel: Panel | None, gap: float) -> list[Box]:
    """Return the boxes of the rates and of the second panel, with a gap between them."""
    if panel is None:
        return [box]
    free = box.height - gap
    lower = free * (1 - panel.share if panel.above else panel.share)
    low = Box(box.left, box.bottom, box.right, box.bottom + lower)
    high = Box(box.left, box.bottom + lower + gap, box.right, box.top)
    return [low, high] if panel.above else [high, low]


def draw_overlay(
    figure: Figure, page: Page, contents: Contents, short: Contents | None = None
) -> list[Finding]:
    """Draw all curves in one plot; return what has no room.

    `short` are the same with short labels, which are drawn where the others have no room.
    """
    layout, contents = wording_of(page, contents, short)
    style = page.style
    plots = [layout.main, *([layout.second] if layout.second else [])]
    lowest = min(plots, key=lambda plot: plot.box.bottom)
    axes = [add_axes(figure, page, plot, layout.steps, plot is lowest) for plot in plots]
    draw_curves(axes[0], layout.curves, layout.main.axis, style)
    if contents.panel is not None:
        draw_panel(axes, contents, layout, page)
    starts, names = layout.segment_starts, layout.segment_names
    mark_segments(axes[0], starts, names, page, layout.main.box.width)
    if layout.second_steps:
        highest = max(plots, key=lambda plot: plot.box.top)
        row = segment_row(page) + AXIS_GAP if names else 0.0
        height = 1.0 + row / highest.box.height
        set_second_axis(axes[plots.index(highest)], layout.second_steps, style, page.sizes, height)
    draw_labels(axes[0], layout, page)
    draw_page_text(figure, page, layout.page)
    if layout.note:
        axes[plots.index(lowest)].annotate(
            layout.note, (1, 0), xytext=(0, -(page.tick_row + page.sizes.small * LINE * 0.75) * 72),
            xycoords="axes fraction", textcoords="offset points", ha="right", va="baseline",
            fontsize=page.sizes.small, color=style.faint,
        )  # fmt: skip
    if layout.legend:
        top = lowest.box.bottom - page.tick_row
        top -= page.sizes.small * LINE if layout.steps.name else 0.0
        draw_legend(figure, page, layout.legend, layout.curves, top)
    return findings_of(layout, contents)


def add_axes(figure: Figure, page: Page, plot: Plot, steps: StepAxis, lowest: bool) -> Axes:
    """Add the axes of a plot; only the lowest has tick labels and a name below."""
    box = plot.box
    axes = figure.add_axes(
        (box.left / page.width, box.bottom / page.height,
         box.width / page.width, box.height / page.height)
    )  # fmt: skip
    set_rate_axis(axes, plot.axis, page.style, page.sizes, plot.has_name)
    set_step_axis(axes, steps, page.style, page.sizes, lowest and bool(steps.name))
    axes.tick_params(labelbottom=lowest)
    if plot.title:
        axes.annotate(
            shortened(plot.title, box.width, page.small_width), (0, 1), xytext=(0, 3),
            xycoords="axes fraction", textcoords="offset points", ha="left", va="baseline",
            fontsize=page.sizes.small,
        )  # fmt: skip
    return axes


def draw_panel(axes: Sequence[Axes], contents: Contents, layout: Layout, page: Page) -> None:
    """Draw the second panel's curves."""
    panel, plot = contents.panel, layout.second
    assert panel is not None
    assert plot is not None
    draw_curves(axes[1], panel.curves, plot.axis, page.style)
    if panel.above:
        for drop in jumps(contents.table.columns[0].rates):
            for both in axes:
                dotted(both, float(drop), page)


def draw_labels(axes: Axes, layout: Layout, page: Page) -> None:
    """Write the labels on the curves, each in its curve's colour."""
    box = layout.main.box
    for label, curve in zip(layout.labels, layout.curves, strict=False):
        for row, text in enumerate(reversed(label.lines)):
            base = label.bottom + row * line_height(label.points) + 0.25 * label.points / 72
            axes.text(
                label.left / box.width,
                base / box.height,
                text,
                transform=axes.transAxes,
                fontsize=label.points,
                ha="left",
                va="baseline",
                zorder=6,
                gid="label",
                **text_look(curve, page.style),
            )


def draw_page_text(figure: Figure, page: Page, plan: PagePlan) -> None:
    """Write title, subtitle and caption."""
    for line in plan.lines:
        figure.text(
            line.left / page.width, line.baseline / page.height, line.text, fontsize=line.points,
            color=line.colour, weight=line.weight, ha=line.align, va="baseline",
        )  # fmt: skip


def findings_of(layout: Layout, contents: Contents) -> list[Finding]:
    """Return what has no room in the picture."""
    findings = list(layout.page.findings)
    legend = layout.legend
    several = len(contents.table.columns) > 1
    if several and not layout.labels and legend is None:
        findings.append(no_room("the curves' labels"))
    if legend and legend.omitted:
        findings.append(no_room(f"the labels of {legend.omitted} curves"))
    findings += [no_room(f"the label '{label}'") for label in (legend.cut if legend else ())]
    return findings
