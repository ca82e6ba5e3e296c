"""A config whose trainer ticks its schedule once per step keeps that clock."""

from __future__ import annotations

import pytest

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


def test_evaluations_may_be_epochs(shell: Shell) -> None:
    text = HF.replace("cosine", "reduce_lr_on_plateau")
    path = str(shell.write("a.yaml", text))
    (curve,) = load_spec(path, {"by": "epoch"}, trainer={"metric": "simulate"}).curves
    assert (curve.axis, curve.notes) == ("epoch", ())
