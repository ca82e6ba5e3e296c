"""Fonts that have the characters of a picture, and how wide its texts are."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties, fontManager, get_font

from lrviz.core.findings import Finding

WIDE_FONTS = (
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Noto Sans CJK SC",
    "Noto Sans CJK KR",
    "Source Han Sans JP",
    "IPAexGothic",
    "IPAGothic",
    "TakaoGothic",
    "VL Gothic",
    "Hiragino Sans",
    "Hiragino Kaku Gothic ProN",
    "Yu Gothic",
    "Meiryo",
    "MS Gothic",
    "PingFang SC",
    "Heiti SC",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "NanumGothic",
    "Noto Sans",
    "Arial Unicode MS",
)
"""Fonts with Chinese, Japanese or Korean characters that systems have."""
MISSING = "missing-glyphs"
PACKAGE = "fonts-noto-cjk (Debian, Ubuntu) or google-noto-sans-cjk-fonts (Fedora)"
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)


def families(text: str, own: str) -> tuple[tuple[str, ...], list[Finding]]:
    """Return the fonts for a text, the style's own first, and a finding where characters lack one.

    Only installed fonts that add characters are among them, those that add the most first, so that
    a word is not in two fonts where one has all of it.
    """
    missing = set(text) - characters(own) - set("\n\r\t ")
    fonts = [own]
    while missing:
        name = max(WIDE_FONTS, key=lambda name: len(missing & characters(name)))
        added = missing & characters(name)
        if not added:
            break
        fonts.append(name)
        missing -= added
    return tuple(fonts), missing_findings(dict.fromkeys(c for c in text if c in missing))


def missing_findings(missing: Iterable[str]) -> list[Finding]:
    """Return the finding on characters that no font has, in the order of the text."""
    listed = "".join(missing)
    if not listed:
        return []
    sample = listed[:8] + ("…" if len(listed) > 8 else "")
    message = f"no installed font has the characters {sample}; the image shows boxes instead"
    if any(unicodedata.east_asian_width(character) in "WF" for character in listed):
        message += f"; install {PACKAGE}"
    return [Finding(MISSING, message)]


@cache
def characters(family: str) -> frozenset[str]:
    """Return the characters of an installed font; none where it is not installed."""
    entry = next((font for font in fontManager.ttflist if font.name == family), None)
    if entry is None:
        return frozenset()
    return frozenset(map(chr, get_font(entry.fname).get_charmap()))


@cache
def renderer(dpi: int) -> Any:
    """Return the renderer that measures texts; matplotlib declares no types for it."""
    make: Any = RendererAgg
    return make(1, 1, dpi)


@cache
def width_of(
    text: str, points: float, family: tuple[str, ...], dpi: int, weight: str = "normal"
) -> float:
    """Return the width of a line of text in inches, as hinting makes it at a resolution."""
    font = FontProperties(family=list(family), size=points, weight=weight)
    width: float = renderer(dpi).get_text_width_height_descent(text, font, False)[0]
    return width / dpi
