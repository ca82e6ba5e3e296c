"""The segments of an object's rates."""

from __future__ import annotations

import numpy as np
import pytest

import lrviz
from lrviz.core.segment import MAX_SEGMENTS
from lrviz.objects.pieces import pieces


def named(rates: list[float]) -> list[tuple[str, int]]:
    array = np.array(rates)
    segments = pieces(array, lambda t: array[t])
    for index, segment in enumerate(segments):
        stop = segments[index + 1].start if index + 1 < len(segments) else len(rates)
        steps = np.arange(segment.start, stop)
        assert segment.curve(steps).tolist() == rates[segment.start : stop]
    return [(segment.name, segment.start) for segment in segments]


@pytest.mark.parametrize(
    ("rates", "segments"),
    [
        ([1, 2, 3, 2, 1, 1, 1], [("warm-up", 0), ("decay", 2), ("hold", 4)]),
        ([3, 3, 2, 1, 2, 3], [("hold", 0), ("decay", 1), ("rise", 3)]),
        ([1, 2, 3], [("rise", 0)]),
        ([3, 2, 1], [("decay", 0)]),
        ([3, 3, 3, 1], [("hold", 0), ("drop", 3)]),
        ([3, 3, 3, 1, 0], [("hold", 0), ("decay", 2)]),
        ([5], [("hold", 0)]),
        ([5, 5], [("hold", 0)]),
    ],
)
def test_segments_are_where_the_rates_rise_fall_or_stay(
    rates: list[float], segments: list[tuple[str, int]]
) -> None:
    assert named(rates) == segments


def test_rates_that_turn_too_often_are_one_segment() -> None:
    zigzag = [float(step % 2) for step in range(MAX_SEGMENTS + 1)]
    assert len(named(zigzag)) == MAX_SEGMENTS
    assert named([*zigzag, 2.0]) == [("custom", 0)]


def test_the_segments_of_a_curve_are_those_of_its_steps() -> None:
    curve = lrviz.curve([1.0, 2.0, 3.0, 2.0])
    assert isinstance(curve, lrviz.Curve)
    assert [segment.start for segment in curve.segments(4)] == [0, 2]
    assert [segment.start for segment in curve.segments(9)] == [0, 2]
    assert curve.marks(4) == [2]
