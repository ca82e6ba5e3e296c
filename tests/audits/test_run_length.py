"""A log that says the length of its run, and a plan of another one."""

from __future__ import annotations

import json
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from tests.conftest import Shell

CONFIG = {
    "output_dir": "out",
    "learning_rate": 2e-5,
    "lr_scheduler_type": "cosine",
    "warmup_ratio": 0.03,
    "num_train_epochs": 3,
    "per_device_train_batch_size": 4,
}
AGAINST = ("--against", "training_args.json", "--no-image", "--dataset-size")
SAMPLES = 1999
PLANNED = 3 * ceil(SAMPLES / 4)


def write(
    folder: Path, made_for: int, max_steps: int, factor: float = 1.0, share: float = 0.03
) -> None:
    """Write a config, and the log of a run of `max_steps` steps with another schedule."""
    warmup = ceil(share * made_for)
    schedule = lrviz.schedule(
        "transformers.cosine", num_warmup_steps=warmup, num_training_steps=made_for
    )
    steps = np.arange(10, max_steps + 1, 10)
    rates = schedule.rate(steps, 2e-5 * factor).tolist()
    rows: list[dict[str, Any]] = [
        {"learning_rate": rate, "step": step}
        for step, rate in zip(steps.tolist(), rates, strict=True)
    ]
    state = {"log_history": rows, "max_steps": max_steps}
    (folder / "trainer_state.json").write_text(json.dumps(state), encoding="utf-8")
    (folder / "training_args.json").write_text(
        json.dumps(CONFIG | {"warmup_ratio": share}), encoding="utf-8"
    )


def run(shell: Shell, samples: int = SAMPLES, *flags: str) -> tuple[str, dict[str, Any]]:
    """Return the notes of an audit, and its first explanation."""
    done = shell("audit", "trainer_state.json", *AGAINST, str(samples), *flags, "--json")
    return done.stderr, json.loads(done.stdout)["explanations"][0]


def test_processes_that_the_plan_does_not_count_are_the_remedy(shell: Shell) -> None:
    write(shell.folder, 750, 750)
    notes, best = run(shell)
    sentence = (
        "the log's max_steps is 750, and the plan has 1,500 steps; with --world-size 2 it has 750"
    )
    assert PLANNED == 1500
    assert notes == f"note: {sentence}\n"
    assert (best["id"], best["params"], best["sentence"]) == (
        "other-length", {"total": 750}, sentence
    )  # fmt: skip
    assert run(shell, SAMPLES, "--world-size", "2") == ("", best | {
        "id": "as-planned", "params": {}, "sentence": "the run follows the plan", "rms": 0.0,
    })  # fmt: skip


def test_a_length_that_no_number_of_processes_gives_has_no_flag(shell: Shell) -> None:
    write(shell.folder, 745, 745)
    notes, best = run(shell)
    sentence = "the log's max_steps is 745, and the plan has 1,500 steps"
    assert (notes, best["params"]) == (f"note: {sentence}\n", {"total": 745})
    assert best["sentence"] == sentence


def test_accumulated_batches_are_the_remedy_beside_processes(shell: Shell) -> None:
    write(shell.folder, 376 * 3 // 2, 376 * 3 // 2)
    notes, _ = run(shell, SAMPLES, "--world-size", "1")
    assert notes == "note: the log's max_steps is 564, and the plan has 1,500 steps\n"
    write(shell.folder, 750, 750)
    notes, _ = run(shell, SAMPLES, "--world-size", "1")
    assert notes.endswith("; with --grad-accum 2 it has 750\n")


@pytest.mark.parametrize("max_steps", [1499, 1501, 3000])
def test_a_longer_or_nearly_equal_run_has_no_flag(max_steps: int, shell: Shell) -> None:
    write(shell.folder, max_steps, max_steps)
    notes, best = run(shell)
    sentence = f"the log's max_steps is {max_steps:,}, and the plan has 1,500 steps"
    assert (notes, best["sentence"]) == (f"note: {sentence}\n", sentence)


def test_a_plan_of_the_logs_length_is_not_noted(shell: Shell) -> None:
    write(shell.folder, 1500, 1500)
    notes, best = run(shell)
    assert (notes, best["id"]) == ("", "as-planned")


def test_the_run_has_the_steps_of_its_log_and_not_those_of_the_plan(shell: Shell) -> None:
    write(shell.folder, 600, 750)
    _, best = run(shell)
    assert best["sentence"] == (
        "the schedule is made for 600 steps, and the run has 750 (its warm-up and other steps in "
        "proportion); give the schedule the 750 optimizer steps of the whole run"
    )


def test_the_length_of_the_log_beside_a_factor(shell: Shell) -> None:
    write(shell.folder, 745, 745, factor=0.5, share=0.0)
    _, best = run(shell)
    assert (best["id"], best["params"]) == ("scaled+other-length", {"factor": 0.5, "total": 745})
    assert best["sentence"].endswith(
        "; and the log's max_steps is 745, and the plan has 1,500 steps"
    )


@pytest.mark.parametrize(
    "plan", ["exponential:gamma=0.99", "transformers.constant_with_warmup:num_warmup_steps=40"]
)
def test_a_plan_without_a_length_is_not_compared_with_the_logs(plan: str, shell: Shell) -> None:
    write(shell.folder, 750, 750)
    done = shell("audit", "trainer_state.json", "--against", plan, "--no-image", "--json")
    assert done.stderr == ""


def test_a_length_that_the_log_says_comes_before_a_clock_that_gives_the_same_rates(
    shell: Shell,
) -> None:
    write(shell.folder, 750, 750, share=0.0)
    _, best = run(shell)
    assert (best["id"], best["params"]) == ("other-length", {"total": 750})
    state = json.loads((shell.folder / "trainer_state.json").read_text(encoding="utf-8"))
    del state["max_steps"]
    (shell.folder / "trainer_state.json").write_text(json.dumps(state), encoding="utf-8")
    notes, best = run(shell)
    assert (notes, best["id"], best["params"]) == ("", "stepped-n-times", {"n": 2})
