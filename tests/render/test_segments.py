"""The names of segments above a plot, and the marks where segments start."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lrviz.curves.spans import Span
from lrviz.render.figure.axes import RateAxis
from lrviz.render.figure.page import Page
from lrviz.render.figure.segments import SegmentName, marked_starts, segment_names
from lrviz.render.lines import Line
from lrviz.render.scale import RateScale
from tests.render.conftest import picture_of, table_of


class EvenPage(Page):
    """A page on which each character is a tenth of an inch wide."""

    def __init__(self) -> None:
        pass

    def small_width(self, text: str) -> float:
        return len(text) / 10


def spans(*starts: float, end: int = 100, names: str = "abcdefghijk") -> list[Span]:
    stops = [*starts[1:], end]
    return [
        Span(name * 4, start, stop, 0.0, 1.0)
        for name, start, stop in zip(names, starts, stops, strict=False)
    ]


def names_of(items: list[Span], width: float = 10.0, overhang: float = 0.0) -> dict[str, float]:
    names = segment_names(items, (0.0, 100.0), EvenPage(), width, overhang)
    assert all(isinstance(name, SegmentName) for name in names)
    return {name.text: pytest.approx(name.middle) for name in names}


def test_names_are_above_the_middle_of_their_segments() -> None:
    assert names_of(spans(0, 40)) == {"aaaa": 2.0, "bbbb": 7.0}
    assert names_of(spans(0, 5, 40)) == {"aaaa": 0.25, "bbbb": 2.25, "cccc": 7.0}
    shifted = segment_names(spans(10, 60), (10.0, 110.0), EvenPage(), 10.0)
    assert shifted == (SegmentName("aaaa", 2.5), SegmentName("bbbb", 7.0))


def test_a_name_that_is_wider_than_its_segment_ends_where_that_does() -> None:
    assert names_of(spans(0, 96)) == {"aaaa": 4.8, "bbbb": 9.8}
    assert names_of(spans(0, 50, 52)) == {"aaaa": 2.5, "bbbb": 5.0, "cccc": 7.6}
    assert names_of(spans(0, 3, 13), overhang=0.11) == {"aaaa": 0.1, "bbbb": 0.8, "cccc": 5.65}
    assert names_of(spans(0, 3, 13), overhang=0.09) == {"bbbb": 0.8, "cccc": 5.65}
    assert names_of(spans(0, 3)) == {}


def test_a_name_that_would_touch_another_is_left_out() -> None:
    assert names_of(spans(0, 8.8, 11.6)).keys() == {"aaaa", "bbbb", "cccc"}
    assert names_of(spans(0, 9.0, 10.6)).keys() == {"aaaa", "cccc"}
    assert names_of(spans(0, 3, 6, 20), overhang=1.0).keys() == {"aaaa", "cccc", "dddd"}
    assert names_of(spans(0, 3, 7.5), overhang=1.0).keys() == {"bbbb", "cccc"}
    assert names_of(spans(0, 95, 98)).keys() == {"aaaa", "bbbb"}


def test_a_name_of_a_beginning_is_above_it() -> None:
    drops = [replace(span, name="drop") for span in spans(30, 33, 60, 99)]
    names = segment_names([*spans(0, end=30), *drops], (0.0, 100.0), EvenPage(), 10.0)
    assert [(name.text, pytest.approx(name.middle)) for name in names] == [
        ("aaaa", 1.5), ("drop", 3.0), ("drop", 6.0), ("drop", 9.8),
    ]  # fmt: skip
    first = [replace(span, name="restart") for span in spans(0, 50)]
    names = segment_names(first, (0.0, 100.0), EvenPage(), 10.0, 0.1)
    assert [name.middle for name in names] == [pytest.approx(0.25), 5.0]


def test_the_name_of_a_short_warm_up_before_cycles_is_left_of_its_end() -> None:
    axes = picture_of(table_of("sgdr:T_0=20,warmup=10", steps=150)).figure.axes[0]
    texts = [text.get_text() for text in axes.texts]
    assert texts == ["warm-up", "decay", *["restart"] * 6]


def test_two_names_explain_three_segments_and_one_explains_one() -> None:
    assert set(names_of(spans(0, 3, 10))) == {"bbbb", "cccc"}
    assert names_of(spans(0, 2, 3)) == {}
    assert names_of(spans(0)) == {"aaaa": 5.0}
    assert names_of(spans(0), width=0.3) == {}
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
    assert marks_of(long) == ([2000], ["warm-up", "decay"])
    assert marks_of(long, (2.0, 1.5)) == ([], [])
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
