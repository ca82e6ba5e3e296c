"""Arithmetic of whole numbers."""

from __future__ import annotations


def ceil_div(number: int, divisor: int) -> int:
    """Return number / divisor, rounded up, for a divisor above 0."""
    return -(-number // divisor)


def int_if_whole(number: float) -> float:
    """Return a whole number as an int, any other number as it is."""
    return int(number) if float(number).is_integer() else number
