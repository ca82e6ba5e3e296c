"""A training config that leaves its run's length open: drawn, and not written for programs."""

from __future__ import annotations

from dataclasses import replace

import pytest

import lrviz
from lrviz.core.errors import SpecError
from lrviz.curves.curve import Curve, require_length
from lrviz.run import Run
from tests.conftest import Shell

CONFIG = """\
learning_rate: 1e-4
num_train_epochs: 3
per_device_train_batch_size: 4
lr_scheduler_type: linear
"""
OPEN = "leaves the run's length open, so that only shares of it are known"
FLAGS = "give --total-steps, --steps-per-epoch or --dataset-size"


@pytest.mark.parametrize("command", ["code", "export"])
def test_what_a_program_would_read_is_refused(command: str, shell: Shell) -> None:
    shell.write("args.yaml", CONFIG)
    done = shell(command, "args.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: args.yaml: {OPEN}; {FLAGS}\n"


@pytest.mark.parametrize("flag", ["--total-steps", "--dataset-size"])
def test_a_flag_that_sets_the_length(flag: str, shell: Shell) -> None:
    shell.write("args.yaml", CONFIG)
    done = shell("export", "args.yaml", flag, "12", "--every", "3")
    rows = ["step,args.yaml", "0,0.0001"]
    if flag == "--total-steps":
        rows += ["3,7.500000000000001e-05", "6,5e-05", "9,2.5e-05"]
    else:  # 3 steps an epoch
        rows += ["3,6.666666666666667e-05", "6,3.3333333333333335e-05"]
    assert done.stdout.splitlines() == rows
    assert done.stderr == ""


def test_it_is_drawn_over_its_share(shell: Shell) -> None:
    shell.write("args.yaml", CONFIG)
    done = shell("plot", "args.yaml", "--no-image")
    assert done.returncode == 0
    assert "share 100%" in done.stdout


ARGUMENTS = "give total_steps=, steps_per_epoch= or dataset_size= to lrviz.load"


def test_in_python(shell: Shell) -> None:
    path = shell.write("args.yaml", CONFIG)
    (curve,) = lrviz.load(path)
    for write in (lrviz.code, lrviz.export):
        with pytest.raises(SpecError) as caught:
            write(curve)  # type: ignore[operator]
        assert [(item.message, item.id) for item in caught.value.findings] == [
            (f"{OPEN}; {ARGUMENTS}", "open-length")
        ]
    with pytest.raises(SpecError, match=f"{OPEN}$"):
        lrviz.export(replace(curve, length_flags=()))


def test_each_curve_is_named_by_its_place_or_its_label() -> None:
    constant = lrviz.schedule("constant", total_iters=3)
    known = Curve("known", constant, run=Run(steps=3))
    curves = [
        known,
        Curve("a", constant, on_share=True),
        Curve("b", constant, place="b.yaml", on_share=True, length_flags=("--total-steps",)),
    ]
    with pytest.raises(SpecError) as caught:
        require_length(curves)
    lines = [f"a: {OPEN}", f"b.yaml: {OPEN}; give --total-steps"]
    assert caught.value.lines() == lines
    require_length([known])
