"""What the fits of fastai share: phases, each a curve over a share of the training."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
from pydantic import Field

from lrviz.core.parameters import Steps
from lrviz.core.roles import DEFAULT_LR, Length, Target
from lrviz.core.schedule import Array, End, Schedule, Steps64
from lrviz.core.segment import Part, RateFunction, Segment, cosine, exponential, hold, linear

RESUME = "a curve starts at step 0, and fastai would resume it there"


class Phase(NamedTuple):
    """A share of the training and the curve in it, by the name of fastai's function."""

    share: float
    curve: str
    start: float
    end: float
    power: float = 1.0

    def rates(self, begin: float, length: float) -> RateFunction:
        """Return the curve over `length` steps from step `begin` on."""
        first, last, power = self.start, self.end, self.power
        if self.curve == "SchedNo" or first == last:
            return hold(first)
        if self.curve == "SchedCos":
            return cosine(first, last, begin, length)
        if self.curve == "SchedExp":
            return exponential(first, last, begin, length)
        if self.curve == "SchedLin" or power == 1:
            return linear(first, last, begin, length)

        def rising_power(t: Steps64) -> Array:
            passed = np.maximum(t - begin, 0) / length
            return np.asanyarray(first + (last - first) * passed**power)

        return rising_power

    @property
    def last(self) -> float:
        """The rate at its end."""
        return self.start if self.curve == "SchedNo" else self.end

    def name_after(self, before: float | None) -> str:
        """Return the name of its segment after a phase that ends at the rate `before`."""
        if before is not None and self.start > before:
            return "restart"
        if self.last > self.start:
            return "warm-up" if before is None else "rise"
        return "decay" if self.last < self.start else "hold"


class Fastai(Schedule, abstract=True):
    """A fit of fastai: the share of the training that has passed decides the rate.

    The clock counts batches, from 0. fastai computes the position in a phase in float32, lrviz in
    float64; the batch at which a phase starts is fastai's.
    """

    dialect = "fastai"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("wd", "moms", "cbs", "reset_opt")
    fixed_parameters = {"start_epoch": (0, RESUME)}
    source = "fastai 2.8.12, fastai/callback/schedule.py"
    n_iter: Steps = Field(1, description="batches of an epoch; with 1 an epoch is a step")

    @property
    def epochs(self) -> int:
        """The epochs of the fit."""
        raise NotImplementedError

    @property
    def total(self) -> int:
        """The batches of the fit."""
        return self.epochs * self.n_iter

    def phases(self, lr: float) -> Sequence[Phase]:
        """Return the phases; the shares add up to 1."""
        raise NotImplementedError

    def first_step(self, share: np.float32) -> int:
        """Return the first batch at which a share of the training has passed, in float32."""
        step = max(math.floor(float(share) * self.total) - 1, 0)
        while step < self.total and np.float32(step / self.total) < share:
            step += 1
        return step

    def segments(self, lr: float) -> Sequence[Part]:
        phases = self.phases(lr)
        shares = [phase.share for phase in phases]
        begins = accumulate([0.0, *shares[:-1]])
        # torch adds float32 in float64.
        singles = np.array([0.0, *shares[:-1]], np.float32)
        limits = np.cumsum(singles, dtype=np.float64).astype(np.float32)
        parts: list[Part] = []
        before: float | None = None
        for phase, begin, limit in zip(phases, begins, limits, strict=True):
            if not phase.share:
                continue
            curve = phase.rates(begin * self.total, phase.share * self.total)
            start = self.first_step(limit) if parts else 0
            parts.append(Segment(phase.name_after(before), start, curve))
            before = phase.last
        return parts

    def natural_length(self) -> int | None:
        return self.total

    def end(self) -> End | None:
        return End(self.total - 1, f"ends: the fit has {self.total:,} batches")


class WithEpochs(Fastai, abstract=True, inherit_after="n_epoch"):
    """A fit of a number of epochs."""

    n_epoch: Annotated[Steps, Length()] = Field(description="epochs of the fit", examples=[100])

    @property
    def epochs(self) -> int:
        return self.n_epoch


class WithFinal(WithEpochs, abstract=True):
    """A fit whose last rate is a fraction of the peak, 1 / div_final."""

    @classmethod
    def role_values(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        """Return the values of a run; its floor decides div_final."""
        values = super().role_values(parameters, target)
        if target.floor and "div_final" not in parameters:
            peak = parameters.get("lr_max", target.peak)
            values["div_final"] = (DEFAULT_LR if peak is None else peak) / target.floor
        return values
