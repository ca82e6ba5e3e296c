"""NeMo's schedule of T5, which sets the rate itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from lrviz.core.parameters import Rate, Steps
from lrviz.core.roles import Floor, Length
from lrviz.core.segment import Part, Segment, hold, inverse_sqrt
from lrviz.dialects.nemo.base import NeMo


class T5InverseSquareRootAnnealing(NeMo):
    """1 / sqrt(constant_steps), then 1 / sqrt(t) up to max_steps; lr is not used."""

    name = "T5InverseSquareRootAnnealing"
    sets_rate = True
    formula = "min_lr if t > T and t > constant_steps else 1 / sqrt(max(t, constant_steps))"
    constant_steps: Steps = Field(description="steps before the decay", examples=[10])
    max_steps: Annotated[Steps, Length()] = Field(
        description="steps until the decay ends", examples=[100]
    )
    min_lr: Annotated[Rate, Floor()] = Field(0.0, ge=0, description="rate after max_steps")

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        first, start = self.constant_steps**-0.5, self.constant_steps + 1
        return [
            Segment("hold", 0, hold(first)),
            Segment("decay", start, inverse_sqrt(first, self.constant_steps, self.constant_steps)),
            Segment("floor", max(self.max_steps + 1, start), hold(self.min_lr)),
        ]

    def natural_length(self) -> int | None:
        return self.max_steps
