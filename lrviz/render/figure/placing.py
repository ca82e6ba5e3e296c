"""Where on its curve each label is clear of everything else; distances in hundredths of an inch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lrviz.core.schedule import Array
from lrviz.render.figure.layout import Box

GRID = 100
"""Columns of an inch."""
GAP = 4.0
"""From a label to its own curve."""
OWN_CLEAR = 3
"""From either end of a label to a steep piece of its own curve."""
CLEAR = 6.0
"""From a label to any other curve, at least."""
NEARER, NEARER_LETTERS = 0.75, 0.85
"""From a label's middle to its own curve, at most this share of the way to any other; letters are
so short that it may be more."""
BLOCK = 4
"""Columns whose points are one where the distance to a curve is computed."""
FAR = 40.0
"""More room than this is no better."""
NEAR = 2.5
"""Curves nearer than this lie on each other."""
SHARED = 100.0
"""What it costs a label to be at a piece of its curve that another lies on."""
MAX_SHARED = 3
WORD_GAP = 16.0
"""Between two labels on a line, so that they are not read as one."""
MIXED = 30.0
"""What it costs that some labels are above their curves and others below."""
CANDIDATES = 120
"""How many positions of a label are tried on each side of its curve, the best ones first."""


@dataclass(frozen=True)
class Bands:
    """Every curve's lowest and highest point in each column: arrays (curves, columns)."""

    low: Array
    high: Array

    def within(self, size: int, lead: int) -> tuple[Array, Array]:
        """Return the lowest and highest point in the columns from x - lead to x + size + lead.

        Arrays (curves, columns); where a curve has no point there, +inf and -inf.
        """
        low = np.pad(
            np.nan_to_num(self.low, nan=np.inf), ((0, 0), (lead, lead + size)), mode="edge"
        )
        high = np.pad(
            np.nan_to_num(self.high, nan=-np.inf), ((0, 0), (lead, lead + size)), mode="edge"
        )
        span, columns = size + 2 * lead + 1, self.low.shape[1]
        lowest = sliding_window_view(low, span, axis=1).min(axis=2)
        highest = sliding_window_view(high, span, axis=1).max(axis=2)
        return lowest[:, :columns], highest[:, :columns]


@dataclass(frozen=True)
class Candidate:
    """A possible box of a label, how bad it is, and whether it is above its curve.

    `is_shared` says whether it is at a piece of several curves.
    """

    cost: float
    box: Box
    is_above: bool
    is_shared: bool = False


def place_labels(
    bands: Bands, sizes: Sequence[tuple[float, float]], height: float
) -> list[Box] | None:
    """Return a box per label, clear of every curve and label, or None if one finds no position.

    Two curves that lie on each other all along a label count as one line, where nothing else is
    free; more than `MAX_SHARED` such labels cannot be told apart. `sizes` are the texts' widths and
    heights, `height` is that of the axes.
    """
    choices = [candidates(bands, index, size, height) for index, size in enumerate(sizes)]
    above, below = (
        [[item for item in items if item.is_above is is_above] for items in choices]
        for is_above in (True, False)
    )
    best, best_cost = None, float("inf")
    for tried in (choices, above, below):
        for placed in placements(tried):
            cost = cost_of(placed)
            are_clear = sum(candidate.is_shared for candidate in placed) <= MAX_SHARED
            if are_clear and cost < best_cost:
                best, best_cost = [candidate.box for candidate in placed], cost
    return best


def placements(choices: Sequence[Sequence[Candidate]]) -> Iterator[list[Candidate]]:
    """Yield the positions of all labels, each label being placed first once."""
    if not all(choices):
        return
    scarce_first = sorted(range(len(choices)), key=lambda index: len(choices[index]))
    for first in scarce_first:
        order = [first, *(index for index in scarce_first if index != first)]
        placed = placed_in_order(choices, order)
        if placed is not None:
            yield [placed[index] for index in range(len(choices))]


def cost_of(placed: Sequence[Candidate]) -> float:
    """Return how bad the positions of all labels are: three or more on one side read as a list.

    Labels of one line may be on both of its sides.
    """
    sides = [candidate.is_above for candidate in placed if not candidate.is_shared]
    are_mixed = len(sides) > 2 and len({*sides}) > 1
    return sum(candidate.cost for candidate in placed) + (MIXED if are_mixed else 0.0)


def placed_in_order(
    choices: Sequence[Sequence[Candidate]], order: Sequence[int]
) -> dict[int, Candidate] | None:
    """Return each label's best position that is free after those before it, or None."""
    placed: dict[int, Candidate] = {}
    for index in order:
        occupied = [widened(candidate.box) for candidate in placed.values()]
        free = (c for c in choices[index] if not any(c.box.overlaps(box) for box in occupied))
        choice = next(free, None)
        if choice is None:
            return None
        placed[index] = choice
    return placed


def widened(box: Box) -> Box:
    """Return a label's box with the gap to other labels at both sides."""
    return Box(box.left - WORD_GAP, box.bottom, box.right + WORD_GAP, box.top)


def place_letters(
    bands: Bands, widths: Sequence[float], tall: float, height: float
) -> list[tuple[tuple[int, ...], Box]]:
    """Return labels of curves that are as far apart as can be: their indices, and a box.

    Each curve that has room is in a label at a place where as few others as possible lie along it;
    those are in the label. None is of all curves, which tells nothing. `widths` are those of labels
    of one curve, of two, and so on, `tall` is their height, and `height` that of the axes.
    """
    labels: list[tuple[tuple[int, ...], Box]] = []
    count = len(bands.low)
    for others, width in enumerate(widths[: count - 1]):
        for index in range(count):
            if any(index in group for group, _ in labels):
                continue
            occupied = [widened(box) for _, box in labels]
            choices = candidates(bands, index, (width, tall), height, others)
            free = (c.box for c in choices if not any(c.box.overlaps(box) for box in occupied))
            box = next(free, None)
            if box is not None:
                along = lies_along(bands, index, int(np.ceil(width)))[:, int(box.left)]
                labels.append((tuple(np.flatnonzero(along).tolist()), box))
    return labels


def candidates(
    bands: Bands,
    index: int,
    size: tuple[float, float],
    height: float,
    others_along: int | None = None,
) -> list[Candidate]:
    """Return the possible boxes of one label, above and below its curve, best first.

    None begins before its curve. All are where so many others lie along it; without that number,
    where none or, at a cost, one does.
    """
    width, tall = size
    columns = bands.low.shape[1]
    first = int(np.isfinite(bands.low[index]).argmax())
    span = int(np.ceil(width))
    own_low, own_high = (ends[index] for ends in bands.within(span, OWN_CLEAR))
    near_low, near_high = bands.within(span, int(CLEAR))
    others = np.arange(len(bands.low)) != index
    shared = lies_along(bands, index, span)
    x = np.arange(columns)
    positions: list[Candidate] = []
    nearer = NEARER if others_along is None else NEARER_LETTERS
    for is_above, bottom in ((True, own_high + GAP), (False, own_low - GAP - tall)):
        with np.errstate(invalid="ignore"):
            distance = np.maximum(bottom - near_high[others], near_low[others] - (bottom + tall))
            near = np.where(shared[others], FAR, distance).min(axis=0, initial=FAR)
            sharing = shared[others].sum(axis=0)
            slope = own_high - own_low
            good = np.isfinite(bottom) & np.isfinite(slope)
            good &= (x >= max(first, 2)) & (x + width <= columns - 2)
            good &= (bottom >= 2) & (bottom + tall <= height - 2)
            good &= near >= CLEAR
            good &= (sharing <= 1) if others_along is None else (sharing == others_along)
            middle = np.abs((x + width / 2) / columns - 0.5)
            cost = 0.8 * slope - near + 12 * middle + SHARED * sharing
        at = np.flatnonzero(good)
        at = at[np.argsort(cost[at], kind="stable")]
        near_own = nearest_to_own(bands, index, spaced(at.tolist()), bottom, size, shared, nearer)
        positions += [
            Candidate(
                float(cost[i]),
                Box(float(i), float(bottom[i]), i + width, bottom[i] + tall),
                is_above,
                bool(sharing[i]),
            )
            for i in near_own[:CANDIDATES]
        ]
    return sorted(positions, key=lambda candidate: candidate.cost)


def nearest_to_own(
    bands: Bands,
    index: int,
    lefts: Sequence[int],
    bottom: Array,
    size: tuple[float, float],
    shared: NDArray[np.bool_],
    share: float,
) -> list[int]:
    """Return those left ends of a label at which its middle is clearly nearest to its own curve.

    That is at most a `share` of the way to any other. `bottom` is the label's lower end at each
    column. Curves that are `shared` with its own along the label are no others.
    """
    at = np.array(lefts, np.int64)
    middles = np.column_stack([at + size[0] / 2, bottom[at] + size[1] / 2])
    distances = np.where(shared[:, at], np.inf, distances_to(bands, middles))
    own = distances_to(Bands(bands.low[[index]], bands.high[[index]]), middles)[0]
    distances[index] = np.inf
    return at[own <= share * distances.min(axis=0)].tolist()  # type: ignore[no-any-return]


def distances_to(bands: Bands, points: Array) -> Array:
    """Return how far each point (x, y) is from each curve: an array (curves, points)."""
    starts = np.arange(0, bands.low.shape[1], BLOCK)
    low = np.minimum.reduceat(np.nan_to_num(bands.low, nan=np.inf), starts, axis=1)
    high = np.maximum.reduceat(np.nan_to_num(bands.high, nan=-np.inf), starts, axis=1)
    across = points[:, :1] - (starts + (BLOCK - 1) / 2)
    x, y = np.abs(across), points[:, 1:]
    return np.array(
        [
            np.hypot(x, np.maximum(np.maximum(lowest - y, y - highest), 0.0)).min(axis=1)
            for lowest, highest in zip(low, high, strict=True)
        ]
    )


def lies_along(bands: Bands, index: int, span: int) -> NDArray[np.bool_]:
    """Return where each curve lies on one of them from a column to `span` columns after it.

    Array (curves, columns). Where neither is drawn, they are not apart.
    """
    middle = (bands.low + bands.high) / 2
    apart = np.nan_to_num(np.abs(middle - middle[index]), nan=np.inf)
    apart[np.isnan(middle) & np.isnan(middle[index])] = 0.0
    apart = np.pad(apart, ((0, 0), (0, span)), mode="edge")
    return np.asarray(sliding_window_view(apart, span + 1, axis=1).max(axis=2) < NEAR)


def spaced(columns: Iterable[int], least: int = 6) -> list[int]:
    """Return columns in their order, without those next to an earlier one."""
    apart: list[int] = []
    for column in columns:
        if all(abs(column - other) >= least for other in apart):
            apart.append(column)
    return apart


def runs(mask: NDArray[np.bool_], least: int) -> list[tuple[int, int]]:
    """Return the start and stop of each run in a mask that is at least so long."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(start, stop) for start, stop in edges.reshape(-1, 2).tolist() if stop - start >= least]
