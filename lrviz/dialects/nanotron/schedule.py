"""nanotron's only schedule: a warm-up, a constant phase, a decay, and a floor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lrviz.core.findings import Finding
from lrviz.core.parameters import Count, Rate, Steps
from lrviz.core.roles import Floor, Length, WarmUp
from lrviz.core.schedule import Schedule
from lrviz.core.segment import Part, Segment, cosine, hold, linear, one_minus_sqrt

CURVES = {"linear": linear, "cosine": cosine, "1-sqrt": one_minus_sqrt}


class LearningRateScheduler(Schedule):
    """A warm-up from 0, then lr until the decay starts, a decay, and min_decay_lr from its end.

    The clock counts optimizer steps from 0. Without min_decay_lr the decay ends at lr, so that
    there is none.
    """

    dialect = "nanotron"
    name = "learning_rate_scheduler"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("optimizer", "learning_rate")
    source = "nanotron 0.4 (2411b022), nanotron/helpers.py, lr_scheduler_builder"
    formula = (
        "lr * t / max(1, W) if t <= W else lr if t < S else min_decay_lr + (lr - min_decay_lr) * "
        "(S + D - t) / D if t < S + D else min_decay_lr"
    )
    lr_warmup_steps: Annotated[Count, WarmUp()] = Field(0, description="steps of the warm-up")
    lr_warmup_style: Literal["linear", "constant"] = Field(
        "linear", description="curve of the warm-up"
    )
    lr_decay_style: Literal["linear", "cosine", "1-sqrt"] = Field(
        "linear", description="curve of the decay"
    )
    lr_decay_steps: Count | None = Field(
        None,
        description="steps of the decay (train_steps less lr_warmup_steps, and less "
        "lr_decay_starting_step, if not given)",
    )
    lr_decay_starting_step: Count | None = Field(
        None, description="step at which the decay starts (lr_warmup_steps if not given)"
    )
    min_decay_lr: Annotated[Rate | None, Floor()] = Field(
        None, description="rate after the decay (lr if not given)"
    )
    train_steps: Annotated[Steps, Length()] = Field(description="steps of the run", examples=[100])

    @property
    def decay_start(self) -> int:
        """The step at which the decay starts."""
        start = self.lr_decay_starting_step
        return self.lr_warmup_steps if start is None else start

    @property
    def decay_steps(self) -> int:
        """The steps of the decay; below 0 where the library counts them so."""
        if self.lr_decay_steps is not None:
            return self.lr_decay_steps
        # The library takes off the warm-up although the starting step already counts it.
        return self.train_steps - self.lr_warmup_steps - (self.lr_decay_starting_step or 0)

    @property
    def is_squared(self) -> bool:
        """Whether the library returns the rate where a factor on it is meant."""
        return not self.lr_warmup_steps and not self.decay_steps

    def segments(self, lr: float) -> Sequence[Part]:
        warmup, start, length = self.lr_warmup_steps, self.decay_start, self.decay_steps
        floor = lr if self.min_decay_lr is None else self.min_decay_lr
        if self.is_squared:
            return [Segment("hold", 0, hold(lr * lr))]
        rise = linear(0.0, lr, 0, max(warmup, 1))
        if self.lr_warmup_style == "constant":
            rise = hold(lr)
        parts: list[Part] = [Segment("warm-up", 0, rise)]
        # The warm-up has step W, too, where it reaches lr, or 0 where it has no other step.
        reaches_lr = warmup and (start > warmup or (start == warmup and length > 0))
        after = warmup if reaches_lr else warmup + 1
        if start > after:
            parts.append(Segment("hold", after, hold(lr)))
        begin, end = max(start, after), max(start + max(length, 0), after)
        if end > begin:
            curve = CURVES[self.lr_decay_style](lr, floor, start, length)
            parts.append(Segment("decay", begin, curve))
        return [*parts, Segment("floor", end, hold(floor))]

    def natural_length(self) -> int | None:
        return self.train_steps

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        if self.is_squared:
            message = "without a warm-up and a decay, nanotron multiplies the rate by itself"
            yield self.note("squared-rate", message)
        if self.lr_decay_steps is None and self.lr_decay_starting_step and self.lr_warmup_steps:
            message = (
                "lr_decay_steps is not given: nanotron takes off the warm-up twice, so that the "
                f"decay has {self.decay_steps:,} steps"
            )
            yield self.note("short-decay", message)
        if self.min_decay_lr is None and not self.is_squared:
            yield self.note("no-decay", "min_decay_lr is not given: the decay ends at lr")
