"""The article's pairs: each correction is checked, and each description is measured."""

from __future__ import annotations

import pytest

from lrviz.curves.facts import difference
from lrviz.gallery.counterparts import COUNTERPARTS, Counterpart, corrections, framework
from lrviz.gallery.figures import FIGURES
from lrviz.gallery.page import (
    describe_change,
    describe_check,
    describe_correction,
    describe_difference,
    page,
)
from lrviz.gallery.render import pictures
from tests.conftest import ROOT

BY_NAME = {counterpart.name: counterpart for counterpart in COUNTERPARTS}
every_pair = pytest.mark.parametrize("pair", COUNTERPARTS, ids=lambda pair: pair.name)


@every_pair
def test_the_correction_makes_them_agree(pair: Counterpart) -> None:
    first, second = pair.sides
    assert (framework(first), framework(second)) == ("PyTorch", "Keras")
    assert pair.agrees()
    differs = difference(second, first).first_step is not None
    assert differs == (pair.corrected_path is not None)
    assert differs == bool(list(corrections(pair)))
    assert pair.corrected.curve.schedule.title() == second.curve.schedule.title()


@every_pair
def test_the_first_side_is_the_figures_scheduler(pair: Counterpart) -> None:
    schedule = pair.sides[0].curve.schedule
    (figure,) = [figure for figure in FIGURES if figure.number == pair.number]
    assert figure.title.startswith(pair.title)
    assert figure.caption.startswith(schedule.name) or (pair.number, schedule.name) == (
        12,
        "SequentialLR",
    )


def test_every_spec_of_a_pair_is_in_the_gallery() -> None:
    folder = ROOT / "configs" / "counterparts"
    assert {path.stem for path in folder.glob("*.yaml")} == set(BY_NAME)
    corrected = {path.stem for path in folder.glob("corrected/*.yaml")}
    assert corrected == set(BY_NAME) - {"lambda"}


def test_a_pair_without_its_correction_does_not_agree() -> None:
    pair = BY_NAME["step"]
    wrong = Counterpart(pair.number, pair.title, pair.name)
    wrong.__dict__["corrected"] = pair.sides[1]
    assert not wrong.agrees()
    assert describe_check(wrong) == "With this correction they still differ."
    assert describe_check(pair) == (
        "Checked: with this correction both agree at each of the 400 steps."
    )


def test_differences_are_described_as_measured() -> None:
    assert describe_difference(BY_NAME["plateau"]) == (
        "Both schedules advance once per epoch of 4 steps. They differ most at step 44 (epoch 11), "
        "where Keras has 0.05 and PyTorch 0.1. The last rates are 0.00625 in PyTorch and 0.00625 "
        "in Keras."
    )
    assert describe_difference(BY_NAME["step"]) == (
        "The schedule advances once per epoch of 4 steps in PyTorch and at every optimizer step in "
        "Keras. They differ first at step 20 (epoch 5) and most at step 60 (epoch 15), where Keras "
        "has 0.0125 and PyTorch 0.1. The last rates are 0.00625 in PyTorch and 1.907e-7 in Keras."
    )
    assert describe_difference(BY_NAME["lambda"]) == (
        "Both schedules advance once per epoch of 4 steps. They agree at each of the 400 steps."
    )


def test_corrections_are_described() -> None:
    assert describe_correction(BY_NAME["step"]) == (
        "To make them agree: `decay_steps: 80` instead of `20`."
    )
    assert describe_correction(BY_NAME["linear"]) == (
        "To make them agree: call the schedule once per epoch, from a callback (`by: epoch`)."
    )
    assert describe_correction(BY_NAME["multistep"]) == (
        "To make them agree: another `function`, shown below."
    )
    before, after = {"a": [1, 2.5]}, ["x", {"b": None}]
    assert describe_change("k", before, after) == "`k: [x, {b: null}]` instead of `{a: [1, 2.5]}`"


def test_the_page_names_the_article_and_every_figure() -> None:
    text = page()
    assert text.startswith("<!-- made by lrviz gallery -->\n# Gallery\n\nlrviz began from a Japan")
    assert "深層学習における学習率スケジューラー" in text
    for figure in FIGURES:
        assert (
            f"## Figure {figure.number}: {figure.title}\n\n図{figure.number} {figure.caption}\n"
            in text
        )
        assert (
            f"({figure.stem}.png)]({figure.stem}.svg)\n\n```console\n$ {figure.command}\n" in text
        )
    assert "Specs: [step.yaml](../configs/step.yaml), [multistep.yaml]" in text
    for figure in FIGURES[:10]:
        spec = (ROOT / "configs" / figure.specs[0]).read_text(encoding="utf-8")
        assert f"$ {figure.command}\n```\n\n```yaml\n{spec}```\n" in text
    for pair in COUNTERPARTS:
        heading = f"## Counterpart of figure {pair.number}: {pair.title} in Keras\n"
        assert heading in text
        assert f"$ lrviz compare configs/counterparts/{pair.name}.yaml\n" in text


def test_each_picture_has_its_title_and_settings() -> None:
    settings = {item.stem: item.settings for item in pictures("dark")}
    assert settings["fig07"] == {"title": "Figure 7: LinearLR", "style": "dark"}
    assert settings["counterpart02"] == {
        "title": "MultiStepLR and its counterpart in Keras",
        "log_y": True,
        "style": "dark",
    }
