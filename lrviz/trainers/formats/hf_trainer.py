"""Hugging Face TrainingArguments: run_*.py scripts, TRL, alignment-handbook.

As JSON or YAML, as the arguments of a shell script, or as the keyword arguments of a call in a
Python program; read and never run.
"""

from __future__ import annotations

import re
from dataclasses import replace

from lrviz.trainers.arguments import script_arguments
from lrviz.trainers.document import Document
from lrviz.trainers.format import Format
from lrviz.trainers.huggingface import Defaults, read_arguments
from lrviz.trainers.plan import Plan
from lrviz.trainers.python_calls import KIND, Call, program_calls, several_calls
from lrviz.trainers.reading import Reading
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
PACKAGES = ("transformers", "trl", "sentence_transformers", "optimum", "unsloth")
ARGUMENTS = re.compile(r"\w*TrainingArguments")
"""The classes of those packages whose keyword arguments are these arguments."""
TRL, TRL_VERSION = "trl", "trl 1.16.0"
TRL_RATES = {
    "CPOConfig": 1e-6, "DPOConfig": 1e-6, "DistillationConfig": 1e-6, "GKDConfig": 2e-5,
    "GOLDConfig": 1e-7, "GRPOConfig": 1e-6, "KTOConfig": 1e-6, "ORPOConfig": 1e-6,
    "OnlineDPOConfig": 5e-7, "RLOOConfig": 1e-6, "RewardConfig": 1e-4, "SFTConfig": 2e-5,
    "TPOConfig": 5e-7,
}  # fmt: skip
"""The classes of TRL that are TrainingArguments, too, each with the rate where none is given."""


def parse(source: Source) -> Document | None:
    """Return the arguments of a script, of a call, or below a key of the file's own; or None.

    Keys at the top stay, so that references to them are resolved.
    """
    calls = calls_with_rate(source)
    if calls:
        return calls[0].document
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
    if source.document.kind == KIND:
        return f"calls {calls_with_rate(source)[0].name}"
    if all(map(source.has, RATE_KEYS)):
        return f"has {' and '.join(RATE_KEYS)}"
    rate = next(filter(source.has, RATE_KEYS), None)
    keys = (*OWN_KEYS, *SHARED_KEYS) if rate == "lr_scheduler_type" else OWN_KEYS
    marker = next(filter(source.has, keys), None)
    return f"has {rate} and {marker}" if rate and marker else None


def read(reading: Reading) -> Plan:
    """Return the plan of a file. Raises SpecError for a program with several such calls."""
    calls = calls_with_rate(reading.source)
    if len(calls) > 1:
        raise several_calls(reading.source, calls)
    rate = TRL_RATES.get(calls[0].name) if calls else None
    if rate is None:
        return read_arguments(reading, Defaults())
    return read_arguments(reading, Defaults(lr=rate, lr_version=TRL_VERSION))


def calls_with_rate(source: Source) -> list[Call]:
    """Return the calls of a program that give its rate: all with a rate, else all that train."""
    if not any(name in source.text for name in ("TrainingArguments", *TRL_RATES)):
        return []
    calls = [call for call in program_calls(source, is_wanted) if call.has((*RATE_KEYS, *OWN_KEYS))]
    return [call for call in calls if call.has(RATE_KEYS)] or calls


def is_wanted(path: str) -> bool:
    """Return whether the dotted path of what is called is a class of these arguments."""
    package, name = path.partition(".")[0], path.rpartition(".")[2]
    is_trl = package == TRL and name in TRL_RATES
    return is_trl or (package in PACKAGES and bool(ARGUMENTS.fullmatch(name)))


FORMAT = Format(
    name="hf_trainer",
    title="Hugging Face TrainingArguments",
    rank=900,
    version="transformers 5.23.0",
    drop_last_keys=("dataloader_drop_last",),
    read=read,
    keys=(RATE_KEYS, OWN_KEYS),
    test=test,
    parse=parse,
)
