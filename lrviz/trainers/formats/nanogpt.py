"""nanoGPT's Python files: assignments of global names, as its configurator.py takes them.

The schedule is train.py's `get_lr` of 2024-12-09 (commit dc81cb36) and after; before, its warm-up
was iter / warmup_iters.
"""

from __future__ import annotations

import re
from typing import Any

from lrviz.core.text import format_number
from lrviz.trainers.document import Document
from lrviz.trainers.format import Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.python_literals import read_python
from lrviz.trainers.reading import Reading
from lrviz.trainers.source import Source, number_of

OWN_KEYS = ("lr_decay_iters", "decay_lr")
SHARED_KEYS = ("learning_rate", "max_iters")
TOKENS_OF_STEP = {"block_size": 1024, "batch_size": 12, "gradient_accumulation_steps": 40}
"""The keys whose product are the tokens of a step, with their defaults."""
CHANGED = (2024, 12, 9)
OLD_WARMUP = re.compile(r"\bit\s*/\s*warmup_iters\b")
"""How a whole script with a `get_lr` of its own spells the older warm-up."""


def parse(source: Source) -> Document | None:
    """Return the assignments of a file that may be nanoGPT's, or None."""
    if not any(key in source.text for key in OWN_KEYS):
        return None
    return read_python(source.text)


def read(reading: Reading) -> Plan:
    """Return the plan of a nanoGPT file."""
    lr = reading.number("learning_rate", default=6e-4)
    steps = reading.integer("max_iters", default=600_000)
    decays = reading.flag("decay_lr", default=True)
    reading.step_tokens(*reading.sizes(**TOKENS_OF_STEP))
    reading.ignore("eval_iters", "no part of the schedule")
    if not decays:
        for key in ("warmup_iters", "lr_decay_iters", "min_lr"):
            reading.ignore(key, "decay_lr is off")
        return reading.plan("transformers.constant", lr=lr, total=reading.total(steps))
    warmup = reading.integer("warmup_iters", default=2_000)
    decay = reading.integer("lr_decay_iters", default=600_000)
    floor = reading.number("min_lr", default=6e-5)
    if warmup < 0:
        reading.fault("warmup_iters", f"warmup_iters must be at least 0 (got {warmup})")
    reading.raise_faults()
    reading.decide("oddity", f"the loop makes one step more, iteration max_iters ({steps:,})")
    if decay < warmup:
        reading.oddity(
            f"lr_decay_iters {decay:,} is less than warmup_iters: no cosine", "lr_decay_iters"
        )
    parameters: dict[str, Any] = {
        "total_steps": max(decay, warmup + 1),
        "warmup_steps": warmup,
        "min_lr": floor,
    }
    if is_old(reading):
        reading.decide("oddity", "the warm-up is iter / warmup_iters, as before 2024-12-09")
    else:
        peak = number_of(reading.request.run.get("lr")) or lr
        start = peak / ((reading.request.integer("warmup") or warmup) + 1)
        parameters["warmup_init_lr"] = start
        reading.convert(f"warm-up from learning_rate / (warmup_iters + 1) = {format_number(start)}")
    origins = {"total_steps": "lr_decay_iters", "warmup_steps": "warmup_iters", "min_lr": "min_lr"}
    total = reading.total(steps)
    return reading.plan("lrviz.cosine_with_floor", parameters, lr=lr, total=total, origins=origins)


def is_old(reading: Reading) -> bool:
    """Return whether the warm-up is the one before it was shifted."""
    return reading.version_before(*CHANGED) or bool(OLD_WARMUP.search(reading.source.text))


FORMAT = Format(
    name="nanogpt",
    title="nanoGPT",
    rank=230,
    version="nanoGPT of 2025-11-12",
    read=read,
    keys=(OWN_KEYS, SHARED_KEYS),
    parse=parse,
)
