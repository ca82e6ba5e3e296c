"""The whole number of a mistake that fits a log best: a length, a warm-up, or another one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.core.schedule import Array, Steps64
from lrviz.mistakes.mistake import Piece
from lrviz.mistakes.usual import SINGLE_TICKS

GRID = 96
"""Numbers of the first round, in a geometric row."""
REFINED = 6
"""The best of the first round whose neighbours are tried, too."""
CLOSE = 6
"""So near to each other all numbers are tried."""
COMPARED = 120
"""Rows that each number is tried on."""
SAMPLE = 600
"""Rows that the best numbers are compared on."""
SLIGHTLY_BEYOND, BEYOND = (1.05, 1.5), 64
"""Where the loss falls on at some of the first times the largest number, so many times it are
tried."""
LIKELY = tuple(n / d for d in (1, 2, 3, 4, 5, 8, 10) for n in range(1, 17))
"""Likely ratios of a run's number to the plan's."""

TOGETHER = 10
"""Numbers of a range that are tried together."""
Loss = Callable[[int], float]
Losses = Callable[[Steps64], Array]
Variant = Callable[[int], tuple[Piece, ...] | None]
Test = Callable[[int], bool]


def best_number(
    loss: Loss, largest: int, likely: Iterable[int] = (), gives_all: Test | None = None
) -> int | None:
    """Return the number from 0 to `largest` with the smallest loss that a search finds.

    The likely numbers are tried first. Where the best of them gives all rows by `gives_all` it is
    returned, else a grid is tried, and then the neighbours of the best numbers so far. Of
    numbers that are as good, a likely one is returned, the one that comes first in `likely`.
    Returns None where the loss is infinite everywhere, or there is no such number.
    """
    losses: dict[int, float] = {}

    def loss_of(number: int) -> float:
        if number not in losses:
            losses[number] = loss(number)
        return losses[number]

    for number in likely:
        if 0 <= number <= largest:
            loss_of(number)
    best = min(losses, key=losses.__getitem__, default=None)
    if best is not None and gives_all is not None and gives_all(best):
        return best
    grid = {0, *(round(number) for number in np.geomspace(1, max(largest, 2), GRID))}
    numbers = sorted(number for number in grid | losses.keys() if number <= largest)
    values = [loss_of(number) for number in numbers]
    for index in sorted(range(len(numbers)), key=values.__getitem__)[:REFINED]:
        low = numbers[max(index - 1, 0)]
        high = numbers[min(index + 1, len(numbers) - 1)]
        while high - low > CLOSE:
            third = (high - low) // 3
            if loss_of(low + third) <= loss_of(high - third):
                high -= third
            else:
                low += third
        for number in range(low, high + 1):
            loss_of(number)
    best = min(losses, key=losses.__getitem__, default=None)
    return best if best is not None and np.isfinite(losses[best]) else None


def best_number_or_larger(
    loss: Loss, excess: Loss, largest: int, likely: Iterable[int], gives_all: Test
) -> int | None:
    """Return the best number as `best_number` does, also one that is far above `largest`.

    Larger ones are searched only where the loss falls on there. They are compared by `excess`, the
    loss beyond the rounding of the rows, which is large beside what they change.
    """
    best = best_number(loss, largest, likely, gives_all)
    if best is None or gives_all(best):
        return best
    if min(excess(round(largest * times)) for times in SLIGHTLY_BEYOND) >= excess(largest):
        return best
    more = best_number(lambda number: excess(largest + number), (BEYOND - 1) * largest)
    return min((best, largest + (more or 0)), key=excess)


def best_of_batches(losses: Losses, largest: int, likely: Iterable[int] = ()) -> int | None:
    """Return the number from 0 to `largest` with the smallest loss, as `best_number` does.

    It is for losses of which many are computed at once: between the neighbours of each of the best
    numbers some are tried together, and then those between the neighbours of the best of them.
    """
    loss_by_number: dict[int, float] = {}

    def compare(numbers: Iterable[int]) -> None:
        new = [n for n in dict.fromkeys(numbers) if 0 <= n <= largest and n not in loss_by_number]
        if new:
            loss_by_number.update(zip(new, losses(np.array(new)).tolist(), strict=True))

    compare(likely)
    compare(sorted({0, *(round(number) for number in np.geomspace(1, max(largest, 2), GRID))}))
    numbers = sorted(loss_by_number)
    best = sorted(range(len(numbers)), key=lambda index: loss_by_number[numbers[index]])[:REFINED]
    ranges = [around(numbers, index) for index in best]
    while ranges:
        grids = [between(low, high) for low, high in ranges]
        compare(number for grid in grids for number in grid)
        ranges = [
            around(grid, min(range(len(grid)), key=lambda index: loss_by_number[grid[index]]))
            for grid in grids
            if len(grid) <= grid[-1] - grid[0]
        ]
    number = min(loss_by_number, key=loss_by_number.__getitem__, default=None)
    return number if number is not None and np.isfinite(loss_by_number[number]) else None


def around(numbers: Sequence[int], index: int) -> tuple[int, int]:
    """Return the neighbours of one of some numbers, or itself where it has none."""
    return numbers[max(index - 1, 0)], numbers[min(index + 1, len(numbers) - 1)]


def between(low: int, high: int) -> list[int]:
    """Return the numbers from `low` to `high`, of many only some."""
    count = min(high - low + 1, TOGETHER)
    return [int(number) for number in np.linspace(low, high, count)]


def best_variant(
    variant: Variant, plan: PlanRates, rows: Rows, largest: int, likely: Iterable[int]
) -> int | None:
    """Return the number with which a variant of the run gives rows best."""
    compared, sample = rows.sampled(COMPARED), rows.sampled(SAMPLE)
    return best_number_or_larger(
        lambda number: distance(variant(number), plan, compared),
        lambda number: excess(variant(number), plan, compared),
        largest,
        likely,
        lambda number: share_of(variant(number), plan, sample) == 1,
    )


def roundest(numbers: Sequence[int]) -> int:
    """Return the number with the fewest digits before its zeros, one that ends in 5 before others.

    Of numbers as round, and where the middle one is small, it is the one nearest to the middle.
    """
    middle = numbers[len(numbers) // 2]
    if middle <= SINGLE_TICKS:
        return middle

    def roughness(number: int) -> tuple[int, bool, int]:
        digits = str(number).rstrip("0")
        return len(digits), not digits.endswith("5"), abs(number - middle)

    return min(numbers, key=roughness)


def roundest_between(low: int, high: int, planned: int = 1) -> int:
    """Return the roundest number from `low` to `high`, or the roundest multiple of the planned one.

    That is the one with the fewest digits before its zeros, of several the middle one.
    """

    def roundest_multiple(of: int) -> tuple[int, int]:
        least, most = -(-low // of), high // of
        unit = 10 ** (len(str(most)) - 1)
        while most // unit * unit < least and unit > 1:
            unit //= 10
        first, last = -(-least // unit), most // unit
        middle = (first + last) // 2
        return (len(str(middle)), middle * unit * of) if first <= last else (len(str(high)), low)

    return min((roundest_multiple(of) for of in (1, planned)), key=lambda item: item[0])[1]


def distance(pieces: Sequence[Piece] | None, plan: PlanRates, rows: Rows) -> float:
    """Return how far a run is from rows: the mean distance, as a share of the peak."""
    return float("inf") if pieces is None else mean_distance(plan.run(pieces, rows.steps), rows)


def excess(pieces: Sequence[Piece] | None, plan: PlanRates, rows: Rows) -> float:
    """Return how far a run is from rows beyond their rounding, as `distance` does."""
    if pieces is None:
        return float("inf")
    apart = np.abs(plan.run(pieces, rows.steps) - rows.rates) - rows.tolerance
    return float(np.mean(np.clip(apart / rows.peak, 0.0, 1.0)))


def mean_distance(rates: Array, rows: Rows) -> float:
    """Return how far rates are from those of rows in the mean, as a share of the peak.

    A difference counts as at most the peak.
    """
    return float(np.mean(np.minimum(np.abs(rates - rows.rates) / rows.peak, 1.0)))


def share_of(pieces: Sequence[Piece] | None, plan: PlanRates, rows: Rows) -> float:
    """Return the share of rows that a run gives within their rounding."""
    return 0.0 if pieces is None else rows.share(plan.run(pieces, rows.steps))


def likely_numbers(planned_number: int, rows: Rows) -> list[int]:
    """Return numbers that are likely in place of the plan's: ratios of it, and the log's end."""
    numbers = [round(planned_number * ratio) for ratio in LIKELY] + [
        rows.last + more for more in range(3)
    ]
    return list(dict.fromkeys(numbers))
