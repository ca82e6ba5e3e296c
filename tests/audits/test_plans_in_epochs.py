"""A row per epoch beside a plan whose steps are epochs, which it does not say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import lrviz
from lrviz.core.errors import SpecError
from lrviz.run import Run
from tests.conftest import Shell

(PLAN,) = lrviz.load("cosine:T_max=30")
NOTE = (
    "it has a row per epoch, and follows the plan with its steps as epochs: they are taken so, "
    "as with --by epoch"
)


def write(folder: Path, rows: int = 30, first: int = 0, factor: float = 1.0) -> Path:
    path = folder / "epochs.csv"
    rates = factor * PLAN.rates_at(np.arange(rows))
    lines = (f"{epoch},{float(rate)!r}\n" for epoch, rate in enumerate(rates, first))
    path.write_text("epoch,lr\n" + "".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("rows", [6, 30])
def test_a_log_that_follows_the_plan_in_epochs(rows: int, first: int, tmp_path: Path) -> None:
    audit = lrviz.audit(write(tmp_path, rows, first), PLAN)
    assert audit.followed
    assert [note.message for note in audit.log.notes] == [NOTE]
    assert audit.decisive.plan.plan.by == "epoch"


def test_the_groups_of_a_plan_are_taken_in_epochs_too(tmp_path: Path) -> None:
    path = write(tmp_path, factor=0.5)
    plan = replace(PLAN, groups=(replace(PLAN, label="head", lr=0.05),))
    audit = lrviz.audit(path, plan)
    assert (audit.followed, audit.decisive.group) == (True, "head")


@pytest.mark.parametrize(("rows", "factor"), [(5, 1.0), (30, 0.5)])
def test_a_log_that_does_not_is_refused(rows: int, factor: float, tmp_path: Path) -> None:
    path = write(tmp_path, rows, factor=factor)
    with pytest.raises(SpecError) as caught:
        lrviz.audit(path, PLAN)
    assert caught.value.lines() == [
        f"{path}: has a row per epoch, and the plan counts steps; say by='epoch' where they are "
        "epochs, or how many steps an epoch has with steps_per_epoch="
    ]


def test_a_run_with_epochs_says_what_a_step_is(tmp_path: Path) -> None:
    audit = lrviz.audit(write(tmp_path), replace(PLAN, run=Run(steps_per_epoch=10)))
    assert (audit.followed, audit.log.notes) == (False, ())


def test_the_command(shell: Shell) -> None:
    write(shell.folder)
    done = shell("audit", "epochs.csv", "--against", "cosine:T_max=30", "--no-image")
    assert (done.returncode, done.stderr) == (0, f"note: {NOTE}\n")
    assert "lr: 30 rows, epoch 0 to 29" in done.stdout


@pytest.mark.parametrize(("column", "notes"), [("step", 1), ("epoch", 0)])
def test_steps_beside_a_plan_that_counts_epochs(column: str, notes: int, tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_text(path.read_text().replace("epoch", column), encoding="utf-8")
    audit = lrviz.audit(path, replace(PLAN, by="epoch"))
    messages = [
        "column 'step' is taken as epochs, which the plan counts; where it counts steps, say how "
        "many an epoch has with --steps-per-epoch"
    ]
    assert audit.followed
    assert [note.message for note in audit.log.notes] == messages[:notes]
