"""OLMo's YAML, and the config.json that OLMo-core writes."""

from __future__ import annotations

from math import ceil
from typing import Any

from lrviz.core.text import format_value
from lrviz.trainers.format import Format
from lrviz.trainers.olmo_clock import UNITS, clock_of, finished, finite, schedule_class, time_of
from lrviz.trainers.olmo_core import CORE_LRS, core_block, read_core
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total
from lrviz.trainers.source import Source, number_of

SCHEDULES = (
    "cosine_with_warmup",
    "linear_with_warmup",
    "inverse_sqrt_with_warmup",
    "max_scheduler",
    "constant",
    "cosine_linear_envelope",
    "constant_with_warmup",
)


def test(source: Source) -> str | None:
    """Return why a file is OLMo's or OLMo-core's, or None."""
    if source.has("optimizer.learning_rate"):
        is_olmo = source.get("scheduler.name") in SCHEDULES or source.has("scheduler.t_warmup")
        if is_olmo or (source.has("scheduler") and source.has("global_train_batch_size")):
            return "has scheduler and optimizer.learning_rate"
        return None
    block = core_block(source)
    if block and any(source.has(key) for key in CORE_LRS):
        return f"has {block} and a rate of its optimizer"
    return None


def read(reading: Reading) -> Plan:
    """Return the plan of either file."""
    block = core_block(reading.source)
    return read_core(reading, block) if block else read_olmo(reading)


def read_olmo(reading: Reading) -> Plan:
    """Return the plan of an OLMo file, as `build_scheduler` and the trainer read it."""
    lr = reading.number("optimizer.learning_rate", default=1e-4)
    name = reading.choice("scheduler.name", choices=SCHEDULES, default=SCHEDULES[0])
    batch = reading.integer("global_train_batch_size", default=512)
    length = reading.integer("model.max_sequence_length", default=1024)
    units = reading.choice("scheduler.units", choices=UNITS, default=UNITS[0])
    tokens = max(batch * length, 1)
    reading.step_tokens(length, batch)
    total = olmo_total(reading, tokens)
    duration = str(reading.source.get("max_duration")).strip()
    exact = finite(number_of(duration[:-1])) if duration.endswith("T") else None
    clock = clock_of(total, tokens, units, exact)
    for key in ("scheduler.grad_clip_warmup_steps", "scheduler.grad_clip_warmup_factor"):
        reading.ignore(key, "the clipping's")
    if name == "constant":
        return reading.plan("transformers.constant", lr=lr, total=total)
    cls = schedule_class(name)
    parameters: dict[str, Any] = {}
    horizon = finite(reading.number("scheduler.t_max")) if "t_max" in cls.model_fields else None
    warmup = finite(reading.number("scheduler.t_warmup", default=100)) or 0
    parameters["t_warmup"] = time_of(reading, "t_warmup", warmup, clock, horizon, cls)
    start = reading.number("scheduler.warmup_min_lr")
    if start is None and warmup:
        reading.oddity("no warmup_min_lr: OLMo's warm-up starts at a tenth of the rate")
    elif start is not None:
        parameters["warmup_min_lr"] = start
    if "t_max" in cls.model_fields:
        parameters["t_max"] = clock.steps(clock.units if horizon is None else horizon)
        parameters["alpha_f"] = reading.number("scheduler.alpha_f", default=0.1)
    return finished(reading, cls, parameters, lr, clock, horizon)


def olmo_total(reading: Reading, tokens: int) -> Total:
    """Return the length of the run that max_duration gives: steps, 2e12T tokens, or 1ep."""
    text = str(reading.text("max_duration", default="10000")).strip()
    unit = next((unit for unit in ("ep", "T") if text.endswith(unit)), "")
    number = finite(number_of(text.removesuffix(unit)))
    if number is None or number <= 0:
        rule = "must be steps, or tokens as 2e12T, or epochs as 1ep"
        reading.fault("max_duration", f"max_duration {rule} (got {format_value(text)})")
        return reading.total(1)
    if unit == "ep":
        return stopped(reading, reading.total(epochs=int(number)))
    if unit == "T":
        count = ceil(int(number) / tokens)
        reading.convert(f"max_duration: {text} / {tokens:,} tokens per step = {count:,} steps")
        return stopped(reading, reading.total(count))
    return stopped(reading, reading.total(int(number)))


def stopped(reading: Reading, total: Total) -> Total:
    """Return the length of the run, noting where it is to stop before its schedule ends."""
    at = reading.integer("stop_at", "stop_after")
    if at and total.is_known and at < total.steps:
        reading.oddity(f"the run stops at step {at:,}, and its schedule goes on to {total.steps:,}")
    return total


FORMAT = Format(
    name="olmo",
    title="OLMo",
    rank=61,
    version="OLMo 0.6.0, OLMo-core 3.0.0",
    read=read,
    keys=(("scheduler.t_warmup", "scheduler.name"), ("optimizer.learning_rate",)),
    test=test,
)
