"""Sliders in a notebook: what they start at, and what moving one shows."""

from __future__ import annotations

import sys
from html import unescape
from typing import Any

import pytest

import lrviz
from lrviz.notebook import bounds


def sliders(box: Any) -> dict[str, Any]:
    return {child.description: child for child in box.children[:-2]}


def spec_of(box: Any) -> str:
    return unescape(box.children[-1].value).removeprefix("<pre>").removesuffix("</pre>")


def test_a_slider_for_each_number() -> None:
    box = lrviz.interact("cosine", T_max=50)
    found = sliders(box)
    assert {name: item.value for name, item in found.items()} == {
        "lr": 0.1,
        "T_max": 50,
        "eta_min": 0.0,
    }
    assert [type(item).__name__ for item in found.values()] == [
        "FloatSlider",
        "IntSlider",
        "FloatSlider",
    ]
    assert box.children[-2].value.startswith("<?xml")
    assert spec_of(box) == (
        "label: cosine\nlr: 0.1\nby: step\nschedule: torch.CosineAnnealingLR\n"
        "T_max: 50\neta_min: 0.0\n"
    )


def test_moving_a_slider_draws_the_curve_and_its_spec() -> None:
    box = lrviz.interact("cosine", T_max=50, lr=0.2)
    before = box.children[-2].value
    sliders(box)["T_max"].value = 20
    sliders(box)["lr"].value = 0.3
    assert box.children[-2].value != before
    assert "lr: 0.3\n" in spec_of(box)
    assert "T_max: 20\n" in spec_of(box)


def test_values_that_are_refused_show_the_message() -> None:
    box = lrviz.interact("cosine")
    sliders(box)["T_max"].value = 0
    assert box.children[-2].value == "<pre>T_max must be at least 1 (got 0)</pre>"
    assert box.children[-1].value == ""
    sliders(box)["T_max"].value = 10
    assert "T_max: 10\n" in spec_of(box)


def test_a_schedule_that_sets_its_rate_has_no_slider_for_lr() -> None:
    box = lrviz.interact("keras.CosineDecay", decay_steps=100, alpha=0.1)
    assert "lr" not in sliders(box)
    assert sliders(box)["alpha"].value == 0.1


@pytest.mark.parametrize(
    ("value", "low", "high", "step"),
    [
        (0, 0, 10, 1),
        (5, 0, 10, 1),
        (6, 0, 12, 1),
        (-3, -6, 10, 1),
        (0.0, 0.0, 0.1, 0.0005),
        (0.06, 0.0, 0.12, 0.0006),
        (-1.0, -2.0, 0.1, 0.0105),
    ],
)
def test_bounds_of_a_slider(value: float, low: float, high: float, step: float) -> None:
    assert bounds(value) == {"min": low, "max": high, "step": pytest.approx(step)}


def test_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(lrviz.SpecError, match="unknown schedule 'cosin'; did you mean 'cosine'"):
        lrviz.interact("cosin")
    with pytest.raises(lrviz.SpecError, match="unknown parameter 'gama'"):
        lrviz.interact("step", gama=1)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(ImportError, match=r"pip install 'lrviz\[notebook\]'"):
        lrviz.interact("cosine")
