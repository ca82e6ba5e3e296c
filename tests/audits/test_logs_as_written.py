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


def test_the_export_of_a_curve_is_a_log(shell: Shell) -> None:
    shell("export", "cosine", "--steps", "50", "-o", "a.csv")
    done = shell("audit", "a.csv", "--against", "cosine", "--steps", "50", "--no-image")
    assert (done.returncode, done.stderr) == (
        0,
        "note: column 'cosine' is taken as the rates: it is the only one beside the steps\n",
    )
    shell("export", "cosine", "linear", "--steps", "50", "-o", "b.csv")
    several = shell("audit", "b.csv", "--against", "cosine", "--steps", "50", "--no-image")
    assert several.stderr == (
        "error: b.csv: has no column of rates; name it with --lr-column "
        "(columns: step, cosine, linear)\n"
    )
    named = ("--lr-column", "cosine", "--no-image")
    assert shell("audit", "b.csv", "--against", "cosine", "--steps", "50", *named).returncode == 0


@pytest.mark.parametrize("table", ["step,loss\n0,1\n", "step,epoch\n0,1\n", "a,b\n0,1\n"])
def test_a_column_of_another_kind_is_not_taken_as_rates(table: str, shell: Shell) -> None:
    shell.write("a.csv", table)
    done = shell("audit", "a.csv", "--against", "cosine", "--no-image")
    assert (done.returncode, "taken as" in done.stderr) == (2, False)


def test_a_log_on_standard_input(shell: Shell) -> None:
    log = "step,lr\n" + lines("%r", "{step},{rate}")
    done = shell("audit", "-", "--against", PLAN, stdin=log)
    assert (done.returncode, done.stderr) == (0, "wrote standard-input-audit.png\n")
    assert "the run followed the plan" in done.stdout
    empty = shell("audit", "-", "--against", PLAN, stdin="")
    assert (empty.returncode, empty.stderr) == (2, "error: standard input: is empty\n")
    watched = shell("audit", "-", "--watch", stdin=log)
    assert (watched.returncode, watched.stderr) == (
        2,
        "error: --watch: follows a file, which standard input is not\n",
    )


def test_a_log_of_steps_done_that_begins_at_0(shell: Shell) -> None:
    rates = ("0", "9e75", "0.0195", "2", "3", "4.6", "0.0555")
    text = "".join(f"num_updates={n}, lr={rate}\n" for n, rate in enumerate(rates))
    shell.write("train.log", text)
    done = shell("audit", "train.log", "--against", "cosine:T_max=60", "--no-image")
    assert (done.returncode, done.stderr) == (1, "")


def test_an_export_is_audited_from_a_pipe(shell: Shell) -> None:
    exported = shell("export", "cosine", "--steps", "50").stdout
    done = shell("audit", "-", "--against", "cosine", "--no-image", stdin=exported)
    assert (done.returncode, done.stderr.splitlines()) == (
        0,
        [
            "note: column 'cosine' is taken as the rates: it is the only one beside the steps",
            "note: 50 steps, which the plan leaves open, are the log's",
        ],
    )
    other = shell("export", "cosine", "--steps", "50", "--lr", "1").stdout
    assert shell("audit", "-", "--against", "cosine", "--no-image", stdin=other).returncode == 1
