"""Units of the axis of steps: what the run has to say, and what the second axis shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lrviz.core.errors import SpecError
from lrviz.curves.curve import SHARE
from lrviz.curves.table import Table, tabulate
from lrviz.curves.units import AxisUnit
from lrviz.specfile.source import load_named


def table_of(*settings: dict[str, Any], name: Any = None) -> Table:
    curves = [load_named("cosine", {}, item).curves[0] for item in settings]
    return replace(tabulate(curves), axis_name=name)


EPOCHS = {"epochs": 90, "steps_per_epoch": 500}
TOKENS = {"steps": 100, "batch_size": 4, "sequence_length": 1000, "grad_accum": 2}
STEP, EPOCH, PERCENT = AxisUnit("step"), AxisUnit("epoch"), AxisUnit(SHARE, 1.0)


@pytest.mark.parametrize(
    ("settings", "name", "unit", "second"),
    [
        ({"steps": 100}, None, STEP, None),
        ({"steps": 100}, "step", STEP, None),
        ({"steps": 100}, "percent", PERCENT, STEP),
        ({"epochs": 50}, None, EPOCH, None),
        ({"epochs": 50}, "epoch", EPOCH, None),
        ({"epochs": 50}, "percent", AxisUnit(SHARE, 0.5), EPOCH),
        (EPOCHS, None, STEP, AxisUnit("epoch", 500)),
        ({**EPOCHS, "by": "epoch"}, None, STEP, AxisUnit("epoch", 500)),
        (EPOCHS, "epoch", AxisUnit("epoch", 500), STEP),
        (EPOCHS, "percent", AxisUnit(SHARE, 450), STEP),
        (TOKENS, "tokens", AxisUnit("tokens", 1 / 8000), STEP),
        ({"steps": 100, "tokens_per_step": 50}, "tokens", AxisUnit("tokens", 0.02), STEP),
        ({}, "percent", PERCENT, STEP),
    ],
)
def test_units_of_a_curve(
    settings: dict[str, Any], name: str | None, unit: AxisUnit, second: AxisUnit | None
) -> None:
    table = table_of(settings, name=name)
    assert (table.unit, table.second_unit) == (unit, second)


EPOCH_STEPS = "needs the steps of an epoch: give steps_per_epoch, or dataset_size and batch_size"


@pytest.mark.parametrize(
    ("settings", "name", "message"),
    [
        ({"steps": 100}, "epoch", EPOCH_STEPS),
        ({"epochs": 100}, "step", EPOCH_STEPS),
        ({"epochs": 100, "tokens_per_step": 7}, "tokens", EPOCH_STEPS),
        (
            {"steps": 100, "batch_size": 7},
            "tokens",
            "needs the tokens of a step: give tokens_per_step, or sequence_length and batch_size",
        ),
    ],
)
def test_what_the_run_does_not_say(settings: dict[str, Any], name: str, message: str) -> None:
    with pytest.raises(SpecError) as raised:
        _ = table_of(settings, name=name).unit
    assert str(raised.value) == f"cosine: axis {name} {message}"
    assert raised.value.findings[0].id == "needs-run"


def test_a_run_of_unknown_length_has_only_percent() -> None:
    (curve,) = load_named("cosine", {}, {"steps": 100}).curves
    table = tabulate([replace(curve, on_share=True)])
    assert (table.unit, table.second_unit) == (AxisUnit(SHARE, 10), None)
    assert replace(table, axis_name="percent").unit == AxisUnit(SHARE, 10)
    with pytest.raises(SpecError) as raised:
        _ = replace(table, axis_name="step").unit
    assert str(raised.value) == (
        "cosine: axis step needs the run's length: give steps, or epochs and steps_per_epoch"
    )


def test_curves_share_a_unit() -> None:
    same = table_of(EPOCHS, {"steps": 900, "steps_per_epoch": 500}, name="epoch")
    assert same.unit == AxisUnit("epoch", 500)
    assert table_of({"steps": 100}, {"steps": 300}, name="percent").unit == AxisUnit(SHARE, 3)
    with pytest.raises(SpecError) as raised:
        _ = table_of(EPOCHS, {"steps": 9, "steps_per_epoch": 5}, name="epoch").unit
    assert str(raised.value) == (
        "axis epoch: the curves differ in how many steps one epoch is; draw them one by one"
    )


def test_every_curve_without_the_number_is_named() -> None:
    with pytest.raises(SpecError) as raised:
        _ = table_of({"steps": 9}, EPOCHS, {"epochs": 4}, name="tokens").unit
    assert len(raised.value.findings) == 3


def test_the_second_axis_needs_curves_that_agree() -> None:
    assert table_of(EPOCHS, {"steps": 9}).second_unit == AxisUnit("epoch", 500)
    assert table_of(EPOCHS, {"steps": 9, "steps_per_epoch": 5}).second_unit is None
    assert table_of({"epochs": 9}, {"steps": 9}).second_unit is None
    assert table_of({"epochs": 9}, {"steps": 9}).unit == AxisUnit("epoch or step")
