"""A curve's facts in words: peak, last rate, and its segments in one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lrviz.curves.table import Column
from lrviz.render.ticks import rate_text, step_text

NEGLIGIBLE = 1e-6
"""Rates below this share of the peak are written as 0."""
MOST_SEGMENTS = 5


@dataclass(frozen=True)
class Span:
    """A segment of a sampled curve: its name, steps (the last one excluded), and rates."""

    name: str
    start: int
    stop: int
    first: float
    last: float


def facts_text(column: Column, between: str = " · ") -> str:
    """Return `peak 3e-4 at step 2k · last 0`, and the lowest rate where it is another."""
    rates, axis = column.rates, column.curve.axis
    high, low = int(np.argmax(rates)), int(np.argmin(rates))
    peak = float(rates[high])
    parts = [f"peak {rate_text(peak)} at {axis} {step_text(column.steps[high])}"]
    lowest, last = float(rates[low]), float(rates[-1])
    ends = (near_zero(float(rates[0]), peak), near_zero(last, peak))
    if near_zero(lowest, peak) not in ends:
        parts.append(f"lowest {rate_text(lowest)} at {axis} {step_text(column.steps[low])}")
    return between.join([*parts, f"last {near_zero(last, peak)}"])


def near_zero(rate: float, peak: float) -> str:
    """Return a rate's text, `0` where it is negligible beside the peak."""
    return "0" if abs(rate) < NEGLIGIBLE * abs(peak) else rate_text(rate)


def segments_text(column: Column, between: str = " · ") -> str:
    """Return the segments in a line: `warm-up 0 to 2k: 0 to 3e-4 · decay to 300k: to 0`.

    Empty where the curve has no segments or only one that holds.
    """
    spans = spans_of(column)
    peak = float(np.nanmax(column.rates))
    parts: list[str] = []
    for index, span in enumerate(spans[:MOST_SEGMENTS]):
        before = spans[index - 1] if index else None
        parts.append(span_text(span, before, peak))
    if len(spans) > MOST_SEGMENTS:
        parts.append(f"{len(spans) - MOST_SEGMENTS} more to {step_text(spans[-1].stop)}")
    return between.join(parts)


def span_text(span: Span, before: Span | None, peak: float) -> str:
    """Return a segment's text, without what the segment before it already says."""
    steps = f"to {step_text(span.stop)}"
    if before is None:
        steps = f"{step_text(span.start)} {steps}"
    first, last = near_zero(span.first, peak), near_zero(span.last, peak)
    if first == last:
        return f"{span.name} {steps}: {last}"
    continues = before is not None and near_zero(before.last, peak) == first
    return f"{span.name} {steps}: " + (f"to {last}" if continues else f"{first} to {last}")


def spans_of(column: Column) -> list[Span]:
    """Return the segments that a sampled curve has, with the rates at their ends.

    Where the rate goes on without a jump, a segment ends at the first rate of the next one.
    """
    steps = column.steps
    if not len(steps):
        return []
    segments = column.curve.segments(steps[-1] + 1)
    if not segments:
        return []
    starts = [max(segment.start, steps[0]) for segment in segments]
    stops = [*starts[1:], steps[-1] + 1]
    spans = []
    for segment, start, stop in zip(segments, starts, stops, strict=True):
        first, after = index_of(start, steps), index_of(stop, steps)
        if after <= first:
            continue
        rates = column.rates[first : after + 1]
        spans.append(
            Span(segment.name, start, stop, float(rates[0]), last_rate(rates, after - first))
        )
    return spans


def index_of(step: int, steps: range) -> int:
    """Return the index of the first sampled step that is not before `step`."""
    return min(max(-(-(step - steps.start) // steps.step), 0), len(steps))


def last_rate(rates: np.typing.NDArray[np.float64], count: int) -> float:
    """Return a segment's last rate, or the next one's first where the curve leads to it."""
    own = float(rates[count - 1])
    if len(rates) == count or count < 2:
        return own
    step, jump = abs(own - float(rates[count - 2])), abs(float(rates[count]) - own)
    return float(rates[count]) if step > 0 and jump <= 2 * step else own


def description(columns: Sequence[Column]) -> str:
    """Return the facts of every curve, a line each, with the whole call that it draws."""
    lines = []
    for column in columns:
        parts = [column.curve.call(), facts_text(column), segments_text(column)]
        lines.append(f"{column.label}: " + "; ".join(part for part in parts if part))
    return "\n".join(lines)
