"""What the schedules of Megatron-LM share: a warm-up, the clock, and the end of the decay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from lrviz.core.errors import SpecError
from lrviz.core.parameters import Ascending, Duration, Milestones, Rate, SpanFromZero, Steps
from lrviz.core.roles import Floor, Length, WarmUp
from lrviz.core.schedule import Schedule
from lrviz.core.segment import Part, Segment, Shape, hold, linear
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.megatron.clock import Clock, clock_of


class Megatron(Schedule, abstract=True):
    """A schedule of Megatron's OptimizerParamScheduler, its parameters named as its arguments.

    The clock counts samples; lengths are in iterations of `global_batch_size` samples. Where
    the batch size changes, `batch_sizes` has each of them, and `batch_size_boundaries` the
    samples at which the second and later ones begin.
    """

    dialect = "megatron"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("optimizer",)
    source = "Megatron Core 0.16.1, megatron/core/optimizer_param_scheduler.py"

    lr_warmup_iters: Annotated[SpanFromZero, WarmUp()] = Field(
        0, description="iterations of the linear warm-up"
    )
    lr_warmup_init: Rate = Field(0.0, ge=0, description="rate at step 0 of the warm-up")
    global_batch_size: Steps = Field(1, description="samples of an iteration")
    batch_sizes: Milestones = Field(
        (), description="samples of an iteration, one size after another"
    )
    batch_size_boundaries: Ascending = Field(
        (), description="samples from which the second and later batch sizes count"
    )

    @model_validator(mode="after")
    def check_batches(self) -> Megatron:
        """Refuse batch sizes that do not fit their boundaries."""
        sizes = self.batch_sizes
        if sizes and len(self.batch_size_boundaries) != len(sizes) - 1:
            message = (
                f"batch_size_boundaries must have {len(sizes) - 1} values, "
                f"one less than batch_sizes (got {len(self.batch_size_boundaries)})"
            )
            raise error_at("batch_size_boundaries", message, self.batch_size_boundaries)
        if 0 in sizes:
            raise error_at("batch_sizes", "batch_sizes must be greater than 0 (got 0)", sizes)
        return self

    @property
    def batch_clock(self) -> Clock:
        """The clock of the batch sizes."""
        return clock_of(self.global_batch_size, self.batch_size_boundaries, self.batch_sizes)

    def segment(self, name: str, start: int, shape: Shape) -> Segment:
        """Return a segment of a shape over positions; over steps where they are the same."""
        clock = self.batch_clock
        if clock.is_even or shape.kind == "hold":
            return Segment(name, start, shape)
        return Segment(name, start, lambda t: shape(clock.position(t)))

    def require_rates(self, lr: float) -> None:
        """Raise SpecError for rates that Megatron refuses."""
        if self.lr_warmup_init > lr:
            message = (
                f"lr_warmup_init ({format_number(self.lr_warmup_init)}) must not be above lr "
                f"({format_number(lr)})"
            )
            raise SpecError.of("", f"Megatron: {message}")

    def warmup_parts(self, lr: float) -> list[Part]:
        """Return the warm-up, which includes the step at its end; none where it has no length."""
        if not self.lr_warmup_iters:
            return []
        first, length = self.lr_warmup_init, self.lr_warmup_iters
        rise = linear(first, lr, 0, length, lambda t: first + (lr - first) * t / length)
        return [self.segment("warm-up", 0, rise)]

    @property
    def warmup_end(self) -> int:
        """The first step after the warm-up."""
        return self.batch_clock.first_after(self.lr_warmup_iters) if self.lr_warmup_iters else 0


class WithDecay(Megatron, abstract=True):
    """A schedule whose decay ends lr_decay_iters after the start, the warm-up included."""

    lr_decay_iters: Annotated[Duration, Length()] = Field(
        description="iterations until the decay ends, those of the warm-up included",
        examples=[100],
    )
    min_lr: Annotated[Rate, Floor()] = Field(0.0, ge=0, description="rate after the decay")

    @model_validator(mode="after")
    def check_warmup_within_decay(self) -> WithDecay:
        """Refuse a warm-up that is not shorter than the decay."""
        if self.lr_warmup_iters >= self.lr_decay_iters:
            message = (
                f"lr_warmup_iters ({format_number(self.lr_warmup_iters)}) must be below "
                f"lr_decay_iters ({format_number(self.lr_decay_iters)})"
            )
            raise error_at("lr_warmup_iters", message, self.lr_warmup_iters)
        return self

    def require_rates(self, lr: float) -> None:
        super().require_rates(lr)
        if self.min_lr > lr:
            message = (
                f"min_lr ({format_number(self.min_lr)}) must not be above lr ({format_number(lr)})"
            )
            raise SpecError.of("", f"Megatron: {message}")

    def decay_parts(self, lr: float) -> list[Part]:
        """Return the parts between the warm-up and the end of the decay."""
        raise NotImplementedError

    def segments(self, lr: float) -> Sequence[Part]:
        self.require_rates(lr)
        end = self.batch_clock.first_after(self.lr_decay_iters)
        floor = Segment("floor", end, hold(self.min_lr))
        return [*self.warmup_parts(lr), *self.decay_parts(lr), floor]
