"""A parameter of the plan's schedule that has another value in the log is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits.audit import Audit
from lrviz.mistakes.mistake import is_short

STEPS = np.arange(200)


def audit_of(
    folder: Path, name: str, planned: dict[str, Any], digits: int = 15, **values: Any
) -> Audit:
    """Return the audit of a run of a schedule with other values against the planned ones."""
    rates = lrviz.schedule(name, **planned | values).rate(STEPS)
    path = folder / "run.csv"
    rows = (f"{t},{rate:.{digits}g}\n" for t, rate in enumerate(rates))
    path.write_text("step,lr\n" + "".join(rows), encoding="utf-8")
    return lrviz.audit(path, lrviz.schedule(name, **planned))


CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("step", {"step_size": 60, "gamma": 0.1}, {"gamma": 0.5}),
    ("exponential", {"gamma": 0.99}, {"gamma": 0.985}),
    ("multistep", {"milestones": [60, 120, 160], "gamma": 0.1}, {"milestones": (50, 100, 160)}),
    ("multistep", {"milestones": [60, 120, 160], "gamma": 0.1}, {"gamma": 0.2}),
    ("polynomial", {"total_iters": 200, "power": 0.9}, {"power": 2.0}),
    (
        "transformers.warmup_stable_decay",
        {"num_warmup_steps": 20, "num_decay_steps": 80, "num_training_steps": 200},
        {"num_decay_steps": 40},
    ),
    ("onecycle", {"max_lr": 0.1, "total_steps": 200}, {"final_div_factor": 100.0}),
]


@pytest.mark.parametrize("digits", [15, 4])
@pytest.mark.parametrize(("name", "planned", "values"), CASES)
def test_another_value_of_a_parameter(
    name: str, planned: dict[str, Any], values: dict[str, Any], digits: int, tmp_path: Path
) -> None:
    best = audit_of(tmp_path, name, planned, digits, **values).explanations[0]
    assert (best.id, best.values, best.matched) == ("other-value", values, 1.0)


def test_the_sentence_has_both_values(tmp_path: Path) -> None:
    planned = {"milestones": [60, 120], "gamma": 0.1}
    column = audit_of(tmp_path, "multistep", planned, milestones=(50, 120)).decisive
    assert column.best.label == "other-value (milestones=[50,120])"
    assert column.best.numbers == 2
    assert column.sentence(column.best) == (
        "milestones is [50, 120] in the run and [60, 120] in the plan; give the schedule the "
        "planned milestones, or correct the plan"
    )
    assert column.to_dict()["explanations"][0]["params"] == {"milestones": (50, 120)}


def test_a_simpler_mistake_comes_first(tmp_path: Path) -> None:
    best = audit_of(tmp_path, "exponential", {"gamma": 0.9}, gamma=0.81).explanations[0]
    assert best.label == "stepped-n-times (n=2)"


def test_another_value_with_another_peak(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    rates = 2 * lrviz.schedule("step", step_size=60, gamma=0.5).rate(STEPS)
    path.write_text("step,lr\n" + "".join(f"{t},{rate:.15g}\n" for t, rate in enumerate(rates)))
    best = lrviz.audit(path, lrviz.schedule("step", step_size=60, gamma=0.1)).explanations[0]
    assert (best.label, best.matched) == ("scaled+other-value (factor=2, gamma=0.5)", 1.0)


def test_a_value_of_a_schedule_in_a_sequence(tmp_path: Path) -> None:
    planned: dict[str, Any] = {
        "milestones": [20],
        "schedules": [
            {"schedule": "linear", "start_factor": 0.1, "total_iters": 20},
            {"schedule": "exponential", "gamma": 0.99},
        ],
    }
    slower = [planned["schedules"][0], {"schedule": "exponential", "gamma": 0.995}]
    best = audit_of(tmp_path, "sequential", planned, schedules=slower).explanations[0]
    assert (best.label, best.matched) == ("other-value (gamma=0.995)", 1.0)


@pytest.mark.parametrize(
    ("value", "short"),
    [(0.5, True), (0.985, True), (0.9995, True), (0.12345, False), (7, True), (1234567, True),
     ((50, 0.12345), False), ((50, 120), True)],
)  # fmt: skip
def test_values_of_few_digits_are_usual(value: Any, short: bool) -> None:
    assert is_short(value) is short
