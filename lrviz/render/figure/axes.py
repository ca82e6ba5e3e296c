"""The axes of a plot: rates (linear or logarithmic) against steps or epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lrviz.curves.table import Table
from lrviz.curves.units import AxisUnit
from lrviz.render.colours import Style
from lrviz.render.figure.layout import Sizes, Width
from lrviz.render.scale import RateScale
from lrviz.render.ticks import (
    axis_end,
    nice_ticks,
    rate_tick_texts,
    step_tick_texts,
    unit_ticks,
    with_required,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOG_PADDING = 1.25
"""Factor on both ends of a log axis."""
SIDE = 0.01
"""Share of the steps that stays free at both sides."""
MORE_AROUND_0 = 2
MAX_TRIED = 12
"""Ticks of an axis that has no room for as many."""


@dataclass(frozen=True)
class Tick:
    """A labelled value of an axis."""

    value: float
    text: str


@dataclass(frozen=True)
class RateAxis:
    """The axis of rates: what the plot shows, where it cuts curves, and its ticks."""

    scale: RateScale
    ticks: tuple[Tick, ...]
    name: str

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and highest value that the plot shows."""
        return padded_ends(self.scale) if self.scale.log else (self.scale.low, self.scale.high)

    def fractions(self, rates: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.float64]:
        """Return where rates are in the plot's height, from 0 to 1; NaN below a log axis."""
        fractions = RateScale(*self.ends, log=self.scale.log).fractions(rates)
        return np.where(self.scale.below(rates), np.nan, fractions) if self.scale.log else fractions


@dataclass(frozen=True)
class StepAxis:
    """The axis of steps: its first and last value, its ticks and its name."""

    first: float
    end: float
    ticks: tuple[Tick, ...]
    name: str

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and highest value that the plot shows."""
        room = SIDE * (self.end - self.first)
        return self.first - room, self.end + room


def rate_axis(scale: RateScale, peak: float, height: float, line: float, name: str) -> RateAxis:
    """Return the axis for a plot of `height` inches with lines of text of `line` inches.

    The peak has a tick, and so has the lower end where it is 0. There are two at least where they
    do not touch.
    """
    max_count = max(min(round(height / line / 2.2), 6), 2)
    inside = scale.low <= peak <= scale.high
    required = [peak] if inside else []
    if scale.log:
        values = log_axis_ticks(scale, max_count, required, 1.25 * line / height)
        return RateAxis(scale, rate_ticks(values, log=True), name)
    room = 1.25 * line / height * (scale.high - scale.low)
    if scale.low <= 0.0 <= scale.high:
        required.append(0.0)
    even = even_ticks(scale, max_count, room, peak)
    chosen = thinned(with_required(even, required, room), room, required)
    if len(chosen) < 2:
        chosen = [even[0], even[-1]] if len(even) > 1 else [scale.low, scale.high]
    if chosen[1] - chosen[0] < line / height * (scale.high - scale.low):
        chosen = required[:1] or chosen[:1]
    return RateAxis(scale, rate_ticks(chosen, span=scale.high - scale.low), name)


def rate_ticks(
    rates: Sequence[float], log: bool = False, span: float | None = None
) -> tuple[Tick, ...]:
    """Return rates with their texts; `span` is the distance of the ends of a linear axis."""
    return tuple(map(Tick, rates, rate_tick_texts(rates, log, span)))


def log_axis_ticks(
    scale: RateScale, max_count: int, required: Sequence[float], room: float
) -> list[float]:
    """Return the ticks of a log axis, none nearer to the next than a share `room` of its length.

    Where fewer than two fit: the required one, or the lowest, and the one farthest from it.
    """
    low, high = padded_ends(scale)
    decades = room * math.log10(high / low)
    ticks, peak = scale.ticks(max(max_count, 3)), [math.log10(value) for value in required]
    logs = with_required([math.log10(tick) for tick in ticks], peak, decades)
    values = [float(f"{10**value:.12g}") for value in thinned(logs, decades, peak)]
    if len(values) > 1:
        return values
    choices = [*ticks, *(tick for tick in nice_ticks(low, high, 4) if tick > 0.0)]
    first = required[0] if required else min(choices)
    return sorted({first, max(choices, key=lambda tick: abs(math.log(tick / first)))})


def padded_ends(scale: RateScale) -> tuple[float, float]:
    """Return the ends of a plot on a log axis."""
    return scale.low / LOG_PADDING, scale.high * LOG_PADDING


def even_ticks(scale: RateScale, max_count: int, room: float, peak: float) -> list[float]:
    """Return at most so many round numbers, none nearer than `room` to the next one.

    Where fewer than two fit, the lowest and highest of the fewest that are two. An axis on both
    sides of 0 has some more, for each side to have one.
    """
    max_count += MORE_AROUND_0 if scale.low < 0.0 < scale.high else 0
    for count in range(max_count, 1, -1):
        ticks = scale.ticks(count, peak)
        if len(ticks) > 1 and ticks[1] - ticks[0] >= room:
            return ticks
    for count in range(2, MAX_TRIED):
        ticks = scale.ticks(count)
        if len(ticks) > 1:
            return [ticks[0], ticks[-1]]
    return []


def thinned(ticks: Sequence[float], room: float, required: Sequence[float]) -> list[float]:
    """Return ticks without those nearer than `room` to the one before; required ones stay."""
    apart: list[float] = []
    for tick in ticks:
        if tick in required or not apart or tick - apart[-1] >= room:
            apart.append(tick)
    return apart


def step_axis(table: Table, width: float, measure: Width, max_count: int = 9) -> StepAxis:
    """Return the axis of a table's steps for a plot `width` inches wide.

    The first and the last step always have a tick, the last one alone where there is room for one.
    """
    first, end, unit = table.ends[0], axis_end(table), table.unit
    return StepAxis(first, end, step_ticks(first, end, width, measure, unit, max_count), unit.title)


def step_ticks(
    first: float, end: float, width: float, measure: Width, unit: AxisUnit, max_count: int = 9
) -> tuple[Tick, ...]:
    """Return ticks from step `first` to `end`, round in a unit, whose labels do not touch."""
    required = [first, end]
    max_count = max(min(max_count, round(width * 1.6)), 2)
    texts = step_tick_texts([*unit_ticks(first, end, max_count, unit), *required], unit)
    room = (max(map(measure, texts)) + 0.1) / width * (end - first) * (1 + 2 * SIDE)
    if end - first < room:
        required = [end]
    ticks = unit_ticks(first, end, min(max_count, int((end - first) / room) + 1), unit)
    chosen = thinned(with_required(ticks, required, room), room, required)
    return tuple(map(Tick, chosen, step_tick_texts(chosen, unit)))


def second_step_axis(steps: StepAxis, unit: AxisUnit, width: float, measure: Width) -> StepAxis:
    """Return an axis of the same steps in another unit."""
    ticks = step_ticks(steps.first, steps.end, width, measure, unit)
    return StepAxis(steps.first, steps.end, ticks, unit.title)


def set_rate_axis(axes: Axes, axis: RateAxis, style: Style, sizes: Sizes, with_name: bool) -> None:
    """Give the axes their rate axis; `with_name` says whether its name is written beside it."""
    if axis.scale.log:
        axes.set_yscale("log")
        axes.minorticks_off()
    axes.set_ylim(*axis.ends)
    axes.set_yticks([tick.value for tick in axis.ticks], [tick.text for tick in axis.ticks])
    axes.tick_params(axis="y", labelsize=sizes.small, pad=2.5)
    if with_name:
        axes.set_ylabel(axis.name, fontsize=sizes.small, labelpad=3)
    axes.grid(axis="y", color=style.grid, linewidth=0.8, zorder=0)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(style.boxed)


def set_step_axis(axes: Axes, axis: StepAxis, style: Style, sizes: Sizes, with_name: bool) -> None:
    """Give the axes their step axis; `with_name` says whether its name is written below it."""
    axes.set_xlim(*axis.ends)
    axes.set_xticks([tick.value for tick in axis.ticks], [tick.text for tick in axis.ticks])
    axes.tick_params(axis="x", labelsize=sizes.small, pad=2.5)
    if with_name:
        axes.set_xlabel(axis.name, fontsize=sizes.small, labelpad=2)
    for side in ("top", "right"):
        axes.spines[side].set_visible(style.boxed)


def set_second_axis(axes: Axes, steps: StepAxis, sizes: Sizes, height: float) -> None:
    """Add an axis of the steps in another unit, at a height in shares of the plot's."""
    top = axes.secondary_xaxis(height)
    top.xaxis.set_label_position("top")
    top.xaxis.set_ticks_position("top")
    top.set_xticks([tick.value for tick in steps.ticks], [tick.text for tick in steps.ticks])
    top.tick_params(labelsize=sizes.small, pad=2)
    top.set_xlabel(steps.name, fontsize=sizes.small, labelpad=5)
