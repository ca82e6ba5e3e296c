"""NeMo's policies that anneal from the end of the warm-up to max_steps."""

from __future__ import annotations

from math import ceil
from typing import Annotated

import numpy as np
from pydantic import Field

from lrviz.core.parameters import Flag, Number, Rate
from lrviz.core.roles import Floor
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import (
    Part,
    RateFunction,
    Segment,
    Shape,
    hold,
    inverse_sqrt,
    linear,
    polynomial,
)
from lrviz.dialects.nemo.base import RISE, Policy

REMAINING = "(1 - (t - W) / (T - W))"


def stopped(start: int, shape: Shape, floor: float, share: float) -> list[Part]:
    """Return a decay along a shape from a step on, and its floor from a share of the shape on."""
    if not floor:
        return [Segment("decay", start, shape)]
    end = max(ceil(shape.begin + share * shape.length), start)
    return [Segment("decay", start, shape), Segment("floor", end, hold(floor))]


def polynomial_down_to(
    start: int, lr: float, floor: float, begin: int, length: int, power: float
) -> list[Part]:
    """Return a polynomial decay to 0 from a step on that stops at a floor."""
    share = 1 - (floor / lr) ** (1 / power) if 0 <= floor < lr else 0.0
    return stopped(start, polynomial(lr, 0.0, begin, length, power), floor, share)


class WarmupPolicy(Policy):
    """A linear warm-up, then the optimizer's rate up to max_steps, and min_lr after it."""

    name = "WarmupPolicy"
    formula = f"{RISE}lr"

    def annealing(self, lr: float) -> list[Part]:
        return [Segment("hold", self.start, hold(lr))]


class WarmupAnnealing(Policy):
    """A linear warm-up, then a line to min_lr."""

    name = "WarmupAnnealing"
    formula = f"{RISE}min_lr + (lr - min_lr) * {REMAINING}"

    def annealing(self, lr: float) -> list[Part]:
        length = max(self.max_steps - self.warmup, 1)
        return [Segment("decay", self.start, linear(lr, self.min_lr, self.warmup, length))]


class SquareAnnealing(Policy):
    """A linear warm-up, then a square that falls to 0 and stops at min_lr."""

    name = "SquareAnnealing"
    formula = f"{RISE}max(min_lr, lr * {REMAINING} ** 2)"
    min_lr: Annotated[Rate, Floor()] = Field(1e-5, ge=0, description="rate after max_steps")

    def annealing(self, lr: float) -> list[Part]:
        length = max(self.max_steps - self.warmup, 1)
        return polynomial_down_to(self.start, lr, self.min_lr, self.warmup, length, 2)


class SquareRootAnnealing(Policy):
    """A linear warm-up, then a square root whose clock includes the warm-up, so that it drops."""

    name = "SquareRootAnnealing"
    formula = f"{RISE}max(min_lr, lr * sqrt(1 - t / T))"

    def annealing(self, lr: float) -> list[Part]:
        return polynomial_down_to(self.start, lr, self.min_lr, 0, self.max_steps, 0.5)


class InverseSquareRootAnnealing(Policy):
    """A linear warm-up, then lr * sqrt((W + 1) / (t + 1)); after max_steps it drops to min_lr."""

    name = "InverseSquareRootAnnealing"
    formula = f"{RISE}lr / sqrt((t + 1) / (W + 1))"

    def annealing(self, lr: float) -> list[Part]:
        return [Segment("decay", self.start, inverse_sqrt(lr, self.warmup, self.warmup + 1))]


def polynomial_rates(
    lr: float, floor: float, begin: int, length: int, power: float, cycle: bool
) -> RateFunction:
    """Return a polynomial decay from step `begin`; with `cycle` its length grows past its end."""

    def rates(t: Steps64) -> Array:
        since = t - begin
        if cycle:
            fraction = since / (length * np.maximum(1, np.ceil(since / length)))
        else:
            fraction = np.minimum(since, length) / length
        return np.asanyarray((lr - floor) * (1.0 - fraction) ** power + floor)

    return rates


class PolynomialDecayAnnealing(Policy):
    """A linear warm-up, then a polynomial to min_lr."""

    name = "PolynomialDecayAnnealing"
    formula = f"{RISE}min_lr + (lr - min_lr) * {REMAINING} ** power"
    power: Number = Field(1.0, ge=0, description="exponent of the decay")
    cycle: Flag = Field(False, description="without effect: the annealing ends at max_steps")

    def annealing(self, lr: float) -> list[Part]:
        length = max(self.max_steps - self.warmup, 1)
        fall = polynomial(lr, self.min_lr, self.warmup, length, self.power)
        return [Segment("decay", self.start, fall)]
