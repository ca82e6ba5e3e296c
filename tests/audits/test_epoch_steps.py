"""A log that counts shares of epochs, as 0.04: its steps follow from the steps of an epoch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits.epoch_steps import are_shares, steps_at
from lrviz.audits.log import read_log
from lrviz.core.errors import SpecError
from lrviz.curves.curve import Curve
from tests.conftest import Shell

COSINE = lrviz.schedule("transformers.cosine", num_warmup_steps=100, num_training_steps=1000)
RATES = COSINE.rate(np.arange(1000), 3e-4)


def printed(path: Path, steps: range, per_epoch: int, epoch: str) -> Path:
    """Write the rows that a trainer prints, each with the rate that its step used."""
    rows = [
        f"{{'loss': 2.0, 'learning_rate': {float(RATES[step - 1])!r}, "
        f"'epoch': {epoch.format(step / per_epoch)}}}\n"
        for step in steps
    ]
    path.write_text("".join(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("every", "per_epoch", "epoch"),
    [(10, 250, "{:.2f}"), (5, 333, "{:.4g}"), (25, 1000, "{:.2f}"), (7, 1234, "{:.2f}")],
)
def test_the_steps(every: int, per_epoch: int, epoch: str, tmp_path: Path) -> None:
    steps = range(every, 1001, every)
    path = printed(tmp_path / "run.log", steps, per_epoch, epoch)
    log = read_log(path, steps_per_epoch=per_epoch)
    assert log.series[0].steps.tolist() == list(steps)
    assert (log.step_column, log.by_epoch, log.counts_done) == ("step", False, True)
    (proposal,) = lrviz.propose(path, steps_per_epoch=per_epoch)
    assert (proposal.spec["schedule"], proposal.spec["num_training_steps"], proposal.matched) == (
        "transformers.cosine", 1000, 1.0
    )  # fmt: skip
    plan = Curve("plan", COSINE, lr=3e-4)
    assert lrviz.audit(path, plan, steps_per_epoch=per_epoch).followed


def test_steps_that_are_not_equally_far_apart() -> None:
    steps = np.array([1.0, 10.0, 20.0, np.nan, 30.0])
    assert steps_at(steps / 100, 100)[[0, 1, 2, 4]].tolist() == [1, 10, 20, 30]
    assert np.isnan(steps_at(steps / 100, 100)[3])
    assert steps_at(np.array([0.25]), 100).tolist() == [25]


def test_shares() -> None:
    assert not are_shares(np.array([1.0, 2.0, np.nan]))
    assert are_shares(np.array([1.0, 2.5, np.inf]))


def test_whole_epochs_stay_epochs(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_text("epoch,lr\n1,0.1\n2,0.05\n", encoding="utf-8")
    assert read_log(path, steps_per_epoch=10).by_epoch


def test_rows_without_a_rate_count_no_steps(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = []
    for step in range(25, 500, 25):
        rows.append({"epoch": round(step / 1000, 2), "lr": float(RATES[step])})
        rows.append({"epoch": round(step / 1000, 2), "eval_loss": 1.0})
    path = tmp_path / "run.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    log = read_log(path, steps_per_epoch=1000)
    assert log.series[0].steps.tolist() == list(range(25, 500, 25))


def test_without_the_steps_of_an_epoch(tmp_path: Path) -> None:
    path = printed(tmp_path / "run.log", range(10, 100, 10), 250, "{:.2f}")
    with pytest.raises(SpecError) as caught:
        read_log(path)
    assert caught.value.findings[0].message == (
        "column 'epoch' must hold whole steps from 0 to 100,000,000 (got 0.04); say with "
        "--steps-per-epoch how many steps an epoch has, choose another one with --step-column, or "
        "say with --every how many steps apart the rows are"
    )


def test_the_command(shell: Shell) -> None:
    printed(shell.folder / "run.log", range(10, 1001, 10), 250, "{:.2f}")
    flags = ("--steps-per-epoch", "250", "--json")
    (proposal,) = json.loads(shell("audit", "run.log", *flags).stdout)["proposals"]
    assert proposal["spec"]["num_warmup_steps"] == 100
    plan = "transformers.cosine:num_warmup_steps=100,num_training_steps=1000"
    done = shell("audit", "run.log", "--against", plan, "--lr", "3e-4", *flags)
    assert json.loads(done.stdout)["followed"] is True
