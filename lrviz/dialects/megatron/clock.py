"""Megatron's clock: it counts samples, so that a growing batch bends a curve over steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import numpy as np

from lrviz.core.integers import ceil_div
from lrviz.core.schedule import Array, Steps64


@dataclass(frozen=True)
class Clock:
    """Phases of one batch size each: their first step, the samples before it, and the batch.

    A position is a number of samples in units of the global batch.
    """

    steps: tuple[int, ...] = (0,)
    samples: tuple[int, ...] = (0,)
    batches: tuple[int, ...] = (1,)
    unit: int = 1

    @property
    def is_even(self) -> bool:
        """Whether a step is always one global batch."""
        return self.batches == (self.unit,)

    def position(self, t: Steps64) -> Array:
        """Return the positions at steps."""
        if self.is_even:
            return t.astype(np.float64)
        phase = np.searchsorted(self.steps, t, side="right") - 1
        since = (t - np.array(self.steps)[phase]) * np.array(self.batches)[phase]
        return np.asanyarray((np.array(self.samples)[phase] + since) / self.unit)

    def first_after(self, position: float) -> int:
        """Return the first step whose position is greater, at least 0."""
        phases = zip(self.steps, self.samples, self.batches, strict=True)
        for first, before, batch in reversed([*phases]):
            if before <= position * self.unit:
                return first + floor((position * self.unit - before) / batch) + 1
        return 0


def clock_of(unit: int, boundaries: Sequence[int], batches: Sequence[int]) -> Clock:
    """Return the clock of batch sizes: each counts once the samples reach its boundary."""
    if not batches:
        return Clock(batches=(unit,), unit=unit)
    phases = [(0, 0, batches[0])]
    for boundary, batch in zip(boundaries, batches[1:], strict=True):
        step, samples, last = phases[-1]
        count = max(ceil_div(boundary - samples, last), 0)
        phase = (step + count, samples + count * last, batch)
        phases = [*phases[:-1], phase] if count == 0 else [*phases, phase]
    steps, before, sizes = zip(*phases, strict=True)
    return Clock(steps, before, sizes, unit)
