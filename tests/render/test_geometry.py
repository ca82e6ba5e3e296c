"""Where things are on a picture, in inches: what belongs together is together, and in line."""

from __future__ import annotations

import numpy as np
import pytest

import lrviz
from lrviz.render.figure.facets import LABEL_GAP
from lrviz.render.figure.labels import END_GAP
from tests.render.conftest import picture_of, table_of
from tests.render.recorded import NINE

SIX = ("cosine", "step", "onecycle", "linear", "constant", "exponential")


def box_of(artist, figure):
    """Return an artist's left, bottom, right and top edge in inches."""
    box = artist.get_window_extent(figure.canvas.get_renderer())
    return np.array([box.x0, box.y0, box.x1, box.y1]) / figure.dpi


def finished(picture):
    picture.figure.draw_without_rendering()
    return picture.figure


def text(figure, words):
    """Return the text artist that says `words`."""
    from tests.render.conftest import texts_of

    return next(item for item in texts_of(figure) if item.get_text() == words)


def test_facets_are_a_grid() -> None:
    figure = finished(picture_of(table_of(*SIX, steps=100), facet=True, title="T", size=[8, 4.5]))
    boxes = np.array([box_of(axes, figure) for axes in figure.axes])
    assert boxes.shape == (6, 4)
    widths, heights = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    np.testing.assert_allclose(widths, widths[0], atol=0.02)
    np.testing.assert_allclose(heights, heights[0], atol=0.02)
    labels = figure.axes[0].get_xticklabels()
    last = (box_of(labels[-1], figure)[2] - box_of(labels[-1], figure)[0]) / 2
    first = (box_of(labels[0], figure)[2] - box_of(labels[0], figure)[0]) / 2
    gap = first + last + LABEL_GAP
    np.testing.assert_allclose(boxes[1:3, 0] - boxes[0:2, 2], gap, atol=0.03)
    for axes in figure.axes:
        for label in axes.get_xticklabels():
            assert label.get_horizontalalignment() == "center"
    np.testing.assert_allclose(boxes[:3, 1], boxes[0, 1], atol=0.02)
    np.testing.assert_allclose(boxes[:3, 0], boxes[3:, 0], atol=0.02)
    assert boxes[:, 2].max() == pytest.approx(7.9 - last, abs=0.02)
    assert (boxes[:3, 1] > boxes[3:, 3]).all()
    assert 0.15 < boxes[0, 1] - boxes[3, 3] - (8.4 * 1.28 / 72 + 0.09) < 0.4
    for axes, box, name in zip(figure.axes, boxes, SIX, strict=True):
        (label,) = axes.texts
        assert label.get_text() == name
        edges = box_of(label, figure)
        assert edges[0] == pytest.approx(box[0], abs=0.03)
        assert 0 < edges[1] - box[3] < 0.08
    name = box_of(figure.texts[1], figure)
    assert (name[0] + name[2]) / 2 == pytest.approx((boxes[0, 0] + boxes[2, 2]) / 2, abs=0.03)
    assert name[3] < boxes[3, 1] - 0.1
    rate = box_of(figure.texts[0], figure)
    assert rate[0] == pytest.approx(0.1, abs=0.03)
    assert (rate[1] + rate[3]) / 2 == pytest.approx((boxes[0, 3] + boxes[3, 1]) / 2, abs=0.2)


def test_only_the_outer_facets_of_a_small_picture_have_tick_labels() -> None:
    figure = finished(picture_of(table_of(*SIX, steps=100), facet=True, size=[3.6, 2.4]))
    left = [any(t.get_text() and t.get_visible() for t in a.get_yticklabels()) for a in figure.axes]
    below = [
        any(t.get_text() and t.get_visible() for t in a.get_xticklabels()) for a in figure.axes
    ]
    assert left == [True, False, False] * 2
    assert below == [False] * 3 + [True] * 3
    assert not any(axes.get_xlabel() or axes.get_ylabel() for axes in figure.axes)
    behind = [line for line in figure.axes[0].get_lines() if not line.get_gid()]
    assert len(behind) >= 5
    assert behind[0].get_zorder() < figure.axes[0].get_lines()[-1].get_zorder()


def test_steps_below_small_multiples_are_evenly_apart() -> None:
    endless = [spec for spec in NINE if spec != "onecycle"]
    figure = finished(picture_of(table_of(*endless, "multistep", steps=150)))
    labels = [text.get_text() for text in figure.axes[-1].get_xticklabels()]
    assert labels == ["0", "75", "150"]


def test_rates_beside_small_multiples_are_written_as_above() -> None:
    rates = "[1e-4,2e-4,4e-4,8e-4,1.6e-3]"
    figure = finished(picture_of(table_of(f"cosine:lr={rates},warmup=[0,500]", steps=10_000)))
    above, *small = figure.axes
    assert above.get_yticklabels()[-1].get_text() == "1.6e-3"
    assert [label.get_text() for label in small[0].get_yticklabels()] == ["0", "1e-3"]


def distances(label, figure) -> dict[str, float]:
    """Return the smallest distance in inches of a label to each curve, level or upright."""
    left, bottom, right, top = box_of(label, figure)
    axes = label.axes
    result = {}
    for line in axes.get_lines():
        if not line.get_gid():
            continue
        points = axes.transData.transform(np.column_stack(line.get_data())) / figure.dpi
        x = np.linspace(left, right, 50)
        y = np.interp(x, points[:, 0], points[:, 1], left=np.nan, right=np.nan)
        apart = np.fmax(np.fmax(bottom - y, y - top), 0)
        name = line.get_label()
        result[name] = min(result.get(name, np.inf), float(np.nanmin(apart, initial=np.inf)))
    return result


def test_labels_are_nearest_to_their_own_lines() -> None:
    table = table_of("polynomial:total_iters=100,power=[0.3,0.6,1,2,4]")
    figure = finished(picture_of(table))
    for label in figure.axes[0].texts:
        near = distances(label, figure)
        own = near.pop(label.get_text())
        assert own < 0.09, label
        assert own < min(near.values()), label
        assert label.get_fontsize() == pytest.approx(9.2)


def test_labels_at_the_ends_are_level_with_them() -> None:
    ends = (f"linear:start_factor=1,end_factor={end},label=to {end}" for end in (0.2, 0.5, 0.8))
    table = table_of(*ends, steps=100)
    figure = finished(picture_of(table))
    axes = figure.axes[0]
    assert len(axes.texts) == 3
    for label, column in zip(axes.texts, table.columns, strict=True):
        left, bottom, right, top = box_of(label, figure)
        end = axes.transData.transform((100, column.rates[-1])) / figure.dpi
        assert left - box_of(axes.patch, figure)[2] == pytest.approx(END_GAP, abs=0.02)
        assert 0.06 < left - end[0] < 0.15
        assert (bottom + top) / 2 == pytest.approx(end[1], abs=0.04)
        assert right <= 7.95
    widest = max(box_of(label, figure)[2] for label in axes.texts)
    assert widest == pytest.approx(7.9, abs=0.02)


def test_labels_at_near_ends_move_apart_a_little() -> None:
    ends = (f"linear:start_factor=1,end_factor={end},label=to {end}" for end in (0.5, 0.52))
    table = table_of(*ends, steps=100)
    figure = finished(picture_of(table))
    lower, upper = (box_of(label, figure) for label in figure.axes[0].texts)
    assert lower[0] == pytest.approx(upper[0], abs=0.02)
    assert 0 <= upper[1] - lower[3] < 0.1 or upper[1] > lower[1] + 0.1


def test_legend_entries_have_a_piece_of_their_line() -> None:
    gammas = [round(0.8 + i / 100, 3) for i in range(12)]
    figure = finished(picture_of(table_of(f"exponential:gamma={gammas}")))
    entries = [item for item in figure.texts if item.get_gid() == "label"]
    pieces = list(figure.lines) or [a for a in figure.artists if hasattr(a, "get_xdata")]
    assert len(entries) == len(pieces) == 12
    colours = {line.get_label(): line.get_color() for line in figure.axes[0].get_lines()}
    for entry, piece in zip(entries, pieces, strict=True):
        assert piece.get_color() == colours[entry.get_text()]
        left, bottom, _, top = box_of(entry, figure)
        x, y = np.array(piece.get_xdata()) * 8.0, np.array(piece.get_ydata()) * 4.5
        assert x[1] - x[0] == pytest.approx(0.242, abs=0.005)
        assert left - x[1] == pytest.approx(0.06, abs=0.02)
        assert bottom - 0.02 < y[0] < top
    assert box_of(entries[0], figure)[3] < box_of(figure.axes[0], figure)[1] - 0.2
    assert min(box_of(entry, figure)[1] for entry in entries) >= 0.08


def test_segments_have_their_names_above_their_middle() -> None:
    figure = finished(picture_of(table_of("cosine:T_max=60,warmup=40"), title="T"))
    axes = figure.axes[0]
    for name, middle in (("warm-up", 20), ("decay", 70)):
        left, bottom, right, _ = box_of(text(figure, name), figure)
        x, _ = axes.transData.transform((middle, 0)) / figure.dpi
        assert (left + right) / 2 == pytest.approx(x, abs=0.03)
        assert 0 < bottom - box_of(axes, figure)[3] < 0.1


def test_titles_are_at_the_left_edge_in_order() -> None:
    picture = picture_of(table_of("cosine:T_max=60,warmup=40"), title="T " * 80, caption="c " * 120)
    figure = finished(picture)
    texts = figure.texts
    edges = np.array([box_of(item, figure) for item in texts])
    np.testing.assert_allclose(edges[:, 0], 0.1, atol=0.03)
    assert (np.diff(edges[:, 1]) < -0.1).all()
    assert edges[0, 3] > 4.25
    assert edges[-1, 1] < 0.2
    assert edges[-1, 1] > 0.05
    subtitles = [item.get_text() for item in texts if item.get_color() == "#5f6670"]
    assert len(subtitles) == 3
    assert subtitles[0] == lrviz.load("cosine:T_max=60,warmup=40")[0].call()


def test_epochs_are_above_their_steps() -> None:
    curves = "step:step_size=2,by=epoch,steps_per_epoch=10,epochs=6"
    figure = finished(picture_of(table_of(curves)))
    (top,) = figure.axes[0].child_axes
    upper = {t.get_text(): box_of(t, figure) for t in top.get_xticklabels() if t.get_text()}
    lower = {t.get_text(): box_of(t, figure) for t in figure.axes[0].get_xticklabels()}
    for epoch, step in (("0", "0"), ("2", "20"), ("6", "60")):
        assert sum(upper[epoch][[0, 2]]) == pytest.approx(sum(lower[step][[0, 2]]), abs=0.06)
        assert upper[epoch][1] > lower[step][1] + 3


def test_a_second_axis_is_above_the_names_of_segments() -> None:
    curve = "cosine:T_max=200,warmup=100,steps_per_epoch=10"
    figure = finished(picture_of(table_of(curve)))
    (axes,) = figure.axes
    (top,) = axes.child_axes
    name = box_of(text(figure, "decay"), figure)
    plot = box_of(axes.patch, figure)
    assert top.get_xlabel() == "epoch"
    ticks = [box_of(t, figure) for t in top.get_xticklabels() if t.get_text()]
    assert plot[3] < name[1] < name[3] < min(tick[1] for tick in ticks)
    assert min(tick[1] for tick in ticks) - name[3] < 0.15


def test_many_curves_have_their_plots_below_all_of_them() -> None:
    table = table_of(*SIX, "sgdr", "cyclic", "polynomial", steps=100)
    figure = finished(picture_of(table, title="T"))
    boxes = np.array([box_of(axes, figure) for axes in figure.axes])
    assert figure.axes[0].get_ylabel() == "learning rate"
    assert figure.axes[0].get_xlabel() == "step"
    assert boxes[0, 3] - boxes[0, 1] > 2.2
    assert (boxes[1:, 3] < boxes[0, 1] - 0.4).all()
    assert boxes[0, 2] - boxes[0, 0] > 6.5
    assert len({round(left, 2) for left in boxes[1:, 0]}) == 3
    np.testing.assert_allclose(boxes[1, 0], boxes[0, 0], atol=0.02)


def test_two_panels_share_their_width() -> None:
    table = table_of("cosine", "linear:start_factor=1,end_factor=0,total_iters=100")
    figure = finished(picture_of(table, difference=True))
    upper, lower = (box_of(axes, figure) for axes in figure.axes)
    np.testing.assert_allclose(upper[[0, 2]], lower[[0, 2]], atol=0.01)
    assert upper[1] - lower[3] == pytest.approx(0.14, abs=0.02)
    share = (lower[3] - lower[1]) / (upper[3] - upper[1] + lower[3] - lower[1])
    assert share == pytest.approx(0.36, abs=0.01)
    assert not any(t.get_visible() and t.get_text() and t.get_window_extent().height > 1
                   for t in figure.axes[0].get_xticklabels() if t.get_visible())  # fmt: skip


def test_a_metric_is_above_its_rate() -> None:
    figure = finished(picture_of(table_of("plateau:factor=0.5", steps=150)))
    rate, metric = (box_of(axes, figure) for axes in figure.axes)
    assert metric[1] - rate[3] == pytest.approx(0.14, abs=0.02)
    assert metric[3] - metric[1] == pytest.approx(rate[3] - rate[1], abs=0.02)
    marks = [line for line in figure.axes[1].get_lines() if not line.get_gid()]
    column = table_of("plateau:factor=0.5", steps=150).columns[0]
    drops = (np.flatnonzero(np.diff(column.rates)) + 1).tolist()
    assert [line.get_xdata()[0] for line in marks] == drops


def labels_of(*words: str) -> list[float]:
    """Return the left edges of two curves' labels in a picture 8 inches wide, in inches."""
    specs = (
        f"linear:start_factor=1,end_factor={0.2 + 0.6 * index},label={label}"
        for index, label in enumerate(words)
    )
    figure = finished(picture_of(table_of(*specs, steps=100)))
    return [box_of(label, figure)[0] for label in figure.axes[0].texts]


def test_wide_labels_are_on_their_lines() -> None:
    assert all(left > 6.6 for left in labels_of("lower label", "upper"))
    assert all(left < 6.3 for left in labels_of("a lower label of words", "upper"))
    wide = picture_of(table_of("cosine:label=the first of two equal ends", "cosine:lr=0.10001"))
    assert wide.findings == ()


def test_lines_that_end_a_little_early_have_labels_beside_the_plot() -> None:
    def has_labels_beside(steps: int) -> bool:
        specs = f"cosine:T_max=1000,steps={steps},eta_min=0.05,label=a", "linear:steps=1000,label=b"
        figure = finished(picture_of(table_of(*specs)))
        return all(box_of(label, figure)[0] > 7.5 for label in figure.axes[0].texts)

    assert has_labels_beside(1000)
    assert has_labels_beside(981)
    assert not has_labels_beside(979)


def test_a_panel_has_its_name_above_where_it_is_long() -> None:
    table = table_of(
        "cosine:label=a baseline with a long name",
        "linear:start_factor=1,end_factor=0,total_iters=100",
    )
    figure = finished(picture_of(table, difference=True))
    rates, panel = figure.axes
    assert panel.get_ylabel() == ""
    name = text(figure, "minus a baseline with a long name")
    left, bottom, _, top = box_of(name, figure)
    assert left == pytest.approx(box_of(panel.patch, figure)[0], abs=0.03)
    assert bottom > box_of(panel.patch, figure)[3]
    assert top < box_of(rates.patch, figure)[1] - 0.01
    assert box_of(rates.patch, figure)[1] - box_of(panel.patch, figure)[3] == pytest.approx(
        0.14 + 8.4 * 1.28 / 72, abs=0.02
    )


def test_a_legend_of_shades_is_in_their_order() -> None:
    specs = [
        f"constant:factor={(7 * index % 17 + 1) / 20},total_iters=50{index},label=c{index}"
        for index in range(17)
    ]
    figure = picture_of(table_of(*specs, steps=100)).figure
    entries = [item.get_text() for item in figure.texts if item.get_gid() == "label"]
    assert entries == [f"c{index}" for index in range(17)]
    sweep = picture_of(
        table_of("constant:factor=[0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9],total_iters=500", steps=100)
    )
    entries = [item.get_text() for item in sweep.figure.texts if item.get_gid() == "label"]
    assert entries[0].endswith("0.9")
    periods = [*range(5, 65, 5)]  # whose right ends are in no order
    sweep = picture_of(table_of(f"warm-restarts:T_0={periods}", steps=120))
    entries = [item.get_text() for item in sweep.figure.texts if item.get_gid() == "label"]
    assert entries == [f"T_0={period}" for period in periods]


def test_a_legend_is_in_the_order_of_the_right_ends() -> None:
    rates = (0.5, 0.2, 0.2, 0.8)
    powers = (1, 1, 3, 1)
    specs = [
        f"polynomial:total_iters=100,power={power},lr=1,label=c{index}"
        if rate == 0.2
        else f"constant:factor={rate},total_iters=1000,lr=1,label=c{index}"
        for index, (rate, power) in enumerate(zip(rates, powers, strict=True))
    ]
    more = [f"constant:factor={0.55 + index / 50},total_iters=1000,lr=1,label=d{index}"
            for index in range(6)]  # fmt: skip
    figure = picture_of(table_of(*specs, *more, steps=100), size=(5, 2.5)).figure
    entries = [item.get_text() for item in figure.texts if item.get_gid() == "label"]
    assert entries == ["c3", "d5", "d4", "d3", "d2", "d1", "d0", "c0", "c1", "c2"]
