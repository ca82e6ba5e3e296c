"""The names of segments above a plot, and the marks where segments start."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lrviz.curves.spans import Span
from lrviz.curves.units import AxisUnit
from lrviz.render.figure.axes import RateAxis
from lrviz.render.figure.page import Page
from lrviz.render.figure.segments import SegmentName, marked_starts, segment_names
from lrviz.render.lines import Line
from lrviz.render.scale import RateScale
from tests.render.conftest import picture_of, table_of

STEP = AxisUnit("step")


class EvenPage(Page):
    """A page on which each character is a tenth of an inch wide."""

    def __init__(self) -> None:
        pass

    def small_width(self, text: str) -> float:
        return len(text) / 10


def spans(*starts: int, end: int = 100, names: str = "abcdefghijk") -> list[Span]:
    stops = [*starts[1:], end]
    return [
        Span(name * 4, start, stop, 0.0, 1.0)
        for name, start, stop in zip(names, starts, stops, strict=False)
    ]


def names_of(
    items: list[Span], width: float = 10.0, unit: AxisUnit = STEP, overhang: float = 0.0
) -> dict[str, float]:
    names = segment_names(items, unit, (0.0, 100.0), EvenPage(), width, overhang)
    assert all(isinstance(name, SegmentName) for name in names)
    return {name.text: pytest.approx(name.middle) for name in names}


def test_names_are_above_the_middle_of_their_segments() -> None:
    assert names_of(spans(0, 40)) == {"aaaa": 2.0, "bbbb": 7.0}
    assert names_of(spans(0, 5, 40)) == {"aaaa": 0.25, "bbbb": 2.25, "cccc": 7.0}
    shifted = segment_names(spans(10, 60), STEP, (10.0, 110.0), EvenPage(), 10.0)
    assert shifted == (SegmentName("aaaa", 2.5), SegmentName("bbbb", 7.0))


def test_a_name_that_is_wider_than_its_segment_is_beside_the_mark_with_its_place() -> None:
    # "aaaa until 4" is 1.2 inches wide, and what is to its right is centred in the rest
    assert names_of(spans(0, 4)) == {"aaaa until 4": 0.4 + 0.6, "bbbb": (0.4 + 1.28 + 10) / 2}
    assert names_of(spans(0, 96)) == {"aaaa": (9.6 - 1.28) / 2, "bbbb from 96": 9.6 - 0.6}
    middle = {"aaaa": 2.5, "bbbb until 52": 5.2 + 0.65, "cccc": (5.2 + 1.38 + 10) / 2}
    assert names_of(spans(0, 50, 52)) == middle
    both = names_of(spans(0, 4, 97))
    assert set(both) == {"aaaa until 4", "bbbb", "cccc from 97"}
    assert both["bbbb"] == (0.4 + 1.28 + 9.7 - 1.28) / 2


def test_an_arrow_is_where_the_step_has_no_room() -> None:
    # the long text, the gap and the other name need 1.68 inches of 16 hundredths of the width
    assert set(names_of(spans(0, 3, 19), width=10.55)) == {"aaaa until 3", "bbbb", "cccc"}
    assert set(names_of(spans(0, 3, 19), width=10.45)) == {"← aaaa", "bbbb", "cccc"}
    assert names_of(spans(0, 4, 19))["← aaaa"] == 0.4 + 0.3
    assert names_of(spans(0, 81, 97))["cccc →"] == 9.7 - 0.3
    assert set(names_of(spans(0, 3, 14))) == {"← aaaa", "bbbb", "cccc"}
    assert set(names_of(spans(0, 3, 13))) == {"bbbb", "cccc"}


def test_a_name_that_has_no_other_room_begins_before_the_plot() -> None:
    # bbbb is too narrow for an arrow; aaaa ends where its segment does, 0.3 inches after the start
    assert names_of(spans(0, 3, 13), overhang=0.11) == {"aaaa": 0.1, "bbbb": 0.8, "cccc": 5.65}
    assert set(names_of(spans(0, 3, 13), overhang=0.09)) == {"bbbb", "cccc"}
    assert set(names_of(spans(0, 3, 6), overhang=1.0)) == {"aaaa", "bbbb until 6", "cccc"}
    assert names_of(spans(0, 4), overhang=1.0).keys() == {"aaaa until 4", "bbbb"}


def test_the_name_of_a_short_warm_up_before_cycles_is_left_of_its_end() -> None:
    axes = picture_of(table_of("sgdr:T_0=20,warmup=10", steps=150)).figure.axes[0]
    texts = [text.get_text() for text in axes.texts]
    assert texts == ["warm-up", "decay", *["restart"] * 6]


def test_steps_beside_marks_are_in_the_unit_of_the_axis() -> None:
    assert set(names_of(spans(0, 4), unit=AxisUnit("epoch", 2))) == {"aaaa until 2", "bbbb"}
    assert set(names_of(spans(0, 4), unit=AxisUnit("share", 1))) == {"aaaa until 4%", "bbbb"}


def test_two_names_explain_three_segments_and_one_explains_one() -> None:
    assert set(names_of(spans(0, 3, 6))) == {"bbbb until 6", "cccc"}
    assert names_of(spans(0, 3, 6, end=9)) == {}
    assert names_of(spans(0)) == {"aaaa": 5.0}
    assert names_of(spans(0), width=0.4) == {}
    assert names_of(spans(0, 4), width=1.0) == {}


def test_eight_segments_have_names_and_nine_have_none() -> None:
    assert len(names_of(spans(*range(0, 80, 10)))) == 8
    assert names_of(spans(*range(0, 90, 10))) == {}


def marks_of(spec: str, size: tuple[float, float] = (8.0, 4.5)) -> tuple[list[float], list[str]]:
    axes = picture_of(table_of(spec), size=size).figure.axes[0]
    dotted = [line for line in axes.lines if line.get_linestyle() == ":" or line.is_dashed()]
    return [line.get_xdata()[0] for line in dotted], [text.get_text() for text in axes.texts]


def test_a_mark_without_a_name_is_not_drawn() -> None:
    long = "transformers.cosine:num_warmup_steps=2000,num_training_steps=300000"
    assert marks_of(long) == ([2000], ["warm-up until 2k", "decay"])
    assert marks_of(long, (2.0, 1.5)) == marks_of(long)
    assert marks_of("step:step_size=10") == ([], [])
    assert len(marks_of("step:step_size=20")[1]) == 5


def test_a_visible_jump_is_its_own_mark() -> None:
    assert marks_of("step:step_size=20")[0] == [60, 80]  # drops over 85, 8, 0.8 and 0.08 %
    assert marks_of("sgdr:T_0=25")[0] == []
    scale = RateScale(0.0, 1.0)
    axis = RateAxis(scale, (), "")
    line = Line(np.array([0.0, 5, 5, 9, 9, 12]), np.array([1, 1, 0.95, 0.95, 0.92, 0.92]),
                np.array([2, 4]))  # fmt: skip
    assert marked_starts(spans(0, 5, 9, 11), line, axis) == (9, 11)
    assert marked_starts(spans(0, 9), replace(line, y=line.y - 0.5), axis) == (9,)


def test_a_picture_without_names_has_no_room_for_them() -> None:
    tops = {
        spec: picture_of(table_of(spec)).figure.axes[0].get_position().y1
        for spec in ("step:step_size=10", "step:step_size=20", "exponential")
    }
    assert tops["step:step_size=10"] == tops["exponential"] > tops["step:step_size=20"]
