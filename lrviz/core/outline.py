"""The outline of a curve: its segments as ground shapes in plain numbers, ready to translate.

Libraries write one curve in many ways: a line may start before its first step, a floor may be a
segment or the end of a decay. In an outline every shape begins at its own first step, neighbours
of one rate are a single hold, and numbers are those that a user would write.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.core.integers import int_if_whole
from lrviz.core.schedule import Array, Schedule
from lrviz.core.segment import Segment, Shape, segments_of_rates

Outline = tuple[Shape, ...]
"""Shapes in order, each from its `begin`, a whole step, to the next one's; the first is at 0."""

TOLERANCE = 1e-12
ULPS = 8
"""How many units in the last place a plain number may be off the computed one."""
MAX_DENOMINATOR = 1_000
CAN_START_LATER = ("linear", "polynomial", "exponential", "inverse_sqrt")
"""The shapes of which the part from any step on is a shape of the same kind."""


def outline_of(schedule: Schedule, lr: float, stop: int) -> Outline | None:
    """Return the outline of steps 0 to `stop - 1`, or None where a segment has no ground shape."""
    end = schedule.end()
    try:
        segments = schedule.expand(lr, min(stop, end.last + 1) if end else stop)
    except (NotImplementedError, SpecError):
        return None
    return outline_of_segments(segments)


def outline_of_stairs(rates: Array) -> Outline | None:
    """Return the outline of a curve as the runs of its equal rates."""
    return outline_of_segments(segments_of_rates(rates))


def outline_of_segments(segments: Sequence[Segment]) -> Outline | None:
    """Return the outline of segments, or None where one has no ground shape."""
    shapes: list[Shape] = []
    for segment in segments:
        shape = shape_from_start(segment, shapes[-1] if shapes else None)
        if shape is None:
            return None
        if shapes and is_same_hold(shapes[-1], shape):
            continue
        if shapes:
            shapes[-1] = cut_after(shapes[-1], int(shape.begin))
        shapes.append(shape)
    return tuple(shapes) if shapes and shapes[0].begin == 0 else None


def shape_from_start(segment: Segment, before: Shape | None) -> Shape | None:
    """Return the shape of a segment, moved to begin at its first step; None where that fails."""
    shape, start = segment.shape, segment.start
    if shape is None:
        return None
    if shape.kind == "hold" or is_close(shape.first, shape.last):
        return Shape("hold", simple_number(shape.first), simple_number(shape.first), start, 0)
    shape = replace(shape, exact=None)
    if before and start - shape.begin == 1 and agree_at(before, shape, start - 1):
        start -= 1
    if shape.begin != start:
        if shape.kind not in CAN_START_LATER:
            return None
        shape = cut_before(shape, start)
    return replace(
        shape,
        first=simple_number(shape.first),
        last=simple_number(shape.last),
        begin=start,
        length=int_if_whole(simple_number(shape.length)),
    )


def agree_at(before: Shape, shape: Shape, step: int) -> bool:
    """Return whether two shapes have the same rate at a step that the first one has."""
    at = np.array([step])
    return before.begin < step and is_close(float(before.rates(at)[0]), float(shape.rates(at)[0]))


def cut_before(shape: Shape, start: int) -> Shape:
    """Return the part of a shape from a step on, as a shape that begins there."""
    first = float(shape.rates(np.array([start]))[0])
    passed = start - shape.begin
    length = shape.length + passed if shape.kind == "inverse_sqrt" else shape.length - passed
    return replace(shape, first=first, begin=start, length=length)


def cut_after(shape: Shape, stop: int) -> Shape:
    """Return a shape cut at step `stop`: a hold gets its length, a shorter line its last rate."""
    steps = stop - int(shape.begin)
    if shape.kind == "hold":
        return replace(shape, length=steps)
    if shape.kind != "linear" or steps >= shape.length:
        return shape
    return replace(shape, last=simple_number(float(shape.rates(np.array([stop]))[0])), length=steps)


def is_same_hold(before: Shape, shape: Shape) -> bool:
    """Return whether a hold only continues the one before it."""
    return before.kind == shape.kind == "hold" and is_close(before.first, shape.first)


def is_close(a: float, b: float) -> bool:
    """Return whether two numbers differ by rounding only."""
    return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=0.0)


def simple_number(value: float) -> float:
    """Return the number that a user would write for a computed one: 0.3, not 0.30000000000000004.

    It is a short decimal or a simple fraction within a few units in the last place, else the value.
    """
    near = ULPS * math.ulp(value)
    fraction = float(Fraction(value).limit_denominator(MAX_DENOMINATOR))
    for candidate in (float(f"{value:.12g}"), fraction):
        if abs(candidate - value) <= near:
            return candidate
    return value


def simple_ratio(a: float, b: float) -> float:
    """Return a / b as a user would write it."""
    return simple_number(a / b)
