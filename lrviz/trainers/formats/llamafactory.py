"""LLaMA-Factory's YAML: TrainingArguments beside keys of its own, and its newer v1 files."""

from __future__ import annotations

from dataclasses import replace

from lrviz.trainers.classes import with_numbers
from lrviz.trainers.format import Format
from lrviz.trainers.huggingface import (
    KWARGS,
    Arguments,
    WarmUp,
    add_loraplus,
    arguments_of,
    note_others,
    schedule_plan,
)
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.samples import has_one_data_set, rounded_up
from lrviz.trainers.source import Source

KEYS = (
    ("stage",),
    ("finetuning_type",),
    ("model_name_or_path", "learning_rate", "lr_scheduler_type", "template", "cutoff_len"),
)
V1_KEYS = ("model", "train_dataset")
V1_OTHERS = ("micro_batch_size", "lr_scheduler_config", "dist_config", "quant_config")
STAGES = ("sft", "pt", "dpo", "rm", "kto", "ppo")


def test(source: Source) -> str | None:
    """Return why a file is LLaMA-Factory's, or None."""
    if source.get("stage") in STAGES and all(any(map(source.has, group)) for group in KEYS):
        return "has stage and finetuning_type"
    if all(map(source.has, V1_KEYS)) and any(map(source.has, V1_OTHERS)):
        return "has model and train_dataset (the v1 keys)"
    return None


def read(reading: Reading) -> Plan:
    """Return the plan of a LLaMA-Factory file."""
    if not reading.source.has("stage") and reading.source.has("train_dataset"):
        return read_v1(reading)
    read_samples(reading)
    arguments = arguments_of(reading)
    if reading.has("loraplus_lr_ratio"):
        add_loraplus(reading, arguments.lr)
    if reading.source.get("do_predict") is True and not reading.source.get("do_train"):
        reading.oddity("do_predict without do_train: such a run trains nothing", "do_predict")
    if arguments.schedule == "warmup_stable_decay":
        arguments = with_phases(reading, arguments)
    return schedule_plan(reading, arguments)


def read_samples(reading: Reading) -> None:
    """Read the limit of each data set, and the part of all that is split off for validation.

    As get_dataset does (data/loader.py): the limit is that of each data set, so that of several
    their sum does not tell what is left.
    """
    packing = reading.source.get("packing")
    if packing is True or (packing is None and reading.source.get("stage") == "pt"):
        if reading.request.counts_samples:
            reading.oddity("packing: the steps depend on the packed samples", "packing")
        return
    if has_one_data_set(reading.source):
        reading.limit_samples("max_samples")
    if not reading.has("eval_dataset"):
        reading.hold_out("val_size", rounded_up)


def with_phases(reading: Reading, arguments: Arguments) -> Arguments:
    """Return the arguments with LLaMA-Factory's own steps of the phases, where there are none."""
    total, kwargs = arguments.total, dict(arguments.kwargs)
    rest = total.steps - arguments.warmup.steps(reading, total)
    if "num_stable_steps" not in kwargs and "num_decay_steps" not in kwargs:
        reading.decide("oddity", "a third of the steps after the warm-up are stable")
    kwargs.setdefault("num_stable_steps", rest // 3)
    kwargs.setdefault("num_decay_steps", max(rest - rest // 3, 0))
    if not total.is_known and not arguments.kwargs:
        # The phases are shares of the run, so that their nominal steps are right.
        total = total._replace(is_known=True)
    return replace(arguments, kwargs=kwargs, total=total)


def read_v1(reading: Reading) -> Plan:
    """Return the plan of a v1 file, whose schedule is a mapping with a name."""
    lr = reading.number("learning_rate", default=1e-4)
    steps = reading.integer("max_steps", default=None)
    if steps and steps > 0:
        total = reading.total(steps)
    else:
        epochs = reading.number("num_train_epochs", default=3)
        total = reading.total(epochs=epochs, batch_size=reading.integer("micro_batch_size"))
    name = reading.text("lr_scheduler_config.name")
    if name is None:
        reading.decide("default", f"lr_scheduler_config: none, constant ({reading.format.version})")
        return reading.plan("transformers.constant", lr=lr, total=total)
    schedule = str(name).lower()
    if schedule not in KWARGS:
        reading.fault(
            "lr_scheduler_config.name",
            f"lr_scheduler_config.name must be one of {', '.join(KWARGS)} (got {name})",
        )
        return reading.plan("transformers.constant", lr=lr, total=total)
    config = reading.mapping("lr_scheduler_config")
    kwargs = {key: with_numbers(config[key]) for key in KWARGS[schedule] if key in config}
    ratio = reading.number("lr_scheduler_config.warmup_ratio", "warmup_ratio", default=0.0)
    amount = reading.number("lr_scheduler_config.warmup_steps", "warmup_steps") or ratio
    note_others(reading)
    return schedule_plan(reading, Arguments(lr, schedule, WarmUp(amount), total, kwargs))


FORMAT = Format(
    name="llamafactory",
    title="LLaMA-Factory",
    rank=30,
    version="transformers 5.8, LLaMA-Factory of 2026-08-18",
    drop_last_keys=("dataloader_drop_last",),
    read=read,
    keys=KEYS,
    test=test,
)
