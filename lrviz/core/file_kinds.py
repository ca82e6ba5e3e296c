"""Files that are neither a spec nor a log, known by their first bytes."""

from __future__ import annotations

import re
from typing import NamedTuple

HEAD = 1024
"""Bytes that decide."""
BEFORE = rb"(?:\xef\xbb\xbf|<\?xml[^>]*>|<!--.*?-->|<!doctype svg[^>]*>|\s)*"
"""What may precede the first element of an image or a page."""
MARKUP = re.compile(BEFORE + rb"<(svg|!doctype html|html)\b", re.IGNORECASE | re.DOTALL)
MARKUP_NAMES = {b"svg": "an SVG image", b"!doctype html": "an HTML page", b"html": "an HTML page"}
UNPACK = "unpack it first"
AS_CSV = "write it as CSV"
ARRAYS = re.compile(rb"PK\x03\x04.{26}[\w. -]+\.npy", re.DOTALL)
"""The first file of a ZIP archive that holds arrays."""


class FileKind(NamedTuple):
    """What a file is, and what to do with it; the advice may be empty."""

    name: str
    advice: str = ""


BY_START = {
    b"\x89PNG": FileKind("a PNG image"),
    b"\xff\xd8\xff": FileKind("a JPEG image"),
    b"GIF8": FileKind("a GIF image"),
    b"%PDF": FileKind("a PDF document"),
    b"PK\x03\x04": FileKind("a ZIP archive", UNPACK),
    b"\x1f\x8b": FileKind("a gzip file", UNPACK),
    b"BZh": FileKind("a bzip2 file", UNPACK),
    b"\xfd7zXZ": FileKind("an xz file", UNPACK),
    b"\x28\xb5\x2f\xfd": FileKind("a Zstandard file", UNPACK),
    b"\x93NUMPY": FileKind("a NumPy array", AS_CSV),
    b"PAR1": FileKind("a Parquet file", AS_CSV),
    b"\x89HDF": FileKind("an HDF5 file"),
    b"SQLite format 3": FileKind("an SQLite database"),
    b"\x80\x02": FileKind("a pickle"),
    b"\x80\x04": FileKind("a pickle"),
    b"\x80\x05": FileKind("a pickle"),
    b"\x7fELF": FileKind("a program"),
    b"\xff\xfe": FileKind("text in UTF-16", "write it as UTF-8"),
    b"\xfe\xff": FileKind("text in UTF-16", "write it as UTF-8"),
}


def file_kind(head: bytes) -> FileKind | None:
    """Return what a file is by its first bytes, or None where it may be a spec or a log."""
    markup = MARKUP.match(head[:HEAD])
    if markup:
        return FileKind(MARKUP_NAMES[markup[1].lower()])
    if ARRAYS.match(head):
        return FileKind("a NumPy archive", AS_CSV)
    return next((kind for start, kind in BY_START.items() if head.startswith(start)), None)


def kind_message(kind: FileKind, expected: str) -> str:
    """Return the message for a file of a kind where another one is expected."""
    return f"is {kind.name}, and no {expected}" + (f"; {kind.advice}" if kind.advice else "")
