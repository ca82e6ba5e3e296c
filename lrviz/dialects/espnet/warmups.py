"""ESPnet's schedules that warm up, then decay with the root of time or in stairs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import floor
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from lrviz.core.parameters import Duration, Factor, Rates, SpanFromZero, Spans, Steps
from lrviz.core.roles import WarmUp
from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Cycles, Part, Segment, Shape, hold, linear
from lrviz.core.validation import error_at
from lrviz.dialects.espnet.base import ESPnet, fall, rise


def noam(peak: float, length: float) -> list[Part]:
    """Return a line up to a peak, and the inverse square root after it."""
    decay = Segment("decay", floor(length), fall(peak, length))
    return [Segment("warm-up", 0, rise(peak, length)), decay] if length >= 1 else [decay]


class WarmupLR(ESPnet):
    """A line up to lr at step W - 1, then an inverse square root.

    Without a warm-up it is lr / sqrt(t + 1), as WeNet has it.
    """

    name = "warmuplr"
    aliases = ("WarmupLR",)
    formula = "lr * max(W, 1) ** 0.5 * min((t + 1) ** -0.5, (t + 1) * max(W, 1) ** -1.5)"
    warmup_steps: Annotated[SpanFromZero, WarmUp()] = Field(
        25000, description="steps of the warm-up"
    )

    def segments(self, lr: float) -> Sequence[Part]:
        return noam(lr, self.warmup_steps or 1)

    def natural_length(self) -> int | None:
        return 10 * floor(self.warmup_steps) or None


class NoamLR(ESPnet):
    """A line, then an inverse square root; lr is a multiplier, by the width of the model."""

    name = "noamlr"
    aliases = ("NoamLR",)
    formula = "lr * model_size ** -0.5 * min((t + 1) ** -0.5, (t + 1) * W ** -1.5)"
    model_size: Duration = Field(320, description="width of the model, in units")
    warmup_steps: Annotated[Duration, WarmUp()] = Field(25000, description="steps of the warm-up")

    def segments(self, lr: float) -> Sequence[Part]:
        return noam(lr * (self.model_size * self.warmup_steps) ** -0.5, self.warmup_steps)

    def natural_length(self) -> int | None:
        return 10 * floor(self.warmup_steps) or None


class WarmupStepLR(ESPnet):
    """A line up to lr, then lr times gamma every step_size epochs of steps_per_epoch steps."""

    name = "warmupsteplr"
    aliases = ("WarmupStepLR",)
    formula = (
        "lr * (t + 1) / W if t + 1 <= W else lr * gamma ** "
        "floor((floor((t + 1) / steps_per_epoch) - floor(W / steps_per_epoch)) / step_size)"
    )
    warmup_steps: Annotated[Duration, WarmUp()] = Field(25000, description="steps of the warm-up")
    steps_per_epoch: Steps = Field(10000, description="steps that count as an epoch")
    step_size: Steps = Field(1, description="epochs between drops")
    gamma: Factor = Field(0.1, description="factor at a drop")

    def segments(self, lr: float) -> Sequence[Part]:
        start, size = floor(self.warmup_steps), self.steps_per_epoch
        first_epoch = floor(self.warmup_steps / size)

        def stair(t: Steps64) -> Steps64:
            return np.asanyarray(((t + 1) // size - first_epoch) // self.step_size)

        def rates(t: Steps64) -> Array:
            return np.asanyarray(lr * self.gamma ** stair(t).astype(np.float64))

        first = int(stair(np.array([start]))[0])

        def cycle(index: int) -> Sequence[Segment]:
            number = first + index
            at = (first_epoch + number * self.step_size) * size - 1
            name = "drop" if index else "hold"
            return [Segment(name, max(at, start), hold(lr * self.gamma**number))]

        period = size * self.step_size
        stairs = Cycles("drop", start, rates, cycle, period=period, ratio=self.gamma)
        warmup = [Segment("warm-up", 0, rise(lr, self.warmup_steps))] if start else []
        return [*warmup, stairs]

    def natural_length(self) -> int | None:
        return floor(self.warmup_steps) + 3 * self.step_size * self.steps_per_epoch


class PiecewiseLinearWarmupLR(ESPnet):
    """Lines from rate to rate, then lr times the inverse square root of time.

    The last rate is not tied to lr, so that there may be a jump.
    """

    name = "piecewiselinearwarmuplr"
    aliases = ("PiecewiseLinearWarmupLR",)
    formula = (
        "between the rates of warmup_lr_list at t + 1 in warmup_steps_list, in lines, then "
        "lr * sqrt(last step / (t + 1))"
    )
    warmup_steps_list: Spans = Field((0, 25000), min_length=1, description="steps of the rates")
    warmup_lr_list: Rates = Field((0.0, 0.001), min_length=1, description="rates at these steps")

    @model_validator(mode="after")
    def check_list_lengths(self) -> PiecewiseLinearWarmupLR:
        """Refuse lists of different lengths, and steps that do not rise."""
        steps = self.warmup_steps_list
        if len(steps) != len(self.warmup_lr_list):
            message = "ESPnet: warmup_steps_list and warmup_lr_list must be equally long"
            raise error_at("warmup_lr_list", message, self.warmup_lr_list)
        if any(later <= earlier for earlier, later in pairwise(steps)) or steps[0] < 0:
            message = "warmup_steps_list must be in ascending order, from 0 on, each once"
            raise error_at("warmup_steps_list", message, steps)
        return self

    def segments(self, lr: float) -> Sequence[Part]:
        steps, rates = self.warmup_steps_list, self.warmup_lr_list
        parts: list[Part] = []
        if steps[0] >= 1:
            parts.append(Segment("hold", 0, hold(rates[0])))
        for index, (begin, end) in enumerate(pairwise(steps)):
            line: Shape = linear(rates[index], rates[index + 1], begin - 1, end - begin)
            name = "warm-up" if rates[index] <= rates[index + 1] else "decay"
            parts.append(Segment(name, max(floor(begin), 0), line))
        last = steps[-1]
        after = fall(lr, last) if last else hold(0.0)
        return [*parts, Segment("decay", floor(last), after)]

    def natural_length(self) -> int | None:
        return 10 * floor(self.warmup_steps_list[-1]) or None
