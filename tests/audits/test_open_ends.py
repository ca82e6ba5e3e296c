"""A log that ends before its schedule does may be of others, too, and the proposal says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import lrviz
from lrviz.audits.open_ends import rounder
from lrviz.audits.proposal import Proposal
from lrviz.core.schedule import Schedule
from lrviz.render.proposal_lines import proposal_lines


def proposed(folder: Path, schedule: Schedule, lr: float, stop: int, digits: int) -> Proposal:
    """Return the proposal for a log of every tenth step before `stop`."""
    path = folder / "log.csv"
    rates = schedule.rate(np.arange(0, stop, 10), lr)
    rows = (f"{10 * index},{rate:.{digits - 1}e}\n" for index, rate in enumerate(rates))
    path.write_text("step,lr\n" + "".join(rows), encoding="utf-8")
    (proposal,) = lrviz.propose(path)
    return proposal


def head(proposal: Proposal) -> str:
    return str(proposal_lines(proposal, 100)[1])


def test_the_beginning_of_a_decay(tmp_path: Path) -> None:
    plan = lrviz.schedule(
        "lrviz.cosine_with_floor", total_steps=5000, warmup_steps=200, min_lr=6e-5, warmup_init_lr=0
    )
    proposal = proposed(tmp_path, plan, 6e-4, 420, 5)
    assert (proposal.matched, head(proposal)) == (1.0, "the log may be of this schedule:")
    assert proposal.spec["schedule"] == "transformers.cosine_with_min_lr"
    assert (proposal.spec["num_training_steps"], proposal.spec["min_lr"]) == (5000, 6e-5)
    assert proposal.to_dict()["open"] is True
    assert proposal.remarks == (
        "the log ends at step 410 of 5,000: lengths from 4,725 (floor 1.2e-4) to 5,260 (floor 0) "
        "give its rows as well",
    )


def test_most_of_a_decay_determines_it(tmp_path: Path) -> None:
    plan = lrviz.schedule(
        "lrviz.cosine_with_floor", total_steps=5000, warmup_steps=200, min_lr=6e-5
    )
    proposal = proposed(tmp_path, plan, 6e-4, 4000, 5)
    assert (proposal.matched, head(proposal)) == (1.0, "the log is of this schedule:")
    assert (proposal.to_dict()["open"], proposal.remarks) == (False, ())


def test_round_lengths_are_near() -> None:
    assert [*rounder(5236)] == [5200, 5240, 5236]
    assert [*rounder(4999)] == [5000, 5000, 5000, 4999]


def test_a_warm_up_alone(tmp_path: Path) -> None:
    plan = lrviz.schedule("transformers.cosine", num_warmup_steps=1000, num_training_steps=5000)
    proposal = proposed(tmp_path, plan, 3e-4, 800, 6)
    assert (proposal.matched, head(proposal)) == (1.0, "the log may be of this schedule:")
    assert proposal.remarks == (
        "the log ends at step 790, with the warm-up: the warm-up's length, the peak and what "
        "follows are not known",
    )
