"""What the schedules of OLMo share: a clock that is one step ahead, and the warm-up."""

from __future__ import annotations

from math import ceil
from typing import Annotated, ClassVar

from pydantic import Field

from lrviz.core.parameters import Factor, Rate, SpanFromZero
from lrviz.core.roles import Floor, Length, WarmUp
from lrviz.core.schedule import Schedule
from lrviz.core.segment import Part, Segment, linear

AHEAD = 1
"""The trainer's clock is one ahead: it counts a step before it sets the step's rate."""
WARMUP_START = 0.1
"""The share of lr at which the warm-up of OLMo starts."""


class Olmo(Schedule, abstract=True):
    """A schedule of OLMo or OLMo-core; the clock counts optimizer steps from 0.

    Step t has the rate of the trainer's step t + 1. A time in tokens is a number of steps that
    need not be whole.
    """

    dialect = "olmo"
    ignored_parameters: ClassVar[tuple[str, ...]] = (
        "units",
        "grad_clip_warmup_steps",
        "grad_clip_warmup_factor",
    )
    source = "OLMo 0.6.0, olmo/optim.py; OLMo-core 3.0.0, olmo_core/optim/scheduler.py"


class WithWarmUp(Olmo, abstract=True):
    """A schedule that begins with a linear warm-up."""

    t_warmup: Annotated[SpanFromZero, WarmUp()] = Field(
        description="steps of the warm-up", examples=[10]
    )
    warmup_min_lr: Rate | None = Field(
        None, description="rate from which the warm-up starts (a tenth of lr if not given)"
    )

    @property
    def start(self) -> int:
        """The first step after the warm-up."""
        return first_step(self.t_warmup)

    def warm_up(self, lr: float, top: float | None = None) -> list[Part]:
        """Return the warm-up to `top` (lr if not given), nothing where it has no step."""
        if not self.start:
            return []
        bottom = lr * WARMUP_START if self.warmup_min_lr is None else self.warmup_min_lr
        rise = linear(bottom, lr if top is None else top, -AHEAD, self.t_warmup)
        return [Segment("warm-up", 0, rise)]


class WithEnd(WithWarmUp, abstract=True):
    """A schedule with a length and a floor that is a share of lr."""

    t_max: Annotated[SpanFromZero, Length()] = Field(
        description="steps of the run, the warm-up included", examples=[100]
    )
    alpha_f: Annotated[Factor, Floor(share=True)] = Field(
        0.1, description="rate at the end, as a share of lr"
    )

    @property
    def length(self) -> float:
        """The steps from the warm-up to the end."""
        return self.t_max - self.t_warmup

    @property
    def last(self) -> int:
        """The first step at the floor."""
        return max(first_step(self.t_max), self.start)

    def natural_length(self) -> int | None:
        return ceil(self.t_max) or None


def first_step(time: float) -> int:
    """Return the first step whose time on the trainer's clock is not before `time`."""
    return max(ceil(time) - AHEAD, 0)
