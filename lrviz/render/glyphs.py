"""Characters for charts: braille where the terminal can show it, else blocks, else ASCII."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.bool_]

BRAILLE_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])


class Glyphs(NamedTuple):
    """A set of characters: dots in a cell (across, down), their encoder, axes and sparkline."""

    name: str
    dots: tuple[int, int]
    cell: Callable[[Bits], str]
    vertical: str
    tick: str
    corner: str
    horizontal: str
    tick_below: str
    sparks: str
    between: str
    below: str
    above: str


def braille(bits: Bits) -> str:
    """Return the braille character of 4 x 2 dots."""
    return chr(0x2800 + int(BRAILLE_BITS[bits].sum()))


def half_block(bits: Bits) -> str:
    """Return the block of two dots, upper and lower."""
    return " ▀▄█"[int(bits[0, 0]) + 2 * int(bits[1, 0])]


SPARKS = "▁▂▃▄▅▆▇█"
GLYPHS = (
    Glyphs("braille", (2, 4), braille, "│", "┤", "└", "─", "┬", SPARKS, " · ", "▼", "▲"),
    Glyphs("block", (1, 2), half_block, "│", "┤", "└", "─", "┬", "_░▒▓█", " · ", "v", "^"),
    Glyphs("ascii", (1, 1), lambda _: "*", "|", "+", "+", "-", "+", "_.:-=+*#", ", ", "v", "^"),
)


def glyphs_for(encoding: str | None, term: str | None) -> Glyphs:
    """Return the best set that an output of this encoding on this terminal can show."""
    if term == "dumb":
        return GLYPHS[-1]
    for glyphs in GLYPHS:
        curves = "⣿" if glyphs.name == "braille" else "▀▄█"
        common = (glyphs.vertical, glyphs.tick, glyphs.sparks, glyphs.between, glyphs.below)
        try:
            "".join([curves, *common]).encode(encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            continue
        return glyphs
    return GLYPHS[-1]
