"""LitGPT's YAML: finetuning by torch's schedulers, pretraining by a function of the batch.

Defaults and formulas: litgpt/args.py, finetune/lora.py and pretrain.py of 0.5.13.
"""

from __future__ import annotations

import math

from lrviz.core.text import format_number, format_value
from lrviz.trainers.classes import DEFAULT_RATES, rate_of_optimizer
from lrviz.trainers.format import Devices, Format
from lrviz.trainers.huggingface import Arguments, WarmUp, schedule_plan
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading

PRETRAIN_KEYS = ("model_name", "initial_checkpoint_dir", "tokenizer_dir", "train.max_tokens")
TRAIN_KEYS = ("train.lr_warmup_steps", "train.lr_warmup_fraction", "train.micro_batch_size")
BATCH_KEYS = ("train.global_batch_size", "train.max_tokens", "train.min_lr", "train.max_steps")
OTHER_KEYS = ("optimizer", "checkpoint_dir", "model_name", "out_dir", "devices")
MICRO_BATCH = 4
MAX_TOKENS = 3_000_000_000_000


def read(reading: Reading) -> Plan:
    """Return the plan of a file: of pretraining where it names a model to make, else finetuning."""
    lr = rate_of(reading)
    if any(reading.has(key) for key in PRETRAIN_KEYS):
        return pretraining(reading, lr)
    return finetuning(reading, lr)


def rate_of(reading: Reading) -> float:
    """Return the rate of the optimizer, which is a class or only its name.

    Before 0.4 the rate was one of the arguments of the training.
    """
    key = "train.learning_rate"
    if reading.has(key) and not reading.has("optimizer"):
        return float(reading.require(reading.number(key), key))
    path = reading.value("optimizer.class_path")
    if path is None:
        path = reading.text("optimizer", default="AdamW")
        rate = DEFAULT_RATES.get(str(path).rpartition(".")[2].lower())
        reading.decide("default", f"the rate of {path}: {rate} (torch 2.13.0)")
        return float(reading.require(rate, "optimizer.init_args.lr"))
    return float(rate_of_optimizer(reading, str(path), "optimizer.init_args.lr"))


def accumulation_of(reading: Reading, default_batch: int) -> tuple[int, int]:
    """Return the batches of an optimizer step on each process, and the processes."""
    batch = reading.integer("train.global_batch_size", default=default_batch)
    micro = reading.integer("train.micro_batch_size", default=MICRO_BATCH)
    processes = reading.processes() or 1
    count = batch // processes // micro if micro else 0
    reading.raise_faults()
    if count < 1:
        message = f"a batch of {batch:,} has no {micro:,} samples for each of {processes:,} devices"
        reading.fault("train.global_batch_size", message)
        reading.raise_faults()
    text = f"{batch:,} samples / {processes:,} devices / {micro:,} per batch = {count:,} batches"
    reading.convert(f"{text} per step")
    return count, processes


def finetuning(reading: Reading, lr: float) -> Plan:
    """Return the plan of finetuning: a line from 0, then torch's cosine to 0."""
    warmup = reading.integer("train.lr_warmup_steps", default=100)
    if warmup < 1:
        message = f"train.lr_warmup_steps must be at least 1: litgpt divides by it (got {warmup})"
        reading.fault("train.lr_warmup_steps", message)
    count, _ = accumulation_of(reading, 16)
    epochs = reading.number("train.epochs", default=5)
    steps = reading.integer("train.max_steps")
    reading.ignore("train.min_lr", "finetuning falls to 0")
    reading.raise_faults()
    batch = reading.integer("train.micro_batch_size", default=MICRO_BATCH)
    if steps:
        per_epoch = reading.epoch_steps(batch, count, floor=True)
        if per_epoch:
            steps = min(steps, math.floor(epochs * per_epoch))
        else:
            reading.decide("oddity", f"the epochs may end the run before max_steps {steps:,}")
    total = reading.total(
        steps, epochs=epochs, batch_size=batch, grad_accum=count, floor_per_epoch=True
    )
    return schedule_plan(reading, Arguments(lr, "cosine", WarmUp(warmup), total))


def pretraining(reading: Reading, lr: float) -> Plan:
    """Return the plan of pretraining: a line from 0, then a cosine to train.min_lr."""
    count, processes = accumulation_of(reading, 512)
    floor = reading.number("train.min_lr", default=6e-5)
    length = steps_of(reading, count, processes)
    total = reading.total(int(length) or None) if length else reading.total()
    warmup = warmup_of(reading, count)
    reading.raise_faults()
    if not total.is_known and warmup:
        reading.needs(f"the warm-up of {warmup:,g} steps")
        warmup = 0
    if not length or reading.request.total_steps:
        length = total.steps
    parameters = {
        "lr_warmup_steps": min(warmup, length),
        "max_steps": length,
        "min_lr": floor,
        "gradient_accumulation_iters": count if total.is_known else 1,
    }
    origins = {"min_lr": "train.min_lr", "lr_warmup_steps": "train.lr_warmup_steps"}
    return reading.plan("litgpt.pretrain", parameters, lr=lr, total=total, origins=origins)


def warmup_of(reading: Reading, count: int) -> float:
    """Return the steps of the warm-up, which may be given as a share of an epoch."""
    share = reading.number("train.lr_warmup_fraction")
    if not share:
        warmup = reading.integer("train.lr_warmup_steps", default=2_000)
        if warmup < 0:
            message = f"train.lr_warmup_steps must be at least 0 (got {warmup})"
            reading.fault("train.lr_warmup_steps", message)
        return float(warmup)
    batch = reading.integer("train.micro_batch_size", default=MICRO_BATCH)
    per_epoch = reading.epoch_steps(batch, count)
    if per_epoch is None:
        what = f"the warm-up over {format_number(share)} of an epoch"
        reading.needs(what, "--steps-per-epoch", "--dataset-size")
        return 0.0
    return float(math.ceil(share * per_epoch * count) / count)


def steps_of(reading: Reading, count: int, processes: int) -> float | None:
    """Return the steps of the run, whole or not, of its tokens; None where they are not known."""
    tokens = reading.integer("train.max_tokens", default=MAX_TOKENS)
    micro = reading.integer("train.micro_batch_size", default=MICRO_BATCH)
    length = reading.request.integer("sequence_length") or reading.integer("train.max_seq_length")
    if not length:
        reading.decide("missing", "train.max_seq_length, which is the model's block size")
        return None
    reading.step_tokens(length, micro, count, processes)
    batches = tokens // processes // (micro * length)
    steps = float(batches / count)
    text = f"{tokens:,} tokens / {processes:,} devices / ({micro:,} x {length:,})"
    reading.convert(f"{text} = {batches:,} batches, / {count:,} = {format_value(steps)} steps")
    return steps


FORMAT = Format(
    name="litgpt",
    title="LitGPT",
    rank=175,
    version="LitGPT 0.5.13",
    read=read,
    keys=(TRAIN_KEYS, BATCH_KEYS, OTHER_KEYS),
    devices=Devices(("devices",), ("num_nodes",), default=1),
)
