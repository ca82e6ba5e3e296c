"""A warm-up, then a constant, a line, half a cosine, a polynomial, or drops."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from pydantic import Field

from lrviz.core.parameters import Factor, Number, Spans
from lrviz.core.segment import Part, Segment, cosine, hold, linear, polynomial
from lrviz.dialects.composer.base import WithDecay, WithWarmUp


class ConstantWithWarmup(WithWarmUp):
    """A linear warm-up, then constant."""

    name = "constant_with_warmup"
    aliases = ("ConstantWithWarmupScheduler",)
    ignored_parameters = (*WithWarmUp.ignored_parameters, "t_max")
    formula = "lr * alpha * (t / W if t < W else 1)"
    alpha: Factor = Field(1.0, description="rate after the warm-up, as a share of lr")

    def segments(self, lr: float) -> Sequence[Part]:
        top = lr * self.alpha
        return [*self.warm_up(top), Segment("hold", ceil(self.t_warmup), hold(top))]


class LinearWithWarmup(WithDecay):
    """A linear warm-up, then a line to a share of lr."""

    name = "linear_decay_with_warmup"
    aliases = ("LinearWithWarmupScheduler",)
    formula = (
        "lr * alpha_i * t / W if t < W else "
        "lr * (alpha_i + min(1, (t - W) / (T - W)) * (alpha_f - alpha_i))"
    )
    alpha_i: Factor = Field(1.0, description="rate after the warm-up, as a share of lr")

    def segments(self, lr: float) -> Sequence[Part]:
        top, length = lr * self.alpha_i, self.t_max - self.t_warmup
        line = linear(top, lr * self.alpha_f, self.t_warmup, length)
        return [*self.warm_up(top), *self.decay(line)]


class CosineWithWarmup(WithDecay):
    """A linear warm-up, then half a cosine to a share of lr."""

    name = "cosine_with_warmup"
    aliases = ("CosineAnnealingWithWarmupScheduler",)
    formula = (
        "lr * t / W if t < W else lr * (alpha_f + (1 - alpha_f) * "
        "(1 + cos(pi * min(1, (t - W) / (T - W)))) / 2)"
    )

    def segments(self, lr: float) -> Sequence[Part]:
        wave = cosine(lr, lr * self.alpha_f, self.t_warmup, self.t_max - self.t_warmup)
        return [*self.warm_up(lr), *self.decay(wave)]


class PolynomialWithWarmup(WithDecay):
    """A linear warm-up, then a polynomial to a share of lr."""

    name = "polynomial_with_warmup"
    aliases = ("PolynomialWithWarmupScheduler",)
    formula = (
        "lr * t / W if t < W else "
        "lr * (alpha_f + (1 - alpha_f) * (1 - min(1, (t - W) / (T - W))) ** power)"
    )
    power: Number = Field(2.0, description="exponent of the decay")

    def segments(self, lr: float) -> Sequence[Part]:
        length = self.t_max - self.t_warmup
        curve = polynomial(lr, lr * self.alpha_f, self.t_warmup, length, self.power)
        return [*self.warm_up(lr), *self.decay(curve)]


class MultiStepWithWarmup(WithWarmUp):
    """A linear warm-up, then a drop at each milestone; those within the warm-up count after it."""

    name = "multistep_with_warmup"
    aliases = ("MultiStepWithWarmupScheduler",)
    formula = "lr * t / W if t < W else lr * gamma ** (number of milestones <= t)"
    milestones: Spans = Field(description="steps at which the rate drops", examples=[[30, 60]])
    gamma: Factor = Field(0.1, description="what each drop multiplies the rate by")

    def segments(self, lr: float) -> Sequence[Part]:
        start = ceil(self.t_warmup)
        starts = sorted(max(ceil(milestone), start) for milestone in self.milestones)
        drops = [
            Segment("drop", at, hold(lr * self.gamma ** (index + 1)))
            for index, at in enumerate(starts)
        ]
        return [*self.warm_up(lr), Segment("hold", start, hold(lr)), *drops]
