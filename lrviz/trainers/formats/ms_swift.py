"""ms-swift: TrainingArguments with other defaults, as YAML or as the arguments of `swift sft`.

swift/trainers/arguments.py and swift/arguments/sft_args.py of 4.6.
"""

from __future__ import annotations

import math
import re

from lrviz.trainers.arguments import script_arguments
from lrviz.trainers.document import Document
from lrviz.trainers.format import Format
from lrviz.trainers.huggingface import Defaults, arguments_of, schedule_plan
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.samples import has_one_data_set, rounded_down
from lrviz.trainers.source import Source

COMMAND = re.compile(r"\bswift(?:[ \t]+|/cli/)(?:sft|pt|rlhf)\b")
TUNER = ("tuner_type", "train_type")
"""The key of how the model is tuned, and its name before 4.0."""
OWN_KEYS = ("learning_rate", "num_train_epochs", "max_steps", "warmup_ratio")
SAMPLES = 16
"""The samples of an optimizer's step that the accumulation makes up where it is not given."""


def parse(source: Source) -> Document | None:
    """Return the arguments of a script that runs swift, or None."""
    return script_arguments(source, *OWN_KEYS) if COMMAND.search(source.text) else None


def test(source: Source) -> str | None:
    """Return why a file is ms-swift's, or None."""
    if source.document.kind == "arguments":
        return "has the arguments of swift" if COMMAND.search(source.text) else None
    tuner = next(filter(source.has, TUNER), None)
    marker = next(filter(source.has, OWN_KEYS), None)
    return f"has model, {tuner} and {marker}" if tuner and marker and source.has("model") else None


def read(reading: Reading) -> Plan:
    """Return the plan of swift's arguments."""
    if has_one_data_set(reading.source) and "#" not in str(reading.source.get("dataset")):
        streams = reading.source.get("streaming") is True or reading.has("val_dataset")
        if not streams and reading.source.get("packing") is not True:
            reading.hold_out("split_dataset_ratio", rounded_down)
    lr = 1e-5 if reading.text(*TUNER, default="lora") == "full" else 1e-4
    return schedule_plan(
        reading, arguments_of(reading, Defaults(lr, "cosine", 1, accumulation_of(reading)))
    )


def accumulation_of(reading: Reading) -> int:
    """Return the batches of an optimizer's step where they are not given."""
    if reading.source.get("rlhf_type") == "grpo":
        return 1
    batch = reading.per_batch("per_device_train_batch_size", 1)
    return max(math.ceil(SAMPLES / max(batch, 1) / (reading.processes() or 1)), 1)


FORMAT = Format(
    name="ms_swift",
    title="ms-swift",
    rank=890,
    version="ms-swift 4.6",
    drop_last_keys=("dataloader_drop_last",),
    read=read,
    keys=(("model",), TUNER, OWN_KEYS),
    test=test,
    parse=parse,
)
