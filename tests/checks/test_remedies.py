"""Messages and remedies word for word, beyond each rule's own example."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lrviz.checks.check import check_table
from lrviz.curves.table import tabulate
from lrviz.specfile.source import load_spec
from tests.conftest import ROOT, Result, Shell

CASES = ROOT / "tests" / "checks" / "cases"
EXPECTED = {
    "epochs-as-steps--warmup-with-unit": (
        "its length of 85 after the warm-up fits the run's 90 epochs, but the schedule counts "
        "its 35,190 optimizer steps",
        "by: epoch with a warm-up of 5 epochs, or T_max: 33235 in the last part",
    ),
    "epochs-as-steps--multistep-after-warmup": (
        "its last milestone, 80, fits the run's 90 epochs, but the schedule counts its 35,190 "
        "optimizer steps",
        "by: epoch with a warm-up of 6 epochs, or multiply its numbers by the 391 steps of an "
        "epoch",
    ),
    "steps-as-epochs--warmup-in-epochs": (
        "its length of 27,370 after the warm-up fits the run's 35,190 steps, but the schedule "
        "ticks once in each of 90 epochs",
        "by: step with a warm-up of 7,820 steps, or T_max: 70 in the last part",
    ),
    "climbs-again--villa": (
        "the schedule ends at step 1,000 and the run at step 175,000: from there the "
        "rate climbs again to 0.01, 100 % of the peak",
        "T_max: 175000",
    ),
    "climbs-again--warmup": (
        "the schedule ends at step 100 and the run at step 200: from there the rate "
        "climbs again to 0.1, 100 % of the peak",
        "T_max: 190 in the last part",
    ),
    "climbs-again--lightning-steps": (
        "the schedule ends at step 2,400 and the run at step 4,000: from there the "
        "rate climbs again to 0.08053, 80.5 % of the peak",
        "max_epochs: 100",
    ),
    "climbs-again--half-cycle-by-epoch": (
        "the schedule ends at step 39,100 and the run at step 58,650: from there the "
        "rate climbs again to 0.04843, 48.4 % of the peak",
        "T_max: 150",
    ),
    "never-peaks--onecycle": (
        "the run has 2,000 steps and the warm-up ends at step 3,000: the peak is never reached",
        "total_steps: 2000, or a longer run",
    ),
    "never-peaks--torch-sequence": (
        "the run has 400 steps and the warm-up ends at step 500: the peak is never reached",
        "a warm-up of 1 to 10 % is usual, as 20 steps, or a longer run",
    ),
    "never-lands--by-epoch": (
        "the run ends at step 1,200, after 60 % of the schedule's 2,000 steps: the "
        "last rate is 0.03605, 36.1 % of the peak",
        "T_max: 60",
    ),
    "never-lands--chained": (
        "the run ends at step 100, after 50 % of the schedule's 200 steps: the last "
        "rate is 0.0505, 51.8 % of the peak",
        "make the schedule 100 steps long",
    ),
    "never-lands--wsd-torch": (
        "the run ends at step 8,500, after 85 % of the schedule's 10,000 steps: the "
        "last rate is 0.07505, 75 % of the peak",
        "total_iters: 500 in the last part",
    ),
    "never-lands--optax-join": (
        "the run ends at step 600, after 60 % of the schedule's 1,000 steps: the "
        "last rate is 0.04456, 44.6 % of the peak",
        "transition_steps: 500 in the last part",
    ),
    "never-lands--keras-poly": (
        "the run ends at step 800, after 80 % of the schedule's 1,000 steps: the "
        "last rate is 0.0201, 20.1 % of the peak",
        "decay_steps: 800",
    ),
    "dead-tail--keras-poly": (
        "from step 1,000 on, 50 % of the run, the rate is under a thousandth of the peak",
        "decay_steps: 2000, or end the run near step 1,000",
    ),
    "dead-tail--exponential-by-step": (
        "from step 135 on, 99.7 % of the run, the rate is under a thousandth of the peak",
        "a slower decay, or end the run near step 135",
    ),
    "dead-tail--plateau": (
        "from step 13 on, 55.2 % of the run, the rate is under a thousandth of the peak",
        "a slower decay, or end the run near step 13",
    ),
    "mid-cycle--first-cycle": (
        "the run ends at step 60 in the middle of a cycle that began at step 0: the "
        "last rate is 0.03605, 36.1 % of the peak",
        "end the run at step 100, or choose cycles that fit it",
    ),
    "mid-cycle--cyclic-up": (
        "the run ends at step 4,500 in the middle of a cycle that began at step "
        "4,000: the last rate is 0.00998, 99.8 % of the peak",
        "end the run at step 4,000 or step 6,000, or choose cycles that fit it",
    ),
    "mid-cycle--sequence": (
        "the run ends at step 110 in the middle of a cycle that began at step 90: "
        "the last rate is 0.05392, 53.9 % of the peak",
        "end the run at step 90 or step 130, or choose cycles that fit it",
    ),
    "mid-cycle--optax-sgdr": (
        "the run ends at step 140 in the middle of a cycle that began at step 100: "
        "the last rate is 0.0765, 76.5 % of the peak",
        "end the run at step 100 or step 200, or choose cycles that fit it",
    ),
    "mid-cycle--transformers": (
        "the run ends at step 7,000 in the middle of a cycle that began at step "
        "6,040: the last rate is 0.05246, 52.5 % of the peak",
        "end the run at step 6,040 or step 8,020, or choose cycles that fit it",
    ),
    "jump--optax-constant": (
        "at step 500, where one part follows another, the rate jumps from 0.05 to 0.1",
        "let the next part start at 0.05, or the one before end at 0.1",
    ),
    "jump--linear-epoch": (
        "at step 100, where one part follows another, the rate jumps from 0.0406 to 0.1",
        "let the next part start at 0.0505, or the one before end at 0.1",
    ),
    "rises--multistep": (
        "a drop at step 30 rises from 0.1 to 1",
        "a factor below 1, as 0.1 instead of 10",
    ),
    "rises--sequence": (
        "a decay at step 10 rises from 0.001 to 0.009997",
        "eta_min: below 0.001 (it is 0.01)",
    ),
    "rises--optax-power": (
        "a decay at step 0 rises from 0.1 to 9.01",
        "a factor below 1, or a positive power",
    ),
    "rises--keras-cosine-alpha": (
        "a decay at step 0 rises from 0.01 to 0.03",
        "alpha: below 1 (it is 3)",
    ),
    "rises--wsd": (
        "a decay at step 800 rises from 1e-4 to 9.977e-4",
        "min_lr: below 1e-4 (it is 0.001)",
    ),
    "negative-rate--linear": (
        "the rate is below 0 from epoch 91 on (lowest -0.01)",
        "factors and a floor of at least 0, or a run that ends before epoch 91",
    ),
    "negative-rate--keras-end": (
        "the rate is below 0 from step 91 on (lowest -0.0089)",
        "factors and a floor of at least 0, or a run that ends before step 91",
    ),
    "long-warmup--onecycle": (
        "the warm-up takes 600 of 1,000 steps, 60 %",
        "pct_start: 0.3",
    ),
    "long-warmup--epochs": (
        "the warm-up takes 400 of 1,000 steps, 40 %",
        "a warm-up of 1 to 10 % is usual, as 50 steps",
    ),
    "late-milestone--far-step": (
        "step 100,000, at which the rate changes, is not before the end of the run, 500 steps",
        "move it before step 500",
    ),
    "late-milestone--sequence-step": (
        "step 210, at which the rate changes, is not before the end of the run, 150 steps",
        "move it before step 150",
    ),
    "late-milestone--detectron": (
        "step 100,000, at which the rate changes, is not before the end of the run, 90,000 steps",
        "move it before step 90,000",
    ),
    "late-milestone--chained": (
        "step 80, at which the rate changes, is not before the end of the run, 60 steps",
        "move it before step 60",
    ),
    "epochs-as-steps--chained-step": (
        "its last milestone, 80, fits the run's 90 epochs, but the schedule counts "
        "its 36,000 optimizer steps",
        "by: epoch, or multiply its numbers by the 400 steps of an epoch",
    ),
    "epochs-as-steps--sgdr": (
        "its period of 10 fits the run's 70 epochs, but the schedule counts its "
        "27,370 optimizer steps",
        "by: epoch, or multiply its numbers by the 391 steps of an epoch",
    ),
    "epochs-as-steps--keras-exponential": (
        "its period of 20 fits the run's 100 epochs, but the schedule counts its 400 "
        "optimizer steps",
        "by: epoch, or multiply its numbers by the 4 steps of an epoch",
    ),
    "epochs-as-steps--chained": (
        "its length of 100 fits the run's 100 epochs, but the schedule counts its "
        "12,000 optimizer steps",
        "by: epoch, or make the schedule 12,000 steps long",
    ),
    "epochs-as-steps--cosine-nearly": (
        "its length of 100 fits the run's 100 epochs, but the schedule counts its "
        "20,000 optimizer steps",
        "by: epoch, or T_max: 19995 in the last part",
    ),
    "epochs-as-steps--cyclic": (
        "its period of 10 fits the run's 40 epochs, but the schedule counts its "
        "20,000 optimizer steps",
        "by: epoch, or multiply its numbers by the 500 steps of an epoch",
    ),
    "steps-as-epochs--multistep-few": (
        "its last milestone, 4,000, fits the run's 5,000 steps, but the schedule "
        "ticks once in each of 50 epochs",
        "by: step, or divide its numbers by the 100 steps of an epoch",
    ),
    "steps-as-epochs--step": (
        "its period of 11,730 fits the run's 35,190 steps, but the schedule ticks "
        "once in each of 90 epochs",
        "by: step, or divide its numbers by the 391 steps of an epoch",
    ),
    "steps-as-epochs--transformers": (
        "its length of 10,000 fits the run's 10,000 steps, but the schedule ticks "
        "once in each of 10 epochs",
        "by: step, or num_training_steps: 10",
    ),
    "steps-as-epochs--warmup": (
        "its length of 35,190 fits the run's 35,190 steps, but the schedule ticks "
        "once in each of 90 epochs",
        "by: step, or make the schedule 90 epochs long",
    ),
    "miscounted-steps--wsd-hf": (
        "its length of 40,000 is the run's 10,000 steps multiplied by grad_accum (4)",
        "make the schedule 10,000 steps long",
    ),
    "miscounted-steps--optax-both": (
        "its length of 100,000 is the run's 3,125 steps multiplied by world_size x grad_accum (32)",
        "decay_steps: 3125",
    ),
    "miscounted-steps--accelerate": (
        "its length of 1,000 is the run's 4,000 steps divided by world_size (4)",
        "num_training_steps: 4000",
    ),
    "miscounted-steps--sequence": (
        "its length of 80,000 is the run's 10,000 steps multiplied by world_size (8)",
        "T_max: 9200 in the last part",
    ),
    "overlaid-warmup--step-timm": (
        "the decay already runs during the warm-up: at step 600 the rate is 4.878e-4 "
        "instead of 5e-4",
        "warmup_prefix: true",
    ),
    "one-ahead--cosine": (
        "torch calls step() once more on a ChainedScheduler in the first place of a "
        "SequentialLR, before step 0; the curve includes that step",
        "begin the sequence with a schedule that is not a composite",
    ),
    "zero-start--keras": (
        "the first step has rate 0 and trains nothing",
        "initial_learning_rate: 0.001; otherwise one step is lost",
    ),
    "never-drops--keras": (
        "the metric never changes the rate in 8 epochs",
        "check patience, threshold and mode against the metric",
    ),
    "outside-range--multistep-gamma": (
        "each drop multiplies by 0.9; a tutorial recommends 0.1 to 0.5",
        "a factor from 0.1 to 0.5",
    ),
    "outside-range--step-many": (
        "the rate drops every 2 of 18 steps; a tutorial recommends 1/5 to 1/3 of the run",
        "a period from 3 to 6",
    ),
    "outside-range--plateau": (
        "each drop multiplies by 0.9; a tutorial recommends 0.1 to 0.5",
        "a factor from 0.1 to 0.5",
    ),
    "outside-range--pct": (
        "pct_start is 0.1; a tutorial recommends 0.2 to 0.4",
        "pct_start: 0.3",
    ),
    "outside-range--tiny-floor": (
        "eta_min is 1e-6 of the peak; a tutorial recommends 0.001 to 0.01",
        "a floor from 1e-4 to 0.001, or 0",
    ),
    "outside-range--eta-min": (
        "eta_min is 0.5 of the peak; a tutorial recommends 0.001 to 0.01",
        "a floor from 1e-4 to 0.001",
    ),
}
"""The message and the remedy of the finding in each case."""


@pytest.mark.parametrize("case", EXPECTED)
def test_the_words_of_a_finding(case: str) -> None:
    rule = case.partition("--")[0]
    findings = check_table(tabulate(load_spec(str(CASES / f"{case}.yaml")).curves))
    words = [(item.message, item.remedy) for item in findings if item.id == rule]
    assert words == [EXPECTED[case]]


EPOCHS = "--lr 0.1 --epochs 90 --steps-per-epoch 500"


@pytest.mark.parametrize(
    ("words", "rule", "remedies"),
    [
        (
            f"cosine --t-max 90 {EPOCHS} --by step",
            "epochs-as-steps",
            ["--by epoch", "--t-max 45000"],
        ),
        (
            f"cosine --t-max 45000 {EPOCHS} --by epoch",
            "steps-as-epochs",
            ["--by step", "--t-max 90"],
        ),
        ("cosine --t-max 90 --warmup 10 --steps 1000", "climbs-again", ["--t-max 990"]),
        ("onecycle --total-steps 3000 --steps 500", "never-peaks", ["--total-steps 500"]),
        ("timm.cosine --warmup-t 20 --no-warmup-prefix --steps 100", "overlaid-warmup",
         ["--warmup-prefix"]),
    ],
)  # fmt: skip
def test_the_remedy_of_a_typed_name_is_what_is_typed(
    words: str, rule: str, remedies: list[str], shell: Shell
) -> None:
    (finding,) = rules_of(shell("check", *words.split(), "--json"), rule)
    text = finding["remedy"].removesuffix(", or a longer run")
    assert text == ", or ".join(remedies)
    for remedy in remedies:
        flag = remedy.split()[0]
        kept = words.replace("--no-warmup-prefix", "").partition(f" {flag} ")
        rest = kept[2].partition(" ")[2]
        line = f"{kept[0]} {rest} {remedy}"
        assert not rules_of(shell("check", *line.split(), "--json"), rule), line


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("timm.cosine --warmup-t 10 --warmup-lr-init 0 --steps 100", "--warmup-lr-init 0.01"),
        ("keras.CosineDecay --warmup 10 --steps 100", "--initial-learning-rate 0.01"),
        ("wsd --steps 100", "--warmup-init-lr 0.01"),
    ],
)
def test_the_rate_of_the_first_step_is_a_parameter(words: str, remedy: str, shell: Shell) -> None:
    (finding,) = rules_of(shell("check", *words.split(), "--json"), "zero-start")
    assert finding["remedy"] == f"{remedy}; otherwise one step is lost"
    line = f"{words.replace('--warmup-lr-init 0 ', '')} {remedy}"
    assert not rules_of(shell("check", *line.split(), "--json"), "zero-start")


def test_a_start_that_no_parameter_changes(shell: Shell) -> None:
    done = shell("check", "transformers.cosine", "--steps", "100", "--json")
    (finding,) = rules_of(done, "zero-start")
    assert finding["remedy"] == "start the warm-up above 0; otherwise one step is lost"


@pytest.mark.parametrize(
    "text",
    [
        ("learning_rate: 1.0e-4\nmax_steps: 100\nlr_scheduler_type: cosine\nwarmup_steps: 10\n"
         "per_device_train_batch_size: 8\n"),
        ("scheduler: cosine\nsched: cosine\nepochs: 30\nlr: 0.1\nwarmup_epochs: 3\nwarmup_lr: 0\n"
         "warmup_prefix: true\nmin_lr: 0\nopt: sgd\n"),
        ('{"optimizer": {"type": "Adam", "params": {"lr": 0.1}}, "scheduler": {"type": "WarmupLR", '
         '"params": {"warmup_min_lr": 0, "warmup_max_lr": 0.1, "warmup_num_steps": 9}}, '
         '"train_micro_batch_size_per_gpu": 8}'),
    ],
)  # fmt: skip
def test_the_start_of_a_config_is_not_noted(text: str, shell: Shell) -> None:
    shell.write("args.yaml", text)
    assert not rules_of(shell("check", "args.yaml", "--json"), "zero-start")


def rules_of(done: Result, rule: str) -> list[Any]:
    """Return the findings of a rule in what `check --json` printed."""
    return [item for item in json.loads(done.stdout)["findings"] if item["rule"] == rule]


def test_the_remedy_of_an_inline_name_is_written_in_it() -> None:
    curves = load_spec("cosine:T_max=90,by=step,epochs=90,steps_per_epoch=500").curves
    (finding,) = check_table(tabulate(curves))
    assert finding.remedy == "by=epoch, or T_max=45000"


@pytest.mark.parametrize(
    ("floor", "outside"),
    [("1e-4", 0), ("0.001", 0), ("0.01", 0), ("0.0099999999", 0), ("0.0099", 1), ("0.0101", 1)],
)
def test_a_floor_that_a_task_is_advised_is_not_outside_the_range(floor: str, outside: int) -> None:
    """Language models end at 10 % of the peak, which is 0.1."""
    spec = f"cosine:T_max=100,lr=0.1,eta_min={floor}"
    findings = check_table(tabulate(load_spec(spec).curves))
    assert [item.id for item in findings] == ["outside-range"] * outside


def test_a_floor_above_the_peak_is_not_outside_the_range_too() -> None:
    findings = check_table(tabulate(load_spec("cosine:T_max=100,eta_min=0.15").curves))
    assert [item.id for item in findings] == ["rises"]


def test_a_warm_up_of_one_epoch_of_two_steps() -> None:
    spec = "timm.cosine:t_initial=20,warmup_t=1,warmup_lr_init=0.01,by=epoch"
    curves = load_spec(f"{spec},epochs=20,steps_per_epoch=2").curves
    notes = [item for item in check_table(tabulate(curves)) if item.id == "abrupt-warmup"]
    assert [item.remedy for item in notes] == ["warm up over more epochs, or by=step over 2 steps"]


@pytest.mark.parametrize(
    ("steps", "remedy"),
    [(39, "a longer run, or no warm-up"), (40, "a warm-up of 1 to 10 % is usual, as 2 steps")],
)
def test_a_run_too_short_for_a_longer_warm_up(steps: int, remedy: str) -> None:
    curves = load_spec(f"wsd:total_steps={steps},warmup_steps=1,decay_steps=5,lr=0.1").curves
    notes = [item for item in check_table(tabulate(curves)) if item.id == "abrupt-warmup"]
    assert [item.remedy for item in notes] == [remedy]
