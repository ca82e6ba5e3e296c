"""A log without a plan whose schedule is interrupted: what is proposed, and what is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import lrviz
from lrviz.audits.interruption import before_jumps
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
        "step": 250, "id": "restarted", "params": {"at": 250}, "sentence": RESTART,
    }  # fmt: skip
    lines = [str(line) for line in proposal_lines(proposal, 200)]
    assert lines[1] == "the log is of this schedule until it is interrupted:"
    assert lines[-1] == RESTART


def test_a_schedule_that_goes_on_with_another_length(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, cosine(400, np.arange(250)), cosine(2000, np.arange(250, 400)))
    assert (proposal.spec["schedule"], proposal.spec["T_max"]) == ("torch.CosineAnnealingLR", 400)
    assert proposal.to_dict()["interruption"] == {
        "step": 250, "id": None, "params": {},
        "sentence": "the rates jump at step 250: a schedule of another length or kind follows",
    }  # fmt: skip


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
