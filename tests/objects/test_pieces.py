"""The segments of an object's rates."""

from __future__ import annotations

import numpy as np
import pytest

import lrviz
from lrviz.core.segment import MAX_SEGMENTS
from lrviz.objects.pieces import pieces

EPSILON = 2.0**-52


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
        ([1, 3, 3, 3], [("warm-up", 0), ("hold", 1)]),
        ([3, 1, 1, 1], [("hold", 0), ("drop", 1)]),
        ([2, 2, 3, 3, 1], [("hold", 0), ("rise", 2), ("drop", 4)]),
        ([2, 2, 3, 3, 4, 5], [("hold", 0), ("rise", 2), ("rise", 3)]),
        ([5], [("hold", 0)]),
        ([5, 5], [("hold", 0)]),
    ],
)
def test_segments_are_where_the_rates_rise_fall_or_stay(
    rates: list[float], segments: list[tuple[str, int]]
) -> None:
    assert named(rates) == segments


WARM_UPS = {
    "linear": lambda t: t / 500,
    "cosine": lambda t: (1 - np.cos(np.pi * t / 500)) / 2,
    "exponential": lambda t: 0.001 ** (1 - t / 500),
}


@pytest.mark.parametrize("name", WARM_UPS)
def test_a_warm_up_before_stairs_is_one_segment(name: str) -> None:
    t = np.arange(10_000)
    stairs = np.where(t >= 7_500, 0.01, np.where(t >= 5_000, 0.1, 1.0))
    rates = 0.1 * WARM_UPS[name](np.minimum(t, 500)) * stairs
    expected = [("warm-up", 0), ("hold", 500), ("drop", 5_000), ("drop", 7_500)]
    assert named(rates.tolist()) == expected


def test_a_function_with_warm_up_and_stairs_has_no_rising_drop() -> None:
    curve = lrviz.curve(lambda step: min(1, (step + 1) / 100) * 0.5 ** (step // 300), steps=1_000)
    assert isinstance(curve, lrviz.Curve)
    assert [(segment.name, segment.start) for segment in curve.segments(1_000)] == [
        ("warm-up", 0), ("hold", 99), ("drop", 300), ("drop", 600), ("drop", 900)
    ]  # fmt: skip
    assert [item.id for item in lrviz.check(curve)] == []


def test_rounding_is_no_change() -> None:
    equal = np.array([1, 1 + 4 * EPSILON, 1, 1, 0.5])
    segments = pieces(equal, lambda t: equal[t])
    assert [(segment.name, segment.start) for segment in segments] == [("hold", 0), ("drop", 4)]
    assert named([1, 1 + 5 * EPSILON, 1]) == [("warm-up", 0), ("decay", 1)]
    assert named([0, 0, 5e-324, 5e-324]) == [("hold", 0), ("rise", 2)]


def test_rates_that_turn_at_more_than_half_of_the_steps_are_one_segment() -> None:
    assert [name for name, _ in named([0, 1, 0, 1, 2, 3])] == ["warm-up", "decay", "rise"]
    assert named([0, 1, 0, 1, 0, 1, 2, 3]) == [
        ("warm-up", 0), ("decay", 1), ("rise", 2), ("decay", 3), ("rise", 4)
    ]  # fmt: skip
    assert named([0, 1, 0, 1, 0, 1, 0, 1]) == [("custom", 0)]
    noise = np.random.default_rng(1).random(200)
    assert named(noise.tolist()) == [("custom", 0)]


def test_very_many_stairs_are_one_segment() -> None:
    stairs = [step // 2 % 2 + 1.0 for step in range(2 * MAX_SEGMENTS)]
    assert len(named(stairs)) == MAX_SEGMENTS
    assert named([*stairs, 5.0]) == [("custom", 0)]


def test_the_segments_of_a_curve_are_those_of_its_steps() -> None:
    curve = lrviz.curve([1.0, 2.0, 3.0, 2.0])
    assert isinstance(curve, lrviz.Curve)
    assert [segment.start for segment in curve.segments(4)] == [0, 2]
    assert [segment.start for segment in curve.segments(9)] == [0, 2]
    assert curve.marks(4) == [2]
