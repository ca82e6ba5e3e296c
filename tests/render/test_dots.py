"""Dots at the steps of a short run, and where a line ends in a point."""

from __future__ import annotations

from typing import Any

import pytest

from tests.render.conftest import picture_of, table_of


def dots_of(
    *specs: str, steps: int | None = None, **settings: Any
) -> list[tuple[list[float], float]]:
    """Return the steps that have dots, and their size, of each curve that has some."""
    lines = picture_of(table_of(*specs, steps=steps), **settings).figure.axes[0].get_lines()
    return [(line.get_xdata().tolist(), line.get_markersize()) for line in lines
            if line.get_marker() == "o"]  # fmt: skip


def test_up_to_twelve_steps_have_dots() -> None:
    assert dots_of("cosine", "linear", steps=3) == [([0, 1, 2], 5.0)] * 2
    assert len(dots_of("cosine", steps=12)[0][0]) == 12
    assert dots_of("cosine", steps=13) == []
    assert dots_of("cosine", steps=1) == [([0], 5.0)]


def test_dots_have_room() -> None:
    assert dots_of("cosine", steps=9, size=(3, 2))
    assert dots_of("cosine", steps=9, size=(2, 1.5)) == []
    assert dots_of("cosine:steps=5", "linear:steps=300") == []


def test_dots_below_a_log_axis_are_left_out() -> None:
    picture = picture_of(table_of("cosine:T_max=4", steps=4), log_y=True, y_min=0.02)
    lines = picture.figure.axes[0].get_lines()
    (line,) = [line for line in lines if line.get_marker() == "o"]
    assert line.get_ydata()[:3] == pytest.approx([0.1, 0.0853553, 0.05])
    assert line.get_ydata()[3:] != line.get_ydata()[3:]


def test_a_line_that_jumps_beside_its_end_has_a_dot_there() -> None:
    assert dots_of("multistep:milestones=[50,99]", steps=100)[0][0] == [99]
    assert dots_of("multistep:milestones=[50,98]", steps=100) == []
    assert dots_of("multistep:milestones=[50,60,99]", steps=100) == []  # which is hardly seen
    assert dots_of("lambda:lr_lambda='0 if t < 1 else 1'", steps=100) == []
