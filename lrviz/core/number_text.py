"""Numbers as people write them in a config, and advice on how a program reads them."""

from __future__ import annotations

import re
from typing import Any

NUMBER = r"(?ai)[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?"
THOUSANDS = r"(?a)\d{1,3}(,\d{3})+"
"""A whole number with commas between its thousands."""
PERCENTAGE = rf"{NUMBER}\s*%"


def without_commas(text: str) -> str:
    """Return the end of a message on a number with commas between its thousands."""
    return f"; write {text.strip().replace(',', '')}"


def plain_number_advice(value: Any, is_whole: bool = False) -> str:
    """Return the end of a message that tells how to write a value as a plain number, or nothing.

    A percentage is a share, which is no whole number.
    """
    text = value.strip() if isinstance(value, str) else ""
    if re.fullmatch(THOUSANDS, text):
        return without_commas(text)
    if re.fullmatch(PERCENTAGE, text) and not is_whole:
        return f"; write {float(text[:-1]) / 100:g}"
    return ""
