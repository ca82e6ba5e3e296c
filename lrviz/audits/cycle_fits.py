"""Fits of schedules that rise again or in a curve: restarts, triangles, and one cycle.

They are linear in their rates once their steps are fixed, as those of `decay_fits` are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from math import inf

import numpy as np

from lrviz.audits.decay_fits import Spec
from lrviz.audits.number_fits import best_number
from lrviz.audits.outline import Outline, between
from lrviz.core.schedule import Array

JUMP = 0.3
"""A rise by this share of the range between two rows is a restart."""
MULTIPLES = (1, 2, 3)
"""How many times longer than the last one each cycle may be."""
MOST = 200
"""Steps that are tried for one number."""
TOTALS = 12
"""Totals that are tried with each end of a warm-up, before those near the best."""
MORE_CYCLES = 4
"""A log may end so many cycles before its run, one less."""
CLOSE = (-1, 0, 1)
ROUNDS = 4
NEAR = range(-3, 4)
BEST = 3
"""The best of some lengths and shares of a rise that are told as specs."""
BLURRED = 0.03
"""The share of a length by which the search for its rise may move it away from a round one."""
LONGEST = 10
"""The latest end of a cycle that is searched, in lengths of the log."""
SMALLEST = 1e-9
"""The least last rate of a cycle, as a share of its first one."""
Columns = Callable[[float, int], Array]
"""From two numbers of steps to what each row has of each rate."""


def cosine(p: Array) -> Array:
    """Return the share of the way along half a cosine, by the share of its time."""
    return np.asarray((1 - np.cos(np.pi * np.clip(p, 0, 1))) / 2)


def line(p: Array) -> Array:
    """Return the share of the way along a line, by the share of its time."""
    return np.clip(p, 0, 1)


def solved(outline: Outline, columns: Array) -> tuple[Array, float]:
    """Return the rates by least squares, none below 0, and the mean square of what they leave."""
    outline.budget.spend()
    weighted = columns * outline.weights[:, None]
    rates = np.linalg.lstsq(weighted, outline.y * outline.weights, rcond=None)[0]
    rates = np.maximum(rates, 0.0)
    return np.asarray(rates, float), float(
        np.mean((weighted @ rates - outline.y * outline.weights) ** 2)
    )


def best_of(outline: Outline, columns: Callable[[int], Array], numbers: Iterable[int]) -> int:
    """Return the number of steps whose columns leave least."""
    return min(numbers, key=lambda number: solved(outline, columns(number))[1])


def restarts(outline: Outline) -> Iterator[Spec]:
    """Yield the cosine cycles that begin again at the peak, also after a warm-up."""
    t, y = outline.t, outline.y
    top = int(np.argmax(np.diff(y) < -outline.tolerance[1:]))
    top = top if y[0] < y[top] - 2 * outline.tolerance[top] else 0
    outline = replace(outline, first=top, last=top)
    jumps = np.flatnonzero(np.diff(y) > JUMP * np.ptp(y))
    jumps = jumps[jumps >= top]
    if not len(jumps):
        return
    low, high = t[jumps], t[jumps + 1]
    if outline.rises:
        yield from restarts_after_warmup(outline, low, high)
        return
    for multiple in MULTIPLES:
        ends = np.cumsum(float(multiple) ** np.arange(len(jumps)))
        first = int(np.max(low / ends)) + 1
        periods = between(first, int(np.min(high / ends)), MOST)
        if periods:
            period = best_of(outline, lambda n: falls(t, n, multiple), periods)  # noqa: B023
            (peak, floor), _ = solved(outline, falls(t, period, multiple))
            spec: Spec = {"schedule": "warm-restarts", "lr": float(peak), "T_0": period}
            yield spec | {"T_mult": multiple, "eta_min": max(float(floor), 0.0)}


def falls(t: Array, period: int, multiple: int) -> Array:
    """Return what rows have of the top and the floor of cosine cycles."""
    cycle, position = np.floor(t / period), (t % period) / period
    if multiple > 1:
        cycle = np.floor(np.log(t / period * (multiple - 1) + 1) / np.log(multiple) + 1e-9)
        begin = period * (float(multiple) ** cycle - 1) / (multiple - 1)
        position = (t - begin) / (period * float(multiple) ** cycle)
    down = cosine(position)
    return np.stack([1 - down, down], axis=1)


def restarts_after_warmup(outline: Outline, low: Array, high: Array) -> Iterator[Spec]:
    """Yield equal cosine cycles after a warm-up, the last of which ends with the log or after it.

    Each jump is after a row in `low` and not after the one in `high`.
    """
    t, seen = outline.t, len(low) + 1
    numbers = np.arange(1, seen)
    fits: list[tuple[float, Spec]] = []
    for count in range(seen, seen + MORE_CYCLES):

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
        best, step = min(pairs, key=loss), int(np.max(np.diff(t))) * count
        while step:  # the totals that were tried are some of many
            step //= 2
            near = [(best[0] + m, best[1] + n * max(step, 1)) for m in CLOSE for n in NEAR]
            best = min(near, key=loss)
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


def triangles(outline: Outline) -> Iterator[Spec]:
    """Yield the lines up and down again, of equal height or half the height each time."""
    t, y = outline.t, outline.y
    signs = np.sign(np.diff(y) * (np.abs(np.diff(y)) > outline.tolerance[1:]))
    turns = np.flatnonzero(signs)
    turns = turns[1:][np.diff(signs[turns]) != 0]
    if len(turns) < 2 or signs[turns[0]] > 0:
        return
    top, bottoms = turns[0], turns[1::2]
    ups = between(max(t[max(top - 1, 0)], 1), t[min(top + 1, len(t) - 1)], MOST)
    last = len(bottoms)
    low, high = t[bottoms[-1] - 1] / last, t[min(bottoms[-1] + 1, len(t) - 1)] / last
    first = max(np.ceil(low), 1)
    periods = between(first, max(np.floor(high), first), MOST)
    for mode, shrink in (("triangular", 1.0), ("triangular2", 0.5)):

        def columns(up: float, period: int, shrink: float = shrink) -> Array:
            cycle, since = np.floor(t / period), t % period
            height = np.where(since < up, since / up, (period - since) / max(period - up, 1))
            return np.stack([np.ones(len(t)), height * shrink**cycle], axis=1)

        up, period = by_turns(outline, columns, ups, periods)
        (base, rise), _ = solved(outline, columns(up, period))
        spec: Spec = {"schedule": "cyclic", "base_lr": max(float(base), 0.0)}
        spec |= {"max_lr": float(base + rise), "step_size_up": up}
        yield spec | {"step_size_down": period - up, "mode": mode}


def by_turns(
    outline: Outline, columns: Columns, firsts: list[int], seconds: list[int]
) -> tuple[int, int]:
    """Return the best two numbers, each searched with the other fixed."""

    def best_first(second: int) -> int:
        return best_of(outline, lambda n: columns(n, second), firsts)

    def best_second(first: int) -> int:
        return best_of(outline, lambda n: columns(first, n), seconds)

    begin = firsts[len(firsts) // 2], seconds[len(seconds) // 2]
    return best_near(outline, columns, alternate(best_first, best_second, begin))


def alternate(
    best_first: Callable[[int], int], best_second: Callable[[int], int], begin: tuple[int, int]
) -> tuple[int, int]:
    """Return two numbers each of which is the best one beside the other; the second comes first."""
    first, second = begin
    for _ in range(ROUNDS):
        before = first, second
        second = best_second(first)
        first = best_first(second)
        if before == (first, second):
            break
    return first, second


def best_near(outline: Outline, columns: Columns, pair: tuple[int, int]) -> tuple[int, int]:
    """Return the best of two numbers and those near them."""
    first, second = pair
    near = [(first + m, second + n) for m in NEAR for n in NEAR if min(first + m, second + n) > 0]
    return min(near, key=lambda pair: solved(outline, columns(*pair))[1])


def one_cycle(outline: Outline) -> Iterator[Spec]:
    """Yield a rise and a fall in half cosines or lines, in two phases or three."""
    t, first = outline.t, outline.first
    if not 0 < first <= outline.last < len(t) - 1:  # some row rises, and some row falls
        return
    gap = int(np.max(np.diff(t)))
    rises = between(max(t[first - 1], 1), t[first + 1], MOST)
    ends = between(t[-1], t[-1] + gap, MOST)
    for strategy, share in (("cos", cosine), ("linear", line)):
        for three in (False, True):
            columns = partial(cycle_columns, t, share, three)
            rise, stop = by_turns(outline, columns, rises, ends)
            if solved(outline, columns(rise, stop))[1] > within(outline):
                rise, stop = later_turns(outline, columns, rises, (rise, stop))
            for spec in cycle_specs(outline, columns, rise, stop):
                yield spec | {"anneal_strategy": strategy, "three_phase": three}


def cycle_columns(
    t: Array, share: Callable[[Array], Array], three: bool, rise: float, stop: int
) -> Array:
    """Return what rows have of the first rate, the peak and the last rate of one cycle."""
    up, middle = share(t / rise), 2 * rise if three else rise
    back = share((t - rise) / rise) if three else np.zeros(len(t))
    down = share((t - middle) / max(stop - middle, 1))
    start = 1 - up + back * (1 - down)
    peak = up * (1 - back) * (1 if three else 1 - down)
    return np.stack([start, peak, down], axis=1)


def cycle_specs(outline: Outline, columns: Columns, rise: int, stop: int) -> Iterator[Spec]:
    """Yield the specs of one cycle of about these steps, of round shares and lengths too.

    Each comes with the library's own first and last rate, and with fitted ones.
    """

    def at_share(pct: float, stop: int) -> Array:
        return columns(max(pct * (stop + 1) - 1, 1e-9), stop)

    share_of_rise = (rise + 1) / (stop + 1)
    stops = [stop, *(n for n in rounder(stop + 1) if n > outline.t[-1])]
    pairs = [(round(share_of_rise, 2), n) for n in stops] + [(share_of_rise, stop)]
    fits = [solved(outline, at_share(*pair)) for pair in pairs]
    for index in np.argsort([loss for _, loss in fits], kind="stable")[:BEST].tolist():
        pct, last = pairs[index]
        start, peak, end = map(float, fits[index][0])
        if min(start, peak) <= 0:
            continue
        spec: Spec = {"schedule": "onecycle", "max_lr": peak, "total_steps": last + 1}
        spec |= {"pct_start": pct}
        yield spec
        yield spec | {
            "div_factor": peak / start,
            "final_div_factor": start / max(end, start * SMALLEST),
        }


def within(outline: Outline) -> float:
    """Return the mean square of what a fit within the rounding of rows leaves, at most."""
    return float(np.mean((outline.tolerance * outline.weights) ** 2))


def later_turns(
    outline: Outline, columns: Columns, rises: list[int], begin: tuple[int, int]
) -> tuple[int, int]:
    """Return the best two numbers of steps of a cycle whose end the log may not have reached."""
    last = int(outline.t[-1])

    def best_rise(stop: int) -> int:
        return best_of(outline, lambda n: columns(n, stop), rises)

    def best_stop(rise: int) -> int:
        more = best_number(lambda n: solved(outline, columns(rise, last + n))[1], LONGEST * last)
        return last + (more or 0)

    return best_near(outline, columns, alternate(best_rise, best_stop, begin))


def rounder(total: int) -> Iterator[int]:
    """Yield the last steps of runs of round lengths near one, and of those next to it."""
    for unit in (1000, 500, 100, 50, 10):
        length = round(total / unit) * unit
        if 0 < abs(length - total) <= BLURRED * total:
            yield length - 1
    yield from (total + more - 1 for more in NEAR if more)
