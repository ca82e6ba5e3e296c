"""Fits of cosine cycles that begin again, also after a warm-up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import inf

import numpy as np

from lrviz.audits.cycle_fits import MOST, cosine, solved, within
from lrviz.audits.outline import Outline, between
from lrviz.audits.phase_specs import Spec, after_warmup, piecewise
from lrviz.audits.rate_fits import within_rounding
from lrviz.core.schedule import Array, Steps64

JUMP = 0.03
"""A rise by this share of the range between two rows, with none beside it, is a restart."""
MULTIPLES = (1, 2, 3)
"""How many times longer than the last one each cycle may be."""
RISES, TOTALS = 24, 12
"""Ends of a warm-up that are tried, and totals with each of them, before those near the best."""
MORE_CYCLES = 4
"""A log may end so many cycles before its run, one less."""
MOST_TOPS = 12
"""A schedule of more cycles of several heights is not listed in phases."""
FEWEST = 3
"""Cycles that have fewer rows are not known to have a height of their own."""
CLOSE = (-1, 0, 1)
NEAR = range(-3, 4)
BEST = 3
"""The best of some numbers of cycles that are told as specs."""


def restarts(outline: Outline) -> Iterator[Spec]:
    """Yield the cosine cycles that begin again at the peak, also after a warm-up."""
    t, y = outline.t, outline.y
    top = int(np.argmax(np.diff(y) < -outline.tolerance[1:]))
    top = top if y[0] < y[top] - 2 * outline.tolerance[top] else 0
    first = int(np.argmax(y >= y[top] - 2 * outline.tolerance[top])) if top else 0
    outline = replace(outline, first=first, last=first)
    jumps = top + jumps_of(y[top:])
    if not len(jumps):
        return
    low, high = t[jumps], t[jumps + 1]
    if outline.warms_up:
        yield from restarts_after_warmup(outline, low, high)
    for multiple in MULTIPLES:
        yield from whole_cycles(outline, low, high, multiple)


def jumps_of(y: Array) -> Steps64:
    """Return the rows after which rates rise to the next one, and fall or stay beside it."""
    change = np.diff(y)
    around = np.maximum(np.append(0.0, change[:-1]), np.append(change[1:], 0.0))
    return np.flatnonzero((change > JUMP * np.ptp(y)) & (around <= 0.0))


def whole_cycles(outline: Outline, low: Array, high: Array, multiple: int) -> Iterator[Spec]:
    """Yield cycles of whole steps, each so many times longer than the last one.

    They are equally high, or each has a height of its own. Each jump is after a row in `low` and
    not after the one in `high`.
    """
    ends = np.cumsum(float(multiple) ** np.arange(len(low)))
    starts = outline.starts(RISES)
    pairs = []
    for rise in starts:
        least, most = np.max((low - rise) / ends), np.min((high - rise) / ends)
        pairs += [(rise, n) for n in between(np.floor(least) + 1, most, TOTALS) if n > 0]
    if not pairs:
        return
    spacing = max(starts[-1] - starts[0], 0) // RISES + 1, int(np.max(high - low)) // TOTALS + 1
    for is_equal in (True, False):
        if not is_equal and (len(low) >= MOST_TOPS or rows_of_cycles(outline, low) < FEWEST):
            return

        def columns(rise: int, period: int, is_equal: bool = is_equal) -> Array:
            return cycle_columns(outline.t, rise, period, multiple, len(low) + 1, is_equal)

        def loss(pair: tuple[int, int]) -> float:
            is_possible = pair[0] >= 0 < pair[1] and bool(pair[0]) == outline.warms_up
            return solved(outline, columns(*pair))[1] if is_possible else inf

        rise, period = refined(loss, pairs, spacing)
        matrix, remaining = columns(rise, period), loss((rise, period))
        start, floor, *tops = map(float, within_rounding(outline, matrix))
        tops *= len(low) + 1 if is_equal else 1
        if max(tops) > 0:
            yield cycles_spec(rise, period, multiple, start, floor, tops)
        if remaining <= within(outline):
            return


def rows_of_cycles(outline: Outline, low: Array) -> int:
    """Return how many rows the shortest of the cycles has that end in the log."""
    ends = np.searchsorted(outline.t, low, side="right")
    return int(np.min(np.diff(ends, prepend=outline.first)))


def refined(
    loss: Callable[[tuple[int, int]], float],
    pairs: list[tuple[int, int]],
    spacing: tuple[int, int],
) -> tuple[int, int]:
    """Return the best two numbers near the best of some that are about so far apart."""
    best, (first, second) = min(pairs, key=loss), spacing
    while first or second:
        first, second = first // 2, second // 2
        steps = max(first, 1), max(second, 1)
        near = [(best[0] + m * steps[0], best[1] + n * steps[1]) for m in CLOSE for n in NEAR]
        best = min(near, key=loss)
    return best


def cycles_spec(
    rise: int, period: int, multiple: int, start: float, floor: float, tops: list[float]
) -> Spec:
    """Return the spec of cycles with these tops, in phases where no schedule is known to suit."""
    peak = max(tops)
    spec: Spec = {"schedule": "warm-restarts", "T_0": period, "T_mult": multiple, "eta_min": floor}
    if len(set(tops)) == 1 and not rise:
        return {"schedule": spec.pop("schedule"), "lr": peak, **spec}
    if len(set(tops)) == 1 and 0 < start <= peak:
        return after_warmup(peak, start / peak, rise, spec)
    phases: list[Spec] = [{"steps": rise, "to": tops[0] / peak}] if rise else []
    for index, top in enumerate(tops):
        phases += [{"steps": 0, "to": top / peak}] if index else []
        steps = period * multiple**index
        phases.append({"steps": steps, "to": floor / peak, "curve": "cosine"})
    return piecewise(peak, start / peak if rise else tops[0] / peak, phases)


def cycle_columns(
    t: Array, rise: int, period: int, multiple: int, count: int, is_equal: bool
) -> Array:
    """Return what rows have of the rate at the start, of the floor, and of each cycle's top.

    After so many cycles the floor is held.
    """
    elapsed = np.maximum(t - rise, 0)
    lengths = period * float(multiple) ** np.arange(count)
    begins = np.cumsum(lengths) - lengths
    cycle = np.searchsorted(begins, elapsed, side="right") - 1
    up = np.minimum(t / rise, 1.0) if rise else np.ones(len(t))
    down = cosine((elapsed - begins[cycle]) / lengths[cycle])
    top = up * (1 - down)
    tops = top[:, None] if is_equal else np.eye(count)[cycle] * top[:, None]
    return np.column_stack([1 - up, down, tops])


def restarts_after_warmup(outline: Outline, low: Array, high: Array) -> Iterator[Spec]:
    """Yield equal cosine cycles after a warm-up, the last of which ends with the log or after it.

    Each jump is after a row in `low` and not after the one in `high`.
    """
    t, cycle_count = outline.t, len(low) + 1
    numbers = np.arange(1, cycle_count)
    fits: list[tuple[float, Spec]] = []
    for count in range(cycle_count, cycle_count + MORE_CYCLES):

        def loss(pair: tuple[int, int], count: int = count) -> float:
            rise, total = pair
            return solved(outline, cycles(t, rise, total, count))[1] if 0 < rise < total else inf

        pairs = []
        for rise in outline.starts(MOST):
            least = np.max((low - rise) * count / numbers) + rise
            most = np.min((high - rise) * count / numbers) + rise
            pairs += [(rise, total) for total in between(np.floor(least) + 1, most, TOTALS)]
        if not pairs:
            continue
        best = refined(loss, pairs, (1, int(np.max(np.diff(t))) * count))
        (rise, total), ((peak,), least_loss) = best, solved(outline, cycles(t, *best, count))
        spec: Spec = {"schedule": "cosine_with_restarts", "lr": float(peak)}
        spec |= {"num_warmup_steps": rise, "num_training_steps": total, "num_cycles": count}
        fits.append((least_loss, spec))
    fits.sort(key=lambda fit: max(fit[0], within(outline)))  # of equally good ones the fewest
    yield from (spec for _, spec in fits[:BEST])


def cycles(t: Array, rise: int, total: int, count: int) -> Array:
    """Return what rows have of the peak of cosine cycles to 0 after a warm-up from 0."""
    share = (t - rise) / max(total - rise, 1)
    down = np.where(share < 1, 1 - cosine((share * count) % 1.0), 0.0)
    return np.where(t < rise, t / rise, down)[:, None]
