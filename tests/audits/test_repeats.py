"""A run that was restarted and has another mistake, too, by a log that repeats itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits.repeat_fits import repetition
from lrviz.audits.rows import Rows

STEPS = np.arange(400)
PLAN = lrviz.schedule("transformers.cosine", num_warmup_steps=20, num_training_steps=400)


def cosine(total: int, warmup: int = 20) -> Any:
    return lrviz.schedule(
        "transformers.cosine", num_warmup_steps=warmup, num_training_steps=total
    ).rate


def rows_of(rates: Any) -> Rows:
    return Rows(STEPS, np.asarray(rates), np.full(len(STEPS), 1e-9))


@pytest.mark.parametrize(
    ("run", "label"),
    [
        (lambda t: PLAN.rate(2 * t), "restarted+stepped-n-times (at=150, n=2)"),
        (cosine(300), "restarted+other-length (at=150, total=300)"),
        (cosine(400, 60), "restarted+other-warmup (at=150, steps=60)"),
    ],
)
def test_a_restart_beside_another_mistake(run: Any, label: str, tmp_path: Path) -> None:
    rates = run(np.where(STEPS < 150, STEPS, STEPS - 150))
    path = tmp_path / "run.csv"
    rows = "".join(f"{t},{rate:.15g}\n" for t, rate in enumerate(rates))
    path.write_text("step,lr\n" + rows, encoding="utf-8")
    best = lrviz.audit(path, PLAN).explanations[0]
    assert (best.label, best.matched) == (label, 1.0)


def test_where_a_log_repeats_itself() -> None:
    again = np.where(STEPS < 150, STEPS, STEPS - 150)
    assert repetition(rows_of(PLAN.rate(again))) == 150
    assert repetition(rows_of(PLAN.rate(STEPS))) is None  # no jump
    other = np.where(STEPS < 150, PLAN.rate(STEPS), 0.02)
    assert repetition(rows_of(other)) is None  # other rates than at the beginning
    assert repetition(rows_of(PLAN.rate(np.where(STEPS < 3, STEPS, 0)))) is None
    noise = np.random.default_rng(1).random(400)
    assert repetition(rows_of(noise)) is None
    assert repetition(Rows(STEPS[:4], np.ones(4), np.ones(4))) is None
