"""Units of the axis of steps: what the run has to say, and what the second axis shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lrviz.core.errors import SpecError
from lrviz.curves.curve import SHARE
from lrviz.curves.table import Table, tabulate
from lrviz.curves.units import AxisUnit, shared_units, step_counts
from lrviz.specfile.source import load_named, load_spec


def table_of(*settings: dict[str, Any], name: Any = None) -> Table:
    curves = []
    for item in settings:
        parameters = {key: value for key, value in item.items() if key == "t_max"}
        run = {key: value for key, value in item.items() if key != "t_max"}
        curves += load_named("cosine", parameters, run).curves
    return tabulate(curves).on_axis(name)


EPOCHS = {"epochs": 90, "steps_per_epoch": 500}
TOKENS = {"steps": 100, "batch_size": 4, "sequence_length": 1000, "grad_accum": 2}
STEP, EPOCH, PERCENT = AxisUnit("step"), AxisUnit("epoch"), AxisUnit(SHARE, 1.0)
EPOCHS_OF_50, EPOCHS_OF_500 = AxisUnit("epoch", 50), AxisUnit("epoch", 500)


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
            "needs the tokens of a step: give tokens_per_step (--tokens-per-step), or "
            "sequence_length and batch_size",
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
    assert table.on_axis("percent").unit == AxisUnit(SHARE, 10)
    with pytest.raises(SpecError) as raised:
        _ = table.on_axis("step").unit
    assert str(raised.value) == (
        "cosine: axis step needs the run's length: give steps, or epochs and steps_per_epoch"
    )


SHORT = {"steps": 100, "steps_per_epoch": 20, "tokens_per_step": 400}
LONG = {"steps": 300, "steps_per_epoch": 50, "tokens_per_step": 100}


@pytest.mark.parametrize(
    ("settings", "name", "unit", "stretches", "end"),
    [
        ((SHORT, LONG), "percent", AxisUnit(SHARE, 3.0), [3, 1], 299),
        ((SHORT, LONG), "epoch", EPOCHS_OF_50, [2.5, 1], 299),
        ((SHORT, LONG), "tokens", AxisUnit("tokens", 0.01), [4, 1], 4 * 99),
        ((SHORT, LONG), "step", STEP, [1, 1], 299),
        ((SHORT, LONG), None, STEP, [1, 1], 299),
        ((LONG, SHORT), "epoch", EPOCHS_OF_50, [1, 2.5], 299),
        (({"epochs": 9}, LONG), "epoch", EPOCHS_OF_50, [50, 1], 50 * 8),
        (({"epochs": 9}, LONG), "percent", AxisUnit(SHARE, 3), [100 / 3, 1], 299),
        ((EPOCHS, {"steps": 9, "steps_per_epoch": 500}), "epoch", EPOCHS_OF_500, [1, 1], 44_999),
        (({}, {"t_max": 50}), "percent", PERCENT, [1, 1], 99),
    ],
)
def test_each_curve_has_its_own_places_on_an_axis(
    settings: Any, name: Any, unit: AxisUnit, stretches: list[float], end: float
) -> None:
    table = table_of(*settings, name=name)
    assert table.unit == unit
    assert [column.stretch for column in table.columns] == pytest.approx(stretches)
    assert table.is_stretched is (stretches != [1, 1])
    assert table.ends == (0, end)
    assert table.second_unit is None or not table.is_stretched


def test_the_percent_of_a_part_of_a_run_are_of_the_whole_run() -> None:
    curves = [load_named("cosine", {}, {"steps": steps}).curves[0] for steps in (100, 300)]
    table = tabulate(curves, range(10, 20)).on_axis("percent")
    assert (table.unit, table.ends) == (AxisUnit(SHARE, 3), (10, 57))


def test_units_of_as_many_steps_in_each_curve() -> None:
    curves = [load_named("cosine", {}, item).curves[0] for item in (SHORT, SHORT, LONG)]
    names = [unit.name for unit in shared_units(curves[:2])]
    assert names == ["step", "epoch", "tokens", SHARE]
    assert shared_units(curves) == [STEP]


def test_every_curve_without_the_number_is_named() -> None:
    with pytest.raises(SpecError) as raised:
        _ = table_of({"steps": 9}, EPOCHS, {"epochs": 4}, name="tokens").unit
    assert len(raised.value.findings) == 3


def test_the_second_axis_needs_curves_that_agree() -> None:
    assert table_of(EPOCHS, {"steps": 9}).second_unit == AxisUnit("epoch", 500)
    assert table_of(EPOCHS, {"steps": 9, "steps_per_epoch": 5}).second_unit is None
    assert table_of({"epochs": 9}, {"steps": 9}).second_unit is None
    assert table_of({"epochs": 9}, {"steps": 9}).unit == AxisUnit("epoch or step")


NATURAL, SHORTER = {"t_max": 2000}, {"t_max": 1000}


@pytest.mark.parametrize(
    ("settings", "counts"),
    [
        ((SHORTER, NATURAL), [2000, 2000]),
        (({"steps": 1000}, {"steps": 2000}), [1000, 2000]),
        (({**SHORTER, "steps": 500}, NATURAL), [500, 2000]),
        (({**NATURAL, "steps": 3000}, SHORTER), [3000, 1000]),
        (({"t_max": 90, "by": "epoch"}, SHORTER), [90, 1000]),
        (({"t_max": 90, "by": "epoch"}, SHORTER, {"t_max": 50, "by": "epoch"}), [90, 1000, 90]),
        (({"t_max": 90, "by": "epoch", "steps_per_epoch": 20}, SHORTER), [1800, 1800]),
    ],
)
def test_curves_without_a_run_share_the_longest_length_of_those_that_count_alike(
    settings: Any, counts: list[int]
) -> None:
    columns = table_of(*settings).columns
    assert step_counts([column.curve for column in columns]) == counts
    assert [len(column.rates) for column in columns] == counts


def test_a_schedule_that_ends_is_not_sampled_beyond_its_end() -> None:
    curves = [
        *load_named("onecycle", {"total_steps": 100}).curves,
        *load_named("cosine", {"t_max": 300}).curves,
    ]
    assert step_counts(curves) == [101, 300]


CONFIG = '{"output_dir": "x", "lr_scheduler_type": "cosine", "max_steps": STEPS}'


def test_the_percent_of_two_training_configs_are_each_of_its_own_run(tmp_path: Path) -> None:
    files = [tmp_path / "short.json", tmp_path / "long.json"]
    for file, steps in zip(files, ("1000", "2000"), strict=True):
        file.write_text(CONFIG.replace("STEPS", steps), encoding="utf-8")
    curves = [curve for file in files for curve in load_spec(str(file)).curves]
    table = tabulate(curves).on_axis("percent")
    assert [len(column.rates) for column in table.columns] == [1000, 2000]
    ends = [column.length / table.unit.steps for column in table.columns]
    assert ends == [100, 100]
