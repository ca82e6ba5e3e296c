"""The picture: curves on labelled axes, as a matplotlib Figure; nothing global is touched."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from lrviz.core.schedule import Array
from lrviz.curves.facts import jumps
from lrviz.curves.table import Column, Table
from lrviz.render.colours import STYLES, LineStyle, Style, line_styles
from lrviz.render.figure import axes as axis
from lrviz.render.figure.labels import name_curves
from lrviz.render.files import MAKER
from lrviz.render.lines import line_points
from lrviz.specfile.settings import FigureSettings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARGIN = {"left": 0.78, "right": 0.28, "bottom": 0.62, "top": 0.22}
"""Inches around the axes."""
EPOCHS = 0.3
"""Inches that an axis of epochs takes above the axes, below a title."""
MOST_MARKED_PHASES = 24
MOST_DOTTED = 4
WIDE_FONTS = (
    "Noto Sans CJK JP",
    "IPAexGothic",
    "Hiragino Sans",
    "Yu Gothic",
    "Microsoft YaHei",
    "Malgun Gothic",
    "PingFang SC",
    "Noto Sans",
    "Arial Unicode MS",
)


def draw(table: Table, settings: FigureSettings) -> Figure:
    """Return the figure of a table: overlaid, as small multiples, or a rate with its metric."""
    look = STYLES[settings.style]
    labels = [column.label for column in table.columns]
    told = " ".join([settings.title or "", settings.caption or "", *labels])
    with matplotlib.rc_context(rules(look, fonts_for(told))):
        size = axis.facet_size(table, settings) if settings.facet else settings.size
        figure = Figure(figsize=size, dpi=settings.dpi, facecolor=look.paper)
        FigureCanvasAgg(figure)
        subtitle = table.columns[0].curve.call() if len(table.columns) == 1 else ""
        top = head(figure, settings, subtitle, look)
        many = settings.facet and len(table.columns) > 1
        top += EPOCHS if top and not many and axis.epoch_length(table) else 0.0
        frame = inner(figure, top + 0.2 * many, 0.22 if settings.caption else 0.0)
        chosen = line_styles(labels)
        if many:
            draw_facets(figure, table, chosen, settings, frame)
        elif len(table.columns) == 1 and metric_of(table.columns[0]) is not None:
            draw_with_metric(figure, table, chosen, settings, frame)
        else:
            axes = figure.add_axes(frame)
            paint(axes, table, chosen, settings)
            name_curves(axes, table, chosen, settings)
    return figure


def fonts_for(text: str) -> list[str]:
    """Return the fonts to fall back on: those installed that know more than Latin letters."""
    if text.isascii():
        return ["DejaVu Sans"]
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return ["DejaVu Sans", *(name for name in WIDE_FONTS if name in installed)]


def rules(look: Style, fallbacks: Sequence[str]) -> Any:
    """Return matplotlib's settings for a look, in force while the figure is built."""
    return {
        "font.family": [look.family, *fallbacks],
        "font.size": 9.5,
        "text.color": look.ink,
        "text.usetex": False,
        "axes.facecolor": look.paper,
        "axes.edgecolor": look.faint,
        "axes.labelcolor": look.ink,
        "axes.linewidth": 0.8,
        "axes.grid": False,
        "axes.unicode_minus": False,
        "xtick.color": look.faint,
        "ytick.color": look.faint,
        "xtick.labelcolor": look.ink,
        "ytick.labelcolor": look.ink,
        "xtick.major.size": 3.5,
        "ytick.major.size": 0 if not look.boxed else 3.5,
        "path.simplify": False,
    }


def head(figure: Figure, settings: FigureSettings, subtitle: str, look: Style) -> float:
    """Write title, subtitle and caption; return the inches they take at the top."""
    width, height = figure.get_size_inches()
    left, top = MARGIN["left"] / width, 0.0
    if settings.title:
        top += 0.36
        line = figure.text(left, 1 - top / height, settings.title, fontsize=12.5, weight="bold")
        shrink(figure, line, (width - MARGIN["left"] - 0.1) * figure.dpi)
    if subtitle:
        top += 0.22 if settings.title else 0.3
        line = figure.text(left, 1 - top / height, subtitle, fontsize=8.5, color=look.faint)
        shrink(figure, line, (width - MARGIN["left"] - 0.1) * figure.dpi)
    if settings.caption:
        figure.text(left, 0.1 / height, settings.caption, fontsize=8.5, color=look.faint)
    return top


def shrink(figure: Figure, text: Any, room: float) -> None:
    """Make a text small enough for so many pixels, and cut it where it stays too long."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    width = text.get_window_extent(renderer).width
    if width > room:
        text.set_fontsize(max(text.get_fontsize() * room / width, 8.0))
    words = text.get_text()
    while len(words) > 8 and text.get_window_extent(renderer).width > room:
        words = words[: int(len(words) * 0.9)]
        text.set_text(words.rstrip() + "…")


def inner(figure: Figure, top: float, bottom: float) -> tuple[float, float, float, float]:
    """Return the axes' rectangle (left, bottom, width, height) as shares of the figure."""
    width, height = figure.get_size_inches()
    across = width - MARGIN["left"] - MARGIN["right"]
    up = height - MARGIN["bottom"] - bottom - max(MARGIN["top"], top + 0.2)
    low = MARGIN["bottom"] + bottom
    return (
        MARGIN["left"] / width, low / height, max(across, 0.3) / width, max(up, 0.3) / height,
    )  # fmt: skip


def paint(axes: Axes, table: Table, chosen: Sequence[LineStyle], settings: FigureSettings) -> None:
    """Draw the curves of a table and their axes."""
    look = STYLES[settings.style]
    columns = max(int(axes.get_window_extent().width), 100)
    lines = [line_points(column, columns) for column in table.columns]
    floor = axis.rate_axis(axes, [column.rates for column in table.columns], settings)
    axis.step_axis(axes, table, look)
    thin = 0.75 if len(lines) > 8 else 1.0
    for (x, y), column, slot in zip(lines, table.columns, chosen, strict=True):
        line = axes.plot(
            x,
            np.where(y < floor, np.nan, y) if floor else y,
            color=look.palette[slot.colour],
            linewidth=look.line * thin,
            solid_capstyle="butt",
            solid_joinstyle="round",
            label=column.label,
            gid=column.label,
            clip_on=bool(floor),
            zorder=3,
        )[0]
        if slot.dash and dashes_show(column, table):
            line.set_dashes(slot.dash)
            line.set_zorder(3.1)  # so that a solid line below is seen, too
        if len(x) == 1:
            line.set_marker("o")
        if floor:
            axis.mark_cut(axes, column, floor, look.palette[slot.colour], slot.colour % 3)
    if floor and any((column.rates < floor).any() for column in table.columns):
        axis.explain_cut(axes, look)
    mark_phases(axes, table, chosen, look)


def dashes_show(column: Column, table: Table) -> bool:
    """Tell whether dashes tell a curve from others; they would hide stairs among smooth curves."""
    smooth_too = not all(each.curve.ticks_by_epoch for each in table.columns)
    return len(table.columns) > 1 and not (column.curve.ticks_by_epoch and smooth_too)


def mark_phases(axes: Axes, table: Table, chosen: Sequence[LineStyle], look: Style) -> None:
    """Mark where phases begin: a hair line for a single curve, dots on the curves of a few."""
    single = len(table.columns) == 1
    for column, slot in zip(table.columns, chosen, strict=True):
        steps = [step for step in column.curve.marks(column.steps.stop) if step in column.steps]
        if not steps or len(steps) > MOST_MARKED_PHASES or len(table.columns) > MOST_DOTTED:
            continue
        if single:
            for step in steps:
                axes.axvline(step, color=look.faint, linewidth=0.7, linestyle=(0, (1, 3)), zorder=2)
        else:
            rates = [column.rates[column.steps.index(step)] for step in steps]
            colour = look.palette[slot.colour]
            axes.plot(steps, rates, "o", markersize=3.6, color=colour, zorder=4, clip_on=False)


def draw_facets(
    figure: Figure,
    table: Table,
    chosen: Sequence[LineStyle],
    settings: FigureSettings,
    frame: tuple[float, float, float, float],
) -> None:
    """Draw a small picture per curve, all on the same scales."""
    width, height = figure.get_size_inches()
    rows, across = axis.facet_grid(len(table.columns), width)
    gap_x, gap_y = 0.22 / width, 0.34 / height
    each = (frame[2] - gap_x * (across - 1)) / across, (frame[3] - gap_y * (rows - 1)) / rows
    look = STYLES[settings.style]
    together = [column.rates for column in table.columns]
    for index, (column, slot) in enumerate(zip(table.columns, chosen, strict=True)):
        row, place = divmod(index, across)
        left = frame[0] + place * (each[0] + gap_x)
        bottom = frame[1] + frame[3] - (row + 1) * each[1] - row * gap_y
        axes = figure.add_axes((left, bottom, *each))
        paint(axes, Table((column,)), [slot], settings)
        axis.rate_axis(axes, together, settings)
        axis.step_axis(axes, table, look, most=4)
        below = index + across < len(table.columns)
        axes.tick_params(labelleft=place == 0, labelbottom=not below)
        axes.set_ylabel("learning rate" if place == 0 and rows <= 3 else "")
        axes.set_xlabel("" if below else axes.get_xlabel())
        text = axes.text(
            0, 1.04, column.label, transform=axes.transAxes, fontsize=8.5, weight="bold",
            color=look.palette[slot.colour],
        )  # fmt: skip
        shrink(figure, text, each[0] * width * figure.dpi)


def metric_of(column: Column) -> tuple[str, Array] | None:
    """Return the metric's name and values over a column's steps, where its schedule has one."""
    steps = column.steps
    if steps.start or steps.step != 1 or column.curve.ticks_by_epoch:
        return None
    return column.curve.schedule.metric_trace(len(steps), column.curve.lr)


def draw_with_metric(
    figure: Figure,
    table: Table,
    chosen: Sequence[LineStyle],
    settings: FigureSettings,
    frame: tuple[float, float, float, float],
) -> None:
    """Draw a metric above the rate that follows it, on one time axis."""
    look, column = STYLES[settings.style], table.columns[0]
    gap = 0.16 / figure.get_size_inches()[1]
    half = (frame[3] - gap) / 2
    below = figure.add_axes((frame[0], frame[1], frame[2], half))
    above = figure.add_axes((frame[0], frame[1] + half + gap, frame[2], half), sharex=below)
    paint(below, table, chosen, settings)
    name, seen = metric_of(column) or ("", np.zeros(0))
    colour = look.palette[(chosen[0].colour + 1) % len(look.palette)]
    axis.rate_axis(
        above, [seen], settings.model_copy(update={"log_y": bool(seen.min(initial=1) > 0)})
    )
    above.plot(np.arange(len(seen)), seen, color=colour, linewidth=1.4, zorder=3, gid=name)
    above.set_ylabel(name)
    above.tick_params(labelbottom=False)
    for drop in jumps(column.rates):
        for axes in (above, below):
            axes.axvline(float(drop), color=look.faint, linewidth=0.8, linestyle=(0, (1, 3)))


def image(figure: Figure, kind: str, creator: str) -> bytes:
    """Return the figure as the bytes of a `png`, `svg` or `pdf`, the same for the same figure."""
    dates = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    metadata: dict[str, Any] = {"Creator": creator, **dates.get(kind, {})}
    if kind == "svg":
        metadata["Source"] = f"matplotlib {matplotlib.__version__}"
    out = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": MAKER, "path.simplify": False}):
        figure.savefig(
            out, format=kind, metadata=metadata, dpi=figure.dpi, facecolor=figure.get_facecolor()
        )
    return out.getvalue()
