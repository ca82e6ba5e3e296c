"""Lines that lie on others have stripes there, and are whole where they leave them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lrviz.render.colours import STYLES
from lrviz.render.figure.axes import rate_axis
from lrviz.render.figure.curves import draw_curves, plotted_curves
from lrviz.render.figure.stripes import MAX_COMPARED, NO_GAPS, Trace, gaps_of, with_gaps
from lrviz.render.scale import RateScale
from tests.render.conftest import picture_of, table_of

WIDTH = 0.03
"""Inches: a gap of 4 line widths is 0.12, a period 0.24, the shortest stretch 0.6."""


def trace(*points: tuple[float, float], width: float = WIDTH, has_stripes: bool = True) -> Trace:
    """Return a line through points in inches."""
    x, y = np.array(points).T
    return Trace(x, y, width, has_stripes)


FLAT = trace((0, 1), (10, 1))


def gaps_on_flat(*points: tuple[float, float]) -> NDArray[np.float64]:
    """Return the gaps of a line that is drawn after a level one."""
    first, gaps = gaps_of([FLAT, trace(*points)])
    assert not len(first)
    return gaps


def test_gaps_follow_strokes_and_end_before_the_line_leaves() -> None:
    gaps = gaps_on_flat((2, 1), (3, 1), (5, 0))
    assert gaps == pytest.approx(np.array([[a, a + 0.12] for a in (0.12, 0.36, 0.6, 0.84)]))
    assert gaps_on_flat((2, 0), (4, 0)).tolist() == []


def test_a_line_is_whole_for_a_line_width_after_its_last_gap() -> None:
    assert len(gaps_on_flat((2, 1), (2.98, 1))) == 3
    assert len(gaps_on_flat((2, 1), (3.02, 1))) == 4


def test_only_lines_that_share_a_long_stretch_have_gaps() -> None:
    assert len(gaps_on_flat((2, 1), (2.62, 1))) == 2
    assert not len(gaps_on_flat((2, 1), (2.55, 1)))
    assert len(gaps_on_flat((2, 1.01), (4, 1.01)))
    assert not len(gaps_on_flat((2, 1.011), (4, 1.011)))
    assert not len(gaps_on_flat((0, 0), (10, 2)))


def test_a_steep_line_leaves_a_level_one_at_once() -> None:
    gaps = gaps_on_flat((0, 1), (2, 1), (2.01, 0))
    assert 1.5 < gaps.max() < 2.0
    steep = [trace((0, 0), (0.1, 2), (3, after)) for after in (2, 0)]
    gaps = gaps_of(steep)[1]
    assert 1.5 < gaps.max() < np.hypot(0.1, 2)


def test_each_line_on_others_has_shorter_strokes() -> None:
    lines = [trace((0, 1), (1, 1)) for _ in range(4)]
    strokes = [gaps[0, 0] for gaps in gaps_of(lines)[1:]]
    assert strokes == pytest.approx([4 * WIDTH, 2 * WIDTH, WIDTH])
    assert len({gaps[0, 1] for gaps in gaps_of(lines)[1:]}) == 1


def test_steep_lines_beside_each_other_are_one() -> None:
    lines = [trace((left, 0), (left + 0.1, 2)) for left in (0, 0.008)]
    assert len(gaps_of(lines)[1])
    lines = [trace((left, 0), (left + 0.1, 2)) for left in (0, 0.012)]
    assert not len(gaps_of(lines)[1])


def test_the_line_below_on_most_others_counts() -> None:
    lines = [trace((0, y), (1, y)) for y in (1, 1, 1.018, 1.009)]
    assert gaps_of(lines)[3][0, 0] == pytest.approx(2 * WIDTH)
    assert gaps_of([lines[0], *lines[2:]])[2][0, 0] == pytest.approx(4 * WIDTH)


def test_lines_without_stripes_and_beside_each_other() -> None:
    plain = trace((0, 1), (10, 1), has_stripes=False)
    assert not any(map(len, gaps_of([plain, FLAT, plain])))
    assert not any(map(len, gaps_of([trace((0, 1), (4, 1)), trace((5, 1), (9, 1))])))
    assert not any(map(len, gaps_of([trace((0, 1)), FLAT, trace((0, 1))])))


def test_interrupted_lines() -> None:
    nan = np.nan
    broken = Trace(np.array([0, 2, 2, 3, 5.0]), np.array([1, 1, nan, 1, 1.0]), WIDTH)
    assert broken.lengths.tolist() == [0, 2, 2, 2, 4]
    gaps = gaps_of([FLAT, broken])[1]
    assert gaps.max() > 3.5
    assert len(gaps_of([broken, trace((2.2, 1), (2.8, 1), (2.9, 0))])[1]) == 0


def test_points_of_a_line_with_gaps() -> None:
    values = np.array([0.0, 10.0, 20.0, 30.0])
    (striped,) = with_gaps(np.arange(4.0), np.array([[0.5, 1.5], [2.2, 2.8]]), [values])
    assert np.isnan(striped[[2, 6]]).all()
    assert np.delete(striped, [2, 6]).tolist() == pytest.approx([0, 5, 15, 20, 22, 28, 30])
    assert with_gaps(np.arange(4.0), NO_GAPS, [values])[0] is values


def test_many_lines_are_not_compared() -> None:
    lines = [trace((0, 1), (1, 1)) for _ in range(MAX_COMPARED + 1)]
    assert len(gaps_of(lines[1:])[-1])
    assert not any(map(len, gaps_of(lines)))


@pytest.mark.parametrize("log", [False, True])
def test_a_line_in_a_picture_has_gaps_only_where_it_lies_on_another(log: bool) -> None:
    table = table_of("step:step_size=50", "multistep:milestones=[50,70]")
    lower, upper = (line for line in picture_of(table, log_y=log).figure.axes[0].lines
                    if line.get_gid())  # fmt: skip
    assert np.isnan(lower.get_ydata()).sum() == 1
    is_gap = np.isnan(upper.get_ydata())
    assert is_gap.sum() > 10
    x = upper.get_xdata()
    sides = x[np.flatnonzero(is_gap) - 1]
    assert 60 < np.nanmax(sides[sides < 69.9]) < 70
    rates = upper.get_ydata()[~is_gap & (x < 49)]
    assert rates == pytest.approx(np.full(len(rates), 0.1))


def test_nothing_lies_on_a_log() -> None:
    curves = plotted_curves(table_of("cosine", "cosine:label=b"), None, 100, merge=False)
    axis = rate_axis(RateScale(0.0, 0.1), 0.1, 3.0, 0.1, "")
    for is_log, gaps in (((False, False), True), ((True, False), False), ((False, True), False)):
        axes = Figure().add_axes((0.1, 0.1, 0.8, 0.8))
        axes.set_xlim(0, 100)
        pair = [replace(curve, is_log=log) for curve, log in zip(curves, is_log, strict=True)]
        draw_curves(axes, pair, axis, STYLES["light"])
        assert any(np.isnan(line.get_ydata()).any() for line in axes.lines) is gaps
