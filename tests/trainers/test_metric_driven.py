"""A schedule that reads a metric once per epoch is drawn over the epochs of its run."""

from __future__ import annotations

from typing import Any

import pytest

from lrviz.core.errors import SpecError
from lrviz.curves.curve import Curve
from lrviz.specfile.source import load_spec
from tests.conftest import Shell

LIGHTNING = (
    "trainer: {{{}}}\noptimizer: {{class_path: Adam, init_args: {{lr: 1e-3}}}}\n"
    "lr_scheduler: {{class_path: ReduceLROnPlateau, init_args: {{patience: 3, factor: 0.5}}{}}}\n"
)
LIGHTNING_20 = LIGHTNING.format("max_epochs: 20", "")
HYDRA = (
    "trainer: {max_epochs: 20}\nmodel:\n"
    "  optimizer: {_target_: torch.optim.Adam, lr: 0.001}\n"
    "  scheduler: {_target_: torch.optim.lr_scheduler.ReduceLROnPlateau, patience: 10}\n"
)
ESPNET = (
    "optim: adam\noptim_conf: {lr: 0.1}\nscheduler: ReduceLROnPlateau\nscheduler_conf: {}\n"
    "max_epoch: 20\n"
)
FAIRSEQ = "fairseq-train a --lr 0.1 --lr-scheduler reduce_lr_on_plateau --max-epoch 20"
TIMM = "sched: plateau\nopt: sgd\nmodel: x\nlr: 0.1\nepochs: 20\nwarmup_epochs: 0\n"
NEMO = (
    "model: {optim: {lr: 0.1, sched: {name: ReduceLROnPlateau, patience: 3}}}\n"
    "trainer: {max_epochs: 20}\n"
)
HF = (
    "learning_rate: 0.1\nlr_scheduler_type: reduce_lr_on_plateau\nnum_train_epochs: 20\n"
    "eval_strategy: epoch\n"
)


def load(shell: Shell, text: str, metric: str = "simulate", **run: Any) -> Curve:
    """Read a config with its metric and flags of the run."""
    path = str(shell.write("a.txt", text))
    return load_spec(path, run, trainer={"metric": metric}).curves[0]


@pytest.mark.parametrize("text", [LIGHTNING_20, HYDRA, ESPNET, FAIRSEQ, TIMM, NEMO, HF])
def test_epochs(text: str, shell: Shell) -> None:
    curve = load(shell, text)
    assert (curve.axis, curve.count()) == ("epoch", 20)
    curve = load(shell, text, epochs=30)
    assert (curve.axis, curve.count()) == ("epoch", 30)
    curve = load(shell, text, steps_per_epoch=7)
    assert (curve.axis, curve.count()) == ("step", 140)


@pytest.mark.parametrize(
    ("text", "axis", "count"),
    [
        (LIGHTNING.format("max_epochs: 20", ", interval: step"), "step", 100),
        (LIGHTNING.format("max_epochs: -1, max_steps: 50", ""), "epoch", 100),
        (LIGHTNING.format("accelerator: gpu", ""), "epoch", 1000),
        (HF.replace("eval_strategy: epoch", "eval_strategy: steps"), "step", 100),
        (HF + "max_steps: 50\n", "step", 100),
        (FAIRSEQ.replace("--max-epoch", "--max-update"), "step", 100),
        (ESPNET.replace("20", "0"), "epoch", 1),
    ],
)
def test_other_lengths(text: str, axis: str, count: int, shell: Shell) -> None:
    curve = load(shell, text)
    assert (curve.axis, curve.count()) == (axis, count)


@pytest.mark.parametrize(
    ("length", "count"),
    [("max_epochs: -1, max_steps: 50", 56), ("max_epochs: 3, max_steps: 50", 21)],
)
def test_steps_end_the_run_in_an_epoch(length: str, count: int, shell: Shell) -> None:
    curve = load(shell, LIGHTNING.format(length, ""), steps_per_epoch=7)
    assert (curve.axis, curve.count()) == ("step", count)


def test_a_recorded_metric_has_its_own_length(shell: Shell) -> None:
    shell.write("loss.csv", "loss\n" + "1\n" * 9)
    metric = f"{shell.folder}/loss.csv:loss"
    curve = load(shell, LIGHTNING_20, metric)
    assert (curve.axis, curve.count()) == ("epoch", 9)
    curve = load(shell, LIGHTNING_20, metric, epochs=5)
    assert (curve.axis, curve.count()) == ("epoch", 5)
    curve = load(shell, LIGHTNING_20, metric, epochs=30)
    with pytest.raises(SpecError, match="metric has 9 values, and 30 steps use 29"):
        curve.sample(range(30))


@pytest.mark.parametrize(
    "text",
    [
        LIGHTNING_20.replace("ReduceLROnPlateau", "CosineAnnealingLR")
        .replace("patience", "T_max")
        .replace(", factor: 0.5", ""),
        ESPNET.replace("ReduceLROnPlateau", "steplr").replace("{}", "{step_size: 9}"),
    ],
)
def test_epochs_of_a_flag_win(text: str, shell: Shell) -> None:
    path = str(shell.write("a.txt", text))
    assert load_spec(path).curves[0].count() == 20
    assert load_spec(path, {"epochs": 30}).curves[0].count() == 30
