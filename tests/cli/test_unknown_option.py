"""Options as other programs call them: each exists, or its hint works as it is typed."""

from __future__ import annotations

import re
import shlex

import pytest

from lrviz.cli.unknown_option import is_share, percentage
from tests.conftest import Shell

RUN = ("--steps", "1000", "--tokens-per-step", "1000")
LENGTHS = {
    "--max-steps": "500",
    "--max-train-steps": "500",
    "--num-train-epochs": "3",
    "--max-epochs": "3",
    "--total-steps": "500",
    "--num-training-steps": "500",
    "--train-iters": "500",
    "--lr-decay-iters": "500",
    "--decay-steps": "50",
    "--t-initial": "500",
}
VALUES = {
    **LENGTHS,
    "--learning-rate": "1e-3",
    "--max-lr": "1e-3",
    "--peak-lr": "1e-3",
    "--initial-learning-rate": "1e-3",
    "--base-lr": "1e-3",
    "--min-lr": "1e-5",
    "--lr-min": "1e-5",
    "--lr-end": "1e-5",
    "--final-lr": "1e-5",
    "--end-learning-rate": "1e-5",
    "--min-lr-ratio": "0.1",
    "--min-lr-rate": "0.1",
    "--cosine-min-lr-ratio": "0.1",
    "--alpha": "0.1",
    "--warmup-steps": "10",
    "--num-warmup-steps": "10",
    "--lr-warmup-steps": "10",
    "--lr-warmup-iters": "10",
    "--warmup-iters": "10",
    "--warmup-t": "10",
    "--warmup-ratio": "0.03",
    "--warmup-proportion": "0.03",
    "--lr-warmup-fraction": "0.03",
    "--warmup-tokens": "5e4",
    "--per-device-train-batch-size": "8",
    "--gradient-accumulation-steps": "4",
    "--num-gpus": "8",
    "--nproc-per-node": "8",
    "--silent": "",
    "--no-color": "",
    "--resolution": "99",
    "--x": "percent",
    "--xaxis": "tokens",
    "--fig-size": "6x3",
    "--no-plot": "",
}
"""Options of Hugging Face, Axolotl, timm, Megatron-LM and Keras, with a value of each."""
SCHEDULES = ("cosine", "transformers.cosine", "wsd", "noam", "onecycle", "keras.CosineDecay")
MEANT = re.compile(r"no such option; did you mean '([^']+)'\?$")


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("option", VALUES)
def test_the_hint_on_an_option_works_as_typed(option: str, schedule: str, shell: Shell) -> None:
    words = ("plot", schedule, "--no-image", *(RUN if option not in LENGTHS else ()))
    value = [VALUES[option]] if VALUES[option] else []
    done = shell(*words, option, *value)
    if done.returncode == 0:
        return
    meant = MEANT.search(done.stderr.strip())
    assert meant, done.stderr
    typed = shlex.split(meant[1])
    done = shell(*words, *typed, *(value if len(typed) == 1 else []))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("plot", "noam", "--model-size", "512"), "did you mean '--d-model 512'?"),
        (("plot", "cosine", "--warmup-ratio", "0.03"), "write --warmup 3%, with the run's --steps"),
        (("plot", "cosine", "--warmup-ratio=0.03", "--steps", "9k"), "did you mean '--warmup 3%'?"),
        (("plot", "cosine", "--warmup-ratio", "30"), "did you mean '--warmup'?"),
        (
            ("plot", "cosine", "--warmup-epochs", "5"),
            "write --warmup 5ep, with --epochs and --steps-per-epoch",
        ),
        (("plot", "cosine", "--warmup-epochs=5", "--epochs=9"), "did you mean '--warmup 5ep'?"),
        (
            ("plot", "wsd", "--warmup-tokens", "1e9"),
            "write --warmup-steps 1e9tok, with --tokens-per-step",
        ),
        (("dialects", "--warmup-ratio", "0.1"), "did you mean '--warmup 10%'?"),
        (("compare", "cosine", "step", "--min-lr-ratio", "0.1"), "did you mean '--floor 10%'?"),
        (("export", "cosine", "--to", "9"), "a part of the steps is --range START:STOP"),
        (
            ("measure", "cosine", "--below", "1e-5"),
            "lrviz export SPEC prints the rate of every step, to search in",
        ),
        (
            ("export", "cosine", "--axis", "tokens"),
            "lrviz plot SPEC --axis UNIT draws another unit; numbers are of steps, or with --by "
            "epoch of epochs",
        ),
        (("export", "cosine", "--from", "9"), "a part of the steps is --range START:STOP"),
        (("measure", "cosine", "--step", "9"), "did you mean '--at 9'?"),
        (("measure", "cosine:", "--step", "9"), "did you mean '--at 9'?"),
        (("plot", "wsd", "--decay", "10%"), "did you mean '--decay-steps 10%'?"),
        (("plot", "wsd", "--decay-fraction", "0.2"), "did you mean '--decay-steps 20%'?"),
        (
            ("plot", "a.yaml", "--num-training-steps", "90", "--steps", "90"),
            "a schedule's parameter is set in its file, or inline as NAME:num_training_steps=VALUE",
        ),
        (("plot", "onecycle", "--lr-warmup-iters", "9"), "did you mean '--warmup 9'?"),
        (("plot", "onecycle", "--warmup-ratio", "0.1"), "write --warmup 10%, with the run's --ste"),
        (
            ("plot", "cosine", "--model-size", "512"),
            "it is a parameter of other schedules, as noam, NoamDecay and NoamAnnealing",
        ),
        (
            ("plot", "transformers.cosine", "--lr-power", "2"),
            "it is a parameter of other schedules, as transformers.polynomial, poly and "
            "PolynomialDecay",
        ),
        (
            ("plot", "cosine", "--warmup-lr", "1e-6"),
            "the first rate of a warm-up is set in a file, as warmup: {steps: 500, start_factor: "
            "0.01}",
        ),
        (("plot", "timm.cosine", "--warmup-lr", "1e-6"), "did you mean '--warmup-lr-init 1e-6'?"),
        (
            ("plot", "step", "--lr-scheduler-type", "wsd"),
            "the SPEC is the first word, as in: lrviz plot wsd",
        ),
        (
            ("check", "step", "--config", "a.yaml"),
            "the SPEC is the first word, as in: lrviz check a.yaml",
        ),
        (("plot", "step", "--sched"), "the SPEC is the first word, as in: lrviz plot cosine"),
        (
            ("compare", "step", "--linear"),
            "the SPEC is the first word, as in: lrviz compare linear",
        ),
        (
            ("plot", "step", "--linear", "--lr", "1"),
            "the SPEC is the first word, as in: lrviz plot",
        ),
        (("plot", "step", "--no-color"), "did you mean '--color never'?"),
        (("export", "cosine", "--last"), "lrviz measure SPEC prints the last rate"),
        *(
            (("plot", "cosine", f"--{word}", "1"), advice)
            for word, advice in (
                ("middle", "it is a parameter of other schedules, as combined_cos"),
                ("pct", "it is a parameter of other schedules, as combined_cos"),
                ("value", "it is a parameter of other schedules, as constant_schedule"),
                ("first", "lrviz plot cosine --help lists them"),
            )
        ),
        (("plot", "step", "--version"), "lrviz --version prints it"),
        (("plot", "step", "--weight-decay", "0.1"), "lrviz plot step --help lists them"),
    ],
)
def test_an_option_that_means_something_else(
    words: tuple[str, ...], message: str, shell: Shell
) -> None:
    shell.write("a.yaml", "schedule: cosine\nT_max: 9\n")
    done = shell(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert f": no such option; {message}" in done.stderr


@pytest.mark.parametrize(
    ("text", "share"),
    [("0.03", "3%"), ("1", "100%"), ("0", "0%"), ("0.333", "33.3%"), ("1.5", ""), ("-0.1", ""),
     ("x", ""), ("", "")],
)  # fmt: skip
def test_the_percentage_of_a_share(text: str, share: str) -> None:
    assert percentage(text) == share


def test_names_of_shares() -> None:
    names = ("warmup_ratio", "lr_warmup_fraction", "min_lr_rate", "alpha", "pct_start")
    assert all(map(is_share, names))
    assert not any(map(is_share, ("warmup", "min_lr", "learning_rate", "decay_rate", "ratio_of")))
