"""A step column that counts rows of several steps each, and logs read with --every."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import lrviz
from lrviz.audits.audit import Audit
from lrviz.curves.curve import Curve
from lrviz.run import Run
from tests.conftest import Shell

CURVE = lrviz.schedule("transformers.cosine", num_warmup_steps=100, num_training_steps=1000)
PLAN = Curve("plan", CURVE, lr=0.1, run=Run(steps=1000))
TICKS = (
    "the scheduler ticks 10 times a step; call scheduler.step() once after each "
    "optimizer.step(); where each process or each accumulated batch ticks it, give its "
    "parameters 10 times as many steps"
)
ROWS = "; or the step column counts rows of 10 steps each: --every 10"


def write(folder: Path, first: int, every: int = 10, head: str = "Step", by: int = 1) -> Path:
    """Write rows of so many steps each, numbered; the first has the rate of step `first`."""
    steps = np.arange(first, 900, every)
    rates = CURVE.rate(steps, 0.1).tolist()
    rows = [f"{by * number},{rate!r}\n" for number, rate in enumerate(rates)]
    path = folder / "run.csv"
    path.write_text(f"{head},lr\n" + "".join(rows), encoding="utf-8")
    return path


def explained(audit: Audit) -> tuple[str, str]:
    best = audit.decisive.best
    return best.label, audit.decisive.sentence(best)


def test_ticks_may_be_rows_of_so_many_steps(tmp_path: Path) -> None:
    first = lrviz.audit(write(tmp_path, 0), PLAN)
    assert explained(first) == ("stepped-n-times (n=10)", TICKS + ROWS)
    label, sentence = explained(lrviz.audit(write(tmp_path, 10), PLAN))
    assert label == "shifted+stepped-n-times (by=1, n=10)"
    assert sentence.endswith(TICKS + ROWS)


def test_steps_with_gaps_are_no_numbers_of_rows(tmp_path: Path) -> None:
    audit = lrviz.audit(write(tmp_path, 0, every=20, by=2), PLAN)
    assert explained(audit) == ("stepped-n-times (n=10)", TICKS)


def test_steps_that_a_trainer_counts_are_no_numbers_of_rows(tmp_path: Path) -> None:
    rows = [{"step": step, "learning_rate": CURVE.rate(10 * step, 0.1)} for step in range(1, 90)]
    path = tmp_path / "trainer_state.json"
    path.write_text(json.dumps({"log_history": rows}, default=float), encoding="utf-8")
    assert explained(lrviz.audit(path, PLAN)) == ("stepped-n-times (n=10)", TICKS)


def test_rows_that_begin_late_are_no_numbers_of_rows(tmp_path: Path) -> None:
    steps = np.maximum(np.arange(90) - 1, 0) * 10
    rows = [f"{t},{rate!r}\n" for t, rate in enumerate(CURVE.rate(steps, 0.1).tolist())]
    path = tmp_path / "run.csv"
    path.write_text("step,lr\n" + "".join(rows), encoding="utf-8")
    label, sentence = explained(lrviz.audit(path, PLAN))
    assert label == "shifted+stepped-n-times (by=-1, n=10)"
    assert ROWS not in sentence


def test_a_mistake_of_some_rows_is_not_about_their_numbers(tmp_path: Path) -> None:
    path = write(tmp_path, 0)
    text = path.read_text(encoding="utf-8").splitlines()
    text[50] = "49,0.5"
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    assert explained(lrviz.audit(path, PLAN)) == (
        "stepped-n-times (n=10)",
        "explains 98.9 % of the rows, not all: the scheduler ticks 10 times a step",
    )


@pytest.mark.parametrize(("first", "counts_from"), [(0, 0), (10, 0), (9, 1)])
def test_rows_of_ten_steps_begin_at_the_first_or_after_ten(
    first: int, counts_from: int, tmp_path: Path
) -> None:
    audit = lrviz.audit(write(tmp_path, first), PLAN, every=10)
    assert audit.followed
    assert audit.log.first == counts_from
    assert audit.log.series[0].steps[:2].tolist() == ([10, 20] if first else [0, 10])


@pytest.mark.parametrize("first", [1, 8, 11])
def test_rows_that_begin_elsewhere_do_not_follow(first: int, tmp_path: Path) -> None:
    assert not lrviz.audit(write(tmp_path, first), PLAN, every=10).followed


def test_the_number_that_the_sentence_names_matches(shell: Shell) -> None:
    write(shell.folder, 10)
    against = (
        "--against", "transformers.cosine:num_warmup_steps=100,num_training_steps=1000",
        "--lr", "0.1", "--steps", "1000", "--no-image",
    )  # fmt: skip
    assert shell("audit", "run.csv", *against).returncode == 1
    done = shell("audit", "run.csv", *against, "--every", "10")
    assert done.returncode == 0, done.stdout
    assert "lr: 89 rows, row 10 to 890, full precision\n" in done.stdout
