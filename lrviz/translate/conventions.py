"""What makes one way to write an intent differ from another, read off its rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.core.numbers import short
from lrviz.core.schedule import Array
from lrviz.curves.curve import Curve
from lrviz.translate.intents import Intent

NEAR = 1e-9
"""Rates closer than this share of the peak are the same."""
AT_FLOOR = 1e-6
"""A rate that is above the floor by less than this share of the peak has reached it."""


@dataclass(frozen=True)
class Manner:
    """What makes a way differ: its warm-up, that one's place, its last used step, what follows."""

    warmup: str
    place: str
    last: str
    after: str


def manner(intent: Intent, curve: Curve) -> Manner:
    """Return what a curve's own rates say of the way it was written."""
    stop = 2 * intent.total + intent.warmup + 2  # a period of a run of one step shows in two
    rates = curve.sample(range(stop)) / intent.peak
    floor = intent.floor / intent.peak
    reached = np.flatnonzero(rates[intent.warmup :] <= floor + AT_FLOOR) + intent.warmup
    end = int(reached[0]) if reached.size else None
    gap = short(float(rates[intent.total - 1] - floor) * intent.peak, 2)
    return Manner(
        warmup=rise(rates, intent.warmup),
        place=place(rates, intent, end),
        last="floor" if end is not None and end < intent.total else f"{gap} above floor",
        after=after(rates[max(end or 0, intent.total) :], floor),
    )


def rise(rates: Array, steps: int) -> str:
    """Return how the warm-up counts: `t/W`, `(t+1)/W`, or the share that it begins from."""
    t = np.arange(steps)
    if not steps:
        return "none"
    if np.allclose(rates[:steps], t / steps, rtol=0, atol=NEAR):
        return "t/W"
    if np.allclose(rates[:steps], (t + 1) / steps, rtol=0, atol=NEAR):
        return "(t+1)/W"
    return f"from {short(float(rates[0]))}"


def place(rates: Array, intent: Intent, end: int | None) -> str:
    """Return where the warm-up lies: inside the total, before it, or over the running decay."""
    if not intent.warmup or intent.shape == "constant" or end is None:
        return "-"
    if end >= intent.total + intent.warmup:
        return "before"
    counts_next = rates[intent.warmup - 1] >= 1 - NEAR
    if rates[intent.warmup] < 1 - NEAR and not counts_next:
        return "over"
    return "inside"


def after(rates: Array, floor: float) -> str:
    """Return what follows the end: the floor is held, the rate climbs, or it goes on to fall."""
    if rates.max() > rates[0] + AT_FLOOR:
        return "climbs"
    return "falls on" if rates.min() < rates[0] - AT_FLOOR and rates[-1] < floor else "holds"
