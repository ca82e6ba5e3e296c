"""The segments of a curve in a line."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.curves.column import Column
from lrviz.curves.table import tabulate
from lrviz.curves.units import base_unit
from lrviz.render.summary import facts_text, near_zero, segments_text
from lrviz.specfile.source import load_spec


def segments(spec: str) -> str:
    (column,) = tabulate(load_spec(spec).curves).columns
    return segments_text(column, base_unit(column.curve))


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (
            "onecycle:total_steps=100",
            "warm-up: 0.004 to 0.1 until step 30 · decay: 0.09995 to 4e-7 until step 100",
        ),
        (
            "cyclic:base_lr=0,max_lr=1,step_size_up=99,steps=198",
            "rise: 0 to 1 until step 100 · fall: 0.9899 to 0.0101 until step 198",
        ),
        ("step:step_size=2,steps=4", "hold: 0.1 until step 2 · drop: 0.01 until step 4"),
        ("step:step_size=2,steps=4,by=epoch", "hold: 0.1 until epoch 2 · drop: 0.01 until epoch 4"),
    ],
)
def test_a_segment_has_its_rates_and_its_end(spec: str, text: str) -> None:
    assert segments(spec) == text


def test_the_first_segment_of_a_range_has_its_start() -> None:
    (column,) = tabulate(load_spec("wsd:total_steps=100").curves, range(5, 50)).columns
    assert segments_text(column, base_unit(column.curve)) == (
        "warm-up: 0.05 to 0.1 from step 5 until step 10 · hold: 0.1 until step 50"
    )


@pytest.mark.parametrize(
    ("rate", "peak", "text"),
    [
        (1e-12, 1e-3, "1e-12"),
        (1.0001e-12, 1.0, "1e-12"),
        (0.9999e-12, 1.0, "0"),
        (-1.25e-9, 1.0, "-1.25e-9"),
        (-1e-17, 1.0, "0"),
        (6.123e-18, 0.1, "0"),
        (0.0, 0.0, "0"),
    ],
)
def test_only_the_rounding_error_of_a_zero_is_0(rate: float, peak: float, text: str) -> None:
    assert near_zero(rate, peak) == text


def test_the_lowest_rate_is_0_where_it_is_a_rounding_error() -> None:
    (curve,) = load_spec("cosine").curves
    column = Column(curve, range(3), np.array([1.0, 1e-17, 0.5]))
    text = facts_text(column, base_unit(curve))
    assert text == "peak 1 at step 0 · lowest 0 at step 1 · last 0.5"


def test_the_facts_of_a_rate_of_0_throughout() -> None:
    (column,) = tabulate(load_spec("cosine:lr=0").curves).columns
    assert facts_text(column, base_unit(column.curve)) == "rate 0 at every step"
