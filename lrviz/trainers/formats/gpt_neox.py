"""GPT-NeoX's YAML, whose keys may have `-` or `_`, and whose warm-up is a share."""

from __future__ import annotations

from lrviz.core.text import format_number
from lrviz.trainers.document import Document
from lrviz.trainers.format import Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.source import Source

LENGTHS = ("train_iters", "train_epochs")
STYLE_KEYS = ("lr_decay_style", "lr_decay_iters", "lr_decay_fraction", "warmup")
OWN_KEYS = ("optimizer.params", "optimizer.type", "pipe_parallel_size", "model_parallel_size")
STYLES = ("linear", "cosine", "exponential", "constant")


def parse(source: Source) -> Document | None:
    """Return the document with `_` for `-` in its keys, None where it has no `-` in them."""
    if not any("-" in key for key in source.data):
        return None
    document = source.document
    data = {key.replace("-", "_"): value for key, value in source.data.items()}
    marks = {
        (str(path[0]).replace("-", "_"), *path[1:]) if path else path: mark
        for path, mark in document.marks.items()
    }
    return Document(data, marks, document.kind)


def read(reading: Reading) -> Plan:
    """Return the plan of a GPT-NeoX file, as its get_learning_rate_scheduler reads it."""
    lr = reading.number("optimizer.params.lr", default=0.001)
    style = reading.choice("lr_decay_style", choices=STYLES, default="linear")
    steps = reading.integer("train_iters")
    epochs = None if steps else reading.number("train_epochs")
    batch = None if steps else reading.integer("train_micro_batch_size_per_gpu")
    length = reading.integer("lr_decay_iters")
    share = None if length else reading.number("lr_decay_fraction")
    parameters = {"warmup_fraction": reading.number("warmup", default=0.01)}
    if floor := reading.number("min_lr", default=0.0):
        parameters["min_lr"] = reading.floor(floor, lr, "min_lr")
    note_others(reading)
    reading.raise_faults()
    if length and not steps and not reading.request.total_steps:
        reading.open_ended("--total-steps")
        return reading.plan(f"neox.{style}", {"lr_decay_iters": length, **parameters}, lr=lr)
    total = reading.total(steps, epochs=epochs, batch_size=batch)
    reading.step_tokens(*reading.sizes("seq_length", "train_batch_size"))
    if share:
        length = int(total.steps * share)
        if total.is_known:
            text = f"floor({format_number(share)} x {total.steps:,}) = {length:,} steps"
            reading.convert(f"lr_decay_fraction: {text}")
    elif not length:
        reading.decide("default", f"lr_decay_iters: the run's steps ({reading.format.version})")
    parameters = {"lr_decay_iters": max(length or total.steps, 1), **parameters}
    return reading.plan(f"neox.{style}", parameters, lr=lr, total=total)


def note_others(reading: Reading) -> None:
    """Note what replaces the schedule or changes the rate of some parameters."""
    optimizer = str(reading.source.get("optimizer.type", ""))
    if optimizer.lower() == "onebitadam":
        text = "OneBitAdam follows a schedule of DeepSpeed's, WarmupDecayLR; it is not read"
        reading.oddity(text, "optimizer.type")
    if reading.has("use_mup") and reading.source.get("use_mup") is True:
        reading.oddity("use_mup divides the rates of wide layers; it is left out", "use_mup")
    reading.ignore("scheduler", "only OneBitAdam follows it")


FORMAT = Format(
    name="gpt_neox",
    title="GPT-NeoX",
    rank=45,
    version="GPT-NeoX ea7aefd8",
    read=read,
    keys=(LENGTHS, STYLE_KEYS, OWN_KEYS),
    parse=parse,
)
