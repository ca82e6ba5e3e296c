"""`--warmup` beside the file of a schedule with a warm-up of its own, as beside its name."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Shell

WSD = "schedule: wsd\ntotal_steps: 120k\n"


def parameters(shell: Shell, *words: str) -> list[dict[str, object]]:
    done = shell("export", *words, "--json", "--every", "5000", "-q")
    assert done.returncode == 0, done.stderr
    return [curve["params"] for curve in json.loads(done.stdout)["curves"]]


@pytest.mark.parametrize(
    ("text", "value", "name", "steps"),
    [
        (WSD, "3k", "warmup_steps", 3000),
        (WSD + "warmup_steps: 2000\n", "3k", "warmup_steps", 3000),
        (WSD + "warmup_steps: 2000\n", "5%", "warmup_steps", 6000),
        (WSD + "steps: 60k\n", "5%", "warmup_steps", 3000),
        (
            "schedule: transformers.linear\nnum_training_steps: 9k\nnum_warmup_steps: 5\n",
            "10%",
            "num_warmup_steps",
            900,
        ),
    ],
)
def test_a_flag_sets_the_warmup_of_a_file(
    shell: Shell, text: str, value: str, name: str, steps: int
) -> None:
    shell.write("plan.yaml", text)
    (plan,) = parameters(shell, "plan.yaml", "--warmup", value)
    assert plan[name] == steps


def test_a_file_is_compared_as_a_name_is(shell: Shell) -> None:
    shell.write("plan.yaml", WSD)
    plan, typed = parameters(shell, "plan.yaml", "wsd:total_steps=120k", "--warmup", "5%")
    assert plan == typed


def test_a_warmup_of_the_file_is_replaced_with_a_note(shell: Shell) -> None:
    shell.write("plan.yaml", WSD + "warmup_steps: 2000\n")
    done = shell("measure", "plan.yaml", "--warmup", "3k")
    assert done.stderr == "note: wsd: --warmup 3000 replaces warmup_steps: 2000 (plan.yaml:3:15)\n"
    assert shell("measure", "plan.yaml", "--warmup", "2k").stderr == ""
    swept = parameters(shell, "plan.yaml", "--warmup", "[1k,3k]")
    assert [item["warmup_steps"] for item in swept] == [1000, 3000]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            WSD + "warmup: 10\n",
            "--warmup: lrviz.warmup_stable_decay takes no warm-up before it; "
            "write warmup_steps: 3000 in its place",
        ),
        (
            "schedule: onecycle\nmax_lr: 1\ntotal_steps: 9k\nwarmup: 5%\n",
            "--warmup: 10% needs the run's length: give steps, or epochs and steps_per_epoch",
        ),
        (
            "schedule: keras.CosineDecay\ninitial_learning_rate: 0\ndecay_steps: 9k\n"
            "warmup_target: 1\nwarmup_steps: 9\n",
            "--warmup: 10% needs the run's length: give steps, or epochs and steps_per_epoch",
        ),
    ],
)
def test_a_warmup_without_a_place_or_a_whole_length(shell: Shell, text: str, message: str) -> None:
    shell.write("plan.yaml", text)
    value = "3k" if "3000" in message else "10%"
    done = shell("measure", "plan.yaml", "--warmup", value)
    assert done.returncode == 2
    assert done.stderr == f"error: {message}\n"
