"""Patterns of outlines that libraries have a schedule for, and proposals to construct one.

Each dialect's `equivalents` module has a function `propose` from an outline to proposals. A
proposal counts only if its rates agree, so that a pattern need not exclude every other curve.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from lrviz.core.outline import Outline, is_close, simple_number, simple_ratio
from lrviz.core.segment import Shape

Spec = dict[str, Any]
MAX_PARTS = 12
"""How many parts a proposed list has at most: longer lists are not readable code."""
MAX_SHAPES = 32
"""How many shapes at the start of a longer outline a single schedule is proposed for."""


@dataclass(frozen=True)
class Proposal:
    """A schedule that may give an outline: its name, its parameters, and the optimizer's rate.

    One that is `endless` repeats a rule beyond the outline; the others list or count its parts.
    `note` says what a reader of its parameters would not expect.
    """

    name: str
    parameters: Mapping[str, Any]
    lr: float | None = None
    endless: bool = False
    note: str = ""


@dataclass(frozen=True)
class Phases:
    """An outline of at most four parts: a warm-up, a hold, a decay, and its last rate held."""

    warm_up: Shape | None
    hold: Shape | None
    decay: Shape | None
    is_floored: bool = False
    """Whether the outline has the hold after the decay."""

    @property
    def peak(self) -> float:
        """The rate between warm-up and decay."""
        shape = self.decay or self.hold
        assert shape  # one of them follows the warm-up
        return shape.first

    @property
    def warm_up_steps(self) -> float:
        """The steps of the warm-up; 0 where there is none."""
        return self.warm_up.length if self.warm_up else 0

    @property
    def warm_up_start(self) -> float:
        """The rate at the warm-up's first step; 0 where there is none."""
        return self.warm_up.first if self.warm_up else 0.0

    @property
    def hold_steps(self) -> float:
        """The steps between warm-up and decay."""
        return self.hold.length if self.hold else 0

    @property
    def falls(self) -> bool:
        """Whether the decay does not go up, from a peak above 0."""
        return self.peak > 0 and (self.decay is None or self.decay.last <= self.decay.first)


@dataclass(frozen=True)
class Stairs:
    """An outline of holds: their first steps and rates; `factor` and `period` where constant."""

    starts: tuple[int, ...]
    rates: tuple[float, ...]
    factor: float | None
    period: int | None

    @property
    def is_regular(self) -> bool:
        """Whether one factor acts at equal distances, twice at least."""
        return self.factor is not None and self.period is not None and len(self.starts) > 2


@dataclass(frozen=True)
class Restarts:
    """Cosines that follow each other: each `growth` times as long, from a peak `shrink` as high."""

    first: Shape
    growth: float
    shrink: float
    count: int


def end_of(shape: Shape) -> float:
    """Return the step at which a shape is at its last rate."""
    return shape.begin + shape.length


def moved_to_start(outline: Outline) -> Outline:
    """Return the outline with its first shape at step 0."""
    offset = outline[0].begin
    return tuple(replace(shape, begin=shape.begin - offset) for shape in outline)


def meets(before: Shape, after: Shape) -> bool:
    """Return whether a shape ends where, and at the rate at which, the next one begins."""
    return is_close(end_of(before), after.begin) and is_close(before.last, after.first)


def without_floor(outline: Outline) -> Outline:
    """Return the outline without the hold of its last rate."""
    if len(outline) < 2 or outline[-1].kind != "hold":
        return outline
    return outline[:-1] if is_close(outline[-2].last, outline[-1].first) else outline


def split_warm_up(outline: Outline) -> tuple[Shape | None, Outline]:
    """Return the line from which an outline rises to what follows, and what follows."""
    first, *others = outline
    if others and first.kind == "linear" and first.first < first.last and meets(first, others[0]):
        return first, tuple(others)
    return None, outline


def phases_of(outline: Outline) -> Phases | None:
    """Return the outline as warm-up, hold and decay, or None where it has other parts."""
    warm_up, others = split_warm_up(outline)
    hold = others[0] if others[0].kind == "hold" else None
    others = others[1:] if hold else others
    if not others:
        return Phases(warm_up, hold, None)
    if hold and not is_close(hold.first, others[0].first):
        return None
    decay, *following = without_floor(others)
    if following or decay.kind == "hold":
        return None
    return Phases(warm_up, hold, decay, is_floored=len(others) > 1)


def stairs_of(outline: Outline) -> Stairs | None:
    """Return the outline as stairs, or None where it has other shapes or a single rate."""
    if len(outline) < 2 or any(shape.kind != "hold" for shape in outline):
        return None
    starts = tuple(int(shape.begin) for shape in outline)
    rates = tuple(shape.first for shape in outline)
    factor = simple_ratio(rates[1], rates[0]) if rates[0] else None
    if factor is None or any(not is_close(a * factor, b) for a, b in pairwise(rates)):
        factor = None
    period = starts[1]
    regular = all(b - a == period for a, b in pairwise(starts))
    return Stairs(starts, rates, factor, period if regular else None)


def restarts_of(outline: Outline) -> Restarts | None:
    """Return the outline as two or more cosines down to one floor, or None where it is not."""
    cosines = without_floor(outline)
    if len(cosines) < 2 or any(not is_fall(shape) for shape in cosines):
        return None
    first, second = cosines[:2]
    growth = simple_ratio(second.length, first.length)
    shrink = simple_ratio(second.first, first.first)
    for a, b in pairwise(cosines):
        regular = is_close(a.length * growth, b.length) and is_close(a.first * shrink, b.first)
        if not (regular and is_close(end_of(a), b.begin) and a.last == b.last):
            return None
    return Restarts(first, growth, shrink, len(cosines))


def is_fall(shape: Shape) -> bool:
    """Return whether a shape is half a cosine down, from a rate above 0."""
    return shape.kind == "cosine" and shape.first > 0 and shape.first > shape.last


def highest(outline: Outline) -> float:
    """Return the highest rate at an end of a shape."""
    return max(max(shape.first, shape.last) for shape in outline)


def tile(
    outline: Outline, leaf: Callable[[Outline], Spec | None]
) -> tuple[list[Spec], list[int]] | None:
    """Return the schedules of consecutive parts of an outline, and the steps that separate them.

    `leaf` returns the schedule of a part that begins at step 0; each part has as many shapes as
    one schedule can have. None where a part has no schedule, and where there are too many.
    """
    schedules: list[Spec] = []
    starts: list[int] = []
    while outline and len(schedules) < MAX_PARTS:
        count = len(outline)
        for size in (count, *range(min(count - 1, MAX_SHAPES), 0, -1)):
            spec = leaf(moved_to_start(outline[:size]))
            if spec is not None:
                break
        else:
            return None
        schedules.append(spec)
        starts.append(int(outline[0].begin))
        outline = outline[size:]
    return None if outline else (schedules, starts[1:])


def factors_between(rates: tuple[float, ...]) -> list[float]:
    """Return the factors from each rate to the next one."""
    return [simple_number(b / a) for a, b in pairwise(rates)]
