"""Outlines: segments as ground shapes in plain numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

import lrviz
from lrviz.core.outline import (
    Outline,
    cut_after,
    outline_of,
    outline_of_segments,
    outline_of_stairs,
    simple_number,
    simple_ratio,
)
from lrviz.core.register import register
from lrviz.core.segment import (
    Segment,
    Shape,
    cosine,
    exponential,
    hold,
    inverse_sqrt,
    linear,
    polynomial,
)


def outline(*segments: tuple[int, Shape]) -> Outline | None:
    return outline_of_segments([Segment("hold", start, shape) for start, shape in segments])


def rates(shapes: Outline, stop: int) -> np.ndarray:
    t = np.arange(stop)
    result = np.empty(stop)
    for shape in shapes:
        here = t >= shape.begin
        result[here] = shape.rates(t[here])
    return result


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1 + 0.2, 0.3),
        (99.99999999999999, 100.0),
        (1e-4 / 0.1, 1e-3),
        (0.1 / 3 / 0.1, 1 / 3),
        (0.123456789012345678, 0.123456789012345678),
        (math.pi, math.pi),
        (0.0, 0.0),
    ],
)
def test_plain_numbers(value: float, expected: float) -> None:
    assert simple_number(value) == expected


def test_a_number_that_is_not_rounding_away_stays() -> None:
    assert simple_number(0.3 + 1e-14) == 0.3 + 1e-14
    assert simple_ratio(0.03, 0.1) == 0.3


def test_holds_get_their_length_and_join() -> None:
    assert outline((0, hold(1.0)), (5, hold(1.0)), (8, hold(0.5))) == (
        Shape("hold", 1.0, 1.0, 0, 8),
        Shape("hold", 0.5, 0.5, 8, 0),
    )


def test_a_shape_without_a_change_is_a_hold() -> None:
    assert outline((0, cosine(0.1, 0.1, 0, 50)), (50, hold(0.1))) == (
        Shape("hold", 0.1, 0.1, 0, 0),
    )


@pytest.mark.parametrize(
    "shape",
    [
        linear(0.0, 0.1, -1, 10),
        linear(0.1, 0.01, -4.5, 30),
        polynomial(0.1, 0.01, -3, 30, 2.5),
        exponential(0.1, 0.01, -3, 30),
        inverse_sqrt(0.1, -3, 7.0),
    ],
    ids=lambda shape: f"{shape.kind} from {shape.begin}",
)
def test_a_shape_that_begins_earlier_is_moved_to_its_first_step(shape: Shape) -> None:
    found = outline((0, shape))
    assert found is not None
    assert found[0].begin == 0
    assert found[0].kind == shape.kind
    np.testing.assert_allclose(
        found[0].rates(np.arange(20)), shape.rates(np.arange(20)), rtol=1e-12
    )


@pytest.mark.parametrize("kind", ["cosine", "1-sqrt", "rex", "cosine-power"])
def test_a_shape_that_cannot_be_moved_gives_no_outline(kind: str) -> None:
    assert outline((0, Shape(kind, 0.1, 0.0, -3, 30))) is None


def test_a_shape_takes_the_step_before_where_both_agree() -> None:
    found = outline((0, hold(0.1)), (81, Shape("1-sqrt", 0.1, 0.0, 80, 20)))
    assert found == (Shape("hold", 0.1, 0.1, 0, 80), Shape("1-sqrt", 0.1, 0.0, 80, 20))


def test_a_shape_does_not_take_a_step_where_they_differ() -> None:
    assert outline((0, hold(0.2)), (81, Shape("1-sqrt", 0.1, 0.0, 80, 20))) is None


def test_a_shape_does_not_take_the_only_step_of_the_one_before() -> None:
    found = outline((0, hold(0.1)), (1, linear(0.1, 0.0, 0, 10)))
    assert found == (Shape("hold", 0.1, 0.1, 0, 1), linear(0.09, 0.0, 1, 9))


def test_a_line_ends_where_the_next_shape_begins() -> None:
    found = outline((0, linear(0.0, 0.1, 0, 10)), (5, hold(0.05)))
    assert found == (linear(0.0, 0.05, 0, 5), Shape("hold", 0.05, 0.05, 5, 0))
    longer = outline((0, linear(0.0, 0.1, 0, 10)), (12, hold(0.05)))
    assert longer is not None
    assert longer[0] == linear(0.0, 0.1, 0, 10)


def test_numbers_are_plain() -> None:
    found = outline((0, cosine(0.1 * 3 / 3, 0.1 * 0.3, 0.0, 99.99999999999999)))
    assert found == (cosine(0.1, 0.03, 0, 100),)
    assert isinstance(found[0].length, int)
    assert isinstance(found[0].begin, int)


def test_a_function_gives_no_outline() -> None:
    assert outline_of_segments([Segment("custom", 0, lambda t: t)]) is None
    assert outline_of_segments([]) is None


def test_stairs_of_rates() -> None:
    assert outline_of_stairs(np.array([0.1, 0.1, 0.05])) == (
        Shape("hold", 0.1, 0.1, 0, 2),
        Shape("hold", 0.05, 0.05, 2, 0),
    )


def test_an_outline_stops_at_the_schedules_end() -> None:
    cls = register.find("torch.OneCycleLR")
    assert cls
    schedule = cls.model_validate({"max_lr": 0.1, "total_steps": 50})
    found = outline_of(schedule, 0.1, 1_000)
    assert found is not None
    assert len(found) == 2
    assert outline_of(schedule, 0.1, 10) == found[:1]


def test_an_outline_has_the_last_step_of_a_schedule_that_ends() -> None:
    drop = lrviz.schedule("torch.OneCycleLR", max_lr=0.1, total_steps=10, pct_start=0.9)
    found = outline_of(drop, 0.1, 1_000)
    assert found is not None
    assert [shape.begin for shape in found] == [0, 8]


def test_a_shape_that_ends_before_the_next_one_begins_is_not_cut() -> None:
    assert cut_after(linear(0.1, 0.0, 20, 10), 30) == linear(0.1, 0.0, 20, 10)
    assert cut_after(linear(0.1, 0.0, 20, 10), 25) == linear(0.1, 0.05, 20, 5)
    assert cut_after(hold(0.1), 5) == Shape("hold", 0.1, 0.1, 0, 5)


@pytest.mark.parametrize("cls", register.all(), ids=lambda cls: cls.title())
def test_an_outline_has_the_rates_of_its_schedule(cls) -> None:
    schedule = cls.model_validate(cls.example_values())
    steps = schedule.natural_length() or 100
    found = outline_of(schedule, 0.1, steps)
    if found is None:
        return
    ours, theirs = rates(found, steps), schedule.sample(range(steps), 0.1)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-14)
