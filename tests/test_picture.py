"""Pictures by their artists' data; what they look like is looked at."""

from __future__ import annotations

import numpy as np

import lrviz
from lrviz.api import svg
from lrviz.curves.facts import jumps
from lrviz.render.colours import line_styles
from lrviz.render.lines import line_of


def lines(figure, axes=0):
    return [line for line in figure.axes[axes].get_lines() if line.get_gid()]


def test_a_curve_is_drawn_with_its_numbers_and_labels() -> None:
    figure = lrviz.plot(lrviz.load("cosine"))
    axes = figure.axes[0]
    (line,) = lines(figure)
    np.testing.assert_allclose(
        line.get_ydata(), lrviz.schedule("cosine", T_max=100).rate(range(100))
    )
    assert axes.get_xlabel() == "step"
    assert axes.get_ylabel() == "learning rate"
    assert axes.get_ylim()[0] == 0
    assert [text.get_text() for text in axes.get_yticklabels()] == [
        "0",
        "0.025",
        "0.05",
        "0.075",
        "0.1",
    ]


def test_ticks_are_written_as_people_write_them() -> None:
    figure = lrviz.plot(lrviz.load("cosine:lr=3e-4"))
    assert "3e-4" in [text.get_text() for text in figure.axes[0].get_yticklabels()]
    figure = lrviz.plot(lrviz.load("cosine"), steps=2_000_000)
    assert "1M" in [text.get_text() for text in figure.axes[0].get_xticklabels()]


def test_drops_and_restarts_are_vertical() -> None:
    for spec in ("step:step_size=20", "sgdr", "lambda"):
        (line,) = lines(lrviz.plot(lrviz.load(spec)))
        x, y = line.get_data()
        apart = np.abs(np.diff(y)) > 0.3 * (np.max(y) - np.min(y))
        assert apart.any()
        assert (np.diff(x)[apart] == 0).all()


def test_slopes_are_no_jumps() -> None:
    for spec in ("cosine", "linear", "exponential", "onecycle", "polynomial:total_iters=100"):
        (column,) = lrviz.sample(lrviz.load(spec)).columns
        assert jumps(column.rates).size == 0, spec


def test_few_curves_are_named_on_the_curve_and_many_in_a_legend() -> None:
    few = lrviz.plot(lrviz.load("polynomial:total_iters=100,power=[0.5,1,2,3]"))
    assert {text.get_text() for text in few.axes[0].texts} == {
        "power=0.5", "power=1", "power=2", "power=3",
    }  # fmt: skip
    assert few.axes[0].get_legend() is None
    many = lrviz.plot(lrviz.load("exponential:gamma=" + str([0.8 + i / 200 for i in range(30)])))
    legend = many.axes[0].get_legend()
    assert len(legend.get_texts()) == 30
    box = legend.get_window_extent()
    assert box.x0 >= many.axes[0].get_window_extent().x1
    assert box.x1 <= many.bbox.x1
    assert box.y0 >= 0


def test_labels_stand_clear_of_each_other() -> None:
    figure = lrviz.plot(lrviz.load("polynomial:total_iters=100,power=[0.5,1,2,3]"))
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    for index, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[index + 1 :])


def test_no_two_curves_share_colour_and_dash() -> None:
    found = line_styles([f"curve {index}" for index in range(200)])
    assert len(set(found)) == 200
    assert line_styles(["cosine"])[0].colour == line_styles(["cosine", "step"])[0].colour


def test_a_log_axis_survives_zeros() -> None:
    curves = lrviz.load("polynomial:total_iters=50", "step")
    axes = lrviz.plot(curves, steps=100, log_y=True).axes[0]
    assert axes.get_yscale() == "log"
    low = axes.get_ylim()[0]
    rates = lrviz.schedule("polynomial", total_iters=50).rate(range(100))
    smallest = min(rates[rates > 0].min(), 1e-4)
    assert 0.5 * smallest < low <= smallest
    marks = [line for line in axes.get_lines() if line.get_marker() == "v"]
    assert [float(mark.get_xdata()[0]) for mark in marks] == [50.0]


def test_a_log_axis_of_nothing_but_zeros() -> None:
    axes = lrviz.plot(lrviz.load("cosine:lr=0"), log_y=True).axes[0]
    assert axes.get_yscale() == "linear"


def test_ten_million_steps_keep_a_single_spike() -> None:
    curve = lrviz.load("lambda:lr_lambda=5.0 if t == 777777 else 1.0")
    (column,) = lrviz.sample(curve, steps=2_000_000).columns
    line = line_of(column, 1000)
    assert len(line.x) <= 4010
    assert line.y.max() == 0.5


def test_a_metric_and_its_rate_share_the_time_axis() -> None:
    figure = lrviz.plot(lrviz.load("plateau:factor=0.5"), steps=150)
    rate, loss = figure.axes
    assert rate.get_xlim() == loss.get_xlim()
    assert loss.get_ylabel() == "simulated loss"
    (drawn,) = lines(figure, 1)
    assert len(drawn.get_xdata()) == 149


def test_facets() -> None:
    figure = lrviz.plot(lrviz.load("cosine", "step", "onecycle", "sgdr"), facet=True)
    assert len(figure.axes) == 4
    assert len({axes.get_ylim() for axes in figure.axes}) == 1


def test_an_epoch_axis_beside_steps() -> None:
    curves = lrviz.load("step:step_size=2,by=epoch,steps_per_epoch=10,epochs=6")
    axes = lrviz.plot(curves).axes[0]
    assert axes.get_xlabel() == "step"
    assert axes.child_axes[0].get_xlabel() == "epoch"


def test_the_same_picture_has_the_same_bytes() -> None:
    assert svg(lrviz.load("cosine")) == svg(lrviz.load("cosine"))


def test_nothing_global_is_touched() -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    lrviz.plot(lrviz.load("cosine"), style="dark")
    assert dict(matplotlib.rcParams) == before
