"""A run's folder whose config leaves open what its log says: an epoch's steps, and the rate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from tests.conftest import Shell

AUTO = "optimizer: auto\nlr0: 0.01\n"
CONFIG = "task: detect\nepochs: 60\nlrf: 0.01\nwarmup_epochs: 3.0\nwarmup_bias_lr: 0.1\n"
PARAMETERS: dict[str, Any] = {"epochs": 60, "nb": 40, "nw": 120}


def write(folder: Path, config: str, lr: float = 0.002, **parameters: Any) -> None:
    """Write a config and the results of 50 epochs."""
    schedule = lrviz.schedule("ultralytics.linear", **(PARAMETERS | parameters))
    rates = schedule.rate(np.arange(1, 51) * parameters.get("nb", PARAMETERS["nb"]) - 1, lr)
    rows = "".join(f"{n},{rate:.5g}\n" for n, rate in enumerate(rates.tolist(), 1))
    (folder / "args.yaml").write_text(CONFIG + config, encoding="utf-8")
    (folder / "results.csv").write_text("epoch,lr/pg0\n" + rows, encoding="utf-8")


def test_the_rate_and_the_steps_of_an_epoch_are_the_logs(shell: Shell) -> None:
    write(shell.folder, AUTO)
    done = shell("audit", ".", "--no-image")
    assert done.returncode == 0
    assert done.stderr == (
        "note: 40 steps an epoch and a rate of 0.002, which the config leaves open, are the log's\n"
    )
    assert "the run followed the plan: every row has the planned rate" in done.stdout


def test_a_rate_that_the_config_says_is_not_the_logs(tmp_path: Path) -> None:
    write(tmp_path, "optimizer: SGD\nlr0: 0.01\n")
    audit = lrviz.audit(tmp_path)
    best = audit.explanations[0]
    assert (best.id, best.matched) == ("scaled", 1.0)
    assert best.values == {"factor": pytest.approx(0.2)}
    assert [note.message for note in audit.log.notes] == [
        "40 steps an epoch, which the config leaves open, are the log's"
    ]


def test_the_same_rate_in_the_config(tmp_path: Path) -> None:
    write(tmp_path, "optimizer: SGD\nlr0: 0.002\n")
    assert lrviz.audit(tmp_path).followed


def test_flags_are_before_the_log(shell: Shell) -> None:
    write(shell.folder, AUTO)
    wrong = shell("audit", ".", "--lr", "0.01", "--json")
    best = json.loads(wrong.stdout)["explanations"][0]
    assert (best["id"], best["params"]) == ("scaled", {"factor": pytest.approx(0.2)})
    steps = shell("audit", ".", "--lr", "0.002", "--steps-per-epoch", "40", "--json")
    assert (json.loads(steps.stdout)["followed"], steps.stderr) == (True, "")


@pytest.mark.parametrize("parameters", [{"lrf": 0.5}, {"epochs": 100}, {"step_at_end": True}])
def test_a_log_of_another_schedule_fills_nothing(
    parameters: dict[str, Any], tmp_path: Path
) -> None:
    write(tmp_path, AUTO, **parameters)
    audit = lrviz.audit(tmp_path)
    assert not audit.followed
    assert audit.log.notes == ()


@pytest.mark.parametrize(
    ("batches", "steps"), [(500, "about 500"), (503, "about 500"), (40, "40"), (20, "20")]
)
def test_the_steps_of_an_epoch_are_the_roundest_number_that_fits(
    batches: int, steps: str, tmp_path: Path
) -> None:
    write(tmp_path, "optimizer: SGD\nlr0: 0.01\n", lr=0.01, nb=batches, nw=3 * batches)
    audit = lrviz.audit(tmp_path)
    assert audit.followed
    assert [note.message for note in audit.log.notes] == [
        f"{steps} steps an epoch, which the config leaves open, are the log's"
    ]


def test_a_log_that_does_not_tell_long_epochs_apart_fills_nothing(tmp_path: Path) -> None:
    write(tmp_path, "optimizer: SGD\nlr0: 0.01\n", lr=0.01, nb=10**7, nw=3 * 10**7)
    audit = lrviz.audit(tmp_path)
    assert (audit.followed, audit.log.notes) == (True, ())


@pytest.mark.parametrize(("rows", "every"), [(120, 1), (120, 10), (117, 4)])
def test_a_typed_name_has_the_steps_of_the_log(rows: int, every: int, shell: Shell) -> None:
    steps = range(0, rows, every)
    rates = lrviz.schedule("cosine", T_max=120).rate(np.arange(0, rows, every), 0.1).tolist()
    lines = "".join(f"{t},{rate}\n" for t, rate in zip(steps, rates, strict=True))
    shell.write("log.csv", "step,lr\n" + lines)
    done = shell("audit", "log.csv", "--against", "cosine", "--no-image")
    assert (done.returncode, done.stderr) == (
        0,
        "note: 120 steps, which the plan leaves open, are the log's\n",
    )
    stated = shell("audit", "log.csv", "--against", "cosine:t_max=120", "--no-image")
    assert (stated.returncode, stated.stderr) == (0, "")
