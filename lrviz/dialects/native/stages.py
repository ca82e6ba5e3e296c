"""Stages: the rate goes from one value to the next in a number of steps, stage by stage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lrviz.core.segment import Segment, Shape, hold

DecayShape = Literal["linear", "cosine", "exponential", "1-sqrt"]
"""The shapes that a decay may have."""
StageShape = Literal["linear", "cosine", "exponential", "polynomial", "1-sqrt", "constant"]
"""The shapes that a phase of `piecewise` may have."""


@dataclass(frozen=True)
class Stage:
    """A number of steps in which the rate goes to `rate`, along a shape; constant is there at once.

    A stage of no steps is a jump.
    """

    name: str
    steps: int
    rate: float
    shape: str = "linear"
    power: float = 1.0

    def segment(self, begin: int, first: float) -> Segment:
        """Return the stage as a segment that begins at a step and a rate."""
        if self.shape == "constant" or first == self.rate:
            return Segment(self.name, begin, hold(self.rate))
        shape = Shape(self.shape, first, self.rate, begin, self.steps, self.power)
        return Segment(self.name, begin, shape)


def consecutive(first: float, stages: Iterable[Stage], begin: int = 0) -> list[Segment]:
    """Return the segments of stages that follow each other, and the hold of the last rate."""
    segments: list[Segment] = []
    after = "hold"
    for stage in stages:
        if stage.steps:
            segments.append(stage.segment(begin, first))
            after = "floor" if stage.name == "decay" else "hold"
        begin, first = begin + stage.steps, stage.rate
    last = segments[-1].shape if segments else None
    if last != hold(first):
        segments.append(Segment(after, begin, hold(first)))
    return segments
