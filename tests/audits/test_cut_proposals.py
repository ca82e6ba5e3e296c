"""Logs that end before their schedule does, or whose highest row is still in the warm-up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz

CASES: dict[str, tuple[dict[str, Any], int, int, int, str]] = {
    "one cycle": (
        {"schedule": "onecycle", "max_lr": 0.002, "total_steps": 5000, "pct_start": 0.1},
        0, 3000, 10, "{:.5e}",
    ),
    "one cycle in lines": (
        {"schedule": "onecycle", "max_lr": 0.05, "total_steps": 5000, "pct_start": 0.3,
         "anneal_strategy": "linear", "three_phase": True},
        9, 5000, 10, "{!r}",
    ),
    "one cycle of a length that its rise tells": (
        {"schedule": "onecycle", "max_lr": 0.099, "total_steps": 282, "pct_start": 0.3,
         "three_phase": True, "div_factor": 100.0, "final_div_factor": 100.0},
        0, 196, 7, "{:.4e}",
    ),
    "one cycle in lines that turns between distant rows": (
        {"schedule": "onecycle", "max_lr": 0.009, "total_steps": 7817, "pct_start": 0.3,
         "anneal_strategy": "linear"},
        0, 7815, 100, "{:.5g}",
    ),
    "one cycle of which rounding leaves a few lengths": (
        {"schedule": "onecycle", "max_lr": 4.28653e-05, "total_steps": 12622, "pct_start": 0.2},
        0, 6310, 10, "{:.4g}",
    ),
    "restarts": (
        {"schedule": "cosine_with_restarts", "num_warmup_steps": 16, "num_training_steps": 500,
         "num_cycles": 4},
        4, 300, 5, "{!r}",
    ),
    "restarts in many rows": (
        {"schedule": "cosine_with_restarts", "num_warmup_steps": 50, "num_training_steps": 5000,
         "num_cycles": 4},
        0, 5000, 1, "{:.8f}",
    ),
    "warm-up and exponential": (
        {"schedule": "piecewise", "total_steps": 3000, "start": 0.01, "phases": [
            {"steps": 300, "to": 1.0}, {"steps": 2700, "to": 0.01, "curve": "exponential"}]},
        4, 1500, 5, "{!r}",
    ),
    "a cosine with a round peak": (
        {"schedule": "cosine", "T_max": 5000, "eta_min": 2e-6}, 0, 2500, 10, "{:.4e}",
    ),
    "a warm-up before the first row": (
        {"schedule": "transformers.cosine", "num_warmup_steps": 22, "num_training_steps": 748},
        49, 748, 50, "{!r}",
    ),
    "a warm-up before the first row of restarts": (
        {"schedule": "cosine_with_restarts", "num_warmup_steps": 22, "num_training_steps": 748,
         "num_cycles": 3},
        49, 748, 50, "{:.5e}",
    ),
    "a warm-up that ends at a row": (
        {"schedule": "transformers.cosine", "num_warmup_steps": 50, "num_training_steps": 3000},
        0, 3000, 50, "{:.5e}",
    ),
}  # fmt: skip
PEAKS = {"a cosine with a round peak": 2e-5}


@pytest.mark.parametrize("name", CASES)
def test_it_is_found(name: str, tmp_path: Path) -> None:
    spec, start, stop, every, layout = CASES[name]
    parameters = {key: value for key, value in spec.items() if key != "schedule"}
    schedule = lrviz.schedule(spec["schedule"], **parameters)
    steps = np.arange(start, stop, every)
    rates = schedule.rate(steps, PEAKS.get(name, 0.001))
    path = tmp_path / "run.csv"
    rows = zip(steps, map(layout.format, map(float, rates)), strict=True)
    path.write_text("step,lr\n" + "".join(f"{t},{text}\n" for t, text in rows), encoding="utf-8")
    (proposal,) = lrviz.propose(path)
    assert proposal.matched == 1.0
    last = {key: proposal.spec[key] for key in ("T_max", "total_steps", "num_training_steps")
            if key in proposal.spec and key in spec}  # fmt: skip
    exact = name not in ("restarts", "warm-up and exponential")  # of any number of cycles, or end
    assert not exact or last == {key: spec[key] for key in last}
