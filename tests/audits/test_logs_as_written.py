"""Logs as people write them: few digits, times in brackets, a warm-up that was left out."""

from __future__ import annotations

import pytest

import lrviz
from tests.conftest import Shell

PLAN = "transformers.linear:num_warmup_steps=60,num_training_steps=600"


def lines(rate_format: str, line: str, plan: str = PLAN) -> str:
    """Return a log of every tenth step of a schedule, each rate in a format."""
    (curve,) = lrviz.load(plan)
    rates = curve.sample(range(0, 600, 10)).tolist()
    rows = [line.format(step=10 * i, rate=rate_format % rate) for i, rate in enumerate(rates)]
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize("rate_format", ["%.1e", "%.2e", "%.3g", "%.6f", "%r"])
def test_few_digits_are_the_logs_own_rounding(rate_format: str, shell: Shell) -> None:
    shell.write("log.csv", "step,lr\n" + lines(rate_format, "{step},{rate}"))
    done = shell("audit", "log.csv", "--against", PLAN, "--no-image")
    assert done.returncode == 0
    assert "the run followed the plan" in done.stdout


@pytest.mark.parametrize(
    "line", ["[2024-05-01 10:00:00] step {step} lr {rate}", "[train.py] iter: {step}  lr: {rate}"]
)
def test_a_line_that_begins_in_brackets_is_text(line: str, shell: Shell) -> None:
    shell.write("train.log", lines("%r", line))
    done = shell("audit", "train.log", "--against", PLAN, "--no-image")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_warm_up_that_was_left_out(shell: Shell) -> None:
    without = PLAN.replace("num_warmup_steps=60", "num_warmup_steps=0")
    shell.write("log.csv", "step,lr\n" + lines("%r", "{step},{rate}", without))
    done = shell("audit", "log.csv", "--against", PLAN, "--no-image")
    assert done.returncode == 1
    assert "other-warmup (steps=0)   100 %" in done.stdout


def test_a_log_whose_second_half_is_zero_is_proposed(shell: Shell) -> None:
    rates = [0.1 * min(step / 5, max((25 - step) / 20, 0)) for step in range(60)]
    rows = "".join(f"{step},{rate!r}\n" for step, rate in enumerate(rates))
    shell.write("log.csv", "step,lr\n" + rows)
    done = shell("audit", "log.csv", "--no-image")
    assert (done.returncode, done.stderr) == (0, "")
    assert "it gives every row within its rounding" in done.stdout
