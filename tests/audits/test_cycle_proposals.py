"""The schedule that a log is of, where it rises again: restarts, triangles, one cycle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits.number_fits import best_number
from lrviz.audits.outline import between, outline_of
from lrviz.audits.restart_fits import restarts
from lrviz.audits.rows import Rows
from tests.audits.test_proposal import write

LINE = {"schedule": "linear", "start_factor": 0.05, "total_iters": 33}
CYCLES: dict[str, dict[str, Any]] = {
    "restarts": {"schedule": "warm-restarts", "lr": 0.1, "T_0": 77, "T_mult": 1, "eta_min": 0.002},
    "longer cycles": {
        "schedule": "warm-restarts", "lr": 0.1, "T_0": 40, "T_mult": 2, "eta_min": 0.0,
    },
    "restarts after a warm-up": {
        "schedule": "cosine_with_restarts", "lr": 0.1, "num_warmup_steps": 33,
        "num_training_steps": 300, "num_cycles": 4,
    },
    "restarts after a warm-up from a rate": {
        "schedule": "sequential", "lr": 0.1, "milestones": [33],
        "schedules": [
            LINE, {"schedule": "warm-restarts", "T_0": 60, "T_mult": 1, "eta_min": 0.002},
        ],
    },
    "longer cycles after a warm-up from a rate": {
        "schedule": "sequential", "lr": 0.1, "milestones": [33],
        "schedules": [LINE, {"schedule": "warm-restarts", "T_0": 50, "T_mult": 2, "eta_min": 0.0}],
    },
    "a cosine that climbs again after a warm-up from a rate": {
        "schedule": "sequential", "lr": 0.1, "milestones": [33],
        "schedules": [LINE, {"schedule": "cosine", "T_max": 70, "eta_min": 0.0}],
    },
    "lower cycles": {
        "schedule": "piecewise", "lr": 0.1, "total_steps": 360, "start": 1.0, "phases": [
            {"steps": 120, "to": 0.01, "curve": "cosine"}, {"steps": 0, "to": 0.5},
            {"steps": 120, "to": 0.01, "curve": "cosine"}, {"steps": 0, "to": 0.25},
            {"steps": 120, "to": 0.01, "curve": "cosine"},
        ],
    },
    "lower cycles to 0": {
        "schedule": "piecewise", "lr": 0.1, "total_steps": 360, "start": 1.0, "phases": [
            {"steps": 120, "to": 0.0, "curve": "cosine"}, {"steps": 0, "to": 0.5},
            {"steps": 120, "to": 0.0, "curve": "cosine"}, {"steps": 0, "to": 0.25},
            {"steps": 120, "to": 0.0, "curve": "cosine"},
        ],
    },
    "lower cycles after a warm-up": {
        "schedule": "piecewise", "lr": 0.1, "total_steps": 390, "start": 0.0, "phases": [
            {"steps": 30, "to": 1.0},
            {"steps": 180, "to": 0.01, "curve": "cosine"}, {"steps": 0, "to": 0.5},
            {"steps": 180, "to": 0.01, "curve": "cosine"},
        ],
    },
    "triangles": {
        "schedule": "cyclic", "base_lr": 0.01, "max_lr": 0.1, "step_size_up": 37,
        "step_size_down": 37, "mode": "triangular",
    },
    "lower triangles": {
        "schedule": "cyclic", "base_lr": 0.01, "max_lr": 0.1, "step_size_up": 23,
        "step_size_down": 41, "mode": "triangular2",
    },
    "one cycle": {
        "schedule": "onecycle", "max_lr": 0.1, "total_steps": 300, "pct_start": 0.3,
        "anneal_strategy": "cos", "three_phase": False,
    },
    "one cycle of another height": {
        "schedule": "onecycle", "max_lr": 0.1, "total_steps": 300, "pct_start": 0.22,
        "anneal_strategy": "cos", "three_phase": False, "div_factor": 10.0,
        "final_div_factor": 100.0,
    },
    "one cycle in three phases": {
        "schedule": "onecycle", "max_lr": 0.1, "total_steps": 300, "pct_start": 0.3,
        "anneal_strategy": "cos", "three_phase": True,
    },
}  # fmt: skip


@pytest.mark.parametrize("every", [1, 5])
@pytest.mark.parametrize("spec", CYCLES.values(), ids=CYCLES)
def test_cycles(spec: dict[str, Any], every: int, tmp_path: Path) -> None:
    parameters = {name: value for name, value in spec.items() if name not in ("schedule", "lr")}
    rates = lrviz.schedule(spec["schedule"], **parameters).rate(np.arange(300), 0.1)
    (proposal,) = lrviz.propose(write(tmp_path, rates, every))
    assert proposal.matched == 1.0
    last = (299 // every) * every
    assert proposal.spec == {**spec, "steps": last + 1, "by": "step"}


def test_cycles_of_two_rows_show_no_heights_of_their_own() -> None:
    def schedules(rows_of_a_cycle: int) -> set[str]:
        share = np.arange(4 * rows_of_a_cycle) % rows_of_a_cycle / rows_of_a_cycle
        tops = np.repeat([0.1, 0.07, 0.09, 0.08], rows_of_a_cycle)
        rates = tops * (1 + np.cos(np.pi * share)) / 2
        rows = Rows(10 * np.arange(len(rates)), rates, np.full(len(rates), 1e-7))
        return {spec["schedule"] for spec in restarts(outline_of(rows))}

    assert schedules(2) == {"warm-restarts"}
    assert schedules(3) == {"warm-restarts", "piecewise"}


def test_no_number_is_best_of_none() -> None:
    assert best_number(float, -1) is None


@pytest.mark.parametrize(
    ("low", "high", "steps"), [(3, 6, [3, 4, 5, 6]), (3.5, 3.6, [3]), (5, 4, []), (5, 1, [])]
)
def test_steps_between(low: float, high: float, steps: list[int]) -> None:
    assert between(low, high, 10) == steps


EPOCHS: dict[str, dict[str, Any]] = {
    "three epochs of warm-up": {"epochs": 60, "nb": 144, "nw": 432},
    "a hundred batches of warm-up": {"epochs": 50, "nb": 19, "nw": 100},
    "another floor": {"epochs": 40, "lrf": 0.1, "nb": 32, "nw": 96},
    "a lag": {"epochs": 50, "nb": 40, "nw": 120, "step_at_end": True},
    "a run that was ended": {"epochs": 100, "nb": 40, "nw": 120},
    "an epoch of warm-up": {"epochs": 50, "nb": 150, "nw": 450},
}


@pytest.mark.parametrize("shape", ["linear", "cos_lr"])
@pytest.mark.parametrize("case", EPOCHS.values(), ids=EPOCHS)
def test_a_decay_by_epoch_with_a_warm_up_by_batch(
    case: dict[str, Any], shape: str, tmp_path: Path
) -> None:
    parameters = {"lrf": 0.01, "step_at_end": False, **case}
    schedule = lrviz.schedule(f"ultralytics.{shape}", **parameters)
    ends = np.arange(1, min(case["epochs"], 60) + 1) * case["nb"] - 1
    rates = schedule.rate(ends, 0.002)
    path = tmp_path / "results.csv"
    rows = "".join(f"{n},{rate:.6g}\n" for n, rate in enumerate(rates.tolist(), 1))
    path.write_text("epoch,lr/pg0\n" + rows, encoding="utf-8")
    (proposal,) = lrviz.propose(path)
    assert proposal.matched == 1.0
    assert proposal.spec == {
        "schedule": f"ultralytics.{shape}", "lr": 0.002, **parameters,
        "steps_per_epoch": case["nb"], "steps": case["epochs"] * case["nb"], "by": "step",
    }  # fmt: skip
    assert proposal.rows.steps.tolist() == ends.tolist()
