"""The rates at steps that are asked for: `measure --at`."""

from __future__ import annotations

import json

import pytest

import lrviz
from lrviz.core.errors import SpecError
from tests.conftest import Shell

COSINE = ("cosine", "--steps", "10k", "--lr", "3e-4")


def test_the_rates_in_full(shell: Shell) -> None:
    done = shell("measure", *COSINE, "--at", "1234, 5k,12000")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "cosine  torch.CosineAnnealingLR(T_max=10000), lr=3e-4\n"
        "  step 1,234   2.888687144571929e-4\n"
        "  step 5,000   1.5e-4\n"
        "  step 12,000  2.8647450843757863e-5\n"
    )


@pytest.mark.parametrize("text", ["[0,5k]", " [0, 5k] "])
def test_a_list_of_steps(text: str, shell: Shell) -> None:
    listed = shell("measure", *COSINE, "--at", text)
    assert (listed.returncode, listed.stdout) == (0, shell("measure", *COSINE, "--at=0,5k").stdout)


def test_several_steps_are_one_value(shell: Shell) -> None:
    done = shell("measure", *COSINE, "--at", "1", "--at", "2")
    message = "error: --at: is given 2 times; several are --at 1,2\n"
    assert (done.returncode, done.stderr) == (2, message)


def test_several_curves(shell: Shell) -> None:
    done = shell(
        "measure", "linear:start_factor=1,end_factor=0", "cosine:", "--steps", "10", "--at", "5"
    )
    assert done.stdout == (
        "linear  torch.LinearLR(start_factor=1, end_factor=0, total_iters=10), lr=0.1\n"
        "  step 5  0.05\n"
        "\n"
        "cosine  torch.CosineAnnealingLR(T_max=10), lr=0.1\n"
        "  step 5  0.05\n"
    )


def test_as_json(shell: Shell) -> None:
    (curve,) = json.loads(shell("measure", *COSINE, "--at", "0,5k", "--json").stdout)["curves"]
    assert curve["at"] == [{"step": 0, "rate": 3e-4}, {"step": 5000, "rate": 1.5e-4}]
    (curve,) = json.loads(shell("measure", *COSINE, "--json").stdout)["curves"]
    assert "at" not in curve


@pytest.mark.parametrize(
    ("text", "value"), [("-3", "-3"), ("3.5,7", "3.5"), ("1,", ""), ("100M", "100M"), ("x", "x")]
)
def test_values_that_are_no_steps(text: str, value: str, shell: Shell) -> None:
    done = shell("measure", *COSINE, f"--at={text}")
    rule = "must be whole steps from 0 to 99,999,999, with commas between"
    assert (done.returncode, done.stderr) == (2, f"error: --at: {rule} (got '{value}')\n")


def test_a_step_that_the_schedule_does_not_have(shell: Shell) -> None:
    done = shell("measure", "onecycle", "--steps", "10", "--at", "300")
    assert done.returncode == 2
    assert "torch.OneCycleLR ends" in done.stderr


def test_a_run_of_open_length_has_no_steps(shell: Shell) -> None:
    shell.write("args.yaml", "learning_rate: 1e-4\nlr_scheduler_type: linear\n")
    done = shell("measure", "args.yaml", "--at", "5")
    assert done.returncode == 2
    assert "leaves the run's length open" in done.stderr


def test_other_commands_name_the_one_that_has_it(shell: Shell) -> None:
    done = shell("export", *COSINE, "--at", "3")
    assert done.stderr == (
        "error: --at: no such option; lrviz measure SPEC --at STEP prints the rate at a step\n"
    )


def test_in_python() -> None:
    cosine = lrviz.load("cosine:T_max=10")[0]
    assert lrviz.measure(cosine, at=5).at == {5: 0.05}
    assert lrviz.measure(cosine, at=[0, 12]).at == {0: 0.1, 12: pytest.approx(0.0095491503)}
    assert lrviz.measure(cosine).at == {}
    with pytest.raises(SpecError) as caught:
        lrviz.measure(cosine, at=[3, -2])
    assert str(caught.value) == "at: must be steps from 0 on (got -2)"


@pytest.mark.parametrize(
    ("flags", "place", "step"),
    [
        (("--steps", "10k"), "50%", "5,000"),
        (("--t-max", "300"), "10%", "30"),
        (("--epochs", "20", "--steps-per-epoch", "50"), "5ep", "250"),
        (("--epochs", "20", "--steps-per-epoch", "50", "--by", "epoch"), "5ep", "250"),
        (("--steps", "1k", "--tokens-per-step", "100"), "20ktok", "200"),
    ],
)
def test_places_with_a_unit(shell: Shell, flags: tuple[str, ...], place: str, step: str) -> None:
    done = shell("measure", "cosine", *flags, "--at", place, "-q")
    assert (
        done.stdout
        == shell("measure", "cosine", *flags, "--at", step.replace(",", ""), "-q").stdout
    )
    assert f"step {step} " in done.stdout


def test_epochs_of_a_run_that_counts_them(shell: Shell) -> None:
    done = shell("measure", "cosine", "--epochs", "20", "--at", "5ep,50%", "-q")
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:]] == [
        ["epoch", "5"],
        ["epoch", "10"],
    ]


def test_a_place_whose_unit_the_run_does_not_have(shell: Shell) -> None:
    done = shell("measure", "cosine", "--steps", "1k", "--at", "5ep")
    assert done.returncode == 2
    assert done.stderr.startswith("error: --at: 5ep needs ")
