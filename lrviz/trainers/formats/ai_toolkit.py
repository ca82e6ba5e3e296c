"""ai-toolkit's jobs (YAML or JSON): torch's schedulers by names of its own.

Names and arguments are those of toolkit/scheduler.py, the run is jobs/process/BaseSDTrainProcess.py
(ai-toolkit of 2026-08-21).
"""

from __future__ import annotations

from typing import Any

from lrviz.trainers.classes import with_numbers
from lrviz.trainers.format import Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.source import Source, number_of

PROCESSES = tuple(f"config.process.{index}" for index in range(8))
TRAIN = tuple(f"{process}.train" for process in PROCESSES)
SCHEDULES = {
    "constant": ("torch.ConstantLR", "total_iters"),
    "cosine": ("torch.CosineAnnealingLR", "T_max"),
    "cosine_with_restarts": ("torch.CosineAnnealingWarmRestarts", "T_0"),
    "linear": ("torch.LinearLR", "total_iters"),
    "step": ("torch.StepLR", ""),
    "constant_with_warmup": ("transformers.constant_with_warmup", ""),
}
"""The schedule of each name, and its parameter that is the steps of the run."""
DEFAULT_WARMUP = 1_000
PART_RATES = ("unet_lr", "text_encoder_lr", "refiner_lr", "embedding_lr", "adapter_lr")
OWN_RATE = ("adafactor", "automagic", "dadapt", "prodigy")


def test(source: Source) -> str | None:
    """Return why a file is a job of ai-toolkit, or None."""
    train = next((key for key in TRAIN if isinstance(source.get(key), dict)), None)
    return f"has job and {train}" if train and source.has("job") else None


def read(reading: Reading) -> Plan:
    """Return the plan of a job."""
    train = next((key for key in TRAIN if reading.source.has(key)), TRAIN[0])
    lr = reading.number(f"{train}.lr", default=1e-6)
    steps = reading.integer(f"{train}.steps", default=1_000)
    name = reading.choice(f"{train}.lr_scheduler", choices=SCHEDULES, default="constant")
    params = reading.mapping(f"{train}.lr_scheduler_params")
    note_others(reading, train, lr)
    reading.raise_faults()
    total = reading.total(steps)
    schedule, length = SCHEDULES[name]
    parameters: dict[str, Any] = {key: with_numbers(value) for key, value in params.items()}
    origins = {key: f"{train}.lr_scheduler_params.{key}" for key in parameters}
    parameters.pop("total_iters", None)
    if length:
        parameters[length] = total.steps
        reading.convert(f"{length} is the steps of the run, {total.steps:,}")
    if name == "constant":
        parameters.setdefault("factor", 1.0)
    elif name == "linear" and "start_factor" not in parameters:
        reading.oddity("linear rises from a third of the rate, as torch's LinearLR does")
    elif name == "constant_with_warmup" and "num_warmup_steps" not in parameters:
        parameters["num_warmup_steps"] = DEFAULT_WARMUP
        reading.decide("default", f"num_warmup_steps: {DEFAULT_WARMUP:,}")
    elif name == "step":
        reading.oddity("ai-toolkit gives StepLR total_iters, which it refuses: such a run stops")
    return reading.plan(schedule, parameters, lr=lr, total=total, origins=origins)


def note_others(reading: Reading, train: str, lr: float) -> None:
    """Note rates of parts, and what looks like a part of the schedule and is none."""
    for name in PART_RATES:
        rate = number_of(reading.source.get(f"{train}.{name}"))
        reading.rate_group(name.removesuffix("_lr"), f"{train}.{name}", rate, lr)
    reading.ignore(f"{train}.noise_scheduler", "it schedules noise, not the rate")
    optimizer = str(reading.source.get(f"{train}.optimizer", "")).lower()
    if optimizer.startswith(OWN_RATE):
        reading.oddity(f"{optimizer} sets its own rate, of which the schedule is a factor")
    every = number_of(reading.source.get(f"{train}.gradient_accumulation_steps")) or 1
    if every > 1:
        text = f"the schedule ticks at every step, the optimizer once in {every:,}"
        reading.oddity(text, f"{train}.gradient_accumulation_steps")


FORMAT = Format(
    name="ai_toolkit",
    title="ai-toolkit",
    rank=210,
    version="ai-toolkit of 2026-08-21",
    read=read,
    keys=(("job",), ("config.process.0.train",)),
    test=test,
)
