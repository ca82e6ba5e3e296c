"""Arithmetic with numbers of any size: no warning, and one error that names the cause."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from lrviz.core.errors import SpecError

NOT_A_COUNT = "cannot convert float"
"""How Python's ValueError begins where a count is nan or infinite."""


@contextmanager
def arithmetic(place: str) -> Iterator[None]:
    """Compute without numpy's warnings.

    Raises SpecError at `place` where Python's numbers overflow, divide by zero, or are not counts.
    """
    try:
        with np.errstate(all="ignore"):
            yield
    except (ArithmeticError, ValueError) as error:
        is_count = isinstance(error, ArithmeticError) or str(error).startswith(NOT_A_COUNT)
        if isinstance(error, SpecError) or not is_count:
            raise
        message = f"has numbers that cannot be computed with: {error.args[-1]}"
        raise SpecError.of(place, message, "overflow") from None
