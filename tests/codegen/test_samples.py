"""The steps at which code is compared with a schedule, and those at which it is traced."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.codegen.samples import TOLERANCE, Samples


def samples(*steps: int) -> Samples:
    return Samples(np.array(steps, np.int64), np.array([0.1 * (step + 1) for step in steps]))


@pytest.mark.parametrize(
    ("steps", "traced"),
    [
        ((), []),
        ((4,), [4]),
        ((4, 6), [4, 6]),
        ((4, 6, 9), [4, 6, 9]),
        ((4, 6, 9, 10, 12, 13), [4, 6, 10, 13]),
    ],
)
def test_a_curve_is_traced_at_the_first_second_middle_and_last_step(
    steps: tuple[int, ...], traced: list[int]
) -> None:
    assert samples(*steps).traced_steps() == traced


def test_where_samples_end() -> None:
    assert samples().stop == 0
    assert samples(4, 9).stop == 10


def test_samples_of_some_steps() -> None:
    part = samples(2, 3, 5, 8).within(3, 8)
    assert part.t.tolist() == [3, 5]
    assert part.rates.tolist() == [0.1 * 4, 0.1 * 6]


def test_values_match_up_to_rounding() -> None:
    base = samples(0, 1, 2)
    assert base.match(base.rates * (1 + 0.9 * TOLERANCE))
    assert not base.match(base.rates * (1 + 1.1 * TOLERANCE))
    zeros = Samples(base.t, np.array([0.5, 0.0, -2.0]))
    assert zeros.match(zeros.rates + np.array([0.0, 1.9e-14, 0.0]))
    assert not zeros.match(zeros.rates + np.array([0.0, 2.1e-14, 0.0]))
    assert samples().match(np.array([]))
