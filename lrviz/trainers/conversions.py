"""A raw value of a config as a number, a boolean, a text, a mapping or a list; None for another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrviz.trainers.source import number_of

BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False,
            "off": False, "0": False}  # fmt: skip


def is_unset(value: Any) -> bool:
    """Return whether a value has a variable that its file does not set."""
    return isinstance(value, str) and "$" in value


def integer_of(value: Any) -> int | None:
    """Return the whole number of a value, or None."""
    number = number_of(value)
    return int(number) if number is not None and number % 1 == 0 else None


def boolean_of(value: Any) -> bool | None:
    """Return the boolean that a value is or that its text spells, or None."""
    return value if isinstance(value, bool) else BOOLEANS.get(str(value).strip().lower())


def text_of(value: Any) -> str | None:
    """Return a text or the text of a plain value, or None."""
    return str(value) if isinstance(value, str | int | float) else None


def mapping_of(value: Any) -> Mapping[str, Any] | None:
    """Return a mapping, or None."""
    return value if isinstance(value, dict) else None


def numbers_of(value: Any) -> list[int | float] | None:
    """Return a list of numbers, or None."""
    items = value if isinstance(value, list | tuple) else [value]
    numbers = [number_of(item) for item in items]
    return None if None in numbers else [number for number in numbers if number is not None]
