"""Cycles too narrow to draw: bands, their number above the plot, and the note below it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import lrviz
from lrviz.core.segment import MAX_SEGMENTS
from lrviz.curves.spans import Span, spans_of
from lrviz.render.figure.axes import RateAxis
from lrviz.render.figure.curves import once_in_each
from lrviz.render.figure.cycles import CycleBand, cycle_bands, without
from lrviz.render.figure.notes import notes_on
from lrviz.render.figure.placing import runs
from lrviz.render.figure.segments import cycle_count, cycles_of, with_cycles_as_one
from lrviz.render.lines import NO_JUMPS, Line
from lrviz.render.scale import RateScale
from tests.render.conftest import picture_of, table_of, texts_of

AXIS = RateAxis(RateScale(0.0, 1.0), (), "rate")
INCHES = 6.05
"""Of width: a hundred pieces."""


def wave(cycles: float, points: int = 4000, height: float = 1.0) -> Line:
    x = np.linspace(0.0, 1000.0, points)
    return Line(x, height * (0.5 - 0.5 * np.cos(2 * np.pi * cycles * x / 1000)), NO_JUMPS)


@pytest.mark.parametrize(
    ("cycles", "is_band"), [(40, False), (49, False), (101, True), (400, True)]
)
def test_cycles_narrower_than_a_piece_are_a_band(cycles: int, is_band: bool) -> None:
    bands = cycle_bands(wave(cycles), AXIS, INCHES)
    assert len(bands) == is_band
    for band in bands:
        assert (band.x[0], band.x[-1]) == (0.0, 1000.0)
        assert len(band.x) == 100
        np.testing.assert_allclose(band.x[1:-1], np.arange(15.0, 990.0, 10.0))
        np.testing.assert_allclose(band.low, 0.0, atol=0.03)
        np.testing.assert_allclose(band.high, 1.0, atol=0.03)


def test_low_cycles_and_few_of_them_stay_a_line() -> None:
    assert cycle_bands(wave(200, height=0.04), AXIS, INCHES) == ()
    assert len(cycle_bands(wave(200, height=0.06), AXIS, INCHES)) == 1
    assert cycle_bands(wave(200), AXIS, 0.47) == ()
    assert len(cycle_bands(wave(200), AXIS, 0.49)) == 1


def test_cycles_above_zero_are_a_band() -> None:
    line = wave(120, height=0.5)
    line.y[:] += 0.4
    (band,) = cycle_bands(line, AXIS, INCHES)
    np.testing.assert_allclose(band.low, 0.4, atol=0.02)
    np.testing.assert_allclose(band.high, 0.9, atol=0.02)


def test_only_the_narrow_cycles_of_a_line_are_a_band() -> None:
    x = np.arange(2001.0)
    y = np.where(x < 1000, x % 10 / 9, 0.5)
    line = Line(x, y, NO_JUMPS)
    (band,) = cycle_bands(line, AXIS, INCHES)
    assert band.x[0] == 0.0
    assert band.x[-1] == pytest.approx(1000, abs=25)
    drawn = without(line, [band])
    assert np.isnan(drawn.y[x <= band.x[-1]]).all()
    assert (drawn.y[x > band.x[-1]] == 0.5).all()
    assert without(line, []) is not drawn


def test_a_line_with_gaps_has_a_band() -> None:
    line = wave(200)
    line.y[100:110] = np.nan
    (band,) = cycle_bands(line, AXIS, INCHES)
    assert np.isfinite(band.low).all()
    assert np.isfinite(band.high).all()


def test_runs_of_a_mask() -> None:
    mask = np.array([True, True, False, True, False, True, True, True])
    assert runs(mask, 1) == [(0, 2), (3, 4), (5, 8)]
    assert runs(mask, 2) == [(0, 2), (5, 8)]
    assert runs(~mask, 2) == []


@pytest.mark.parametrize(
    ("spec", "steps", "cycles", "names"),
    [
        ("sgdr:T_0=1000", 300_000, "300 cycles", ["300 cycles"]),
        ("sgdr:T_0=100", 300_000, "3,000 cycles", ["3,000 cycles"]),
        ("sgdr:T_0=100", 1_050, "10.5 cycles", ["10.5 cycles"]),
        ("cyclic:base_lr=1e-5,max_lr=3e-4,step_size_up=200", 300_000, "750 cycles", ["750 cycles"]),
        ("cosine:T_max=500", 300_000, "300 cycles", ["300 cycles"]),
        (
            "transformers.cosine_with_restarts:"
            "num_warmup_steps=100,num_training_steps=1000,num_cycles=30",
            1000,
            "30 cycles",
            ["warm-up", "30 cycles"],
        ),
        (
            "transformers.cosine_with_restarts:"
            "num_warmup_steps=100,num_training_steps=1000,num_cycles=7",
            1000,
            "7 cycles",
            ["warm-up", "7 cycles"],
        ),
        ("sgdr:T_0=10,T_mult=2", 70, "cycles", ["decay", "restart", "restart"]),
        ("step:step_size=10", 40, "cycles", ["hold", "drop", "drop", "drop"]),
        ("sgdr:T_0=10", 20, "cycles", ["decay", "restart"]),
        ("lambda:lr_lambda=1.0", 20, "cycles", ["custom"]),
    ],
)
def test_equal_cycles_are_one_segment(spec: str, steps: int, cycles: str, names: list[str]) -> None:
    (column,) = table_of(spec, steps=steps).columns
    assert cycles_of(column) == cycles
    spans = with_cycles_as_one(spans_of(column))
    assert [span.name for span in spans] == names
    assert spans[0].start == 0
    assert spans[-1].stop == steps
    assert all(span.stop == after.start for span, after in pairwise(spans))


def test_what_follows_the_cycles_stays() -> None:
    curve = (
        "sequential:milestones=[40],schedules=[{schedule: sgdr,T_0: 10},"
        "{schedule: linear,start_factor: 0.5,end_factor: 0.1,total_iters: 10}]"
    )
    (column,) = table_of(curve, steps=60).columns
    spans = with_cycles_as_one(spans_of(column))
    assert spans[0].name == "4 cycles"
    assert (spans[0].start, spans[0].stop) == (0, 40)
    assert (spans[0].first, spans[0].last) == (0.1, spans_of(column)[3].last)
    assert spans[1].start == 40
    assert spans[-1].stop == 60


def restarts(*starts: int, stop: int) -> list[Span]:
    stops = [*starts[1:], stop]
    names = ["decay", *["restart"] * (len(starts) - 1)]
    return [Span(*span, 0.1, 0.0) for span in zip(names, starts, stops, strict=True)]


def test_the_first_cycle_may_be_a_step_longer() -> None:
    for first, names in ((11, ["4.1 cycles"]), (9, ["3.9 cycles"]), (12, ["decay", "3 cycles"])):
        spans = restarts(0, first, first + 10, first + 20, stop=first + 30)
        assert [span.name for span in with_cycles_as_one(spans)] == names


def test_what_follows_is_not_known_where_segments_are_left_out() -> None:
    spans = restarts(*range(0, 10 * MAX_SEGMENTS, 10), stop=20 * MAX_SEGMENTS)
    assert [span.stop for span in with_cycles_as_one(spans)] == [20 * MAX_SEGMENTS]
    fewer = restarts(*range(0, 10 * MAX_SEGMENTS - 10, 10), stop=20 * MAX_SEGMENTS)
    assert [span.stop for span in with_cycles_as_one(fewer)] == [10 * MAX_SEGMENTS - 10]


def test_a_number_of_cycles() -> None:
    assert cycle_count(3000.0) == "3,000"
    assert cycle_count(29.995) == "30"
    assert cycle_count(29.98) == "30"
    assert cycle_count(7.25) == "7.25"


def test_marks_of_a_band_are_one() -> None:
    band = CycleBand(np.array([10.0, 20.0]), np.zeros(2), np.ones(2))
    later = CycleBand(np.array([30.0, 40.0]), np.zeros(2), np.ones(2))
    assert once_in_each([band, later], [5, 10, 15, 20, 25, 30, 40]) == [5, 10, 25, 30]
    assert once_in_each([], [1, 2, 3]) == [1, 2, 3]


def written(picture) -> list[str]:
    return [text.get_text() for text in texts_of(picture.figure)]


def test_a_picture_of_narrow_cycles() -> None:
    picture = picture_of(table_of("sgdr:T_0=1000", "cosine:T_max=300000", steps=300_000))
    (axes,) = picture.figure.axes
    (filled,) = axes.collections
    assert filled.get_alpha() == 0.25
    assert "band: 300 cycles" in written(picture)
    cycles = next(line for line in axes.get_lines() if line.get_gid() == "sgdr")
    assert np.isnan(cycles.get_ydata()).all()
    single = picture_of(table_of("sgdr:T_0=10000", steps=300_000))
    assert not single.figure.axes[0].collections
    assert "30 cycles" in written(single)
    assert not [text for text in written(single) if text.startswith("band")]


def test_bands_of_several_curves_and_of_their_differences() -> None:
    table = table_of("sgdr:T_0=1000", "sgdr:T_0=500", "cosine:T_max=300000", steps=300_000)
    picture = picture_of(table, difference=True)
    rates, differences = picture.figure.axes
    assert "bands: cycles too narrow to draw" in written(picture)
    assert len(rates.collections) == 2
    assert len(differences.collections) == 2
    facets = picture_of(table, facet=True).figure.axes
    assert [len(axes.collections) for axes in facets] == [2, 2, 2]


def test_a_band_on_a_log_axis_has_one_mark() -> None:
    picture = picture_of(table_of("sgdr:T_0=1000", steps=300_000), log_y=True)
    (axes,) = picture.figure.axes
    (mark,) = [line for line in axes.get_lines() if line.get_marker() == "v"]
    assert len(mark.get_xdata()) == 1
    note = next(text for text in written(picture) if text.startswith("band"))
    assert note == "band: lowest to highest rates · ▼ rate below the axis"
    assert "300 cycles" in written(picture)


def test_notes_that_have_no_room_are_left_out() -> None:
    table = table_of("sgdr:T_0=1000", "sgdr:T_0=500", steps=300_000)
    small = written(picture_of(table, log_y=True, size=(5, 3)))
    assert "bands: cycles too narrow to draw" in small
    assert not [text for text in small if "below" in text]


def test_a_metric_is_no_band() -> None:
    metric = [1.0 + index % 2 for index in range(999)]
    curves = lrviz.load(f"plateau:metric={metric}")
    _, panel = lrviz.plot(curves).axes
    assert not panel.collections


def test_notes_follow_the_width() -> None:
    from lrviz.render.figure.curves import plotted_curves

    table = table_of("sgdr:T_0=1000", steps=50_000)
    curves = plotted_curves(table, None, 1000, merge=True)
    assert notes_on(curves, RateAxis(RateScale(0.0, 0.106), (), ""), 2.0) == [
        "band: lowest to highest rates"
    ]
    assert notes_on(curves, RateAxis(RateScale(0.0, 0.106), (), ""), 7.0) == []


def test_turns_of_a_line() -> None:
    def turns(*rates: float) -> int:
        return Line(np.arange(float(len(rates))), np.array(rates), NO_JUMPS).turns

    assert turns(1, 2, 3) == 0
    assert turns(1, 2, 1, 2) == 2
    assert turns(1, 2, 2, 1, 1, 2) == 2
    assert turns(1, 1, 1) == 0
    assert turns(5) == 0
