"""The choices in which the idioms of an intent differ, measured on their rates."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lrviz.core.intent import Intent
from lrviz.core.schedule import Array
from lrviz.core.text import format_rounded
from lrviz.curves.curve import Curve

SAME = 1e-9
"""The share of the peak by which two equal rates may differ."""
AT_FLOOR = 1e-12
"""The share of the peak by which a rate at the floor may be above it."""
ROUNDING = 1e-15
"""The share of the peak by which a rate at the peak may be below it."""


@dataclass(frozen=True)
class Convention:
    """Four choices of a library, each in a few words.

    `warm_up` is how the warm-up counts its steps, `in_total` whether the total includes it,
    `last_step` where the run's last step is, `after_end` what the rate does after the end.
    """

    warm_up: str
    in_total: str
    last_step: str
    after_end: str


def measure_convention(intent: Intent, curve: Curve) -> Convention:
    """Return the choices that a curve's rates show."""
    stop = 2 * intent.total + intent.warmup + 2  # the period of a run of one step needs two
    rates = curve.sample(range(stop)) / intent.peak
    floor = intent.floor_share
    end = decay_end(curve, stop) or first_at_floor(rates, intent)
    after = max(intent.total, end or intent.total)
    return Convention(
        warm_up=warm_up_fraction(rates[: intent.warmup]),
        in_total=warm_up_in_total(rates, intent, end),
        last_step=last_step(rates[intent.total - 1], intent, end),
        after_end=after_end(rates[after:], floor),
    )


def decay_end(curve: Curve, stop: int) -> int | None:
    """Return the step at which a schedule's decay ends, None where it declares no end below `stop`.

    The rates of a long decay are next to the floor long before.
    """
    segments = curve.segments(stop)
    following = (after.start for part, after in pairwise(segments) if part.name == "decay")
    return next(following, None)


def first_at_floor(rates: Array, intent: Intent) -> int | None:
    """Return the first step after the warm-up whose rate is at the floor or below, or None."""
    decay = rates[intent.warmup :]
    at_floor = np.flatnonzero(decay <= intent.floor_share + AT_FLOOR)
    return int(at_floor[0]) + intent.warmup if at_floor.size else None


def warm_up_fraction(rates: Array) -> str:
    """Return the fraction of the peak at a step of the warm-up, or the share that it starts from.

    `rates` are those of the warm-up, as shares of the peak.
    """
    steps = len(rates)
    t = np.arange(steps)
    if not steps:
        return "none"
    if np.allclose(rates, t / steps, rtol=0, atol=SAME):
        return "t/W"
    if np.allclose(rates, (t + 1) / steps, rtol=0, atol=SAME):
        return "(t+1)/W"
    return f"from {format_rounded(float(rates[0]))}"


def warm_up_in_total(rates: Array, intent: Intent, end: int | None) -> str:
    """Return how the total counts the warm-up.

    `included`: the decay takes the rest of it. `added`: the decay takes all of it, after the
    warm-up. `overlaid`: the decay takes all of it and already runs during the warm-up.
    """
    if not intent.warmup or intent.shape == "constant" or end is None:
        return "-"
    if end >= intent.total + intent.warmup:
        return "added"
    peak_is_reached = max(rates[intent.warmup - 1], rates[intent.warmup]) >= 1 - ROUNDING
    return "included" if peak_is_reached else "overlaid"


def last_step(rate: float, intent: Intent, end: int | None) -> str:
    """Return how far the rate of the last step of the run, a share of the peak, is from the floor.

    `end` is the step at which the decay ends.
    """
    if rate <= intent.floor_share or (end is not None and end < intent.total):
        return "at floor"
    distance = (rate - intent.floor_share) * intent.peak
    return f"{format_rounded(float(distance), 2)} above floor"


def after_end(rates: Array, floor: float) -> str:
    """Return what the rates after the end do; `floor` is a share of the peak, as they are."""
    if rates.max() > rates[0] + AT_FLOOR:
        return "climbs"
    falls = rates.min() < rates[0] - AT_FLOOR and rates[-1] < floor
    return "keeps falling" if falls else "holds"
