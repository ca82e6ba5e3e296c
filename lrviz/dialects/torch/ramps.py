"""Schedules that go from one rate to another in a number of steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import Field

from lrviz.core import shapes
from lrviz.core.parameters import Count, Factor, Rate, Steps
from lrviz.core.schedule import Array, End, Steps64
from lrviz.dialects.torch.base import Torch


class ConstantLR(Torch):
    """Holds factor times the rate for total_iters steps, then the full rate."""

    aliases = ("constant",)
    at_zero = True
    formula = "lr * factor while t < total_iters, then lr"
    factor: Factor = Field(1.0 / 3, ge=0, le=1, description="share of the rate at first")
    total_iters: Count = Field(5, description="steps until the full rate")

    def compute(self, t: Steps64, lr: float) -> Any:
        # With total_iters 0 the step that would restore the rate never comes.
        full = (t >= self.total_iters) & (self.total_iters > 0)
        return np.where(full, lr, lr * self.factor)

    def natural_length(self) -> int | None:
        """Four times as long as it holds, so that the full rate is seen."""
        return 4 * self.total_iters or None

    def end(self) -> End | None:
        if self.factor == 0 and self.total_iters:
            last = self.total_iters - 1
            return End(last, f"divides by factor 0 at step {last + 1}: float division by zero")
        return None

    def marks(self, stop: int) -> list[int]:
        return [self.total_iters] if 0 < self.total_iters < stop else []

    def findings(self, lr: float) -> Iterator[str]:
        del lr
        if self.total_iters == 0:
            yield "with total_iters 0 the full rate never comes; torch holds factor * lr"


class LinearLR(Torch):
    """Goes in a straight line from start_factor to end_factor times the rate."""

    aliases = ("linear",)
    at_zero = True
    formula = (
        "lr * (start_factor + (end_factor - start_factor) * min(t, total_iters) / total_iters)"
    )
    start_factor: Factor = Field(1.0 / 3, gt=0, le=1, description="factor on the rate at step 0")
    end_factor: Factor = Field(1.0, ge=0, le=1, description="factor at the end")
    total_iters: Count = Field(5, description="steps from start to end")

    def compute(self, t: Steps64, lr: float) -> Any:
        change = self.end_factor - self.start_factor
        done = np.minimum(t, self.total_iters) / max(self.total_iters, 1)
        return lr * (self.start_factor + change * done)

    def natural_length(self) -> int | None:
        return self.total_iters or None

    def marks(self, stop: int) -> list[int]:
        return [self.total_iters] if 0 < self.total_iters < stop else []

    def findings(self, lr: float) -> Iterator[str]:
        del lr
        if self.total_iters == 0:
            yield "with total_iters 0 torch stays at start_factor * lr"


class PolynomialLR(Torch):
    """Falls to 0 in total_iters steps along a power of the time that is left."""

    aliases = ("polynomial", "poly")
    formula = "lr * (1 - min(t, total_iters) / total_iters) ** power"
    total_iters: Count = Field(5, description="steps until the rate is 0", examples=[100])
    power: Factor = Field(1.0, description="1 is a straight line, above it falls faster at first")

    def compute(self, t: Steps64, lr: float) -> Any:
        if self.total_iters == 0:
            return np.full(t.shape, lr)
        done = np.minimum(t, self.total_iters) / self.total_iters
        return lr * shapes.polynomial(done, self.power)

    def natural_length(self) -> int | None:
        return self.total_iters or None

    def end(self) -> End | None:
        if self.power < 0 and self.total_iters:
            last = self.total_iters - 1
            return End(
                last, f"raises 0 to power {self.power:g} at step {last + 1}: ZeroDivisionError"
            )
        return None

    def marks(self, stop: int) -> list[int]:
        return [self.total_iters] if 0 < self.total_iters < stop else []

    def findings(self, lr: float) -> Iterator[str]:
        del lr
        if self.total_iters == 0:
            yield "with total_iters 0 torch never changes the rate"
        if self.power < 0:
            yield f"power is negative ({self.power:g}): the rate grows"


class CosineAnnealingLR(Torch):
    """Half a cosine from the rate down to eta_min in T_max steps, then back up."""

    aliases = ("cosine",)
    formula = "eta_min + (lr - eta_min) * (1 + cos(pi * t / T_max)) / 2"
    T_max: Steps = Field(description="steps from the top to the bottom", examples=[100])
    eta_min: Rate = Field(0.0, description="rate at the bottom")

    def compute(self, t: Steps64, lr: float) -> Any:
        return shapes.cosine_between(lr, self.eta_min, t / self.T_max)

    def step_map(self, t: Steps64, lr: float) -> tuple[Array, Array]:
        """Past each bottom torch adds a fixed amount instead of scaling."""
        a, b = super().step_map(t, lr)
        turns = (t - 1 - self.T_max) % (2 * self.T_max) == 0
        rise = (lr - self.eta_min) * (1 - np.cos(np.pi / self.T_max)) / 2
        return np.where(turns, 1.0, a), np.where(turns, rise, b)

    def natural_length(self) -> int | None:
        return self.T_max

    def marks(self, stop: int) -> list[int]:
        return list(range(self.T_max, stop, self.T_max))

    def findings(self, lr: float) -> Iterator[str]:
        if self.eta_min > lr:
            yield f"eta_min ({self.eta_min:g}) is above lr ({lr:g}): the rate rises"
