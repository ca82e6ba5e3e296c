"""fairseq's schedules that decay once: the inverse square root and the polynomial."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from lrviz.core.parameters import Count, Duration, Number, Rate, Steps
from lrviz.core.roles import Floor, Length, WarmUp
from lrviz.core.segment import Part, Segment, hold, inverse_sqrt, linear, polynomial
from lrviz.dialects.fairseq.base import Fairseq, WithWarmup


class InverseSquareRoot(WithWarmup):
    """A line up to lr at update warmup_updates, then lr * sqrt(W / t)."""

    name = "inverse_sqrt"
    formula = (
        "max(0, warmup_init_lr) + (lr - max(0, warmup_init_lr)) * t / W if t < W "
        "else lr * sqrt(W / max(t, 1))"
    )
    warmup_updates: Annotated[Steps, WarmUp()] = Field(4000, description="updates of the warm-up")

    def segments(self, lr: float) -> Sequence[Part]:
        start = self.warmup_updates
        return [*self.warmup_parts(lr), Segment("decay", start, inverse_sqrt(lr, start, start))]

    def natural_length(self) -> int | None:
        return 10 * self.warmup_updates


class PolynomialDecay(Fairseq):
    """A line up from 0, then a polynomial to end_learning_rate at update total_num_update."""

    name = "polynomial_decay"
    formula = (
        "lr * t / W if t <= W and W > 0 else end_learning_rate if t >= T else "
        "end_learning_rate + (lr - end_learning_rate) * (1 - (t - W) / (T - W)) ** power"
    )
    warmup_updates: Annotated[Count, WarmUp()] = Field(0, description="updates of the warm-up")
    end_learning_rate: Annotated[Rate, Floor()] = Field(0.0, description="rate at the end")
    power: Number = Field(1.0, description="exponent of the decay")
    total_num_update: Annotated[Duration, Length()] = Field(
        description="updates until the decay ends, those of the warm-up included", examples=[100]
    )

    def segments(self, lr: float) -> Sequence[Part]:
        warmup, total, last = self.warmup_updates, self.total_num_update, self.end_learning_rate
        start = warmup + 1 if warmup else 0
        rise = Segment("warm-up", 0, linear(0.0, lr, 0, max(warmup, 1)))
        length = total - warmup if total > warmup else 1
        fall = Segment("decay", start, polynomial(lr, last, warmup, length, self.power))
        end = Segment("floor", max(-int(-total // 1), start), hold(last))
        return [*([rise] if warmup else []), fall, end]
