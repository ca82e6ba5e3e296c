"""Quantities as people write them: `300k`, `1M`, `10ep`, `500st`, `2e9tok`, `5%`, `0.05dur`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

SCALES = {"": Decimal(1), "k": Decimal(10**3), "m": Decimal(10**6), "b": Decimal(10**9)}
UNITS = {
    "": "", "ep": "epochs", "st": "steps", "ba": "steps", "tok": "tokens", "dur": "share",
    "%": "share",
}  # fmt: skip
NUMBER = r"(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:e[-+]?[0-9]+)?"
QUANTITY = re.compile(rf"\s*({NUMBER})\s*([kmb]?)\s*(ep|st|ba|tok|dur|%|)\s*", re.IGNORECASE)
MAX_EXPONENT = 30
PERCENT = Decimal(100)
PATTERN = r"^\s*[0-9.][0-9._]*([eE][-+]?[0-9]+)?\s*[kKmMbB]?\s*([eE][pP]|[sS][tT]|[bB][aA]|[tT][oO][kK]|[dD][uU][rR]|%)?\s*$"  # noqa: E501
"""The same as a pattern of JSON Schema."""


class Quantity(NamedTuple):
    """A number and its unit: steps, epochs, tokens, share (of the run), or none."""

    number: Decimal
    unit: str


def read_quantity(text: str) -> Quantity | None:
    """Return the quantity that a text means, or None."""
    match = QUANTITY.fullmatch(text)
    if match is None:
        return None
    number, scale, unit = match[1].replace("_", ""), match[2].lower(), match[3].lower()
    value = Decimal(number)
    if abs(value.adjusted()) > MAX_EXPONENT:
        return None
    value *= SCALES[scale]
    return Quantity(value / PERCENT if unit == "%" else value, UNITS[unit])


def int_or_float(number: Decimal) -> int | float:
    """Return a number as an int where it is whole."""
    return int(number) if number == number.to_integral_value() else float(number)
