"""A curve as pieces: from which step to which its rate is which arithmetic in the step.

Each piece is found by tracing the formula, and held against the sampled rates before it is used.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lrviz.codegen.nodes import Node, apply, number
from lrviz.codegen.trace import traced_formula
from lrviz.core.schedule import Array, PathDependent, Schedule
from lrviz.curves.curve import Curve

MOST_PIECES = 24
MOST_RATES = 2_000
CLOSE = 1e-11


@dataclass(frozen=True)
class Piece:
    """The steps from `start` to before `stop`, and the arithmetic of their rates."""

    start: int
    stop: int
    node: Node


@dataclass(frozen=True)
class Pieces:
    """A curve's pieces, or without any its rates themselves."""

    pieces: tuple[Piece, ...]
    rates: tuple[float, ...]


def pieces_of(curve: Curve) -> Pieces:
    """Return the pieces of a curve over its axis' steps, past its length where it goes on."""
    every = curve.steps_per_epoch or 1 if curve.ticks_by_epoch else 1
    if every == 1:
        return pieces_of_ticks(curve)
    slow = pieces_of_ticks(curve.by_ticks())
    found = (Piece(p.start * every, p.stop * every, p.node.slower(every)) for p in slow.pieces)
    return Pieces(tuple(found), tuple(rate for rate in slow.rates for _ in range(every)))


def pieces_of_ticks(curve: Curve) -> Pieces:
    """Return the pieces of a curve whose schedule ticks at each step."""
    schedule, lr = curve.schedule, curve.lr
    asked = curve.count()
    end = schedule.end()
    horizon = min(asked + asked // 4 + 1, end.last + 1) if end else asked + asked // 4 + 1
    if isinstance(schedule, PathDependent) and "metric" in type(schedule).model_fields:
        horizon = asked
    rates = schedule.sample(range(horizon), lr)
    found: list[Piece] = []
    start = 0
    while start < horizon and len(found) <= MOST_PIECES:
        piece = longest(schedule, lr, rates, start)
        if piece is None:
            break
        found.append(piece)
        start = piece.stop
    if start >= horizon and len(found) <= MOST_PIECES:
        return Pieces(tuple(found), ())
    return Pieces((), tuple(float(rate) for rate in rates[:asked]))


def longest(schedule: Schedule, lr: float, rates: Array, start: int) -> Piece | None:
    """Return the piece from `start` that goes furthest, or None."""
    best: Piece | None = None
    steps = np.arange(start, len(rates), dtype=np.float64)
    scale = float(np.abs(rates).max(initial=0.0))
    for node in candidates(schedule, lr, rates, start):
        apart = np.abs(np.broadcast_to(node.at(steps), steps.shape) - rates[start:])
        wrong = ~(apart <= CLOSE * np.abs(rates[start:]) + 1e-16 * scale)
        stop = start + int(np.argmax(wrong)) if wrong.any() else len(rates)
        if stop > start and (best is None or stop > best.stop):
            best = Piece(start, stop, node)
    return best


def candidates(schedule: Schedule, lr: float, rates: Array, start: int) -> Iterator[Node]:
    """Yield arithmetic that may give the rates from `start` on."""
    if not isinstance(schedule, PathDependent):
        node = traced_formula(schedule, start, lr)
        if node:
            yield node
    elif "schedules" in type(schedule).model_fields:
        yield from composed(schedule, lr, start)
    ratio = rates[start + 1] / rates[start] if start + 1 < len(rates) and rates[start] else 1.0
    if np.isfinite(ratio) and isinstance(schedule, PathDependent):
        yield number(float(rates[start]))
        if ratio > 0:
            tail = apply("power", number(float(ratio)), Node("t").later(start))
            yield apply("multiply", number(float(rates[start])), tail)


def composed(schedule: Schedule, lr: float, start: int) -> Iterator[Node]:
    """Yield arithmetic of a schedule of schedules: the child's that runs, or all children's."""
    children = getattr(schedule, "schedules", ())
    switches = getattr(schedule, "milestones", None)
    switches = getattr(schedule, "boundaries", None) if switches is None else switches
    if switches is None:
        yield from product_of(children, lr, start)
        return
    index = bisect_right(switches, start)
    begins = switches[index - 1] if index else 0
    for base in dict.fromkeys((lr, *starting_rates(schedule, lr))):
        child = children[index]
        if "schedules" in type(child).model_fields:
            found: Iterator[Node | None] = iter(composed(child, base, start - begins))
        else:
            found = iter([traced_formula(child, start - begins, base)])
        for node in found:
            if node:
                yield node.later(begins)


def starting_rates(schedule: Schedule, lr: float) -> Iterator[float]:
    """Yield the rates that the children of torch's composites are constructed with."""
    if schedule.dialect == "torch":
        from lrviz.dialects.torch.execution import Optimizer, constructed_rates

        yield from constructed_rates(schedule.execution(Optimizer(lr)))


def product_of(children: tuple[Schedule, ...], lr: float, start: int) -> Iterator[Node]:
    """Yield the product of all children's factors, which a chain without floors is."""
    node = number(lr)
    for child in children:
        factor = traced_formula(child, start, 1.0)
        if factor is None:
            return
        node = apply("multiply", node, factor)
    yield node
