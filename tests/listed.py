"""A schedule whose parts a test sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from lrviz.core.schedule import Schedule
from lrviz.core.segment import Part


class Listed(Schedule, abstract=True):
    """A schedule of parts that a test lists, for a run of 100 steps."""

    listed: ClassVar[list[Part]] = []

    def segments(self, lr: float) -> Sequence[Part]:
        return self.listed

    def natural_length(self) -> int | None:
        return 100
