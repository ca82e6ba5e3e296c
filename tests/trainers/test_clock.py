"""A config whose trainer ticks its schedule once per step keeps that clock."""

from __future__ import annotations

from typing import Any

import pytest

from lrviz.core.errors import SpecError
from lrviz.specfile.source import load_spec
from tests.conftest import Shell

HF = "learning_rate: 2e-5\nlr_scheduler_type: cosine\nwarmup_steps: 5\nmax_steps: 40\n"
OPEN = "learning_rate: 2e-5\nlr_scheduler_type: inverse_sqrt\nwarmup_steps: 5\n"
LIGHTNING = (
    "trainer: {max_epochs: 20}\noptimizer: {class_path: SGD, init_args: {lr: 0.1}}\n"
    "lr_scheduler: {class_path: StepLR, init_args: {step_size: 30}}\n"
)
NOTE = (
    "--by epoch is ignored: the trainer ticks this schedule once per step (--axis epoch counts in "
    "epochs)"
)


BY_STEP = (
    "--by step is ignored: the trainer ticks this schedule once per epoch (--axis step counts in "
    "steps)"
)
TIMM = "model: a\nsched: cosine\nepochs: 90\nlr: 0.1\nwarmup_epochs: 5\n"
YOLO = "task: detect\nmode: train\nepochs: 100\nlr0: 0.01\nlrf: 0.01\nwarmup_epochs: 3.0\n"


@pytest.mark.parametrize(("text", "count"), [(HF, 40), (OPEN, 50)])
def test_a_schedule_of_steps(text: str, count: int, shell: Shell) -> None:
    path = str(shell.write("a.yaml", text))
    (curve,) = load_spec(path, {"by": "epoch"}).curves
    assert (curve.axis, curve.count()) == ("step", count)
    assert NOTE in [note.message for note in curve.notes]
    (curve,) = load_spec(path, user={"by": "epoch"}).curves
    assert curve.axis == "step"
    for run in ({}, {"by": "step"}):
        (curve,) = load_spec(path, run).curves
        assert NOTE not in [note.message for note in curve.notes]


def test_a_schedule_of_epochs(shell: Shell) -> None:
    path = str(shell.write("a.yaml", LIGHTNING))
    (curve,) = load_spec(path, {"by": "epoch"}).curves
    assert (curve.axis, curve.count(), curve.notes) == ("epoch", 20, ())
    (curve,) = load_spec(path, {"by": "step"}).curves
    assert (curve.axis, curve.count()) == ("epoch", 20)
    assert [note.message for note in curve.notes] == [BY_STEP]


@pytest.mark.parametrize(("text", "epochs"), [(LIGHTNING, 20), (TIMM, 90), (YOLO, 100)])
@pytest.mark.parametrize("flag", ["--steps", "--total-steps"])
def test_the_steps_of_a_run_of_epochs(text: str, epochs: int, flag: str, shell: Shell) -> None:
    shell.write("a.yaml", text)
    divided = shell("export", "a.yaml", flag, str(epochs * 7), "-q")
    assert divided.stdout == shell("export", "a.yaml", "--steps-per-epoch", "7", "-q").stdout
    assert divided.stdout.count("\n") == 1 + epochs * 7
    explained = shell("plot", "a.yaml", flag, str(epochs * 7), "--no-image", "--explain").stdout
    text = f"conversion: {flag} {epochs * 7:,} / {epochs:,} epochs = 7 steps per epoch"
    assert text in explained.splitlines()


@pytest.mark.parametrize("epochs", [80, 90])
def test_steps_that_the_epochs_do_not_divide(epochs: int, shell: Shell) -> None:
    shell.write("a.yaml", TIMM.replace("90", str(epochs)))
    message = (
        f"123 steps are not the same number in each of {epochs} epochs; --steps-per-epoch sets "
        "that number, --epochs the epochs\n"
    )
    done = shell("export", "a.yaml", "--steps", "123")
    assert (done.returncode, done.stderr) == (2, f"error: --steps: {message}")
    done = shell("export", "a.yaml", "--total-steps", "123")
    assert (done.returncode, done.stdout.count("\n")) == (0, 1 + epochs)
    assert done.stderr == f"note: a.yaml: --total-steps is not used: {message}"


def test_steps_up_to_the_epochs_count_epochs(shell: Shell) -> None:
    shell.write("a.yaml", TIMM)
    note = (
        "note: a.yaml: the file counts epochs, and so does --steps 90 (--steps-per-epoch gives an "
        "epoch its steps)\n"
    )
    done = shell("export", "a.yaml", "--steps", "90")
    assert (done.stderr, done.stdout) == (note, shell("export", "a.yaml").stdout)
    done = shell("export", "a.yaml", "--steps", "180", "--steps-per-epoch", "3")
    assert (done.stderr, done.stdout.count("\n")) == ("", 181)


@pytest.mark.parametrize("by", ["days", float("inf"), {}, None])
def test_another_clock_is_none(by: Any, shell: Shell) -> None:
    for text in (HF, LIGHTNING):
        path = str(shell.write("a.yaml", text))
        if by is None:
            assert load_spec(path, {"by": by}).curves
            continue
        with pytest.raises(SpecError, match="must be 'step' or 'epoch'"):
            load_spec(path, {"by": by})


def test_evaluations_may_be_epochs(shell: Shell) -> None:
    text = HF.replace("cosine", "reduce_lr_on_plateau")
    path = str(shell.write("a.yaml", text))
    (curve,) = load_spec(path, {"by": "epoch"}, trainer={"metric": "simulate"}).curves
    assert (curve.axis, curve.notes) == ("epoch", ())
