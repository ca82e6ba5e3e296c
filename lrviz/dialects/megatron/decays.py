"""Megatron's constant rate, and its decays along one shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from lrviz.core.segment import Part, Segment, Shape, hold
from lrviz.dialects.megatron.base import Megatron, WithDecay

WARMUP = "lr_warmup_init + (lr - lr_warmup_init) * t / W if t <= W and W > 0 else "
FALL = "(t - W) / (T - W)"


class Constant(Megatron):
    """A linear warm-up, then the optimizer's rate."""

    name = "constant"
    formula = f"{WARMUP}lr"

    def segments(self, lr: float) -> Sequence[Part]:
        self.require_rates(lr)
        return [*self.warmup_parts(lr), Segment("hold", self.warmup_end, hold(lr))]


class Falling(WithDecay, abstract=True):
    """A schedule that falls along one shape from the end of the warm-up."""

    kind: ClassVar[str]

    def decay_parts(self, lr: float) -> list[Part]:
        start = self.lr_warmup_iters
        fall = Shape(self.kind, lr, self.min_lr, start, self.lr_decay_iters - start)
        return [self.segment("decay", self.warmup_end, fall)]


class Linear(Falling):
    """A linear warm-up, then a straight line to min_lr; Megatron's default."""

    name = "linear"
    kind = "linear"
    formula = f"{WARMUP}min_lr + (lr - min_lr) * (1 - min(1, {FALL}))"


class Cosine(Falling):
    """A linear warm-up, then half a cosine to min_lr."""

    name = "cosine"
    kind = "cosine"
    formula = f"{WARMUP}min_lr + (lr - min_lr) * (1 + cos(pi * min(1, {FALL}))) / 2"
