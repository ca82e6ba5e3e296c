"""Parts of a run enlarged below all of it: which curves are one line there, and their letters."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.curves.figure_settings import FigureSettings
from lrviz.render.figure import Picture, draw
from lrviz.render.figure.placing import Bands
from lrviz.render.figure.zooms import ALIKE_NOTE, alike_groups
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


def test_curves_that_look_alike_are_one_line_with_their_letters() -> None:
    picture = enlarged(*PARTS)
    assert texts_in(picture, 0)[0] == "learning rate"
    assert texts_in(picture, 1) == ["0 to 4k, enlarged", "ac", "b"]
    assert texts_in(picture, 2) == ["240k to 300k, enlarged", "abc"]
    assert texts_in(enlarged(range(8000, 12_000)), 1)[0] == "8k to 12k, enlarged"
    labels = [[line.get_label() for line in axes.lines] for axes in picture.figure.axes]
    assert labels[1] == ["first", "second"]
    assert labels[2] == ["first"]
    texts = [text.get_text() for text in picture.figure.texts]
    assert texts == ["first, second and third", ALIKE_NOTE, "a  first", "b  second", "c  third"]
    names = [axes.get_xlabel() for axes in picture.figure.axes]
    assert names == ["", "step", "step"]


def test_letters_have_the_colour_of_their_line() -> None:
    picture = enlarged(PARTS[0])
    axes = picture.figure.axes[1]
    colours = {line.get_label(): line.get_color() for line in axes.lines}
    letters = {text.get_text(): text.get_color() for text in axes.texts if text.get_gid()}
    assert letters.keys() == {"ac", "b"}
    assert colours["first"] != colours["second"]
    assert letters["ac"] != letters["b"]


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


def test_curves_nearer_than_a_line_is_wide_are_alike() -> None:
    rows = np.array([[10.0] * 4, [12.4] * 4, [10.0, 10, 10, 12.6], [12.4, 12.4, 12.4, 15.2]])
    assert alike_groups(Bands(rows, rows)) == ((0, 1), (2,), (3,))
    tall = rows.copy()
    tall[1, 0] = 20.0
    assert alike_groups(Bands(rows[:2], tall[:2])) == ((0,), (1,))
    outside = np.full((2, 4), np.nan)
    assert alike_groups(Bands(outside, outside)) == ((0, 1),)
    outside[0, :2] = 10.0
    assert alike_groups(Bands(outside, outside)) == ((0,), (1,))
