"""The SPECs of a command: a log among them is said to be one, and every file's faults are."""

from __future__ import annotations

import json

import pytest

from lrviz.cli.log_hint import is_log, with_hint
from lrviz.core.findings import Finding
from tests.conftest import Shell

TABLE = "epoch,lr\n0,1\n1,0.5\n"
STATE = (
    '{"log_history": [{"learning_rate": 1e-4, "step": 10}, {"learning_rate": 5e-5, "step": 20}]}'
)
LINES = '{"step": 1, "lr": 0.1}\n{"step": 2, "lr": 0.09}\n'
PRINTED = "{'learning_rate': 9e-05, 'epoch': 0.02}\n{'learning_rate': 8e-05, 'epoch': 0.04}\n"
TEXT = "10:00 | step: 10 | lr: 1e-4\n10:01 | step: 20 | lr: 9e-5\n"
NO_RATES = "epoch,loss\n0,1\n1,0.5\n"


@pytest.mark.parametrize("text", [TABLE, STATE, LINES, PRINTED, TEXT])
@pytest.mark.parametrize("command", [("plot",), ("compare", "cosine"), ("check",)])
def test_a_log_is_no_schedule_but_read_by_audit(
    shell: Shell, text: str, command: tuple[str, ...]
) -> None:
    shell.write("run.log", text)
    done = shell(*command, "run.log")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: run.log: is not a schedule that lrviz knows: it is a log, which lrviz audit "
        "run.log reads\n"
    )


def test_what_is_no_log_keeps_its_fault(shell: Shell) -> None:
    shell.write("losses.csv", NO_RATES)
    shell.write("one.csv", "epoch,lr\n0,1\n")
    shell.write("bad.yaml", "schedule: cosine\nlr 3\nstep: 5\n")
    done = shell("compare", "losses.csv", "one.csv", "bad.yaml")
    lines = done.stderr.splitlines()
    assert [line.partition(": must")[0] for line in lines[1:]] == [
        "error: losses.csv:1:1", "error: one.csv:1:1",
    ]  # fmt: skip
    assert lines[0].startswith("error: bad.yaml:3:1: is not YAML")


def test_only_a_file_that_is_no_spec_is_read_again(shell: Shell) -> None:
    path = shell.write("run.log", TABLE)
    place = f"{path}:3:14"
    ids = ("not-a-schedule", "not-yaml", "not-text", "too-large", "wrong-type", "unknown-key")
    hinted = [with_hint(Finding.error(place, "x", rule)) for rule in ids]
    assert [item.place for item in hinted] == [str(path)] * 5 + [place]
    assert {item.id for item in hinted[:5]} == {"not-a-schedule"}
    assert hinted[5] == Finding.error(place, "x", "unknown-key")
    assert not is_log(str(shell.folder))
    assert not is_log("cosine")


def test_check_reports_what_can_be_read_and_the_faults_of_the_rest(shell: Shell) -> None:
    shell.write("specs/a.yaml", "schedule: cosine\nT_max: 5\nsteps: 100\nlabel: a\n")
    shell.write("specs/b.yaml", "schedule: step\nstep_size: 0\n")
    shell.write("specs/c.yaml", "schedule: lambda\nlr_lambda: log(t)\n")
    done = shell("check", "specs", "none.yaml")
    assert done.returncode == 2
    assert "specs/a.yaml:1:1: a: warning climbs-again\n" in done.stdout
    assert done.stdout.endswith("1 warning\n")
    assert done.stderr == (
        "error: none.yaml: no such file\n"
        "error: specs/b.yaml:2:12: step_size must be at least 1 (got 0)\n"
        "error: specs/c.yaml:1:1: torch.LambdaLR: lr_lambda has no finite value at step 0 (got "
        "-inf): log(t)\n"
    )
    found = json.loads(shell("check", "specs", "--json").stdout)["findings"]
    assert [finding["rule"] for finding in found] == ["climbs-again"]
    assert shell("check", "specs", "--exit-zero").returncode == 2


@pytest.mark.parametrize("command", ["export", "measure", "compare"])
def test_faults_of_rates_are_told_with_those_of_files(command: str, shell: Shell) -> None:
    shell.write("specs/b.yaml", "schedule: step\nstep_size: 0\n")
    shell.write("specs/c.yaml", "schedule: lambda\nlr_lambda: log(t)\n")
    done = shell(command, "specs")
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.partition(": ")[2][:19] for line in done.stderr.splitlines()] == [
        "specs/b.yaml:2:12: ", "specs/c.yaml:1:1: t",
    ]  # fmt: skip


def test_check_reports_the_faults_of_every_file(shell: Shell) -> None:
    start = "schedule: torch.OneCycleLR\nmax_lr: 0.1\ntotal_steps: 10\n"
    for name, steps in (("a", 20), ("b", 9), ("c", 30)):
        shell.write(f"{name}.yaml", f"{start}steps: {steps}\n")
    done = shell("check", ".")
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.partition(": ends")[0] for line in done.stderr.splitlines()] == [
        f"error: {name}.yaml:1:1: torch.OneCycleLR ends: Tried to step 11 times. The specified "
        f"number of total steps is 10; the run has {steps} steps: set total_steps to {steps}"
        for name, steps in (("a", 20), ("c", 30))
    ]
