"""NeMo's cosine, which is another function where it ends in a constant phase."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import Field, model_validator

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.parameters import Count, Fraction
from lrviz.core.segment import Part, Segment, cosine, linear
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.nemo.base import Policy, refuse_both


class CosineAnnealing(Policy):
    """A linear warm-up, then half a cosine to min_lr.

    With constant steps the warm-up starts at 0, and the cosine ends that many steps earlier.
    """

    name = "CosineAnnealing"
    formula = (
        "lr * (t + 1) / (W + 1) if t <= W and W > 0 and constant_steps == 0 else "
        "lr * t / W if t <= W and W > 0 else "
        "min_lr + (lr - min_lr) * (1 + cos(pi * min(1, (t - W) / (T - W - constant_steps)))) / 2"
    )
    constant_steps: Count = Field(0, description="last steps of max_steps, which are at min_lr")
    constant_ratio: Fraction | None = Field(
        None, description="share of max_steps that is constant, instead of its steps"
    )

    @model_validator(mode="after")
    def check_one_constant(self) -> CosineAnnealing:
        """Refuse a constant phase in steps and as a ratio, and one that leaves no decay."""
        refuse_both(self, "constant_steps", "constant_ratio")
        if self.constant and not self.warmup and self.constant == self.max_steps:
            message = "NeMo divides by zero where constant_steps is max_steps"
            raise error_at("constant_steps", message, self.constant)
        return self

    @property
    def constant(self) -> int:
        """The steps of the constant phase."""
        if self.constant_ratio is None:
            return self.constant_steps
        return int(self.constant_ratio * self.max_steps)

    def warmup_parts(self, lr: float) -> list[Part]:
        if not self.constant or not self.warmup:
            return super().warmup_parts(lr)
        return [Segment("warm-up", 0, linear(0.0, lr, 0, self.warmup))]

    def annealing(self, lr: float) -> list[Part]:
        length = self.max_steps - self.warmup - self.constant
        fall = cosine(lr, self.min_lr, self.warmup, max(length, 1))
        return [Segment("decay", self.start, fall)]

    def segments(self, lr: float) -> Sequence[Part]:
        self.refuse_floor_above(lr)
        if self.constant and lr == self.min_lr:
            raise SpecError.of(
                "", f"NeMo: min_lr must be below lr ({format_number(lr)}) with constant steps"
            )
        return super().segments(lr)

    @property
    def annealing_end(self) -> int:
        return max(self.max_steps - self.constant + 1, self.start)

    def findings(self, lr: float) -> Iterator[Finding]:
        del lr
        yield from ()
