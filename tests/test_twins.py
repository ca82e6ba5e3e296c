"""The Keras twins: each pair's change is checked, and what is told of it is measured."""

from __future__ import annotations

import pytest

from lrviz.curves.facts import difference
from lrviz.gallery.counterparts import TWINS, Twin, told
from lrviz.gallery.figures import FIGURES
from tests.conftest import ROOT


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.name)
def test_the_change_makes_them_agree(twin: Twin) -> None:
    torch, keras = twin.table.columns
    assert torch.label.startswith("PyTorch ")
    assert keras.label.startswith("Keras ")
    assert twin.agrees()
    differs = difference(keras, torch).first_step is not None
    assert differs == (twin.mended_path is not None)
    assert twin.mended.curve.schedule.title() == keras.curve.schedule.title()


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.name)
def test_pytorchs_side_is_the_figures(twin: Twin) -> None:
    schedule = twin.table.columns[0].curve.schedule
    figure = next(figure for figure in FIGURES if figure.number == twin.number)
    assert schedule.name in figure.caption or twin.number == 12


def test_every_spec_of_a_twin_is_drawn() -> None:
    folder = ROOT / "configs" / "counterparts"
    assert {path.stem for path in folder.glob("*.yaml")} == {twin.name for twin in TWINS}
    assert {path.stem for path in folder.glob("corrected/*.yaml")} < {twin.name for twin in TWINS}


def test_the_sentence_tells_what_was_measured() -> None:
    by_name = {twin.name: twin for twin in TWINS}
    assert told(by_name["plateau"]) == (
        "Both tick once an epoch of 4 steps. They differ most at step 44 (epoch 11), where Keras "
        "has 0.05 and PyTorch 0.1. The last rates are 0.00625 in PyTorch and 0.00625 in Keras."
    )
    assert "PyTorch ticks once an epoch of 4 steps, Keras at every optimizer step." in told(
        by_name["step"]
    )
    assert "They agree at each of the 400 steps." in told(by_name["lambda"])
