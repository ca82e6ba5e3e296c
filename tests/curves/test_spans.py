"""The segments of a sampled curve: where they begin and end, and with which rates."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.curves.column import Column
from lrviz.curves.spans import Span, last_rate, spans_of
from lrviz.curves.table import tabulate
from lrviz.specfile.source import load_spec


def spans(spec: str, steps: range | None = None) -> list[Span]:
    return spans_of(tabulate(load_spec(spec).curves, steps).columns[0])


@pytest.mark.parametrize(
    ("rates", "count", "last"),
    [
        ([0.0, 0.25, 0.5], 2, 0.5),
        ([0.0, 0.25, 0.75], 2, 0.75),
        ([0.0, 0.25, 0.751], 2, 0.25),
        ([0.5, 0.25, -0.25], 2, -0.25),
        ([0.5, 0.5, 0.5], 2, 0.5),
        ([0.5, 0.5, 0.25], 2, 0.5),
        ([0.25, 0.5, 0.375], 2, 0.5),
        ([0.5, 0.25, 0.375], 2, 0.25),
        ([0.25, 0.5, 0.5], 2, 0.5),
        ([0.0, 0.125, 0.25, 0.5], 3, 0.5),
        ([0.0, 0.25], 2, 0.25),
        ([0.25, 0.5], 1, 0.25),
        ([0.25], 1, 0.25),
    ],
)
def test_a_segment_ends_at_the_next_rate_unless_there_is_a_jump(
    rates: list[float], count: int, last: float
) -> None:
    assert last_rate(np.array(rates), count) == last


def test_segments_of_a_run() -> None:
    wsd = "wsd:total_steps=100,lr=1"
    assert spans(wsd) == [
        Span("warm-up", 0, 10, 0.0, 1.0),
        Span("hold", 10, 80, 1.0, 1.0),
        Span("decay", 80, 100, 1.0, pytest.approx(1 - np.sqrt(19 / 20))),
    ]
    assert [item.steps for item in spans(wsd)] == [10, 70, 20]


def test_segments_of_some_steps_of_a_run() -> None:
    wsd = "wsd:total_steps=100,lr=1"
    assert [(item.name, item.start, item.stop) for item in spans(wsd, range(5, 50))] == [
        ("warm-up", 5, 10),
        ("hold", 10, 50),
    ]
    assert [(item.name, item.first) for item in spans(wsd, range(0, 100, 40))] == [
        ("warm-up", 0.0),
        ("hold", 1.0),
        ("decay", 1.0),
    ]
    assert [item.name for item in spans(wsd, range(20, 100, 70))] == ["hold", "decay"]
    column = tabulate(load_spec(wsd).curves).columns[0]
    assert spans_of(Column(column.curve, range(0), np.empty(0))) == []


def test_a_decay_that_raises_the_rate_is_a_rise() -> None:
    assert [item.name for item in spans("polynomial:power=1,total_iters=9,steps=9")] == ["decay"]
    assert [item.name for item in spans("cosine:T_max=9,eta_min=0.5,steps=9")] == ["rise"]
