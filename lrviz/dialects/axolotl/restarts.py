"""Jagged restarts: a schedule that is dipped and warmed up again every so many steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from pydantic import Field

from lrviz.core.composition import Child
from lrviz.core.findings import Finding
from lrviz.core.parameters import Fraction, Steps
from lrviz.core.schedule import Array, End, Steps64
from lrviz.core.segment import Cycles, Part, Segment
from lrviz.dialects.axolotl.base import Axolotl
from lrviz.dialects.axolotl.rex import Rex

INNER = {"schedule": "transformers.cosine", "num_warmup_steps": 5, "num_training_steps": 100}


class JaggedRestarts(Axolotl):
    """Multiplies another schedule by a scale that dips and warms up again at every restart.

    Its clock is one step ahead of the optimizer's, and one more than that of a rex inside it.
    """

    name = "jagged_restarts"
    aliases = ("JaggedLRRestartScheduler",)
    formula = (
        "inner(t + 1) * (m + (1 - m) * c), where c falls to 0 at each restart and rises to 1 in "
        "the warm-up after it, and m = min_lr_scale"
    )
    inner_schedule: Child = Field(description="the schedule that restarts", examples=[INNER])
    jagged_restart_steps: Steps = Field(description="steps from restart to restart", examples=[25])
    jagged_restart_warmup_steps: Steps = Field(10, description="steps of each new warm-up")
    jagged_restart_anneal_steps: Steps = Field(1, description="steps of the fall before a restart")
    min_lr_scale: Fraction = Field(0.001, description="the scale at a restart")

    @property
    def ahead(self) -> int:
        """How many steps the clock is ahead of the inner schedule's own."""
        return 1

    def scale(self, t: Steps64) -> Array:
        """Return the scale at a time of the scheduler's clock."""
        every, rise = self.jagged_restart_steps, self.jagged_restart_warmup_steps
        fall, floor = self.jagged_restart_anneal_steps, self.min_lr_scale
        progress = t % every
        cycle = np.where(
            progress < rise,
            np.minimum(1.0, progress / rise),
            np.where(progress > every - fall, np.minimum(1.0, (every - progress) / fall), 1.0),
        )
        return np.where(t < every - fall, 1.0, cycle * (1 - floor) + floor)

    def segments(self, lr: float) -> Sequence[Part]:
        inner, ahead, every = self.inner_schedule, self.ahead, self.jagged_restart_steps
        # A rex counts its own steps from 1, as its class says; the clock here starts behind it.
        scale_ahead = 2 if isinstance(inner, Rex) else 1
        inner_rates = inner.rate_function(lr)

        def rates(t: Steps64) -> Array:
            return np.asanyarray(inner_rates(t + ahead) * self.scale(t + scale_ahead))

        first = every - scale_ahead
        starts: dict[int, str] = {}
        for segment in inner.expand(lr, max(first, 0) + ahead):
            starts[max(segment.start - ahead, 0)] = segment.name
        before = [Segment(name, at, rates) for at, name in starts.items() if at < first]
        hold = min(self.jagged_restart_warmup_steps, every)

        def cycle(index: int) -> Sequence[Segment]:
            at = first + index * every
            parts = [Segment("restart", at, rates)]
            return [*parts, Segment("decay", at + hold, rates)] if hold < every else parts

        if first < 0:
            return [Segment("restart", 0, rates)]
        return [*before, Cycles("restart", first, rates, cycle, period=every)]

    def natural_length(self) -> int | None:
        return self.inner_schedule.natural_length()

    def end(self) -> End | None:
        end = self.inner_schedule.end()
        return End(end.last - self.ahead, end.message) if end else None

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from self.inner_schedule.findings(lr)
