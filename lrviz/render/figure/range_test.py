"""The picture of a range test: the loss over the logarithm of the rate, and the suggestions."""

from __future__ import annotations

import warnings

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from lrviz.audits.range_test import RangeTest
from lrviz.curves.figure_settings import FigureSettings
from lrviz.render.colours import STYLES, Style
from lrviz.render.figure.draw import Picture, parameters
from lrviz.render.figure.layout import Sizes
from lrviz.render.figure.text import families
from lrviz.render.range_test_lines import suggestions_text
from lrviz.render.ticks import rate_text

MARGIN = 0.15
"""Share of the losses' range that stays free above and below them."""


def draw_range_test(test: RangeTest, settings: FigureSettings) -> Picture:
    """Return the picture of a range test; nothing global is touched."""
    style, sizes = STYLES[settings.style], Sizes.of(*settings.size)
    title = settings.title or ""
    family, findings = families(title, style.font)
    with matplotlib.rc_context(parameters(style, family)), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a reader should know is among the findings
        figure = Figure(
            figsize=settings.size, dpi=settings.dpi, facecolor=style.background, layout="tight"
        )
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        axes.set_title(title, loc="left", fontsize=sizes.title, weight="bold", color=style.ink)
        draw_losses(axes, test, style)
        mark_suggestions(axes, test, style, sizes)
        axes.set_xlabel("learning rate (log)", fontsize=sizes.small)
        axes.set_ylabel(test.loss_column, fontsize=sizes.small)
        axes.tick_params(labelsize=sizes.small)
        axes.spines[["top", "right"]].set_visible(style.boxed)
        axes.grid(axis="y", color=style.grid, linewidth=0.8)
        axes.set_axisbelow(True)
    return Picture(figure, title, suggestions_text(test), tuple(findings))


def draw_losses(axes: Axes, test: RangeTest, style: Style) -> None:
    """Draw the losses as dots, and the smoothed ones as a line: bold where it is read."""
    stop = len(test.rates) if test.diverged is None else test.diverged + 1
    used = slice(test.start, test.stop)
    axes.set_xscale("log")
    axes.plot(test.rates[:stop], test.losses[:stop], ".", color=style.muted, markersize=3, zorder=2)
    axes.plot(test.rates[:stop], test.smoothed[:stop], color=style.faint, linewidth=1, zorder=3)
    axes.plot(
        test.rates[used],
        test.smoothed[used],
        color=style.palette[0],
        linewidth=style.line,
        zorder=4,
    )
    low = float(min(np.min(test.smoothed[used]), np.min(test.losses[used])))
    high = float(np.max(test.smoothed[used]))
    axes.set_ylim(low - MARGIN * (high - low), high + MARGIN * (high - low))


def mark_suggestions(axes: Axes, test: RangeTest, style: Style, sizes: Sizes) -> None:
    """Mark each suggested rate with a line, its name and its value, one below the other."""
    low, high = axes.get_xlim()
    for index, item in enumerate(test.suggestions):
        colour = style.palette[index + 1]
        axes.axvline(item.lr, color=colour, linewidth=1, zorder=3)
        axes.plot([item.at], [item.loss], "o", color=colour, markersize=6, zorder=5)
        is_right = np.log(item.lr / low) > 0.8 * np.log(high / low)
        axes.annotate(
            f"{item.rule.name} {rate_text(item.lr)}",
            (item.lr, 1),
            xytext=(-4 if is_right else 4, -(index + 1) * sizes.small * 1.5),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="right" if is_right else "left",
            fontsize=sizes.small,
            color=style.ink,
            zorder=6,
            bbox={"facecolor": style.background, "edgecolor": "none", "pad": 0.5},
        )
