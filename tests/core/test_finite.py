"""Whether numbers are finite."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.core.finite import all_finite


@pytest.mark.parametrize(
    ("values", "finite"),
    [
        ([], True),
        ([0.1, -0.1], True),
        ([1.7e308, 1.7e308], True),
        ([np.inf], False),
        ([np.inf, -np.inf], False),
        ([0.1, np.nan], False),
    ],
)
def test_numbers_whose_sum_overflows_are_finite(values: list[float], finite: bool) -> None:
    assert all_finite(np.array(values)) is finite
