"""The parts of a curve that code is written from: its segments, or what its rates show."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from lrviz.core.composition import children_of
from lrviz.core.schedule import PathDependent, Schedule, Steps64
from lrviz.core.segment import (
    Array,
    Cycles,
    Part,
    RateFunction,
    Segment,
    evaluate,
    exponential,
    hold,
)

MAX_RUNS = 8
"""How many parts are inferred from rates at most."""
TOLERANCE = 1e-11


def alternatives(schedule: Schedule, lr: float, rates: Array) -> Iterator[Sequence[Part]]:
    """Yield the parts that a schedule may be written from: the best first.

    `rates` are those of its run, from which parts are inferred where no segments have arithmetic.
    """
    if schedule.metric_trace(1, lr) is not None:
        return
    with suppress(NotImplementedError):  # what only the run computes has no segments
        yield list(schedule.segments(lr))
    if isinstance(schedule, PathDependent):
        for product in products_of(schedule, lr, 2 * len(rates)):
            if give_rates(product, rates):
                yield product
        yield infer_parts(rates)


@dataclass(frozen=True)
class Product:
    """The curve of a chain: `lr` times the factors, each a curve of its own."""

    lr: float
    factors: tuple[RateFunction, ...]

    def __call__(self, t: Steps64) -> Array:
        """Return the rates at the steps `t`."""
        result = np.asanyarray(self.lr)
        for factor in self.factors:
            result = np.asanyarray(result * factor(t))
        return result


def products_of(schedule: Schedule, lr: float, stop: int) -> Iterator[Sequence[Part]]:
    """Yield products of the factors of a schedule's children, which many chains are.

    A child that sets the rate makes those before it ineffective, so that each
    child is tried as the first one.
    """
    children = children_of(schedule)
    for number, first in enumerate(children):
        if any(child.sets_rate for child in children[number + 1 :]):
            continue
        with suppress(NotImplementedError):
            if number == len(children) - 1:
                yield list(first.segments(lr))
                return
            base = 1.0 if first.sets_rate else lr
            factors = [expand_lists(child.segments(1.0), stop) for child in children[number:]]
            starts = sorted({part.start for parts in factors for part in parts})
            if len(starts) <= MAX_RUNS:
                yield [product_at(base, factors, start) for start in starts]


def expand_lists(parts: Sequence[Part], stop: int) -> list[Part]:
    """Return parts with lists of steps expanded."""
    result: list[Part] = []
    for part in parts:
        is_list = isinstance(part, Cycles) and not part.period
        result += part.segments(stop) if isinstance(part, Cycles) and is_list else [part]
    return result


def product_at(lr: float, factors: Sequence[Sequence[Part]], start: int) -> Segment:
    """Return the segment of a product that starts at a step."""
    active = [parts[bisect_right(parts, start, key=first_step) - 1] for parts in factors]
    changing = [part for part in active if part.name not in ("hold", "floor")]
    warm_up = any(part.name == "warm-up" for part in active)
    name = "warm-up" if warm_up else (changing or active)[0].name
    curves = [part.curve for part in active]
    varying = [curve for curve in curves if curve != hold(1.0)] or curves[:1]
    return Segment(name, start, Product(lr, tuple(varying)))


def first_step(part: Part) -> int:
    """Return the first step of a part."""
    return part.start


def give_rates(parts: Sequence[Part], rates: Array) -> bool:
    """Return whether parts have these rates."""
    t = np.arange(len(rates))
    with np.errstate(all="ignore"):
        return np.allclose(evaluate(parts, t), rates, rtol=TOLERANCE, atol=1e-15)


def infer_parts(rates: Array) -> list[Segment]:
    """Return the parts of rates: constant, or with one factor per step; none if more than 8."""
    parts: list[Segment] = []
    start = 0
    while start < len(rates):
        if len(parts) == MAX_RUNS:
            return []
        stop, part = longest_part(rates, start)
        parts.append(part)
        start = stop
    return parts


def longest_part(rates: Array, start: int) -> tuple[int, Segment]:
    """Return the longest part from a step on, and the step after it."""
    first = float(rates[start])
    duration = count_equal(rates[start:], np.full(len(rates) - start, first))
    if start + 2 < len(rates) and first and duration == 1:
        ratio = float(rates[start + 1] / first)
        with np.errstate(over="ignore"):  # of a ratio that holds for a few steps only
            powers = np.asarray(first * max(ratio, 0.0) ** np.arange(len(rates) - start))
        falling = count_equal(rates[start : start + len(powers)], powers)
        if falling > 2 and ratio > 0:
            curve = exponential(first, first * ratio, start, 1)
            return start + falling, Segment("decay" if ratio < 1 else "rise", start, curve)
    return start + duration, Segment("drop" if start else "hold", start, hold(first))


def count_equal(rates: Array, other: Array) -> int:
    """Return how many rates agree from the first on."""
    differs = ~np.isclose(rates, other, rtol=TOLERANCE, atol=0.0)
    return int(np.argmax(differs)) if differs.any() else len(rates)
