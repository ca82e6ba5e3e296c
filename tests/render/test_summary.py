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
        ("onecycle:total_steps=100", "warm-up 0 to 30: 0.004 to 0.1 · decay to 100: to 4e-7"),
        (
            "cyclic:base_lr=0,max_lr=1,step_size_up=99,steps=198",
            "rise 0 to 100: 0 to 1 · fall to 198: 0.9899 to 0.0101",
        ),
        (
            "cyclic:base_lr=0,max_lr=1,step_size_up=101,steps=202",
            "rise 0 to 102: 0 to 1 · fall to 202: to 0.009901",
        ),
        ("step:step_size=2,steps=4", "hold 0 to 2: 0.1 · drop to 4: 0.01"),
        ("wsd:total_steps=100", "warm-up 0 to 10: 0 to 0.1 · hold to 80: 0.1 · decay to 100: to"),
    ],
)
def test_a_segment_says_where_it_begins_unless_it_continues(spec: str, text: str) -> None:
    assert segments(spec).startswith(text)


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
