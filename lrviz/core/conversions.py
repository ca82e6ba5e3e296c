"""Conversions of a value from a file, a flag or a program to the value of a parameter.

Each raises pydantic's error for a value that it does not accept.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from pydantic_core import PydanticCustomError, PydanticKnownError

MAX_INTEGER = 2**53


def as_integer(value: Any) -> Any:
    """Return an integer, also one that is a float; refuse everything else."""
    if isinstance(value, bool | np.bool_):
        raise PydanticCustomError("whole", "must be a whole number")
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return int(value)
    raise PydanticCustomError("whole", "must be a whole number")


def as_number(value: Any) -> Any:
    """Return a float; refuse booleans and text."""
    if isinstance(value, str) and rounds_to_zero(value):
        raise PydanticCustomError("number", "is too small for float64")
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.number):
        raise PydanticCustomError("number", "must be a number")
    try:
        return float(value)
    except (OverflowError, TypeError):
        raise PydanticCustomError("number", "must be a finite number") from None


def rounds_to_zero(text: str) -> bool:
    """Return whether a text is a number above or below 0 that float64 rounds to 0, as 1e-400."""
    digits = text.lower().partition("e")[0]
    try:
        return float(text) == 0 and not set(digits).isdisjoint("123456789")
    except ValueError:
        return False


def as_finite(value: Any) -> Any:
    """Return a finite number: an int for an integer, a float for any other."""
    number = as_number(value)
    if not math.isfinite(number):
        raise PydanticKnownError("finite_number")
    return int(value) if isinstance(value, int | np.integer) else number


def as_steps(value: Any) -> Any:
    """Return a number of steps that need not be whole, as an int where it is."""
    number = as_finite(value)
    if abs(number) > MAX_INTEGER:
        raise PydanticKnownError("less_than_equal", {"le": MAX_INTEGER})
    return int(number) if number == int(number) else number


def as_steps_above_zero(value: Any) -> Any:
    """Return a number of steps above 0 that need not be whole."""
    number = as_steps(value)
    if number <= 0:
        raise PydanticKnownError("greater_than", {"gt": 0})
    return number


def as_steps_from(minimum: int) -> Callable[[Any], Any]:
    """Return the function that reads a number of steps, whole or not, of at least `minimum`."""

    def read(value: Any) -> Any:
        number = as_steps(value)
        if number < minimum:
            raise PydanticKnownError("greater_than_equal", {"ge": minimum})
        return number

    return read


def as_fraction(value: Any) -> Any:
    """Return a number, or the fraction that a percentage such as `5%` means."""
    if isinstance(value, str) and value.strip().endswith("%"):
        try:
            return float(value.strip()[:-1]) / 100
        except ValueError:
            pass
    return as_number(value)


def as_flag(value: Any) -> Any:
    """Return a boolean; refuse everything else."""
    if not isinstance(value, bool | np.bool_):
        raise PydanticCustomError("flag", "must be true or false")
    return bool(value)


def as_list(value: Any) -> Any:
    """Return a tuple for any plain sequence."""
    if isinstance(value, list | tuple | np.ndarray):
        return tuple(value)
    raise PydanticCustomError("list", "must be a list")
