"""What an audit says: shares of rows, round numbers, steps that tell apart, counts from 1."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits.columns import audit_table
from lrviz.audits.countings import may_count_from_one
from lrviz.audits.log import read_log
from lrviz.audits.number_fits import roundest
from lrviz.curves.curve import Curve
from lrviz.render.audit_lines import rows_text
from lrviz.run import Run

DROPS = lrviz.schedule("torch.StepLR", step_size=300, gamma=0.1)
COSINE = lrviz.schedule("torch.CosineAnnealingLR", T_max=1000)
DROP_PLAN = Curve("plan", DROPS, run=Run(steps=1000))
PLAN = Curve("plan", COSINE, run=Run(steps=1000))


def write(folder: Path, steps: Iterable[int], rates: Iterable[float], digits: int) -> Path:
    path = folder / "run.csv"
    rows = [f"{t},{rate:.{digits - 1}e}\n" for t, rate in zip(steps, rates, strict=True)]
    path.write_text("step,lr\n" + "".join(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (range(99, 103), 100),
        (range(122, 127), 125),
        (range(48, 51), 50),
        (range(15, 18), 16),
        (range(16, 21), 20),
        (range(121, 125), 123),
        (range(30, 61), 50),
        (range(6, 10), 8),
    ],
)
def test_of_numbers_as_good_the_roundest_is_taken(numbers: range, expected: int) -> None:
    assert roundest(numbers) == expected


def test_an_explanation_of_some_rows_says_how_many_and_no_remedy(tmp_path: Path) -> None:
    steps = np.arange(0, 1000, 10)
    rates = COSINE.rate(steps // 2)
    rates[:10] = 0.04
    audit = lrviz.audit(write(tmp_path, steps, rates, 4), PLAN).decisive
    assert audit.explained
    assert audit.sentence(audit.best) == (
        "explains 90.0 % of the rows, not all: the scheduler ticks once in 2 steps"
    )


def test_drops_at_other_steps_are_another_length(tmp_path: Path) -> None:
    steps = np.arange(0, 1000, 10)
    longer = lrviz.schedule("torch.StepLR", step_size=200, gamma=0.1)
    audit = lrviz.audit(write(tmp_path, steps, longer.rate(steps), 4), DROP_PLAN).decisive
    assert (audit.best.id, audit.best.values, audit.best.matched) == (
        "other-length", {"total": 667}, 1.0
    )  # fmt: skip
    assert audit.sentence(audit.best) == (
        "the schedule is made for 667 steps, and the run has 1,000 (step_size=200); "
        "give the schedule the 1,000 optimizer steps of the whole run"
    )


def test_a_single_bad_row_leaves_the_remedy(tmp_path: Path) -> None:
    steps = np.arange(200)
    rates = COSINE.rate(steps // 4)
    rates[[100, 150]] = 0.04
    audit = lrviz.audit(write(tmp_path, steps, rates, 8), PLAN).decisive
    assert (audit.best.id, audit.best.matched) == ("stepped-per-n", 0.99)
    assert audit.sentence(audit.best).startswith("the scheduler ticks once in 4 steps; call ")


def test_a_restart_between_two_rows_is_at_the_roundest_step(tmp_path: Path) -> None:
    steps = np.arange(0, 1000, 50)
    rates = DROPS.rate(np.where(steps >= 400, steps - 400, steps))
    best = lrviz.audit(write(tmp_path, steps, rates, 4), DROP_PLAN).explanations[0]
    assert (best.id, best.values) == ("restarted", {"at": 400})


def test_a_step_tells_apart_what_differs_by_more_than_the_rounding(tmp_path: Path) -> None:
    steps = np.arange(0, 1000, 50)
    audit = lrviz.audit(write(tmp_path, steps, COSINE.rate(steps // 2), 4), PLAN).decisive
    tie = audit.ties[0]
    assert (audit.best.id, tie.id) == ("stepped-per-n", "other-length")
    assert audit.difference(tie) == (
        "the rate at step 999 tells them apart: 0.05016 with stepped-per-n, "
        "0.05008 with other-length"
    )


def test_rates_within_the_rounding_tell_nothing_apart(tmp_path: Path) -> None:
    steps = np.arange(0, 1000, 50)
    audit = lrviz.audit(write(tmp_path, steps, COSINE.rate(steps // 2), 3), PLAN).decisive
    assert audit.ties[0].id == "other-length"
    assert audit.difference(audit.ties[0]) == "both give the same rates at every step"


@pytest.mark.parametrize("first", [1, 10])
def test_a_log_whose_rows_all_match_one_step_earlier_counts_from_1(
    tmp_path: Path, first: int
) -> None:
    steps = np.arange(first, 1000, 10)
    audit = lrviz.audit(write(tmp_path, steps, COSINE.rate(steps - 1), 8), PLAN)
    assert audit.followed
    assert rows_text(audit.decisive).endswith("8 significant digits; steps counted from 1")


def test_a_shift_in_a_log_from_step_0_is_a_mistake(tmp_path: Path) -> None:
    steps = np.arange(0, 1000, 10)
    rates = COSINE.rate(np.maximum(steps - 1, 0))
    audit = lrviz.audit(write(tmp_path, steps, rates, 8), PLAN)
    assert not audit.followed
    assert (audit.explanations[0].id, audit.explanations[0].values) == ("shifted", {"by": -1})


def test_a_log_from_step_1_that_follows_the_plan_as_it_is_counts_from_0(tmp_path: Path) -> None:
    steps = np.arange(1, 1000, 10)
    audit = lrviz.audit(write(tmp_path, steps, COSINE.rate(steps), 8), PLAN)
    assert audit.followed
    assert rows_text(audit.decisive).endswith("8 significant digits")


def test_a_log_that_counts_from_1_may_have_a_row_of_another_rate(tmp_path: Path) -> None:
    steps = np.arange(1, 1000, 10)
    rates = COSINE.rate(steps - 1)
    rates[50] *= 1.01
    audit = lrviz.audit(write(tmp_path, steps, rates, 8), PLAN)
    assert (audit.followed, audit.decisive.planned.matched) == (True, 0.99)


@pytest.mark.parametrize("first", [1, 10])
def test_a_mistake_in_a_log_that_counts_from_1(tmp_path: Path, first: int) -> None:
    steps = np.arange(first, 1000, first)
    audit = lrviz.audit(write(tmp_path, steps, COSINE.rate((steps - 1) // 4), 8), PLAN)
    best = audit.explanations[0]
    assert (best.id, best.values, best.matched) == ("stepped-per-n", {"n": 4}, 1.0)
    assert audit.log.first == 1


def test_a_log_with_rows_at_9_19_29_counts_from_0(tmp_path: Path) -> None:
    steps = np.arange(9, 1000, 10)
    audit = lrviz.audit(write(tmp_path, steps, COSINE.rate(steps - 1), 8), PLAN)
    assert (audit.explanations[0].id, audit.explanations[0].values) == ("shifted", {"by": -1})


def test_a_single_row_does_not_count_from_1(tmp_path: Path) -> None:
    audit = lrviz.audit(write(tmp_path, [10], COSINE.rate(np.array([9])), 8), PLAN)
    assert not audit.followed


def test_a_rate_below_0_that_a_mistake_gives_is_explained(tmp_path: Path) -> None:
    cycle = lrviz.schedule("onecycle", max_lr=0.1, total_steps=100, anneal_strategy="linear")
    ahead = cycle.rate(np.arange(1, 101))
    assert ahead[-1] < 0
    audit = lrviz.audit(write(tmp_path, range(100), ahead, 8), Curve("plan", cycle)).decisive
    assert (audit.best.id, audit.explained, audit.negative_step) == ("shifted", True, None)


def test_rates_of_0_are_off_by_a_share_of_the_planned_peak(tmp_path: Path) -> None:
    audit = lrviz.audit(write(tmp_path, range(200), np.zeros(200), 4), PLAN).decisive
    expected = float(np.sqrt(np.mean((COSINE.rate(np.arange(200)) / 0.1) ** 2)))
    assert audit.planned.rms == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (range(0, 50), False),
        (range(1, 50), True),
        (range(0, 500, 10), False),
        (range(1, 500, 10), True),
        (range(2, 500, 10), False),
        (range(9, 500, 10), False),
        (range(10, 500, 10), True),
        (range(20, 500, 10), True),
        ([10, 20, 35, 50], True),
        ([10, 20, 37], True),
        ([10], False),
        ([1], True),
    ],
)
def test_logs_that_may_count_from_1(steps: Iterable[int], expected: bool, tmp_path: Path) -> None:
    log = read_log(write(tmp_path, steps, [0.1] * len(list(steps)), 4))
    assert may_count_from_one(log) == expected
    assert not may_count_from_one(replace(log, first=1))
    assert not may_count_from_one(replace(log, counts_done=True))


def test_a_resumption_is_no_other_explanation_of_a_run_of_another_length(tmp_path: Path) -> None:
    steps = np.arange(500)
    longer = lrviz.schedule("torch.CosineAnnealingLR", T_max=1500)
    audit = lrviz.audit(write(tmp_path, steps, longer.rate(steps), 5), PLAN).decisive
    assert [item.id for item in audit.explanations if item.matched == 1] == ["other-length"]
    assert audit.ties == ()


def test_the_rates_of_a_log_that_counts_done_steps_are_named(tmp_path: Path) -> None:
    rows = [{"step": step, "learning_rate": COSINE.rate(step)} for step in range(10, 300, 10)]
    path = tmp_path / "trainer_state.json"
    path.write_text(json.dumps({"log_history": rows}, default=float), encoding="utf-8")
    assert rows_text(lrviz.audit(path, PLAN).decisive) == (
        "learning_rate: 29 rows, step 10 to 290, full precision; rows are written after "
        "their step, each with the rate of the next step"
    )


@pytest.mark.parametrize(
    ("name", "values", "run", "end"),
    [
        ("transformers.constant_with_warmup", {"num_warmup_steps": 400}, Run(), ""),
        ("transformers.constant", {}, Run(), ""),
        ("torch.StepLR", {"step_size": 300}, Run(), ""),
        ("torch.StepLR", {"step_size": 300}, Run(steps=1000), "the log ends at step 70 of 1,000"),
        ("torch.CosineAnnealingLR", {"T_max": 500}, Run(), "the log ends at step 70 of 500"),
        (
            "torch.OneCycleLR",
            {"total_steps": 500, "max_lr": 0.1},
            Run(),
            "the log ends at step 70 of 500",
        ),
        ("plateau", {"metric": [1.0] * 99}, Run(), "the log ends at step 70 of 99"),
    ],
)
def test_a_log_is_compared_with_a_length_that_the_plan_declares(
    name: str, values: dict[str, Any], run: Run, end: str, tmp_path: Path
) -> None:
    plan = Curve("plan", lrviz.schedule(name, **values), run=run)
    steps = np.arange(0, 71, 10)
    audit = lrviz.audit(write(tmp_path, steps, plan.schedule.rate(steps), 6), plan).decisive
    assert (audit.followed, audit.unfinished) == (True, end)
    assert audit_table(audit).steps.stop == (audit.plan.length if end else 71)


@pytest.mark.parametrize(
    ("name", "planned", "logged", "sentence"),
    [
        ("torch.StepLR", {"step_size": 30}, {"step_size": 20},
         "the schedule has step_size=20 instead of step_size=30"),
        ("torch.CosineAnnealingWarmRestarts", {"T_0": 10}, {"T_0": 20},
         "the schedule has T_0=20 instead of T_0=10"),
    ],
)  # fmt: skip
def test_another_length_of_a_plan_that_declares_none_is_said_by_its_steps(
    name: str, planned: dict[str, int], logged: dict[str, int], sentence: str, tmp_path: Path
) -> None:
    steps = np.arange(71)
    log = write(tmp_path, steps, lrviz.schedule(name, **logged).rate(steps), 6)
    audit = lrviz.audit(log, Curve("plan", lrviz.schedule(name, **planned))).decisive
    assert audit.best.id == "other-length"
    assert audit.sentence(audit.best) == sentence


FOUR_TICKS = {
    "torch.CosineAnnealingLR": {"T_max": 1000},
    "transformers.cosine": {"num_warmup_steps": 100, "num_training_steps": 1000},
    "transformers.linear": {"num_warmup_steps": 100, "num_training_steps": 1000},
}


@pytest.mark.parametrize("every", [1, 10, 50])
@pytest.mark.parametrize(
    ("name", "guarded", "until"),
    [
        ("torch.CosineAnnealingLR", False, ""),
        ("torch.CosineAnnealingLR", True, ", up to the end of the plan"),
        ("transformers.cosine", False, ""),
        ("transformers.cosine", True, ", up to the end of the plan"),
        ("transformers.linear", False, ""),
        ("transformers.linear", True, ""),
    ],
)
def test_four_ticks_a_step_of_a_scheduler_that_may_be_called_no_more_after_its_end(
    name: str, guarded: bool, until: str, every: int, tmp_path: Path
) -> None:
    plan = Curve("plan", lrviz.schedule(name, **FOUR_TICKS[name]), run=Run(steps=1000))
    steps = np.arange(0, 1000, every)
    ticks = np.minimum(4 * steps, 1000) if guarded else 4 * steps
    audit = lrviz.audit(write(tmp_path, steps, plan.schedule.rate(ticks), 6), plan).decisive
    assert (audit.best.id, audit.best.values) == ("stepped-n-times", {"n": 4})
    assert (audit.explained, audit.best.matched) == (True, 1.0)
    assert audit.best.sentence(plan).startswith(f"the scheduler ticks 4 times a step{until}; call")


def test_a_plan_that_declares_no_length_has_no_end_for_ticks(tmp_path: Path) -> None:
    plan = Curve("plan", lrviz.schedule("sgdr", T_0=100))
    steps = np.arange(0, 1000, 10)
    rates = plan.schedule.rate(np.minimum(4 * steps, plan.count()))
    audit = lrviz.audit(write(tmp_path, steps, rates, 6), plan).decisive
    assert not any("up to the end" in item.sentence(plan) for item in audit.explanations)


@pytest.mark.parametrize("n", [8, 16, 32])
def test_many_ticks_a_step_up_to_the_end_of_the_plan(n: int, tmp_path: Path) -> None:
    steps = np.arange(0, 1000, 10)
    rates = COSINE.rate(np.minimum(n * steps, 1000))
    audit = lrviz.audit(write(tmp_path, steps, rates, 6), PLAN).decisive
    assert (audit.best.label, audit.best.matched) == (f"stepped-n-times (n={n})", 1.0)


def test_a_schedule_that_holds_its_last_rate_has_ticks_to_its_end_only_once(tmp_path: Path) -> None:
    plan = Curve("plan", lrviz.schedule("polynomial", total_iters=1000), run=Run(steps=1000))
    steps = np.arange(0, 1000, 10)
    rates = plan.schedule.rate(4 * steps)
    rates[5:8] = 0.09
    audit = lrviz.audit(write(tmp_path, steps, rates, 6), plan).decisive
    best, *others = audit.explanations
    assert (best.id, audit.explained) == ("stepped-n-times", True)
    assert "up to the end" not in best.sentence(plan)
    assert "stepped-n-times" not in [item.id for item in others]
