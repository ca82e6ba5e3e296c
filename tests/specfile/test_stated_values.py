"""A required parameter that a file leaves out follows from the run that the file states."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from lrviz.core.errors import SpecError
from lrviz.curves.curve import Curve
from lrviz.specfile.schema import file_schema
from lrviz.specfile.source import load_specs

VALIDATOR = jsonschema.Draft202012Validator(file_schema())


def read(folder: Path, text: str, **flags: Any) -> list[Curve]:
    """Return the curves of a file; the schema accepts it if it is complete without flags."""
    assert VALIDATOR.is_valid(yaml.safe_load(text)) != bool(flags)
    (folder / "a.yaml").write_text(text)
    return list(load_specs([str(folder / "a.yaml")], flags)[0].curves)


@pytest.mark.parametrize(
    ("text", "flags", "call", "notes"),
    [
        (
            "schedule: cosine\nsteps: 1000\n",
            {},
            "torch.CosineAnnealingLR(T_max=1000), lr=0.1",
            ["T_max not given; 1000 follows from steps"],
        ),
        (
            "schedule: cosine\n",
            {"steps": 400},
            "torch.CosineAnnealingLR(T_max=400), lr=0.1",
            ["T_max not given; 400 follows from steps"],
        ),
        (
            "schedule: transformers.linear\nepochs: 3\nsteps_per_epoch: 50\nwarmup: 10%\n",
            {},
            "transformers.linear(num_warmup_steps=15, num_training_steps=150), lr=0.1",
            [
                "num_training_steps not given; 150 follows from epochs",
                "num_warmup_steps not given; 15 follows from warmup",
            ],
        ),
        (
            "schedule: keras.CosineDecay\nsteps: 90\nlr: 0.3\n",
            {},
            "keras.CosineDecay(initial_learning_rate=0.3, decay_steps=90)",
            [
                "decay_steps not given; 90 follows from steps",
                "initial_learning_rate not given; 0.3 follows from lr",
            ],
        ),
        (
            "schedule: onecycle\nsteps: 90\nlr: 0.3\n",
            {},
            "torch.OneCycleLR(max_lr=0.3, total_steps=90)",
            [
                "total_steps not given; 90 follows from steps",
                "max_lr not given; 0.3 follows from lr",
            ],
        ),
        (
            "schedule: onecycle\nepochs: 9\nsteps_per_epoch: 10\nmax_lr: 0.3\n",
            {},
            "torch.OneCycleLR(max_lr=0.3, epochs=9, steps_per_epoch=10)",
            [],
        ),
        (
            "schedule: cosine\nT_max: 50\nsteps: 1000\n",
            {},
            "torch.CosineAnnealingLR(T_max=50), lr=0.1",
            [],
        ),
        ("schedule: polynomial\nsteps: 20\n", {}, "torch.PolynomialLR(total_iters=5, power=1), "
         "lr=0.1", []),
    ],
)  # fmt: skip
def test_a_required_parameter_follows_from_the_run(
    tmp_path: Path, text: str, flags: dict[str, Any], call: str, notes: list[str]
) -> None:
    (curve,) = read(tmp_path, text, **flags)
    assert curve.call() == call
    assert [note.message for note in curve.notes] == notes


def test_a_warm_up_before_the_schedule_is_taken_off(tmp_path: Path) -> None:
    (curve,) = read(tmp_path, "schedule: cosine\nsteps: 1000\nwarmup: 100\n")
    assert "CosineAnnealingLR(T_max=900)" in curve.call()
    assert curve.count() == 1000
    (curve,) = read(tmp_path, "schedule: onecycle\nsteps: 1000\nwarmup: 100\nlr: 1\n")
    assert "OneCycleLR(max_lr=1, total_steps=900)" in curve.call()


def test_settings_beside_curves_state_the_run_of_each(tmp_path: Path) -> None:
    curves = read(tmp_path, "steps: 70\ncurves: [cosine, {schedule: wsd}]\n")
    assert [curve.schedule.natural_length() for curve in curves] == [70, 70]


def test_a_swept_run_states_a_length_each(tmp_path: Path) -> None:
    curves = read(tmp_path, "schedule: cosine\nsweep: {steps: [10, 20]}\n")
    assert [curve.label for curve in curves] == ["cosine steps=10", "cosine steps=20"]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "schedule: cosine\n",
            [
                "1:1: torch.CosineAnnealingLR needs T_max (steps from the top to the bottom), for "
                "example T_max: 100, or give steps (the run's length)"
            ],
        ),
        (
            "schedule: keras.CosineDecay\ndecay_steps: 9\n",
            [
                "1:1: keras.CosineDecay needs initial_learning_rate (rate at step 0), for example "
                "initial_learning_rate: 0.1, or give lr (the peak)"
            ],
        ),
        (
            "schedule: step\nsteps: 9\n",
            [
                "1:1: torch.StepLR needs step_size (steps between two drops), for example "
                "step_size: 30"
            ],
        ),
        ("schedule: cosine\nsteps: -1\n", ["2:8: steps must be greater than 0 (got -1)"]),
    ],
)
def test_what_nothing_states_is_missing(tmp_path: Path, text: str, messages: list[str]) -> None:
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(SpecError) as error:
        load_specs([str(tmp_path / "a.yaml")])
    assert not VALIDATOR.is_valid(yaml.safe_load(text))
    place = f"{tmp_path}/a.yaml:"
    assert [str(finding).removeprefix(place) for finding in error.value.findings] == messages


def test_a_shared_warmup_is_the_own_one_of_a_schedule_that_has_one(tmp_path: Path) -> None:
    text = (
        "warmup: 10%\nsteps: 5000\nlr: 0.1\ncurves:\n- {schedule: cosine}\n"
        "- {schedule: wsd, total_steps: 5000}\n"
        "- {schedule: wsd, total_steps: 5000, warmup_steps: 100}\n"
        "- {schedule: transformers.cosine, num_warmup_steps: 5, num_training_steps: 5000}\n"
        "- {schedule: keras.CosineDecay, decay_steps: 4000}\n"
    )
    assert [curve.call() for curve in read(tmp_path, text)] == [
        "torch.SequentialLR([LinearLR(start_factor=0.001, total_iters=500), "
        "CosineAnnealingLR(T_max=4500)], milestones=[500]), lr=0.1",
        "lrviz.warmup_stable_decay(total_steps=5000, warmup_steps=500), lr=0.1",
        "lrviz.warmup_stable_decay(total_steps=5000, warmup_steps=100), lr=0.1",
        "transformers.cosine(num_warmup_steps=5, num_training_steps=5000), lr=0.1",
        "keras.CosineDecay(initial_learning_rate=0, decay_steps=4000, warmup_target=0.1, "
        "warmup_steps=500)",
    ]
