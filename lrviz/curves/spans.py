"""The segments of a sampled curve, with the rates at their ends."""

from __future__ import annotations

from dataclasses import dataclass

from lrviz.core.schedule import Array
from lrviz.curves.column import Column


@dataclass(frozen=True)
class Span:
    """A segment of a sampled curve: its name, steps (the last one excluded), and rates."""

    name: str
    start: int
    stop: int
    first: float
    last: float

    @property
    def steps(self) -> int:
        """The steps of the segment."""
        return self.stop - self.start


def spans_of(column: Column) -> list[Span]:
    """Return the segments that a sampled curve has, with the rates at their ends.

    Where the rate neither jumps nor turns, a segment ends at the first rate of the next one. A
    decay that only raises the rate is a rise.
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
        first, after = column.index_of(start), column.index_of(stop)
        if after <= first:
            continue
        rates = column.rates[first : after + 1]
        first_rate, last = float(rates[0]), last_rate(rates, after - first)
        grows = last > first_rate == rates.min()
        name = "rise" if segment.name == "decay" and grows else segment.name
        spans.append(Span(name, start, stop, first_rate, last))
    return spans


def last_rate(rates: Array, count: int) -> float:
    """Return a segment's last rate, or the next one's first where the curve leads to it.

    `rates` are those of the segment's `count` steps and, if there is one, of the step after them.
    """
    last = float(rates[count - 1])
    if len(rates) == count or count < 2:
        return last
    following = float(rates[count])
    slope, change = last - float(rates[count - 2]), following - last
    leads_there = slope * change > 0 and abs(change) <= 2 * abs(slope)
    return following if leads_there else last
