"""A log without a plan whose schedule is interrupted: what is proposed, and what is said of it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits.interruption import before_breaks, before_jumps, scatters
from lrviz.audits.rows import Rows
from lrviz.render.proposal_lines import proposal_lines

RESTART = (
    "the rates jump at step 250: the schedule begins again at step 250; save "
    "scheduler.state_dict() with the checkpoint, and load it when the run is resumed"
)


def cosine(total: int, steps: Any) -> Any:
    return lrviz.schedule("cosine", T_max=total).rate(steps)


def proposed(folder: Path, *parts: Any) -> lrviz.Proposal:
    rates = np.concatenate(parts)
    rows = "".join(f"{step},{float(rate)!r}\n" for step, rate in enumerate(rates))
    (folder / "run.csv").write_text("step,lr\n" + rows, encoding="utf-8")
    return lrviz.propose(folder / "run.csv")[0]


def test_a_schedule_that_begins_again(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, cosine(400, np.arange(250)), cosine(400, np.arange(150)))
    assert (proposal.spec["schedule"], proposal.spec["T_max"]) == ("torch.CosineAnnealingLR", 400)
    assert (proposal.spec["lr"], proposal.spec["steps"], proposal.is_good) == (0.1, 400, False)
    assert (proposal.matched, proposal.first_difference) == (0.625, 250)
    assert proposal.to_dict()["interruption"] == {
        "step": 250, "id": "restarted", "params": {"at": 250}, "following": None,
        "sentence": RESTART,
    }  # fmt: skip
    lines = [str(line) for line in proposal_lines(proposal, 200)]
    assert lines[1] == "the log is of this schedule until it is interrupted:"
    assert lines[-1] == RESTART


@pytest.mark.parametrize("total", [300, 440, 2000])
def test_a_schedule_that_goes_on_with_another_length(total: int, tmp_path: Path) -> None:
    end = min(total, 400)
    proposal = proposed(tmp_path, cosine(400, np.arange(250)), cosine(total, np.arange(250, end)))
    assert (proposal.spec["schedule"], proposal.spec["T_max"]) == ("torch.CosineAnnealingLR", 400)
    assert proposal.to_dict()["interruption"] == {
        "step": 250, "id": "resumed", "params": {"at": 250, "total": total}, "following": None,
        "sentence": f"the rates jump at step 250: from step 250 on the schedule is one of {total:,}"
        " steps; resume with the number of steps that the run began with; for a run of open length "
        "choose a schedule that holds its rate until a late decay",
    }  # fmt: skip


def test_another_schedule_that_follows(tmp_path: Path) -> None:
    following = lrviz.schedule("transformers.linear", num_warmup_steps=20, num_training_steps=150)
    proposal = proposed(tmp_path, cosine(400, np.arange(250)), following.rate(np.arange(150), 0.05))
    spec = {
        "schedule": "transformers.linear", "lr": 0.05, "num_warmup_steps": 20,
        "num_training_steps": 150,
    }  # fmt: skip
    what = "the rates jump at step 250: another schedule follows, which begins at step 250"
    assert proposal.to_dict()["interruption"] == {
        "step": 250, "id": None, "params": {}, "following": spec, "sentence": what,
    }  # fmt: skip
    lines = [str(line) for line in proposal_lines(proposal, 200)]
    assert lines[-5:] == [
        what, "  schedule: transformers.linear", "  lr: 0.05", "  num_warmup_steps: 20",
        "  num_training_steps: 150",
    ]  # fmt: skip


def test_another_schedule_of_the_same_steps(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, cosine(400, np.arange(250)), 3 * cosine(600, np.arange(250, 400)))
    assert proposal.interruption is not None
    assert proposal.interruption.following is not None
    assert proposal.interruption.sentence(proposal.plan.plan) == (
        "the rates jump at step 250: another schedule follows, as if it had begun at step 0"
    )


def test_nothing_that_is_known_follows(tmp_path: Path) -> None:
    steps = np.arange(90)
    rates = 0.08 + 0.005 * np.sin(steps / 7) + 0.005 * np.sin(steps / 3)
    proposal = proposed(tmp_path, cosine(400, np.arange(250)), rates)
    assert proposal.to_dict()["interruption"] == {
        "step": 250, "id": None, "params": {}, "following": None,
        "sentence": "the rates jump at step 250: a schedule of another length or kind follows",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["restarted", "resumed"])
@pytest.mark.parametrize("ahead", [0, 1])
def test_a_log_that_goes_back_where_its_run_is_resumed(
    kind: str, ahead: int, tmp_path: Path
) -> None:
    linear = partial(lrviz.schedule, "transformers.linear", num_warmup_steps=50)
    steps = np.arange(500)
    rates = linear(num_training_steps=500).rate(steps, 3e-4)
    after = (
        np.concatenate([rates[:200], rates[:300]])
        if kind == "restarted"
        else linear(num_training_steps=560).rate(steps, 3e-4)
    )
    died = [(done, rates[done - 1 + ahead]) for done in range(10, 241, 10)]
    rows = [(done, after[done - 1 + ahead]) for done in range(210, 491, 10)]
    path = tmp_path / "trainer_log.jsonl"
    path.write_text(
        "".join(
            json.dumps({"current_steps": done, "total_steps": 500, "lr": float(rate)}) + "\n"
            for done, rate in [*died, *rows]
        ),
        encoding="utf-8",
    )
    (proposal,) = lrviz.propose(path)
    assert proposal.spec["num_training_steps"] == 500
    assert proposal.interruption is not None
    assert (proposal.interruption.step, proposal.interruption.is_resumed) == (210, True)
    assert proposal.interruption.mistake is not None
    assert proposal.interruption.mistake.id == kind
    assert 200 <= proposal.interruption.mistake.values["at"] <= 210
    assert proposal.interruption.sentence(proposal.plan.plan).startswith(
        "the log is resumed at step 210: "
    )


def test_stairs_that_begin_again(tmp_path: Path) -> None:
    stairs = lrviz.schedule("step", step_size=50, gamma=0.5).rate(np.arange(200))
    proposal = proposed(tmp_path, stairs[:150], stairs)
    assert (proposal.spec["schedule"], proposal.spec["step_size"]) == ("step", 50)
    assert proposal.to_dict()["interruption"]["params"] == {"at": 150}


def test_stairs_that_rise_are_one_schedule(tmp_path: Path) -> None:
    levels = np.repeat([0.1, 0.02, 0.07, 0.01, 0.03], 20)
    proposal = proposed(tmp_path, levels)
    assert (proposal.spec["schedule"], proposal.interruption) == ("piecewise", None)


def test_a_whole_schedule_is_not_interrupted(tmp_path: Path) -> None:
    steps = np.arange(90)
    rates = lrviz.schedule("multistep", milestones=[30, 60]).rate(steps)
    assert proposed(tmp_path, rates).to_dict()["interruption"] is None


def jumps(*rates: float, fewest: int = 1) -> list[int]:
    rows = Rows(np.arange(len(rates)), np.array(rates), np.full(len(rates), 1e-9))
    return [len(before) for before in before_jumps(rows, fewest)]


def test_jumps() -> None:
    assert jumps(1, 0.98, 0.96, 0.9, 0.88) == [3]
    assert jumps(1, 0.98, 0.96, 0.921, 0.9) == []
    assert jumps(1, 1, 0.981, 0.981) == []
    assert jumps(1, 1, 0.97, 0.97) == [2]
    assert jumps(1, 1, 0.5, 0.5, 0.9, 0.9, 0.6, 0.6, 0.4, 0.4) == [2, 4, 6]
    assert jumps(1, 1, 0.5, 0.5, 0.9, 0.9, 0.6, 0.6, 0.4, 0.4, fewest=4) == [4, 6]


def test_rates_that_scatter_have_no_breaks_but_where_the_log_goes_back() -> None:
    steps = np.arange(400)
    smooth = np.concatenate([cosine(400, steps[:250]), cosine(400, steps[:150])])
    wide, narrow = (smooth + size * (-1.0) ** steps for size in (2e-4, 4e-5))
    rows = [Rows(steps, rates, np.zeros(400)) for rates in (smooth, wide, narrow)]
    assert [scatters(item) for item in rows] == [False, True, False]
    breaks = [[len(before) for before in before_breaks(item, 5, [100])] for item in rows]
    assert breaks == [[100, 250, 249], [100], [100, 250, 249, 251]]
    few = np.where(steps < 19, wide, smooth)
    assert not scatters(Rows(steps, few, np.zeros(400)))
    assert scatters(Rows(steps, np.where(steps < 20, wide, smooth), np.zeros(400)))
    stairs = lrviz.schedule("step", step_size=2, gamma=0.97).rate(steps)
    assert not scatters(Rows(steps, stairs, np.zeros(400)))


def test_a_second_warmup_of_few_rows_is_a_restart(tmp_path: Path) -> None:
    """The schedule before it gives 95 % of the rows."""
    warmed = np.minimum(0.1 + 0.9 * np.arange(4000) / 100, 1.0) * 6e-4
    proposal = proposed(tmp_path, warmed[:2000:10], warmed[:2000:10])
    assert (proposal.matched, proposal.is_good) == (0.975, False)
    assert proposal.interruption is not None
    assert proposal.interruption.sentence(proposal.plan.plan).startswith(
        "the rates jump at step 200: the schedule begins again at step 200; "
    )


def test_an_interruption_of_a_log_of_epochs(tmp_path: Path) -> None:
    rates = [*cosine(60, np.arange(30)), *cosine(60, np.arange(30))]
    rows = "".join(f"{epoch},{float(rate)!r}\n" for epoch, rate in enumerate(rates))
    (tmp_path / "run.csv").write_text("epoch,lr\n" + rows, encoding="utf-8")
    proposal = lrviz.propose(tmp_path / "run.csv")[0]
    assert proposal.interruption is not None
    assert proposal.interruption.sentence(proposal.plan.plan).startswith(
        "the rates jump at epoch 30: the schedule begins again at epoch 30; "
    )
