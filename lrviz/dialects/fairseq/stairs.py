"""fairseq's schedules in stairs: rates per epoch, and a factor every so many updates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from lrviz.core.parameters import Count, Factor, Rate, Rates, Steps
from lrviz.core.roles import Floor, WarmUp
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Cycles, Part, Segment, hold
from lrviz.dialects.fairseq.base import Fairseq, WithWarmup, require_below


class Fixed(Fairseq):
    """The rate of each epoch, the last one for all that follow, after a warm-up (t + 1) / W.

    From epoch force_anneal on (the first is 1) each epoch has lr_shrink times the rate before.
    """

    name = "fixed"
    formula = "lr * min(1, (t + 1) / W)"
    warmup_updates: Annotated[Count, WarmUp()] = Field(0, description="updates of the warm-up")
    lrs: Rates = Field((), description="rates of the first epochs; lr if empty")
    updates_per_epoch: Steps = Field(1, description="updates of an epoch")
    force_anneal: Steps | None = Field(None, description="epoch from which the rate shrinks")
    lr_shrink: Factor = Field(0.1, description="factor from epoch to epoch once the rate shrinks")

    def epoch_rates(self, lr: float, epochs: Steps64) -> Array:
        """Return the rates of epochs, which count from 1."""
        rates = np.array(self.lrs or (lr,))
        listed = rates[np.minimum(epochs, len(rates)) - 1]
        if self.force_anneal is None:
            return np.asanyarray(listed)
        shrunk = rates[-1] * self.lr_shrink ** np.maximum(epochs + 1 - self.force_anneal, 0.0)
        return np.asanyarray(np.where(epochs < self.force_anneal, listed, shrunk))

    def segments(self, lr: float) -> Sequence[Part]:
        length, size = self.warmup_updates, self.updates_per_epoch

        def stairs(t: Steps64) -> Array:
            return self.epoch_rates(lr, t // size + 1)

        def rise(t: Steps64) -> Array:
            return np.asanyarray((t + 1) / max(length, 1) * stairs(t))

        warmup: list[Part] = [Segment("warm-up", 0, rise)] if length else []
        if len(self.lrs) < 2 and self.force_anneal is None:
            rate = self.lrs[0] if self.lrs else lr
            return [*warmup, Segment("hold", length, hold(rate))]

        def cycle(index: int) -> Sequence[Segment]:
            rate = float(self.epoch_rates(lr, np.array([index + 1 + length // size]))[0])
            at = max((index + length // size) * size, length)
            return [Segment("drop" if index else "hold", at, hold(rate))]

        return [*warmup, Cycles("drop", length, stairs, cycle, period=size)]


class Step(WithWarmup):
    """A line up to lr, then lr times lr_decay every lr_deacy_period updates, at least min_lr."""

    name = "step"
    parameter_aliases = {"lr_decay_period": "lr_deacy_period"}
    formula = (
        "max(min_lr, lr * lr_decay ** floor((t - W) / lr_deacy_period)) if t >= W else "
        "(warmup_init_lr if warmup_init_lr >= 0 else min_lr) + "
        "(lr - (warmup_init_lr if warmup_init_lr >= 0 else min_lr)) * t / W"
    )
    min_lr: Annotated[Rate, Floor()] = Field(0.0, ge=0, description="the lowest rate")
    lr_deacy_period: Steps = Field(25000, description="updates of a stair; fairseq's spelling")
    lr_decay: Factor = Field(0.5, ge=0, le=1, description="factor from stair to stair")

    @property
    def own_init_lr(self) -> float:
        return self.min_lr

    def segments(self, lr: float) -> Sequence[Part]:
        require_below(lr, self.min_lr)
        start, period = self.warmup_updates, self.lr_deacy_period

        def rates(t: Steps64) -> Array:
            factor = self.lr_decay ** ((t - start) // period).astype(np.float64)
            return np.asanyarray(np.maximum(self.min_lr, lr * factor))

        def cycle(index: int) -> Sequence[Segment]:
            rate = max(self.min_lr, lr * self.lr_decay**index)
            return [Segment("drop" if index else "hold", start + index * period, hold(rate))]

        stairs = Cycles("drop", start, rates, cycle, period=period, ratio=self.lr_decay)
        return [*self.warmup_parts(lr), stairs]
