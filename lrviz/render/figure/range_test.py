"""The picture of a range test: the loss over the logarithm of the rate, and the suggestions."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from lrviz.audits.range_rules import Suggestion
from lrviz.audits.range_test import RangeTest
from lrviz.core.findings import Finding
from lrviz.core.text import format_rounded
from lrviz.curves.figure_settings import FigureSettings
from lrviz.render.colours import STYLES, readable
from lrviz.render.figure.axes import SIDE, RateAxis, rate_axis, set_rate_axis, thinned
from lrviz.render.figure.draw import Picture, parameters
from lrviz.render.figure.layout import EDGE, LINE, Box, Row, Sizes
from lrviz.render.figure.overlay import draw_page_text
from lrviz.render.figure.page import Page, Texts, page_plan
from lrviz.render.figure.text import families
from lrviz.render.labels import SEPARATOR
from lrviz.render.range_test_lines import suggestion_text, suggestions_text
from lrviz.render.scale import RateScale
from lrviz.render.ticks import rate_tick_texts

MARGIN = 0.15
"""Share of the losses' range that stays free above and below them."""
NAME = "learning rate (log)"
MAX_TICKS = 9
DOT, LOSS = 0.7, 0.36
"""Sizes of the dots of suggestions and of losses for each point of the font."""
DOT_CONTRAST = 3.0
"""WCAG 2.1, for what is no text."""
LABEL_GAP = 0.05
"""Inches between a line and its label."""
ROW = 1.15
"""Lines of text from a label to the next one below."""


def draw_range_test(test: RangeTest, settings: FigureSettings) -> Picture:
    """Return the picture of a range test; nothing global is touched."""
    style, sizes = STYLES[settings.style], Sizes.of(*settings.size)
    title = settings.title or ""
    texts = Texts(title, "", " ".join(filter(None, (settings.caption, note_on(test)))))
    family, findings = families(f"{title}{texts.caption}{test.loss_column}", style.font)
    page = Page(*settings.size, style, sizes, family, settings.dpi)
    with matplotlib.rc_context(parameters(style, family)), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a reader should know is among the findings
        figure = Figure(figsize=settings.size, dpi=settings.dpi, facecolor=style.background)
        FigureCanvasAgg(figure)
        more = draw_page(figure, page, test, texts)
    return Picture(figure, title, suggestions_text(test), (*findings, *more))


def draw_page(figure: Figure, page: Page, test: RangeTest, texts: Texts) -> list[Finding]:
    """Draw the losses, the suggestions and the texts; return what has no room."""
    small = page.sizes.small * LINE
    plan = page_plan(page, texts, [], [Row("x name", small, 1)])
    area = plan.plots
    bottom = area.bottom + page.tick_row
    axis = rate_axis(loss_scale(test), float("nan"), area.top - bottom, small, test.loss_column)
    has_name = page.small_width(axis.name) < area.top - bottom
    left = EDGE + max(page.small_width(tick.text) for tick in axis.ticks) + 0.06 + small * has_name
    box = Box(left, bottom, area.right, area.top)
    axes = figure.add_axes(
        (box.left / page.width, box.bottom / page.height,
         box.width / page.width, box.height / page.height)
    )  # fmt: skip
    set_axes(axes, axis, page, test, box, has_name)
    draw_losses(axes, test, page)
    mark_suggestions(axes, test.suggestions, page, box)
    draw_page_text(figure, page, plan)
    return list(plan.findings)


def note_on(test: RangeTest) -> str:
    """Return what the dots and the line are, and by how much the smoothed losses lag."""
    if not test.smoothing:
        return f"Dots: losses{SEPARATOR}thin line: not read."
    lag = "" if test.late_by is None else f", late by a factor of {format_rounded(test.late_by, 2)}"
    line = f"line: smoothed with weight {test.smoothing:g}{lag}"
    return SEPARATOR.join(("Dots: losses", line, "thin line: not read."))


def loss_scale(test: RangeTest) -> RateScale:
    """Return the scale of the losses: those that the suggestions rest on, and a margin."""
    kept_rows = slice(test.start, test.stop)
    low = float(min(np.min(test.smoothed[kept_rows]), np.min(test.losses[kept_rows])))
    high = float(np.max(test.smoothed[kept_rows]))
    room = MARGIN * (high - low) if high > low else 1.0
    return RateScale(low - room, high + room)


def set_axes(
    axes: Axes, axis: RateAxis, page: Page, test: RangeTest, box: Box, has_name: bool
) -> None:
    """Give the axes their scales, ticks and names."""
    set_rate_axis(axes, axis, page.style, page.sizes, has_name)
    low = min(float(test.rates[0]), *(item.lr for item in test.suggestions))
    high = float(test.rates[-1])
    room = (high / low) ** SIDE
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xlim(low / room, high * room)
    ticks = rate_ticks(low, high, page, box.width)
    axes.set_xticks(ticks, rate_tick_texts(ticks, log=True))
    axes.tick_params(axis="x", labelsize=page.sizes.small, pad=2.5)
    axes.set_xlabel(NAME, fontsize=page.sizes.small, labelpad=2)
    for side in ("top", "right"):
        axes.spines[side].set_visible(page.style.boxed)


def rate_ticks(low: float, high: float, page: Page, width: float) -> list[float]:
    """Return round rates whose labels do not touch on a log axis `width` inches wide."""
    ticks = RateScale(low, high, log=True).ticks(MAX_TICKS)
    widest = max(map(page.small_width, rate_tick_texts(ticks, log=True)))
    room = (widest + 0.1) / width * math.log10(high / low)
    logs = thinned([math.log10(tick) for tick in ticks], room, [])
    return [float(f"{10**value:.12g}") for value in logs]


def draw_losses(axes: Axes, test: RangeTest, page: Page) -> None:
    """Draw the losses as dots, and the smoothed ones as a line: bold where it is read."""
    style, size = page.style, LOSS * page.sizes.small
    stop = len(test.rates) if test.diverged is None else test.diverged + 1
    kept_rows = slice(test.start, test.stop)
    colour = readable(style.muted, style.background, DOT_CONTRAST)
    axes.plot(
        test.rates[:stop], test.losses[:stop], ".", color=colour, markersize=size, zorder=2,
    )  # fmt: skip
    axes.plot(test.rates[:stop], test.smoothed[:stop], color=style.faint, linewidth=1, zorder=3)
    axes.plot(
        test.rates[kept_rows],
        test.smoothed[kept_rows],
        color=style.palette[0],
        linewidth=style.line,
        zorder=4,
    )


def mark_suggestions(axes: Axes, suggestions: Sequence[Suggestion], page: Page, box: Box) -> None:
    """Mark each suggested rate with a line up to its name and value, and where it was read.

    The labels are one below the other, all on one side of their lines, so that none crosses one.
    Where there is no room for the values, they are the names alone.
    """
    full = [suggestion_text(item) for item in suggestions]
    names = [item.rule.name for item in suggestions]
    choices = [(texts, on_right) for texts in (full, names) for on_right in (True, False)]
    texts, on_right = next(
        (pair for pair in choices if has_room(axes, suggestions, *pair, page, box)), choices[-1]
    )
    order = np.argsort([item.lr if on_right else -item.lr for item in suggestions], kind="stable")
    row, dot = page.sizes.small * LINE * ROW, DOT * page.sizes.small
    for place, index in enumerate(order):
        item, colour = suggestions[index], page.style.palette[index + 1]
        top = 1 - place * row / box.height
        axes.plot(
            [item.lr] * 2, [0, top], color=colour, linewidth=1, zorder=3,
            transform=axes.get_xaxis_transform(),
        )  # fmt: skip
        axes.plot(
            [item.lr, item.at], [item.loss] * 2, color=colour, linewidth=1, linestyle=(0, (1, 2)),
            zorder=3,
        )  # fmt: skip
        axes.plot([item.at], [item.loss], "o", color=colour, markersize=dot, zorder=5)
        axes.annotate(
            texts[index],
            (item.lr, top),
            xytext=(72 * (LABEL_GAP if on_right else -LABEL_GAP), -2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="left" if on_right else "right",
            va="top",
            fontsize=page.sizes.small,
            color=readable(colour, page.style.background),
            zorder=6,
            bbox={"facecolor": page.style.background, "edgecolor": "none", "pad": 0.5},
        )


def has_room(
    axes: Axes,
    suggestions: Sequence[Suggestion],
    texts: Sequence[str],
    on_right: bool,
    page: Page,
    box: Box,
) -> bool:
    """Return whether every label fits between its line and the plot's edge on one side."""
    low, high = axes.get_xlim()
    shares = [math.log(item.lr / low) / math.log(high / low) for item in suggestions]
    widths = [page.small_width(text) + LABEL_GAP for text in texts]
    return all(
        ((1 - share) if on_right else share) * box.width >= width
        for share, width in zip(shares, widths, strict=True)
    )
