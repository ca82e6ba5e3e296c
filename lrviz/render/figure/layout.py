"""Where things go on a picture, in inches from its lower left corner; no matplotlib here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from lrviz.core.text import break_position

Width = Callable[[str], float]
"""The width of a text in inches."""

LEAST_FACET = 0.7
"""Inches of a small picture's width, where it is not the only one of its row."""
EMPTY_COST = 6.0
"""What it costs a grid if as many places are empty as there are pictures."""
REFERENCE_AREA = 8.0 * 4.5
SIZES = (0.72, 2.0)
"""The smallest and largest factor on all font sizes."""
LEAST_GAP = 2.5
"""The least points between an axis and its labels."""
LINE = 1.28 / 72
"""Inches of a line of text for each point of its size."""
EDGE = 0.1
"""Inches that stay free at each edge."""
ELLIPSIS = "…"


@dataclass(frozen=True)
class Box:
    """A rectangle from (left, bottom) to (right, top)."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """The horizontal size."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """The vertical size."""
        return self.top - self.bottom

    def overlaps(self, other: Box) -> bool:
        """Return whether two boxes share an area."""
        across = self.left < other.right and other.left < self.right
        return across and self.bottom < other.top and other.bottom < self.top


@dataclass(frozen=True)
class Sizes:
    """Font sizes in points, by the picture's size."""

    title: float
    text: float
    small: float

    @property
    def gap(self) -> float:
        """Points between the axis of steps and its labels, which are below the lowest rate's."""
        return max(LEAST_GAP, 0.297 * self.small)

    @classmethod
    def of(cls, width: float, height: float) -> Sizes:
        """Return the sizes for a picture of so many inches."""
        factor = enlargement(width, height)
        return cls(13.0 * factor, 9.2 * factor, 8.4 * factor)


def enlargement(width: float, height: float) -> float:
    """Return the factor on the sizes of fonts for a picture of so many inches, as for a slide."""
    return min(max(sqrt(width * height / REFERENCE_AREA), SIZES[0]), SIZES[1])


@dataclass(frozen=True)
class Row:
    """Something that takes height above or below the plot; rows of less rank give way first."""

    name: str
    height: float
    rank: int


def fitting(rows: Sequence[Row], rooms: Sequence[float]) -> frozenset[str]:
    """Return the names of the rows that fit, the lowest rank number first.

    `rooms` is the height that each row may share with those before it.
    """
    names, height = set(), 0.0
    for row, room in sorted(zip(rows, rooms, strict=True), key=lambda pair: pair[0].rank):
        if height + row.height <= room + 1e-9:
            height += row.height
            names.add(row.name)
    return frozenset(names)


def wrapped(text: str, width: float, measure: Width) -> list[str]:
    """Return a text in lines of at most `width`; a single word that is wider is broken."""
    lines: list[str] = []
    for word in text.split():
        for part in broken(word, width, measure):
            if lines and measure(f"{lines[-1]} {part}") <= width:
                lines[-1] += f" {part}"
            else:
                lines.append(part)
    return lines


def broken(word: str, width: float, measure: Width) -> list[str]:
    """Return a word in parts of at most `width`, of at least one character each.

    It is broken after punctuation if possible.
    """
    parts: list[str] = []
    while measure(word) > width and len(word) > 1:
        size = break_position(word, longest(word, width, measure))
        parts.append(word[:size])
        word = word[size:]
    return [*parts, word]


def longest(text: str, width: float, measure: Width) -> int:
    """Return how many of a text's first characters fit into `width`, at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) <= width else (low, middle - 1)
    return low


def shortened(text: str, width: float, measure: Width) -> str:
    """Return a text cut at a word where it is wider than `width`, with an ellipsis."""
    if measure(text) <= width:
        return text
    parts = text.split(" ")
    while len(parts) > 1:
        parts.pop()
        line = " ".join(parts).rstrip(",;:([ ") + " " + ELLIPSIS
        if measure(line) <= width:
            return line
    size = longest(text, width - measure(ELLIPSIS), measure)
    return text[:size] + ELLIPSIS


def limited(lines: Sequence[str], max_lines: int, width: float, measure: Width) -> list[str]:
    """Return at most so many lines; the last one ends in an ellipsis where lines are left out."""
    if len(lines) <= max_lines:
        return list(lines)
    last = lines[max_lines - 1]
    while last and measure(f"{last} {ELLIPSIS}") > width:
        last = last.rpartition(" ")[0]
    return [*lines[: max_lines - 1], f"{last} {ELLIPSIS}".strip()]


def spread(centres: Sequence[float], height: float, low: float, high: float) -> list[float] | None:
    """Return centres moved apart to at least `height`, in order, between `low` and `high`.

    None where there is not enough room for all.
    """
    if len(centres) * height > high - low:
        return None
    order = sorted(range(len(centres)), key=lambda index: centres[index])
    moved = [min(max(centre, low + height / 2), high - height / 2) for centre in centres]
    for _ in range(50):
        for first, second in pairwise(order):
            gap = height - (moved[second] - moved[first])
            if gap > 0:
                moved[first] -= gap / 2
                moved[second] += gap / 2
        push_inside(moved, order, height, low, high)
    return moved


def push_inside(
    moved: list[float], order: Sequence[int], height: float, low: float, high: float
) -> None:
    """Move centres, in order, so that none is outside and none nearer to its neighbour."""
    floor = low + height / 2
    for index in order:
        moved[index] = max(moved[index], floor)
        floor = moved[index] + height
    ceiling = high - height / 2
    for index in reversed(order):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - height


def columns_of(widths: Sequence[float], room: float) -> int:
    """Return in how many columns entries fit, filled row by row, at least in one.

    Each column is as wide as its widest entry, and no more than the last row is shorter.
    """
    for columns in range(len(widths), 1, -1):
        rows = -(-len(widths) // columns)
        if -(-len(widths) // rows) == columns and sum(column_widths(widths, columns)) <= room:
            return columns
    return 1


def column_widths(widths: Sequence[float], columns: int) -> list[float]:
    """Return the width of each column of entries that fill them row by row."""
    return [max(widths[column::columns]) for column in range(columns)]


def facet_grid(count: int, width: float, height: float, widest: float) -> tuple[int, int]:
    """Return rows and columns of small pictures whose titles are at most `widest` inches.

    Of the grids in which the titles fit, the one whose panels are nearest to 1.6 times as wide as
    high; each place of the last row that stays empty counts against a grid.
    """
    least = min(max(widest, LEAST_FACET), width)
    best, best_cost = (count, 1), float("inf")
    for across in range(1, count + 1):
        rows = -(-count // across)
        panel = width / across
        if panel < least and across > 1:
            break
        ratio = panel / (height / rows)
        empty = EMPTY_COST * (rows * across - count) / count
        cost = abs(ratio / 1.6 - 1) if ratio > 1.6 else abs(1.6 / ratio - 1)
        if cost + empty < best_cost:
            best, best_cost = (rows, across), cost + empty
    return best
