"""A curve's facts in words: peak, last rate, and its segments in one line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrviz.curves.column import Column
from lrviz.curves.spans import Span, spans_of
from lrviz.curves.units import AxisUnit, base_unit
from lrviz.render.scale import ROUNDING
from lrviz.render.ticks import place_text, rate_text

MAX_SEGMENTS = 5
ZERO = "rate 0 at every step"


def facts_text(column: Column, unit: AxisUnit, between: str = " · ") -> str:
    """Return `peak 3e-4 at step 2k · last 0`, and the lowest rate where it is another.

    Of a rate that is 0 throughout it is only that.
    """
    rates = column.rates
    if not rates.any():
        return ZERO
    high, low = int(np.argmax(rates)), int(np.argmin(rates))
    peak = float(rates[high])
    parts = [f"peak {rate_text(peak)} at {place_text(unit, column.step_at(high))}"]
    lowest, last = float(rates[low]), float(rates[-1])
    ends = (near_zero(float(rates[0]), peak), near_zero(last, peak))
    if near_zero(lowest, peak) not in ends:
        parts.append(f"lowest {near_zero(lowest, peak)} at {place_text(unit, column.step_at(low))}")
    return between.join([*parts, f"last {near_zero(last, peak)}"])


def near_zero(rate: float, peak: float) -> str:
    """Return a rate's text, `0` where it is the rounding error of a zero."""
    return "0" if abs(rate) < ROUNDING * abs(peak) else rate_text(rate)


def segments_text(column: Column, unit: AxisUnit, between: str = " · ") -> str:
    """Return the segments in a line: `warm-up: 0 to 3e-4 until step 2k · hold: 3e-4 until ...`.

    Empty where the curve has no segments or only one that holds.
    """
    spans = spans_of(column)
    peak = float(np.nanmax(column.rates))
    parts: list[str] = []
    for index, span in enumerate(spans[:MAX_SEGMENTS]):
        start = f"from {place_text(unit, span.start)} " if span.start and not index else ""
        parts.append(f"{rates_of(span, peak)} {start}until {place_text(unit, span.stop)}")
    if len(spans) > MAX_SEGMENTS:
        more, end = len(spans) - MAX_SEGMENTS, place_text(unit, spans[-1].stop)
        parts.append(f"{more} more until {end}")
    return between.join(parts)


def rates_of(span: Span, peak: float) -> str:
    """Return a segment's name and its rates."""
    first, last = near_zero(span.first, peak), near_zero(span.last, peak)
    return f"{span.name}: {last}" if first == last else f"{span.name}: {first} to {last}"


def description(columns: Sequence[Column]) -> str:
    """Return the facts of every curve, a line each, with the whole call that it draws."""
    lines = []
    for column in columns:
        unit = base_unit(column.curve)
        parts = [column.curve.call(), facts_text(column, unit), segments_text(column, unit)]
        lines.append(f"{column.label}: " + "; ".join(part for part in parts if part))
    return "\n".join(lines)
