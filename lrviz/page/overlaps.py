"""Where curves of a page lie on each other, so that each can be seen there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lrviz.core.schedule import Array
from lrviz.page.samples import Samples

MAX_COMPARED = 16
"""More curves are not compared: stripes of so many colours tell nothing."""
SIZE = (750.0, 380.0)
"""Pixels of the plot, about."""
NEAR = 1.0
"""Pixels between curves that are seen as one."""
SHORTEST = 40.0
"""Pixels of a stretch with stripes."""


@dataclass(frozen=True, eq=False)
class Overlap:
    """A stretch of a curve on others: its points, which of `count` curves it is there, from 0."""

    x: Array
    y: Array
    place: int
    count: int


def overlaps(samples: Samples) -> list[list[Overlap]]:
    """Return each curve's stretches on others, but for the one that is drawn last there."""
    lines = samples.lines
    if not 1 < len(lines) <= MAX_COMPARED or len(samples.steps) < 2:
        return [[] for _ in lines]
    rates = np.array([rates_at(line.x, line.y, samples.steps) for line in lines])
    finite = rates[np.isfinite(rates)]
    height = float(np.ptp(finite)) if finite.size else 0.0
    with np.errstate(invalid="ignore"):
        apart = np.abs(rates[:, None] - rates[None])
        near = apart <= NEAR / SIZE[1] * height
    return [stretches(index, samples.steps, rates[index], near[index], height)
            for index in range(len(lines))]  # fmt: skip


def rates_at(x: Array, y: Array, steps: Array) -> Array:
    """Return the rates of a line at steps; NaN before its first point and after its last."""
    at = np.searchsorted(x, steps, "right") - 1
    is_inside = (at >= 0) & (steps <= x[-1])
    return np.where(is_inside, y[np.maximum(at, 0)], np.nan)


def stretches(
    index: int, steps: Array, rates: Array, near: NDArray[np.bool_], height: float
) -> list[Overlap]:
    """Return the stretches of the curve with an index: `near` is (curves, steps)."""
    changes = np.flatnonzero((near[:, 1:] != near[:, :-1]).any(axis=0)) + 1
    edges = [0, *changes.tolist(), len(steps)]
    own = []
    for start, stop in pairwise(edges):
        group = np.flatnonzero(near[:, start])
        if len(group) < 2 or group[-1] == index or index not in group:
            continue
        x, y = steps[start:stop], rates[start:stop]
        across = np.diff(x) / (steps[-1] - steps[0]) * SIZE[0]
        up = np.diff(y) / (height or 1.0) * SIZE[1]
        if np.hypot(across, up).sum() >= SHORTEST:
            place = int(np.searchsorted(group, index))
            own.append(Overlap(x, y, place, len(group)))
    return own
