"""The cosines after a warm-up, and what is made of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import Field

from lrviz.core import shapes
from lrviz.core.parameters import Rate, SpanFromZero
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Part, Segment, cosine, hold, linear
from lrviz.dialects.olmo.base import AHEAD, WithEnd, first_step

RISE = "M + (lr - M) * (t + 1) / W if t + 1 < W else "


class CosineWithWarmup(WithEnd):
    """A warm-up from a tenth of lr, then half a cosine to a share of lr."""

    name = "cosine_with_warmup"
    aliases = ("cos_with_warmup", "CosWithWarmup")
    formula = RISE + (
        "lr * (alpha_f + (1 - alpha_f) * (1 + cos(pi * min(1, (t + 1 - W) / (T - W)))) / 2)"
    )

    def segments(self, lr: float) -> Sequence[Part]:
        floor = lr * self.alpha_f
        wave = cosine(lr, floor, self.t_warmup - AHEAD, self.length)
        parts = self.warm_up(lr)
        if self.last > self.start:
            parts.append(Segment("decay", self.start, wave))
        return [*parts, Segment("floor", self.last, hold(floor))]


class CosineLinearEnvelope(WithEnd):
    """A warm-up, then half a cosine times a line, to a share of lr."""

    name = "cosine_linear_envelope"
    aliases = ("CosLinearEnvelope",)
    formula = RISE + (
        "lr * (alpha_f + (1 - alpha_f) * max(0, T - t - 1) / (T - W) * "
        "(1 + cos(pi * (t + 1 - W) / (T - W))) / 2)"
    )

    def segments(self, lr: float) -> Sequence[Part]:
        floor, begin, length = lr * self.alpha_f, self.t_warmup - AHEAD, self.length

        def rates(t: Steps64) -> Array:
            passed = np.asanyarray((t - begin) / length)
            wave = (lr - floor) * shapes.cosine(passed)
            return np.asanyarray(floor + shapes.linear(passed) * wave)

        parts = self.warm_up(lr)
        if self.last > self.start:
            parts.append(Segment("decay", self.start, rates))
        return [*parts, Segment("floor", self.last, hold(floor))]


class HalfCosineWithWarmup(WithEnd):
    """A warm-up to half of a cosine's fall, then its second half; lr is the whole cosine's peak."""

    name = "half_cos_with_warmup"
    aliases = ("HalfCosWithWarmup",)
    formula = (
        "M + (lr * (1 + alpha_f) / 2 - M) * (t + 1) / W if t + 1 < W else "
        "lr * (alpha_f + (1 - alpha_f) * "
        "(1 + cos(pi * min(1, (t + 1 - W + T - W) / (2 * (T - W))))) / 2)"
    )

    def segments(self, lr: float) -> Sequence[Part]:
        floor, length = lr * self.alpha_f, self.length
        parts = self.warm_up(lr, floor + (lr - floor) / 2)
        wave = cosine(lr, floor, self.t_warmup - AHEAD - length, 2 * length)
        if self.last > self.start:
            parts.append(Segment("decay", self.start, wave))
        return [*parts, Segment("floor", self.last, hold(floor))]


class CosineAndLinearDecay(WithEnd):
    """A warm-up, then a cosine that is cut short by a line to decay_min_lr."""

    name = "cos_with_warmup_and_linear_decay"
    aliases = ("CosWithWarmupAndLinearDecay",)
    formula = (
        "M + (lr - M) * (t + 1) / W if t + 1 < min(W, T - t_decay) else (lr * "
        "(alpha_f + (1 - alpha_f) * (1 + cos(pi * (min(t + 1, T - t_decay) - W) / (T - W))) / 2) "
        "- decay_min_lr) * min(1, (T - t - 1) / t_decay) + decay_min_lr"
    )
    t_decay: SpanFromZero = Field(description="steps of the line at the end", examples=[20])
    decay_min_lr: Rate = Field(0.0, description="rate at the end of the line")

    def segments(self, lr: float) -> Sequence[Part]:
        cosine = CosineWithWarmup(
            t_warmup=self.t_warmup,
            warmup_min_lr=self.warmup_min_lr,
            t_max=self.t_max,
            alpha_f=self.alpha_f,
        )
        begin = self.t_max - self.t_decay
        start = first_step(begin)
        parts = [part for part in cosine.segments(lr) if part.start < start]
        top = rate_at_time(cosine, lr, begin)
        if not self.t_decay:
            return [*parts, Segment("floor", start, hold(top))]
        line = linear(top, self.decay_min_lr, begin - AHEAD, self.t_decay)
        return [*parts, Segment("decay", start, line)]


def rate_at_time(schedule: CosineWithWarmup, lr: float, time: float) -> float:
    """Return the rate of a cosine at a time of the trainer's clock, which need not be whole."""
    parts = schedule.segments(lr)
    last = parts[0]
    for part in parts:
        if isinstance(part, Segment) and part.start <= first_step(time):
            last = part
    return float(last.curve(np.array([time - AHEAD]))[0])


class MaxScheduler(WithEnd):
    """A warm-up, then the greater of half a cosine and an inverse square root."""

    name = "max_scheduler"
    aliases = ("MaxScheduler",)
    formula = RISE + (
        "max(lr * (alpha_f + (1 - alpha_f) * (1 + cos(pi * min(1, (t + 1 - W) / (T - W)))) / 2), "
        "lr * (W / (t + 1)) ** 0.5)"
    )

    def segments(self, lr: float) -> Sequence[Part]:
        floor, warmup = lr * self.alpha_f, self.t_warmup
        length = max(self.length, 1e-9)

        def rates(t: Steps64) -> Array:
            passed = np.minimum(1.0, (t + AHEAD - warmup) / length)
            wave = shapes.cosine_between(lr, floor, passed)
            return np.asanyarray(np.maximum(wave, lr * np.sqrt(warmup / (t + AHEAD))))

        return [*self.warm_up(lr), Segment("decay", self.start, rates)]
