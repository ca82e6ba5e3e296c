"""Arithmetic of whole numbers."""

from __future__ import annotations

import pytest

from lrviz.core.integers import ceil_div, int_if_whole


@pytest.mark.parametrize(
    ("number", "divisor", "quotient"), [(0, 3, 0), (1, 3, 1), (3, 3, 1), (4, 3, 2), (-1, 3, 0)]
)
def test_division_rounds_up(number: int, divisor: int, quotient: int) -> None:
    assert ceil_div(number, divisor) == quotient


def test_whole_numbers_are_ints() -> None:
    assert isinstance(int_if_whole(5.0), int)
    assert int_if_whole(5.5) == 5.5
