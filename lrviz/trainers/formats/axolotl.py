"""axolotl's YAML: keys of its own over the schedules of transformers and its own."""

from __future__ import annotations

import math
from typing import Any

from lrviz.core.text import format_count, format_value
from lrviz.trainers.format import Format
from lrviz.trainers.huggingface import (
    ALIASES,
    KWARGS,
    Arguments,
    WarmUp,
    add_loraplus,
    kwargs_of,
    note_others,
    schedule_plan,
)
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total
from lrviz.trainers.samples import rounded_up

DEFAULT_SHARE, MAX_DEFAULT = 0.03, 100
"""The warm-up where the file gives none: a share of the run, in at most so many steps."""
SUPERVISED_KEYS = ("lr_quadratic_warmup", "jagged_restart_steps")
OWN_SCHEDULES = ("one_cycle", "rex")
RUN_KEYS = ("lr", "steps", "steps_per_epoch", "by")
"""What a plan's spec has beside its schedule."""
GROUP_KEYS = ("loraplus_lr_ratio", "embedding_lr_scale", "embedding_lr", "lr_groups")


def read(reading: Reading) -> Plan:
    """Return the plan of an axolotl file, as its trainer builder and scheduler mixin read it."""
    lr = reading.require(reading.number("learning_rate"), "learning_rate")
    total = total_of(reading)
    warmup = warmup_of(reading, total)
    names = (*KWARGS, *OWN_SCHEDULES)
    name = reading.choice("lr_scheduler", choices=names, aliases=ALIASES, default="cosine")
    is_axolotl = name in OWN_SCHEDULES
    schedule = "cosine" if is_axolotl else name
    floor = reading.number("cosine_min_lr_ratio")
    constant = reading.number("cosine_constant_lr_ratio")
    supervised = not reading.has("rl")
    squared = supervised and reading.flag("lr_quadratic_warmup", default=False)
    kwargs = kwargs_of(reading, "lr_scheduler_kwargs", schedule) if not is_axolotl else {}
    for key in () if supervised else SUPERVISED_KEYS:
        reading.ignore(key, "a run with rl does not read it")
    note_others(reading)
    add_groups(reading, name, lr)
    plan = None
    if name == "one_cycle":
        plan = one_cycle(reading, lr, warmup.steps(reading, total), total)
    elif name == "rex":
        parameters: dict[str, Any] = run_parameters(reading, warmup, total)
        if floor:
            parameters["min_lr_ratio"] = floor
        plan = reading.plan("axolotl.rex", parameters, lr=lr, total=total)
    elif schedule == "cosine" and squared:
        if floor is not None:
            reading.oddity("lr_quadratic_warmup wins over cosine_min_lr_ratio, which is ignored")
        parameters = run_parameters(reading, warmup, total)
        plan = reading.plan("axolotl.cosine_with_quadratic_warmup", parameters, lr=lr, total=total)
    elif schedule == "cosine" and floor and constant:
        parameters = run_parameters(reading, warmup, total)
        parameters |= {"constant_lr_ratio": constant, "min_lr_ratio": floor}
        plan = reading.plan(
            "axolotl.cosine_with_warmup_decay_constant", parameters, lr=lr, total=total
        )
    elif schedule == "cosine" and floor:
        if constant == 0:
            reading.oddity("cosine_constant_lr_ratio 0 means none", "cosine_constant_lr_ratio")
        arguments = Arguments(lr, "cosine_with_min_lr", warmup, total, {"min_lr_rate": floor})
        plan = schedule_plan(reading, arguments)
    else:
        if schedule != "cosine" and (floor is not None or constant is not None):
            reading.oddity(f"the cosine_* keys do nothing to {schedule}")
        plan = schedule_plan(reading, Arguments(lr, schedule, warmup, total, kwargs))
    return with_restarts(reading, plan, floor, total) if supervised else plan


def total_of(reading: Reading) -> Total:
    """Return the length of the run: max_steps, else axolotl's own count of the epochs."""
    steps = reading.integer("max_steps")
    if steps and steps > 0:
        reading.ignore("num_epochs", "max_steps counts")
        return reading.total(steps)
    epochs = reading.epochs("num_epochs", default=1.0)
    batch = reading.integer("micro_batch_size", default=1)
    accumulation = reading.integer("gradient_accumulation_steps", default=1)
    request = reading.request
    is_packed = reading.source.get("sample_packing") is True
    if not is_packed:
        reading.hold_out("val_set_size", rounded_up)
    samples = request.integer("dataset_size")
    if request.total_steps or request.integer("steps_per_epoch") or not samples or not epochs:
        return reading.total(epochs=epochs, batch_size=batch, grad_accum=accumulation)
    if is_packed:
        reading.oddity("sample_packing: the steps depend on the packed samples", "sample_packing")
    samples = reading.training_samples() or samples
    size = (request.integer("batch_size") or batch) * reading.counted_processes()
    size *= request.integer("grad_accum") or accumulation
    count = math.ceil(samples * epochs / max(size, 1))
    reading.convert(
        f"{format_count(samples, 'sample')} x {format_value(epochs)} epochs / {size:,} per step = "
        f"{format_count(count, 'step')}"
    )
    return reading.total(max(count, 1), batch_size=batch, grad_accum=accumulation)


def warmup_of(reading: Reading, total: Total) -> WarmUp:
    """Return the warm-up of warmup_steps, of warmup_ratio, or the default."""
    steps = reading.number("warmup_steps")
    if steps is not None:
        if steps == 1:
            reading.oddity("axolotl makes a warm-up of 1 step one of 2", "warmup_steps")
            steps = 2
        if steps < 1:  # transformers 5 takes it as a share, and rounds up
            return WarmUp(max(steps, 0))
        return WarmUp(steps)
    ratio = reading.number("warmup_ratio")
    if ratio is not None:
        share = WarmUp(min(max(ratio, 0.0), 1.0 - 2**-53), rounds_up=False, key="warmup_ratio")
        return at_least_two(reading, share, total)
    version = reading.format.version
    reading.decide("default", f"warmup: min(3 % of the run, {MAX_DEFAULT} steps) ({version})")
    if not total.is_known:
        reading.oddity(f"no warm-up in the file: axolotl takes 3 %, at most {MAX_DEFAULT} steps")
        return WarmUp(DEFAULT_SHARE, rounds_up=False, key="warmup")
    if int(DEFAULT_SHARE * total.steps) > MAX_DEFAULT:
        return WarmUp(MAX_DEFAULT)
    return at_least_two(reading, WarmUp(DEFAULT_SHARE, rounds_up=False, key="warmup"), total)


def at_least_two(reading: Reading, share: WarmUp, total: Total) -> WarmUp:
    """Return a share of the run, or 2 steps where it is a single one."""
    if total.is_known and int(share.amount * total.steps) == 1:
        reading.oddity("axolotl makes a warm-up of 1 step one of 2")
        return WarmUp(2)
    return share


def run_parameters(reading: Reading, warmup: WarmUp, total: Total) -> dict[str, Any]:
    """Return the steps of the warm-up and of the run."""
    steps = warmup.steps(reading, total)
    return {"num_warmup_steps": steps, "num_training_steps": total.steps}


def one_cycle(reading: Reading, lr: float, warmup: int, total: Total) -> Plan:
    """Return the plan of torch's one cycle, whose rise is the warm-up."""
    kwargs = dict(reading.mapping("lr_scheduler_kwargs"))
    parameters = {
        "max_lr": lr,
        "total_steps": total.steps,
        "pct_start": warmup / total.steps,
        "anneal_strategy": "cos",
        **kwargs,
    }
    return reading.plan("torch.OneCycleLR", parameters, total=total)


def with_restarts(reading: Reading, plan: Plan, floor: float | None, total: Total) -> Plan:
    """Return a plan, wrapped in the jagged restarts that the file asks for."""
    every = reading.integer("jagged_restart_steps")
    if not every:
        if reading.source.get("relora_steps") is not None:
            reading.oddity("relora_steps is an older axolotl's jagged_restart_steps")
            every = reading.integer("relora_steps")
        if not every:
            return plan
    warmup = reading.checked(steps_of, STEPS_RULE, ("jagged_restart_warmup_steps",), 10, "") or 10
    anneal = reading.checked(steps_of, STEPS_RULE, ("jagged_restart_anneal_steps",), 1, "") or 1
    if not total.is_known:
        reading.needs(f"the restart every {every:,} steps")
        spec = dict(plan.spec)
        return reading.plan(spec.pop("schedule"), spec)
    inner = {k: v for k, v in plan.spec.items() if k not in RUN_KEYS}
    reading.convert("jagged restarts: the whole curve is one step ahead")
    return reading.plan(
        "axolotl.jagged_restarts",
        {
            "inner_schedule": inner,
            "jagged_restart_steps": every,
            "jagged_restart_warmup_steps": warmup,
            "jagged_restart_anneal_steps": anneal,
            "min_lr_scale": floor or 0.001,
        },
        lr=plan.spec.get("lr"),
        total=total,
    )


STEPS_RULE = "must be a number of steps, or false"


def steps_of(value: Any) -> int | None:
    """Return a number of steps; false is none."""
    if value is False:
        return 0
    return value if isinstance(value, int) and value >= 0 else None


def add_groups(reading: Reading, schedule: str, lr: float) -> None:
    """Add the groups of parameters with a rate of their own; LoRA+ has no others.

    With axolotl's own types of schedule all parameters have the same peak.
    """
    if schedule in OWN_SCHEDULES:
        for key in filter(reading.has, GROUP_KEYS):
            reading.oddity(f"{schedule} takes all parameters to the same peak despite {key}", key)
        return
    if reading.has("loraplus_lr_ratio"):
        add_loraplus(reading, lr)
        for key in GROUP_KEYS[1:]:
            reading.ignore(key, "loraplus_lr_ratio counts")
        return
    scale = reading.number("embedding_lr_scale")
    if scale:
        reading.scale_group("embeddings", "embedding_lr_scale", scale, scales_floor=True)
        reading.ignore("embedding_lr", "embedding_lr_scale counts")
    else:
        rate = reading.number("embedding_lr")
        reading.rate_group("embeddings", "embedding_lr", rate or None, lr, scales_floor=True)
    groups = reading.source.get("lr_groups")
    for index, group in enumerate(groups if isinstance(groups, list) else ()):
        name = group.get("name") if isinstance(group, dict) else None
        if isinstance(name, str):
            rate = reading.number(f"lr_groups.{index}.lr")
            reading.rate_group(name, f"lr_groups.{index}.lr", rate, lr, scales_floor=True)


FORMAT = Format(
    name="axolotl",
    title="axolotl",
    rank=20,
    version="axolotl 0.19.0",
    drop_last_keys=("dataloader_drop_last",),
    read=read,
    keys=(
        ("base_model",),
        ("micro_batch_size",),
        ("datasets", "adapter", "sequence_len", "pretraining_dataset", "learning_rate"),
    ),
)
