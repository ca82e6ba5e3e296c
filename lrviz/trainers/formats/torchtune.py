"""torchtune's YAML: a cosine after a warm-up, or no scheduler at all."""

from __future__ import annotations

from dataclasses import replace

from lrviz.trainers.format import Format
from lrviz.trainers.huggingface import Arguments, WarmUp, schedule_plan
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total
from lrviz.trainers.source import Source

COMPONENT = "_component_"
COSINE = "get_cosine_schedule_with_warmup"
SCHEDULES = {
    f"torchtune.training.lr_schedulers.{COSINE}": "cosine",
    f"torchtune.training.{COSINE}": "cosine",
    f"torchtune.modules.{COSINE}": "cosine",
    f"transformers.{COSINE}": "cosine",
    "transformers.get_linear_schedule_with_warmup": "linear",
}
"""Components that take num_warmup_steps and num_training_steps; torchtune's cosine is
transformers', with num_cycles 0.5 (torchtune 0.6.1, training/lr_schedulers.py)."""
DEFAULT_LRS = {"torch.optim.AdamW": 1e-3, "torch.optim.Adam": 1e-3, "torch.optim.SGD": 1e-3}
GRPO = "grpo_samples"
"""A key that only configs of GRPO have."""
PROFILER = ("profiler.warmup_steps", "profiler.num_cycles", "profiler.wait_steps")


def test(source: Source) -> str | None:
    """Return why a file is torchtune's, or None; recipes that do not train have no optimizer."""
    if not source.has("optimizer"):
        return None
    for key in source.data:
        component = source.get(f"{key}.{COMPONENT}")
        if isinstance(component, str) and component.startswith("torchtune."):
            return f"{key} is a component of torchtune"
    return None


def read(reading: Reading) -> Plan:
    """Return the plan of a torchtune config, as its recipes set up the scheduler."""
    optimizer = str(reading.source.get(f"optimizer.{COMPONENT}"))
    lr = reading.number("optimizer.lr", default=DEFAULT_LRS.get(optimizer))
    total = total_of(reading)
    for key in PROFILER:
        reading.ignore(key, "the profiler's")
    if not reading.has("lr_scheduler"):
        version = reading.format.version
        reading.decide("default", f"lr_scheduler: none, so that the rate is constant ({version})")
        lr = reading.require(lr, "optimizer.lr")
        return schedule_plan(reading, Arguments(lr, "constant", WarmUp(), total))
    key = f"lr_scheduler.{COMPONENT}"
    if not reading.has(key):
        reading.fault("lr_scheduler", f"lr_scheduler needs {COMPONENT}")
    component = reading.choice(key, choices=SCHEDULES, default=next(iter(SCHEDULES)))
    warmup = reading.integer("lr_scheduler.num_warmup_steps", default=0)
    reading.decide("oddity", "torchtune logs the rate of the next step")
    schedule = SCHEDULES[component]
    kwargs = {}
    if schedule == "cosine":
        kwargs["num_cycles"] = reading.number("lr_scheduler.num_cycles", default=0.5)
    lr = reading.require(lr, "optimizer.lr")
    run = grpo_run(reading, total)
    plan = schedule_plan(reading, Arguments(lr, schedule, WarmUp(warmup), total, kwargs))
    return replace(plan, spec={**plan.spec, "steps": run.steps}) if "steps" in plan.spec else plan


def total_of(reading: Reading) -> Total:
    """Return the length of the run: epochs, each of at most max_steps_per_epoch."""
    if reading.has("num_steps") and reading.has("ppo_epochs") and not reading.has(GRPO):
        return ppo_total(reading)
    epochs = reading.integer("epochs", default=1)
    batch = reading.integer("batch_size")
    accumulation = reading.integer("gradient_accumulation_steps", default=1)
    most = reading.integer("max_steps_per_epoch")
    if not most or most < 1:
        return reading.total(
            epochs=epochs, batch_size=batch, grad_accum=accumulation, floor_per_epoch=True
        )
    steps = reading.epoch_steps(batch, accumulation, floor=True)
    if steps is None:
        reading.decide("oddity", "max_steps_per_epoch: a smaller data set makes fewer steps")
    reading.steps_per_epoch = per_epoch = min(most, steps or most)
    count = epochs * per_epoch
    reading.convert(f"epochs x max_steps_per_epoch: {epochs:,} x {per_epoch:,} = {count:,} steps")
    return reading.total(max(count, 1))


def grpo_run(reading: Reading, total: Total) -> Total:
    """Return the steps of a GRPO run, whose schedule is as long as its epochs of the data."""
    turns = reading.integer("num_steps") if reading.has(GRPO) else None
    if not turns or turns < 1:
        return total
    if total.is_known:
        turns = min(turns, total.steps)
    each = reading.integer("ppo_epochs", default=1)
    steps = max(turns * each, 1)
    reading.oddity(
        f"the run takes {turns:,} x ppo_epochs {each:,} = {steps:,} steps of its schedule"
    )
    return reading.bounded(steps) if total.is_known else total


def ppo_total(reading: Reading) -> Total:
    """Return the length of a PPO run, which counts the samples that it generates."""
    samples = reading.integer("num_steps")
    batch = reading.integer("batch_size", default=1)
    epochs = reading.integer("ppo_epochs")
    smaller = reading.integer("ppo_batch_size", default=batch)
    if not (samples and batch and epochs and smaller):
        return reading.total()
    count = samples // batch * epochs * (batch // smaller)
    reading.convert(
        f"{samples:,} samples / {batch:,} x {epochs:,} epochs x {batch // smaller:,} = "
        f"{count:,} steps"
    )
    return reading.total(max(count, 1))


FORMAT = Format(
    name="torchtune",
    title="torchtune",
    rank=10,
    version="torchtune 0.6.1",
    drop_last=True,
    read=read,
    keys=((f"optimizer.{COMPONENT}",), (f"model.{COMPONENT}",), ("epochs",)),
    test=test,
)
