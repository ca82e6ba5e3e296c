"""What fairseq's schedules share: the clock counts updates, and a line rises to lr."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from lrviz.core.errors import SpecError
from lrviz.core.parameters import Count, Rate
from lrviz.core.roles import WarmUp
from lrviz.core.schedule import Schedule
from lrviz.core.segment import Part, Segment, linear
from lrviz.core.text import format_number


class Fairseq(Schedule, abstract=True):
    """A schedule of fairseq; the clock counts updates from 0."""

    dialect = "fairseq"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("optimizer",)
    source = "fairseq 0.12.2, fairseq/optim/lr_scheduler"


def require_below(high: float, low: float, name: str = "min_lr", of: str = "lr") -> None:
    """Raise SpecError for a rate that is not below the one that it must be below."""
    if not low < high:
        raise SpecError.of(
            "", f"fairseq: {name} ({format_number(low)}) must be below {of} ({format_number(high)})"
        )


class WithWarmup(Fairseq, abstract=True):
    """A schedule that rises in a line from warmup_init_lr to lr at update warmup_updates."""

    warmup_updates: Annotated[Count, WarmUp()] = Field(0, description="updates of the warm-up")
    warmup_init_lr: Rate = Field(
        -1.0, description="rate at update 0 of the warm-up; below 0 what the schedule starts from"
    )

    @property
    def own_init_lr(self) -> float:
        """The rate at update 0 where the warm-up's start is not given."""
        return 0.0

    def warmup_parts(self, lr: float) -> list[Part]:
        """Return the warm-up, none where it has no length."""
        if not self.warmup_updates:
            return []
        first = self.warmup_init_lr if self.warmup_init_lr >= 0 else self.own_init_lr
        length = self.warmup_updates
        slope = (lr - first) / length
        return [Segment("warm-up", 0, linear(first, lr, 0, length, lambda t: first + t * slope))]
