"""Second panels: the metric that a schedule follows, and differences from a baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lrviz.core.schedule import Array
from lrviz.curves.column import Column
from lrviz.curves.facts import side_by_side
from lrviz.curves.table import Table
from lrviz.render.colours import LineStyle
from lrviz.render.figure.curves import PlottedCurve
from lrviz.render.lines import NO_JUMPS, Line, line_of
from lrviz.render.scale import RateScale, limits, padded

WIDTH = 0.7
"""Of the curves' lines, as a share of the style's."""
MIN_DIFFERENCE = 1e-3
"""Of the baseline's peak: smaller differences do not fill the panel."""
LOG_FROM = 30.0
"""A metric whose largest value is so many times its smallest has a log axis."""


@dataclass(frozen=True)
class Panel:
    """A second panel: its scale, name and curves, and where it is."""

    scale: RateScale
    peak: float
    name: str
    curves: tuple[PlottedCurve, ...]
    above: bool
    share: float


def metric_panel(table: Table) -> Panel | None:
    """Return the panel of the metric that a single curve follows, or None."""
    metric = metric_of(table.columns[0]) if len(table.columns) == 1 else None
    if metric is None:
        return None
    name, values = metric
    low, high = limits([values])
    log = low > 0 and high > LOG_FROM * low
    scale = RateScale(low, high, log=True) if log else RateScale(*padded(low, high))
    column = Column(table.columns[0].curve, range(len(values)), values)
    line = Line(np.arange(len(values), dtype=np.float64), values, NO_JUMPS)
    curve = PlottedCurve(name, column, line, LineStyle(1), WIDTH, may_be_band=False)
    return Panel(scale, float("nan"), name, (curve,), above=True, share=0.5)


def metric_of(column: Column) -> tuple[str, Array] | None:
    """Return the metric's name and values over a column's steps, where its schedule has one."""
    steps = column.steps
    if steps.start or steps.step != 1 or column.curve.ticks_by_epoch:
        return None
    return column.curve.schedule.metric_trace(len(steps), column.curve.lr)


def difference_panel(
    table: Table, curves: Sequence[PlottedCurve], baseline: int, columns: int
) -> Panel | None:
    """Return the panel of each curve minus the baseline, at the places that both have.

    Curves that count epochs where it counts steps, or the reverse, are left out. The difference of
    a log is a straight line between its rows.
    """
    base = table.columns[baseline]
    minus = []
    for curve in curves:
        if not table.counts_alike(curve.column, base):
            continue
        column, base_rates = side_by_side(curve.column, base)
        rates = column.rates - base_rates
        if curve.column.measured is not None:
            rows = curve.column.measured[curve.column.measured < len(rates)]
            rates = np.interp(np.arange(len(rates)), rows, rates[rows])
        column = replace(column, rates=rates)
        line = line_of(column, columns)
        minus.append(replace(curve, column=column, line=line, width=WIDTH))
    scale = difference_scale([curve.line.y for curve in minus], limits([base.rates])[1])
    name = f"minus {base.label}"
    highest = limits([curve.line.y for curve in minus])[1]
    return Panel(
        scale,
        highest if highest > 0.0 else float("nan"),
        name,
        tuple(minus),
        above=False,
        share=0.36,
    )


def difference_scale(differences: Sequence[Array], peak: float) -> RateScale:
    """Return the scale of differences from a baseline with such a peak.

    It is not so fine that rounding errors look like differences.
    """
    low, high = limits(differences)
    least = MIN_DIFFERENCE * abs(peak) or 1.0
    if max(high, -low) < least:
        low, high = -least, least
    room = 0.08 * (high - low)
    return RateScale(low - room, high + room)
