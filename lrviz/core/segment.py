"""Segments: the named parts of a schedule, each with its first step and its curve.

A segment starts at the first step whose rate its curve computes, and ends where the next one
starts. Rates, marks, the table of segments, natural length, generated code and translation between
dialects are all derived from segments.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrviz.core import shapes

Array = NDArray[np.float64]
RateFunction = Callable[[NDArray[Any]], Any]
"""From steps (an array of absolute, whole steps) to rates."""

MAX_SEGMENTS = 1_000
"""How many segments are listed at most; a schedule of more repeats them."""

BEGINNINGS = frozenset({"drop", "restart"})
"""Names of segments that say how they begin, and not how the rate goes on."""

REMAINING: dict[str, Callable[[Array], Array]] = {
    "linear": shapes.linear,
    "cosine": shapes.cosine,
    "1-sqrt": shapes.one_minus_sqrt,
    "rex": shapes.reflected_exponential,
}
"""The ground shapes that go from 1 to 0 while the fraction goes from 0 to 1."""


@dataclass(frozen=True)
class Shape:
    """A ground shape with its ends: `first` at step `begin`, `last` at step `begin + length`.

    `kind` is hold, linear, cosine, 1-sqrt, rex, polynomial (with `power`), cosine-power (the
    cosine's fraction raised to `power`), exponential, or inverse_sqrt, which is
    `first * (1 + (t - begin) / length) ** -0.5` and has no end. Called with steps it returns
    their rates. `exact` is the same curve in the library's own order of operations, where that
    differs in the last bit.
    """

    kind: str
    first: float
    last: float
    begin: float = 0.0
    length: float = 1.0
    power: float = 1.0
    exact: RateFunction | None = field(default=None, compare=False, repr=False)

    def __call__(self, t: NDArray[Any]) -> Any:
        return self.rates(t) if self.exact is None else self.exact(t)

    def rates(self, t: NDArray[Any]) -> Any:
        """Return the rates at the steps `t`, in the order of operations of this module."""
        if self.kind == "hold":
            return np.full(t.shape, float(self.first))
        fraction = (t - self.begin) / self.length
        if self.kind == "exponential":
            return shapes.geometric_between(self.first, self.last, fraction)
        if self.kind == "inverse_sqrt":
            return self.first / np.sqrt(1.0 + fraction)
        return self.last + (self.first - self.last) * self.remaining(fraction)

    def remaining(self, fraction: Array) -> Array:
        """Return the share of the way from `last` to `first` at a fraction of the length."""
        if self.kind == "polynomial":
            return shapes.polynomial(fraction, self.power)
        if self.kind == "cosine-power":
            return shapes.raise_to(shapes.cosine(fraction), self.power)
        return REMAINING[self.kind](fraction)

    def later(self, steps: int) -> Shape:
        """Return the shape `steps` steps later."""
        exact = self.exact
        moved = None if exact is None else (lambda t: exact(t - steps))
        return replace(self, begin=self.begin + steps, exact=moved)


def hold(rate: float) -> Shape:
    """Return the shape that stays at a rate."""
    return Shape("hold", float(rate), float(rate))


def linear(
    first: float, last: float, begin: float, length: float, exact: RateFunction | None = None
) -> Shape:
    """Return a straight line."""
    return Shape("linear", first, last, begin, length, exact=exact)


def cosine(
    first: float, last: float, begin: float, length: float, exact: RateFunction | None = None
) -> Shape:
    """Return half a cosine wave (Loshchilov & Hutter, arXiv:1608.03983)."""
    return Shape("cosine", first, last, begin, length, exact=exact)


def polynomial(
    first: float,
    last: float,
    begin: float,
    length: float,
    power: float,
    exact: RateFunction | None = None,
) -> Shape:
    """Return `last + (first - last) * (1 - fraction) ** power`; a line where power is 1."""
    kind = "linear" if power == 1 else "polynomial"
    return Shape(kind, first, last, begin, length, power, exact=exact)


def exponential(
    first: float, last: float, begin: float, length: float, exact: RateFunction | None = None
) -> Shape:
    """Return `first * (last / first) ** fraction`."""
    return Shape("exponential", first, last, begin, length, exact=exact)


def one_minus_sqrt(
    first: float, last: float, begin: float, length: float, exact: RateFunction | None = None
) -> Shape:
    """Return `last + (first - last) * (1 - sqrt(fraction))` (arXiv:2405.18392)."""
    return Shape("1-sqrt", first, last, begin, length, exact=exact)


def inverse_sqrt(
    first: float, begin: float, scale: float, exact: RateFunction | None = None
) -> Shape:
    """Return `first * (1 + (t - begin) / scale) ** -0.5`, which has no end."""
    return Shape("inverse_sqrt", first, 0.0, begin, scale, exact=exact)


@dataclass(frozen=True)
class Segment:
    """A part of a schedule: its name, the first step that its curve computes, and the curve.

    The curve takes absolute steps. Names are warm-up, hold, decay, rise, drop, restart, floor.
    """

    name: str
    start: int
    curve: RateFunction

    @property
    def shape(self) -> Shape | None:
        """The ground shape of the curve, or None where it is a function."""
        return self.curve if isinstance(self.curve, Shape) else None

    def later(self, steps: int) -> Segment:
        """Return the segment `steps` steps later."""
        if self.shape:
            return replace(self, start=self.start + steps, curve=self.shape.later(steps))
        curve = self.curve
        return replace(self, start=self.start + steps, curve=lambda t: curve(t - steps))


@dataclass(frozen=True)
class Cycles:
    """Segments that repeat, given by a rule: restarts, triangles, stairs.

    `curve` computes the rates of all cycles. `cycle(i)` returns the segments of cycle i (from 0),
    or none after the last one. The first cycle lasts `period` steps; each later one is `growth`
    times as long as the one before, with a peak `ratio` times as high. `count` is how many there
    are, None where they never stop.
    """

    name: str
    start: int
    curve: RateFunction
    cycle: Callable[[int], Sequence[Segment]]
    period: float
    growth: float = 1.0
    ratio: float = 1.0
    count: int | None = None

    def segments(self, stop: int) -> Iterator[Segment]:
        """Yield the segments that start before step `stop`, cycle by cycle.

        Cycles that are all shorter than a step have no steps of their own, and are one segment.
        """
        if 0 < self.period < 1 and self.growth <= 1:
            yield Segment(self.name, self.start, self.curve)
            return
        index = 0
        while self.count is None or index < self.count:
            segments = [segment for segment in self.cycle(index) if segment.start < stop]
            if not segments:
                return
            yield from segments
            index += 1

    def later(self, steps: int) -> Cycles:
        """Return the cycles `steps` steps later."""
        curve, cycle = self.curve, self.cycle
        return replace(
            self,
            start=self.start + steps,
            curve=lambda t: curve(t - steps),
            cycle=lambda index: [segment.later(steps) for segment in cycle(index)],
        )


Part = Segment | Cycles


def evaluate(parts: Sequence[Part], t: NDArray[Any]) -> Array:
    """Return the rates at the steps `t` (any shape, any order), each from the part it is in.

    `parts` are sorted by their start; where two start at the same step, the later one counts.
    """
    if not t.size:
        return np.empty(t.shape)
    starts = [part.start for part in parts]
    first, last = index_at(starts, int(t.min())), index_at(starts, int(t.max()))
    if first == last:
        return as_rates(parts[first].curve(t), t)
    rates = np.empty(t.shape)
    index = np.maximum(np.searchsorted(starts, t, side="right") - 1, 0)
    for number in range(first, last + 1):
        mask = index == number
        if mask.any():
            rates[mask] = parts[number].curve(t[mask])
    return rates


def index_at(starts: Sequence[int], step: int) -> int:
    """Return the index of the part that a step is in; of the first one for a step before it."""
    return max(bisect_right(starts, step) - 1, 0)


def as_rates(values: Any, t: NDArray[Any]) -> Array:
    """Return values as float64 rates of the shape of `t`."""
    rates = np.asanyarray(values, np.float64)
    return rates if rates.shape == t.shape else np.broadcast_to(rates, t.shape)


def expand(parts: Sequence[Part], stop: int, limit: int = MAX_SEGMENTS) -> list[Segment]:
    """Return the segments of steps 0 to `stop - 1`, with cycles expanded, at most `limit`.

    Their starts are strictly ascending, from 0: a segment that has no step is left out.
    """
    segments: list[Segment] = []
    for index, part in enumerate(parts):
        end = min(stop, parts[index + 1].start) if index + 1 < len(parts) else stop
        if part.start >= end or end <= 0:
            continue
        for segment in [part] if isinstance(part, Segment) else part.segments(end):
            start = max(segment.start, 0)
            if segments and segments[-1].start >= start:
                segments.pop()
            if len(segments) == limit:
                return segments
            segments.append(segment if segment.start == start else replace(segment, start=start))
    return segments


def parts_from(parts: Sequence[Part], start: int) -> list[Part]:
    """Return the parts that compute the steps from `start` on, the first one cut to it."""
    index = index_at([part.start for part in parts], start)
    first, later = parts[index], parts[index + 1 :]
    if isinstance(first, Segment):
        return [replace(first, start=start), *later]
    return [cycles_from(first, start), *later]


def cycles_from(cycles: Cycles, start: int) -> Cycles:
    """Return cycles of which only the steps from `start` on are used."""
    skipped = cycle_index(cycles, start)

    def cycle(index: int) -> list[Segment]:
        segments = cycles.cycle(index + skipped)
        return [replace(segment, start=max(segment.start, start)) for segment in segments]

    count = None if cycles.count is None else cycles.count - skipped
    return replace(cycles, start=start, cycle=cycle, count=count)


def cycle_index(cycles: Cycles, step: int) -> int:
    """Return the index of the cycle that a step is in; of the last one for a step after it."""
    index = 0
    while cycles.count is None or index + 1 < cycles.count:
        following = cycles.cycle(index + 1)
        if not following or following[0].start > step:
            break
        index += 1
    return index


def segments_of_rates(rates: Array, names: tuple[str, str] = ("hold", "drop")) -> list[Segment]:
    """Return a segment for each run of equal rates.

    The first has the first name, the others the second. Rates that change at more than
    `MAX_SEGMENTS` steps are one segment.
    """
    changes = (np.flatnonzero(np.diff(rates)) + 1).tolist()
    if len(changes) > MAX_SEGMENTS:
        return [Segment("decay", 0, lambda t: rates[t])]
    starts = [0, *changes]
    return [
        Segment(names[min(index, 1)], start, hold(float(rates[start])))
        for index, start in enumerate(starts)
        if len(rates)
    ]
