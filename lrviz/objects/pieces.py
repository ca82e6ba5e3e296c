"""The segments of rates without a known formula: where they rise, fall, stay or jump."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lrviz.core.schedule import Array
from lrviz.core.segment import MAX_SEGMENTS, RateFunction, Segment, hold

SLOPES = {1: "rise", 0: "hold", -1: "decay"}
JUMPS = {1: "rise", -1: "drop"}
ROUNDING = 4 * float(np.finfo(np.float64).eps)
"""The share of a rate by which two equal rates may differ, computed in different ways."""


def pieces(rates: Array, curve: RateFunction) -> list[Segment]:
    """Return the segments of rates from step 0 on; `curve` computes them at any steps.

    A rise from step 0 is a warm-up. Rates that stay the same before and after a change are stairs,
    with a segment for each of them. Rates that turn at more than half of their steps are noise.
    """
    changes = directions(rates)
    is_jump = jumps(changes)
    slopes = np.where(is_jump, 0, changes)
    turns = np.flatnonzero(np.diff(slopes)) + 1
    after_jumps = np.flatnonzero(is_jump) + 1
    starts = np.union1d(turns, after_jumps).tolist()
    if len(starts) >= MAX_SEGMENTS or len(turns) > len(rates) / 2:
        return [Segment("custom", 0, curve)]
    segments = []
    for start, stop in pairwise([0, *starts, len(rates)] if len(rates) else []):
        direction = int(slopes[start]) if start < len(slopes) else 0
        is_warmup = direction == 1 and start == 0 and stop < len(rates)
        name = "warm-up" if is_warmup else SLOPES[direction]
        if start and is_jump[start - 1]:
            name = JUMPS[int(changes[start - 1])]
        segments.append(Segment(name, start, curve if direction else hold(float(rates[start]))))
    return segments


def directions(rates: Array) -> NDArray[np.int64]:
    """Return, from each step to the next, 1 where the rate rises, -1 where it falls, else 0."""
    changes = np.diff(rates)
    is_rounding = np.abs(changes) <= ROUNDING * np.abs(rates[:-1])
    return np.where(is_rounding, 0, np.sign(changes)).astype(np.int64)


def jumps(changes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which changes are alone: the rate stays the same before and after them.

    A rise from step 0 is no jump, however short it is.
    """
    before = np.append(changes[:1] == 1, changes[:-1])
    after = np.append(changes, 0)[1:]
    return np.asarray((changes != 0) & (before == 0) & (after == 0))
