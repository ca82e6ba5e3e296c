"""Parts of a curve: which one a step is in, and the segments of the first steps."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.core.segment import Cycles, Segment, evaluate, expand, hold

PARTS = [Segment("a", 5, hold(1.0)), Segment("b", 8, hold(2.0)), Segment("c", 12, hold(3.0))]


@pytest.mark.parametrize(
    ("steps", "rates"),
    [
        ([], []),
        ([0], [1.0]),
        ([0, 5, 7], [1.0, 1.0, 1.0]),
        ([0, 8], [1.0, 2.0]),
        ([12, 7, 8, 11], [3.0, 1.0, 2.0, 2.0]),
        ([8, 11], [2.0, 2.0]),
        ([99], [3.0]),
        ([[0, 12], [8, 5]], [[1.0, 3.0], [2.0, 1.0]]),
    ],
)
def test_the_rate_is_of_the_part_that_a_step_is_in(steps: list, rates: list) -> None:
    assert evaluate(PARTS, np.array(steps, np.int64)).tolist() == rates


def test_of_parts_that_start_at_one_step_the_later_one_counts() -> None:
    parts = [Segment("a", 0, hold(1.0)), Segment("b", 4, hold(2.0)), Segment("c", 4, hold(3.0))]
    assert evaluate(parts, np.arange(3, 6)).tolist() == [1.0, 3.0, 3.0]
    assert [(item.name, item.start) for item in expand(parts, 9)] == [("a", 0), ("c", 4)]


def cycles(start: int) -> Cycles:
    def cycle(index: int) -> list[Segment]:
        begin = start + 3 * index
        return [Segment("up", begin, hold(1.0)), Segment("down", begin + 2, hold(2.0))]

    return Cycles("wave", start, lambda t: np.where((t - start) % 3 < 2, 1.0, 2.0), cycle, 3)


def names(parts: list, stop: int, limit: int = 99) -> list[tuple[str, int]]:
    return [(item.name, item.start) for item in expand(parts, stop, limit)]


def test_segments_start_at_step_0_or_later() -> None:
    parts = [Segment("a", -3, hold(1.0)), Segment("b", 2, hold(2.0)), Segment("c", 9, hold(3.0))]
    assert names(parts, 9) == [("a", 0), ("b", 2)]
    assert names(parts, 10) == [("a", 0), ("b", 2), ("c", 9)]
    assert names(parts, 2) == [("a", 0)]
    assert names([Segment("a", -3, hold(1.0)), Segment("b", 0, hold(2.0))], 9) == [("b", 0)]


def test_cycles_are_expanded() -> None:
    before = Segment("a", 0, hold(0.5))
    assert names([before, cycles(2)], 7) == [("a", 0), ("up", 2), ("down", 4), ("up", 5)]
    assert names([before, cycles(2)], 8)[-1] == ("down", 7)
    assert names([before, cycles(2)], 99, limit=3) == [("a", 0), ("up", 2), ("down", 4)]
    assert names([cycles(0), Segment("z", 4, hold(0.5))], 9) == [
        ("up", 0), ("down", 2), ("up", 3), ("z", 4),
    ]  # fmt: skip
