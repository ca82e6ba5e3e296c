"""GPT-NeoX's schedules: a warm-up that is a share of the decay, and a fall to a floor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor, log
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from lrviz.core import shapes
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.parameters import Fraction, Rate, Steps
from lrviz.core.roles import Floor, Length, WarmUp
from lrviz.core.schedule import Array, End, Schedule, Steps64
from lrviz.core.segment import Cycles, Part, Segment, Shape, cosine, hold
from lrviz.core.text import format_number

RISE = (
    "lr * max(1, t) / (warmup_fraction * T) "
    "if t <= warmup_fraction * T and warmup_fraction > 0 else "
)
PROGRESS = "(t - warmup_fraction * T) / (T - warmup_fraction * T)"
HALVING = 0.693
"""The exponent with which the exponential style decays to about a half."""


class Annealing(Schedule, abstract=True):
    """A schedule of GPT-NeoX; its warm-up begins at step 1, so that steps 0 and 1 are alike."""

    dialect = "neox"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("optimizer", "last_iter")
    source = "GPT-NeoX ea7aefd8, megatron/learning_rates.py"

    lr_decay_iters: Annotated[Steps, Length()] = Field(
        description="steps until the decay ends, those of the warm-up included", examples=[100]
    )
    warmup_fraction: Annotated[Fraction, WarmUp(share=True)] = Field(
        0.01, description="steps of the warm-up, as a share of lr_decay_iters"
    )
    min_lr: Annotated[Rate, Floor()] = Field(0.0, ge=0, description="rate that the decay keeps to")

    @property
    def warmup_steps(self) -> float:
        """The steps of the warm-up, which need not be whole."""
        return self.warmup_fraction * self.lr_decay_iters

    @property
    def decay_steps(self) -> float:
        """The steps of the decay."""
        return self.lr_decay_iters - self.warmup_steps

    @property
    def warmup_end(self) -> int:
        """The first step after the warm-up."""
        return floor(self.warmup_steps) + 1 if self.warmup_fraction else 0

    def decay_parts(self, lr: float) -> list[Part]:
        """Return the parts after the warm-up."""
        raise NotImplementedError

    def segments(self, lr: float) -> Sequence[Part]:
        if self.min_lr > lr:
            message = (
                f"min_lr ({format_number(self.min_lr)}) must be smaller or equal lr "
                f"({format_number(lr)})"
            )
            raise SpecError.of("", f"GPT-NeoX: {message}")
        if not self.warmup_fraction:
            return self.decay_parts(lr)
        length = self.warmup_steps

        def rise(t: Steps64) -> Array:
            return np.asanyarray(lr * np.maximum(1, t) / length)

        return [Segment("warm-up", 0, rise), *self.decay_parts(lr)]

    def falling(self, shape: Shape, share: float) -> list[Part]:
        """Return a decay along a shape, and the floor from a share of the decay on."""
        end = max(ceil(self.warmup_steps + share * self.decay_steps), self.warmup_end)
        return [Segment("decay", self.warmup_end, shape), Segment("floor", end, hold(self.min_lr))]

    def natural_length(self) -> int | None:
        return self.lr_decay_iters

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        if 0 < self.warmup_steps < 1:
            factor = 1 / self.warmup_steps
            message = (
                f"the warm-up is shorter than a step: step 0 has {format_number(factor)} times lr"
            )
            yield self.note("short-warm-up", message)


class WithDecay(Annealing, abstract=True):
    """A schedule that divides by the steps of its decay."""

    def end(self) -> End | None:
        if self.decay_steps:
            return None
        return End(self.lr_decay_iters, "divides by zero after a warm-up of the whole decay")


class Constant(Annealing):
    """A linear warm-up, then the optimizer's rate."""

    name = "constant"
    formula = f"{RISE}lr"

    def decay_parts(self, lr: float) -> list[Part]:
        return [Segment("hold", self.warmup_end, hold(lr))]


class Linear(WithDecay):
    """A linear warm-up, then a line to 0 that stops at min_lr; NeoX's default."""

    name = "linear"
    formula = f"{RISE}max(min_lr, lr * (1 - {PROGRESS}))"

    def decay_parts(self, lr: float) -> list[Part]:
        share = 1 - self.min_lr / lr if lr else 0.0
        fall = Shape("linear", lr, 0.0, self.warmup_steps, self.decay_steps or 1)
        return self.falling(fall, share)


class Cosine(WithDecay):
    """A linear warm-up, then half a cosine to min_lr; after the decay it climbs again."""

    name = "cosine"
    formula = f"{RISE}min_lr + (lr - min_lr) * (1 + cos(pi * {PROGRESS})) / 2"

    def decay_parts(self, lr: float) -> list[Part]:
        begin, length, bottom = self.warmup_steps, self.decay_steps or 1, self.min_lr
        start = self.warmup_end

        def waves(t: Steps64) -> Array:
            return np.asanyarray(
                bottom + (lr - bottom) * shapes.cosine(np.asanyarray((t - begin) / length))
            )

        def cycle(index: int) -> Sequence[Segment]:
            top = begin + 2 * index * length
            foot = top + length
            return [
                Segment("decay", max(ceil(top), start), cosine(lr, bottom, top, length)),
                Segment("rise", max(ceil(foot), start), cosine(bottom, lr, foot, length)),
            ]

        return [Cycles("decay", start, waves, cycle, period=2 * length)]


class Exponential(WithDecay):
    """A linear warm-up, then an exponential decay to half the rate, and on, down to min_lr."""

    name = "exponential"
    formula = f"{RISE}max(min_lr, lr * exp(-0.693 * {PROGRESS}))"

    def decay_parts(self, lr: float) -> list[Part]:
        last = lr * np.exp(-HALVING).item()
        fall = Shape("exponential", lr, last, self.warmup_steps, self.decay_steps or 1)
        if not self.min_lr:
            return [Segment("decay", self.warmup_end, fall)]
        return self.falling(fall, log(lr / self.min_lr) / HALVING)
