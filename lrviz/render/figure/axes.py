"""The axes of a plot: rates (linear or logarithmic) against steps or epochs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
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
    from matplotlib.axis import Axis

MINUS = "\N{MINUS SIGN}"
LOG_PADDING = 1.25
"""Factor on both ends of a log axis."""
SIDE = 0.01
"""Share of the steps that stays free at both sides."""
MORE_AROUND_0 = 2
MAX_TRIED = 12
"""Ticks of an axis that has no room for as many."""


@dataclass(frozen=True)
class Tick:
    """A labelled value of an axis; one that is not as far from its neighbours as others is lighter.

    Such are the ends of an axis, and the peak.
    """

    value: float
    text: str
    is_even: bool = True


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

    @property
    def has_exponents(self) -> bool:
        """Whether the texts of the ticks have exponents, as 3e-4."""
        return any("e" in tick.text for tick in self.ticks)

    @property
    def has_inner_zero(self) -> bool:
        """Whether 0 is inside, so that the lower end is not read as 0."""
        return not self.scale.log and self.scale.low < 0.0 < self.scale.high

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


def rate_axis(
    scale: RateScale,
    peak: float,
    height: float,
    line: float,
    name: str,
    with_exponent: bool = False,
) -> RateAxis:
    """Return the axis for a plot of `height` inches with lines of text of `line` inches.

    The lower end has a tick where it is 0, and so has the peak where it is no nearer to an even one
    than labels need. There are two at least where they do not touch; rates of 0 throughout have
    only that.
    """
    if peak == scale.low == 0.0:
        return RateAxis(scale, (Tick(0.0, "0"),), name)
    max_count = max(min(round(height / line / 2.2), 6), 2)
    inside = scale.low <= peak <= scale.high
    peaks = [peak] if inside else []
    if scale.log:
        even, values = log_axis_ticks(scale, max_count, peaks, 1.25 * line / height)
        return RateAxis(scale, rate_ticks(values, even, log=True), name)
    room = 1.25 * line / height * (scale.high - scale.low)
    round_rates = even_ticks(scale, max_count, room, peak)
    zero = [0.0] if scale.low <= 0.0 <= scale.high else []
    even = thinned(with_required(round_rates, zero, room), room, zero)
    tick_rates = with_ends(even, peaks, room)
    if len(tick_rates) < 2:
        tick_rates = [round_rates[0], round_rates[-1]] if len(round_rates) > 1 else [*scale[:2]]
    if tick_rates[1] - tick_rates[0] < line / height * (scale.high - scale.low):
        tick_rates = peaks or zero or tick_rates[:1]
    span = scale.high - scale.low
    ticks = rate_ticks(tick_rates, even, span=span, with_exponent=with_exponent)
    return RateAxis(scale, ticks, name)


def rate_name(scale: RateScale) -> str:
    """Return the name of the axis of rates."""
    return "learning rate (log)" if scale.log else "learning rate"


def rate_ticks(
    rates: Sequence[float],
    even: Sequence[float],
    log: bool = False,
    span: float | None = None,
    with_exponent: bool = False,
) -> tuple[Tick, ...]:
    """Return rates with their texts; `span` is the distance of the ends of a linear axis."""
    texts = rate_tick_texts(rates, log, span, with_exponent)
    return ticks_of(rates, map(with_minus, texts), even)


def with_minus(text: str) -> str:
    """Return a number with a minus in place of the hyphen before it; an exponent keeps its own."""
    return MINUS + text.removeprefix("-") if text.startswith("-") else text


def ticks_of(
    values: Sequence[float], texts: Iterable[str], even: Sequence[float]
) -> tuple[Tick, ...]:
    """Return ticks, those that are not among `even` as others; all are even where those are few."""
    return tuple(
        Tick(value, text, len(even) < 2 or value in even)
        for value, text in zip(values, texts, strict=True)
    )


def with_ends(even: Sequence[float], ends: Sequence[float], room: float) -> list[float]:
    """Return even ticks with those ends that are no nearer than `room` to one of them.

    Without even ones, or beside a single one, they are the ends.
    """
    if len(even) < 2:
        return thinned(with_required(even, ends, room), room, ends)
    far = [end for end in ends if all(abs(end - tick) >= room for tick in even)]
    return sorted({*even, *far})


def log_axis_ticks(
    scale: RateScale, max_count: int, peaks: Sequence[float], room: float
) -> tuple[list[float], list[float]]:
    """Return the even ticks of a log axis, and these with the peak.

    None is nearer to the next than a share `room` of its length. Where fewer than two fit: the
    peak, or the lowest, and the one farthest from it.
    """
    low, high = padded_ends(scale)
    decades = room * math.log10(high / low)
    ticks = scale.ticks(max(max_count, 3))
    even = thinned([math.log10(tick) for tick in ticks], decades, [])
    tick_logs = with_ends(even, [math.log10(peak) for peak in peaks], decades)
    rounded, values = ([float(f"{10**log:.12g}") for log in logs] for logs in (even, tick_logs))
    if len(values) > 1:
        return rounded, values
    choices = [*ticks, *(tick for tick in nice_ticks(low, high, 4) if tick > 0.0)]
    first = peaks[0] if peaks else min(choices)
    return [], sorted({first, max(choices, key=lambda tick: abs(math.log(tick / first)))})


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

    Where there is room for one tick, it is the last step.
    """
    first, end, unit = table.ends[0], axis_end(table), table.unit
    return StepAxis(first, end, step_ticks(first, end, width, measure, unit, max_count), unit.title)


def step_ticks(
    first: float, end: float, width: float, measure: Width, unit: AxisUnit, max_count: int = 9
) -> tuple[Tick, ...]:
    """Return ticks from step `first` to `end`, round in a unit, whose labels do not touch.

    The ends are among them where they are no nearer to an even one than labels need.
    """
    ends = [first, end]
    max_count = max(min(max_count, round(width * 1.6)), 2)
    texts = step_tick_texts([*unit_ticks(first, end, max_count, unit), *ends], unit)
    room = (max(map(measure, texts)) + 0.1) / width * (end - first) * (1 + 2 * SIDE)
    if end - first < room:
        ends = [end]
    even = unit_ticks(first, end, min(max_count, int((end - first) / room) + 1), unit)
    even = thinned(even, room, [])
    tick_steps = with_ends(even, ends, room)
    return ticks_of(tick_steps, step_tick_texts(tick_steps, unit), even)


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
    axes.tick_params(axis="y", labelsize=sizes.small, pad=2.5)
    if with_name:
        axes.set_ylabel(axis.name, fontsize=sizes.small, labelpad=3)
    axes.grid(axis="y", color=style.grid, linewidth=0.8, zorder=0)
    set_ticks(axes.yaxis, axis.ticks, style)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(style.boxed)
    if axis.has_inner_zero:
        axes.axhline(0.0, color=style.faint, linewidth=0.8, zorder=2)
        axes.spines["bottom"].set_color(style.faint if style.boxed else style.muted)


def set_step_axis(axes: Axes, axis: StepAxis, style: Style, sizes: Sizes, with_name: bool) -> None:
    """Give the axes their step axis; `with_name` says whether its name is written below it."""
    axes.set_xlim(*axis.ends)
    set_ticks(axes.xaxis, axis.ticks, style)
    axes.tick_params(axis="x", labelsize=sizes.small, pad=sizes.gap)
    if with_name:
        axes.set_xlabel(axis.name, fontsize=sizes.small, labelpad=2)
    for side in ("top", "right"):
        axes.spines[side].set_visible(style.boxed)


def set_ticks(axis: Axis, ticks: Sequence[Tick], style: Style) -> None:
    """Give an axis its ticks; those that are not even have a lighter label and no grid line."""
    axis.set_ticks([tick.value for tick in ticks], labels=[tick.text for tick in ticks])
    for tick, axis_tick in zip(ticks, axis.get_major_ticks(), strict=True):
        if not tick.is_even:
            axis_tick.label1.set_color(style.faint)
            axis_tick.label2.set_color(style.faint)
            axis_tick.gridline.set_visible(False)


def set_second_axis(axes: Axes, steps: StepAxis, style: Style, sizes: Sizes, height: float) -> None:
    """Add an axis of the steps in another unit, at a height in shares of the plot's."""
    top = axes.secondary_xaxis(height)
    top.xaxis.set_label_position("top")
    top.xaxis.set_ticks_position("top")
    set_ticks(top.xaxis, steps.ticks, style)
    top.tick_params(labelsize=sizes.small, pad=2)
    top.set_xlabel(steps.name, fontsize=sizes.small, labelpad=5)
