"""torchtitan's TOML, and the JSON that it writes of its Python configs."""

from __future__ import annotations

from typing import Any

from lrviz.core.text import format_value
from lrviz.trainers.format import Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.source import Source

SCHEDULER = (
    "warmup_steps",
    "total_steps",
    "decay_ratio",
    "decay_type",
    "min_lr_factor",
    "lr_min",
)
"""The keys of `lr_scheduler`; one with others is another program's."""
DECAYS = ("linear", "sqrt", "cosine")
EVERY_PARAMETER = ".*"
"""The pattern of the group that holds the parameters of no other group."""


def test(source: Source) -> str | None:
    """Return why a file is torchtitan's, or None."""
    if not source.has("training.steps") or not source.has("optimizer"):
        return None
    block = source.get("lr_scheduler")
    if isinstance(block, dict) and block and all(key in SCHEDULER for key in block):
        return "has lr_scheduler, optimizer and training.steps"
    if block is None and source.has("optimizer.lr"):
        for key in ("training.warmup_steps", "job.dump_folder"):
            if source.has(key):
                return f"has {key}, optimizer.lr and training.steps"
    return None


def read(reading: Reading) -> Plan:
    """Return the plan of a torchtitan config, as `LRSchedulersContainer` reads it."""
    lr = reading.number(*lr_keys(reading), default=8e-4)
    total = reading.total(reading.integer("training.steps", default=10_000))
    reading.step_tokens(*reading.sizes("training.seq_len", "training.global_batch_size"))
    warmup = reading.integer("lr_scheduler.warmup_steps", "training.warmup_steps", default=200)
    length = reading.integer("lr_scheduler.total_steps") or total.steps
    ratio = reading.number("lr_scheduler.decay_ratio")
    decay = reading.choice("lr_scheduler.decay_type", choices=DECAYS, default=DECAYS[0])
    floor = reading.number("lr_scheduler.min_lr_factor", "lr_scheduler.lr_min", default=0.0)
    note_oddities(reading, warmup, length, total.steps)
    parameters: dict[str, Any] = {"warmup_steps": warmup, "total_steps": length}
    if ratio is not None:
        parameters["decay_ratio"] = ratio
    parameters |= {"decay_type": decay, "min_lr_factor": floor}
    if reading.version_before(0, 1):
        reading.oddity("torchtitan before 0.1 aims the warm-up one step further")
        parameters["late_peak"] = True
    for key in ("validation.steps", "validation.denoising_steps", "metrics.log_freq"):
        reading.ignore(key, "no part of the schedule")
    origins = {name: f"lr_scheduler.{name}" for name in parameters}
    name = "torchtitan.linear_warmup_stable_decay"
    return reading.plan(name, parameters, lr=lr, total=total, origins=origins)


def lr_keys(reading: Reading) -> list[str]:
    """Return the keys that may hold the rate: of the optimizer, or of its widest group."""
    groups = reading.source.get("optimizer.param_groups")
    patterns = [
        group.get("pattern") if isinstance(group, dict) else None
        for group in (groups if isinstance(groups, list) else ())
    ]
    if not patterns:
        return ["optimizer.lr"]
    widest = patterns.index(EVERY_PARAMETER) if EVERY_PARAMETER in patterns else 0
    if len(patterns) > 1:
        reading.oddity("the optimizer has several groups of parameters; the widest is drawn")
    return [f"optimizer.param_groups.{widest}.optimizer_kwargs.lr"]


def note_oddities(reading: Reading, warmup: int, length: int, steps: int) -> None:
    """Note what torchtitan makes of numbers that a reader may take for something else."""
    if reading.has("lr_scheduler.lr_min"):
        reading.oddity("lr_min is a share of lr, since renamed min_lr_factor")
    if reading.has("training.warmup_steps"):
        reading.oddity("training.warmup_steps is the key of 2024; --trainer-version 0.0 is of then")
    if reading.source.get("lr_scheduler.decay_ratio") == 0:
        reading.oddity("decay_ratio 0: the rate does not decay")
    if warmup > length:
        reading.oddity(
            f"torchtitan cuts the warm-up of {format_value(warmup)} steps to the "
            f"{format_value(length)} of the schedule"
        )
    if length < steps:
        reading.oddity("total_steps is less than training.steps: the decay goes on after its end")


FORMAT = Format(
    name="torchtitan",
    title="torchtitan",
    rank=150,
    version="torchtitan 0.3.0",
    read=read,
    keys=(("lr_scheduler.warmup_steps", "lr_scheduler"), ("training.steps",), ("optimizer.lr",)),
    test=test,
)
