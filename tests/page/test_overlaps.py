"""Stripes of a page: where curves lie on each other, each is seen."""

from __future__ import annotations

import numpy as np
import pytest

import lrviz
from lrviz.curves.table import tabulate
from lrviz.page.overlaps import Overlap, overlaps, rates_at
from lrviz.page.plot import bokeh_item
from lrviz.page.samples import Samples, sample_table
from lrviz.render.colours import LineStyle


def found(*specs: str, steps: int = 1000) -> list[list[Overlap]]:
    return overlaps(samples_of(*specs, steps=steps))


def samples_of(*specs: str, steps: int = 1000) -> Samples:
    return sample_table(tabulate([lrviz.load(spec)[0] for spec in specs], range(steps)))


def test_a_shared_warm_up_has_stripes_of_all_but_the_last_curve() -> None:
    plans = [f"transformers.{name}:num_warmup_steps=200" for name in ("cosine", "linear")]
    first, second, third = found(*plans, "transformers.constant_with_warmup:num_warmup_steps=200")
    (stretch,) = first
    assert (stretch.place, stretch.count) == (0, 3)
    assert stretch.x.tolist() == list(range(len(stretch.x)))
    assert 199 <= stretch.x[-1] < 230
    np.testing.assert_allclose(stretch.y[:200], np.arange(200) / 200 * 0.1)
    assert (second[0].place, second[0].count) == (1, 3)
    assert third == []


def test_curves_that_only_cross_have_no_stripes() -> None:
    assert found("cosine:T_max=1000", "polynomial:total_iters=1000") == [[], []]
    assert found("cosine") == [[]]
    assert found("constant:factor=1", "constant:factor=1", steps=1) == [[], []]


def test_equal_and_very_many_curves() -> None:
    samples = samples_of("constant:factor=1", "constant:factor=1")
    assert [len(stretches) for stretches in overlaps(samples)] == [1, 0]
    assert len(overlaps(samples)[0][0].x) == 1000
    many = Samples(samples.steps, samples.lines * 9)
    assert overlaps(many) == [[]] * 18


def test_a_line_has_no_rates_before_and_after_it() -> None:
    x, y = np.array([1.0, 2.0, 2.0, 4.0]), np.array([5.0, 6.0, 7.0, 8.0])
    rates = rates_at(x, y, np.arange(6.0))
    np.testing.assert_array_equal(rates, [np.nan, 5.0, 7.0, 7.0, 8.0, np.nan])


@pytest.mark.parametrize("count", [2, 3])
def test_stripes_of_curves_are_one_after_the_other(count: int) -> None:
    samples = samples_of(*["cosine"] * count)
    item = bokeh_item(samples, [LineStyle(index) for index in range(count)])
    (root,) = item["doc"]["roots"]
    renderers = root["attributes"]["renderers"]
    glyphs = [
        renderer["attributes"]["glyph"]["attributes"]
        for renderer in renderers
        if str(renderer["attributes"].get("name")).startswith("stripes")
    ]
    assert [glyph["line_dash"] for glyph in glyphs] == [[10, 10 * (count - 1)]] * (count - 1)
    offsets = [glyph.get("line_dash_offset", 0) for glyph in glyphs]
    assert offsets == [-10 * place for place in range(count - 1)]
