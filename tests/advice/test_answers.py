"""Answers: specs for a run, which pass every check without a warning."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

import lrviz
from lrviz.advice.answers import answers_for, run_for
from lrviz.advice.tasks import TASKS
from lrviz.checks.check import check_table
from lrviz.core.errors import SpecError
from lrviz.curves.table import tabulate
from lrviz.run import Run

RUNS = (
    None,
    *(Run(epochs=epochs) for epochs in (4, 5, 6, 9, 10, 11, 90)),
    *(Run(steps=steps) for steps in (4, 5, 6, 7, 10, 99, 1000)),
    *(Run(epochs=epochs, steps_per_epoch=50) for epochs in (1, 3, 9, 10, 30)),
    Run(epochs=10, dataset_size=5000, batch_size=64, world_size=4, grad_accum=2),
    Run(steps_per_epoch=20),
)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_no_answer_has_a_warning(task: Any) -> None:
    for run in RUNS:
        answers = answers_for(task, run_for(task, run), 3e-4)
        assert [answer.rank for answer in answers] == [*range(1, len(task.recommendations) + 1)]
        table = tabulate([answer.curve for answer in answers])
        warnings = [f for f in check_table(table) if f.severity == "warning"]
        assert warnings == [], run
        peaks = [float(column.rates.max()) for column in table.columns]
        assert all(0.8 * 3e-4 <= peak <= 3e-4 for peak in peaks), run


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_the_lines_of_a_spec_are_its_mapping(task: Any) -> None:
    for answer in lrviz.advise(task.id, Run(epochs=12, steps_per_epoch=10), lr=0.1):
        read = yaml.safe_load("\n".join(answer.spec_lines()).replace("1e-4", "1.0e-4"))
        assert [*read] == [*answer.spec]
        assert answer.to_dict()["spec"] == answer.spec


def test_specs_of_image_classification() -> None:
    run = Run(epochs=90, steps_per_epoch=500)
    specs = [answer.spec for answer in lrviz.advise("cnn", run, lr=0.1)]
    end = {"lr": 0.1, "epochs": 90, "steps_per_epoch": 500, "by": "epoch"}
    assert specs == [
        {"schedule": "cosine", "T_max": 90, "eta_min": 1e-4, **end},
        {"schedule": "multistep", "milestones": [27, 54, 81], "gamma": 0.1, **end},
        {"schedule": "cosine", "T_max": 86, "lr": 0.1, "warmup": 4, "epochs": 90,
         "steps_per_epoch": 500, "by": "epoch"},
    ]  # fmt: skip


def test_an_answer_as_plain_data() -> None:
    first, *_ = lrviz.advise("cnn", Run(epochs=90, steps_per_epoch=500), lr=0.1)
    assert first.to_dict() == {
        "rank": 1,
        "call": "torch.CosineAnnealingLR(T_max=90, eta_min=1e-4), lr=0.1",
        "reason": "proven on networks like ResNet, and converges stably",
        "source": 'the tutorial "Learning-rate schedulers in deep learning"',
        "ranges": [
            "a length of the whole run, so that the schedule ends with it",
            "a floor of 0.001 to 0.01 of the peak; a smaller one stalls, a larger one is unstable",
        ],
        "spec": first.spec,
    }


def test_the_ranges_of_the_article_belong_to_what_it_recommends() -> None:
    (fast,) = lrviz.advise("fast", Run(epochs=30))
    assert fast.source == (
        'the tutorial "Learning-rate schedulers in deep learning"; Smith & Topin 2018, '
        "arXiv:1708.07120"
    )
    assert fast.ranges == (
        "a length of the whole run, so that the schedule ends with it",
        "a peak of 3 to 10 times the usual rate, from an LR range test",
        "a rise of 0.2 to 0.4 of the length; 0.3 is usual",
    )
    others = [answer.ranges for answer in lrviz.advise("cnn") if "arXiv" in answer.source]
    assert others == [()]


def test_specs_of_llm_pretraining() -> None:
    first, second = lrviz.advise("llm-pretraining", Run(steps=300_000), lr=3e-4)
    start = {"schedule": "wsd", "total_steps": 300_000, "warmup_steps": 3000}
    end = {"lr": 3e-4, "steps": 300_000, "by": "step"}
    assert first.spec == {
        **start, "decay_steps": 30_000, "decay_shape": "exponential", "min_lr": 3e-5, **end,
    }  # fmt: skip
    assert second.spec == {**start, "decay_steps": 60_000, "decay_shape": "1-sqrt", **end}
    assert first.source == "Hu et al. 2024 (MiniCPM), arXiv:2404.06395"
    assert first.ranges == ("a decay of 10 to 20 % of the run",)


def test_specs_of_a_fixed_budget() -> None:
    first, second, _ = lrviz.advise("chinchilla", Run(steps=10_000), lr=3e-4)
    end = {"lr": 3e-4, "steps": 10_000, "by": "step"}
    assert first.spec == {
        "schedule": "cosine_with_floor", "total_steps": 10_000, "warmup_steps": 100,
        "min_lr": 3e-5, **end,
    }  # fmt: skip
    assert second.spec == {
        "schedule": "linear", "start_factor": 1.0, "end_factor": 0.0, "total_iters": 9900,
        "lr": 3e-4, "warmup": 100, "steps": 10_000, "by": "step",
    }  # fmt: skip


def test_a_schedule_that_sets_its_rate_has_no_lr() -> None:
    (answer,) = lrviz.advise("fast", Run(epochs=30), lr=0.5)
    assert answer.spec == {
        "schedule": "onecycle", "max_lr": 0.5, "total_steps": 30, "pct_start": 0.3,
        "epochs": 30, "by": "epoch",
    }  # fmt: skip


def test_a_metric_is_simulated_and_patience_follows_the_run() -> None:
    spec = lrviz.advise("rl", Run(steps=1000), lr=0.1)[1].spec
    assert spec == {
        "schedule": "plateau", "factor": 0.5, "patience": 100, "min_lr": 1e-4,
        "metric": {"simulate": {}}, "lr": 0.1, "steps": 1000, "by": "step",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("task", "run", "by"),
    [
        ("cnn", Run(epochs=9, steps_per_epoch=100), "step"),
        ("cnn", Run(epochs=10, steps_per_epoch=100), "epoch"),
        ("cnn", Run(steps=950, steps_per_epoch=100), "epoch"),
        ("cnn", Run(steps=900, steps_per_epoch=100), "step"),
        ("cnn", Run(steps=900), "step"),
        ("cnn", Run(epochs=5), "epoch"),
        ("nlp", Run(epochs=90, steps_per_epoch=100), "step"),
        ("nlp", Run(epochs=90), "epoch"),
    ],
)
def test_the_clock_follows_the_task_and_the_run(task: str, run: Run, by: str) -> None:
    assert lrviz.advise(task, run)[0].spec["by"] == by


def test_what_is_not_given_is_usual() -> None:
    spec = lrviz.advise("vit")[0].spec
    assert (spec["lr"], spec["epochs"]) == (1e-3, 300)
    spec = lrviz.advise("vit", Run(steps_per_epoch=20))[0].spec
    assert (spec["epochs"], spec["steps_per_epoch"]) == (300, 20)


def test_without_a_task_the_tasks_are_returned() -> None:
    assert lrviz.advise() == TASKS


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (
            Run(epochs=3),
            "a run of 3 epochs has no room for a schedule (at least 4); with steps_per_epoch it "
            "ticks by step",
        ),
        (Run(steps=1), "a run of 1 step has no room for a schedule (at least 4)"),
        (
            Run(epochs=1, steps_per_epoch=3),
            "a run of 3 steps has no room for a schedule (at least 4)",
        ),
    ],
)
def test_a_run_that_is_too_short(run: Run, message: str) -> None:
    with pytest.raises(SpecError) as raised:
        lrviz.advise("cnn", run)
    assert str(raised.value) == message
    assert lrviz.advise("cnn", Run(steps=4))


@pytest.mark.parametrize("lr", [0, -1.0])
def test_a_rate_must_be_above_0(lr: float) -> None:
    with pytest.raises(SpecError) as raised:
        lrviz.advise("cnn", lr=lr)
    assert str(raised.value) == f"lr: must be above 0 (got {lr:g})"
