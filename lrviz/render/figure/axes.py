"""The axes of a picture: rates (linear or logarithmic) against steps or epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lrviz.core.schedule import Array
from lrviz.curves.table import Column, Table
from lrviz.render.colours import STYLES, Style
from lrviz.render.scale import limits, padded, rate_scale
from lrviz.render.ticks import log_ticks, nice_ticks, rate_text, step_text
from lrviz.specfile.settings import FigureSettings

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def rate_axis(axes: Axes, rates: Sequence[Array], settings: FigureSettings) -> float | None:
    """Set the rate axis to hold all `rates`; on a log axis return its floor."""
    look = STYLES[settings.style]
    low, high = limits(rates)
    floor = log_floor(rates) if settings.log_y else None
    if floor:
        axes.set_yscale("log")
        axes.minorticks_off()
        axes.set_ylim(floor / 1.35, max(high, floor) * 1.35)
        ticks = log_ticks(floor / 1.35, max(high, floor) * 1.35, 8)
    else:
        axes.set_ylim(*padded(low, high))
        ends = padded(low, high)
        ticks = [tick for tick in nice_ticks(*ends, tick_room(axes)) if tick <= ends[1]]
    axes.set_yticks(ticks, [rate_text(tick) for tick in ticks])
    axes.set_ylabel("learning rate" + (" (log)" if floor else ""))
    axes.grid(axis="y", color=look.grid, linewidth=0.8, zorder=0)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(look.boxed)
    return floor


def tick_room(axes: Axes) -> int:
    """Return how many ticks the height of the axes has room for."""
    figure = axes.get_figure(root=True)
    height = axes.get_window_extent().height / figure.dpi if figure else 3.0
    return max(min(6, round(height * 3.0)), 2)


def log_floor(rates: Sequence[Array]) -> float | None:
    """Return the lower end of a log axis, or None without a positive rate."""
    scale = rate_scale(rates, log=True)
    return scale.low if scale.log else None


def mark_cut(axes: Axes, column: Column, floor: float, colour: str, rank: int) -> None:
    """Mark each place where a log axis cuts a curve's zeros."""
    cut = column.rates < floor
    if not cut.any():
        return
    starts = np.flatnonzero(cut & ~np.concatenate([[False], cut[:-1]]))[:12]
    axes.plot(
        [column.steps[int(start)] for start in starts],
        [floor / 1.18] * len(starts),
        linestyle="none",
        marker="v",
        markersize=9 - 2 * rank,  # so that one does not hide another at the same step
        color=colour,
        clip_on=False,
        zorder=4 + rank,
    )


def explain_cut(axes: Axes, look: Style) -> None:
    """Say what the marks at the bottom of a log axis mean."""
    axes.annotate(
        "▼ where the rate goes below the log axis",
        (1, 0),
        xytext=(0, -29),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=7.5,
        color=look.faint,
    )


def step_axis(axes: Axes, table: Table, look: Style, most: int = 9) -> None:
    """Set the axis of steps, and a second one of epochs where curves say how many steps each."""
    first = min(column.steps.start for column in table.columns)
    last = max(column.steps[-1] for column in table.columns) + 1
    axes.set_xlim(first - 0.01 * (last - first), last + 0.01 * (last - first))
    room = axes.get_window_extent().width / axes.get_figure(root=True).dpi  # type: ignore[union-attr]
    ticks = nice_ticks(first, last, max(min(most, round(room * 1.4)), 2), whole=True)
    if most <= 4:  # a neighbour's axis begins where this one ends
        ticks = [tick for tick in ticks if tick < last]
    axes.set_xticks(ticks, [step_text(tick, last) for tick in ticks])
    axes.set_xlabel(table.axis)
    for side in ("top", "right"):
        axes.spines[side].set_visible(look.boxed)
    every = epoch_length(table)
    if every and most > 4:
        epoch_axis(axes, first, last, float(every))


def epoch_length(table: Table) -> int | None:
    """Return the steps of an epoch where the curves over steps agree on them, else None."""
    epochs = {column.curve.steps_per_epoch for column in table.columns} - {None}
    return epochs.pop() if len(epochs) == 1 and table.axis == "step" else None


def epoch_axis(axes: Axes, first: int, last: int, every: float) -> None:
    """Add the axis of epochs at the top."""
    top = axes.secondary_xaxis(
        "top", functions=(lambda x: np.asarray(x) / every, lambda x: np.asarray(x) * every)
    )
    ticks = nice_ticks(first / every, last / every, 9, whole=True)
    top.set_xticks(ticks, [step_text(tick, last / every) for tick in ticks])
    top.set_xlabel("epoch")


def facet_grid(count: int, width: float) -> tuple[int, int]:
    """Return rows and columns for so many small pictures."""
    across = min(count, max(1, round(width / 2.1)), math.ceil(math.sqrt(count * 1.6)))
    return -(-count // across), across


def facet_size(table: Table, settings: FigureSettings) -> tuple[float, float]:
    """Return the figure's size: the one asked for, taller where rows would be too low."""
    width, height = settings.size
    rows, _ = facet_grid(len(table.columns), width)
    return width, min(max(height, 1.0 + rows * 1.25), 100.0)
