"""Another warm-up together with another length, floor or number of ticks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.core.schedule import Schedule

STEPS = np.arange(0, 400, 4)


def plan_of(warmup: int, total: int, floor: float = 0.01) -> Schedule:
    return lrviz.schedule(
        "transformers.cosine_with_min_lr",
        num_warmup_steps=warmup,
        num_training_steps=total,
        min_lr=floor,
    )


def sequence(warmup: int, total: int) -> Schedule:
    parts: list[Any] = [
        {"schedule": "linear", "start_factor": 0.01, "end_factor": 1.0, "total_iters": warmup},
        {"schedule": "cosine", "T_max": total - warmup},
    ]
    return lrviz.schedule("sequential", schedules=parts, milestones=[warmup])


@pytest.mark.parametrize(
    ("run", "plan", "ticks", "label"),
    [
        (plan_of(100, 800), plan_of(20, 400), 1, "other-length (steps=100, total=800)"),
        (plan_of(0, 800), plan_of(20, 400), 1, "other-length (steps=0, total=800)"),
        (sequence(100, 800), sequence(20, 400), 1, "other-length (steps=100, total=800)"),
        (plan_of(60, 400, 0.0), plan_of(20, 400), 1, "other-floor (steps=60, rate=0)"),
        (plan_of(0, 400, 0.02), plan_of(20, 400), 1, "other-floor (steps=0, rate=0.02)"),
        (plan_of(0, 800), plan_of(20, 800), 2, "stepped-n-times (steps=0, n=2)"),
    ],
)
def test_another_warm_up_beside_another_mistake(
    run: Schedule, plan: Schedule, ticks: int, label: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.csv"
    rates = run.rate(STEPS * ticks)
    rows = (f"{t},{rate:.9e}\n" for t, rate in zip(STEPS, rates, strict=True))
    path.write_text("step,lr\n" + "".join(rows), encoding="utf-8")
    audit = lrviz.audit(path, plan)
    best = audit.explanations[0]
    assert (best.label, best.matched) == (f"other-warmup+{label}", 1.0)
