"""nanotron's YAML: a warm-up, a constant phase, and a decay, all in steps."""

from __future__ import annotations

from typing import Any

from lrviz.trainers.format import Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.source import Source

BLOCK = "optimizer.learning_rate_scheduler"
TOKENS_OF_STEP = (
    "tokens.sequence_length",
    "tokens.micro_batch_size",
    "tokens.batch_accumulation_per_replica",
    "parallelism.dp",
)
WARMUPS = ("linear", "constant")
DECAYS = ("linear", "cosine", "1-sqrt")


def test(source: Source) -> str | None:
    """Return why a file is nanotron's, or None."""
    return f"has {BLOCK}" if isinstance(source.get(BLOCK), dict) else None


def read(reading: Reading) -> Plan:
    """Return the plan of a nanotron config, as `lr_scheduler_builder` reads it."""
    lr = reading.require(reading.number(f"{BLOCK}.learning_rate"), f"{BLOCK}.learning_rate")
    steps = reading.integer("tokens.train_steps")
    if not reading.request.total_steps:
        steps = reading.require(steps, "tokens.train_steps", "--total-steps")
    total = reading.total(max(steps or 1, 1))
    reading.step_tokens(*reading.sizes(*TOKENS_OF_STEP))
    parameters: dict[str, Any] = {
        "lr_warmup_steps": reading.integer(f"{BLOCK}.lr_warmup_steps", default=0),
        "lr_warmup_style": reading.choice(
            f"{BLOCK}.lr_warmup_style", choices=WARMUPS, default=WARMUPS[0]
        ),
        "lr_decay_style": reading.choice(
            f"{BLOCK}.lr_decay_style", choices=DECAYS, default=DECAYS[0]
        ),
        "lr_decay_steps": reading.integer(f"{BLOCK}.lr_decay_steps"),
        "lr_decay_starting_step": reading.integer(f"{BLOCK}.lr_decay_starting_step"),
        "min_decay_lr": reading.number(f"{BLOCK}.min_decay_lr"),
    }
    parameters = {name: value for name, value in parameters.items() if value is not None}
    note_defaults(reading)
    origins = {name: f"{BLOCK}.{name}" for name in parameters}
    parameters["train_steps"] = total.steps
    schedule = "nanotron.learning_rate_scheduler"
    return reading.plan(schedule, parameters, lr=lr, total=total, origins=origins)


def note_defaults(reading: Reading) -> None:
    """Enter what nanotron counts out where the file leaves it open."""
    version = reading.format.version
    defaults = {
        "lr_decay_steps": "the rest of train_steps",
        "lr_decay_starting_step": "the end of the warm-up",
        "min_decay_lr": "learning_rate",
    }
    for name, meaning in defaults.items():
        if not reading.has(f"{BLOCK}.{name}"):
            reading.decide("default", f"{BLOCK}.{name}: {meaning} ({version})")


FORMAT = Format(
    name="nanotron",
    title="nanotron",
    rank=70,
    version="nanotron 0.4",
    read=read,
    keys=((BLOCK,), ("tokens.train_steps",)),
    test=test,
)
