"""A plan whose config leaves the length of the run open: the log's rates say it, or it is asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import lrviz
from lrviz.core.errors import SpecError
from tests.conftest import Shell

CONFIG = (
    "model_name_or_path: base\nlearning_rate: 1.0e-4\nnum_train_epochs: 3\n"
    "per_device_train_batch_size: 1\nlr_scheduler_type: {}\nwarmup_ratio: 0.1\n"
)
OPEN = (
    "leaves the run's length open, so that only shares of it are known; give --total-steps, "
    "--steps-per-epoch or --dataset-size"
)


def write(folder: Path, total: int, rows: int, kind: str = "cosine", factor: float = 1.0) -> None:
    """Write a config and the log of the first steps of a run."""
    warmup = -(-total // 10)
    schedule = lrviz.schedule(
        f"transformers.{kind}", num_warmup_steps=warmup, num_training_steps=total
    )
    steps = np.arange(0, rows, 5)
    rates = factor * schedule.rate(steps, 1e-4)
    lines = "".join(f"{t},{rate}\n" for t, rate in zip(steps, rates.tolist(), strict=True))
    (folder / "args.yaml").write_text(CONFIG.format(kind), encoding="utf-8")
    (folder / "log.csv").write_text("step,learning_rate\n" + lines, encoding="utf-8")


@pytest.mark.parametrize(
    ("total", "rows", "kind"),
    [(369, 369, "cosine"), (5000, 5000, "cosine"), (1221, 700, "cosine"), (2503, 2000, "linear")],
)
def test_the_length_is_the_one_that_gives_the_rates(
    total: int, rows: int, kind: str, shell: Shell
) -> None:
    write(shell.folder, total, rows, kind)
    done = shell("audit", "log.csv", "--against", "args.yaml", "--no-image")
    note = f"a run of {total:,} steps, whose number the config leaves open, has the log's rates"
    assert (done.returncode, done.stderr) == (0, f"note: {note}\n")
    assert "the run followed the plan" in done.stdout
    assert lrviz.audit(shell.folder / "log.csv", shell.folder / "args.yaml").plan.count() == total


@pytest.mark.parametrize(("rows", "factor"), [(1000, 2.0), (20, 1.0)])
def test_a_length_that_the_log_does_not_say_is_asked(
    rows: int, factor: float, shell: Shell
) -> None:
    write(shell.folder, 1000, rows, factor=factor)
    done = shell("audit", "log.csv", "--against", "args.yaml", "--no-image")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: args.yaml: {OPEN}\n")
    with pytest.raises(SpecError, match="leaves the run's length open"):
        lrviz.audit(shell.folder / "log.csv", shell.folder / "args.yaml")


def test_with_the_length_the_log_is_explained(shell: Shell) -> None:
    write(shell.folder, 1000, 1000, factor=2.0)
    plan = ("--against", "args.yaml", "--total-steps", "1000")
    done = shell("audit", "log.csv", *plan, "--no-image")
    assert (done.returncode, done.stderr) == (1, "")
    assert "scaled" in done.stdout


def test_rows_that_leave_the_plan_are_of_no_length(shell: Shell) -> None:
    write(shell.folder, 1000, 1000)
    log = shell.folder / "log.csv"
    head, *rows = log.read_text(encoding="utf-8").splitlines()
    last = rows[149].partition(",")[2]
    stopped = [f"{row.partition(',')[0]},{last}" for row in rows[150:]]
    shell.write("log.csv", "\n".join([head, *rows[:150], *stopped]) + "\n")
    done = shell("audit", "log.csv", "--against", "args.yaml", "--no-image")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: args.yaml: {OPEN}\n")
