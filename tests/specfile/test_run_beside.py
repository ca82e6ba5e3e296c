"""A typed name beside files follows their run: length, peak, warm-up; nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import lrviz
from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.curves.table import tabulate
from lrviz.specfile.source import load_specs
from tests.conftest import Shell
from tests.trainers.declared import EXAMPLES

RUN = "schedule: transformers.linear\nnum_warmup_steps: 500\nnum_training_steps: 10000\nlr: 3e-4\n"
WARM = "schedule: cosine\nT_max: 9500\nwarmup: 500\nlr: 3e-4\n"
SHORT = "schedule: cosine\nT_max: 5000\nsteps: 5000\nlr: 3e-4\n"
EPOCHS = "schedule: keras.CosineDecay\ninitial_learning_rate: 0.01\ndecay_steps: 90\nby: epoch\n"
STAIRS = "schedule: cosine\nT_max: 90\nwarmup: 5\nby: epoch\nsteps_per_epoch: 50\n"


def beside(*specs: str, **flags: Any) -> Curve:
    """Return the curve of the last of some SPECs."""
    return load_specs(specs, flags)[-1].curves[0]


def facts(curve: Curve) -> list[str]:
    """Return a curve's call, its length, and what is said of what it follows."""
    notes = [note.message for note in curve.notes if note.id == "follows-file"]
    return [curve.call(), f"{curve.count()} {curve.axis}", *notes]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (
            RUN,
            "transformers.cosine",
            [
                "transformers.cosine(num_warmup_steps=500, num_training_steps=10000), lr=3e-4",
                "10000 step",
                "follows the 10,000 steps, lr=3e-4 and the warm-up of a.yaml",
            ],
        ),
        (
            RUN,
            "keras.CosineDecay:initial_learning_rate=0.2,warmup_steps=0",
            [
                "keras.CosineDecay(initial_learning_rate=0.2, decay_steps=10000)",
                "10000 step",
                "follows the 10,000 steps of a.yaml",
            ],
        ),
        (
            RUN,
            "keras.ExponentialDecay:decay_rate=0.5",
            [
                "keras.ExponentialDecay(initial_learning_rate=3e-4, decay_steps=20, "
                "decay_rate=0.5)",
                "10000 step",
                "follows the 10,000 steps and lr=3e-4 of a.yaml",
            ],
        ),
        (
            RUN,
            "cosine:t_max=100",
            [
                "torch.CosineAnnealingLR(T_max=100), lr=3e-4",
                "100 step",
                "follows lr=3e-4 of a.yaml",
            ],
        ),
        (
            RUN,
            "cosine:steps=200,lr=0.5",
            ["torch.CosineAnnealingLR(T_max=200), lr=0.5", "200 step"],
        ),
        (
            RUN,
            "transformers.linear:warmup=9",
            [
                "transformers.linear(num_warmup_steps=9, num_training_steps=10000), lr=3e-4",
                "10000 step",
                "follows the 10,000 steps and lr=3e-4 of a.yaml",
            ],
        ),
        (
            RUN,
            "torch.ChainedScheduler:schedules=[constant]",
            [
                "torch.ChainedScheduler([ConstantLR()]), lr=3e-4",
                "10000 step",
                "follows the 10,000 steps and lr=3e-4 of a.yaml",
            ],
        ),
        (
            RUN,
            "onecycle:epochs=2,steps_per_epoch=30,max_lr=0.1",
            [
                "torch.OneCycleLR(max_lr=0.1, epochs=2, steps_per_epoch=30)",
                "60 step",
            ],
        ),
        (
            EPOCHS,
            "cosine",
            [
                "torch.CosineAnnealingLR(T_max=90), lr=0.01",
                "90 epoch",
                "follows the 90 epochs and lr=0.01 of a.yaml",
            ],
        ),
        (
            STAIRS,
            "transformers.linear",
            [
                "transformers.linear(num_warmup_steps=250, num_training_steps=4750), lr=0.1",
                "4750 step",
                "follows the 4,750 steps and the warm-up of a.yaml",
            ],
        ),
    ],
)
def test_a_name_follows_the_run_of_the_file_beside_it(
    here: Path, text: str, name: str, expected: list[str]
) -> None:
    (here / "a.yaml").write_text(text)
    assert facts(beside("a.yaml", name)) == expected
    assert facts(load_specs([name, "a.yaml"])[0].curves[0]) == expected


@pytest.mark.parametrize(
    ("flags", "note"),
    [
        ({"steps": 400}, ["follows lr=3e-4 and the warm-up of a.yaml"]),
        ({"lr": 0.2}, ["follows the 10,000 steps and the warm-up of a.yaml"]),
        ({"warmup": 9}, ["follows the 9,509 steps and lr=3e-4 of a.yaml"]),
        ({"steps": 400, "lr": 0.2, "warmup": 9}, []),
    ],
)
def test_flags_go_before_the_run_of_a_file(
    here: Path, flags: dict[str, Any], note: list[str]
) -> None:
    (here / "a.yaml").write_text(WARM)
    curve = beside("a.yaml", "transformers.linear", **flags)
    assert facts(curve)[2:] == note
    steps, warmup = curve.count(), flags.get("warmup", 500)
    assert curve.schedule == transformers_linear(warmup, steps)
    assert steps == flags.get("steps", 9_500 + warmup)
    assert curve.lr == flags.get("lr", 3e-4)


def transformers_linear(warmup: int, steps: int) -> Schedule:
    """Return the schedule of Transformers with these steps."""
    return lrviz.schedule("transformers.linear", num_warmup_steps=warmup, num_training_steps=steps)


def test_a_name_follows_the_run_on_standard_input(shell: Shell) -> None:
    done = shell("measure", "-", "cosine", "--at", "3", stdin=SHORT)
    note = "note: cosine #2: follows the 5,000 steps and lr=3e-4 of standard input\n"
    assert done.stderr == note


def test_a_name_follows_the_longest_of_several_runs(here: Path) -> None:
    (here / "a.yaml").write_text(SHORT)
    (here / "b.yaml").write_text(RUN)
    assert facts(beside("a.yaml", "b.yaml", "cosine")) == [
        "torch.CosineAnnealingLR(T_max=10000), lr=3e-4",
        "10000 step",
        "follows the 10,000 steps and lr=3e-4 of b.yaml",
    ]
    (here / "a.yaml").write_text(SHORT.replace("3e-4", "1e-3"))
    assert facts(beside("a.yaml", "b.yaml", "cosine")) == [
        "torch.CosineAnnealingLR(T_max=10000), lr=3e-4",
        "10000 step",
        "follows the 10,000 steps and lr=3e-4 of b.yaml",
    ]


def test_a_name_follows_the_config_of_a_trainer() -> None:
    config = str(EXAMPLES / "hf_trainer" / "no_steps.yaml")
    curve = beside(config, "cosine", tokens_per_step=9)
    (plan,) = load_specs([config], trainer={"total_steps": 400})[0].curves
    (other,) = load_specs([config, "cosine"], trainer={"total_steps": 400})[1].curves
    assert (other.count(), other.lr) == (400, plan.lr)
    (note,) = [note.message for note in curve.notes if note.id == "follows-file"]
    assert note.startswith("follows the run and lr=4e-4 of ")


def test_a_followed_run_does_not_distinguish_curves(here: Path) -> None:
    (here / "a.yaml").write_text(RUN)
    loaded = load_specs(["a.yaml", "cosine", "step"])
    labels = [curve.label for item in loaded for curve in item.curves]
    assert labels == ["transformers.linear", "cosine", "step"]


@pytest.mark.parametrize("text", [RUN, STAIRS, SHORT.replace("5000", "2")])
@pytest.mark.parametrize("cls", register.all(), ids=lambda cls: cls.title())
def test_any_name_can_be_typed_beside_a_file(here: Path, text: str, cls: type[Schedule]) -> None:
    (here / "a.yaml").write_text(text)
    loaded = load_specs(["a.yaml", cls.title()])
    assert len(tabulate([curve for item in loaded for curve in item.curves]).columns) == 2
