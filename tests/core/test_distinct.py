"""The different values of an array."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.core.distinct import distinct


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], []), ([2.0], [2.0]), ([3.0, 1.0, 3.0, 2.0, 1.0], [1.0, 2.0, 3.0]), ([5.0, 5.0], [5.0])],
)
def test_each_value_is_returned_once_and_sorted(values: list[float], expected: list[float]) -> None:
    assert distinct(np.array(values)).tolist() == expected
