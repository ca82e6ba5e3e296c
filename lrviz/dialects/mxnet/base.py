"""What the schedulers of MXNet share: the warm-up before their decay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from lrviz.core.absolute import AbsoluteSchedule
from lrviz.core.parameters import Count, Rate
from lrviz.core.roles import Peak, WarmUp
from lrviz.core.segment import Part, Segment, hold, linear, parts_from
from lrviz.core.text import format_number
from lrviz.core.validation import error_at


class MXNet(AbsoluteSchedule, abstract=True):
    """A scheduler of MXNet, which holds the rate itself.

    MXNet counts updates from 1: step t uses the rate of update t + 1, so that a warm-up of W
    updates has W - 1 steps below base_lr. The decay does not wait for the warm-up. Rates are
    float64.
    """

    dialect = "mxnet"
    source = "MXNet 2.0.0 (b84609d3), python/mxnet/lr_scheduler.py"
    base_lr: Annotated[Rate, Peak()] = Field(0.01, description="rate before the decay")
    warmup_steps: Annotated[Count, WarmUp()] = Field(0, description="updates of the warm-up")
    warmup_begin_lr: Rate = Field(0.0, description="rate that the warm-up starts from")
    warmup_mode: Literal["linear", "constant"] = Field(
        "linear", description="whether the warm-up rises in a line or stays at warmup_begin_lr"
    )

    @model_validator(mode="after")
    def check_warmup_rises(self) -> MXNet:
        """Refuse what MXNet refuses: a warm-up from above base_lr."""
        if self.warmup_begin_lr > self.base_lr:
            message = (
                f"must be at most base_lr, {format_number(self.base_lr)} (got "
                f"{format_number(self.warmup_begin_lr)})"
            )
            raise error_at("warmup_begin_lr", message, self.warmup_begin_lr)
        return self

    @property
    def decay_start(self) -> int:
        """The first step after the warm-up."""
        return max(self.warmup_steps - 1, 0)

    def decay(self) -> Sequence[Part]:
        """Return the segments of the rates without the warm-up."""
        raise NotImplementedError

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        if not self.decay_start:
            return self.decay()
        first, last, length = self.warmup_begin_lr, self.base_lr, self.warmup_steps
        line = linear(first, last, -1, length) if self.warmup_mode == "linear" else hold(first)
        return [Segment("warm-up", 0, line), *parts_from(self.decay(), self.decay_start)]
