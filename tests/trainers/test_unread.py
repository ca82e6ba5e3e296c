"""Keys of a schedule that a format did not read, and the ones that were meant."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from lrviz.trainers.document import Document
from lrviz.trainers.source import Source, number_of
from lrviz.trainers.unread import Unread, is_misspelling, is_schedule, unread_keys
from tests.conftest import Shell


def unread(
    data: object, *read: str, kind: str = "yaml", probes: Iterable[str] = ()
) -> list[Unread]:
    source = Source(
        "a.yaml",
        "",
        parsed=Document(data, kind=kind),
        requested={*read, *probes},
        accepted=dict.fromkeys(read, number_of),
    )
    return list(unread_keys(source))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("warmup_step", "warmup_steps"),
        ("warm_up_steps", "warmup_steps"),
        ("warmup-steps", "warmup_steps"),
        ("warmup_ration", "warmup_ratio"),
        ("LR_Schedular_Type", "lr_scheduler_type"),
        ("learningrate", "learning_rate"),
        ("lr_scheduler", "lr_scheduler_type"),
    ],
)
def test_misspellings(name: str, other: str) -> None:
    assert is_misspelling(name, other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("bf16", "fp16"),  # 0.75 alike
        ("eval_iters", "train_iters"),
        ("lr_decay_tokens", "lr_decay_iters"),
        ("warmup_step", "decay_steps"),  # two words
        ("warmup_stepp", "warmpu_steps"),
        ("warmup", "warmup_steps"),  # one word begins many names
        ("per_device", "per_device_batch_size"),  # no word of a schedule
        ("lr_scheduler_type", "lr_scheduler"),  # no beginning of the other
    ],
)
def test_other_names(name: str, other: str) -> None:
    assert not is_misspelling(name, other)


@pytest.mark.parametrize(
    "name",
    ["lr", "min_lr", "learning_rate_te", "warm_up", "warmup", "lr_sched", "scheduler", "annealing",
     "decay_steps", "decay_iters", "decay_epochs", "decay_style", "decay_type", "decay_rate",
     "decay_ratio", "cooldown", "LR_END", "learningrate"],
)  # fmt: skip
def test_names_of_a_schedule(name: str) -> None:
    assert is_schedule(name)


@pytest.mark.parametrize(
    "name",
    ["weight_decay_ratio", "wd_decay_style", "ema_warmup", "noise_scheduler", "profiler_warmup",
     "momentum_warmup", "log_lr", "teacher_lr", "temp_warmup", "dropout_cooldown", "eps_annealing",
     "kl_annealing", "bn_lr", "use_checkpoint_opt_param_scheduler", "override_lr_scheduler",
     "overlap_p2p_warmup", "decay", "clr", "rate", "steps"],
)  # fmt: skip
def test_other_words(name: str) -> None:
    assert not is_schedule(name)


def test_a_key_that_was_asked_for_is_read() -> None:
    assert unread({"lr": 1, "warmup": 2}, "lr", "warmup") == []
    assert unread({"lr": 1, "warmup": 2}, "lr") == [Unread("warmup")]


def test_a_misspelled_key_is_unread_whatever_its_name() -> None:
    assert unread({"max_step": 1}, "max_steps") == [Unread("max_step", "max_steps")]
    assert unread({"max_step": 1}, "lr") == []


def test_a_key_that_only_tells_a_kind_of_file_is_not_misspelled() -> None:
    assert unread({"max_step": 1}, "lr", probes=["max_steps"]) == []
    assert unread({"warmup_step": 1}, "lr", probes=["warmup_steps"]) == [Unread("warmup_step")]


def test_a_misspelled_key_has_a_value_that_the_key_may_have() -> None:
    assert unread({"max_step": "all"}, "max_steps") == []
    assert unread({"max_step": "$STEPS"}, "max_steps") == [Unread("max_step", "max_steps")]
    assert unread({"train": True}, "lr", "trainer.max_steps") == []
    assert unread({"trainr": {"max_steps": 3}}, "lr", "trainer.max_steps") == [
        Unread("trainr", "trainer")
    ]


def test_a_key_is_no_misspelling_of_one_that_the_file_has() -> None:
    assert unread({"max_step": 1, "max_steps": 2}, "max_steps") == []


def test_the_most_similar_key_was_meant() -> None:
    requested = ("warmup_stepped", "warmup_steps")
    assert unread({"warmup_step": 1}, *requested) == [Unread("warmup_step", "warmup_steps")]


def test_keys_beside_one_that_was_asked_for() -> None:
    data = {"train": {"lr": 1, "warmup_step": 2}, "other": {"lr": 3}}
    assert unread(data, "train.lr", "train.warmup_steps") == [
        Unread("train.warmup_step", "train.warmup_steps")
    ]


def test_what_a_part_holds_was_read_with_it() -> None:
    assert unread({"scheduler": {"lr": 1}}, "scheduler.warmup", "scheduler") == []
    assert unread({"scheduler": {"lr": 1}}, "scheduler.warmup") == [Unread("scheduler.lr")]
    assert unread({"scheduler": 3}, "scheduler.warmup") == []


def test_the_names_of_a_python_file_may_be_variables() -> None:
    data = {"base_lr": 1, "learning_rat": 2, "train_cfg": {"min_lr": 3}}
    requested = ("learning_rate", "train_cfg.max_epochs")
    assert unread(data, *requested, kind="python") == [
        Unread("learning_rat", "learning_rate"),
        Unread("train_cfg.min_lr"),
    ]


def test_a_misspelled_key_is_a_warning(shell: Shell) -> None:
    shell.write("a.yaml", "learning_rate: 1e-4\nwarmup_step: 10\nmax_steps: 100\n")
    done = shell("plot", "a.yaml", "--no-image")
    assert done.returncode == 0
    assert done.stderr == "warning: a.yaml: warmup_step is not read; did you mean 'warmup_steps'?\n"


def test_a_key_that_was_ignored_is_not_asked_for(shell: Shell) -> None:
    shell.write("a.yaml", "learning_rate: 1e-4\neval_step: 10\nmax_steps: 100\n")
    assert shell("plot", "a.yaml", "--no-image").stderr == ""


def test_convert_says_whose_steps_it_writes(shell: Shell) -> None:
    shell.write("a.yaml", "learning_rate: 1e-4\nnum_train_epochs: 3\n")
    flags = "--total-steps or --steps-per-epoch or --dataset-size"
    note = f"note: the 1,000 steps are the whole run, of any length; {flags} sets it"
    done = shell("convert", "a.yaml")
    assert done.stderr == f"{note}\n"
    assert f"# {note}" in done.stdout.splitlines()
    assert shell("convert", "a.yaml", "-q").stderr == ""
    assert shell("convert", "a.yaml", "--total-steps", "1000").stderr == ""
