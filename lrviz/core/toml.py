"""TOML as plain data, within bounds that the parser itself does not have."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from lrviz.core.plain_data import MAX_DEPTH, TOO_DEEP

MAX_CHARACTERS = 1_000_000
MAX_TABLES = 10_000
LONG_KEY = re.compile(rf"""(?<![\w"'.-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){{{MAX_DEPTH}}}""")
"""The start of a key of too many parts; the parser's time grows with their square."""
TABLE = re.compile(r"^[ \t]*+\[", re.MULTILINE)


PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
"""Where the parser stopped, at the end of its message."""


class TomlError(ValueError):
    """A text that is not TOML, or too large; the message follows the file's name and `place`.

    `place` is `:line:column`, or empty where the whole text is at fault.
    """

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.place = place


def parse_toml(text: str) -> dict[str, Any]:
    """Return the data of TOML. Raises TomlError."""
    if len(text) > MAX_CHARACTERS:
        raise TomlError(f"is larger than {MAX_CHARACTERS // 1_000_000} MB")
    if LONG_KEY.search(text):
        raise TomlError(f"has a key of more than {MAX_DEPTH} parts")
    if sum(1 for _ in TABLE.finditer(text)) > MAX_TABLES:
        raise TomlError(f"has more than {MAX_TABLES:,} tables")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise TomlError(TOO_DEEP) from None
    except ValueError as error:  # also a number of more digits than Python reads
        message = str(error)
        place = PLACE.search(message)
        mark = f":{place[1]}:{place[2]}" if place else ""
        raise TomlError(f"is not TOML: {PLACE.sub('', message)}", mark) from None
