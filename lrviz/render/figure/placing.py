"""Where on its curve each label stands clear of all the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lrviz.core.schedule import Array
from lrviz.render.lines import band

GAP = 4.0
"""Between a label and its curve, in hundredths of an inch, as all distances here."""
CLEAR = 6.0
"""From a label to any other curve, at least."""
FAR = 40.0
"""More room than this is no better."""


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels, from (left, bottom) to (right, top)."""

    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: Box) -> bool:
        """Tell whether two boxes share an area."""
        across = self.left < other.right and other.left < self.right
        return across and self.bottom < other.top and other.bottom < self.top


@dataclass(frozen=True)
class Bands:
    """Every curve's lowest and highest pixel in each pixel column: arrays (curves, columns)."""

    low: Array
    high: Array

    @classmethod
    def of(cls, lines: Sequence[tuple[Array, Array]], width: int) -> Bands:
        """Return the bands of polylines given in pixels from the left edge of the axes."""
        low = np.full((len(lines), width), np.nan)
        high = np.full((len(lines), width), np.nan)
        for index, (x, y) in enumerate(lines):
            keep = np.isfinite(x) & np.isfinite(y)
            if keep.any():
                low[index], high[index] = band(x[keep], y[keep], width)
        return cls(low, high)


def place_labels(
    bands: Bands, sizes: Sequence[tuple[float, float]], frame: tuple[int, int], scale: float
) -> list[Box] | None:
    """Return a box per label, clear of every curve and label, or None if one finds no place.

    `sizes` are the texts' widths and heights in pixels, `frame` the axes' width and height, and
    `scale` the pixels in a hundredth of an inch.
    """
    placing = Placing(bands, frame, scale)
    choices = [placing.candidates(index, size) for index, size in enumerate(sizes)]
    boxes: dict[int, Box] = {}
    for index in sorted(range(len(sizes)), key=lambda each: len(choices[each])):
        free = (
            box
            for _, box in choices[index]
            if not any(box.overlaps(other) for other in boxes.values())
        )
        best = next(free, None)
        if best is None:
            return None
        boxes[index] = best
    return [boxes[index] for index in range(len(sizes))]


@dataclass(frozen=True)
class Placing:
    """The room there is: the curves' bands, the frame, and how many pixels a distance is."""

    bands: Bands
    frame: tuple[int, int]
    scale: float

    def candidates(self, index: int, size: tuple[float, float]) -> list[tuple[float, Box]]:
        """Return the possible boxes of one label with their penalty, best first."""
        width, height = size
        gap = GAP * self.scale
        found = []
        for column in np.linspace(0.02, 0.98, 64) * (self.frame[0] - 1):
            at = int(column)
            low, high = self.bands.low[index, at], self.bands.high[index, at]
            if np.isnan(low):
                continue
            for left in (at + gap, at - width / 2, at - width - gap):
                for bottom in (high + gap, low - gap - height):
                    box = Box(left, bottom, left + width, bottom + height)
                    penalty = self.cost(box, index)
                    if penalty is not None:
                        found.append((penalty, box))
        return sorted(found, key=lambda each: each[0])

    def cost(self, box: Box, index: int) -> float | None:
        """Return how badly a box stands (lower is better), or None where it may not."""
        if min(box.left, box.bottom) < 2:
            return None
        if box.right > self.frame[0] - 2 or box.top > self.frame[1] - 2:
            return None
        others = [each for each in range(len(self.bands.low)) if each != index]
        own = distance(box, self.bands, [index], 0) / self.scale
        near = distance(box, self.bands, others, int(CLEAR * self.scale)) / self.scale
        if own < GAP / 2 or near < CLEAR or near < 1.25 * own:
            return None
        middle = abs((box.left + box.right) / 2 / self.frame[0] - 0.5)
        return 3 * own - min(near, FAR) + 10 * middle


def distance(box: Box, bands: Bands, curves: list[int], beside: int) -> float:
    """Return the vertical pixels between a box and the nearest of some curves; 0 if it is hit."""
    start, stop = max(int(box.left) - beside, 0), int(box.right) + beside + 2
    low, high = bands.low[curves, start:stop], bands.high[curves, start:stop]
    if not low.size or np.isnan(low).all():
        return 1e9
    above, below = low - box.top, box.bottom - high
    return float(max(np.nanmin(np.fmax(above, below)), 0.0))
