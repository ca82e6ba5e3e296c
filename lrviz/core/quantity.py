"""Quantities as people write them: `300k`, `1.4T`, `10ep`, `500 steps`, `2e9tok`, `5%`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

SCALES = {
    "": Decimal(1), "k": Decimal(10**3), "m": Decimal(10**6), "b": Decimal(10**9),
    "g": Decimal(10**9), "t": Decimal(10**12),
}  # fmt: skip
UNITS = {
    "": "", "ep": "epochs", "epoch": "epochs", "epochs": "epochs", "st": "steps", "step": "steps",
    "steps": "steps", "ba": "steps", "tok": "tokens", "token": "tokens", "tokens": "tokens",
    "dur": "share", "%": "share",
}  # fmt: skip
NUMBER = r"(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:e[-+]?[0-9]+)?"
QUANTITY = re.compile(
    rf"\s*({NUMBER})\s*({'|'.join(SCALES)})\s*({'|'.join(UNITS)})\s*", re.IGNORECASE
)
MAX_EXPONENT = 30
PERCENT = Decimal(100)


def in_any_case(words: Iterable[str]) -> str:
    """Return a pattern that matches each of some words, its letters in either case."""
    return "|".join("".join(f"[{c}{c.upper()}]" for c in word) for word in words)


PATTERN = (
    r"^\s*[0-9.][0-9._]*([eE][-+]?[0-9]+)?"
    rf"\s*({in_any_case(SCALES)})\s*({in_any_case(UNITS)})\s*$"
)
"""The same as a pattern of JSON Schema, which knows no flags."""


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
