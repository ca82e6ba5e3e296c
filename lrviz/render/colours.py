"""Colours and line styles: which curve gets which, the same in picture and terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

from lrviz.core.quantity import NUMBER
from lrviz.curves.curve import Curve

FAVOURED = 5
"""A label prefers one of the first colours; the others are for pictures of many curves."""
FIRST = 8
"""Colours that are used before the others, which are less far apart."""
TEXT_CONTRAST = 4.5
"""WCAG 2.1, level AA; lines need 3."""
OPTION = re.compile(rf" (?P<option>\w+)=(?P<number>{NUMBER})%?")
"""What a label has after the curve's name where one option differs."""
MIN_SHADES = 3


class Style(NamedTuple):
    """A picture's colours and sizes.

    The first eight colours of `palette` are at least 11 apart in OKLab (times 100) for normal,
    protan, deutan and tritan vision, all twelve at least 7. `ramp` goes from light to dark, for a
    parameter that is swept and for more curves than the palette has colours; all of it has enough
    contrast for lines. `muted` is for curves behind another.
    """

    background: str
    ink: str
    faint: str
    grid: str
    muted: str
    palette: tuple[str, ...]
    ramp: tuple[str, ...]
    font: str = "DejaVu Sans"
    line: float = 2.0
    boxed: bool = False


LIGHT = (
    "#1e6ccf",  # blue
    "#df7b0c",  # orange
    "#236436",  # green
    "#9d3d8d",  # magenta
    "#29a1c1",  # cyan
    "#310184",  # indigo
    "#53230a",  # brown
    "#0e0f23",  # ink
    "#ff3b93",  # pink
    "#937658",  # tan
    "#5800ba",  # violet
    "#9d80ff",  # lavender
)
DARK = (
    "#67aaed",  # blue
    "#fb9437",  # orange
    "#3ce7ad",  # green
    "#db479a",  # magenta
    "#d4faff",  # cyan
    "#8968f4",  # indigo
    "#9f7932",  # brown
    "#fadf27",  # yellow
    "#c48989",  # rose
    "#0089ba",  # azure
    "#9dba80",  # sage
    "#d89dba",  # mauve
)
LIGHT_RAMP = ("#d6801a", "#c74646", "#85297a", "#2b1152")
DARK_RAMP = ("#fdeeb0", "#f8a55a", "#d96a9a", "#6f57c8")

STYLES = {
    "light": Style("#ffffff", "#1f2328", "#5f6670", "#e4e7eb", "#d4d8de", LIGHT, LIGHT_RAMP),
    "dark": Style("#14171c", "#e9edf2", "#98a1ad", "#2b3038", "#3b424d", DARK, DARK_RAMP),
    "paper": Style(
        "#ffffff", "#000000", "#444444", "#ffffff", "#cccccc", LIGHT, LIGHT_RAMP,
        "DejaVu Serif", 1.8, True,
    ),
}  # fmt: skip

TERMINAL_PALETTE = (33, 166, 29, 162, 31, 99, 94, 242, 170, 138, 92, 25)
"""xterm's numbers of the palette, each readable on black and on white."""
TERMINAL_RAMP = (172, 166, 161, 162, 133, 98, 63, 33)


@dataclass(frozen=True)
class LineStyle:
    """The colour of a curve: one of the palette, or a shade of the ramp."""

    palette: int
    shade: float | None = None

    def colour(self, style: Style) -> str:
        """Return the line's colour, `#rrggbb`."""
        if self.shade is None:
            return style.palette[self.palette]
        return on_ramp(style.ramp, self.shade)

    def text_colour(self, style: Style) -> str:
        """Return the line's colour, with enough contrast for text on the background."""
        return readable(self.colour(style), style.background)

    @property
    def may_have_gaps(self) -> bool:
        """Whether the line has gaps where it lies on others, which no shade has."""
        return self.shade is None

    @property
    def terminal(self) -> str:
        """The colour in a terminal, as rich writes it."""
        if self.shade is None:
            return f"color({TERMINAL_PALETTE[self.palette]})"
        return f"color({TERMINAL_RAMP[round(self.shade * (len(TERMINAL_RAMP) - 1))]})"


def curve_styles(
    curves: Sequence[Curve], preferred: Mapping[str, int] | None = None
) -> list[LineStyle]:
    """Return a style per curve: shades where one parameter is swept, else colours of the palette.

    `preferred` says which colour of the palette a label gets where that is free.
    """
    shades = sweep_shades(curves)
    has_preference = any(curve.label in (preferred or {}) for curve in curves)
    if shades is not None and not has_preference:
        return [LineStyle(0, shade) for shade in shades]
    return line_styles([curve.label for curve in curves], preferred)


def line_styles(
    labels: Sequence[str], preferred: Mapping[str, int] | None = None
) -> list[LineStyle]:
    """Return a style per label: its own colour where that is free, and no style twice.

    More labels than the palette has colours have shades in their order.
    """
    if len(labels) > len(LIGHT):
        return [LineStyle(0, index / (len(labels) - 1)) for index in range(len(labels))]
    used_colours: set[int] = set()
    return [free_style(label, used_colours, preferred or {}) for label in labels]


def free_style(label: str, used_colours: set[int], preferred: Mapping[str, int]) -> LineStyle:
    """Return the first free style from the label's own colour on, and add it to `used_colours`."""
    index = preferred.get(label, crc32(label.encode()) % FAVOURED)
    first = [(index + offset) % FIRST for offset in range(FIRST)]
    colour = next(item for item in (*first, *range(FIRST, len(LIGHT))) if item not in used_colours)
    used_colours.add(colour)
    return LineStyle(colour)


def sweep_shades(curves: Sequence[Curve]) -> list[float] | None:
    """Return each curve's position from 0 to 1 by the one number that is swept, or None.

    The smallest value is at 0. Curves that differ in more than one value are no sweep.
    """
    if len(curves) < MIN_SHADES:
        return None
    numbers = differing_numbers(curves) or labelled_numbers(curves)
    if len(set(numbers)) < len(curves):
        return None
    order = sorted(numbers)
    return [order.index(value) / (len(order) - 1) for value in numbers]


def differing_numbers(curves: Sequence[Curve]) -> list[float]:
    """Return the curves' numbers in the one value in which their specs differ, or none."""
    specs = [flattened({**curve.spec(), "label": None}) for curve in curves]
    keys = set().union(*specs)
    varying = [key for key in keys if any(spec.get(key) != specs[0].get(key) for spec in specs)]
    values = [spec.get(varying[0]) for spec in specs] if len(varying) == 1 else []
    return [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]


def labelled_numbers(curves: Sequence[Curve]) -> list[float]:
    """Return the numbers of the one option that the labels of curves of one name have, or none.

    A warm-up or a floor that is swept changes further values of a spec, which follow from it.
    """
    matches = [OPTION.fullmatch(curve.label.removeprefix(curve.name)) for curve in curves]
    options = {
        (curve.name, match and match["option"])
        for curve, match in zip(curves, matches, strict=True)
    }
    return [float(match["number"]) for match in matches if match] if len(options) == 1 else []


def flattened(value: Any, path: str = "") -> dict[str, Any]:
    """Return the values of nested mappings and lists by their path."""
    if isinstance(value, dict):
        items = [(f"{path}.{key}", item) for key, item in value.items()]
    elif isinstance(value, list):
        items = [(f"{path}.{index}", item) for index, item in enumerate(value)]
    else:
        return {path: value}
    return {key: leaf for name, item in items for key, leaf in flattened(item, name).items()}


def on_ramp(ramp: Sequence[str], shade: float) -> str:
    """Return the colour at a position from 0 to 1 on a ramp, straight between its stops."""
    position = min(max(shade, 0.0), 1.0) * (len(ramp) - 1)
    index = min(int(position), len(ramp) - 2)
    return mixed(ramp[index], ramp[index + 1], position - index)


def mixed(first: str, second: str, share: float) -> str:
    """Return the colour at a share of the way from the first to the second."""
    pairs = zip(channels(first), channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def readable(colour: str, background: str, least: float = TEXT_CONTRAST) -> str:
    """Return the colour, moved away from the background until text in it has enough contrast."""
    end = "#000000" if luminance(background) > 0.2 else "#ffffff"
    for step in range(21):
        text = mixed(colour, end, step / 20)
        if contrast(text, background) >= least:
            return text
    return end


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2.1)."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of an sRGB colour, from 0 to 1 (WCAG 2.1)."""
    red, green, blue = (linear(channel / 255) for channel in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(channel: float) -> float:
    """Return an sRGB channel from 0 to 1 as linear light (IEC 61966-2-1)."""
    if channel <= 0.04045:
        return channel / 12.92
    return float(((channel + 0.055) / 1.055) ** 2.4)


def channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of `#rrggbb`, from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
