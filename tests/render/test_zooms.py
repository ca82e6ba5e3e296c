"""Parts of a run enlarged below all of it: which curves are one line there, and their letters."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.curves.figure_settings import FigureSettings
from lrviz.render.colours import STYLES, readable
from lrviz.render.figure import Picture, draw
from lrviz.render.figure.placing import Bands, lies_along, place_letters
from lrviz.render.figure.zooms import ALIKE_NOTE
from tests.render.conftest import table_of

CURVES = (
    "transformers.cosine:num_warmup_steps=2000,num_training_steps=300000,label=first",
    "transformers.cosine:num_warmup_steps=1000,num_training_steps=300000,label=second",
    "transformers.cosine:num_warmup_steps=2001,num_training_steps=300000,label=third",
)
PARTS = (range(4001), range(240_000, 300_000))


def enlarged(*parts: range, **settings: object) -> Picture:
    table = table_of(*CURVES, steps=300_000)
    return draw(table, FigureSettings.model_validate(settings), difference=True, zooms=parts)


def texts_in(picture: Picture, index: int) -> list[str]:
    return [text.get_text() for text in picture.figure.axes[index].texts]


def test_parts_are_side_by_side_below_all_steps() -> None:
    picture = enlarged(*PARTS, title="Three")
    upper, first, second = (axes.get_position() for axes in picture.figure.axes)
    assert upper.y0 > first.y1
    assert (first.y0, first.y1) == (second.y0, second.y1)
    assert first.x0 < first.x1 < second.x0
    assert upper.x1 == pytest.approx(second.x1, abs=0.01)
    assert picture.findings == ()
    limits = [axes.get_xlim() for axes in picture.figure.axes]
    assert limits[0] == (-3000, 303_000)
    assert limits[1] == (-40, 4040)
    assert limits[2] == (239_400, 300_600)
    tops = [axes.get_ylim()[1] for axes in picture.figure.axes]
    assert tops[0] == tops[1] == pytest.approx(0.106)
    assert tops[2] < 0.0106


def test_all_curves_are_drawn_in_the_order_of_the_legend_with_their_letters() -> None:
    picture = enlarged(*PARTS)
    assert texts_in(picture, 0)[0] == "learning rate"
    assert texts_in(picture, 1) == ["0 to 4k, enlarged", "b", "a c"]
    assert texts_in(picture, 2) == ["240k to 300k, enlarged"]
    assert texts_in(enlarged(range(8000, 12_000)), 1)[0] == "8k to 12k, enlarged"
    for axes in picture.figure.axes:
        labels = [line.get_label() for line in axes.lines]
        assert [x for x in labels if not str(x).startswith("_")] == ["first", "second", "third"]
    texts = [text.get_text() for text in picture.figure.texts]
    assert texts == ["first, second and third", ALIKE_NOTE, "a  first", "b  second", "c  third"]
    names = [axes.get_xlabel() for axes in picture.figure.axes]
    assert names == ["", "step", "step"]


def test_a_letter_has_the_colour_of_its_line_and_several_have_that_of_text() -> None:
    axes = enlarged(PARTS[0]).figure.axes[1]
    colours = {line.get_label(): line.get_color() for line in axes.lines}
    letters = {text.get_text(): text.get_color() for text in axes.texts if text.get_gid()}
    background = STYLES["light"].background
    assert letters["b"] == readable(str(colours["second"]), background)
    assert letters["a c"] == STYLES["light"].ink


def test_a_curve_has_its_letter_where_the_fewest_others_lie_along_it() -> None:
    up = np.linspace(40.0, 140.0, 300)
    rows = np.array([up, np.minimum(up, 90.0), np.full(300, 40.0)])
    rows = np.vstack([rows, rows[2]])
    labels = place_letters(Bands(rows, rows), [10.0, 22.0, 34.0, 46.0], 12.0, 200.0)
    assert [group for group, _ in labels] == [(0,), (1,), (2, 3)]
    assert min(box.left for _, box in labels[:2]) > 150.0
    same = np.full((3, 300), 40.0)
    assert place_letters(Bands(same, same), [10.0, 22.0, 34.0], 12.0, 200.0) == []


def test_lines_that_are_not_drawn_beside_a_plot_lie_along_each_other_there() -> None:
    rows = np.full((3, 100), 40.0)
    rows[2] = 80.0
    rows[:2, 90:] = np.nan
    assert lies_along(Bands(rows, rows), 0, 10)[:, 85].tolist() == [True, True, False]


def test_a_log_axis_is_enlarged_as_one() -> None:
    picture = enlarged(*PARTS, log_y=True)
    assert [axes.get_yscale() for axes in picture.figure.axes] == ["log"] * 3
    assert texts_in(picture, 0)[0] == "learning rate (log)"


@pytest.mark.parametrize("size", [(3, 2), (8, 2), (3, 5)])
def test_differences_are_drawn_where_there_is_no_room(size: tuple[float, float]) -> None:
    picture = enlarged(*PARTS, size=size)
    assert len(picture.figure.axes) == 2
    assert not any("enlarged" in text for text in texts_in(picture, 1))


def test_facets_are_no_zooms() -> None:
    assert len(enlarged(*PARTS, facet=True).figure.axes) == len(CURVES)


@pytest.mark.parametrize("size", [(5, 4), (8, 4.5), (12, 6)])
def test_texts_of_zooms_are_inside_and_apart(size: tuple[float, float]) -> None:
    figure = enlarged(*PARTS, title="Three", size=size).figure
    assert len(figure.axes) == 3
    figure.draw_without_rendering()
    width, height = figure.bbox.size
    artists = [*figure.texts]
    for axes in figure.axes:
        artists += [*axes.texts, *axes.get_xticklabels(), *axes.get_yticklabels()]
        artists.append(axes.xaxis.label)
    boxes = [artist.get_window_extent() for artist in artists if artist.get_text()]
    for index, box in enumerate(boxes):
        assert -1 <= box.x0 < box.x1 <= width + 1
        assert -1 <= box.y0 < box.y1 <= height + 1
        assert not any(box.overlaps(other.padded(-1)) for other in boxes[index + 1 :])


def test_letters_may_be_beside_one_of_two_lines_that_are_near() -> None:
    rows = np.array([np.full(300, 100.0), np.full(300, 105.0)])
    labels = place_letters(Bands(rows, rows), [10.0, 22.0], 24.0, 200.0)
    assert [group for group, _ in labels] == [(0,), (1,)]
    assert labels[0][1].top < 100.0
    assert labels[1][1].bottom > 105.0
