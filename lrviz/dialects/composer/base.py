"""What the schedules of Composer share."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Annotated, ClassVar

from pydantic import Field

from lrviz.core.parameters import Factor, SpanFromZero
from lrviz.core.roles import Floor, Length, WarmUp
from lrviz.core.schedule import Schedule
from lrviz.core.segment import Part, Segment, Shape, hold, linear


class Composer(Schedule, abstract=True):
    """A schedule of Composer; the clock counts batches, which are optimizer steps, from 0.

    A time in samples or tokens is a number of batches that need not be whole.
    """

    dialect = "composer"
    source = "Composer 0.32.1, composer/optim/scheduler.py"


class WithWarmUp(Composer, abstract=True):
    """A schedule that begins with a line from 0 to lr."""

    ignored_parameters: ClassVar[tuple[str, ...]] = ("scale_warmup",)
    t_warmup: Annotated[SpanFromZero, WarmUp()] = Field(
        description="steps of the warm-up", examples=[10]
    )

    def warm_up(self, top: float) -> list[Part]:
        """Return the warm-up to a rate, nothing where it has no step."""
        if not self.t_warmup:
            return []
        return [Segment("warm-up", 0, linear(0.0, top, 0, self.t_warmup))]


class WithDecay(WithWarmUp, abstract=True):
    """A warm-up, then a decay to a share of lr, which is then held."""

    t_max: Annotated[SpanFromZero, Length()] = Field(
        description="steps of the run, the warm-up included", examples=[100]
    )
    alpha_f: Annotated[Factor, Floor(share=True)] = Field(
        0.0, description="rate at the end, as a share of lr"
    )

    def decay(self, curve: Shape) -> Sequence[Part]:
        """Return the decay after the warm-up, then its last rate; without room its first one."""
        start, end = ceil(self.t_warmup), ceil(self.t_max)
        if self.t_max <= self.t_warmup:
            return [Segment("hold", start, hold(curve.first))]
        return [Segment("decay", start, curve), Segment("floor", end, hold(curve.last))]
