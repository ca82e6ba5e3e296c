"""Fits of a rise, a hold and a decay: the search for their steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise, product
from math import inf

import numpy as np

from lrviz.audits.number_fits import best_of_batches
from lrviz.audits.outline import Outline
from lrviz.audits.phase_specs import Spec
from lrviz.audits.rate_fits import (
    DECAYS,
    Decay,
    design,
    losses,
    polynomial,
    remainder,
    solved,
    with_rates,
)
from lrviz.audits.round_fits import round_ends, round_peaks
from lrviz.core.schedule import Array, Steps64

POWERS = (5, 9, 15, 20, 30, 45)
"""Powers of a polynomial that are tried first, in tenths."""
LONGEST = 20
"""The latest end that is searched, in lengths of the log."""
MAX_ROUNDS = 8
NEAR = range(-3, 4)


def decaying(outline: Outline) -> Iterator[Spec]:
    """Yield the best decays of rows; rates that are held may be those of one without a hold.

    Of a curve that is level at first, rounding makes a hold.
    """
    yield from decays(outline)
    if outline.holds:
        yield from decays(replace(outline, last=outline.first))


def decays(outline: Outline) -> Iterator[Spec]:
    """Yield the best warm-up, hold and decay of each curve, and of the best power.

    After a warm-up some row falls: it is else of any decay that comes later. A warm-up of a single
    row begins at 0, or at any rate.
    """
    if outline.rises and outline.last == len(outline.t) - 1:
        return
    starts = (True, False) if outline.first == 1 and outline.t[0] else (False,)
    for curve, from_zero, to_zero in product(DECAYS, starts, (True, False)):
        if outline.budget.is_spent:
            return
        decay = replace(curve, to_zero=to_zero, from_zero=from_zero)
        fit = best_decay(outline, decay)
        if fit:
            yield fit[1]
            yield from round_peaks(outline, decay, *fit)
            yield from round_ends(outline, decay, *fit)
    if outline.holds:
        return
    powers: dict[int, tuple[float, Spec]] = {}

    def loss(tenths: int) -> float:
        if outline.budget.is_spent:
            return inf
        decay = replace(polynomial(tenths / 10), from_zero=starts[0])
        fit = best_decay(outline, decay) if tenths else None
        if fit:
            powers[tenths] = fit
        return fit[0] if fit else inf

    for tenths in POWERS:
        loss(tenths)
    best = min(powers, key=lambda tenths: powers[tenths][0], default=None)
    for tenths in range(best - 4, best + 5) if best else ():
        if tenths > 0 and tenths not in powers:
            loss(tenths)
    if powers:
        best = min(powers, key=lambda tenths: powers[tenths][0])
        yield powers[best][1]
        decay = replace(polynomial(best / 10), from_zero=starts[0])
        yield from round_ends(outline, decay, *powers[best])
        fit = best_decay(outline, polynomial(best / 10)) if starts[0] else None
        if fit:
            yield fit[1]


def best_decay(outline: Outline, decay: Decay) -> tuple[float, Spec] | None:
    """Return what is left with the best steps of a decay of this curve, and the spec."""
    fits: dict[int, tuple[float, int, int, int]] = {}

    def fit(rise: int) -> None:
        if rise not in fits:
            hold, stop = rise, best_end(outline, rise, rise, decay)
            if outline.holds:
                hold, stop = best_hold(outline, rise, decay)
            fits[rise] = (remainder(outline, rise, hold, stop, decay), rise, hold, stop)

    steps = rises(outline, decay)
    for rise in steps:
        fit(rise)
    if not fits:
        return None
    spacing = max(b - a for a, b in pairwise([*steps, steps[-1] + 1]))
    while spacing > 1:  # the steps that were tried are some of many
        spacing = -(-spacing // 4)
        _, middle, _, _ = min(fits.values())
        for more in NEAR:
            if steps[0] <= middle + more * spacing <= steps[-1]:
                fit(middle + more * spacing)
    loss, rise, hold, stop = min(fits.values())
    spec = with_rates(outline, rise, hold, stop, decay)
    return None if spec is None else (loss, spec)


def best_hold(outline: Outline, rise: int, decay: Decay) -> tuple[int, int]:
    """Return the best end of the hold and of the decay, each searched with the other fixed."""
    latest = int(outline.t[min(outline.last + 1, len(outline.t) - 1)])
    hold = int(outline.t[outline.last])
    stop = best_end(outline, rise, hold, decay)
    for _ in range(MAX_ROUNDS):
        before = hold
        longest = min(latest, stop - 1) - rise
        remaining = partial(hold_losses, outline, rise, stop, decay)
        after = best_of_batches(remaining, longest, {hold - rise + more for more in NEAR})
        hold = rise + (after or 0)
        stop = best_end(outline, rise, hold, decay, {stop + more for more in NEAR})
        if hold == before:
            break
    near = [(h, s) for h in range(hold - 2, hold + 3) for s in range(stop - 2, stop + 3)
            if rise <= h < s]  # fmt: skip
    return min(
        near,
        key=lambda pair: remainder(outline, rise, pair[0], pair[1], decay),
        default=(hold, stop),
    )


def hold_losses(outline: Outline, rise: int, stop: int, decay: Decay, steps: Steps64) -> Array:
    """Return what is left with holds of so many steps."""
    return losses(outline, rise, rise + steps, np.full(len(steps), stop), decay)


def rises(outline: Outline, decay: Decay) -> list[int]:
    """Return the steps at which the warm-up may end: where its line meets the fitted peak."""
    line = outline.line()
    if line is None:
        return outline.starts()
    start, slope = line
    peak, rise, last = float(outline.y.max()), 0, int(outline.t[-1])
    for _ in range(MAX_ROUNDS):
        before, rise = rise, min(max(round((peak - start) / slope), 1), last)
        if rise == before or outline.holds:
            break
        matrix = design(outline.t, rise, rise, best_end(outline, rise, rise, decay), decay)
        peak = float(solved(outline, matrix)[1])
    return [step for step in (rise - 1, rise, rise + 1) if step > 0]


def best_end(
    outline: Outline, rise: int, hold: int, decay: Decay, likely: Iterable[int] = ()
) -> int:
    """Return the best end of a decay that begins at step `hold`."""
    last = int(outline.t[-1])
    ends = {last - hold + more for more in range(-2, 3)} | {end - hold - 1 for end in likely}
    after = best_of_batches(
        lambda n: losses(outline, rise, np.full(len(n), hold), hold + n + 1, decay),
        LONGEST * last,
        ends,
    )
    return hold + 1 + (after or 0)
