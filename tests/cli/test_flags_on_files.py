"""Flags of the run on a file: `--floor` replaces its floor, and `--lr` says what sets its peak."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Shell

COSINE = "schedule: cosine\nT_max: 100\neta_min: 1e-4\n"
RATIO = (
    "schedule: transformers.cosine_with_min_lr\nnum_training_steps: 100\nnum_warmup_steps: 10\n"
    "min_lr_rate: 0.1\nlr: 0.01\n"
)
NANOGPT = (
    "warmup_iters = 10\nlearning_rate = 1e-3\nmax_iters = 500\nlr_decay_iters = 500\n"
    "min_lr = 1e-4\n"
)


def parameters(shell: Shell, *words: str) -> dict[str, Any]:
    (curve,) = json.loads(shell("export", *words, "--json", "-q").stdout)["curves"]
    return dict(curve["params"])


@pytest.mark.parametrize(
    ("text", "floor", "name", "value"),
    [
        (COSINE, "1e-6", "eta_min", 1e-6),
        (COSINE, "10%", "eta_min", 0.01),
        (RATIO, "1e-5", "min_lr", 1e-5),
        ("schedule: ultralytics.linear\nepochs: 9\nlr: 0.01\n", "1e-6", "lrf", 1e-4),
        ("schedule: ultralytics.linear\nepochs: 9\nlr: 0.01\nlrf: 0.5\n", "1e-3", "lrf", 0.1),
    ],
)
def test_the_floor_of_a_flag_is_the_schedules(
    text: str, floor: str, name: str, value: float, shell: Shell
) -> None:
    shell.write("plan.yaml", text)
    own = parameters(shell, "plan.yaml", "--floor", floor)
    assert own[name] == pytest.approx(value)
    assert own.get("min_lr_rate") is None


def test_a_floor_of_the_file_is_replaced_with_a_note(shell: Shell) -> None:
    shell.write("plan.yaml", COSINE)
    done = shell("measure", "plan.yaml", "--floor", "1e-6")
    assert done.stderr == "note: cosine: --floor 1e-6 replaces eta_min: 1e-4 (plan.yaml:3:10)\n"
    shell.write("ratio.yaml", RATIO)
    done = shell("measure", "ratio.yaml", "--floor", "5%")
    note = "note: transformers.cosine_with_min_lr: --floor 5% replaces min_lr_rate: 0.1"
    assert done.stderr == f"{note} (ratio.yaml:4:14)\n"


def test_a_floor_of_a_config_is_replaced_with_a_note(shell: Shell) -> None:
    shell.write("train.py", NANOGPT)
    done = shell("measure", "train.py", "--floor", "1e-6")
    assert done.stderr == "note: train.py: --floor 1e-6 replaces min_lr: 1e-4 (train.py: min_lr)\n"
    assert "min_lr=1e-6" in done.stdout


def test_a_floor_of_a_file_is_a_rate(shell: Shell) -> None:
    shell.write("plan.yaml", "schedule: ultralytics.linear\nepochs: 9\nlr: 0.01\nfloor: 1e-6\n")
    assert parameters(shell, "plan.yaml")["lrf"] == pytest.approx(1e-4)


def test_a_peak_of_the_file_is_noted_beside_a_rate_that_does_not_set_it(shell: Shell) -> None:
    text = "schedule: deepspeed.WarmupDecayLR\ntotal_num_steps: 100\nwarmup_max_lr: 1e-3\n"
    shell.write("plan.yaml", text)
    done = shell("measure", "plan.yaml", "--lr", "5e-3")
    note = "note: deepspeed.WarmupDecayLR: warmup_max_lr sets the peak, 0.001, and not lr\n"
    assert (done.returncode, done.stderr) == (0, note)
    assert shell("measure", "plan.yaml", "--lr", "1e-3").stderr == ""
    assert shell("measure", "plan.yaml").stderr == ""


@pytest.mark.parametrize(
    ("flags", "edited"),
    [
        (("--warmup", "7"), ("warmup_iters = 10", "warmup_iters = 7")),
        (("--lr", "5e-3"), ("learning_rate = 1e-3", "learning_rate = 5e-3")),
    ],
)
def test_the_first_rate_of_nanogpt_follows_its_flags(
    flags: tuple[str, str], edited: tuple[str, str], shell: Shell
) -> None:
    shell.write("train.py", NANOGPT)
    shell.write("edited.py", NANOGPT.replace(*edited))
    by_flag = parameters(shell, "train.py", *flags)
    assert by_flag == parameters(shell, "edited.py")
    assert by_flag != parameters(shell, "train.py")


def test_the_epochs_of_mmengine_are_those_of_the_flag(shell: Shell) -> None:
    text = (
        "optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.02))\n"
        "param_scheduler = [dict(type='CosineAnnealingLR', by_epoch=True)]\n"
        "train_cfg = dict(max_epochs={})\n"
    )
    shell.write("run.py", text.format(12))
    shell.write("edited.py", text.format(5))
    by_flag = shell("export", "run.py", "--epochs", "5", "--json", "-q").stdout
    assert by_flag.replace("run.py", "edited.py") == shell("export", "edited.py", "--json").stdout
    assert len(json.loads(by_flag)["curves"][0]["lr"]) == 5
