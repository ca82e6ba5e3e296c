"""The arithmetic of a picture's layout: rows, wrapping, columns, and labels that do not touch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lrviz.curves.column import Column
from lrviz.render.colours import STYLES
from lrviz.render.figure.axes import rate_axis
from lrviz.render.figure.facets import grid_of, is_cut, two_line_width
from lrviz.render.figure.labels import label_lines
from lrviz.render.figure.layout import (
    LINE,
    Box,
    Row,
    Sizes,
    column_widths,
    columns_of,
    facet_grid,
    fitting,
    limited,
    longest,
    shortened,
    spread,
    wrapped,
)
from lrviz.render.figure.legend import (
    evenly_apart,
    flowing,
    legend_plan,
    most_columns,
    names_in_order,
)
from lrviz.render.figure.page import Page, Texts, legend_room, page_plan
from lrviz.render.figure.placing import (
    Bands,
    candidates,
    lies_along,
    place_labels,
)
from lrviz.render.lines import band, line_of
from lrviz.render.scale import RateScale
from tests.render.conftest import picture_of, table_of


def length(text: str) -> float:
    return float(len(text))


def page(width: float = 8.0, height: float = 4.5) -> Page:
    sizes = Sizes.of(width, height)
    return Page(width, height, STYLES["light"], sizes, ("DejaVu Sans",), 150)


def test_rows_give_way_by_their_rank() -> None:
    rows = [Row("a", 1.0, 2), Row("b", 1.0, 0), Row("c", 2.0, 1), Row("d", 1.0, 3)]
    assert fitting(rows, [4.0] * 4) == {"a", "b", "c"}
    assert fitting(rows, [2.0] * 4) == {"a", "b"}
    assert fitting(rows, [4.0, 4.0, 4.0, 5.0]) == {"a", "b", "c", "d"}
    assert fitting(rows, [0.5] * 4) == frozenset()


def test_wrapping() -> None:
    assert wrapped("one two three", 7, length) == ["one two", "three"]
    assert wrapped("one two three", 6, length) == ["one", "two", "three"]
    assert wrapped("abcdefgh", 3, length) == ["abc", "def", "gh"]
    assert wrapped("ab_cd_ef", 7, length) == ["ab_cd_", "ef"]
    assert wrapped("", 3, length) == []
    assert longest("abcdef", 4, length) == 4
    assert longest("abcdef", 0.5, length) == 1


def test_shortening_cuts_at_words() -> None:
    assert shortened("one two three", 13, length) == "one two three"
    assert shortened("one two three", 12, length) == "one two …"
    assert shortened("f(one, two, three)", 12, length) == "f(one, two …"
    assert shortened("abcdefgh", 4, length) == "abc…"
    assert limited(["one", "two", "three"], 3, 5, length) == ["one", "two", "three"]
    assert limited(["one", "two", "three"], 2, 5, length) == ["one", "two …"]
    assert limited(["one", "two a", "three"], 2, 5, length) == ["one", "two …"]


def test_labels_are_spread_in_order() -> None:
    assert spread([1.0, 5.0], 1.0, 0.0, 10.0) == [1.0, 5.0]
    assert spread([5.0, 5.0], 2.0, 0.0, 10.0) == [4.0, 6.0]
    assert spread([0.0, 0.1], 1.0, 0.0, 10.0) == pytest.approx([0.5, 1.5])
    assert spread([10.0, 9.9], 1.0, 0.0, 10.0) == pytest.approx([9.5, 8.5])
    assert spread([1.0, 1.0, 1.0], 4.0, 0.0, 10.0) is None


def test_columns_of_their_own_width() -> None:
    assert columns_of([1.0, 1.0, 1.0, 1.0], 4.0) == 4
    assert columns_of([1.0, 1.0, 1.0, 1.0], 3.9) == 2
    assert columns_of([3.0, 1.0, 1.0, 1.0], 4.0) == 2
    assert columns_of([3.0, 1.0, 3.0, 1.0], 4.0) == 2
    assert columns_of([3.0, 1.0, 1.0, 3.0], 5.9) == 1
    assert columns_of([1.0] * 9, 8.5) == 5
    assert column_widths([1.0, 2.0, 3.0, 1.0, 4.0], 3) == [1.0, 4.0, 3.0]
    assert columns_of([9.0], 4.0) == 1


def test_columns_of_a_legend_that_is_cut() -> None:
    assert most_columns([1.0] * 20, 2.0, 2, 10, 10.0) == 9
    assert most_columns([1.0] * 20, 2.0, 2, 10, 9.9) == 8
    assert most_columns([1.0] * 20, 2.0, 2, 5, 10.0) == 5
    assert most_columns([3.0, *[1.0] * 19], 1.0, 1, 20, 10.0) == 8
    assert most_columns([9.0] * 20, 2.0, 2, 10, 5.0) == 1


def test_a_legend_that_has_no_room_in_columns_flows() -> None:
    assert flowing([2.0, 3.0, 1.0, 5.0, 6.0], 6.0) == [(0, 0), (2, 0), (5, 0), (0, 1), (0, 2)]
    small = page(3.0, 2.0)
    labels = ["ReduceLROnPlateau", "StepLR", "LinearLR", "CosineAnnealingWarmRestarts", "OneCycle"]
    legend = legend_plan(small, labels, range(5), 0.36)
    assert legend.omitted == 0
    assert [entry.text for entry in legend.entries] == labels
    lefts = [entry.left for entry in legend.entries]
    assert lefts[0] == 0.0 < max(lefts)
    assert 2 <= sum(left == 0.0 for left in lefts) <= 3
    assert legend.height <= 0.36
    sweep = legend_plan(small, labels, range(5), 0.36, is_sweep=True)
    assert sweep.omitted > 0


def test_a_subtitle_with_words_of_labels_comes_before_more_lines_of_the_title() -> None:
    title = "a title of so many words that it has some lines in such a small picture " * 2
    texts = Texts(title, "the words", has_label_words=True)
    small = page(3.0, 1.8)
    below = [Row("x name", 0.1, 1), Row("legend", 0.3, 2)]
    assert "subtitle" in page_plan(small, texts, [], below).rows
    assert "subtitle" not in page_plan(small, replace(texts, has_label_words=False), [], below).rows
    line = small.sizes.small * LINE
    without = legend_room(small, replace(texts, has_label_words=False))
    assert legend_room(small, texts) == pytest.approx(without - line)


def test_grids_of_small_plots() -> None:
    assert facet_grid(4, 8.0, 4.5, 1.0) == (2, 2)
    assert facet_grid(6, 8.0, 4.0, 1.0) == (2, 3)
    assert facet_grid(6, 8.0, 4.0, 5.0) == (6, 1)
    assert facet_grid(2, 4.0, 6.0, 1.0) == (2, 1)
    assert facet_grid(12, 12.0, 6.0, 1.0) == (3, 4)
    assert facet_grid(3, 7.4, 3.6, 1.0) == (1, 3)
    assert facet_grid(3, 3.5, 7.0, 1.0) == (3, 1)
    assert facet_grid(5, 7.4, 3.6, 1.0) == (2, 3)
    assert facet_grid(3, 2.4, 1.3, 0.3) == (1, 3)


def test_boxes() -> None:
    box = Box(0, 0, 2, 1)
    assert (box.width, box.height) == (2, 1)
    assert box.overlaps(Box(1, 0.5, 3, 3))
    assert not box.overlaps(Box(2, 0, 3, 1))
    assert not box.overlaps(Box(0, 1, 2, 2))
    assert not box.overlaps(Box(-1, 0, 0, 1))


def test_font_sizes_follow_the_area_within_limits() -> None:
    assert Sizes.of(8.0, 4.5) == Sizes(13.0, 9.2, 8.4)
    assert Sizes.of(2.0, 1.5).title == pytest.approx(13.0 * 0.72)
    assert Sizes.of(20.0, 12.0).small == pytest.approx(8.4 * 2.0)
    assert Sizes.of(6.0, 4.5).text == pytest.approx(9.2 * 0.75**0.5)


def test_the_page_keeps_room_for_the_plots() -> None:
    words = Texts("A title", "a subtitle", "a caption")
    plan = page_plan(page(), words, [], [Row("x name", 0.15, 1)])
    assert [line.text for line in plan.lines] == ["A title", "a subtitle", "a caption"]
    assert plan.lines[0].weight == "bold"
    assert plan.findings == ()
    title, subtitle, caption = plan.lines
    assert 4.5 > title.baseline > subtitle.baseline > plan.plots.top
    assert plan.plots.bottom > caption.baseline > 0
    assert plan.plots.top - plan.plots.bottom > 3.3
    small = page_plan(page(2.0, 1.5), words, [], [Row("x name", 0.15, 1)])
    assert [finding.message for finding in small.findings] == [
        "the picture has no room for the subtitle 'a subtitle'",
        "the picture has no room for the caption 'a caption'",
    ]
    assert "x name" in small.rows
    assert small.plots.height > 0.6


def test_a_subtitle_takes_the_room_of_all_its_lines() -> None:
    words = "a subtitle of a few words that is to be wrapped " * 4
    plan = page_plan(page(), Texts("T", words), [], [])
    lines = [line for line in plan.lines if line.weight == "normal"]
    assert len(lines) == 2
    assert plan.plots.top < lines[-1].baseline
    assert [line.text for line in page_plan(page(), Texts("T", words * 3), [], []).lines] == ["T"]


def test_a_legend_is_filled_row_by_row() -> None:
    own = page()
    legend = legend_plan(own, [f"gamma={i}" for i in range(10)], list(range(9, -1, -1)), 2.0)
    assert [entry.text for entry in legend.entries[:2]] == ["gamma=9", "gamma=8"]
    assert legend.omitted == 0
    lefts = sorted({entry.left for entry in legend.entries})
    assert len(lefts) == 5
    assert [entry.left for entry in legend.entries] == lefts * 2
    assert len({entry.down for entry in legend.entries[:5]}) == 1
    assert legend.entries[4].down < legend.entries[5].down
    assert legend.height > legend.entries[5].down
    low = legend_plan(own, [f"gamma={i}" for i in range(100)], list(range(100)), 0.4)
    assert low.entries[-1].text == f"… and {low.omitted} more"
    assert len(low.entries) - 1 + low.omitted == 100
    assert low.height <= 0.4
    wide = legend_plan(own, ["a very long label " * 20, "b"], [0, 1], 2.0)
    assert wide.cut == ("a very long label " * 20,)
    assert wide.entries[0].text.endswith(" …")
    assert legend_room(own, Texts("title")) < legend_room(own, Texts())


def test_plots_of_a_grid_have_step_labels_where_they_stay_high_enough() -> None:
    own = page()
    low = grid_of(own, Box(0.0, 1.0, 4.0, 3.24), list("abcde"))
    assert (low.across, low.is_labelled) == (3, False)
    assert low.boxes[0].height == pytest.approx(0.8807, abs=1e-4)
    assert low.boxes[0].bottom - low.boxes[3].top == pytest.approx(own.sizes.small * LINE + 0.16)
    high = grid_of(own, Box(0.0, 1.0, 4.0, 3.26), list("abcde"))
    assert (high.across, high.is_labelled) == (3, True)
    assert high.boxes[0].height == pytest.approx(0.806, abs=1e-4)
    assert low.boxes[3].bottom == pytest.approx(1.0)
    assert high.boxes[3].bottom == pytest.approx(1.0)


def bands(*rows: list[float]) -> Bands:
    values = np.array(rows)
    return Bands(values, values.copy())


def test_labels_are_placed_clear_of_every_curve() -> None:
    curves = bands([50.0] * 300, [80.0] * 300, [20.0] * 300)
    boxes = place_labels(curves, [(60.0, 12.0)] * 3, 100.0)
    assert boxes is not None
    for box, height in zip(boxes, (50.0, 80.0, 20.0), strict=True):
        assert min(abs(box.bottom - height), abs(box.top - height)) == pytest.approx(4.0)
        for other in (50.0, 80.0, 20.0):
            assert not box.bottom - 3.9 < other < box.top + 3.9
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])
    assert place_labels(curves, [(310.0, 12.0)] * 3, 100.0) is None
    assert place_labels(curves, [(60.0, 40.0)] * 3, 100.0) is None


def test_curves_that_lie_on_each_other_share_a_line_where_nothing_else_is_free() -> None:
    sizes = [(60.0, 12.0), (60.0, 12.0)]
    first, second = place_labels(bands([50.0] * 300, [51.0] * 300), sizes, 200.0) or []
    assert (first.bottom, second.top) == (54.0, 47.0)
    leaving = bands([50.0] * 300, [51.0] * 200 + [100.0] * 100)
    first, second = place_labels(leaving, sizes, 200.0) or []
    assert (first.left, second.left) == (206.0, 203.0)
    assert candidates(leaving, 0, sizes[0], 200.0)[-1].cost > 60.0


def test_labels_are_on_the_same_side_of_their_curves() -> None:
    sizes = [(60.0, 12.0)] * 3
    levels = bands([195.0] * 300, [120.0] * 300, [60.0] * 300)  # no room above the first
    boxes = place_labels(levels, sizes, 200.0) or []
    assert [box.top for box in boxes] == [191.0, 116.0, 56.0]
    levels = bands([195.0] * 300, [120.0] * 300, [10.0] * 300)  # none below the last
    boxes = place_labels(levels, sizes, 200.0) or []
    assert (boxes[0].top, boxes[2].bottom) == (191.0, 14.0)
    crossing = bands([120.0] * 150 + [100.0] * 150, [80.0] * 300)  # of two, away from each other
    first, second = place_labels(crossing, sizes[:2], 200.0) or []
    assert (first.bottom, second.top) == (124.0, 76.0)


def test_labels_of_three_curves_on_one_line_cannot_be_told_apart() -> None:
    sizes = [(60.0, 12.0)] * 3
    together = bands(*([50.0 + level] * 300 for level in range(3)))
    assert place_labels(together, sizes, 200.0) is None
    assert place_labels(bands([50.0] * 300, [51.0] * 300, [150.0] * 300), sizes, 200.0)
    leaving = bands([50.0] * 300, [51.0] * 300, [52.0] * 150 + [150.0] * 150)
    boxes = place_labels(leaving, sizes, 200.0)
    assert boxes is not None
    assert min(box.left for box in boxes) > 150.0


def test_more_labels_than_three_at_shared_lines_cannot_be_told_apart() -> None:
    sizes = [(60.0, 12.0)] * 4
    pairs = bands([50.0] * 300, [51.0] * 300, [120.0] * 300, [121.0] * 300)
    assert place_labels(pairs, sizes, 200.0) is None
    apart = bands([50.0] * 300, [51.0] * 300, [120.0] * 300, [150.0] * 300)
    assert place_labels(apart, sizes, 200.0)
    lone, *_ = candidates(apart, 3, sizes[3], 200.0)
    shared, *_ = candidates(apart, 0, sizes[0], 200.0)
    assert (lone.is_shared, shared.is_shared) == (False, True)


def test_labels_beside_each_other_are_not_read_as_one() -> None:
    sizes = [(60.0, 12.0)] * 2
    roomy = place_labels(bands([20.0] * 300, [21.0] * 300), sizes, 30.0)
    assert roomy is not None
    assert abs(roomy[0].left - roomy[1].left) >= 60.0 + 16.0
    assert place_labels(bands([20.0] * 220, [21.0] * 220), sizes, 30.0) is not None
    assert place_labels(bands([20.0] * 208, [21.0] * 208), sizes, 30.0) is None


def test_a_label_does_not_begin_before_its_curve() -> None:
    outside = [np.nan] * 100
    part = bands(outside + [50.0] * 50 + outside)
    assert {choice.box.left for choice in candidates(part, 0, (148.0, 12.0), 100.0)} == {100.0}
    assert candidates(part, 0, (148.5, 12.0), 100.0) == []
    assert candidates(bands(outside), 0, (40.0, 12.0), 100.0) == []


def test_a_label_is_clear_of_a_steep_piece_of_its_own_curve() -> None:
    corner = bands([0.0] * 100 + [80.0] * 200)
    below = [c for c in candidates(corner, 0, (40.0, 10.0), 84.0) if 30.0 < c.box.bottom < 70.0]
    assert min(candidate.box.left for candidate in below) >= 103.0


def test_names_of_equal_curves_are_lines_of_their_label_where_they_are_wide_together() -> None:
    label = "first = second = third"
    width = page().text_width(label) / 0.35
    assert label_lines(label, replace(page(), width=width + 0.01)) == [label]
    narrow = replace(page(), width=width - 0.01)
    assert label_lines(label, narrow) == ["first", "= second", "= third"]
    assert label_lines("one long name of a curve " * 9, page()) == ["one long name of a curve " * 9]


def test_names_of_equal_curves_are_entries_of_a_legend_where_they_are_wide_together() -> None:
    labels = ["a", "bbbb = cccc"]
    assert names_in_order(labels, [1, 0], 11.0, length) == [(1, "bbbb = cccc"), (0, "a")]
    assert names_in_order(labels, [1, 0], 10.9, length) == [(1, "bbbb"), (1, "= cccc"), (0, "a")]
    narrow = page(3.0, 2.0)
    wide = "transformers.cosine = optax.warmup_cosine_decay_schedule"
    legend = legend_plan(narrow, ["wsd", wide], [0, 1], 1.0)
    assert [(entry.index, entry.text) for entry in legend.entries] == [
        (0, "wsd"), (1, "transformers.cosine"), (1, "= optax.warmup_cosine_decay_schedule"),
    ]  # fmt: skip
    assert (legend.cut, legend.omitted) == ((), 0)
    first = "a schedule of one cycle of torch in three phases"
    low = legend_plan(narrow, [first, wide], [0, 1], 0.36)
    assert [entry.text for entry in low.entries] == [first, "transformers.cosine = …"]
    assert (low.cut, low.omitted) == ((wide,), 0)


def test_titles_of_small_plots_have_two_lines_where_their_plots_would_be_low() -> None:
    assert two_line_width("optax.warmup_cosine_decay_schedule", length) == 20.0
    assert two_line_width("one two three", length) == 7.0
    assert two_line_width("plain", length) == 5.0
    assert two_line_width("CosineAnnealingWarmRestarts", length) == 15.0
    labels = ["a", "b", "c", "transformers.cosine_with_min_lr"]
    wide = page().small_width(labels[3])
    high = Box(0.0, 0.0, 1.5 * wide, 4.0)
    assert (grid_of(page(), high, labels).across, len(grid_of(page(), high, labels).boxes)) == (
        1,
        4,
    )
    low = grid_of(page(), replace(high, top=2.0), labels)
    assert low.across == 2
    assert low.titles == (("a",), ("b",), ("c",), ("transformers.cosine_", "with_min_lr"))
    tall = page().sizes.small * LINE
    box = low.boxes[2]
    assert (box.bottom, box.top) == (
        pytest.approx(0.0), pytest.approx(0.93 - 2 * tall - 0.02)
    )  # fmt: skip
    assert is_cut("one two", ["one", "t…"])
    assert not is_cut("one two", ["one", "two"])


def test_plots_of_a_grid_are_high_enough_at_a_height_and_a_half() -> None:
    labels = ["a", "b", "c", "transformers.cosine_with_min_lr"]
    head = page().sizes.small * LINE + 0.02 + 0.14
    width = 1.5 * page().small_width(labels[3])
    for height, across in ((0.451, 1), (0.449, 2)):
        area = Box(0.0, 0.0, width, 4 * (height + head) - 0.14)
        assert grid_of(page(), area, labels).across == across


def test_a_legend_without_room_for_a_sweep_has_values_evenly_apart() -> None:
    assert evenly_apart(30, 3) == [0, 14, 29]
    assert evenly_apart(30, 1) == [0]
    assert evenly_apart(30, 0) == []
    assert evenly_apart(5, 5) == [0, 1, 2, 3, 4]
    labels = [f"num_warmup_steps={step}" for step in range(1000, 31_000, 1000)]
    order = list(reversed(range(30)))
    small = page(3.0, 2.0)
    sweep = legend_plan(small, labels, order, 0.6, is_sweep=True)
    assert [(entry.index, entry.text) for entry in sweep.entries] == [
        (29, "num_warmup_steps=30000"), (15, "num_warmup_steps=16000"),
        (0, "num_warmup_steps=1000"), (None, "… and 27 between"),
    ]  # fmt: skip
    assert (sweep.omitted, sweep.cut) == (27, ())
    others = legend_plan(small, labels, order, 0.6)
    assert [entry.text for entry in others.entries][1:] == [
        "num_warmup_steps=29000", "num_warmup_steps=28000", "… and 27 more",
    ]  # fmt: skip
    steps = ",".join(map(str, range(100, 3100, 100)))
    spec = f"transformers.cosine:num_training_steps=4000,num_warmup_steps=[{steps}]"
    picture = picture_of(table_of(spec), size=(3.0, 2.0), title="Warm-up")
    entries = [text.get_text() for text in picture.figure.texts if text.get_gid() == "label"]
    assert entries[0] == "num_warmup_steps=3000"
    assert entries[-2:] == ["num_warmup_steps=100", f"… and {31 - len(entries)} between"]


def test_curves_lie_along_each_other_for_the_whole_of_a_label() -> None:
    assert lies_along(bands([50.0] * 5, [52.4] * 3 + [52.5] * 2), 0, 2).tolist() == [
        [True] * 5,
        [True, False, False, False, False],
    ]


def test_a_label_prefers_level_pieces_and_the_middle() -> None:
    level = [80.0] * 150 + list(np.linspace(80, 10, 150))
    best = candidates(bands(level, [200.0] * 300), 0, (40.0, 10.0), 300.0)[0]
    assert best.box.right <= 156
    assert best.box.left > 60
    level = candidates(bands([50.0] * 300), 0, (40.0, 10.0), 100.0)[0].box
    assert (level.left + level.right) / 2 == 150


def test_labels_keep_their_distance_from_the_edges_and_other_curves() -> None:
    def has_room(width: float, curve: float, height: float, other: float = 500.0) -> bool:
        curves = bands([curve] * 300, [other] * 300)
        return bool(candidates(curves, 0, (width, 12.0), height))

    assert has_room(296.0, 50.0, 100.0)
    assert not has_room(297.0, 50.0, 100.0)
    assert has_room(60.0, 18.0, 30.0)  # below the curve
    assert not has_room(60.0, 17.9, 30.0)
    assert has_room(60.0, 10.0, 28.0)  # above it
    assert not has_room(60.0, 10.0, 27.9)
    assert has_room(60.0, 10.0, 100.0, 33.4)  # three quarters as far to its own curve
    assert not has_room(60.0, 10.0, 100.0, 33.3)


def test_bands_of_a_polyline() -> None:
    low, high = band(np.array([0.0, 2.0, 2.0, 4.0]), np.array([0.0, 2.0, 8.0, 8.0]), 6)
    assert low[:5].tolist() == [0, 1, 2, 8, 8]
    assert high[:5].tolist() == [0, 1, 8, 8, 8]
    assert np.isnan(low[5])


def column(rates: list[float] | np.ndarray, start: int = 0) -> Column:
    rates = np.asarray(rates, np.float64)
    curve = table_of("cosine").columns[0].curve
    return Column(curve, range(start, start + len(rates)), rates)


def test_lines_join_samples_and_stand_at_jumps() -> None:
    line = line_of(column([1, 1, 1, 5, 5, 5], start=10), 100)
    assert line.x.tolist() == [10, 11, 12, 13, 13, 14, 15]
    assert line.y.tolist() == [1, 1, 1, 1, 5, 5, 5]
    assert line.jumps.tolist() == [4]
    x, y = line.jumping()
    assert x[:2].tolist() == [13, 13]
    assert y[:2].tolist() == [1, 5]
    x, y = line.joined()
    assert np.isnan(x).tolist() == [False] * 4 + [True] + [False] * 3


def test_a_rate_that_moves_up_to_a_jump_is_not_held_before_it() -> None:
    falling = [10, 9, 8, 7, 6, 5]
    line = line_of(column([*falling, *falling, 5, 1, 1]), 100)
    assert line.x.tolist() == [*range(13), 13, 13, 14]
    assert line.y.tolist() == [*falling, *falling, 5, 5, 1, 1]
    assert line.jumps.tolist() == [6, 14]
    x, y = line.jumping()
    np.testing.assert_equal(x, [5, 6, np.nan, 13, 13, np.nan])
    np.testing.assert_equal(y, [5, 10, np.nan, 5, 1, np.nan])
    first = line_of(column([1, 5, 5, 5]), 100)
    assert (first.x.tolist(), first.y.tolist()) == ([0, 1, 1, 2, 3], [1, 1, 5, 5, 5])
    assert first.jumps.tolist() == [2]


def test_long_lines_keep_ends_extremes_and_jumps() -> None:
    rates = np.concatenate([np.linspace(0, 1, 500), np.full(5000, 0.5), np.linspace(0.5, 0, 4500)])
    line = line_of(column(rates), 400)
    assert len(line.x) <= 4 * 400 + 3
    assert (line.x[0], line.x[-1]) == (0, 9999)
    assert (line.y.min(), line.y.max()) == (0, 1)
    x, y = line.jumping()
    assert x[:2].tolist() == [499, 500]
    assert y[:2].tolist() == [1.0, 0.5]
    x, y = line.joined()
    keep = np.isfinite(y)
    expected = np.interp(x[keep], np.arange(len(rates)), rates)
    assert np.abs(y[keep] - expected)[x[keep] != 500].max() < 1e-12
    restarts = np.tile(np.linspace(1, 0, 2000), 50)
    assert line_of(column(restarts), 1000).jumping()[0][1::3].tolist() == list(
        range(2000, 100_000, 2000)
    )
    longer = np.tile(np.linspace(1, 0, 40_000), 50)
    assert line_of(column(longer), 1000).jumping()[0][1::3].tolist() == list(
        range(40_000, 2_000_000, 40_000)
    )
    small = np.where(np.arange(10_000) < 5000, 1.0, 0.99) * np.linspace(1, 0, 10_000)
    assert line_of(column(small), 50).jumps.size == 0
    noise = line_of(column(np.tile([0.0, 1.0], 5000)), 50)
    assert noise.jumps.size == 0
    high = np.where(np.arange(10_000) < 5000, 10.0, 10.1)
    assert line_of(column(high), 50).jumping()[0].tolist()[:2] == [5000, 5000]
    gaps = line_of(column(np.where(np.arange(1000) % 7, 1.0, np.nan)), 10)
    assert np.nanmax(gaps.y) == 1.0


def test_differences_have_a_tick_on_both_sides_of_0() -> None:
    axis = rate_axis(RateScale(-0.066, 0.107), float("nan"), 1.05, 0.15, "minus plan")
    assert [tick.text for tick in axis.ticks] == [
        "\N{MINUS SIGN}0.05", "0", "0.05", "0.1",
    ]  # fmt: skip
