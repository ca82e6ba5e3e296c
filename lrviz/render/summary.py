"""A curve's facts in words: peak, last rate, and its segments in one line."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose

import numpy as np

from lrviz.curves.column import Column
from lrviz.curves.spans import Span, spans_of
from lrviz.curves.units import AxisUnit, base_unit
from lrviz.render.scale import ROUNDING
from lrviz.render.ticks import place_text, rate_text, unit_text

CONTINUES = 0.01
"""Up to this share of its rate a segment may begin elsewhere than the one before ends."""
MAX_SEGMENTS = 5


def facts_text(column: Column, unit: AxisUnit, between: str = " · ") -> str:
    """Return `peak 3e-4 at step 2k · last 0`, and the lowest rate where it is another."""
    rates = column.rates
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
    """Return the segments in a line: `warm-up 0 to 2k: 0 to 3e-4 · decay to 300k: to 0`.

    Empty where the curve has no segments or only one that holds.
    """
    spans = spans_of(column)
    peak = float(np.nanmax(column.rates))
    parts: list[str] = []
    for index, span in enumerate(spans[:MAX_SEGMENTS]):
        before = spans[index - 1] if index else None
        parts.append(span_text(span, before, peak, unit))
    if len(spans) > MAX_SEGMENTS:
        parts.append(f"{len(spans) - MAX_SEGMENTS} more to {unit_text(spans[-1].stop, unit)}")
    return between.join(parts)


def span_text(span: Span, before: Span | None, peak: float, unit: AxisUnit) -> str:
    """Return a segment's text, without what the segment before it already says."""
    steps = f"to {unit_text(span.stop, unit)}"
    if before is None:
        steps = f"{unit_text(span.start, unit)} {steps}"
    first, last = near_zero(span.first, peak), near_zero(span.last, peak)
    if first == last:
        return f"{span.name} {steps}: {last}"
    is_near = before is not None and isclose(before.last, span.first, rel_tol=CONTINUES)
    continues = is_near or (before is not None and near_zero(before.last, peak) == first)
    return f"{span.name} {steps}: " + (f"to {last}" if continues else f"{first} to {last}")


def description(columns: Sequence[Column]) -> str:
    """Return the facts of every curve, a line each, with the whole call that it draws."""
    lines = []
    for column in columns:
        unit = base_unit(column.curve)
        parts = [column.curve.call(), facts_text(column, unit), segments_text(column, unit)]
        lines.append(f"{column.label}: " + "; ".join(part for part in parts if part))
    return "\n".join(lines)
