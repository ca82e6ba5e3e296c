"""Fits of a decay with a round peak, or a round length."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lrviz.audits.outline import Outline, between
from lrviz.audits.phase_specs import Spec, piecewise
from lrviz.audits.rate_fits import NEARLY, Decay, fixed_fit, with_rates

ROUND, BLURRED, LEVER = (0, 1, 2), 2e-3, 5
"""Decimals of a round peak's mantissa, how far it may be from the fitted one, and how many times
further the end of the decay may be."""
MOST_ENDS = 200


def round_peaks(outline: Outline, decay: Decay, loss: float, spec: Spec) -> Iterator[Spec]:
    """Yield the specs of round peaks near that of a spec, with the end that suits each best.

    Rounded rates of the beginning of a decay give many peaks, each with an end of its own.
    """
    steps, peak = [phase["steps"] for phase in spec["phases"]], spec["lr"]
    if loss > NEARLY * float(np.mean(outline.tolerance**2)) or (outline.holds and outline.rises):
        return
    stop, rise = sum(steps), steps[0] if outline.rises else 0
    for digits in ROUND:
        level = float(f"{peak:.{digits}e}")
        if not 0 < abs(level / peak - 1) <= BLURRED:
            continue

        def loss_of(end: int, level: float = level) -> float:
            return fixed_fit(outline, rise, end, decay, level)[0]

        width = int(BLURRED * LEVER * stop) + 1
        ends = between(max(stop - width, rise + 1), stop + width, MOST_ENDS)
        end = min(ends, key=loss_of)
        start, floor = fixed_fit(outline, rise, end, decay, level)[1]
        phases = [{"steps": rise, "to": 1.0}] if rise else []
        phases.append(decay.phase(end - rise, floor / level))
        yield piecewise(level, start / level if rise else 1.0, phases)


def round_ends(outline: Outline, decay: Decay, loss: float, spec: Spec) -> Iterator[Spec]:
    """Yield the specs of round lengths near that of a spec, the roundest first.

    Rounded rates of a long decay give many lengths.
    """
    if loss > NEARLY * float(np.mean(outline.tolerance**2)):
        return
    *before, last = [phase["steps"] for phase in spec["phases"]]
    stop, rise = sum(before) + last, before[0] if outline.rises and before else 0
    for power in range(len(str(stop)) - 1, 0, -1):
        end = round(stop, -power)
        if end != stop and sum(before) < end and abs(end / stop - 1) <= BLURRED:
            rounder = with_rates(outline, rise, sum(before), end, decay)
            if rounder:
                yield rounder
