"""Schedules that come back: warm restarts, cycles, and the one cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from lrviz.core import shapes
from lrviz.core.parameters import Arithmetic, Count, Factor, Flag, Fraction, Rate, Steps
from lrviz.core.roles import Target
from lrviz.core.schedule import Array, End, Steps64
from lrviz.dialects.torch.base import Torch


class CosineAnnealingWarmRestarts(Torch):
    """Cosine cycles that restart at the full rate, each T_mult times as long (SGDR)."""

    aliases = ("warm-restarts", "sgdr")
    absolute = True
    formula = "eta_min + (lr - eta_min) * (1 + cos(pi * t_cur / T_i)) / 2"
    T_0: Steps = Field(description="steps of the first cycle", examples=[20])
    T_mult: Steps = Field(1, description="how many times longer each cycle is than the last")
    eta_min: Rate = Field(0.0, description="rate at the end of each cycle")

    def starts(self, stop: int) -> list[int]:
        """Return the first steps of the cycles that begin below `stop`."""
        starts, length = [0], self.T_0
        while starts[-1] + length < stop and self.T_mult > 1:
            starts.append(starts[-1] + length)
            length *= self.T_mult
        return starts if self.T_mult > 1 else list(range(0, max(stop, 1), self.T_0))

    def compute(self, t: Steps64, lr: float) -> Any:
        if self.T_mult == 1:
            return shapes.cosine_between(lr, self.eta_min, t % self.T_0 / self.T_0)
        starts = np.array(self.starts(int(t.max(initial=0)) + 1))
        lengths = self.T_0 * float(self.T_mult) ** np.arange(len(starts))
        cycle = np.searchsorted(starts, t, side="right") - 1
        return shapes.cosine_between(lr, self.eta_min, (t - starts[cycle]) / lengths[cycle])

    def natural_length(self) -> int | None:
        """Three cycles."""
        return self.T_0 * (1 + self.T_mult + self.T_mult**2)

    def marks(self, stop: int) -> list[int]:
        return self.starts(stop)[1:]


class CyclicLR(Torch):
    """Goes up and down between base_lr and max_lr, in triangles that may shrink."""

    aliases = ("cyclic",)
    absolute = True
    sets_rate = True
    ignored_parameters = (
        *Torch.ignored_parameters,
        "cycle_momentum",
        "base_momentum",
        "max_momentum",
    )
    formula = "base_lr + (max_lr - base_lr) * triangle(t) * scale"
    base_lr: Rate = Field(description="rate at the bottom of each cycle", examples=[0.001])
    max_lr: Rate = Field(description="rate at the top", examples=[0.1])
    step_size_up: Steps = Field(2000, description="steps from bottom to top")
    step_size_down: Count | None = Field(None, description="steps back; as many if not given")
    mode: Literal["triangular", "triangular2", "exp_range"] = Field(
        "triangular", description="whether the top stays, halves each cycle, or falls by gamma ** t"
    )
    gamma: Factor = Field(1.0, description="base of the fall in mode exp_range")
    scale_fn: Arithmetic("x") | None = Field(  # type: ignore[valid-type]
        None, description="a scale of your own in x, instead of a mode"
    )
    scale_mode: Literal["cycle", "iterations"] = Field(
        "cycle", description="whether x of scale_fn counts cycles (from 1) or steps"
    )

    def size(self) -> float:
        """Return the steps of a cycle."""
        down = self.step_size_up if self.step_size_down is None else self.step_size_down
        return float(self.step_size_up + down)

    def compute(self, t: Steps64, lr: float) -> Any:
        del lr
        up = self.step_size_up / self.size()
        cycle = np.floor(1 + t / self.size())
        x = 1.0 + t / self.size() - cycle
        falling = (x - 1) / (up - 1) if up < 1 else x
        height = (self.max_lr - self.base_lr) * np.where(x <= up, x / up, falling)
        return self.base_lr + height * self.scale(cycle, t)

    def scale(self, cycle: Array, t: Steps64) -> Any:
        """Return what the cycles' height is multiplied by."""
        if self.scale_fn is not None:
            return self.scale_fn(cycle if self.scale_mode == "cycle" else t)
        if self.mode == "triangular2":
            return 1 / 2.0 ** (cycle - 1)
        return shapes.powers(self.gamma, t) if self.mode == "exp_range" else 1.0

    def natural_length(self) -> int | None:
        """Three cycles."""
        return int(3 * self.size())

    def marks(self, stop: int) -> list[int]:
        return list(range(int(self.size()), stop, int(self.size())))


class OneCycleLR(Torch):
    """Up to max_lr and down to almost nothing, once (super-convergence)."""

    aliases = ("onecycle", "one-cycle")
    absolute = True
    sets_rate = True
    ignored_parameters = (
        *Torch.ignored_parameters,
        "cycle_momentum",
        "base_momentum",
        "max_momentum",
    )
    formula = (
        "anneal from max_lr / div_factor to max_lr, then to max_lr / div_factor / final_div_factor"
    )
    max_lr: Rate = Field(description="rate at the top", examples=[0.1])
    total_steps: Steps | None = Field(None, description="steps of the cycle", examples=[100])
    epochs: Steps | None = Field(None, description="epochs, instead of total_steps")
    steps_per_epoch: Steps | None = Field(None, description="steps an epoch, beside epochs")
    pct_start: Fraction = Field(0.3, description="share of the steps that rise")
    anneal_strategy: Literal["cos", "linear"] = Field("cos", description="shape of the phases")
    div_factor: Factor = Field(25.0, description="max_lr over the first rate")
    final_div_factor: Factor = Field(1e4, description="the first rate over the last")
    three_phase: Flag = Field(False, description="whether to come down to the first rate and on")

    @classmethod
    def example_values(cls) -> dict[str, Any]:
        return {**super().example_values(), "total_steps": cls.example_value("total_steps")}

    @classmethod
    def complete(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        """Take the run's length for the cycle's where neither was given."""
        missing = super().complete(parameters, target)
        if "epochs" in parameters and "steps_per_epoch" in parameters:
            missing.pop("total_steps", None)
        if "total_steps" in missing and target.steps:
            missing["total_steps"] = target.steps
        return missing

    @model_validator(mode="after")
    def as_torch_demands(self) -> OneCycleLR:
        """Refuse what torch refuses when it is constructed."""
        if self.total_steps is None and (self.epochs is None or self.steps_per_epoch is None):
            raise PydanticCustomError(
                "onecycle",
                "torch.OneCycleLR: you must define either total_steps OR "
                "(epochs AND steps_per_epoch)",
            )
        zero = [name for name in ("div_factor", "final_div_factor") if not getattr(self, name)]
        if zero:
            raise PydanticCustomError(
                "onecycle", "torch.OneCycleLR divides by {name}, which is 0", {"name": zero[0]}
            )
        if self.ends()[0] == 0:
            raise PydanticCustomError(
                "onecycle",
                "torch.OneCycleLR divides by zero at step 0 where pct_start * total_steps is 1; "
                "take another pct_start",
            )
        return self

    def total(self) -> int:
        """Return the steps of the cycle."""
        return self.total_steps or (self.epochs or 0) * (self.steps_per_epoch or 0)

    def ends(self) -> list[float]:
        """Return the (fractional) last step of each phase."""
        total = self.total()
        first = float(self.pct_start * total) - 1
        second = [float(2 * self.pct_start * total) - 2] if self.three_phase else []
        return [first, *second, float(total - 1)]

    def compute(self, t: Steps64, lr: float) -> Any:
        del lr
        first = self.max_lr / self.div_factor
        last = first / self.final_div_factor
        rates = (
            [first, self.max_lr, first, last] if self.three_phase else [first, self.max_lr, last]
        )
        out = np.empty(t.shape)
        left, start, ends = np.ones(t.shape, bool), 0.0, self.ends()
        for phase, end in enumerate(ends):
            here = left & (t <= end) if phase < len(ends) - 1 else left
            if here.all():
                whole: Any = (t - start) / (end - start)
                return self.anneal(rates[phase], rates[phase + 1], whole)
            if here.any():
                done = np.asanyarray((t[here] - start) / (end - start), np.float64)
                out[here] = self.anneal(rates[phase], rates[phase + 1], done)
            left, start = left & ~here, end
        return out

    def anneal(self, start: float, end: float, done: Array) -> Array:
        """Return the phase's curve, in torch's order of operations."""
        if self.anneal_strategy == "linear":
            return (end - start) * done + start
        return end + (start - end) / 2.0 * (np.cos(np.pi * done) + 1)

    def natural_length(self) -> int | None:
        return self.total()

    def end(self) -> End | None:
        """One step past total_steps still runs, unless the last phase has no length."""
        total, ends = self.total(), self.ends()
        if ends[-1] <= ends[-2]:
            return End(total - 1, f"divides by zero at step {total}, past its last phase")
        return End(
            total,
            f"ends: Tried to step {total + 1} times. "
            f"The specified number of total steps is {total}",
        )

    def marks(self, stop: int) -> list[int]:
        return [round(end) for end in self.ends()[:-1] if 0 < round(end) < stop]

    def findings(self, lr: float) -> Iterator[str]:
        del lr
        if self.total_steps is not None and None not in (self.epochs, self.steps_per_epoch):
            yield "torch.OneCycleLR takes total_steps and does not look at epochs"
