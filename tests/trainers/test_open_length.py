"""A config whose schedule needs no length of the run, and that leaves it open, says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from lrviz.specfile.source import load_spec
from tests.conftest import Shell

ESPNET = (
    "optim: adam\noptim_conf: {lr: 0.0015}\nscheduler: warmuplr\n"
    "scheduler_conf: {warmup_steps: 35000}\nmax_epoch: 70\n"
)
FAIRSEQ = (
    "fairseq-train a --lr 5e-4 --lr-scheduler inverse_sqrt --warmup-updates 4000 --max-epoch 9"
)
HF = "learning_rate: 1e-5\nlr_scheduler_type: inverse_sqrt\nnum_train_epochs: 2\n"
NEMO = (
    "model: {optim: {lr: 2.0, sched: {name: NoamAnnealing, d_model: 512, warmup_steps: 100}}}\n"
    "trainer: {max_epochs: 3, max_steps: -1}\n"
)
KERAS = (
    '{"class_name": "Adam", "config": {"learning_rate": {"module": "keras.optimizers.schedules",'
    '"class_name": "%s", "config": {"initial_learning_rate": 0.1, %s}, "registered_name": null}}}'
)
DECAY = '"decay_steps": 100, "decay_rate": 0.5'
ENDS = '"decay_steps": 100, "alpha": 0.0'
LENGTHS = "--total-steps or --steps-per-epoch or --dataset-size"


@pytest.mark.parametrize(
    ("text", "shape", "flags"),
    [
        (ESPNET, "350,000 steps", LENGTHS),
        (FAIRSEQ, "40,000 steps", LENGTHS),
        (HF + "warmup_steps: 100\n", "1,000 steps", LENGTHS),
        (HF, "100,000 steps", LENGTHS),
        (NEMO, "1,000 steps", LENGTHS),
        (KERAS % ("ExponentialDecay", DECAY), "500 steps", "--total-steps"),
    ],
)
def test_note(text: str, shape: str, flags: str, shell: Shell) -> None:
    note = f"the file leaves the run's length open: {shape} show its shape ({flags} sets it)"
    shell.write("a.txt", text)
    for words in (("plot", "--no-image"), ("export",), ("code", "--as", "torch")):
        done = shell(*words, "a.txt")
        assert done.returncode == 0
        assert f"note: a.txt: {note}\n" in done.stderr
    lines = shell("plot", "a.txt", "--no-image", "--explain").stdout.splitlines()
    assert "drawn:      over steps; the length of the run is not known" in lines


@pytest.mark.parametrize(
    ("text", "run", "trainer"),
    [
        (ESPNET, {}, {"total_steps": 500_000}),
        (ESPNET, {"steps": 500_000}, {}),
        (ESPNET, {"steps_per_epoch": 10}, {}),
        (HF, {"steps": 500}, {}),
        (HF, {"dataset_size": 500}, {}),
        (KERAS % ("CosineDecay", ENDS), {}, {}),
        (KERAS % ("ExponentialDecay", DECAY), {"steps": 40}, {}),
    ],
)
def test_no_note(
    text: str, run: Mapping[str, Any], trainer: Mapping[str, Any], shell: Shell
) -> None:
    (curve,) = load_spec(str(shell.write("a.txt", text)), run, trainer=trainer).curves
    assert [note for note in curve.notes if note.id == "scale-free"] == []
