"""What NeMo's policies share: a warm-up, annealing up to max_steps, and min_lr after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.parameters import Count, Fraction, Rate, Steps
from lrviz.core.roles import Floor, Length, WarmUp
from lrviz.core.schedule import Schedule
from lrviz.core.segment import Part, Segment, hold, linear
from lrviz.core.text import format_number
from lrviz.core.validation import error_at

WARMUP = "lr * (t + 1) / (W + 1) if t <= W and W > 0 else "
RISE = f"{WARMUP}min_lr if t > T else "
"""How every formula of a policy begins."""


class NeMo(Schedule, abstract=True):
    """A schedule of NeMo; the clock counts optimizer steps from 0."""

    dialect = "nemo"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("optimizer", "last_epoch")
    source = "NeMo 3.0.0, nemo/core/optim/lr_scheduler.py"


def refuse_both(schedule: Schedule, steps: str, ratio: str) -> None:
    """Raise a validation error where a length is given in steps and as a ratio."""
    if steps in schedule.model_fields_set and getattr(schedule, ratio) is not None:
        message = f"NeMo: give one of {steps} and {ratio}"
        raise error_at(ratio, message, getattr(schedule, ratio))


class Policy(NeMo, abstract=True):
    """A policy with NeMo's warm-up, from lr / (W + 1) to lr at step W."""

    warmup_steps: Annotated[Count, WarmUp()] = Field(0, description="steps of the warm-up")
    warmup_ratio: Fraction | None = Field(
        None, description="share of max_steps that the warm-up takes, instead of its steps"
    )
    max_steps: Annotated[Steps, Length()] = Field(
        description="steps until the annealing ends, those of the warm-up included",
        examples=[100],
    )
    min_lr: Annotated[Rate, Floor()] = Field(0.0, ge=0, description="rate after max_steps")

    @model_validator(mode="after")
    def check_one_warmup(self) -> Policy:
        """Refuse a warm-up in steps and as a ratio."""
        refuse_both(self, "warmup_steps", "warmup_ratio")
        return self

    @property
    def warmup(self) -> int:
        """The steps of the warm-up."""
        if self.warmup_ratio is None:
            return self.warmup_steps
        return int(self.warmup_ratio * self.max_steps)

    @property
    def start(self) -> int:
        """The first step after the warm-up."""
        return self.warmup + 1 if self.warmup else 0

    def warmup_parts(self, lr: float) -> list[Part]:
        """Return the warm-up, none where it has no length."""
        if not self.warmup:
            return []
        return [Segment("warm-up", 0, linear(0.0, lr, -1, self.warmup + 1))]

    def annealing(self, lr: float) -> list[Part]:
        """Return the parts from `start` to max_steps."""
        raise NotImplementedError

    @property
    def annealing_end(self) -> int:
        """The first step that is at min_lr for good."""
        return max(self.max_steps + 1, self.start)

    def segments(self, lr: float) -> Sequence[Part]:
        end = self.annealing_end
        parts = [*self.warmup_parts(lr), *self.annealing(lr)]
        floor = Segment("floor", end, hold(self.min_lr))
        return [*(part for part in parts if part.start < end), floor]

    def natural_length(self) -> int | None:
        return self.max_steps

    def refuse_floor_above(self, lr: float) -> None:
        """Raise SpecError for a floor above lr, for the policies that do."""
        if lr < self.min_lr:
            message = (
                f"min_lr ({format_number(self.min_lr)}) must not be above lr ({format_number(lr)})"
            )
            raise SpecError.of("", f"NeMo: {message}")

    def findings(self, lr: float) -> Iterator[Finding]:
        if self.min_lr > lr:
            message = (
                f"min_lr ({format_number(self.min_lr)}) is above lr ({format_number(lr)}): the "
                "rate rises to it"
            )
            yield self.note("rises", message)
