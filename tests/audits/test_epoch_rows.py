"""A row per epoch beside a plan of steps: it has the rate of the epoch's last step or its first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import lrviz
from lrviz.audits.audit import Audit
from lrviz.curves.curve import Curve
from lrviz.render.audit_lines import column_lines
from lrviz.run import Run
from tests.conftest import Shell

PER_EPOCH, EPOCHS = 50, 20
PLAN = Curve(
    "plan",
    lrviz.schedule("transformers.cosine", num_warmup_steps=100, num_training_steps=1000),
    lr=3e-4,
    run=Run(steps_per_epoch=PER_EPOCH),
)
RATES = PLAN.rates_at(np.arange(PER_EPOCH * EPOCHS))


def audit(folder: Path, step_in_epoch: int, first_epoch: int, factor: float = 1.0) -> Audit:
    rates = factor * RATES[step_in_epoch::PER_EPOCH]
    rows = "".join(f"{epoch},{float(rate)!r}\n" for epoch, rate in enumerate(rates, first_epoch))
    (folder / "run.csv").write_text("epoch,lr\n" + rows, encoding="utf-8")
    return lrviz.audit(folder / "run.csv", PLAN)


@pytest.mark.parametrize("first_epoch", [0, 1])
@pytest.mark.parametrize(("step_in_epoch", "begins"), [(0, True), (PER_EPOCH - 1, False)])
def test_the_first_or_the_last_step(
    step_in_epoch: int, begins: bool, first_epoch: int, tmp_path: Path
) -> None:
    result = audit(tmp_path, step_in_epoch, first_epoch)
    assert result.followed
    assert (result.log.begins_epochs, result.log.first) == (begins, first_epoch)


def test_a_mistake_beside_the_rate_of_the_first_step(tmp_path: Path) -> None:
    result = audit(tmp_path, 0, 0, factor=0.5)
    assert (result.explanations[0].id, result.explanations[0].values) == ("scaled", {"factor": 0.5})
    assert result.log.begins_epochs


def test_a_plan_of_epochs_has_one_rate_in_each(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text(
        "epoch,lr\n" + "".join(f"{epoch},{0.1 * 0.5**epoch}\n" for epoch in range(9)),
        encoding="utf-8",
    )
    plan = Curve("plan", lrviz.schedule("exponential", gamma=0.9), by="epoch")
    assert not lrviz.audit(tmp_path / "run.csv", plan).log.begins_epochs


def test_the_report(shell: Shell) -> None:
    audit(shell.folder, 0, 0)
    plan = "transformers.cosine:num_warmup_steps=100,num_training_steps=1000"
    flags = ("--lr", "3e-4", "--steps-per-epoch", "50", "--no-image")
    text = shell("audit", "run.csv", "--against", plan, *flags).stdout
    rows = "lr: 20 rows, epoch 0 to 19, full precision"
    assert f"{rows}; each row has the rate of its epoch's first step" in " ".join(text.split())


def test_the_first_step_of_the_next_epoch(tmp_path: Path) -> None:
    rates = PLAN.rates_at(np.arange(1, EPOCHS + 1) * PER_EPOCH)
    rows = "".join(f"{epoch},{float(rate)!r}\n" for epoch, rate in enumerate(rates))
    (tmp_path / "run.csv").write_text("epoch,lr\n" + rows, encoding="utf-8")
    result = lrviz.audit(tmp_path / "run.csv", PLAN)
    assert result.followed
    assert (result.log.begins_epochs, result.log.first) == (True, -1)
    lines = [line.plain for line in column_lines(result.decisive, 200)]
    assert lines[0].endswith("; each row has the rate of the next epoch's first step")


STEPS_OF_EPOCHS = (
    "run.csv: counts steps to 1,490, and the plan counts 30 epochs; say how many steps an epoch "
    "has with steps_per_epoch="
)


def test_a_log_of_steps_beside_a_plan_of_epochs(tmp_path: Path) -> None:
    plan = Curve("plan", lrviz.schedule("cosine", T_max=30), by="epoch", run=Run(epochs=30))
    log = tmp_path / "run.csv"
    rates = plan.rates_at(np.arange(1491))
    rows = [f"{step},{float(rates[step])!r}" for step in range(0, 1491, 10)]
    log.write_text("\n".join(["step,lr", *rows]), encoding="utf-8")
    with pytest.raises(lrviz.SpecError) as caught:
        lrviz.audit(log, plan)
    assert str(caught.value).replace(str(tmp_path) + "/", "") == STEPS_OF_EPOCHS
    per_batch = lrviz.audit(log, replace(plan, run=Run(epochs=30, steps_per_epoch=50)))
    assert per_batch.explanations[0].values == {"n": 50}
    log.write_text("\n".join(["step,lr", *rows[:9]]), encoding="utf-8")
    assert lrviz.audit(log, plan).followed
    log.write_text("\n".join(["step,lr", *rows[:10]]), encoding="utf-8")
    with pytest.raises(lrviz.SpecError):
        lrviz.audit(log, plan)
