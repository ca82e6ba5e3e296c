"""`lrviz audit LOG --against SPEC`: the report, JSON, exit codes, the picture, and errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits.columns import audit_table
from lrviz.audits.log import read_log
from lrviz.curves.units import base_unit
from tests.conftest import ROOT, Shell

PLAN = "schedule: transformers.cosine\nnum_warmup_steps: 10\nnum_training_steps: 100\nlr: 3e-4\n"
AUDIT = ("audit", "run.csv", "--against", "plan.yaml")


def rates(shell: Shell, plan: str = PLAN) -> Any:
    curve = lrviz.load(shell.write("plan.yaml", plan))[0]
    return lambda steps: curve.schedule.rate(np.asarray(steps), curve.lr)


def log(shell: Shell, values: Any, digits: int = 5, every: int = 1, first: int = 0) -> None:
    rows = "".join(
        f"{first + step},{value:.{digits - 1}e}\n" for step, value in enumerate(values)
        if step % every == 0
    )  # fmt: skip
    shell.write("run.csv", "step,lr\n" + rows)


AXES = {
    "epoch": (("--steps-per-epoch", "25"), "epoch 4"),
    "tokens": (("--tokens-per-step", "10k"), "tokens 1M"),
    "percent": ((), "share 100%"),
}


@pytest.mark.parametrize("axis", AXES)
def test_the_axis_of_the_chart(axis: str, shell: Shell) -> None:
    log(shell, rates(shell)(range(100)))
    flags, end = AXES[axis]
    done = shell(*AUDIT, "--no-image", "--axis", axis, *flags)
    assert (done.returncode, done.stderr) == (0, "")
    assert end in done.stdout


def test_a_run_that_followed_the_plan(shell: Shell) -> None:
    log(shell, rates(shell)(range(100)))
    done = shell(*AUDIT, "--no-image")
    assert (done.returncode, done.stderr) == (0, "")
    text = done.stdout.splitlines()
    assert text[0] == "run.csv against transformers.cosine"
    assert text[-2:] == [
        "lr: 100 rows, step 0 to 99, 5 significant digits",
        "the run followed the plan: every row has the planned rate within its rounding",
    ]
    assert "a plan   b log" in text


@pytest.mark.parametrize(
    ("rows", "doubt"),
    [
        (1, "; 1 row is too few to be sure"),
        (5, "; 5 rows are too few to be sure"),
        (6, ""),
        (99, ""),
        (100, ""),
    ],
)
def test_a_few_rows_as_planned(rows: int, doubt: str, shell: Shell) -> None:
    log(shell, rates(shell)(range(rows)))
    done = shell(*AUDIT, "--no-image", "--width", "200")
    agreeing = "every row has the planned rate within its rounding"
    followed = "" if doubt else "the run followed the plan: "
    end = f"; the log ends at step {rows - 1} of 100" if rows < 100 else ""
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == f"{followed}{agreeing}{doubt}{end}"
    data = json.loads(shell(*AUDIT, "--json").stdout)
    assert data["followed"] is True
    assert data["explanations"][0]["sentence"] == f"the run follows the plan{doubt}"


@pytest.mark.parametrize(("rows", "name"), [(1, "unexplained"), (2, "unexplained"), (3, "scaled")])
def test_a_mistake_needs_more_rows_than_it_has_numbers(rows: int, name: str, shell: Shell) -> None:
    log(shell, rates(shell)(np.arange(20, 20 + rows)) * 0.6, first=20)
    done = shell(*AUDIT, "--no-image", "--width", "200")
    data = json.loads(shell(*AUDIT, "--json").stdout)
    assert done.returncode == 1
    assert (data["followed"], data["explanations"][0]["id"]) == (False, name)
    sentence = {
        1: "many mistakes give the rates of 1 row: log more rows",
        2: "many mistakes give the rates of 2 rows: log more rows",
        3: "the rates are the plan's times 0.6; look for what multiplies the rate: scaling with "
        "the batch size or the number of processes, or a parameter group with a rate of its own; "
        "3 rows are too few to be sure",
    }[rows]
    assert data["explanations"][0]["sentence"] == sentence
    assert sentence in " ".join(done.stdout.split())


def test_a_run_that_did_not(shell: Shell) -> None:
    log(shell, rates(shell)(np.arange(100) * 4), every=5)
    done = shell(*AUDIT, "--no-image", "--width", "200")
    assert done.returncode == 1
    text = done.stdout.splitlines()
    at = text.index("a plan   b log   c as if stepped-n-times (n=4)")
    assert text[at + 2 : at + 6] == [
        "lr: 20 rows, step 0 to 95, 5 significant digits",
        "the run did not follow the plan: 17 of 20 rows differ, from step 5 on, most at step 95: "
        "2.909e-4 instead of 2.279e-6",
        "",
        "explanation              rows             off by",
    ]
    assert text[at + 6] == "stepped-n-times (n=4)   100 %   0.0% of the peak"
    assert " ".join(line.strip() for line in text[-2:]).strip() == (
        "the scheduler ticks 4 times a step; call scheduler.step() once after each "
        "optimizer.step(); where each process or each accumulated batch ticks it, give its "
        "parameters 4 times as many steps"
    )


def test_low_explanations_are_left_out_beside_a_good_one(shell: Shell) -> None:
    folder = ROOT / "configs" / "mistakes"
    words = ("audit", str(folder / "four-processes.csv"), "--against", str(folder / "plan.yaml"))
    text = shell(*words, "--no-image").stdout.splitlines()
    at = next(index for index, line in enumerate(text) if line.startswith("explanation "))
    rows = text[at + 1 : text.index("", at)]
    assert [row.split("  ")[0] for row in rows] == [
        "stepped-n-times (n=4)", "other-length (total=250)", "as-planned"
    ]  # fmt: skip
    items = json.loads(shell(*words, "--json").stdout)["explanations"]
    assert [item["id"] for item in items[:4]] == [
        "stepped-n-times", "other-length", "skipped", "as-planned"
    ]  # fmt: skip


def test_json(shell: Shell) -> None:
    log(shell, rates(shell)(np.arange(100) * 4), every=5)
    done = shell(*AUDIT, "--json")
    assert done.returncode == 1
    data = json.loads(done.stdout)
    assert data["followed"] is False
    assert data["log"] == {
        "rows": 20,
        "first_step": 0,
        "last_step": 95,
        "step_column": "step",
        "lr_column": "lr",
        "lr_columns": ["lr"],
        "format": "table",
        "rounding": "5 significant digits",
        "convention": "rate-used",
    }
    assert data["first_difference"] == 5
    best = data["explanations"][0]
    assert (best["id"], best["params"], best["matched"]) == ("stepped-n-times", {"n": 4}, 1.0)
    assert 0 < best["rms"] < 1e-4
    assert best["sentence"].startswith("the scheduler ticks 4 times a step; call scheduler.step()")
    assert "columns" not in data
    assert not (shell.folder / "run-audit.png").exists()


def test_a_log_of_nothing_known(shell: Shell) -> None:
    rates(shell)
    noise = np.random.default_rng(0).uniform(1e-5, 1e-4, 60)
    log(shell, noise)
    data = json.loads(shell(*AUDIT, "--json").stdout)
    assert data["explanations"][0] == {
        "id": "unexplained",
        "params": {},
        "matched": 0.0,
        "rms": data["explanations"][1]["rms"],
        "sentence": "no mistake that lrviz knows gives these rates: check that the log is of this "
        "plan; without --against, lrviz audit proposes the schedule of the log",
    }
    done = shell(*AUDIT, "--no-image", "--width", "200")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == data["explanations"][0]["sentence"]
    assert "a plan   b log" in done.stdout.splitlines()


def test_explanations_that_the_log_cannot_tell_apart(shell: Shell) -> None:
    plan = "schedule: constant_with_warmup\nnum_warmup_steps: 20\nlr: 0.1\nsteps: 60\n"
    log(shell, rates(shell, plan)(np.arange(60) * 3), every=7)
    done = shell(*AUDIT, "--no-image", "--width", "400")
    data = json.loads(shell(*AUDIT, "--json").stdout)
    assert data["explanations"][0]["id"] == "stepped-n-times"
    assert data["ties"][0]["id"] == "other-warmup"
    text = (
        "the rate at step 5 tells them apart: 0.1 with stepped-n-times, 0.07143 with other-warmup"
    )
    assert data["ties"][0]["difference"] == text
    assert "or other-warmup (steps=7): the warm-up takes 7 steps; " in done.stdout
    assert text in " ".join(done.stdout.split())


def test_both_conventions_of_a_log_of_steps_done(shell: Shell) -> None:
    rate = rates(shell)
    for offset, name, words in (
        (-1, "rate-used", "the rate that the step used"),
        (0, "next-rate", "the rate of the next step"),
    ):
        rows = [{"step": s, "learning_rate": float(rate(s + offset))} for s in range(10, 100, 10)]
        shell.write("state.json", json.dumps({"log_history": rows}))
        done = shell("audit", "state.json", "--against", "plan.yaml", "--json")
        assert done.returncode == 0
        assert json.loads(done.stdout)["log"]["convention"] == name
        text = shell(
            "audit", "state.json", "--against", "plan.yaml", "--no-image", "--width", "200"
        )
        rows_line = text.stdout.splitlines()[-2]
        assert rows_line.endswith(f"; rows are written after their step, each with {words}")


def test_each_group_is_audited(shell: Shell) -> None:
    good = rates(shell)(range(40))
    rows = "".join(f"{s},{v!r},{2 * v!r}\n" for s, v in enumerate(good.tolist()))
    shell.write("run.csv", "step,lr/0,lr/1\n" + rows)
    done = shell(*AUDIT, "--json")
    assert done.returncode == 1
    data = json.loads(done.stdout)
    assert data["log"]["lr_column"] == "lr/1"
    assert data["explanations"][0]["id"] == "scaled"
    assert [column["followed"] for column in data["columns"]] == [True, False]
    assert shell(*AUDIT, "--json", "--lr-column", "lr/0").returncode == 0


def test_a_log_by_epoch(shell: Shell) -> None:
    plan = "schedule: cosine\nT_max: 100\nlr: 0.1\nepochs: 10\nsteps_per_epoch: 10\n"
    rate = rates(shell, plan)
    values = [float(rate(10 * epoch + 9)) for epoch in range(10)]
    shell.write("run.csv", "epoch,lr\n" + "".join(f"{e},{v!r}\n" for e, v in enumerate(values)))
    assert shell(*AUDIT, "--json").returncode == 0
    means = [float(rate(range(10 * epoch, 10 * epoch + 10)).mean()) for epoch in range(10)]
    lines = "".join(json.dumps({"epoch": e, "train_lr": v}) + "\n" for e, v in enumerate(means))
    shell.write("log.txt", lines)
    assert shell("audit", "log.txt", "--against", "plan.yaml", "--json").returncode == 0
    wrong = lines.replace('"train_lr": 0.0', '"train_lr": 0.1')
    shell.write("log.txt", wrong)
    assert shell("audit", "log.txt", "--against", "plan.yaml", "--no-image").returncode == 1


def test_a_plan_by_epoch(shell: Shell) -> None:
    plan = "schedule: cosine\nT_max: 10\nlr: 0.1\nby: epoch\nepochs: 10\nsteps_per_epoch: 10\n"
    rate = rates(shell, plan)
    rows = "".join(f"{e + 1},{float(rate(e))!r}\n" for e in range(10))
    shell.write("run.csv", "epoch,lr/pg0\n" + rows)
    assert shell(*AUDIT, "--json").returncode == 0


def test_the_table_of_the_picture(shell: Shell) -> None:
    log(shell, rates(shell)(np.arange(80) * 2), every=10)
    audit = lrviz.audit(shell.folder / "run.csv", lrviz.load(shell.folder / "plan.yaml")[0])
    table = audit_table(audit.decisive)
    assert [column.label for column in table.columns] == [
        "plan", "log", "as if stepped-n-times (n=2)",
    ]  # fmt: skip
    assert [column.steps for column in table.columns] == [range(100), range(71), range(71)]
    plan, logged, run = (column.rates for column in table.columns)
    assert run[:50].tolist() == plan[::2].tolist()
    assert logged[::10] == pytest.approx(run[::10], rel=1e-4)
    assert logged[5] == (logged[0] + logged[10]) / 2


def test_the_picture(shell: Shell) -> None:
    log(shell, rates(shell)(np.arange(80) * 2), every=10)
    done = shell(*AUDIT, "-o", "out.svg")
    assert done.stderr == "wrote out.svg\n"
    text = (shell.folder / "out.svg").read_text(encoding="utf-8")
    assert "as if stepped-n-times (n=2)" in text
    assert "minus plan" in text
    assert "run.csv against transformers.cosine" in text


ERRORS = {
    "nothing to write": (
        (*AUDIT, "--write", "x.yaml"),
        "--write: writes a proposal, which --against does not ask for",
    ),
    "many curves": (
        (*AUDIT[:3], "polynomial:power=[1,2]"),
        "--against: must be one curve (it has: polynomial power=1, polynomial power=2); FILE#LABEL "
        "takes one of a file",
    ),
    "no log": (
        ("audit", "no.csv", "--against", "cosine"),
        "no.csv: cannot be read: No such file or directory",
    ),
    "no epochs": (
        ("audit", "epochs.csv", "--against", "cosine", "--steps", "100"),
        "epochs.csv: has a row per epoch, and the plan counts steps; say --by epoch where "
        "they are epochs, or how many steps an epoch has with --steps-per-epoch",
    ),
}


@pytest.mark.parametrize("case", ERRORS.values(), ids=ERRORS)
def test_error(case: tuple[tuple[str, ...], str], shell: Shell) -> None:
    words, message = case
    log(shell, rates(shell)(range(9)))
    shell.write("epochs.csv", "epoch,lr\n0,0.1\n1,0.1\n")
    done = shell(*words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: {message}\n")


def test_a_single_row(shell: Shell) -> None:
    rates(shell)
    shell.write("run.csv", "step,lr\n0,0\n")
    done = shell(*AUDIT, "--no-image")
    assert done.stdout.splitlines()[-3] == "lr: 1 row, step 0 to 0, full precision"
    assert done.returncode == 0


def test_notes_are_printed(shell: Shell) -> None:
    rates(shell)
    shell.write("run.csv", "step,lr\n0,0\n1,\n")
    done = shell(*AUDIT, "--no-image")
    assert done.stderr == "note: column 'lr': 1 row without a rate is left out\n"
    assert shell(*AUDIT, "--no-image", "-q").stderr == ""


def test_python_reads_columns_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("tick,rate\n0,0.1\n1,0.1\n")
    audit = lrviz.audit(path, lrviz.schedule("constant", factor=1.0, total_iters=1),
                        step_column="tick", lr_column="rate")  # fmt: skip
    assert audit.followed
    assert audit.log.step_column == read_log(path, "tick", "rate").step_column


def test_a_second_argument_is_the_plan(shell: Shell) -> None:
    done = shell("audit", "run.csv", "plan.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: unexpected argument 'plan.yaml': lrviz audit takes one LOG; give the plan as "
        "--against SPEC\n"
    )


def test_the_examples_of_a_plan_are_noted(shell: Shell) -> None:
    shell.write("run.csv", "step,lr\n0,0\n1,0.01\n")
    done = shell("audit", "run.csv", "--against", "transformers.cosine", "--no-image")
    assert done.stderr.splitlines() == [
        "note: transformers.cosine: num_warmup_steps not given; using the example 10",
        "note: transformers.cosine: num_training_steps not given; using the example 100",
    ]


def test_a_constant_log_is_of_a_scheduler_that_never_ticks(shell: Shell) -> None:
    rates(shell)
    shell.write("run.csv", "step,lr\n" + "".join(f"{t},3e-4\n" for t in range(0, 100, 10)))
    done = shell(*AUDIT, "--no-image", "--width", "300")
    assert done.stdout.splitlines()[-1] == (
        "the rate stays at 3e-4, the highest of the plan: the run has a constant schedule, or a "
        "scheduler that never ticks; call scheduler.step() once after each optimizer.step(); give "
        "a scheduler that follows a metric its value"
    )
    assert "total=0" not in done.stdout
    assert "total=1)" not in done.stdout


@pytest.mark.parametrize(
    ("peak", "decimals", "verdict"),
    [
        (3e-4, 4, "every row has the planned rate within its rounding; "
                  "4 decimals are too coarse to be sure"),
        (1.0, 1, "the run followed the plan: every row has the planned rate within its rounding"),
        (0.4, 1, "every row has the planned rate within its rounding; "
                 "1 decimal is too coarse to be sure"),
    ],
)  # fmt: skip
def test_rates_printed_with_few_decimals(
    peak: float, decimals: int, verdict: str, shell: Shell
) -> None:
    plan = PLAN.replace("3e-4", str(peak)).replace("100", "1000").replace("10\n", "100\n")
    planned = rates(shell, plan)(range(1000))
    rows = [
        f"step {t} loss 1.234 lr {planned[t]:.{decimals}f}\n"
        f"step {t + 1} loss 1.234 lr {planned[t + 1]:.{decimals}f}\n"
        for t in range(0, 1000, 10)
    ]
    shell.write("run.log", "".join(rows))
    done = shell("audit", "run.log", "--against", "plan.yaml", "--no-image", "--width", "200")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    unit = "decimal" if decimals == 1 else "decimals"
    assert lines[-2] == f"lr: 200 rows, step 0 to 991, {decimals} {unit}"
    assert lines[-1] == verdict


def test_rates_that_are_all_printed_as_0(shell: Shell) -> None:
    rates(shell)
    shell.write("run.csv", "step,lr\n" + "".join(f"{t},0.000\n" for t in range(100)))
    done = shell(*AUDIT, "--no-image", "--width", "400")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].endswith(
        "; every rate is 0, as where too few decimals are printed"
    )


@pytest.mark.parametrize(
    ("name", "text", "kind", "plan"),
    [
        ("plan.yaml", PLAN, "plan", "plan.yaml"),
        ("faulty.yaml", "schedule: cosine\n", "plan", "faulty.yaml"),
        ("plan.json", '{"schedule": "cosine", "T_max": 9}', "plan", "plan.json"),
        ("train.py", "import torch\n", "program", "train.py:NAME"),
        ("nano.py", "learning_rate = 6e-4\nlr_decay_iters = 9\nmax_iters = 9\n", "plan", "nano.py"),
    ],
)
@pytest.mark.parametrize("flags", [(), ("--against", "cosine:T_max=9")])
def test_a_plan_is_no_log(
    name: str, text: str, kind: str, plan: str, flags: tuple[str, ...], shell: Shell
) -> None:
    shell.write(name, text)
    done = shell("audit", name, *flags)
    advice = f"lrviz audit LOG --against {plan} compares them"
    message = f"error: {name}: is a {kind}, and no log of a run; {advice}\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)


@pytest.mark.parametrize("name", ["no.yaml", "no.py", "no.csv"])
def test_a_log_that_does_not_exist(name: str, shell: Shell) -> None:
    message = f"error: {name}: cannot be read: No such file or directory\n"
    done = shell("audit", name)
    assert (done.returncode, done.stderr) == (2, message)


def test_what_is_neither_log_nor_plan(shell: Shell) -> None:
    shell.write("notes.txt", "no rates\n")
    no_log = "has no line with a step and a learning rate, such as 'step 10 lr 3e-4'\n"
    assert shell("audit", "notes.txt").stderr == f"error: notes.txt: {no_log}"
    no_steps = (
        "has no column of steps; name it with --step-column, or say with --every how many steps "
        "apart the rows are (columns: lr)\n"
    )
    assert shell("audit", "-", stdin=PLAN).stderr == f"error: standard input: {no_steps}"
    assert shell("audit", "cosine").stderr.startswith("error: cosine: is a plan, and no log of a ")


@pytest.mark.parametrize(("by", "unit", "last"), [("step", "step", 59), ("epoch", "epoch", 5)])
def test_the_axis_of_a_log_by_epoch_is_the_plan_s(
    by: str, unit: str, last: int, tmp_path: Path
) -> None:
    length = 60 if by == "step" else 6
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        f"{{schedule: linear, start_factor: 1.0, end_factor: 0.0, total_iters: {length}, "
        f"by: {by}, epochs: 6, steps_per_epoch: 10}}"
    )
    steps = 10 * np.arange(6) + 9
    rates = 0.1 * (1 - (steps if by == "step" else np.arange(6)) / length)
    path = tmp_path / "log.csv"
    path.write_text(
        "epoch,lr\n" + "".join(f"{i},{rate!r}\n" for i, rate in enumerate(rates.tolist()))
    )
    audit = lrviz.audit(path, lrviz.load(plan)[0])
    table = audit_table(audit.decisive)
    assert audit.followed
    assert base_unit(table.columns[0].curve).name == unit
    assert table.columns[0].steps[-1] == last
