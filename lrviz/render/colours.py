"""Colours, line styles and looks: which curve gets which, the same in picture and terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from zlib import crc32

Dash = tuple[float, ...]

DASHES: tuple[Dash, ...] = ((), (6, 2), (6, 2, 1.5, 2), (1.5, 1.8), (10, 3), (8, 2, 1.5, 2, 1.5, 2))


@dataclass(frozen=True)
class Style:
    """A style's colours and sizes; `palette` is told apart by colour-blind readers."""

    paper: str
    ink: str
    faint: str
    grid: str
    palette: tuple[str, ...]
    family: str = "DejaVu Sans"
    line: float = 2.0
    boxed: bool = False


LIGHT = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#b04a8f",
    "#b8860b",
    "#3a3a3a",
    "#35a2d8",
    "#7a4b1e",
    "#5b4ab5",
    "#7d8a1f",
)
DARK = (
    "#5ab4f0",
    "#ff8a3c",
    "#2fd0a0",
    "#f08fc8",
    "#f0d442",
    "#e8e8e8",
    "#8f9cff",
    "#c9a27a",
    "#e070ff",
    "#b8d44a",
)

STYLES = {
    "light": Style("#ffffff", "#1f2328", "#6b727b", "#e4e7eb", LIGHT),
    "dark": Style("#14171c", "#e9edf2", "#98a1ad", "#2b3038", DARK),
    "paper": Style("#ffffff", "#000000", "#444444", "#ffffff", LIGHT, "DejaVu Serif", 1.5, True),
}

TERMINAL_COLOURS = (
    "blue",
    "dark_orange",
    "green",
    "magenta",
    "yellow",
    "white",
    "cyan",
    "red",
    "purple",
    "dark_green",
)


@dataclass(frozen=True)
class LineStyle:
    """A curve's place in the palette, and its dash pattern (empty is solid)."""

    colour: int
    dash: Dash


def line_styles(labels: Sequence[str]) -> list[LineStyle]:
    """Return a slot per label: its own colour where that is free, and no slot twice."""
    taken: set[tuple[int, int]] = set()
    return [free_style(label, taken) for label in labels]


def free_style(label: str, taken: set[tuple[int, int]]) -> LineStyle:
    """Return the first free slot from the label's own colour on."""
    own = crc32(label.encode()) % len(LIGHT)
    for again, colour in candidates(own):
        pattern = colour % 3 + again if again else colour % 3
        if (colour, pattern) not in taken:
            taken.add((colour, pattern))
            return LineStyle(colour, dash(pattern))
    raise AssertionError("patterns do not end")


def candidates(own: int) -> Iterator[tuple[int, int]]:
    """Yield every colour with each round of patterns, the label's own colour first."""
    for again in count():
        for offset in range(len(LIGHT)):
            yield again, (own + offset) % len(LIGHT)


def dash(pattern: int) -> Dash:
    """Return the pattern of a number: the common ones, then ever longer strokes."""
    if pattern < len(DASHES):
        return DASHES[pattern]
    return (pattern + 6.0, 2.0, 1.5, 2.0)
