"""The convention of a log of steps done that left its plan: that of what explains it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import lrviz

WARM_UP = "transformers.linear:num_warmup_steps={},num_training_steps=200"
(PLAN,) = lrviz.load(WARM_UP.format(20))


def write(folder: Path, rates: np.ndarray) -> Path:
    path = folder / "trainer_state.json"
    rows = [{"step": 10 * n, "learning_rate": float(rate)} for n, rate in enumerate(rates, 1)]
    path.write_text(json.dumps({"log_history": rows}), encoding="utf-8")
    return path


@pytest.mark.parametrize(("behind", "convention"), [(1, "rate-used"), (0, "next-rate")])
def test_a_mistake_says_which_rate_a_row_has(behind: int, convention: str, tmp_path: Path) -> None:
    (run,) = lrviz.load(WARM_UP.format(2))
    steps = np.arange(10, 201, 10) - behind
    audit = lrviz.audit(write(tmp_path, run.rates_at(steps)), PLAN).decisive
    assert (audit.best.label, audit.convention) == ("other-warmup (steps=2)", convention)
    assert audit.plan_rates.tolist() == PLAN.rates_at(steps).tolist()
    (planned,) = (item for item in audit.explanations if item.id == "as-planned")
    assert planned.matched == np.mean(audit.rows.matches(PLAN.rates_at(steps)))


def test_without_an_explanation_the_nearer_one_is_told(tmp_path: Path) -> None:
    rates = PLAN.rates_at(np.arange(10, 201, 10))
    rates[5:] = np.random.default_rng(1).uniform(0, 0.1, len(rates) - 5)
    audit = lrviz.audit(write(tmp_path, rates), PLAN).decisive
    assert (audit.explained, audit.convention) == (False, "next-rate")
