"""Stairs: the steps at which they change, to the bit."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.core.segment import Cycles, Segment, expand, hold, parts_from
from lrviz.core.stairs import first_step, listed_stairs, stairs


@pytest.mark.parametrize(
    ("multiple", "span", "begin", "step"),
    [(0, 3.0, 0.0, 0), (2, 3.0, 1.0, 7), (3, 1.5, 0.0, 5), (14, 2.6, 2.6, 40), (11, 2.7, 4.3, 35),
     (146, 1.6, 1.4, 235), (56, 2.2, 4.8, 128), (10, 1.1, 0.0, 11)],
)  # fmt: skip
def test_the_first_step_of_a_stair(multiple: int, span: float, begin: float, step: int) -> None:
    assert first_step(multiple, span, begin) == step
    assert (step - begin) / span >= multiple
    assert (step - 1 - begin) / span < multiple


def rates(t: np.ndarray) -> np.ndarray:
    return 1.0 / (1 + t)


def test_stairs_of_a_step_are_listed_and_shorter_ones_are_a_curve() -> None:
    assert [part.name for part in stairs(rates, 0.9)] == ["decay"]
    segments = expand(stairs(rates, 1.0), 4)
    assert [segment.start for segment in segments] == [0, 1, 2, 3]
    assert [segment.name for segment in segments] == ["hold", "drop", "drop", "drop"]
    assert [segment.shape.first for segment in segments if segment.shape] == [
        1,
        1 / 2,
        1 / 3,
        1 / 4,
    ]


def test_listed_stairs_end_with_their_list() -> None:
    (cycles,) = listed_stairs([0, 5, 9], rates)
    assert isinstance(cycles, Cycles)
    assert [segment.start for segment in cycles.cycle(2)] == [9]
    assert cycles.cycle(3) == []
    assert [segment.start for segment in expand([cycles], 9)] == [0, 5]
    assert [segment.start for segment in expand([cycles], 99)] == [0, 5, 9]


@pytest.mark.parametrize(
    ("start", "starts", "count"),
    [(0, [0, 10, 20], 3), (5, [5, 10, 20], 3), (9, [9, 10, 20], 3), (10, [10, 20], 2),
     (19, [19, 20], 2), (20, [20], 1), (29, [29], 1), (99, [99], 1)],
)  # fmt: skip
@pytest.mark.parametrize("is_endless", [False, True])
def test_cycles_from_a_later_step(
    start: int, starts: list[int], count: int, is_endless: bool
) -> None:
    cycles = Cycles(
        "drop", 0, rates, lambda i: [Segment("drop", 10 * i, hold(i))], 10,
        count=None if is_endless else 3,
    )  # fmt: skip
    (cut,) = parts_from([cycles], start)
    assert isinstance(cut, Cycles)
    (first,) = cut.cycle(0)
    last = start // 10 if is_endless else min(start // 10, 2)
    assert (cut.start, first.start, first.shape) == (start, start, hold(last))
    assert cut.count == (None if is_endless else count)
    if start < 30:
        assert [segment.start for segment in expand([cut], 30)] == starts
