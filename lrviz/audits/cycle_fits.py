"""Fits of schedules that rise in lines or in a curve: triangles, and one cycle.

They are linear in their rates once their steps are fixed, as those of `rate_fits` are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import numpy as np

from lrviz.audits.number_fits import best_number
from lrviz.audits.outline import Outline, between
from lrviz.audits.phase_specs import Spec
from lrviz.audits.rate_fits import within_rounding
from lrviz.core.schedule import Array

MOST = 200
"""Steps that are tried for one number."""
ROUNDS = 4
NEAR = range(-3, 4)
BEST = 3
"""The best of some lengths and shares of a rise that are told as specs."""
USUAL = np.array([[1 / 25], [1.0], [1 / 25e4]])
"""The library's own first, highest and last rate of one cycle, as shares of the peak."""
SHARES = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
"""Usual shares of a rise: with one, the steps of the rise tell the length of the cycle."""
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
    pairs += [(pct, n) for pct in SHARES for n in stops_of(rise, pct) if n >= outline.t[-1]]
    matrices = [at_share(*pair) for pair in pairs]
    for index in best_indices(outline, [matrix @ USUAL for matrix in matrices]):
        (peak,) = map(float, within_rounding(outline, matrices[index] @ USUAL))
        yield cycle_spec(*pairs[index], peak)
    for index in best_indices(outline, matrices):
        start, peak, end = map(float, within_rounding(outline, matrices[index]))
        if min(start, peak) > 0:
            yield cycle_spec(*pairs[index], peak) | {
                "div_factor": peak / start,
                "final_div_factor": start / max(end, start * SMALLEST),
            }


def best_indices(outline: Outline, matrices: Sequence[Array]) -> list[int]:
    """Return the indices of those of some columns that leave least, the best first."""
    losses = [solved(outline, matrix)[1] for matrix in matrices]
    return [int(index) for index in np.argsort(losses, kind="stable")[:BEST]]


def cycle_spec(pct: float, last: int, peak: float) -> Spec:
    """Return the spec of one cycle to this last step, this share of which rises."""
    return {"schedule": "onecycle", "max_lr": peak, "total_steps": last + 1, "pct_start": pct}


def stops_of(rise: int, pct: float) -> list[int]:
    """Return the last steps of cycles of which this share rises for about so many steps."""
    return between((rise - 1) / pct, (rise + 3) / pct, MOST)


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
