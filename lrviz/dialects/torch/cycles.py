"""Schedules with restarts or cycles: CosineAnnealingWarmRestarts, CyclicLR and OneCycleLR."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from lrviz.core import shapes
from lrviz.core.expression import Expression
from lrviz.core.findings import Finding
from lrviz.core.parameters import (
    Duration,
    ExpressionIn,
    Factor,
    Flag,
    Fraction,
    Rate,
    Span,
    Steps,
    Times,
)
from lrviz.core.roles import Floor, Length, Peak, Target, WarmUp
from lrviz.core.schedule import Array, End, Steps64
from lrviz.core.segment import Cycles, Part, Segment, cosine, linear
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.torch.base import Torch, WithFloor

Scale = Annotated[Expression, ExpressionIn(("x",))]
"""An expression in x."""

MOMENTUM = ("cycle_momentum", "base_momentum", "max_momentum")
"""Parameters of the momentum, which cycles against the rate."""


class CosineAnnealingWarmRestarts(WithFloor):
    """Cosine cycles that restart at the full rate, each T_mult times as long (SGDR)."""

    aliases = ("warm-restarts", "sgdr")
    overwrites = True
    formula = (
        "eta_min + (lr - eta_min) * (1 + cos(pi * t_cur / T_i)) / 2, t_cur steps into cycle i, "
        "which has T_i = T_0 * T_mult ** i steps"
    )
    T_0: Steps = Field(description="steps of the first cycle", examples=[20])
    T_mult: Times = Field(1, description="how many times longer each cycle is than the last")
    eta_min: Annotated[Rate, Floor()] = Field(0.0, description="rate at the end of each cycle")

    def cycle_start(self, index: int) -> int:
        """Return the first step of a cycle."""
        if self.T_mult == 1:
            return index * self.T_0
        cycles = (int(self.T_mult**index) - 1) // (self.T_mult - 1)
        return self.T_0 * cycles

    def segments(self, lr: float) -> Sequence[Part]:
        def cycle(index: int) -> Sequence[Segment]:
            start, length = self.cycle_start(index), self.T_0 * self.T_mult**index
            name = "restart" if index else "decay"
            return [Segment(name, start, cosine(lr, self.eta_min, start, length))]

        def rates(t: Steps64) -> Array:
            if self.T_mult == 1:
                return shapes.cosine_between(lr, self.eta_min, t % self.T_0 / self.T_0)
            stop = int(t.max(initial=0)) + 1
            count = 1
            while self.cycle_start(count) < stop:
                count += 1
            starts = np.array([self.cycle_start(index) for index in range(count)])
            lengths = self.T_0 * float(self.T_mult) ** np.arange(count)
            number = np.searchsorted(starts, t, side="right") - 1
            return shapes.cosine_between(lr, self.eta_min, (t - starts[number]) / lengths[number])

        return [Cycles("restart", 0, rates, cycle, period=self.T_0, growth=self.T_mult)]

    def natural_length(self) -> int | None:
        """Return the steps of three cycles."""
        return self.cycle_start(3)


class CyclicLR(Torch):
    """Goes up and down between base_lr and max_lr, in triangles that may shrink."""

    aliases = ("cyclic",)
    overwrites = True
    sets_rate = True
    ignored_parameters = (*Torch.ignored_parameters, *MOMENTUM)
    formula = (
        "base_lr + (max_lr - base_lr) * min(t % (step_size_up + step_size_down) / step_size_up, "
        "(step_size_up + step_size_down - t % (step_size_up + step_size_down)) / step_size_down)"
    )
    base_lr: Annotated[Rate, Floor()] = Field(
        description="rate at the bottom of each cycle", examples=[0.001]
    )
    max_lr: Annotated[Rate, Peak()] = Field(description="rate at the top", examples=[0.1])
    step_size_up: Duration = Field(2000, description="steps from bottom to top")
    step_size_down: Span | None = Field(None, description="steps back; as many as up if not given")
    mode: Literal["triangular", "triangular2", "exp_range"] = Field(
        "triangular",
        description="whether the height of the triangles stays, halves each cycle, or is "
        "multiplied by gamma ** t",
    )
    gamma: Factor = Field(1.0, description="base of the power in mode exp_range")
    scale_fn: Scale | None = Field(None, description="a custom scale in x, instead of a mode")
    scale_mode: Literal["cycle", "iterations"] = Field(
        "cycle", description="whether x of scale_fn counts cycles (from 1) or steps"
    )

    @model_validator(mode="after")
    def check_cycle_length(self) -> Self:
        """Refuse a negative number of steps down."""
        if self.step_size_down is not None and self.step_size_down < 0:
            message = (
                f"step_size_down must be at least 0 (got {format_number(self.step_size_down)})"
            )
            raise error_at("step_size_down", message, self.step_size_down)
        return self

    @property
    def size(self) -> float:
        """The steps of a cycle."""
        down = self.step_size_up if self.step_size_down is None else self.step_size_down
        return float(self.step_size_up + down)

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        triangular = self.scale_fn is None and self.mode != "exp_range"

        def cycle(index: int) -> Sequence[Segment]:
            begin, up = index * self.size, float(self.step_size_up)
            down = self.size - up
            if not triangular:
                rise, fall = self.rates, self.rates
            else:
                height = self.max_lr - self.base_lr
                top = self.base_lr + (
                    height * 2.0**-index if self.mode == "triangular2" else height
                )
                rise = linear(self.base_lr, top, begin, up, self.rates)
                fall = linear(top, self.base_lr, begin + up, down, self.rates)
            parts = [Segment("rise", math.ceil(begin), rise)]
            # torch's rise includes the step at its top.
            start = math.floor(begin + up) + 1
            parts += [Segment("fall", start, fall)] if start < begin + self.size else []
            return parts

        ratio = 0.5 if triangular and self.mode == "triangular2" else 1.0
        return [Cycles("cycle", 0, self.rates, cycle, period=self.size, ratio=ratio)]

    def rates(self, t: Steps64) -> Array:
        """Return the rates at `t`, in torch's order of operations."""
        up = self.step_size_up / self.size
        x = 1 + t / self.size
        cycle = np.floor(x)
        x = x - cycle
        falling = (x - 1) / (up - 1) if up < 1 else x
        height = (self.max_lr - self.base_lr) * np.where(x <= up, x / up, falling)
        return np.asanyarray(self.base_lr + height * self.scale(cycle, t))

    def scale(self, cycle: Array, t: Steps64) -> Any:
        """Return the factors on the cycles' height."""
        if self.scale_fn is not None:
            return self.scale_fn(cycle if self.scale_mode == "cycle" else t)
        if self.mode == "triangular2":
            return 1 / 2.0 ** (cycle - 1)
        return shapes.powers(self.gamma, t) if self.mode == "exp_range" else 1.0

    def natural_length(self) -> int | None:
        """Return the steps of three cycles."""
        return int(3 * self.size)


class OneCycleLR(Torch):
    """Rises to max_lr and falls to almost nothing, once (super-convergence)."""

    aliases = ("onecycle", "one-cycle")
    overwrites = True
    sets_rate = True
    ignored_parameters = (*Torch.ignored_parameters, *MOMENTUM)
    formula = (
        "max_lr - (max_lr - max_lr / div_factor) "
        "* (1 + cos(pi * t / (pct_start * total_steps - 1))) / 2 "
        "if t <= pct_start * total_steps - 1 "
        "else max_lr / div_factor / final_div_factor "
        "+ (max_lr - max_lr / div_factor / final_div_factor) "
        "* (1 + cos(pi * (t - pct_start * total_steps + 1) "
        "/ (total_steps - pct_start * total_steps))) / 2"
    )
    max_lr: Annotated[Rate, Peak()] = Field(description="rate at the top", examples=[0.1])
    total_steps: Annotated[Steps | None, Length(unless="epochs")] = Field(
        None, description="steps of the cycle", examples=[100]
    )
    epochs: Steps | None = Field(None, description="epochs, instead of total_steps")
    steps_per_epoch: Steps | None = Field(None, description="steps per epoch, beside epochs")
    pct_start: Annotated[Fraction, WarmUp(share=True)] = Field(
        0.3, description="share of the steps that rise"
    )
    anneal_strategy: Literal["cos", "linear"] = Field("cos", description="shape of the phases")
    div_factor: Factor = Field(25.0, description="max_lr divided by the first rate")
    final_div_factor: Factor = Field(1e4, description="the first rate divided by the last")
    three_phase: Flag = Field(
        False, description="whether to fall to the first rate, and then on to the last"
    )

    @classmethod
    def example_values(cls) -> dict[str, Any]:
        return {**super().example_values(), "total_steps": cls.example_value("total_steps")}

    @classmethod
    def role_values(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        values = super().role_values(parameters, target)
        if "epochs" in parameters and "steps_per_epoch" in parameters:
            values.pop("total_steps", None)
        if target.floor and "final_div_factor" not in parameters:
            peak = parameters.get("max_lr", values.get("max_lr", cls.example_value("max_lr")))
            first = peak / parameters.get("div_factor", cls.example_value("div_factor"))
            values["final_div_factor"] = first / target.floor
        return values

    @classmethod
    def complete(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        values = super().complete(parameters, target)
        if "epochs" in parameters and "steps_per_epoch" in parameters:
            values.pop("total_steps", None)
        return values

    @model_validator(mode="after")
    def check_arguments(self) -> Self:
        """Refuse arguments with which torch's constructor or its first step fails."""
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
        if self.phase_ends[0] == 0:
            raise PydanticCustomError(
                "onecycle",
                "torch.OneCycleLR divides by zero at step 0 where pct_start * total_steps is 1; "
                "take another pct_start",
            )
        return self

    @property
    def total(self) -> int:
        """The steps of the cycle."""
        return self.total_steps or (self.epochs or 0) * (self.steps_per_epoch or 0)

    @property
    def phase_ends(self) -> list[float]:
        """The (fractional) last step of each phase."""
        first = float(self.pct_start * self.total) - 1
        second = [float(2 * self.pct_start * self.total) - 2] if self.three_phase else []
        return [first, *second, float(self.total - 1)]

    def phases(self) -> list[tuple[float, float, float, float]]:
        """Return the phases: first and last rate, begin and end in (fractional) steps."""
        low = self.max_lr / self.div_factor
        rates = [low, self.max_lr, *([low] if self.three_phase else [])]
        rates.append(low / self.final_div_factor)
        begins = [0.0, *self.phase_ends[:-1]]
        return list(zip(rates[:-1], rates[1:], begins, self.phase_ends, strict=True))

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        segments: list[Segment] = []
        start = 0
        for name, phase in zip(("warm-up", "decay", "decay"), self.phases(), strict=False):
            segments.append(Segment(name, start, self.anneal(*phase)))
            start = max(math.floor(phase[3]) + 1, start)
        return segments

    def anneal(self, first: float, last: float, begin: float, end: float) -> Any:
        """Return a phase's shape, in torch's order of operations."""
        length = end - begin

        def linear_rates(t: Steps64) -> Array:
            return np.asanyarray((last - first) * ((t - begin) / length) + first)

        def cosine_rates(t: Steps64) -> Array:
            wave = np.cos(np.pi * ((t - begin) / length)) + 1
            return np.asanyarray(last + (first - last) / 2.0 * wave)

        if self.anneal_strategy == "linear":
            return linear(first, last, begin, length, linear_rates)
        return cosine(first, last, begin, length, cosine_rates)

    def natural_length(self) -> int | None:
        return self.total

    def end(self) -> End | None:
        """Return the end: torch allows one step after total_steps, where a phase has that step."""
        total = self.total
        *phases, last_phase = self.phases()
        _, _, begin, end = next((phase for phase in phases if total <= phase[3]), last_phase)
        if begin == end:
            return End(total - 1, f"divides by zero at step {total}, past its last phase")
        return End(
            total,
            f"ends: Tried to step {total + 1} times. "
            f"The specified number of total steps is {total}",
        )

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        if self.total_steps is not None and None not in (self.epochs, self.steps_per_epoch):
            message = "torch.OneCycleLR uses total_steps; epochs and steps_per_epoch are ignored"
            yield self.note("unused-parameter", message)
