"""A mistake that is only declared is searched, too; and two mistakes in one run are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits import explanation, search
from lrviz.mistakes.mistake import Mistake, Parameter, Piece
from lrviz.mistakes.registry import MISTAKES

PLAN = lrviz.schedule("cosine", T_max=200)
FROZEN = Mistake(
    "frozen",
    "The rate stays after a step.",
    explanation="the rate stays after step {at:,}",
    remedy="thaw it",
    pieces=lambda plan, values: [Piece(0, plan, lambda t: np.minimum(t, values["at"]))],
    parameters=(Parameter("at", "the last step that ticks", 50, in_steps=True),),
)


def write(folder: Path, rates: Any) -> Path:
    path = folder / "run.csv"
    rows = "".join(f"{step},{float(rate)!r}\n" for step, rate in enumerate(rates))
    path.write_text("step,lr\n" + rows, encoding="utf-8")
    return path


def test_a_new_mistake_is_one_declaration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MISTAKES", (*MISTAKES, FROZEN))
    known = explanation.find_mistake
    monkeypatch.setattr(
        explanation, "find_mistake", lambda name: FROZEN if name == "frozen" else known(name)
    )
    rates = PLAN.rate(np.minimum(np.arange(200), 83))
    audit = lrviz.audit(write(tmp_path, rates), PLAN)
    best = audit.explanations[0]
    assert (best.id, best.values, best.matched) == ("frozen", {"at": 83}, 1.0)
    assert audit.decisive.sentence(best) == "the rate stays after step 83; thaw it"


def test_a_shift_with_another_mistake(tmp_path: Path) -> None:
    rates = PLAN.rate(np.maximum(np.arange(200) - 1, 0) // 4)
    audit = lrviz.audit(write(tmp_path, rates), PLAN)
    best = audit.explanations[0]
    assert (best.id, best.values) == ("shifted+stepped-per-n", {"by": -1, "n": 4})
    assert best.label == "shifted+stepped-per-n (by=-1, n=4)"
    assert audit.decisive.sentence(best) == (
        "each step t has the rate of step t-1; log the rate that the step used: read it before "
        "scheduler.step(), and count the steps from 0; and the scheduler ticks once in 4 steps; "
        "call scheduler.step() once after each optimizer.step(); where its parameters count "
        "batches, count optimizer steps"
    )


def test_another_rate_than_the_plan_with_a_floor(tmp_path: Path) -> None:
    plan = lrviz.schedule("cosine", T_max=200, eta_min=0.01)
    audit = lrviz.audit(write(tmp_path, plan.rate(np.arange(200), 0.25)), plan)
    best = audit.explanations[0]
    assert (best.id, best.matched) == ("scaled", 1.0)
    assert best.values == {"factor": pytest.approx(2.5)}
