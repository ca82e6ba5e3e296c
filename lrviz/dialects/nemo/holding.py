"""NeMo's policies that hold the rate between the warm-up and the annealing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.parameters import Count, Flag, Fraction, Number
from lrviz.core.roles import Target, WarmUp
from lrviz.core.schedule import Array, End, Steps64
from lrviz.core.segment import Part, Segment, hold, linear, one_minus_sqrt
from lrviz.core.validation import error_at
from lrviz.dialects.nemo.annealing import polynomial_rates, stopped
from lrviz.dialects.nemo.base import Policy, refuse_both

PHASES = (
    "lr * (t + 1) / (W + 1) up to step W, lr until step H = W + hold_steps, then {0} up to T, "
    "then min_lr; without a hold H is 0"
)


class HoldPolicy(Policy, abstract=True):
    """A policy that holds lr for some steps; without a hold the clock of the decay starts at 0."""

    hold_steps: Count | None = Field(None, description="steps of the hold after the warm-up")
    hold_ratio: Fraction | None = Field(
        None, description="share of max_steps that the hold takes, instead of its steps"
    )

    @model_validator(mode="after")
    def check_one_hold(self) -> HoldPolicy:
        """Refuse a hold in steps and as a ratio."""
        if self.hold_steps is not None:
            refuse_both(self, "hold_steps", "hold_ratio")
        return self

    @property
    def hold_end(self) -> int:
        """The first step after the hold, 0 where there is none."""
        if self.hold_steps is not None:
            return self.hold_steps + self.warmup
        if self.hold_ratio is not None:
            return int(self.hold_ratio * self.max_steps) + self.warmup
        return 0

    def fall(self, lr: float, start: int) -> list[Part]:
        """Return the annealing from a step on."""
        raise NotImplementedError

    def annealing(self, lr: float) -> list[Part]:
        start = max(self.hold_end, self.start)
        return [Segment("hold", self.start, hold(lr)), *self.fall(lr, start)]

    @property
    def annealing_end(self) -> int:
        return max(super().annealing_end, self.hold_end)


class WithDivision(HoldPolicy, abstract=True):
    """A policy that divides by the steps after its hold."""

    @property
    def length(self) -> int:
        """The steps of the annealing, at least 1."""
        return max(self.max_steps - self.hold_end, 1)

    def end(self) -> End | None:
        if self.hold_end != self.max_steps or self.start > self.max_steps:
            return None
        return End(self.max_steps - 1, "divides by zero after a hold up to max_steps")


class WarmupHoldPolicy(HoldPolicy):
    """A linear warm-up, then the optimizer's rate up to max_steps, and min_lr after it."""

    name = "WarmupHoldPolicy"
    formula = PHASES.format("lr")

    def fall(self, lr: float, start: int) -> list[Part]:
        return [Segment("hold", start, hold(lr))]


class WarmupHoldAnnealLinear(WithDivision):
    """A linear warm-up, a hold, and a line to min_lr."""

    name = "WarmupHoldAnnealLinear"
    formula = PHASES.format("lr - (lr - min_lr) * (t - H) / (T - H)")

    def fall(self, lr: float, start: int) -> list[Part]:
        return [Segment("decay", start, linear(lr, self.min_lr, self.hold_end, self.length))]


class WarmupHoldAnnealOneMinusSquareRoot(WithDivision):
    """A linear warm-up, a hold, and 1 - sqrt down to 0 that stops at min_lr."""

    name = "WarmupHoldAnnealOneMinusSquareRoot"
    formula = PHASES.format("max(min_lr, lr * (1 - sqrt((t - H) / (T - H))))")

    def fall(self, lr: float, start: int) -> list[Part]:
        shape = one_minus_sqrt(lr, 0.0, self.hold_end, self.length)
        share = (1 - self.min_lr / lr) ** 2 if self.min_lr < lr else 0.0
        return stopped(start, shape, self.min_lr, share)


class PolynomialHoldDecayAnnealing(WithDivision):
    """A linear warm-up, a hold, and a polynomial to min_lr."""

    name = "PolynomialHoldDecayAnnealing"
    formula = PHASES.format(
        "min_lr + (lr - min_lr) * (1 - min(1, (t - H) / (T - max(W, H)))) ** power"
    )
    power: Number = Field(1.0, ge=0, description="exponent of the decay")
    cycle: Flag = Field(False, description="whether the decay grows longer past its end")

    def fall(self, lr: float, start: int) -> list[Part]:
        length = max(self.max_steps - max(self.warmup, self.hold_end), 1)
        curve = polynomial_rates(lr, self.min_lr, self.hold_end, length, self.power, self.cycle)
        return [Segment("decay", start, curve)]


class NoamHoldAnnealing(HoldPolicy):
    """A linear warm-up, a hold, and a power of time down to min_lr, on a clock without the hold."""

    name = "NoamHoldAnnealing"
    formula = PHASES.format("max(min_lr, lr * W ** decay_rate / (t - H + W) ** decay_rate)")
    warmup_steps: Annotated[Count, WarmUp()] = Field(
        0, description="steps of the warm-up", examples=[10]
    )
    decay_rate: Number = Field(0.5, description="exponent of the decay; 0.5 is Noam's")

    @classmethod
    def example_values(cls) -> dict[str, Any]:
        return {**super().example_values(), "warmup_steps": cls.example_value("warmup_steps")}

    @classmethod
    def complete(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        values = super().complete(parameters, target)
        if "warmup_ratio" in parameters:
            values.pop("warmup_steps", None)
        return values

    @model_validator(mode="after")
    def check_has_warmup(self) -> NoamHoldAnnealing:
        """Refuse a policy without a warm-up."""
        if not self.warmup:
            message = "NeMo: NoamHoldAnnealing cannot be used without a warm-up"
            raise error_at("warmup_steps", message, self.warmup_steps)
        return self

    def fall(self, lr: float, start: int) -> list[Part]:
        shift = max(self.hold_end - self.warmup, 0)
        rate = max(self.decay_rate, 0.0)  # NeMo's powers are at least 1

        def rates(t: Steps64) -> Array:
            share = shapes.raise_to(self.warmup / (t - shift), rate)
            return np.asanyarray(np.maximum(lr * share, self.min_lr))

        return [Segment("decay", start, rates)]
