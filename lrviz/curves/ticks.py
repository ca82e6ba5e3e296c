"""The ticks of a schedule's clock on an axis of steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from lrviz.core.integers import ceil_div
from lrviz.core.segment import Segment


class Ticks(NamedTuple):
    """The ratio of a schedule's ticks to steps of the axis."""

    ticks: int
    steps: int

    @property
    def is_identity(self) -> bool:
        """Whether each step is a tick."""
        return self.ticks == self.steps

    def tick(self, step: Any) -> Any:
        """Return the tick that a step of the axis, or an array of them, is in."""
        return step if self.is_identity else step * self.ticks // self.steps

    def first(self, tick: int) -> int:
        """Return the first step of the axis that is in a tick, or after it."""
        return ceil_div(tick * self.steps, self.ticks)


def on_axis(segment: Segment, axis: Ticks) -> Segment:
    """Return a segment over the steps of the axis."""
    curve, start = segment.curve, axis.first(segment.start)
    if segment.shape and segment.shape.kind == "hold":
        return replace(segment, start=start)
    return replace(segment, start=start, curve=lambda t: curve(axis.tick(t)))
