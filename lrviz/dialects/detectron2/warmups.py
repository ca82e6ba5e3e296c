"""A warm-up that ends on the main curve, squeezed where the run is shorter than it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.parameters import Count, Factor, Flag, Rate, Steps, Unit
from lrviz.core.roles import Floor, Length, WarmUp
from lrviz.core.schedule import Array, Schedule
from lrviz.core.segment import Part, Segment, hold, linear
from lrviz.core.validation import error_at

EPSILON = 1e-6
"""The share of the run by which fvcore's comparisons are early."""


class Detectron2(Schedule, abstract=True):
    """A schedule of detectron2; the clock counts iterations from 0."""

    dialect = "detectron2"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("optimizer", "last_iter")
    source = "detectron2 of 2026-06, detectron2/solver; fvcore 0.1.5"
    max_iter: Annotated[Steps, Length()] = Field(
        description="iterations of the run", examples=[90_000]
    )
    warmup_factor: Factor = Field(0.001, description="share of the first rate at step 0")
    warmup_iters: Annotated[Count, WarmUp()] = Field(
        1000, description="iterations of the warm-up, at most those of the run"
    )
    warmup_method: Literal["linear", "constant"] = Field(
        "linear", description="whether the warm-up rises, or stays at its first rate"
    )

    def natural_length(self) -> int | None:
        return self.max_iter


class WithMainCurve(Detectron2, abstract=True):
    """A main curve over the whole run, which the warm-up goes to."""

    rescale_interval: Flag = Field(
        False, description="whether the main curve is squeezed into the rest after the warm-up"
    )

    def main(self, share: Array, lr: float) -> Array:
        """Return the rates of the main curve at shares of the run from 0 to 1."""
        raise NotImplementedError

    def main_parts(self, lr: float, start: int) -> Sequence[Part]:
        """Return the segments of the main curve from step `start` on."""
        length = self.warmup_share if self.rescale_interval else 0.0

        def rates(t: Array) -> Array:
            share = np.minimum(t / self.max_iter, 1.0)
            return self.main((share - length) / (1 - length), lr)

        return [Segment("decay", start, rates)]

    @property
    def warmup_share(self) -> float:
        """The share of the run that the warm-up takes."""
        return min(self.warmup_iters / self.max_iter, 1.0)

    def segments(self, lr: float) -> Sequence[Part]:
        length, total = self.warmup_share, self.max_iter
        at_start = float(self.main(np.zeros(1), lr)[0])
        at_end = float(self.main(np.array([length]), lr)[0])
        low, high = self.warmup_factor * at_start, at_start if self.rescale_interval else at_end
        if length == 0:
            return self.main_parts(lr, 0)

        def rise(t: Array) -> Array:
            share = t / total / length
            return high * share + low * (1 - share)

        line = linear(low, high, 0, length * total, rise)
        warmup = Segment("warm-up", 0, hold(low) if self.warmup_method == "constant" else line)
        if length == 1:
            return [warmup, Segment("floor", total, hold(high))]
        return [warmup, *self.main_parts(lr, first_step(total, length))]


def first_step(total: int, share: float) -> int:
    """Return the first of `total` steps that fvcore counts as after a share of the run."""
    step = max(int((share - EPSILON) * total) - 2, 0)
    while step / total + EPSILON <= share:
        step += 1
    return step


def first_update(total: int, update: int) -> int:
    """Return the first of `total` steps that fvcore counts as an update."""
    step = max(int(update - EPSILON * total) - 2, 0)
    while int((step / total + EPSILON) * total) < update:
        step += 1
    return step


class WarmupMultiStepLR(WithMainCurve):
    """Drops by gamma at milestones, after a warm-up that goes to the rate at its own end."""

    name = "WarmupMultiStepLR"
    formula = "lr * gamma ** (number of milestones <= t), after a line from lr * warmup_factor"
    milestones: tuple[Steps, ...] = Field(
        description="iterations of the drops; those after max_iter do nothing",
        examples=[[60_000, 80_000]],
    )
    gamma: Factor = Field(0.1, description="what each drop multiplies the rate by")

    @model_validator(mode="after")
    def check_milestones(self) -> WarmupMultiStepLR:
        """Refuse milestones that fvcore refuses: in another order, or at the end of the run."""
        within = self.within
        if any(later <= earlier for earlier, later in pairwise(within)):
            raise error_at("milestones", "milestones must rise", list(self.milestones))
        if within and within[-1] == self.max_iter:
            message = f"milestones must be before max_iter, {self.max_iter}"
            raise error_at("milestones", message, list(self.milestones))
        if self.max_iter < len(within) + 1:
            message = f"max_iter must be greater than the number of milestones, {len(within)}"
            raise error_at("max_iter", message, self.max_iter)
        return self

    @property
    def within(self) -> tuple[int, ...]:
        """The milestones that the run reaches."""
        return tuple(step for step in self.milestones if step <= self.max_iter)

    @property
    def factors(self) -> list[float]:
        """The factors before each milestone, and after the last one."""
        return [self.gamma**count for count in range(len(self.within) + 1)]

    def main(self, share: Array, lr: float) -> Array:
        updates = np.floor((share + EPSILON) * self.max_iter)
        drops = np.searchsorted(np.array(self.within, np.float64), updates, side="right")
        return np.asanyarray(lr * np.array(self.factors)[drops])

    def main_parts(self, lr: float, start: int) -> Sequence[Part]:
        if self.rescale_interval:
            return super().main_parts(lr, start)
        starts = [start, *(first_update(self.max_iter, step) for step in self.within)]
        parts = [
            Segment("drop" if index else "hold", max(step, start), hold(lr * factor))
            for index, (step, factor) in enumerate(zip(starts, self.factors, strict=True))
        ]
        return [part for part, after in pairwise(parts) if part.start < after.start] + parts[-1:]


class WarmupCosineLR(WithMainCurve):
    """Half a cosine over the whole run, which the warm-up meets at its end."""

    name = "WarmupCosineLR"
    formula = (
        "base_lr_end + (lr - base_lr_end) * (1 + cos(pi * min(t / T, 1))) / 2 if t >= W else "
        "lr * warmup_factor * (1 - t / W) "
        "+ t / W * (base_lr_end + (lr - base_lr_end) * (1 + cos(pi * W / T)) / 2)"
    )
    base_lr_end: Annotated[Rate, Floor(), Field(ge=0)] = Field(
        0.0, description="rate at the end of the run"
    )

    def main(self, share: Array, lr: float) -> Array:
        end = self.base_lr_end / lr if lr else 0.0
        return np.asanyarray(lr * (end + (1 - end) * shapes.cosine(share)))


class WarmupStepWithFixedGammaLR(WithMainCurve):
    """Drops by gamma so many times, after equal parts of the run."""

    name = "WarmupStepWithFixedGammaLR"
    formula = (
        "lr * gamma ** min(floor((num_decays + 1) * (t / T + 1e-6)), num_decays) if t >= W else "
        "lr * (warmup_factor * (1 - t / W) + t / W)"
    )
    num_decays: Annotated[Steps, Unit("number")] = Field(3, description="how many drops")
    gamma: Annotated[Factor, Field(gt=0)] = Field(
        0.1, description="what each drop multiplies the rate by"
    )

    @model_validator(mode="after")
    def check_run_after_warmup(self) -> WarmupStepWithFixedGammaLR:
        """Refuse a run that is all warm-up, whose end fvcore has no value for."""
        if self.warmup_iters >= self.max_iter and not self.rescale_interval:
            message = f"warmup_iters must be less than max_iter, {self.max_iter}"
            raise error_at("warmup_iters", message, self.warmup_iters)
        return self

    def main(self, share: Array, lr: float) -> Array:
        count = self.num_decays + 1
        drops = np.minimum(np.floor((share + EPSILON) * count), self.num_decays)
        return np.asanyarray(lr * self.gamma**drops)
