"""The arithmetic of a run, by a table worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from lrviz.run import Run

DATA = {"dataset_size": 103, "batch_size": 5, "world_size": 4, "grad_accum": 3}
STEPS_PER_EPOCH = [
    # samples per process, batches per epoch, steps per epoch
    (DATA, (26, 6, 2)),
    ({**DATA, "drop_last": True}, (25, 5, 2)),
    ({**DATA, "grad_accum": 1}, (26, 6, 6)),
    ({**DATA, "grad_accum": 7}, (26, 6, 1)),
    ({"dataset_size": 103, "batch_size": 5}, (103, 21, 21)),
    ({"dataset_size": 103, "batch_size": 5, "drop_last": True}, (103, 20, 20)),
    ({"dataset_size": 100, "batch_size": 5}, (100, 20, 20)),
    ({"dataset_size": 100}, (100, None, None)),
    ({"batch_size": 100}, (None, None, None)),
    ({"steps_per_epoch": 7}, (None, None, 7)),
]


@pytest.mark.parametrize(("numbers", "expected"), STEPS_PER_EPOCH)
def test_steps_of_an_epoch(numbers: dict, expected: tuple) -> None:
    run = Run(**numbers)
    assert (run.samples_per_process, run.batches_per_epoch, run.epoch_steps) == expected


LENGTHS = [
    ({}, None, False),
    ({"steps": 9}, 9, False),
    ({"epochs": 9}, 9, True),
    ({"epochs": 9, "steps_per_epoch": 4}, 36, False),
    ({"epochs": 9, "steps_per_epoch": 4, "steps": 36}, 36, False),
    ({"epochs": 3, **DATA}, 6, False),
]


@pytest.mark.parametrize(("numbers", "length", "counts_epochs"), LENGTHS)
def test_length(numbers: dict, length: int | None, counts_epochs: bool) -> None:
    run = Run(**numbers)
    assert (run.length, run.counts_epochs) == (length, counts_epochs)


def test_ticks_of_a_clock() -> None:
    run = Run(steps=41, steps_per_epoch=4)
    assert (run.steps_per_tick("step"), run.ticks("step")) == (1, 41)
    assert (run.steps_per_tick("epoch"), run.ticks("epoch")) == (4, 11)
    assert (Run().ticks("step"), Run(epochs=5).ticks("epoch")) == (None, 5)


COUNTS = [
    ("0.1", "share", "step", 4),
    ("0.11", "share", "step", 5),
    ("0.5", "share", "epoch", 5),
    ("9", "steps", "step", 9),
    ("9", "steps", "epoch", 3),
    ("8", "steps", "epoch", 2),
    ("3", "epochs", "step", 12),
    ("3", "epochs", "epoch", 3),
    ("1201", "tokens", "step", 13),
    ("1200", "tokens", "step", 12),
    ("1200", "tokens", "epoch", 3),
]


@pytest.mark.parametrize(("number", "unit", "by", "count"), COUNTS)
def test_counts_are_rounded_up(number: str, unit: str, by: str, count: int) -> None:
    run = Run(steps=40, steps_per_epoch=4, tokens_per_step=100)
    assert run.count(Decimal(number), unit, by) == count


def test_counts_that_need_more() -> None:
    assert [Run().count(Decimal(1), unit, "step") for unit in ("share", "epochs", "tokens")] == [
        None, None, None,
    ]  # fmt: skip
    assert Run(epochs=3).count(Decimal(2), "epochs", "step") == 2


def test_tokens_of_a_step() -> None:
    batch = {"sequence_length": 10, "batch_size": 3, "grad_accum": 5, "world_size": 7}
    assert Run(**batch).step_tokens == 1050
    assert Run(tokens_per_step=9).step_tokens == 9
    assert Run(sequence_length=10).step_tokens is None
    assert Run(**batch, tokens_per_step=1050).step_tokens == 1050


SUM = (
    "ceil(103 samples / 4 processes) = 26, ceil(26 / 5 per batch) = 6, "
    "ceil(6 / 3 accumulated) = 2 steps per epoch"
)
CONTRADICTIONS = [
    (
        {"steps": 10, "epochs": 3, "steps_per_epoch": 4},
        "steps contradicts epochs: 3 epochs x 4 steps = 12 steps (got 10)",
    ),
    (
        {"steps": 10, "epochs": 1, "steps_per_epoch": 1},
        "steps contradicts epochs: 1 epoch x 1 step = 1 step (got 10)",
    ),
    (
        {**DATA, "steps_per_epoch": 3},
        f"steps_per_epoch contradicts the data: {SUM} (got 3)",
    ),
    (
        {"dataset_size": 3, "batch_size": 5, "drop_last": True},
        "dataset_size 3 has no complete batch: floor(3 samples / 1 process) = 3, "
        "floor(3 / 5 per batch) = 0, ceil(0 / 1 accumulated) = 0 steps per epoch",
    ),
    (
        {"tokens_per_step": 99, "sequence_length": 10, "batch_size": 3},
        "tokens_per_step contradicts sequence_length x batch_size x grad_accum x world_size = "
        "10 x 3 x 1 x 1 = 30 (got 99)",
    ),
    (
        {"epochs": 10_001, "steps_per_epoch": 10_000},
        "a run has at most 100,000,000 steps: 10,001 epochs x 10,000 steps = 100,010,000 steps",
    ),
]


@pytest.mark.parametrize(("numbers", "message"), CONTRADICTIONS)
def test_contradictions_show_the_arithmetic(numbers: dict, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Run(**numbers)
    (error,) = caught.value.errors()
    assert error["ctx"]["message"] == message
    key, *_ = message.split()
    assert error["loc"] == ("epochs" if key == "a" else key,)


def test_as_many_steps_as_can_be_sampled_are_allowed() -> None:
    assert Run(epochs=10_000, steps_per_epoch=10_000).length == 100_000_000
    assert Run(dataset_size=100_000_000, batch_size=1).epoch_steps == 100_000_000
    with pytest.raises(ValidationError, match="an epoch has at most 100,000,000 steps: ceil"):
        Run(dataset_size=100_000_001, batch_size=1)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"dataset_size": 7}, "dataset_size gives no steps per epoch without batch_size"),
        ({"batch_size": 7}, "batch_size gives no steps per epoch without dataset_size"),
        ({}, None),
        ({"grad_accum": 2}, None),
        ({"dataset_size": 7, "batch_size": 7}, None),
    ],
)
def test_epochs_of_unknown_steps_are_noted(numbers: dict, message: str | None) -> None:
    findings = [(item.id, item.message) for item in Run(epochs=3, **numbers).findings()]
    text = f"the run is counted in epochs: {message}"
    assert findings == ([("uncounted-epochs", text)] if message else [])


def test_only_steps_are_known() -> None:
    assert Run(steps=10).counts_steps is True
    assert Run(steps=10, steps_per_epoch=5).counts_steps is False
    assert Run(epochs=10).counts_steps is False


def test_rounding_per_epoch_is_noted_where_it_matters() -> None:
    (finding,) = Run(epochs=3, dataset_size=10, batch_size=1, grad_accum=4).findings()
    assert (finding.id, finding.severity) == ("rounded-per-epoch", "note")
    assert finding.message == (
        "the run has 9 steps, rounded up in each epoch; rounded once over the run it has 8"
    )
    assert not list(Run(epochs=3, dataset_size=12, batch_size=1, grad_accum=4).findings())
    assert not list(Run(steps=9, dataset_size=10, batch_size=1, grad_accum=4).findings())


def test_an_epoch_has_its_share_of_the_steps() -> None:
    assert Run(steps=10_000, epochs=5).epoch_steps == 2_000
    assert Run(steps=10_001, epochs=5).epoch_steps is None
    assert Run(steps=10_000).epoch_steps is None
    assert Run(epochs=5).epoch_steps is None
    assert Run(steps=100, epochs=2, steps_per_epoch=50).epoch_steps == 50
