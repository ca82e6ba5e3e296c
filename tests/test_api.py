"""The Python API."""

from __future__ import annotations

import numpy as np
import pytest

import lrviz
from tests.conftest import ROOT


def test_a_schedule_is_a_value() -> None:
    cosine = lrviz.schedule("cosine", T_max=100, eta_min=1e-4)
    assert cosine == lrviz.schedule("torch.CosineAnnealingLR", t_max=100, eta_min=1e-4)
    assert repr(cosine) == "CosineAnnealingLR(T_max=100, eta_min=0.0001)"
    assert len({cosine, lrviz.schedule("cosine", T_max=100, eta_min=1e-4)}) == 1
    rates = cosine.rate(np.arange(100), lr=0.1)
    assert rates.dtype == np.float64
    assert rates.shape == (100,)
    assert rates[0] == 0.1


def test_it_is_as_strict_as_a_file() -> None:
    with pytest.raises(lrviz.SpecError) as caught:
        lrviz.schedule("step", step_size=0, gama=2)
    assert str(caught.value).splitlines() == [
        "step_size must be at least 1 (got 0)",
        "unknown parameter 'gama' for torch.StepLR; did you mean 'gamma'?",
    ]
    with pytest.raises(lrviz.SpecError, match="unknown schedule 'cosin'; did you mean 'cosine'"):
        lrviz.schedule("cosin")
    with pytest.raises(lrviz.SpecError, match="needs T_max"):
        lrviz.schedule("cosine")
    with pytest.raises(lrviz.SpecError, match="whole numbers from 0"):
        lrviz.schedule("cosine", T_max=9).rate([-1])
    with pytest.raises(lrviz.SpecError, match="log_z"):
        lrviz.plot(lrviz.load("cosine"), log_z=True)
    with pytest.raises(AttributeError):
        lrviz.nothing  # noqa: B018


def test_numpy_numbers_are_numbers() -> None:
    assert lrviz.schedule("step", step_size=np.int64(3)) == lrviz.schedule("step", step_size=3)


def test_load_sample_plot() -> None:
    curves = lrviz.load(ROOT / "configs" / "cosine.yaml")
    table = lrviz.sample(curves, steps=10)
    assert table.columns[0].label == "CosineAnnealingLR"
    assert len(table.columns[0].rates) == 10
    assert lrviz.plot(curves).axes[0].get_xlabel() == "epoch"
    with pytest.raises(lrviz.SpecError):
        lrviz.sample(curves, steps=0)


def test_a_notebook_shows_pictures() -> None:
    curves = lrviz.load("cosine")
    for shown in (curves, curves[0], curves[0].schedule):
        assert shown._repr_svg_().lstrip().startswith("<?xml")


def test_two_calls_give_the_same_function() -> None:
    assert lrviz.schedule is lrviz.schedule
    assert callable(lrviz.plot)
