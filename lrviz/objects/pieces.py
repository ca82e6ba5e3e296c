"""The segments of rates without a known formula: where they rise, fall or stay."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from lrviz.core.schedule import Array
from lrviz.core.segment import MAX_SEGMENTS, RateFunction, Segment, hold, segments_of_rates

NAMES = {1: "rise", 0: "hold", -1: "decay"}


def pieces(rates: Array, curve: RateFunction) -> list[Segment]:
    """Return the segments of rates from step 0 on; `curve` computes them at any steps.

    Rates that change at few of their steps are a stair. A rise from step 0 is a warm-up.
    """
    changes = np.sign(np.diff(rates)).astype(int)
    if np.count_nonzero(changes) <= len(rates) / 4:
        return segments_of_rates(rates)
    turns = [0, *(np.flatnonzero(np.diff(changes)) + 1).tolist()]
    if len(turns) > MAX_SEGMENTS:
        return [Segment("custom", 0, curve)]
    segments = []
    for start, stop in pairwise([*turns, len(rates)]):
        direction = int(changes[start])
        is_warmup = direction == 1 and start == 0 and stop < len(rates)
        name = "warm-up" if is_warmup else NAMES[direction]
        shape = hold(float(rates[start])) if direction == 0 else curve
        segments.append(Segment(name, start, shape))
    return segments
