"""Schedulers that go from one rate to another in a number of steps."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lrviz.core.parameters import Factor, Flag, Number, Rate, Steps
from lrviz.core.roles import Floor, Length
from lrviz.core.schedule import Schedule
from lrviz.dialects.keras.decays import PolynomialDecay as KerasPolynomial
from lrviz.dialects.paddle.base import SameCurve, WithRate
from lrviz.dialects.torch.ramps import CosineAnnealingLR
from lrviz.dialects.torch.ramps import LinearLR as TorchLinear


class PolynomialDecay(SameCurve, WithRate):
    """Goes to end_lr in decay_steps steps along a power of the remaining time."""

    formula = "(learning_rate - end_lr) * (1 - min(t, decay_steps) / decay_steps) ** power + end_lr"
    decay_steps: Annotated[Steps, Length()] = Field(
        description="steps to the end rate", examples=[100]
    )
    end_lr: Annotated[Rate, Floor()] = Field(0.0001, description="rate at the end")
    power: Number = Field(
        1.0, gt=0, description="1 is a straight line; above 1 it falls faster at first"
    )
    cycle: Flag = Field(
        False,
        description="whether to start again after decay_steps: decay_steps becomes its next "
        "multiple from t",
    )

    def counterpart(self) -> Schedule:
        return KerasPolynomial(
            initial_learning_rate=self.learning_rate,
            decay_steps=self.decay_steps,
            end_learning_rate=self.end_lr,
            power=self.power,
            cycle=self.cycle,
        )


class CosineAnnealingDecay(SameCurve, WithRate):
    """Falls along half a cosine to eta_min in T_max steps, then climbs back, and so on."""

    formula = "eta_min + (learning_rate - eta_min) * (1 + cos(pi * t / T_max)) / 2"
    T_max: Annotated[Steps, Length()] = Field(
        description="steps from the top to the bottom", examples=[100]
    )
    eta_min: Annotated[Rate, Floor()] = Field(0.0, description="rate at the bottom")

    def counterpart(self) -> Schedule:
        return CosineAnnealingLR(T_max=self.T_max, eta_min=self.eta_min)


class LinearLR(SameCurve, WithRate):
    """Goes in a straight line from start_factor to end_factor times learning_rate."""

    formula = (
        "learning_rate * (start_factor + (end_factor - start_factor) * min(t, total_steps) "
        "/ total_steps)"
    )
    total_steps: Annotated[Steps, Length()] = Field(
        description="steps from start to end", examples=[100]
    )
    start_factor: Factor = Field(
        1.0 / 3, gt=0, le=1, description="factor on learning_rate at step 0"
    )
    end_factor: Factor = Field(1.0, ge=0, le=1, description="factor at the end")

    def counterpart(self) -> Schedule:
        return TorchLinear(
            start_factor=self.start_factor,
            end_factor=self.end_factor,
            total_iters=self.total_steps,
        )
