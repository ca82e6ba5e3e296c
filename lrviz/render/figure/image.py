"""A picture as the bytes of an image file: the same bytes for the same picture."""

from __future__ import annotations

import io
import warnings
from typing import Any
from xml.sax.saxutils import escape

import matplotlib

from lrviz.core.findings import Finding
from lrviz.render.figure.draw import Picture
from lrviz.render.figure.text import MISSING
from lrviz.render.files import MAKER

GENERIC_FONTS = {"font.sans-serif": ["DejaVu Sans"], "font.serif": ["DejaVu Serif"]}
"""Each text of an SVG lists its fonts; the usual dozen of them would be most of the file."""
DATES = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}


def encode(picture: Picture, kind: str, creator: str) -> bytes:
    """Return a picture as the bytes of a `png`, `svg` or `pdf`.

    SVG keeps text as text, and has the title and the facts as `<title>` and `<desc>`.
    """
    figure = picture.figure
    metadata: dict[str, Any] = {"Creator": creator, "Title": picture.title, **DATES.get(kind, {})}
    if kind == "svg":
        metadata["Source"] = f"matplotlib {matplotlib.__version__}"
    else:
        metadata["Subject" if kind == "pdf" else "Description"] = picture.description
    out = io.BytesIO()
    parameters: dict[Any, Any] = {"svg.hashsalt": MAKER, "svg.fonttype": "none", **GENERIC_FONTS}
    with matplotlib.rc_context(parameters), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a reader should know is among the findings
        face = figure.get_facecolor()
        figure.savefig(out, format=kind, metadata=metadata, dpi=figure.dpi, facecolor=face)
    content = out.getvalue()
    return described(content, picture.description) if kind == "svg" else content


def findings_in(picture: Picture, kind: str) -> list[Finding]:
    """Return what a reader of a picture in a format should know.

    Text of an SVG is drawn where it is opened, with the fonts that are installed there.
    """
    return [item for item in picture.findings if kind != "svg" or item.id != MISSING]


def described(svg: bytes, text: str) -> bytes:
    """Return an SVG with a description after its title."""
    element = f"\n <desc>{escape(text)}</desc>".encode()
    return svg.replace(b"</title>", b"</title>" + element, 1)
