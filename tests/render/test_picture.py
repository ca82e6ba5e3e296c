"""Pictures by their artists' data; what they look like is looked at."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgba

import lrviz
from lrviz.audits.range_test import RangeTest
from lrviz.curves.facts import jumps
from lrviz.curves.figure_settings import FigureSettings
from lrviz.render.colours import STYLES, contrast
from lrviz.render.figure import encode, findings_in
from lrviz.render.figure import text as fonts_of_text
from lrviz.render.figure.labels import line_height
from lrviz.render.figure.panels import difference_scale
from lrviz.render.figure.range_test import draw_range_test
from lrviz.render.labels import common_words
from lrviz.render.ticks import rate_text
from tests.render.conftest import picture_of, table_of, texts_of

ONE = lrviz.load("cosine")[0]


def lines(figure, axes=0):
    return [line for line in figure.axes[axes].get_lines() if line.get_gid()]


def tick_texts(axis):
    return [text.get_text() for text in axis.get_ticklabels()]


def written(picture):
    return [text.get_text() for text in texts_of(picture.figure)]


def test_a_curve_is_drawn_with_its_numbers_and_labels() -> None:
    figure = lrviz.plot(lrviz.load("cosine"))
    axes = figure.axes[0]
    (line,) = lines(figure)
    np.testing.assert_allclose(
        line.get_ydata(), lrviz.schedule("cosine", T_max=100).rate(range(100))
    )
    assert axes.get_xlabel() == "step"
    assert axes.get_ylabel() == "learning rate"
    assert axes.get_ylim() == (0, pytest.approx(0.106))
    assert tick_texts(axes.yaxis) == ["0", "0.025", "0.05", "0.075", "0.1"]
    assert tick_texts(axes.xaxis) == ["0", "20", "40", "60", "80", "100"]


def test_the_peak_and_the_end_have_ticks() -> None:
    table = table_of("cosine:lr=3.7e-4", steps=137)
    axes = picture_of(table).figure.axes[0]
    assert tick_texts(axes.yaxis)[-1] == "3.7e-4"
    assert tick_texts(axes.xaxis)[-1] == "137"
    axes = picture_of(table_of("cosine", steps=10_001)).figure.axes[0]
    assert tick_texts(axes.xaxis)[-1] == "10k"


def test_drops_and_restarts_are_thin() -> None:
    for spec, count, steps in (("step:step_size=20", 4, 0), ("sgdr:T_0=25", 3, 1)):
        axes = lrviz.plot(lrviz.load(spec), steps=100).axes[0]
        curve, jumping = axes.get_lines()[:2]
        x, y = np.array(jumping.get_data()).reshape(2, -1, 3)
        assert len(x) == count
        assert (x[:, 1] - x[:, 0] == steps).all()  # from the last rate of a cycle
        assert (np.abs(y[:, 1] - y[:, 0]) > 0).all()
        assert jumping.get_linewidth() < curve.get_linewidth() / 2
        assert np.isnan(curve.get_ydata()).sum() == count


def test_slopes_are_no_jumps() -> None:
    for spec in ("cosine", "linear", "exponential", "onecycle", "polynomial:total_iters=100"):
        (column,) = lrviz.sample(lrviz.load(spec)).columns
        assert jumps(column.rates).size == 0, spec


def test_a_short_warm_up_in_a_long_run_is_a_slope() -> None:
    (line,) = lines(picture_of(table_of("cosine:T_max=298000,warmup=2000"), dpi=100).figure)
    x, y = line.get_data()
    rising = (x > 0) & (x < 2000)
    assert rising.sum() >= 6
    np.testing.assert_allclose(y[rising], 0.1 * (0.001 + 0.999 * x[rising] / 2000), rtol=0.02)


def test_up_to_eight_curves_have_labels_on_the_lines() -> None:
    few = picture_of(table_of("polynomial:total_iters=100,power=[0.5,1,2,3]"))
    assert {text.get_text() for text in few.figure.axes[0].texts} == {
        "power=0.5", "power=1", "power=2", "power=3",
    }  # fmt: skip
    assert few.title == "polynomial"


def test_more_curves_have_a_legend_below_in_columns() -> None:
    gammas = [round(0.8 + i / 200, 3) for i in range(30)]
    figure = picture_of(table_of(f"exponential:gamma={gammas}")).figure
    entries = [text for text in figure.texts if text.get_gid() == "label"]
    assert [text.get_text() for text in entries] == [f"gamma={g:g}" for g in reversed(gammas)]
    assert len({round(text.get_position()[0], 6) for text in entries}) >= 4
    bottom = figure.axes[0].get_position().y0
    assert max(text.get_position()[1] for text in entries) < bottom


def test_nine_to_sixteen_curves_have_small_plots_among_the_others() -> None:
    table = table_of(*(f"cosine:T_max={20 * i}" for i in range(1, 10)), "step", "sgdr", steps=100)
    figure = picture_of(table).figure
    assert len(figure.axes) == 12
    assert figure.get_size_inches().tolist() == [8.0, 7.0]
    assert len(lines(figure)) == 11
    small = figure.axes[3]
    assert [line.get_gid() for line in small.get_lines() if line.get_gid()] == [
        table.columns[2].label
    ]
    assert len(small.get_lines()) == 11
    assert len(picture_of(table, size=[8, 3]).figure.axes) == 12
    assert len(picture_of(table, size=[8, 2]).figure.axes) == 1
    sweep = table_of(*(f"cosine:T_max={20 * i}" for i in range(1, 12)), steps=100)
    assert len(picture_of(sweep).figure.axes) == 1


def test_equal_curves_are_one_line_with_all_labels() -> None:
    curves = "cosine", "torch.CosineAnnealingLR", "step"
    figure = picture_of(table_of(*curves, steps=100)).figure
    assert len(lines(figure)) == 2
    assert "cosine = torch.CosineAnnealingLR" in [t.get_text() for t in figure.axes[0].texts]


def test_lines_are_at_each_curves_own_places() -> None:
    table = table_of("cosine:t_max=10,steps=10", "cosine:t_max=30,steps=30")
    axes = picture_of(table, axis="percent", y_min=0.08).figure.axes[0]
    ends = [line.get_xdata()[[0, -1]].tolist() for line in axes.lines if line.get_gid()]
    assert ends == [[0, pytest.approx(27)], [0, 29]]
    marks = [line.get_xdata().tolist() for line in axes.lines if line.get_marker() == "v"]
    assert marks == [[pytest.approx(9)], [9]]


def test_a_log_axis_ends_below_nearly_all_steps_and_marks_cuts() -> None:
    table = table_of("polynomial:total_iters=1000,power=2", "step:step_size=400")
    picture = picture_of(table, log_y=True)
    axes = picture.figure.axes[0]
    assert axes.get_yscale() == "log"
    assert axes.get_ylim()[0] == pytest.approx(0.1 * 0.011**2 / 1.25)
    (marks,) = [line for line in axes.get_lines() if line.get_marker() == "v"]
    assert marks.get_xdata() == [990]
    assert "▼ rate below the axis" in written(picture)
    lower = picture_of(table_of("polynomial:total_iters=100,power=3"), log_y=True, y_min=1e-9)
    assert lower.figure.axes[0].get_ylim()[0] == pytest.approx(1e-9 / 1.25)
    assert not [x for x in lower.figure.axes[0].get_lines() if x.get_marker() == "v"]


def test_y_max_marks_what_it_cuts() -> None:
    axes = picture_of(table_of("cosine"), y_max=0.05, y_min=0.01).figure.axes[0]
    assert axes.get_ylim() == (0.01, 0.05)
    marks = {line.get_marker(): line.get_xdata() for line in axes.get_lines()}
    assert marks["^"] == [0]
    assert marks["v"] == [80]
    assert len(tick_texts(axes.yaxis)) >= 2


def test_a_line_ends_at_its_mark_and_all_marks_are_one_size() -> None:
    specs = "linear:start_factor=1,end_factor=0.01,total_iters=90", "cosine", "exponential"
    axes = picture_of(table_of(*specs), log_y=True, y_min=0.0101).figure.axes[0]
    lines = [line for line in axes.get_lines() if line.get_gid()]
    marks = [line for line in axes.get_lines() if line.get_marker() == "v"]
    assert {mark.get_markersize() for mark in marks} == {7.0}
    assert len(marks) == 3
    for line, mark in zip(lines, marks, strict=True):
        x, y = line.get_data()
        assert y[list(x).index(mark.get_xdata()[0])] == mark.get_ydata()[0] == axes.get_ylim()[0]


def test_rates_of_0_throughout_have_one_tick_and_words() -> None:
    picture = picture_of(table_of("cosine:lr=0"))
    assert tick_texts(picture.figure.axes[0].yaxis) == ["0"]
    assert "rate 0 at every step" in written(picture)
    assert "rate 0 at every step" not in written(picture_of(table_of("cosine:lr=0", "cosine")))


def test_a_log_axis_of_nothing_but_zeros() -> None:
    axes = lrviz.plot(lrviz.load("cosine:lr=0"), log_y=True).axes[0]
    assert axes.get_yscale() == "linear"


def test_segments_are_named_above_a_single_curve() -> None:
    picture = picture_of(table_of("cosine:T_max=80,warmup=20"))
    assert {"warm-up", "decay"} <= set(written(picture))
    marks = [line for line in picture.figure.axes[0].get_lines() if not line.get_gid()]
    assert [line.get_xdata()[0] for line in marks] == [20]


def test_a_metric_and_its_rate_share_the_time_axis() -> None:
    figure = lrviz.plot(lrviz.load("plateau:factor=0.5"), steps=150)
    rate, loss = figure.axes
    assert rate.get_xlim() == loss.get_xlim()
    assert loss.get_ylabel() == "simulated loss"
    (line,) = lines(figure, 1)
    assert len(line.get_xdata()) == 149
    values = [float(text) for text in tick_texts(loss.yaxis)]
    assert all(len(f"{value:g}".replace(".", "").strip("0")) <= 2 for value in values)


@pytest.mark.parametrize(("highest", "scale"), [(30.0, "linear"), (30.1, "log")])
def test_a_metric_of_many_sizes_has_a_log_axis(highest: float, scale: str) -> None:
    table = table_of(f"plateau:metric=[{highest},2.0,1.0]", steps=4)
    _, metric = picture_of(table).figure.axes
    assert metric.get_yscale() == scale


RATES = np.geomspace(1e-6, 1, 200).tolist()


def range_test(folder: Path, losses: list[float], rates: list[float] = RATES) -> RangeTest:
    rows = (f"{rate!r},{loss!r}\n" for rate, loss in zip(rates, losses, strict=True))
    (folder / "log.csv").write_text("lr,loss\n" + "".join(rows), encoding="utf-8")
    return lrviz.find_lr(folder / "log.csv", smoothing=0)


LATE = [4.0] * 170 + np.linspace(4, 2, 30).tolist()
LABELS = {"valley": "valley", "steepest": "steepest", "minimum": "minimum / 10"}
EARLY = [4.0] * 70 + np.linspace(4, 2, 30).tolist() + [2.0] * 100


def test_a_range_test(tmp_path: Path) -> None:
    test = range_test(tmp_path, LATE)
    picture = draw_range_test(test, FigureSettings(title="T", caption="from a log"))
    (axes,) = picture.figure.axes
    room = 0.15 * (4 - LATE[test.stop - 1])
    assert axes.get_ylim() == pytest.approx((LATE[test.stop - 1] - room, 4 + room))
    assert axes.get_xlim() == pytest.approx((1e-6 / 10**0.06, 10**0.06))
    assert [text.get_text() for text in axes.get_xticklabels()] == [
        "1e-6", "1e-5", "1e-4", "1e-3", "1e-2", "1e-1", "1",
    ]  # fmt: skip
    assert axes.get_xlabel() == "learning rate (log)"
    assert axes.get_ylabel() == "loss"
    assert [text.get_text() for text in picture.figure.texts] == [
        "T", "from a log Dots: losses · thin line: not read.",
    ]  # fmt: skip
    assert picture.findings == ()


@pytest.mark.parametrize(("losses", "side"), [(EARLY, "left"), (LATE, "right")])
def test_labels_of_a_range_test_cross_no_line(
    tmp_path: Path, losses: list[float], side: str
) -> None:
    test = range_test(tmp_path, losses)
    picture = draw_range_test(test, FigureSettings())
    (axes,) = picture.figure.axes
    labels = axes.texts
    assert {text.get_horizontalalignment() for text in labels} == {side}
    assert [text.get_text() for text in labels] == [
        f"{LABELS[item.rule.name]}: {rate_text(item.lr)}"
        for item in sorted(test.suggestions, key=lambda it: it.lr, reverse=side == "right")
    ]
    picture.figure.draw_without_rendering()
    renderer = picture.figure.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in labels]
    upright = [line for line in axes.get_lines() if next(iter(line.get_ydata())) == 0]
    assert len(upright) == len(boxes) == len(test.suggestions)
    for box in boxes:
        assert axes.bbox.x0 <= box.x0
        assert box.x1 <= axes.bbox.x1
        for line in upright:
            x = axes.transData.transform((line.get_xdata()[0], 1))[0]
            top = axes.bbox.y0 + line.get_ydata()[1] * axes.bbox.height
            assert not box.x0 < x < box.x1 or top <= box.y1 - 4
    dots = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert {(line.get_xdata()[0], line.get_ydata()[0]) for line in dots} == {
        (item.at, item.loss) for item in test.suggestions
    }


@pytest.mark.parametrize("size", [(8, 4.5), (3, 2)])
@pytest.mark.parametrize(
    ("smoothing", "note"),
    [
        (0.0, "Dots: losses · thin line: not read."),
        (0.5, "Dots: losses · line: smoothed with weight 0.5 · thin line: not read."),
        (
            0.98,
            "Dots: losses · line: smoothed with weight 0.98, late by a factor of 23 · "
            "thin line: not read.",
        ),
    ],
)
def test_a_range_test_says_what_its_dots_and_line_are(
    tmp_path: Path, smoothing: float, note: str, size: tuple[float, float]
) -> None:
    test = replace(range_test(tmp_path, LATE), smoothing=smoothing)
    picture = draw_range_test(test, FigureSettings(size=size, title="T", caption="From a log."))
    assert " ".join(written(picture)[1:]).startswith(f"From a log. {note}")
    assert picture.findings == ()


@pytest.mark.parametrize("style", ["light", "dark", "paper"])
def test_losses_of_a_range_test_are_seen_on_the_background(tmp_path: Path, style: str) -> None:
    settings = FigureSettings.model_validate({"style": style})
    (axes,) = draw_range_test(range_test(tmp_path, LATE), settings).figure.axes
    (dots,) = (line for line in axes.get_lines() if line.get_marker() == ".")
    assert contrast(str(dots.get_color()), STYLES[settings.style].background) >= 3.0


@pytest.mark.parametrize("size", [(2, 1.5), (3, 2), (12, 6)])
def test_a_range_test_of_any_size(tmp_path: Path, size: tuple[float, float]) -> None:
    picture = draw_range_test(
        range_test(tmp_path, EARLY), FigureSettings(size=size, title="a title of many words " * 4)
    )
    picture.figure.draw_without_rendering()
    width, height = picture.figure.bbox.size
    for text in texts_of(picture.figure):
        box = text.get_window_extent()
        assert box.x0 >= -1
        assert box.y0 >= -1
        assert box.x1 <= width + 1
        assert box.y1 <= height + 1
    labels = [t.get_window_extent() for t in picture.figure.axes[0].get_xticklabels()]
    assert all(first.x1 < second.x0 for first, second in pairwise(labels))
    assert len(labels) >= 2


def test_differences_have_a_panel_of_their_own() -> None:
    table = table_of("cosine", "linear:start_factor=1,end_factor=0,total_iters=100")
    figure = picture_of(table, difference=True).figure
    rates, differences = figure.axes
    assert differences.get_ylabel() == "minus cosine"
    base, other = lines(figure, 1)
    assert (base.get_ydata() == 0).all()
    expected = table.columns[1].rates - table.columns[0].rates
    np.testing.assert_array_equal(other.get_ydata(), expected)
    assert rates.get_position().y0 > differences.get_position().y1
    figure = picture_of(table, difference=True, baseline=1).figure
    np.testing.assert_array_equal(lines(figure, 1)[0].get_ydata(), -expected)


def test_curves_that_count_otherwise_than_the_baseline_have_no_difference() -> None:
    table = table_of("cosine", "cosine:T_max=50,by=epoch,label=epochs", "step")
    figure = picture_of(table, difference=True).figure
    assert len(lines(figure, 1)) == 2
    assert len(lines(picture_of(table, difference=True, baseline=1).figure, 1)) == 1
    assert len(lines(picture_of(table.on_axis("percent"), difference=True).figure, 1)) == 3


def test_differences_that_are_rounding_errors_do_not_fill_their_panel() -> None:
    small, large = np.array([-1e-6, 5e-5]), np.array([0.0, 1e-4])
    assert difference_scale([small], 0.1) == pytest.approx((-1.16e-4, 1.16e-4, False))
    assert difference_scale([large], 0.1) == pytest.approx((-8e-6, 1.08e-4, False))
    assert difference_scale([large * 0.999], 0.1)[0] == pytest.approx(-1.16e-4)
    assert difference_scale([-large], 0.1)[0] == pytest.approx(-1.08e-4)
    assert difference_scale([small * 0], 0.0) == pytest.approx((-1.16, 1.16, False))
    axes = picture_of(table_of("cosine", "cosine:T_max=100.0,lr=0.1000001"), difference=True)
    assert axes.figure.axes[1].get_ylim()[1] == pytest.approx(1.16e-4)


def test_the_name_of_a_schedule_is_written_once() -> None:
    spec = "transformers.cosine:num_warmup_steps=5,num_training_steps=50"
    assert written(picture_of(table_of(spec), title="transformers.cosine"))[:2] == [
        "transformers.cosine", "num_warmup_steps=5, num_training_steps=50, lr=0.1",
    ]  # fmt: skip
    assert "transformers.cosine(num_warmup_steps=5, num_training_steps=50), lr=0.1" in written(
        picture_of(table_of(spec), title="cosine")
    )


def test_names_of_equal_curves_are_written_one_below_the_other() -> None:
    specs = ("cosine:label=the first name", "cosine:label=the second one", "constant:factor=1")
    figure = picture_of(table_of(*specs), size=(4.0, 3.0)).figure
    labels = [text for text in figure.axes[0].texts if text.get_gid() == "label"]
    second, first, constant = labels
    assert (first.get_text(), second.get_text()) == (
        "the first name", "= the second one",
    )  # fmt: skip
    assert first.get_position()[0] == second.get_position()[0]
    height = figure.axes[0].get_position().height * 3.0
    apart = (first.get_position()[1] - second.get_position()[1]) * height
    assert apart == pytest.approx(line_height(first.get_fontsize()))
    assert constant.get_text() == "constant"


def steps_below(count: int, size: tuple[float, float]) -> list[bool]:
    """Return which facets have the texts of their step ticks."""
    table = table_of(f"cosine:T_max={list(range(50, 50 + count))}", steps=100)
    figure = picture_of(table, facet=True, size=size).figure
    return [axes.xaxis.get_tick_params()["labelbottom"] for axes in figure.axes]


def test_every_facet_that_is_high_enough_has_its_steps_below() -> None:
    assert steps_below(5, (8.0, 4.5)) == [True] * 5
    assert steps_below(5, (3.6, 2.4)) == [False, False, True, True, True]


def test_step_labels_of_a_facet_are_clear_of_the_title_below() -> None:
    table = table_of("cosine:T_max=[50,60,70,80,90]", steps=100)
    figure = picture_of(table, facet=True).figure
    figure.draw_without_rendering()
    steps = [text.get_window_extent() for text in figure.axes[0].get_xticklabels()]
    title = figure.axes[3].texts[0].get_window_extent()
    assert min(box.y0 for box in steps) >= title.y1


def test_facets() -> None:
    picture = picture_of(table_of("cosine", "step", "onecycle", "sgdr"), facet=True)
    assert len(picture.figure.axes) == 4
    assert len({axes.get_ylim() for axes in picture.figure.axes}) == 1
    left = picture.figure.axes[0]
    assert tick_texts(left.yaxis)[0] == "0"
    assert tick_texts(left.yaxis)[-1] == "0.1"
    assert tick_texts(picture.figure.axes[-1].xaxis)[-1] == "100"


def test_an_epoch_axis_beside_steps() -> None:
    curves = lrviz.load("step:step_size=2,by=epoch,steps_per_epoch=10,epochs=6")
    axes = lrviz.plot(curves).axes[0]
    assert axes.get_xlabel() == "step"
    (top,) = axes.child_axes
    assert top.get_xlabel() == "epoch"
    assert tick_texts(top.xaxis)[-1] == "6"


@pytest.mark.parametrize(
    ("axis", "name", "labels", "second", "second_labels"),
    [
        ("epoch", "epoch", ["0", "2", "4", "6"], "step", ["0", "20", "40", "60"]),
        (
            "percent",
            "share of the run",
            ["0%", "25%", "50%", "75%", "100%"],
            "step",
            ["0", "20", "40", "60"],
        ),
        ("tokens", "tokens", ["0", "200M", "400M", "600M"], "step", ["0", "20", "40", "60"]),
        ("step", "step", ["0", "20", "40", "60"], "epoch", ["0", "2", "4", "6"]),
    ],
)
def test_the_axis_of_steps_in_a_unit(
    axis: str, name: str, labels: list[str], second: str, second_labels: list[str]
) -> None:
    curves = lrviz.load("step:step_size=2,by=epoch,steps_per_epoch=10,epochs=6,tokens_per_step=1e7")
    (axes,) = lrviz.plot(curves, axis=axis, size=(4, 3)).axes
    assert axes.get_xlabel() == name
    assert [label.get_text() for label in axes.get_xticklabels()] == labels
    (top,) = axes.child_axes
    assert top.get_xlabel() == second
    assert [label.get_text() for label in top.get_xticklabels()] == second_labels


def test_names_of_segments_are_below_the_second_axis() -> None:
    curves = lrviz.load("step:step_size=2,by=epoch,steps_per_epoch=10,epochs=6")
    figure = lrviz.plot(curves, size=(4, 2.5))
    figure.canvas.draw()
    (axes,) = figure.axes
    (top,) = axes.child_axes
    line = top.spines["bottom"].get_window_extent().y0
    names = [text.get_window_extent() for text in axes.texts]
    assert len(names) == 3
    assert all(axes.bbox.y1 < name.y0 and name.y1 < line - 2 for name in names)
    lowest = min(label.get_window_extent().y0 for label in top.get_xticklabels())
    assert lowest > line


def test_titles_wrap_and_what_has_no_room_is_a_finding() -> None:
    title = " ".join(["word"] * 24)
    picture = picture_of(table_of("cosine"), title=title)
    assert " ".join(t.get_text() for t in picture.figure.texts[:2]) == title
    assert picture.findings == ()
    small = picture_of(table_of("cosine"), title=title, size=[2, 1.5])
    lines_of_title = [t.get_text() for t in small.figure.texts if t.get_weight() == "bold"]
    assert lines_of_title[-1].endswith("word …")
    assert 1 < len(lines_of_title) <= 4
    assert [finding.message for finding in small.findings] == [
        f"the picture has no room for the title '{title}'",
        "the picture has no room for the subtitle 'torch.CosineAnnealingLR(T_max=100), lr=0.1'",
    ]
    assert small.findings[0].remedy == "draw it larger with --size"


def test_dollars_are_no_mathematics() -> None:
    picture = picture_of(table_of("cosine"), title="costs $5 and $6_x$")
    assert "costs $5 and $6_x$" in written(picture)
    encode(picture, "png", "lrviz")


def test_characters_without_a_font_are_a_finding(recwarn) -> None:
    picture = picture_of(table_of("cosine"), title="rate \U0001e94a\U0001e94b")
    (finding,) = picture.findings
    assert finding.id == "missing-glyphs"
    assert finding.message == (
        "no installed font has the characters \U0001e94a\U0001e94b; the image shows boxes instead"
    )
    encode(picture, "png", "lrviz")
    assert not recwarn.list
    assert findings_in(picture, "png") == findings_in(picture, "pdf") == [finding]
    assert findings_in(picture, "svg") == []


def test_characters_of_east_asia_need_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts_of_text, "characters", lambda _: frozenset("abc"))
    fonts, (finding,) = fonts_of_text.families("a学b", "DejaVu Sans")
    assert fonts == ("DejaVu Sans",)
    assert finding.message == (
        "no installed font has the characters 学; the image shows boxes instead; install "
        "fonts-noto-cjk (Debian, Ubuntu) or google-noto-sans-cjk-fonts (Fedora)"
    )


def test_a_font_that_has_all_of_a_text_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts = {"IPAGothic": frozenset("学習"), "SimHei": frozenset("学习线"), "Own": frozenset("a")}
    monkeypatch.setattr(fonts_of_text, "characters", lambda name: fonts.get(name, frozenset()))
    assert fonts_of_text.families("a学习线", "Own") == (("Own", "SimHei"), [])
    assert fonts_of_text.families("a学习習", "Own") == (("Own", "IPAGothic", "SimHei"), [])
    assert fonts_of_text.families("a", "Own") == (("Own",), [])


def test_svg_has_text_a_title_and_the_facts() -> None:
    picture = picture_of(table_of("cosine"), title="A & B")
    content = encode(picture, "svg", "lrviz 1")
    root = ET.fromstring(content)
    names = {"s": "http://www.w3.org/2000/svg"}
    assert root.find("s:title", names).text == "A & B"
    assert root.find("s:desc", names).text == (
        "cosine: torch.CosineAnnealingLR(T_max=100), lr=0.1; "
        "peak 0.1 at step 0 · last 2.467e-5; decay: 0.1 to 2.467e-5 until step 100"
    )
    texts = {"".join(text.itertext()).strip() for text in root.iter(f"{{{names['s']}}}text")}
    assert {"learning rate", "0.1", "step"} <= texts
    assert len(content) < 11_000
    table = table_of("polynomial:total_iters=100,power=[1,2]")
    assert b">power=2</text>" in encode(picture_of(table), "svg", "lrviz 1")
    assert content == encode(picture_of(table_of("cosine"), title="A & B"), "svg", "lrviz 1")


@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_images_name_their_maker(kind, tmp_path) -> None:
    from lrviz.render.files import made_by_lrviz

    path = tmp_path / f"x.{kind}"
    path.write_bytes(encode(picture_of(table_of("cosine")), kind, "lrviz 1"))
    assert made_by_lrviz(path)


def test_ten_million_steps_keep_a_single_spike() -> None:
    from lrviz.render.lines import line_of

    curve = lrviz.load("lambda:lr_lambda=5.0 if t == 777777 else 1.0")
    (column,) = lrviz.sample(curve, steps=2_000_000).columns
    line = line_of(column, 1000)
    assert len(line.x) <= 4010
    assert line.y.max() == 0.5
    assert line.x[line.y == 0.5].tolist() == [777777.0]


def test_nothing_global_is_touched() -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    lrviz.plot(lrviz.load("cosine"), style="dark")
    assert dict(matplotlib.rcParams) == before


def test_the_terminal_needs_no_matplotlib() -> None:
    import subprocess
    import sys

    code = (
        "import sys, lrviz.render.terminal, lrviz.render.table, lrviz.render.files; "
        "sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_labels_lose_only_what_they_share() -> None:
    from lrviz.render.labels import shared_words

    def words(*labels: str) -> tuple[str, list[str]]:
        return shared_words([replace(ONE, label=label) for label in labels])

    assert words("a b c", "a b d") == ("a b", ["c", "d"])
    assert words("a", "a b") == ("", ["a", "a b"])
    assert words("a b") == ("", ["a b"])


def test_labels_of_the_user_stay_whole() -> None:
    from lrviz.render.labels import shared_words

    def shortened(*specs: str) -> tuple[str, list[str]]:
        return shared_words([column.curve for column in table_of(*specs).columns])

    own = ["cosine:label=plan 10k", "cosine:eta_min=1e-3,label=plan 20k"]
    assert shortened(*own) == ("", ["plan 10k", "plan 20k"])
    assert shortened("cosine:eta_min=[1e-3,1e-4],label=the plan") == (
        "the plan",
        ["eta_min=0.001", "eta_min=1e-4"],
    )
    swept = [f"cosine:eta_min=[1e-3,1e-4],label=plan {n}" for n in (1, 2)]
    assert shortened(*swept)[1][0] == "plan 1 eta_min=0.001"
    curves = [lrviz.curve(range(9), label=f"plan {n}") for n in (1, 2)]
    assert shared_words(curves) == ("", ["plan 1", "plan 2"])
    assert {"plan 10k", "plan 20k"} < {*written(picture_of(table_of(*own)))}


def test_words_that_all_labels_have() -> None:
    assert common_words(["m a wu2k x", "m b wu2k"]) == ("m wu2k", ["a x", "b"])
    assert common_words(["m a", "m"]) == ("", ["m a", "m"])
    assert common_words(["a b", "b a"]) == ("", ["a b", "b a"])
    assert common_words(["a a x", "a y"]) == ("a", ["a x", "y"])
    assert common_words(["a b"]) == ("", ["a b"])
    assert common_words(["x", "y"]) == ("", ["x", "y"])


LONG = tuple(
    f"transformers.{name}:label=llama3-8b of a long name {words} with 2k warm-up steps"
    for name, words in (
        ("cosine", "plain"), ("linear", "straight"), ("constant", "level"),
        ("inverse_sqrt", "root"), ("polynomial", "power")
    )
)  # fmt: skip


def test_labels_without_room_lose_the_words_that_all_have() -> None:
    table = table_of(*LONG, steps=1000)
    words = "llama3-8b of a long name with 2k warm-up steps"
    short = ["plain", "straight", "level", "root", "power"]
    texts = written(picture_of(table, title="T"))
    assert texts[:2] == ["T", f"{words} · lr=0.1 · 1000 steps"]
    assert set(short) < set(texts)
    texts = written(picture_of(table))
    assert texts[:2] == [words, "lr=0.1 · 1000 steps"]
    texts = written(picture_of(table, title="T", facet=True, size=[4, 3]))
    assert set(short) < set(texts)
    wide = written(picture_of(table, title="", facet=True, size=[20, 9]))
    assert {column.label for column in table.columns} < set(wide)
    small = picture_of(table, title="T", size=[3, 2])
    assert set(short) < set(written(small))


@pytest.mark.parametrize("spec", ["cosine", "cosine:eta_min=[1e-3,1e-4]"])
def test_an_empty_title_is_not_drawn(spec: str) -> None:
    def texts(**settings: object) -> list[str]:
        return [text.get_text() for text in picture_of(table_of(spec), **settings).figure.texts]

    titled = texts(title="T")
    assert len(titled) > 1
    assert titled[0] == "T"
    assert texts(title="") == []
    assert texts(title="", caption="c") == ["c"]
    figure = lrviz.plot(lrviz.load(spec), title="")
    assert figure.texts == []


def test_a_panel_around_0_has_a_line_there_and_a_light_axis_below() -> None:
    table = table_of("cosine", "linear:start_factor=0.1,end_factor=1,total_iters=100")
    style = STYLES["light"]
    rates, differences = picture_of(table, difference=True).figure.axes
    zeros = [
        [line.get_color() for line in axes.get_lines() if list(line.get_ydata()) == [0.0, 0.0]]
        for axes in (rates, differences)
    ]
    assert zeros == [[], [style.faint]]
    below = [axes.spines["bottom"].get_edgecolor() for axes in (rates, differences)]
    assert below == [to_rgba(style.faint), to_rgba(style.muted)]
    texts = tick_texts(differences.yaxis)
    assert texts[0].startswith("\N{MINUS SIGN}")
    assert not any(text.startswith("-") for text in texts)


def test_the_highest_difference_has_a_tick_where_there_is_room() -> None:
    table = table_of("onecycle:total_steps=100,max_lr=0.1", "cosine", steps=100)
    picture = picture_of(table, difference=True, baseline=1)
    highest = float(np.max(table.columns[0].rates - table.columns[1].rates))
    texts = tick_texts(picture.figure.axes[1].yaxis)
    assert float(texts[-1]) == pytest.approx(highest, rel=0.005)
