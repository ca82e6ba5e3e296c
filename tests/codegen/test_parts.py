"""The parts that code is written from: products of a chain's children, and what rates show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.codegen.parts import give_rates, infer_parts, products_of
from lrviz.core.segment import Segment, hold

WARM_UP = {"schedule": "linear", "start_factor": 0.1, "total_iters": 5}
DECAY = {"schedule": "exponential", "gamma": 0.9}


def drops(count: int) -> dict[str, Any]:
    return {"schedule": "multistep", "milestones": [10 * (i + 1) for i in range(count)]}


def products(stop: int, *children: dict[str, Any]) -> list[list[tuple[str, int]]]:
    chain = lrviz.schedule("chained", schedules=list(children))
    return [[(part.name, part.start) for part in item] for item in products_of(chain, 0.1, stop)]


def test_a_chain_is_the_product_of_its_children_or_the_last_one() -> None:
    parts = [("warm-up", 0), ("hold", 5), ("drop", 10), ("drop", 20)]
    assert products(99, WARM_UP, drops(2)) == [parts, [("drop", 0)]]
    assert products(21, WARM_UP, drops(2))[0] == parts
    assert products(20, WARM_UP, drops(2))[0] == parts[:3]
    assert products(99, DECAY, drops(1))[0] == [("decay", 0), ("decay", 10)]


def test_a_product_has_at_most_8_parts() -> None:
    assert [len(item) for item in products(99, WARM_UP, drops(6))] == [8, 1]
    assert [len(item) for item in products(99, WARM_UP, drops(7))] == [1]


@pytest.mark.parametrize(
    ("rates", "parts"),
    [
        ([], []),
        ([0.1, 0.1, 0.1], ["hold 0 hold"]),
        ([0.4, 0.2, 0.1], ["decay 0 exponential"]),
        ([0.4, 0.2, 0.1, 0.05, 0.3, 0.3], ["decay 0 exponential", "drop 4 hold"]),
        ([0.4, 0.4, 0.2, 0.1, 0.05], ["hold 0 hold", "decay 2 exponential"]),
        ([0.4, 0.0, 0.0, 0.0], ["hold 0 hold", "drop 1 hold"]),
        ([0.0, 0.0, 0.3, 0.3], ["hold 0 hold", "drop 2 hold"]),
        ([0.4, -0.2, 0.1, 0.1], ["hold 0 hold", "drop 1 hold", "drop 2 hold"]),
        ([*range(8)], [f"{'drop' if i else 'hold'} {i} hold" for i in range(8)]),
        ([*range(9)], []),
    ],
)
def test_parts_of_rates(rates: list[float], parts: list[str]) -> None:
    inferred = infer_parts(np.array(rates, float))
    assert [
        f"{part.name} {part.start} {part.shape.kind}" for part in inferred if part.shape
    ] == parts


def test_a_steep_rise_in_long_rates_overflows_in_silence(recwarn: pytest.WarningsRecorder) -> None:
    assert infer_parts(np.array([1e-300, 1.0, 0.5, *range(4000)])) == []
    assert not list(recwarn)


def test_parts_give_rates_up_to_rounding() -> None:
    parts = [Segment("hold", 0, hold(2.0)), Segment("drop", 2, hold(0.0))]
    rates = np.array([2.0, 2.0, 0.0])
    assert give_rates(parts, rates)
    assert give_rates(parts, rates + np.array([0.0, 1.9e-11, 0.9e-15]))
    assert not give_rates(parts, rates + np.array([0.0, 2.1e-11, 0.0]))
    assert not give_rates(parts, rates + np.array([0.0, 0.0, 1.1e-15]))
