"""The arguments of open_clip's training program (open_clip_train of 4.2), in a shell script.

A step of the warm-up is (step + 1) / warmup of the rate; the schedule is that of scheduler.py.
"""

from __future__ import annotations

from math import ceil
from typing import Any

from lrviz.core.text import format_count
from lrviz.trainers.arguments import script_arguments
from lrviz.trainers.document import Document
from lrviz.trainers.format import Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total
from lrviz.trainers.source import Source

PROGRAMS = ("open_clip_train", "training.main", "training/main.py")
SCHEDULES = ("cosine", "const", "const-cooldown")
WARMUP = 10_000
WORKERS = 4


def parse(source: Source) -> Document | None:
    """Return the arguments of a script that runs the program, or None."""
    is_program = any(name in source.text for name in PROGRAMS)
    return script_arguments(source, "lr") if is_program else None


def test(source: Source) -> str | None:
    """Return why a script runs open_clip's program, or None."""
    is_program = any(name in source.text for name in PROGRAMS)
    has_rate = source.document.kind == "arguments" and source.has("lr")
    return "has the argument lr of open_clip_train" if is_program and has_rate else None


def read(reading: Reading) -> Plan:
    """Return the plan of the arguments."""
    lr = reading.require(reading.number("lr"), "--lr")
    schedule = reading.choice("lr_scheduler", choices=SCHEDULES, default=SCHEDULES[0])
    epochs = reading.epochs("epochs", default=32)
    total = total_of(reading, epochs)
    warmup = reading.integer("warmup", default=WARMUP)
    if warmup and not total.is_known:
        reading.needs(f"the warm-up of {warmup:,} steps", "--total-steps", "--world-size")
        warmup = 0
    if reading.flag("skip_scheduler"):
        reading.oddity("skip_scheduler: the rate stays as it is", "skip_scheduler")
        return reading.plan("transformers.constant", lr=lr, total=total)
    name, parameters = decay_of(reading, schedule, lr, warmup, epochs, total)
    return reading.plan(name, parameters, lr=lr, total=total)


def decay_of(
    reading: Reading, schedule: str, lr: float, warmup: int, epochs: float, total: Total
) -> tuple[str, dict[str, Any]]:
    """Return the schedule after its warm-up, in torch's parts, which have the same rates."""
    rest = max(total.steps - warmup, 1)
    parts: list[dict[str, Any]] = [{"schedule": "torch.CosineAnnealingLR", "T_max": rest}]
    milestones: list[int] = []
    if schedule != "cosine":
        parts = [{"schedule": "torch.ConstantLR", "factor": 1.0, "total_iters": 1}]
    if schedule == "const-cooldown":
        cooldown = reading.require(reading.number("epochs_cooldown"), "--epochs-cooldown")
        steps = max(int(total.steps * cooldown / max(epochs, 1)), 1)
        parts.append(cooldown_of(reading, lr, steps))
        milestones.append(total.steps - steps)
    if warmup > 1:
        line = {"start_factor": 1 / warmup, "end_factor": 1.0, "total_iters": warmup - 1}
        parts.insert(0, {"schedule": "torch.LinearLR", **line})
        milestones.insert(0, warmup)
    if len(parts) > 1:
        return "torch.SequentialLR", {"schedulers": parts, "milestones": milestones}
    name = parts[0].pop("schedule")
    return str(name), parts[0]


def cooldown_of(reading: Reading, lr: float, steps: int) -> dict[str, Any]:
    """Return the fall at the end of the run, along a power, to a rate that need not be 0."""
    power = reading.number("lr_cooldown_power", default=1.0)
    end = reading.number("lr_cooldown_end", default=0.0)
    if not end or not lr:
        return {"schedule": "torch.PolynomialLR", "total_iters": steps, "power": power}
    floor = end / lr
    text = f"{floor!r} + {1 - floor!r} * (1 - t / {steps}) ** {power!r}"
    return {"schedule": "torch.LambdaLR", "lr_lambda": text}


def total_of(reading: Reading, epochs: float) -> Total:
    """Return the length of the run: each worker of the loader has as many batches, rounded up."""
    samples = reading.request.integer("dataset_size") or reading.integer("train_num_samples")
    world = reading.processes()
    if not samples or not world or reading.request.total_steps:
        return reading.total(epochs=epochs)
    batch = max(reading.per_batch("batch_size", 64), 1) * world
    workers = max(reading.per_batch("workers", WORKERS), 1)
    batches = ceil(ceil(samples / batch) / workers) * workers
    steps = batches // max(reading.per_batch("accum_freq", 1), 1)
    count = f"{format_count(batches, 'batch')} for {format_count(workers, 'worker')}"
    reading.convert(
        f"{format_count(samples, 'sample')} / {batch:,} = {count}, {format_count(steps, 'step')} "
        "per epoch"
    )
    return reading.total(max(int(steps * epochs), 1))


FORMAT = Format(
    name="open_clip",
    title="open_clip",
    rank=149,
    version="open_clip 4.2",
    read=read,
    keys=(("lr",),),
    test=test,
    parse=parse,
)
