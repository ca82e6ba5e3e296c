"""Schedules that multiply the rate by gamma: at steps, at milestones, each time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from lrviz.core import shapes
from lrviz.core.parameters import Factor, Milestones, Steps
from lrviz.core.schedule import Array, Steps64
from lrviz.dialects.torch.base import Torch


class Decay(Torch, abstract=True):
    """A schedule that multiplies the rate by gamma now and then."""

    if TYPE_CHECKING:  # each subclass declares it, in torch's order
        gamma: Factor

    def drops(self, t: Steps64) -> Any:
        """Return how often step() multiplies by gamma on arrival at `t`."""
        raise NotImplementedError

    def step_map(self, t: Steps64, lr: float) -> tuple[Array, Array]:
        """Return (gamma ** drops, 0)."""
        del lr
        return shapes.powers(self.gamma, self.drops(t)), np.zeros(t.shape)

    def findings(self, lr: float) -> Iterator[str]:
        """Say that a negative gamma turns the rate's sign."""
        del lr
        if self.gamma < 0:
            yield f"gamma is negative ({self.gamma:g}): the rate changes its sign at each drop"
        if self.gamma > 1:
            yield f"gamma is above 1 ({self.gamma:g}): the rate grows"


class StepLR(Decay):
    """Drops the rate by gamma every step_size steps."""

    aliases = ("step",)
    formula = "lr * gamma ** floor(t / step_size)"
    step_size: Steps = Field(description="steps between two drops", examples=[30])
    gamma: Factor = Field(0.1, description="what each drop multiplies the rate by")

    def compute(self, t: Steps64, lr: float) -> Any:
        return lr * shapes.powers(self.gamma, t // self.step_size)

    def drops(self, t: Steps64) -> Any:
        return (t % self.step_size == 0) & (t != 0)

    def marks(self, stop: int) -> list[int]:
        return list(range(self.step_size, stop, self.step_size))


class MultiStepLR(Decay):
    """Drops the rate by gamma at each milestone; a milestone named twice counts twice."""

    aliases = ("multistep",)
    formula = "lr * gamma ** (number of milestones <= t)"
    milestones: Milestones = Field(description="the steps that drop", examples=[[30, 60, 90]])
    gamma: Factor = Field(0.1, description="what each drop multiplies the rate by")

    def compute(self, t: Steps64, lr: float) -> Any:
        reached = np.searchsorted(np.sort(self.milestones), t, side="right")
        return lr * shapes.powers(self.gamma, reached)

    def drops(self, t: Steps64) -> Any:
        ordered = np.sort(self.milestones)
        return np.searchsorted(ordered, t, "right") - np.searchsorted(ordered, t, "left")

    def natural_length(self) -> int | None:
        """A quarter beyond the last milestone, so that its drop is seen."""
        return -(-max(self.milestones) * 5 // 4) or None if self.milestones else None

    def marks(self, stop: int) -> list[int]:
        return sorted({step for step in self.milestones if 0 < step < stop})

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        if list(self.milestones) != sorted(self.milestones):
            yield "milestones do not rise; torch sorts them"
        if len(set(self.milestones)) < len(self.milestones):
            yield "a milestone stands there more than once; torch drops once for each"


class ExponentialLR(Decay):
    """Multiplies the rate by gamma every step."""

    aliases = ("exponential",)
    formula = "lr * gamma ** t"
    gamma: Factor = Field(description="what each step multiplies the rate by", examples=[0.95])

    def compute(self, t: Steps64, lr: float) -> Any:
        return lr * shapes.powers(self.gamma, t)

    def drops(self, t: Steps64) -> Any:
        return np.ones(t.shape)
