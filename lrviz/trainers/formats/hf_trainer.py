"""Hugging Face TrainingArguments: run_*.py scripts, TRL, alignment-handbook.

As JSON or YAML, or as the arguments of a shell script, read and never run.
"""

from __future__ import annotations

from dataclasses import replace

from lrviz.trainers.arguments import script_arguments
from lrviz.trainers.document import Document
from lrviz.trainers.format import Format
from lrviz.trainers.huggingface import read_arguments
from lrviz.trainers.source import Source

RATE_KEYS = ("lr_scheduler_type", "learning_rate")
OWN_KEYS = (
    "num_train_epochs",
    "max_steps",
    "per_device_train_batch_size",
    "warmup_ratio",
    "gradient_accumulation_steps",
)
SHARED_KEYS = ("num_epochs", "warmup_steps")
"""Keys that other programs have, too; with lr_scheduler_type they are these arguments."""


def parse(source: Source) -> Document | None:
    """Return the arguments of a script, or those that a file has below a key of its own; or None.

    Keys at the top stay, so that references to them are resolved.
    """
    arguments = script_arguments(source, *RATE_KEYS)
    below = [key for key, value in source.data.items() if is_complete(value)]
    if arguments or len(below) != 1 or test(source):
        return arguments
    (key,) = below
    document = source.document
    marks = {path[1:]: mark for path, mark in document.marks.items() if path[:1] == (key,)}
    data = {**document.data, **document.data[key]}
    return replace(document, data=data, marks={**document.marks, **marks})


def is_complete(value: object) -> bool:
    """Return whether a value is a mapping with both keys of the rate."""
    return isinstance(value, dict) and all(key in value for key in RATE_KEYS)


def test(source: Source) -> str | None:
    """Return why a file holds TrainingArguments, or None."""
    if all(map(source.has, RATE_KEYS)):
        return f"has {' and '.join(RATE_KEYS)}"
    rate = next(filter(source.has, RATE_KEYS), None)
    keys = (*OWN_KEYS, *SHARED_KEYS) if rate == "lr_scheduler_type" else OWN_KEYS
    marker = next(filter(source.has, keys), None)
    return f"has {rate} and {marker}" if rate and marker else None


FORMAT = Format(
    name="hf_trainer",
    title="Hugging Face TrainingArguments",
    rank=900,
    version="transformers 5.23.0",
    read=read_arguments,
    keys=(RATE_KEYS, OWN_KEYS),
    test=test,
    parse=parse,
)
