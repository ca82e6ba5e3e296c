"""Schedulers that come back: warm restarts, cycles, and the one cycle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from lrviz.core.parameters import Factor, Flag, Fraction, Rate, Steps, Times
from lrviz.core.roles import Floor, Length, Peak, WarmUp
from lrviz.core.schedule import Array, Schedule, Steps64
from lrviz.core.segment import Cycles, Part, Segment, cosine
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.paddle.base import SameCurve, WithRate
from lrviz.dialects.torch.cycles import CosineAnnealingWarmRestarts as TorchRestarts
from lrviz.dialects.torch.cycles import CyclicLR as TorchCyclic
from lrviz.dialects.torch.cycles import OneCycleLR as TorchOneCycle
from lrviz.dialects.torch.cycles import Scale


class CosineAnnealingWarmRestarts(SameCurve, WithRate):
    """Cosine cycles that restart at the full rate, each T_mult times as long (SGDR)."""

    formula = (
        "eta_min + (learning_rate - eta_min) * (1 + cos(pi * t_cur / T_i)) / 2, t_cur steps into "
        "cycle i, which has T_i = T_0 * T_mult ** i steps"
    )
    T_0: Steps = Field(description="steps of the first cycle", examples=[20])
    T_mult: Times = Field(1, description="how many times longer each cycle is than the last")
    eta_min: Annotated[Rate, Floor()] = Field(0.0, description="rate at the end of each cycle")

    def counterpart(self) -> TorchRestarts:
        return TorchRestarts(T_0=self.T_0, T_mult=self.T_mult, eta_min=self.eta_min)

    def is_late(self, index: int) -> bool:
        """Return whether the logarithm that finds the cycle of an epoch misses a cycle's first one.

        PaddlePaddle rounds it down; at that epoch the cycle before is at its end.
        """
        start, mult = self.counterpart().cycle_start(index), self.T_mult
        return mult > 1 and int(math.log(start / self.T_0 * (mult - 1) + 1, mult)) < index

    def segments_at_epochs(self) -> Sequence[Part]:
        (cycles,) = self.segments(0.0)
        assert isinstance(cycles, Cycles)

        def cycle(index: int) -> Sequence[Segment]:
            start, length = self.counterpart().cycle_start(index), self.T_0 * self.T_mult**index
            fall = cosine(self.learning_rate, self.eta_min, start, length)
            name = "restart" if index else "decay"
            return [Segment(name, start + self.is_late(index), fall)]

        def rates(t: Steps64) -> Array:
            corrected = cycles.curve(t)
            index = 1
            while (start := self.counterpart().cycle_start(index)) <= t.max(initial=0):
                if self.is_late(index):
                    corrected = np.where(t == start, self.eta_min, corrected)
                index += 1
            return np.asanyarray(corrected)

        if self.T_mult == 1:
            return [cycles]
        return [Cycles("restart", 0, rates, cycle, period=self.T_0, growth=self.T_mult)]


class CyclicLR(SameCurve):
    """Goes up and down between two rates, in triangles that may shrink."""

    formula = (
        "base_learning_rate + (max_learning_rate - base_learning_rate) * min(t % (step_size_up + "
        "step_size_down) / step_size_up, (step_size_up + step_size_down - t % (step_size_up + "
        "step_size_down)) / step_size_down)"
    )
    base_learning_rate: Annotated[Rate, Floor()] = Field(
        ge=0, description="rate at the bottom of each cycle", examples=[0.001]
    )
    max_learning_rate: Annotated[Rate, Peak()] = Field(
        ge=0, description="rate at the top", examples=[0.1]
    )
    step_size_up: Steps = Field(description="steps from bottom to top", examples=[20])
    step_size_down: Steps | None = Field(None, description="steps back; as many as up if not given")
    mode: Literal["triangular", "triangular2", "exp_range"] = Field(
        "triangular",
        description="whether the height of the triangles stays, halves each cycle, or is "
        "multiplied by exp_gamma ** t",
    )
    exp_gamma: Factor = Field(1.0, description="base of the power in mode exp_range")
    scale_fn: Scale | None = Field(None, description="a custom scale in x, instead of a mode")
    scale_mode: Literal["cycle", "iterations"] = Field(
        "cycle", description="whether x of scale_fn counts cycles (from 1) or steps"
    )

    @property
    def initial_rate(self) -> float:
        return self.base_learning_rate

    def counterpart(self) -> Schedule:
        return TorchCyclic(
            base_lr=self.base_learning_rate,
            max_lr=self.max_learning_rate,
            step_size_up=self.step_size_up,
            step_size_down=self.step_size_down,
            mode=self.mode,
            gamma=self.exp_gamma,
            scale_fn=self.scale_fn,
            scale_mode=self.scale_mode,
        )


class OneCycleLR(SameCurve):
    """Rises to max_learning_rate and falls to end_learning_rate, once (super-convergence)."""

    formula = (
        "max_learning_rate - (max_learning_rate - max_learning_rate / divide_factor) "
        "* (1 + cos(pi * t / (phase_pct * total_steps - 1))) / 2 "
        "if t <= phase_pct * total_steps - 1 "
        "else end_learning_rate + (max_learning_rate - end_learning_rate) "
        "* (1 + cos(pi * (t - phase_pct * total_steps + 1) "
        "/ (total_steps - phase_pct * total_steps))) / 2"
    )
    max_learning_rate: Annotated[Rate, Peak()] = Field(
        gt=0, description="rate at the top", examples=[0.1]
    )
    total_steps: Annotated[Steps, Length()] = Field(
        description="steps of the cycle", examples=[100]
    )
    divide_factor: Factor = Field(
        25.0, gt=0, description="max_learning_rate divided by the first rate"
    )
    end_learning_rate: Annotated[Rate, Floor()] = Field(
        0.0001, ge=0, description="rate at the end of the cycle"
    )
    phase_pct: Annotated[Fraction, WarmUp(share=True)] = Field(
        0.3, description="share of the steps that rise"
    )
    anneal_strategy: Literal["cos", "linear"] = Field("cos", description="shape of the phases")
    three_phase: Flag = Field(
        False, description="whether to fall to the first rate, and then on to the last"
    )

    @model_validator(mode="after")
    def check_phase_lengths(self) -> OneCycleLR:
        """Refuse what PaddlePaddle refuses when it is constructed."""
        if self.three_phase and self.phase_pct >= 0.5:
            message = (
                f"must be less than 0.5 with three_phase (got {format_number(self.phase_pct)})"
            )
            raise error_at("phase_pct", message, self.phase_pct)
        if self.phase_pct * self.total_steps == 1:
            message = (
                "PaddlePaddle divides by zero at step 0 where phase_pct * total_steps is 1; take "
                "another phase_pct"
            )
            raise error_at("phase_pct", message, self.phase_pct)
        return self

    @property
    def initial_rate(self) -> float:
        return self.max_learning_rate / self.divide_factor

    def counterpart(self) -> Schedule:
        schedule = TorchOneCycle(
            max_lr=self.max_learning_rate,
            total_steps=self.total_steps,
            pct_start=self.phase_pct,
            anneal_strategy=self.anneal_strategy,
            div_factor=self.divide_factor,
            three_phase=self.three_phase,
        )
        # An end at 0 has no factor that a spec of torch could have.
        end = self.end_learning_rate
        return schedule.model_copy(
            update={"final_div_factor": self.initial_rate / end if end else math.inf}
        )
