"""The rows in the list under a key of a JSON document, part by part.

A long document would need several times its size in memory, and one that was cut off could not be
read at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO

BLOCK = 1_000_000
"""Characters that are read at once; the key is in the first ones."""
BETWEEN = re.compile(r"[\s,]*+")
MAX_ROW = 10_000_000
"""Characters without a whole value, after which no further ones are read."""
DECODER = json.JSONDecoder()


@dataclass
class JsonRows:
    """The values of a list that begins in `text` and goes on in a file.

    After `parts` were taken, `ended` tells whether the list has an end, and `text` is what comes
    after the last value that is whole.
    """

    file: TextIO
    text: str
    ended: bool = False

    def parts(self) -> Iterator[list[Any]]:
        """Yield the values, some at once. Raises RecursionError for values nested too deep."""
        while not self.ended:
            values = self.whole_values()
            if values:
                yield values
                continue
            block = self.file.read(BLOCK)
            if not block or len(self.text) > MAX_ROW:
                return
            self.text += block

    def whole_values(self) -> list[Any]:
        """Take the values that are whole: as one list, where they are flat and none is the last."""
        stop = self.text.rfind("}") + 1
        try:
            values: list[Any] = json.loads(f"[{self.text[after_commas(self.text, 0) : stop]}]")
        except ValueError:
            values = []
        if not values:
            return self.values_one_by_one()
        self.text = self.text[stop:]
        return values

    def values_one_by_one(self) -> list[Any]:
        """Take the values that are whole, up to the end of the list."""
        values: list[Any] = []
        at = after_commas(self.text, 0)
        while not self.text.startswith("]", at):
            try:
                value, at = DECODER.raw_decode(self.text, at)
            except ValueError:
                break
            values.append(value)
            at = after_commas(self.text, at)
        else:
            self.ended = True
        self.text = self.text[at:]
        return values


def after_commas(text: str, at: int) -> int:
    """Return the position of the next character that is no blank and no comma."""
    match = BETWEEN.match(text, at)
    return match.end() if match else at


def find_rows(file: TextIO, start: str, keys: list[str]) -> tuple[str, JsonRows] | None:
    """Return the first of some keys that has a list in a text, and the list; None without one.

    `start` is the beginning of the text, the file has the rest.
    """
    match = re.search(rf'"({"|".join(map(re.escape, keys))})"\s*+:\s*+\[', start)
    return (match[1], JsonRows(file, start[match.end() :])) if match else None
