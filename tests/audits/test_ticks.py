"""Logs of schedulers that ticked several times a step, as those of several processes do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits import proposal_search
from lrviz.audits.budget import Budget
from lrviz.render.proposal_lines import proposal_lines

SCHEDULES: dict[str, dict[str, Any]] = {
    "linear": {"num_training_steps": 1000},
    "cosine": {"num_training_steps": 1000},
    "polynomial": {"num_training_steps": 1000, "power": 2.0},
    "warmup_stable_decay": {"num_training_steps": 1000, "num_decay_steps": 200},
    "constant_with_warmup": {},
}
MEND = (
    "call scheduler.step() once after each optimizer.step(); where each process or each "
    "accumulated batch ticks it, give its parameters 2 times as many steps"
)


def proposed(
    folder: Path, name: str, ticks: int, every: int, ahead: int = 0, max_steps: int = 1000
) -> lrviz.Proposal:
    """Return the proposal for the state of a trainer of 1,000 steps."""
    schedule = lrviz.schedule(f"transformers.{name}", num_warmup_steps=100, **SCHEDULES[name])
    rates = schedule.rate(ticks * np.arange(1001), 3e-4)
    history = [
        {"step": step, "learning_rate": float(rates[step - 1 + ahead])}
        for step in range(every, 1001, every)
    ]
    state = {"max_steps": max_steps, "global_step": 1000, "log_history": history}
    path = folder / "trainer_state.json"
    path.write_text(json.dumps(state), encoding="utf-8")
    return lrviz.propose(path)[0]


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize(
    ("ticks", "every", "ahead"), [(1, 10, 0), (2, 1, 0), (2, 10, 1), (4, 5, 0), (2, 50, 0)]
)
def test_the_schedule_that_the_log_shows(
    name: str, ticks: int, every: int, ahead: int, tmp_path: Path
) -> None:
    proposal = proposed(tmp_path, name, ticks, every, ahead)
    assert (proposal.spec["schedule"], proposal.matched) == (f"transformers.{name}", 1.0)
    assert proposal.spec["lr"] == 3e-4
    steps = {key: value for key, value in SCHEDULES[name].items() if key != "power"}
    expected = {"num_warmup_steps": 100, **steps}
    assert {key: proposal.spec[key] for key in expected} == {
        key: value // ticks for key, value in expected.items()
    }
    assert proposal.convention == ("next-rate" if ahead else "rate-used")
    end = (
        f"the schedule reaches its end at step {1000 // ticks} of 1,000: the scheduler ticks "
        f"{ticks} times a step, or the schedule is made for {1000 // ticks} steps"
    )
    has_end = ticks > 1 and "num_training_steps" in SCHEDULES[name]
    assert proposal.remarks == ((end,) if has_end else ())


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_warmup_of_no_whole_number_of_steps(name: str, tmp_path: Path) -> None:
    proposal = proposed(tmp_path, name, ticks=8, every=1)
    assert (proposal.spec["schedule"], proposal.matched) == (f"transformers.{name}", 1.0)
    assert (proposal.spec["num_warmup_steps"], proposal.ticks) == (25, 2)
    assert proposal.spec["steps"] == 2000
    assert proposal.to_dict()["ticks"] == 2
    ticks = (
        "the steps of this schedule are ticks, 2 in each step of the run: the scheduler ticks 2 "
        f"times a step; {MEND}"
    )
    end = (
        "the schedule reaches its end at step 125 of 1,000: the scheduler ticks 8 times a step, or "
        "the schedule is made for 125 steps"
    )
    has_end = "num_training_steps" in SCHEDULES[name]
    assert proposal.remarks == ((ticks, end) if has_end else (ticks,))
    assert proposal.to_dict()["remarks"] == list(proposal.remarks)
    assert [str(line) for line in proposal_lines(proposal, 500)][-1] == proposal.remarks[-1]


@pytest.mark.parametrize(
    ("max_steps", "remark"),
    [
        (1000, None),
        (1300, "the schedule reaches its end at step 1,000 of 1,300: the log's max_steps is 1,300"),
        (700, "the schedule is made for 1,000 steps, and the run has 700 steps"),
        (500, "the schedule is made for 1,000 steps, and the run has 500 steps: the scheduler "
              "ticks once in 2 steps, or it is too long"),
    ],
)  # fmt: skip
def test_the_length_of_the_run(max_steps: int, remark: str | None, tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "linear", ticks=1, every=10, max_steps=max_steps)
    assert proposal.remarks == (() if remark is None else (remark,))


def test_rows_that_do_not_show_the_length(tmp_path: Path) -> None:
    path = tmp_path / "trainer_state.json"
    rates = lrviz.schedule("transformers.linear", num_warmup_steps=0, num_training_steps=10_003)
    history = [
        {"step": step + 1, "learning_rate": float(f"{rates.rate(np.array([step]), 3e-4)[0]:.3e}")}
        for step in range(0, 600, 20)
    ]
    state = {"max_steps": 10_000, "log_history": history}
    path.write_text(json.dumps(state), encoding="utf-8")
    (proposal,) = lrviz.propose(path)
    assert (proposal.matched, proposal.remarks) == (1.0, ())


@pytest.mark.parametrize("floor", [0.0, 1e-5])
def test_a_cosine_that_climbs_again_without_a_warmup(floor: float, tmp_path: Path) -> None:
    rates = lrviz.schedule("cosine", T_max=83, eta_min=floor).rate(np.arange(300), 1e-3)
    path = tmp_path / "run.csv"
    rows = "".join(f"{step},{rates[step]:.4e}\n" for step in range(3, 300, 7))
    path.write_text("step,lr\n" + rows, encoding="utf-8")
    (proposal,) = lrviz.propose(path)
    assert (proposal.spec["schedule"], proposal.matched) == ("torch.CosineAnnealingLR", 1.0)
    assert (proposal.spec["T_max"], proposal.spec["lr"]) == (83, 1e-3)
    assert proposal.spec.get("eta_min", 0.0) == floor


def test_one_number_of_ticks_is_tried_where_no_schedule_is_near(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each search takes as long as all the rest."""
    rates = 0.1 * np.random.default_rng(1).random(200)
    history = [{"step": n + 1, "learning_rate": float(rate)} for n, rate in enumerate(rates)]
    path = tmp_path / "trainer_state.json"
    path.write_text(json.dumps({"log_history": history}), encoding="utf-8")
    proposal, searched = lrviz.propose(path)[0], []

    def proposal_of(*args: Any) -> lrviz.Proposal:
        searched.append(args[-1])
        return proposal

    monkeypatch.setattr(proposal_search, "proposal_of", proposal_of)
    assert proposal_search.ticked_proposal(proposal, Budget()) is None
    assert searched == [8, 8]  # in each convention
