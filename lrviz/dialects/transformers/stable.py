"""The schedule of three phases: warm-up, stable, decay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from lrviz.core import shapes
from lrviz.core.findings import Finding
from lrviz.core.parameters import Count, Factor, Number
from lrviz.core.roles import Floor, Length, Target
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Part, RateFunction, Segment, Shape, hold
from lrviz.core.text import format_number
from lrviz.dialects.transformers.base import WithWarmup, factor_curve, zero_from

PhaseShape = Literal["linear", "cosine", "1-sqrt"]


def remaining(shape: str, fraction: Array, num_cycles: float = 0.5) -> Array:
    """Return what remains of a phase's change of the rate at a fraction of its length."""
    if shape == "cosine":
        return shapes.cosine(num_cycles * 2.0 * fraction)
    return shapes.linear(fraction) if shape == "linear" else shapes.one_minus_sqrt(fraction)


class WarmupStableDecay(WithWarmup):
    """A warm-up, a stable phase at the full rate, and a decay to min_lr_ratio * lr."""

    name = "warmup_stable_decay"
    aliases = ("get_wsd_schedule",)
    formula = (
        "lr * (m + (1 - m) * warmup(t / W)), then lr, then lr * (m + (1 - m) * decay((t-W-S) / D)),"
        " then lr * m, with m = min_lr_ratio"
    )
    num_decay_steps: Count = Field(description="steps of the decay", examples=[20])
    num_training_steps: Annotated[Count | None, Length(unless="num_stable_steps")] = Field(
        None, description="steps of the run; the stable phase takes what remains", examples=[100]
    )
    num_stable_steps: Count | None = Field(None, description="steps of the stable phase")
    warmup_type: PhaseShape = Field("linear", description="shape of the warm-up")
    decay_type: PhaseShape = Field("cosine", description="shape of the decay")
    min_lr_ratio: Annotated[Factor, Floor(share=True)] = Field(
        0.0, description="share of lr at the start and at the end"
    )
    num_cycles: Number = Field(0.5, description="waves of a cosine decay; 0.5 is one fall")

    @classmethod
    def example_values(cls) -> dict[str, Any]:
        total = cls.example_value("num_training_steps")
        return {**super().example_values(), "num_training_steps": total}

    @classmethod
    def complete(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        values = super().complete(parameters, target)
        if "num_stable_steps" in parameters:
            values.pop("num_training_steps", None)
        if "num_decay_steps" in values and target.steps:
            values["num_decay_steps"] = max(target.steps // 5, 1)
        return values

    @model_validator(mode="after")
    def check_run_length(self) -> WarmupStableDecay:
        """Refuse a run whose length is not given."""
        if self.num_training_steps is None and self.num_stable_steps is None:
            raise PydanticCustomError(
                "length",
                "transformers.warmup_stable_decay: either num_training_steps or num_stable_steps "
                "must be specified",
            )
        return self

    @property
    def phase_ends(self) -> tuple[int, int, int]:
        """The steps at which the warm-up, the stable phase and the decay end."""
        start, decay = self.warmup_length, self.num_decay_steps
        stable = self.num_stable_steps
        if stable is None:
            stable = (self.num_training_steps or 0) - start - decay
        return start, start + stable, start + stable + decay

    def lifted(self, share: Array) -> Array:
        """Return a share of the way as a factor on lr that ends at min_lr_ratio."""
        return zero_from(share * (1.0 - self.min_lr_ratio) + self.min_lr_ratio)

    def warmup_curve(self, lr: float) -> Shape | RateFunction:
        length = max(1, self.warmup_length)

        def factor(t: Steps64) -> Array:
            return self.lifted(remaining(self.warmup_type, 1.0 - np.minimum(t / length, 1.0)))

        rates = factor_curve(lr, factor)
        if self.min_lr_ratio < 0 or self.warmup_type == "1-sqrt":
            return rates
        return Shape(self.warmup_type, lr * self.min_lr_ratio, lr, 0, length, exact=rates)

    def decay_curve(self, lr: float) -> Shape | RateFunction:
        """Return the curve of the decay."""
        begin, length = self.phase_ends[1], max(1, self.num_decay_steps)

        def factor(t: Steps64) -> Array:
            share = remaining(self.decay_type, (t - begin) / length, self.num_cycles)
            return self.lifted(share)

        rates = factor_curve(lr, factor)
        one_fall = self.decay_type != "cosine" or self.num_cycles == 0.5
        if self.min_lr_ratio < 0 or not one_fall:
            return rates
        return Shape(self.decay_type, lr, lr * self.min_lr_ratio, begin, length, exact=rates)

    def after_warmup(self, lr: float) -> Sequence[Part]:
        start, stable, end = self.phase_ends
        return [
            Segment("hold", min(start, stable), hold(lr)),
            Segment("decay", stable, self.decay_curve(lr)),
            Segment("floor", end, hold(lr * self.min_lr_ratio)),
        ]

    def natural_length(self) -> int | None:
        return max(self.phase_ends) or None

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        total, (start, stable, end) = self.num_training_steps, self.phase_ends
        if total is not None and self.num_stable_steps is not None and end != total:
            message = (
                f"transformers uses num_stable_steps: the decay ends at step {end}, "
                f"not at num_training_steps ({total})"
            )
            yield self.note("unused-parameter", message)
        if stable < start:
            message = (
                f"warm-up and decay together ({start + self.num_decay_steps} steps) are longer "
                f"than the run ({total}): the decay starts partway down"
            )
            yield self.note("overlong-phases", message)
        if self.min_lr_ratio < 0:
            message = (
                f"min_lr_ratio is negative ({format_number(self.min_lr_ratio)}): so is the "
                "last rate"
            )
            yield self.note("negative-floor", message)
