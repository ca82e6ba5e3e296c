"""Numbers as text: what a person reads on an axis, and what reads back to the same float64."""

from __future__ import annotations

from math import isfinite
from typing import Any


def exact(value: float) -> str:
    """Return the shortest text that reads back to `value`, exponents without padding: `3e-4`."""
    plain = repr(float(value))
    if plain.endswith(".0"):
        plain = plain[:-2]
    magnitude = abs(value)
    if magnitude != 0 and (magnitude < 1e-3 or magnitude >= 1e6):
        digits = len(plain.lstrip("-").replace(".", "").split("e")[0].strip("0"))
        plain = f"{value:.{max(digits - 1, 0)}e}"
        if float(plain) != value:
            plain = repr(float(value))
    return tidy(plain)


def short(value: float, digits: int = 4) -> str:
    """Return `value` at `digits` significant digits: `0.1`, `3e-4`, `1.25e-5`."""
    rounded = float(f"{value:.{digits - 1}e}")
    return exact(rounded if isfinite(rounded) else value)


def tidy(text: str) -> str:
    """Return the number's text with `e-04` written `e-4` and `e+06` written `e6`."""
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def brief(value: Any) -> str:
    """Return a value without spaces, as it would be typed."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return exact(value)
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(brief, value)) + "]"
    return str(value)
