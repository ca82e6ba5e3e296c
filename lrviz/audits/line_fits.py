"""Fits of a few lines one after another, which meet at whole steps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from lrviz.audits.outline import Outline, between, straight_line
from lrviz.audits.phase_specs import Spec, piecewise
from lrviz.core.schedule import Array

MOST = 5
"""More lines are of a curve."""
ROWS = 3
"""Rows that show a line."""
BEYOND = 1.5
"""A row of a line is at most so many times its rounding away from it."""
TRIED = 200
"""Steps that are tried for one meeting of two lines."""
ROUNDS = 3


def lines(outline: Outline) -> Iterator[Spec]:
    """Yield the few lines on which all rows are; the last one ends with the log.

    A rate that is held before it rises is of a schedule that begins late, which is another one.
    """
    parts = parts_of(outline)
    if not 0 < len(parts) <= MOST or is_held(outline, parts[0]):
        return
    knots = best_knots(outline, parts)
    rates = fitted(outline, knots)[0]
    peak = float(rates.max())
    if not peak:
        return
    steps, to = np.diff(knots).tolist(), (rates / peak).tolist()
    phases = [{"steps": n, "to": end} for n, end in zip(steps, to[1:], strict=True)]
    yield piecewise(peak, to[0], phases)


def is_held(outline: Outline, part: slice) -> bool:
    """Return whether the rates of some rows are the same, and a higher one follows."""
    y, after = outline.y[part], outline.y[part.stop : part.stop + 1]
    return bool(np.any(after - y[0] > outline.tolerance[0]) and np.ptp(y) <= outline.tolerance[0])


def best_knots(outline: Outline, parts: list[slice]) -> list[int]:
    """Return step 0, the steps at which lines meet, and the end of the last one.

    Each is searched with the others fixed, between the last rows of one line and the first ones of
    the next.
    """
    t = outline.t
    knots = [0, *(meeting(outline, a, b) for a, b in pairwise(parts)), int(t[-1]) + 1]

    def loss(steps: list[int]) -> float:
        return fitted(outline, steps)[1]

    for _ in range(ROUNDS):
        before = knots
        for index, part in enumerate(parts[1:], 1):
            low = max(t[part.start - 2], knots[index - 1] + 1)
            high = min(t[part.start + 1], knots[index + 1] - 1)
            others = between(low, high, TRIED)
            knots = min((knots, *([*knots[:index], step, *knots[index + 1 :]] for step in others)),
                        key=loss)  # fmt: skip
        if knots == before:
            break
    return knots


def parts_of(outline: Outline) -> list[slice]:
    """Return the rows of each line, the first ones as long as may be; of many some."""
    parts: list[slice] = []
    start, count = 0, len(outline.t)
    while start < count and len(parts) <= MOST:
        low, high = start + 1, count
        while low < high:  # the longest line from here
            middle = (low + high + 1) // 2
            low, high = (middle, high) if is_line(outline, start, middle) else (low, middle - 1)
        if low - start < ROWS:
            return []
        parts.append(slice(start, low))
        start = low
    return parts


def is_line(outline: Outline, start: int, stop: int) -> bool:
    """Return whether some rows are on one line within their rounding."""
    part = slice(start, stop)
    t, y, tolerance = outline.t[part], outline.y[part], outline.tolerance[part]
    outline.budget.spend()
    slope, level = straight_line(t, y, 1 / tolerance)
    return stop - start <= 2 or bool(np.all(np.abs(level + slope * t - y) <= BEYOND * tolerance))


def meeting(outline: Outline, a: slice, b: slice) -> int:
    """Return the step at which the lines of two parts meet, between their rows."""
    t, y, weights = outline.t, outline.y, outline.weights
    low, high = t[a.stop - 1], t[b.start]
    slope, level = straight_line(t[a], y[a], weights[a])
    other, its_level = straight_line(t[b], y[b], weights[b])
    if slope == other or not np.isfinite([slope, other]).all():
        return int(high)
    return int(np.clip(round((level - its_level) / (other - slope)), low, high))


def fitted(outline: Outline, knots: list[int]) -> tuple[Array, float]:
    """Return the best rates at steps between which they are lines, and what they leave."""
    outline.budget.spend()
    columns = np.stack([np.interp(outline.t, knots, row) for row in np.eye(len(knots))], axis=1)
    weighted, y = columns * outline.weights[:, None], outline.y * outline.weights
    rates = np.maximum(np.linalg.lstsq(weighted, y, rcond=None)[0], 0.0)
    return rates, float(np.mean((weighted @ rates - y) ** 2))
