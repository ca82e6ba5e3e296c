"""The arguments of diffusers' training programs (examples/ of 0.40), in a shell script.

They pass `--lr_scheduler` and its lengths to `diffusers.optimization.get_scheduler`, whose formulas
are those of transformers, and let accelerate step it once per process.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from lrviz.trainers.arguments import script_arguments
from lrviz.trainers.document import Document
from lrviz.trainers.format import Format
from lrviz.trainers.huggingface import Arguments, WarmUp, schedule_plan
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total
from lrviz.trainers.source import Source

SCHEDULES = (
    "constant",
    "constant_with_warmup",
    "linear",
    "cosine",
    "cosine_with_restarts",
    "polynomial",
)
OWN_KEYS = ("lr_scheduler", "lr_warmup_steps", "pretrained_model_name_or_path")
OTHERS = ("learning_rate", "max_train_steps", "num_train_epochs", "train_batch_size")
COUNTS_BATCHES = re.compile(
    r"train_(?:text_to_image(?:_lora)?_(?:sdxl|prior|decoder)"
    r"|instruct_pix2pix_sdxl|unconditional|realfill)\.py"
)
"""Programs that multiply the lengths of the schedule by the accumulated batches, not the run's."""
PRODIGY = "prodigy"


class Program(NamedTuple):
    """A program's defaults, by a part of its name; `steps` or `epochs` of the run."""

    name: str
    schedule: str = "constant"
    steps: int | None = None
    epochs: int = 100
    batch_size: int = 16


PROGRAMS = (
    Program("train_unconditional", "cosine"),
    Program("textual_inversion", steps=5000),
    Program("text_to_image"),
    Program("instruct_pix2pix"),
)
OTHER_PROGRAM = Program("", epochs=1, batch_size=4)


def parse(source: Source) -> Document | None:
    """Return the arguments of a script, or None."""
    return script_arguments(source, *OWN_KEYS)


def test(source: Source) -> str | None:
    """Return why a script runs a program of diffusers, or None."""
    if source.document.kind != "arguments":
        return None
    own = next(filter(source.has, OWN_KEYS), None)
    other = next(filter(source.has, OTHERS), None)
    return f"has the arguments {own} and {other}" if own and other else None


def read(reading: Reading) -> Plan:
    """Return the plan of a program's arguments."""
    text = reading.source.text
    program = next((item for item in PROGRAMS if item.name in text), OTHER_PROGRAM)
    lr = rate_of(reading, program)
    schedule = reading.choice("lr_scheduler", choices=SCHEDULES, default=program.schedule)
    reading.limit_samples("max_train_samples")
    accumulation = reading.per_batch("gradient_accumulation_steps", 1)
    total = total_of(reading, program, accumulation)
    warmup = warmup_of(reading, schedule)
    kwargs = {}
    if schedule == "cosine_with_restarts":
        kwargs["num_cycles"] = reading.integer("lr_num_cycles", default=1)
    if schedule == "polynomial":
        kwargs["power"] = reading.number("lr_power", default=1.0)
    if not COUNTS_BATCHES.search(text):
        return schedule_plan(reading, Arguments(lr, schedule, warmup, total, kwargs))
    factor = accumulation / reading.counted_processes()
    if factor != 1:
        reading.oddity(
            f"the program counts its schedule in batches: it is {factor:g} times as long as the run"
        )
    steps = max(round(total.steps * factor), 1)
    stretched = warmup._replace(amount=warmup.amount * factor)
    plan = schedule_plan(
        reading, Arguments(lr, schedule, stretched, total._replace(steps=steps), kwargs)
    )
    return replace(plan, spec={**plan.spec, "steps": total.steps}) if "steps" in plan.spec else plan


def rate_of(reading: Reading, program: Program) -> float:
    """Return the rate, scaled with the samples of a step where the arguments say so."""
    rate = reading.number("learning_rate")
    lr: float = reading.require(
        reading.fill("lr") if rate is None else rate, "--learning_rate", "--lr"
    )
    if reading.flag("scale_lr"):
        samples = (
            reading.per_batch("gradient_accumulation_steps", 1)
            * reading.per_batch("train_batch_size", program.batch_size)
            * reading.counted_processes()
        )
        reading.convert(f"scale_lr: {lr:g} x {samples:,} samples of a step = {lr * samples:g}")
        lr *= samples
    if str(reading.source.get("optimizer", "")).lower() == PRODIGY:
        reading.oddity("prodigy sets its own rate, of which the schedule is a factor", "optimizer")
    elif reading.has("train_text_encoder"):
        encoder = reading.number("text_encoder_lr")
        reading.rate_group("text_encoder", "text_encoder_lr", encoder, lr, scales_floor=True)
    return lr


def total_of(reading: Reading, program: Program, accumulation: int) -> Total:
    """Return the length of the run: its steps, which count first, else its epochs."""
    steps = reading.integer("max_train_steps", default=program.steps)
    if steps:
        for key in ("num_train_epochs", "num_epochs"):
            reading.ignore(key, "max_train_steps counts")
        return reading.total(steps)
    epochs = reading.number("num_train_epochs", "num_epochs", default=program.epochs)
    batch = reading.per_batch("train_batch_size", program.batch_size)
    return reading.total(epochs=epochs, batch_size=batch, grad_accum=accumulation)


def warmup_of(reading: Reading, schedule: str) -> WarmUp:
    """Return the warm-up, which a constant rate has not."""
    if schedule != "constant":
        return WarmUp(reading.integer("lr_warmup_steps", default=500), key="lr_warmup_steps")
    if reading.source.get("lr_warmup_steps"):
        reading.oddity("lr_scheduler constant has no warm-up: it is ignored", "lr_warmup_steps")
    return WarmUp()


FORMAT = Format(
    name="diffusers",
    title="diffusers",
    rank=880,
    version="diffusers 0.40",
    read=read,
    keys=(OWN_KEYS,),
    test=test,
    parse=parse,
)
