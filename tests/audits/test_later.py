"""Runs that follow their plan up to a step, and go through it otherwise from then on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits.audit import Audit
from lrviz.core.schedule import Schedule

NAME, STEPS = "transformers.cosine", np.arange(0, 400, 5)
PLAN = lrviz.schedule(NAME, num_warmup_steps=40, num_training_steps=400)
BEGIN_AGAIN = "save scheduler.state_dict() with the checkpoint, and load it when the run is resumed"


def audit_of(folder: Path, rates: Any, plan: Schedule) -> Audit:
    path = folder / "run.csv"
    rows = (f"{t},{rate:.9e}\n" for t, rate in zip(STEPS, rates, strict=False))
    path.write_text("step,lr\n" + "".join(rows), encoding="utf-8")
    return lrviz.audit(path, plan)


def check(audit: Audit, label: str, sentence: str) -> None:
    best = audit.explanations[0]
    assert (best.label, best.matched) == (label, 1.0)
    assert audit.decisive.explained
    assert audit.decisive.sentence(best) == sentence


def test_a_run_that_begins_again_twice_and_three_times(tmp_path: Path) -> None:
    since = np.where(STEPS < 100, STEPS, np.where(STEPS < 300, STEPS - 100, STEPS - 300))
    check(
        audit_of(tmp_path, PLAN.rate(since), PLAN),
        "restarted (at=100, again=[300])",
        f"the schedule begins again at step 100, and again at step 300; {BEGIN_AGAIN}",
    )
    since[STEPS >= 350] = STEPS[STEPS >= 350] - 350
    audit = audit_of(tmp_path, PLAN.rate(since), PLAN)
    check(
        audit,
        "restarted (at=100, again=[300,350])",
        f"the schedule begins again at step 100, and again at step 300 and 350; {BEGIN_AGAIN}",
    )
    assert audit.to_dict()["explanations"][0]["params"] == {"at": 100, "again": (300, 350)}


@pytest.mark.parametrize("plan", [PLAN, lrviz.schedule("cosine", T_max=400, eta_min=0.01)])
def test_a_run_that_goes_on_with_another_peak(plan: Schedule, tmp_path: Path) -> None:
    rates = np.where(STEPS < 200, plan.rate(STEPS, 0.1), plan.rate(STEPS, 0.05))
    check(
        audit_of(tmp_path, rates, plan),
        "scaled (factor=0.5, at=200)",
        "the rates are the plan's times 0.5, from step 200 on; resume with the rate that the run "
        "began with, or plan the other one",
    )


def test_a_run_that_goes_on_with_several_ticks_a_step(tmp_path: Path) -> None:
    ticks = np.where(STEPS < 152, STEPS, 152 + 2 * (STEPS - 152))
    audit = audit_of(tmp_path, PLAN.rate(ticks)[ticks < 400], PLAN)
    check(
        audit,
        "stepped-n-times (n=2, at=152)",
        "the scheduler ticks 2 times a step, from step 152 on; call scheduler.step() once after "
        "each optimizer.step(); where each process or each accumulated batch ticks it, give its "
        "parameters 2 times as many steps",
    )


def test_a_run_that_goes_on_with_a_later_state(tmp_path: Path) -> None:
    audit = audit_of(tmp_path, PLAN.rate(STEPS + 30 * (STEPS >= 200)), PLAN)
    check(
        audit,
        "shifted (by=30, at=200)",
        "each step t has the rate of step t+30, from step 200 on; load the scheduler's state of "
        "the step at which the run is resumed",
    )


def test_a_restart_after_a_mistake_that_is_made_again(tmp_path: Path) -> None:
    plan = lrviz.schedule("transformers.linear", num_warmup_steps=40, num_training_steps=400)
    ticks = np.where(STEPS < 190, 2 * STEPS, 2 * (STEPS - 190))
    audit = audit_of(tmp_path, plan.rate(ticks), plan)
    best = audit.explanations[0]
    assert (best.label, best.matched) == ("restarted+stepped-n-times (at=190, n=2)", 1.0)


def test_a_restart_after_a_mistake_that_is_not_made_again(tmp_path: Path) -> None:
    lagging = STEPS - np.searchsorted([20, 90, 110], STEPS, side="right")
    audit = audit_of(tmp_path, PLAN.rate(np.where(STEPS < 200, lagging, STEPS - 200)), PLAN)
    best = audit.explanations[0]
    assert (best.label, best.matched) == ("restarted+skipped (at=200, count=3)", 1.0)
    assert "(before the restart only); a lag of a few" in audit.decisive.sentence(best)


def test_few_rows_after_a_step_are_no_other_run(tmp_path: Path) -> None:
    rates = PLAN.rate(STEPS)
    rates[-2:] *= 0.5
    assert all("at" not in item.values or item.id not in ("scaled", "shifted")
               for item in audit_of(tmp_path, rates, PLAN).explanations)  # fmt: skip
