"""A spec with numbers as short as are worth as much."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lrviz.audits.phase_specs import Spec

EXACT_DIGITS = 16


def rounded(spec: Spec, worth: Callable[[Spec], Any]) -> Spec:
    """Return a spec each of whose rates and factors has as few digits as are worth as much."""
    before = worth(spec)
    for path in numbers_in(spec):
        for digits in range(EXACT_DIGITS):
            shorter = with_number(spec, path, digits)
            after = worth(shorter)
            if after >= before:
                spec, before = shorter, after
                break
    return spec


def numbers_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each number in a spec that is no whole one."""
    if isinstance(value, float):
        yield path
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers_in(item, (*path, key))


def with_number(value: Any, path: tuple[Any, ...], digits: int) -> Any:
    """Return a spec with the number at a path at so many digits; with no digits it is 0."""
    if not path:
        return float(f"{value:.{digits - 1}e}") if digits else 0.0
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_number(value[path[0]], path[1:], digits)
    return copy
