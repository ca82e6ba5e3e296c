"""Small multiples: a plot per curve on the same axes, with the others in grey behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from lrviz.core.findings import Finding
from lrviz.core.text import is_end_of_part
from lrviz.curves.table import Table
from lrviz.render.figure.axes import (
    RateAxis,
    StepAxis,
    rate_axis,
    rate_name,
    set_rate_axis,
    set_step_axis,
    step_axis,
)
from lrviz.render.figure.curves import (
    PlottedCurve,
    bands_in,
    draw_curve,
    plotted_curves,
    text_look,
)
from lrviz.render.figure.cycles import draw_cycle_bands, without
from lrviz.render.figure.layout import EDGE, LINE, Box, Row, Width, facet_grid, shortened, wrapped
from lrviz.render.figure.notes import notes_on, notes_that_fit
from lrviz.render.figure.overlay import Contents, draw_overlay, draw_page_text
from lrviz.render.figure.page import Page, PagePlan, Wording, no_room, page_plan
from lrviz.render.scale import RateScale, limits

GAP = 0.18
"""Inches between two plots side by side."""
MIN_SIZE = (0.55, 0.3)
"""The smallest plot in inches."""
ROOMY = 1.5
"""Plots of so many times the smallest height are high enough."""
MIN_LABELLED = 0.8
"""Inches of a plot with step labels of its own, though there is another below."""
ROW_GAP, LABELLED_GAP = 0.14, 0.07
"""Inches between a plot and the title of the next one below, and those below its labels."""
LABEL_GAP = 0.1
"""Inches between the last step label of a plot and the first of the next one."""
MAX_BEHIND = 12
"""With more curves, the others are not drawn behind each one."""
MUCH_LARGER = 1.1
"""Plots of so many times the area are worth short titles."""
BEHIND_NOTE = "grey: the other curves"
MAX_TITLE_LINES = 2


@dataclass(frozen=True)
class Grid:
    """The plots' boxes, row by row, and each one's title in lines.

    With `is_labelled` every plot has step labels, else only those without another one below.
    """

    boxes: tuple[Box, ...]
    across: int
    titles: tuple[tuple[str, ...], ...]
    is_labelled: bool = False


@dataclass(frozen=True)
class FacetLayout:
    """The area of all plots, their grid and axes, and whether the rates' axis has its name."""

    area: Box
    grid: Grid
    axis: RateAxis
    steps: StepAxis
    has_rate_name: bool


def draw_facets(
    figure: Figure,
    page: Page,
    table: Table,
    scale: RateScale,
    wordings: Sequence[Wording],
    preferred: Mapping[str, int] | None,
) -> list[Finding]:
    """Draw a small plot per curve; return what has no room.

    Where the plots would be too small the curves are overlaid instead. `wordings` are those to
    choose from, the shortest one last.
    """
    columns = max(int(page.width * figure.dpi), 100)
    wording = facet_wording(page, table, scale, wordings)
    plan = facet_plan(page, wording)
    layout = facet_layout(page, plan.plots, table, scale, wording.labels)
    if layout is None:
        contents = [
            Contents(
                table,
                tuple(plotted_curves(table, preferred, columns, merge=True, labels=item.labels)),
                scale,
                None,
                item.texts,
            )
            for item in wordings
        ]
        more = draw_overlay(figure, page, *contents)
        return [no_room(f"{len(table.columns)} small plots; the curves are overlaid"), *more]
    curves = plotted_curves(table, preferred, columns, merge=False, labels=wording.labels)
    for index in range(len(curves)):
        draw_facet(figure, page, curves, index, layout.grid, layout.axis, layout.steps)
    draw_names(figure, page, layout, has_step_name="x name" in plan.rows)
    if "x name" in plan.rows:
        room = layout.area.width / 2 - page.small_width(layout.steps.name) / 2 - 0.1
        notes = facet_notes(curves, layout.axis, layout.grid.boxes[0].width)
        base = layout.area.bottom - page.tick_row - 0.75 * page.sizes.small * LINE
        write_notes(figure, page, notes, room, (layout.area.right, base))
    draw_page_text(figure, page, plan)
    return [*plan.findings, *cut_labels(wording.labels, layout.grid)]


def facet_plan(page: Page, wording: Wording) -> PagePlan:
    """Return where the parts of a page of small plots go."""
    return page_plan(page, wording.texts, [], [Row("x name", page.sizes.small * LINE, 1)])


def facet_wording(
    page: Page, table: Table, scale: RateScale, wordings: Sequence[Wording]
) -> Wording:
    """Return the wording with whole labels, or a shorter one that has clearly larger plots."""
    best, most = wordings[0], 0.0
    for wording in wordings:
        area = facet_plan(page, wording).plots
        layout = facet_layout(page, area, table, scale, wording.labels)
        size = layout.grid.boxes[0].width * layout.grid.boxes[0].height if layout else 0.0
        size = 0.0 if layout and cut_labels(wording.labels, layout.grid) else size
        if size > MUCH_LARGER * most:
            best, most = wording, size
    return best


def facet_layout(
    page: Page, area: Box, table: Table, scale: RateScale, labels: Sequence[str]
) -> FacetLayout | None:
    """Return the layout of a plot per label in an area; None where the plots would be too small."""
    small, name = page.sizes.small * LINE, rate_name(scale)
    has_name = page.small_width(name) < area.height
    peak = limits([column.rates for column in table.columns])[1]
    axis = rate_axis(scale, peak, max(area.height / 3, MIN_SIZE[1]), small, name)
    for _ in range(2):  # the ticks depend on the plots' height, and their width on the ticks
        widest = max(page.small_width(tick.text) for tick in axis.ticks)
        left = EDGE + widest + 0.06 + small * has_name
        before, after = step_overhangs(page, table, area.width)
        inner = Box(left, area.bottom + page.tick_row, area.right - after, area.top)
        grid = grid_of(page, inner, labels, max(GAP, before + LABEL_GAP + after))
        first = grid.boxes[0]
        axis = rate_axis(scale, peak, max(first.height, MIN_SIZE[1]), small, name)
    if first.width < MIN_SIZE[0] or first.height < MIN_SIZE[1]:
        return None
    steps = step_axis(table, first.width, page.small_width, max_count=4)
    return FacetLayout(inner, grid, axis, steps, has_name)


def step_overhangs(page: Page, table: Table, width: float) -> tuple[float, float]:
    """Return how far the first and last step label are beyond the ends of a plot, in inches."""
    ticks = step_axis(table, width, page.small_width).ticks
    return page.small_width(ticks[0].text) / 2, page.small_width(ticks[-1].text) / 2


def draw_names(figure: Figure, page: Page, layout: FacetLayout, has_step_name: bool) -> None:
    """Write the names of the axes once, beside and below all plots."""
    area, small = layout.area, page.sizes.small
    if layout.has_rate_name:
        figure.text(
            EDGE / page.width, (area.top + area.bottom) / 2 / page.height, layout.axis.name,
            rotation=90, ha="left", va="center", fontsize=small,
        )  # fmt: skip
    if has_step_name:
        figure.text(
            (area.left + area.right) / 2 / page.width,
            (area.bottom - page.tick_row - 0.75 * small * LINE) / page.height,
            layout.steps.name, ha="center", va="baseline", fontsize=small,
        )  # fmt: skip


def facet_notes(curves: Sequence[PlottedCurve], axis: RateAxis, inches: float) -> list[str]:
    """Return what is in the small plots besides their curves; they are `inches` wide."""
    behind = [BEHIND_NOTE] if len(curves) <= MAX_BEHIND else []
    return [*behind, *notes_on(curves, axis, inches)]


def write_notes(
    figure: Figure, page: Page, notes: Sequence[str], room: float, at: tuple[float, float]
) -> None:
    """Write the notes that fit into `room` inches to the left of a place in inches."""
    note = notes_that_fit(notes, room, page.small_width)
    if note:
        figure.text(
            at[0] / page.width, at[1] / page.height, note, ha="right", va="baseline",
            fontsize=page.sizes.small, color=page.style.faint, gid="note",
        )  # fmt: skip


def cut_labels(labels: Sequence[str], grid: Grid) -> list[Finding]:
    """Return a finding for each label that is cut in its plot's title."""
    return [
        no_room(f"the label '{label}'")
        for label, title in zip(labels, grid.titles, strict=True)
        if is_cut(label, title)
    ]


def is_cut(label: str, title: Sequence[str]) -> bool:
    """Return whether the lines of a title lack a part of their label."""
    return "".join(title).replace(" ", "") != label.replace(" ", "")


def grid_of(page: Page, area: Box, labels: Sequence[str], gap: float = GAP) -> Grid:
    """Return the grid of plots that fills an area, each with room for its title above it.

    `gap` is between two plots side by side, in inches. Titles have two lines where plots would be
    too low beside those of one line.
    """
    one_line = max(page.small_width(label) for label in labels)
    labelled = grid_with(page, area, labels, one_line, gap, is_labelled=True)
    if labelled.boxes[0].height >= MIN_LABELLED:
        return labelled
    grid = grid_with(page, area, labels, one_line, gap)
    if grid.boxes[0].height >= MIN_SIZE[1] * ROOMY:
        return grid
    two_lines = max(two_line_width(label, page.small_width) for label in labels)
    return grid_with(page, area, labels, two_lines, gap)


def two_line_width(label: str, measure: Width) -> float:
    """Return the least width of a label in two lines, broken between two parts of it."""
    places = [
        i for i in range(1, len(label)) if is_end_of_part(label[i - 1].replace(" ", "-"), label[i])
    ]
    halves = [max(measure(label[:i].rstrip()), measure(label[i:])) for i in places]
    return min(halves, default=measure(label))


def grid_with(
    page: Page,
    area: Box,
    labels: Sequence[str],
    widest: float,
    gap: float,
    is_labelled: bool = False,
) -> Grid:
    """Return the grid of plots that fills an area, with titles of at most `widest` inches.

    The step labels of the last row are below the area.
    """
    least = min(widest, area.width) + gap
    rows, across = facet_grid(len(labels), area.width + gap, area.height, least)
    width = (area.width - gap * (across - 1)) / across
    titles = [facet_title(page, label, width) for label in labels]
    small = page.sizes.small * LINE
    head = max(map(len, titles)) * small + 0.02
    foot = page.tick_row + LABELLED_GAP if is_labelled else ROW_GAP
    height = (area.height + foot) / rows
    boxes = []
    for index in range(len(labels)):
        row, column = divmod(index, across)
        left, top = area.left + column * (width + gap), area.top - row * height
        boxes.append(Box(left, top - height + foot, left + width, top - head))
    return Grid(tuple(boxes), across, tuple(map(tuple, titles)), is_labelled)


def facet_title(page: Page, label: str, width: float) -> list[str]:
    """Return a facet's title in at most two lines, the second one cut where it is too long."""
    lines = wrapped(label, width, page.small_width)
    if len(lines) <= MAX_TITLE_LINES:
        return lines
    second = " ".join(lines[MAX_TITLE_LINES - 1 :])
    return [*lines[: MAX_TITLE_LINES - 1], shortened(second, width, page.small_width)]


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
    is_lowest = index + grid.across >= len(curves)
    axes.tick_params(labelleft=index % grid.across == 0, labelbottom=is_lowest or grid.is_labelled)
    if len(curves) <= MAX_BEHIND:
        for other in curves:
            if other is not curve:
                bands = bands_in(axes, other.line, axis)
                draw_cycle_bands(axes, bands, axis, style.muted)
                line = without(other.line, bands)
                axes.plot(line.x, line.y, color=style.muted, linewidth=0.9, zorder=1)
    draw_curve(axes, curve, axis, style)
    small, look = page.sizes.small, text_look(curve, style)
    for number, text in enumerate(reversed(grid.titles[index])):
        axes.annotate(
            text, (0, 1), xytext=(0, 3 + number * small * LINE * 72), xycoords="axes fraction",
            textcoords="offset points", ha="left", va="baseline", fontsize=small,
            gid="label", **look,
        )  # fmt: skip
