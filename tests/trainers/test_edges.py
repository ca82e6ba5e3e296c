"""What a config means at the smallest and largest values that change it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from lrviz.trainers.document import (
    DocumentError,
    mark_at,
    parse_number,
    read_document,
    read_toml,
)
from lrviz.trainers.settings import TrainerSettings
from lrviz.trainers.source import find
from tests.conftest import Shell
from tests.trainers.declared import Example
from tests.trainers.recorded import meaning_of

STEPS = "batch: 16\nlr0: 0.01\nlrf: 0.1\noptimizer: SGD\nepochs: 1\n"
MANUAL = "fairseq-train a --lr 0.1 --max-epoch 6 --lr-scheduler manual --epoch2lr '{\"%s\": 0.1}'\n"
ADAM = '{"optimizer": {"type": "Adam", "params": {"lr": 0.1}}, "scheduler": {"type": "WarmupLR", '

FAULTS = [
    ("train_samples: 0", "3:16: train_samples must be at least 1 (got 0)"),
    ("train_samples: -5", "3:16: train_samples must be at least 1 (got -5)"),
    ("train_iters: 0", "3:14: train_iters must be at least 1 (got 0)"),
]


@pytest.mark.parametrize(("length", "message"), FAULTS)
def test_a_megatron_run_without_steps(length: str, message: str, shell: Shell) -> None:
    shell.write("a.yaml", f"lr: 1e-4\nmicro_batch_size: 2\n{length}\n")
    done = shell("plot", "a.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: a.yaml:{message}\n"


SPELLINGS = [
    ("max_steps: 1,000", "max_steps must be a whole number (got '1,000'); write 1000"),
    ("max_steps: 9,1", "max_steps must be a whole number (got '9,1')"),
    ("max_steps: 50%", "max_steps must be a whole number (got '50%')"),
    ("warmup_ratio: 10%", "warmup_ratio must be a number (got '10%'); write 0.1"),
    ("warmup_ratio: ' 2.5 % '", "warmup_ratio must be a number (got ' 2.5 % '); write 0.025"),
    ("warmup_ratio: ten", "warmup_ratio must be a number (got 'ten')"),
]


@pytest.mark.parametrize(("line", "message"), SPELLINGS)
def test_a_number_as_people_write_it(line: str, message: str, shell: Shell) -> None:
    shell.write("a.yaml", f"learning_rate: 1e-4\nlr_scheduler_type: cosine\n{line}\n")
    errors = shell("plot", "a.yaml", "--no-image").stderr
    assert f": {message}\n" in errors
    assert ("; write" in errors) == ("; write" in message)


EDGES: list[tuple[str, Mapping[str, Any], str, str]] = [
    (
        "lightning_cli", {},
        "trainer: {max_epochs: 1}\nmodel: {lr: 5e-4, warmup_epochs: 10, max_epochs: 100}\n",
        "conversion: model.max_epochs 100 is more than the trainer's epochs, 1: counted in steps",
    ),
    (
        "megatron", {},
        "ARGS: {--lr: 0.1, --train-iters: 9, --lr-decay-style: linear, seed: 1}\n",
        "spec: schedule: 'megatron.linear', lr_warmup_iters: 0, lr_decay_iters: 9, min_lr: 0, "
        "lr: 0.1, steps: 9",
    ),
    (
        "megatron", {},
        "lr: 0.01\ntrain_samples: 1000\nseq_length: 4\nstep_batch_size_schedule: '0:8'\n",
        "conversion: batch sizes [8] from samples [0]",
    ),
    (
        "ultralytics", {"dataset_size": 160, "trainer_version": "8.4.102"},
        f"{STEPS}warmup_epochs: 1\n",
        "spec: schedule: 'ultralytics.linear', lrf: 0.1, warmup_epochs: 1, epochs: 1, nb: 10, "
        "nw: 100, lr: 0.01, steps_per_epoch: 10, by: 'step'",
    ),
    (
        "ultralytics", {}, f"{STEPS}warmup_epochs: 1\n",
        "group: the parameters 'biases' start the warm-up at 0.1 (warmup_bias_lr) (:1:1)",
    ),
    (
        "ultralytics", {}, STEPS,
        "spec: schedule: 'ultralytics.linear', lrf: 0.1, warmup_epochs: 3, lr: 0.01, epochs: 1, "
        "by: 'epoch'",
    ),
    (
        "kohya", {}, "learning_rate = 1e-4\nlr_scheduler = 'polynomial'\nmax_train_steps = 9\n",
        "spec: schedule: 'transformers.polynomial', num_warmup_steps: 0, num_training_steps: 9, "
        "power: 1, lr: 0.0001, steps: 9",
    ),
    (
        "kohya", {},
        "learning_rate = 1e-4\nlr_scheduler = 'warmup_stable_decay'\nlr_warmup_steps = 0.1\n"
        "lr_decay_steps = 1\nmax_train_epochs = 9\n",
        "spec: schedule: 'transformers.constant_with_warmup', num_warmup_steps: 100, lr: 0.0001, "
        "steps: 1000",
    ),
    ("fairseq", {}, MANUAL % 10_000, "drawn: over epochs, which the schedule counts"),
    (
        "fairseq", {}, MANUAL % "1,10001",
        "error wrong-type: :1:62: lr_scheduler.epoch2lr names epochs above 10,000, which lrviz "
        "does not draw",
    ),
    (
        "timm", {"steps_per_epoch": 5},
        "sched: cosine\nepochs: 10\nlr: 0.1\nsched_on_updates: true\nlr_noise: [0.25, 0.5]\n",
        "spec: schedule: 'timm.cosine', t_initial: 50, lr_min: 0, cycle_mul: 1, cycle_decay: 0.5, "
        "cycle_limit: 1, k_decay: 1, warmup_t: 25, warmup_lr_init: 1e-05, warmup_prefix: False, "
        "noise_range_t: [12.5, 25.0], noise_pct: 0.67, noise_std: 1, noise_seed: 42, "
        "t_in_epochs: False, lr: 0.1, steps: 50, steps_per_epoch: 5, by: 'step'",
    ),
    (
        "timm", {"steps_per_epoch": 5},
        "sched: wsd\nepochs: 10\nlr: 0.1\nwarmup_epochs: 0\nsched_on_updates: true\n",
        "spec: schedule: 'timm.wsd', t_initial: 50, decay_t: 10, lr_min: 0, warmup_t: 0, "
        "warmup_lr_init: 1e-05, t_in_epochs: False, lr: 0.1, steps: 50, steps_per_epoch: 5, "
        "by: 'step'",
    ),
    (
        "timm", {"steps_per_epoch": 5},
        "sched: step\nepochs: 10\nlr: 0.1\nwarmup_epochs: 0\ndecay_epochs: 3\n"
        "sched_on_updates: true\n",
        "spec: schedule: 'timm.step', decay_t: 15, decay_rate: 0.1, warmup_t: 0, warmup_lr_init: "
        "1e-05, warmup_prefix: False, t_in_epochs: False, lr: 0.1, steps: 50, steps_per_epoch: 5, "
        "by: 'step'",
    ),
    (
        "model_card", {},
        "- learning_rate: 0.1\n- lr_scheduler_type: linear\n- num_epochs: 3\n\n"
        "| Loss | Epoch | Step |\n|:--|:--|:--|\n| 1.0 | 0.5 | 40 |\n| 2.0 | 1 |\n",
        "conversion: results: step 40 at epoch 0.5, so 80 an epoch, which fit each row, and 240 "
        "steps",
    ),
    (
        "model_card", {},
        "- learning_rate: 0.1\n- lr_scheduler_type: linear\n- num_epochs: 3\n\n"
        "| Loss | Epoch | Step |\n|:--|:--|:--|\n| 1.0 | 0.48 | 100 |\n| 2.0 | 1.9 | 400 |\n"
        "| 2.0 | 2.86 | 600 |\n",
        "conversion: results: step 600 at epoch 2.86, so 210 an epoch, which fit each row, and 630 "
        "steps",
    ),
    (
        "model_card", {},
        "- learning_rate: 0.1\n- lr_scheduler_type: linear\n- num_epochs: 3\n\n"
        "| Loss | Epoch | Step |\n|:--|:--|:--|\n| 1.0 | 0.48 | 100 |\n",
        "conversion: results: step 100 at epoch 0.48, so about 625 steps",
    ),
    (
        "model_card", {},
        "- learning_rate: 0.1\n- gradient_accumulation_steps: 2\n- lr_scheduler_type: linear\n"
        "- num_epochs: 3\n\n| Loss | Epoch | Step |\n|:--|:--|:--|\n| 2.0 | 2.86 | 600 |\n"
        "| 1.0 | 1.9 | 400 |\n",
        "conversion: results: step 600 at epoch 2.86, so about 629 steps",
    ),
    (
        "composer", {"dataset_size": 10, "world_size": 8},
        "scheduler: {name: linear_decay_with_warmup, t_warmup: 5ba}\noptimizer: {name: "
        "decoupled_lionw, lr: 5.0e-07}\nmax_duration: 2ep\nglobal_train_batch_size: 4\n",
        "conversion: 10 samples / (1 x 8 processes) = 2 batches, / 1 accumulated = 2 steps per "
        "epoch",
    ),
    (
        "hf_trainer", {},
        "learning_rate: 0.1\nlr_scheduler_type: linear\nmax_steps: 9\nwarmup_steps: 1\n"
        "warmup_ratio: 0.5\n",
        "oddity: warmup_steps wins over warmup_ratio (:5:15)",
    ),
    (
        "hf_trainer", {"dataset_size": 80},
        "learning_rate: 0.1\nlr_scheduler_type: linear\nmax_steps: 0\nnum_train_epochs: 1\n",
        "spec: schedule: 'transformers.linear', num_warmup_steps: 0, num_training_steps: 10, "
        "lr: 0.1, steps: 10, steps_per_epoch: 10, by: 'step'",
    ),
    (
        "hf_trainer", {"dataset_size": 80},
        "learning_rate: 0.1\nlr_scheduler_type: linear\nmax_steps: 1\nnum_train_epochs: 1\n",
        "spec: schedule: 'transformers.linear', num_warmup_steps: 0, num_training_steps: 1, "
        "lr: 0.1, steps: 1, steps_per_epoch: 10, by: 'step'",
    ),
    (
        "hf_trainer", {},
        "learning_rate: 0.1\nlr_scheduler_type: linear\nmax_steps: 9\nwarmup_ratio: 1\n",
        "spec: schedule: 'transformers.linear', num_warmup_steps: 9, num_training_steps: 9, "
        "lr: 0.1, steps: 9",
    ),
    (
        "lightning_cli", {"steps_per_epoch": 10},
        "trainer: {max_epochs: 5, max_steps: 100}\noptimizer: {class_path: SGD, init_args: {lr: 1}}"
        "\nlr_scheduler: {class_path: StepLR, init_args: {step_size: 4}}\n",
        "spec: schedule: 'torch.StepLR', step_size: 4, lr: 1, steps: 50, steps_per_epoch: 10, "
        "by: 'epoch'",
    ),
    (
        "timm", {"steps_per_epoch": 5},
        "sched: wsd\nepochs: 10\nlr: 0.1\nwarmup_epochs: 0\ndecay_epochs: 3\n"
        "sched_on_updates: true\n",
        "spec: schedule: 'timm.wsd', t_initial: 50, decay_t: 15, lr_min: 0, warmup_t: 0, "
        "warmup_lr_init: 1e-05, t_in_epochs: False, lr: 0.1, steps: 50, steps_per_epoch: 5, "
        "by: 'step'",
    ),
    (
        "detectron2", {},
        "SOLVER: {BASE_LR: 0.1, MAX_ITER: 0, WARMUP_ITERS: -5, LR_SCHEDULER_NAME: "
        "WarmupCosineLR}\n",
        "spec: schedule: 'detectron2.WarmupCosineLR', max_iter: 1, warmup_factor: 0.001, "
        "warmup_iters: 0, warmup_method: 'linear', base_lr_end: 0, lr: 0.1, steps: 1",
    ),
    (
        "detectron2", {"world_size": 2},
        "SOLVER: {BASE_LR: 0.1, MAX_ITER: 90, WARMUP_ITERS: 10, REFERENCE_WORLD_SIZE: 1, "
        "LR_SCHEDULER_NAME: WarmupCosineLR}\n",
        "conversion: 1 to 2 processes: BASE_LR 0.2, MAX_ITER 45, WARMUP_ITERS 5",
    ),
    (
        "nemo", {},
        "model: {optim: {name: adamw, lr: 0.1, sched: {name: WarmupHoldPolicy, warmup_steps: 5, "
        "hold_steps: 0}}}\n",
        "spec: schedule: 'nemo.WarmupHoldPolicy', max_steps: 50, warmup_steps: 5, hold_steps: 0, "
        "min_lr: 0, lr: 0.1, steps: 50",
    ),
    (
        "deepspeed", {}, ADAM + '"params": {"warmup_max_lr": [0.1, 0.2], "warmup_num_steps": 5}}}',
        "note trainer-oddity: scheduler.params.warmup_max_lr: each group of parameters has its "
        "own; the first is drawn",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "flags", "text", "line"), EDGES)
def test_an_edge(name: str, flags: Mapping[str, Any], text: str, line: str) -> None:
    example = Example(name, "run", {**flags, "as_format": name})
    assert line in meaning_of(text.encode(), example)


def test_a_list_of_one_rate_is_no_rate_of_each_group() -> None:
    text = ADAM + '"params": {"warmup_max_lr": [0.1], "warmup_num_steps": 5}}}'
    meaning = meaning_of(text.encode(), Example("deepspeed", "run", {"as_format": "deepspeed"}))
    assert not [line for line in meaning if "each group" in line]


@pytest.mark.parametrize(
    ("key", "value", "exists"),
    [("a.0", 5, True), ("a.1", 6, True), ("a.2", None, False), ("a.b", None, False)],
)
def test_an_item_of_a_list(key: str, value: int | None, exists: bool) -> None:
    assert find({"a": [5, 6]}, key) == (value, exists)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [1", "(did not find )?expected ',' or ']'(, but got '<stream end>')?"),
        ("a: \x01", "unacceptable character #x0001: .*"),
    ],
)
def test_why_a_file_cannot_be_parsed(text: str, problem: str) -> None:
    """The problem alone where the parser says it, without its place in a text of no name."""
    with pytest.raises(DocumentError) as caught:
        read_document(text)
    assert re.fullmatch(f"cannot be parsed: {problem}", str(caught.value), re.DOTALL)


def test_the_place_of_a_character() -> None:
    places = [mark_at("\nab\n", offset) for offset in range(5)]
    assert places == [(1, 1), (2, 1), (2, 2), (2, 3), (3, 1)]


def test_places_in_toml() -> None:
    assert read_toml("[a]\n  b = 1\nc.d=2\n").marks == {
        (): (1, 1), ("a",): (1, 1), ("a", "b"): (2, 6), ("a", "c", "d"): (3, 5)
    }  # fmt: skip


def test_a_number_has_at_most_300_digits() -> None:
    assert parse_number("1" * 300) == int("1" * 300)
    assert parse_number("1" * 301) == "1" * 301


def test_a_number_of_steps_may_have_a_scale() -> None:
    assert TrainerSettings(total_steps="300k").total_steps == 300_000
    with pytest.raises(ValidationError):
        TrainerSettings(total_steps="3ep")
