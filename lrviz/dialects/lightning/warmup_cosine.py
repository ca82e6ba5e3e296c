"""A linear warm-up, then cosine annealing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.findings import Finding
from lrviz.core.parameters import Rate, Steps
from lrviz.core.roles import Floor, Length, WarmUp
from lrviz.core.schedule import Array, Schedule, Steps64
from lrviz.core.segment import Cycles, Part, Segment, cosine, linear
from lrviz.core.text import format_number
from lrviz.core.validation import error_at

RESUME = "lrviz draws a schedule from its start, and lightning-bolts would resume it there"


class LinearWarmupCosineAnnealingLR(Schedule):
    """Rises in a straight line to the rate, then falls along half a cosine to eta_min.

    The clock counts calls of `step()`, from 0 at construction. The warm-up reaches the rate one
    step early, at warmup_epochs - 1; after max_epochs the rate climbs again, as torch's cosine
    does. The library computes each rate from the one before; the two forms agree.
    """

    dialect = "lightning"
    clock_unit = "epoch"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("optimizer", "verbose")
    fixed_parameters = {"last_epoch": (-1, RESUME)}
    source = "lightning-bolts 0.7.0, pl_bolts.optimizers.lr_scheduler"
    formula = (
        "warmup_start_lr + (lr - warmup_start_lr) * t / max(1, warmup_epochs - 1) "
        "if t < warmup_epochs else eta_min + (lr - eta_min) * "
        "(1 + cos(pi * (t - warmup_epochs) / (max_epochs - warmup_epochs))) / 2"
    )
    warmup_epochs: Annotated[Steps, WarmUp()] = Field(
        description="steps of the warm-up", examples=[10]
    )
    max_epochs: Annotated[Steps, Length()] = Field(
        description="steps of the run, the warm-up included", examples=[100]
    )
    warmup_start_lr: Rate = Field(0.0, description="rate at step 0")
    eta_min: Annotated[Rate, Floor()] = Field(0.0, description="rate at the end of the run")

    @model_validator(mode="after")
    def check_run_after_warmup(self) -> LinearWarmupCosineAnnealingLR:
        """Refuse a run without a step after the warm-up, which the library divides by zero in."""
        if self.max_epochs <= self.warmup_epochs:
            message = (
                f"max_epochs must be greater than warmup_epochs, {self.warmup_epochs} "
                f"(got {self.max_epochs})"
            )
            raise error_at("max_epochs", message, self.max_epochs)
        return self

    def segments(self, lr: float) -> Sequence[Part]:
        start, half = self.warmup_epochs, self.max_epochs - self.warmup_epochs
        floor = self.eta_min

        def waves(t: Steps64) -> Array:
            return shapes.cosine_between(lr, floor, (t - start) / half)

        def cycle(index: int) -> Sequence[Segment]:
            top = start + 2 * index * half
            return [
                Segment("decay", top, cosine(lr, floor, top, half)),
                Segment("rise", top + half, cosine(floor, lr, top + half, half)),
            ]

        rise = linear(self.warmup_start_lr, lr, 0, max(1, start - 1))
        return [
            Segment("warm-up", 0, rise),
            Cycles("decay", start, waves, cycle, period=2 * half),
        ]

    def findings(self, lr: float) -> Iterator[Finding]:
        if self.eta_min > lr:
            message = (
                f"eta_min ({format_number(self.eta_min)}) is above lr ({format_number(lr)}): "
                "the rate rises"
            )
            yield self.note("rises", message)
