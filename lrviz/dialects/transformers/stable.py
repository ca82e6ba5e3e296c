"""The schedule of three phases: warm-up, stable, decay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from lrviz.core import shapes
from lrviz.core.parameters import Count, Factor, Number
from lrviz.core.roles import Target
from lrviz.core.schedule import Array, Steps64
from lrviz.dialects.transformers.base import StepsOrShare, Warmed

Shape = Literal["linear", "cosine", "1-sqrt"]


def left_of(shape: str, done: Array, num_cycles: float = 0.5) -> Array:
    """Return how much of the way is left in a curve of this name."""
    if shape == "cosine":
        return shapes.cosine(num_cycles * 2.0 * done)
    return shapes.linear(done) if shape == "linear" else shapes.one_minus_sqrt(done)


class WarmupStableDecay(Warmed):
    """A warm-up, a stable phase at the full rate, and a decay to min_lr_ratio * lr."""

    name = "warmup_stable_decay"
    formula = (
        "lr * (m + (1 - m) * warmup(t / W)), lr, lr * (m + (1 - m) * decay((t-W-S) / D)), lr * m"
    )
    num_warmup_steps: StepsOrShare = Field(description="steps of the warm-up", examples=[10])
    num_decay_steps: Count = Field(description="steps of the decay", examples=[20])
    num_training_steps: Count | None = Field(
        None, description="steps of the run; the stable phase takes what is left", examples=[100]
    )
    num_stable_steps: Count | None = Field(None, description="steps of the stable phase")
    warmup_type: Shape = Field("linear", description="shape of the warm-up")
    decay_type: Shape = Field("cosine", description="shape of the decay")
    min_lr_ratio: Factor = Field(0.0, description="share of lr at the start and at the end")
    num_cycles: Number = Field(0.5, description="waves of a cosine decay; 0.5 is one fall")

    @classmethod
    def example_values(cls) -> dict[str, Any]:
        return {
            **super().example_values(),
            "num_training_steps": cls.example_value("num_training_steps"),
        }

    @classmethod
    def complete(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        missing = super().complete(parameters, target)
        if "num_stable_steps" in parameters:
            missing.pop("num_training_steps", None)
        return missing

    @model_validator(mode="after")
    def a_length(self) -> WarmupStableDecay:
        """Refuse a run whose length nothing tells."""
        if self.num_training_steps is None and self.num_stable_steps is None:
            raise PydanticCustomError(
                "length",
                "transformers.warmup_stable_decay: either num_training_steps or num_stable_steps "
                "must be specified",
            )
        return self

    def ends(self) -> tuple[int, int, int]:
        """Return the steps at which the warm-up, the stable phase and the decay end."""
        start, decay = self.warmup(), self.num_decay_steps
        stable = self.num_stable_steps
        if stable is None:
            stable = (self.num_training_steps or 0) - start - decay
        return start, start + stable, start + stable + decay

    def rise(self, t: Steps64) -> Any:
        done = np.minimum(t / max(1, self.warmup()), 1.0)
        left = left_of(self.warmup_type, 1.0 - done)
        return np.maximum(0.0, left * (1.0 - self.min_lr_ratio) + self.min_lr_ratio)

    def fall(self, t: Steps64, lr: float) -> Any:
        del lr
        _, stable, end = self.ends()
        factor = np.where(t < stable, 1.0, self.min_lr_ratio)
        here = (t >= stable) & (t < end)
        done = (t[here] - stable) / max(1, self.num_decay_steps)
        left = left_of(self.decay_type, done, self.num_cycles)
        factor[here] = np.maximum(0.0, left * (1.0 - self.min_lr_ratio) + self.min_lr_ratio)
        return factor

    def natural_length(self) -> int | None:
        return max(self.ends()) or None

    def marks(self, stop: int) -> list[int]:
        return sorted({step for step in self.ends() if 0 < step < stop})

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        total, (start, stable, end) = self.num_training_steps, self.ends()
        if total is not None and self.num_stable_steps is not None and end != total:
            yield (
                f"transformers takes num_stable_steps: the decay ends at step {end}, "
                f"not at num_training_steps ({total})"
            )
        if stable < start:
            yield (
                f"warm-up and decay together ({start + self.num_decay_steps} steps) are longer "
                f"than the run ({total}): the decay sets in part of the way down"
            )
        if self.min_lr_ratio < 0:
            yield f"min_lr_ratio is negative ({self.min_lr_ratio:g}): so is the rate in the end"
