"""fairseq's schedules that repeat: the cosine with its restarts, and triangles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from lrviz.core import shapes
from lrviz.core.parameters import Duration, Factor, Flag, Number, Rate, Steps
from lrviz.core.roles import Floor, Length
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Cycles, Part, Segment, cosine, linear
from lrviz.dialects.fairseq.base import Fairseq, WithWarmup, require_below


class Cosine(WithWarmup):
    """A line up to lr, then half cosines to min_lr; each restart is lr_shrink times as high."""

    name = "cosine"
    formula = (
        "s * (min_lr + (lr - min_lr) * (1 + cos(pi * t_cur / t_i)) / 2) with s = lr_shrink ** i, "
        "t_cur updates into period i, which has t_i = lr_period_updates * t_mult ** i updates"
    )
    min_lr: Annotated[Rate, Floor()] = Field(
        0.0, ge=0, description="rate at the end of a period, and at update 0 of the warm-up"
    )
    t_mult: Number = Field(1.0, ge=1, description="factor on the length from period to period")
    lr_period_updates: Annotated[Duration, Length(after_warmup=True)] = Field(
        description="updates of the first period", examples=[100]
    )
    lr_shrink: Factor = Field(0.1, ge=0, description="factor on the rates from period to period")

    @property
    def own_init_lr(self) -> float:
        return self.min_lr

    def period_of(self, update: int) -> int:
        """Return the period of an update after the warm-up, as fairseq's logarithm rounds it."""
        if self.t_mult == 1:
            return math.floor(update / self.lr_period_updates)
        passed = 1 - update / self.lr_period_updates * (1 - self.t_mult)
        return math.floor(math.log(passed, self.t_mult))

    def first_update(self, period: int) -> int:
        """Return the first update of a period, counted from the warm-up's end."""
        guess = math.ceil(self.before(period))
        while self.period_of(guess) < period:
            guess += 1
        while guess and self.period_of(guess - 1) >= period:
            guess -= 1
        return guess

    def before(self, period: int) -> float:
        """Return the updates before a period, as an exact length."""
        if self.t_mult == 1:
            return period * self.lr_period_updates
        factor: float = (1 - self.t_mult**period) / (1 - self.t_mult)
        return factor * self.lr_period_updates

    def segments(self, lr: float) -> Sequence[Part]:
        require_below(lr, self.min_lr)
        floor, start = self.min_lr, self.warmup_updates

        def waves(t: Steps64) -> Array:
            since = t - start
            periods = self.periods(since)
            lengths = self.t_mult**periods * self.lr_period_updates
            passed: Array = (since - self.starts(periods)) / lengths
            shrink = self.lr_shrink**periods
            return np.asanyarray(shrink * shapes.cosine_between(lr, floor, passed))

        def cycle(index: int) -> Sequence[Segment]:
            first, length = self.before(index), self.t_mult**index * self.lr_period_updates
            shrink = self.lr_shrink**index
            fall = cosine(lr * shrink, floor * shrink, start + first, length)
            name = "restart" if index else "decay"
            return [Segment(name, start + self.first_update(index), fall)]

        cycles = Cycles(
            "decay",
            start,
            waves,
            cycle,
            period=self.lr_period_updates,
            growth=self.t_mult,
            ratio=self.lr_shrink,
        )
        return [*self.warmup_parts(lr), cycles]

    def periods(self, updates: Steps64) -> Array:
        """Return the periods of updates after the warm-up."""
        if self.t_mult == 1:
            return np.asanyarray(np.floor(updates / self.lr_period_updates))
        firsts = [0]
        while firsts[-1] <= int(updates.max(initial=0)):
            firsts.append(max(self.first_update(len(firsts)), firsts[-1] + 1))
        return np.asanyarray(np.searchsorted(firsts, updates, side="right") - 1, np.float64)

    def starts(self, periods: Array) -> Array:
        """Return the updates before periods, as exact lengths."""
        if self.t_mult == 1:
            return np.asanyarray(self.lr_period_updates * periods)
        factor = (1 - self.t_mult**periods) / (1 - self.t_mult)
        return np.asanyarray(factor * self.lr_period_updates)

    def natural_length(self) -> int | None:
        return self.warmup_updates + math.ceil(self.lr_period_updates)


class Triangular(Fairseq):
    """Lines between lr and max_lr, each cycle lr_shrink times as high."""

    name = "triangular"
    formula = (
        "min + (max - min) * max(0, 1 - abs(t / h - 2 * i - 1)) with h = lr_period_updates // 2, "
        "i = floor(t / (2 * h)), max = max_lr * lr_shrink ** i and min = lr, which shrinks with it "
        "if shrink_min"
    )
    max_lr: Rate = Field(gt=0, description="the highest rate", examples=[1.0])
    lr_period_updates: Annotated[Steps, Length()] = Field(
        5000, ge=2, description="updates of a cycle"
    )
    lr_shrink: Factor = Field(0.1, description="factor on the highest rate from cycle to cycle")
    shrink_min: Flag = Field(False, description="whether the lowest rate shrinks, too")

    def segments(self, lr: float) -> Sequence[Part]:
        require_below(self.max_lr, lr, "lr", "max_lr")
        half = self.lr_period_updates // 2

        def ends(index: float) -> tuple[float, float]:
            shrink = self.lr_shrink**index
            return (lr * shrink if self.shrink_min else lr), self.max_lr * shrink

        def rates(t: Steps64) -> Array:
            index = np.floor(t / (2 * half))
            shrink = self.lr_shrink**index
            low = lr * shrink if self.shrink_min else np.float64(lr)
            height = np.maximum(0, 1 - np.abs(t / half - 2 * (index + 1) + 1))
            return np.asanyarray(low + (self.max_lr * shrink - low) * height)

        def cycle(index: int) -> Sequence[Segment]:
            low, high = ends(index)
            at = 2 * half * index
            return [
                Segment("rise", at, linear(low, high, at, half)),
                Segment("decay", at + half, linear(high, low, at + half, half)),
            ]

        return [Cycles("cycle", 0, rates, cycle, period=2 * half, ratio=self.lr_shrink)]
