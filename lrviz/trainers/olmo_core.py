"""The config.json that OLMo-core writes: a scheduler of its classes, and the trainer's length."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from lrviz.core.schedule import Schedule
from lrviz.core.text import format_value
from lrviz.trainers.classes import with_numbers
from lrviz.trainers.olmo_clock import (
    UNITS,
    Clock,
    clock_of,
    finished,
    finite,
    schedule_class,
    time_of,
)
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import MAX_TOKENS, Total
from lrviz.trainers.source import Source, number_of

CORE_SCHEDULES = {
    "CosWithWarmup": "cosine_with_warmup",
    "LinearWithWarmup": "linear_with_warmup",
    "InvSqrtWithWarmup": "inverse_sqrt_with_warmup",
    "HalfCosWithWarmup": "half_cos_with_warmup",
    "CosWithWarmupAndLinearDecay": "cos_with_warmup_and_linear_decay",
    "ConstantScheduler": "constant",
    "ConstantWithWarmup": "constant_with_warmup",
    "WSD": "wsd",
    "WSDS": "wsds",
    "PowerLR": "power_lr",
    "ExponentialScheduler": "exponential",
    "ComposableScheduler": "composable",
    "SequentialScheduler": "sequential",
}
"""The classes of OLMo-core, each with its schedule."""
CORE_NAMES = {
    "cos_with_warmup": "CosWithWarmup",
    "linear_with_warmup": "LinearWithWarmup",
    "inv_sqrt_with_warmup": "InvSqrtWithWarmup",
    "half_cos_with_warmup": "HalfCosWithWarmup",
    "cos_with_warmup_and_linear_decay": "CosWithWarmupAndLinearDecay",
    "constant": "ConstantScheduler",
    "constant_with_warmup": "ConstantWithWarmup",
    "power_lr": "PowerLR",
    "exponential": "ExponentialScheduler",
    "wsd": "WSD",
    "wsds": "WSDS",
    "composable": "ComposableScheduler",
    "sequential": "SequentialScheduler",
}
"""The names under which OLMo-core registers its classes."""
CORE_BLOCKS = ("train_module.scheduler", "trainer.callbacks.lr_scheduler.scheduler")
CORE_LRS = ("train_module.optim.lr", "optim.lr", "train_module.optim_config.lr")
CORE_TOKENS = ("data_loader.global_batch_size", "train_module.global_batch_size")
CORE_DEFAULTS = {"warmup_min_lr": 0.0, "alpha_f": 0.1}
"""Defaults of OLMo-core that are not those of OLMo."""
ENDS = ("shape", "start_lr", "start_lr_fraction", "end_lr", "end_lr_fraction")


def core_block(source: Source) -> str | None:
    """Return the key of the scheduler in a file of OLMo-core, or None."""
    return next((key for key in CORE_BLOCKS if isinstance(source.get(key), dict)), None)


def read_core(reading: Reading, block: str) -> Plan:
    """Return the plan of an OLMo-core file, as the classes of its schedulers read it."""
    lr = reading.require(reading.number(*CORE_LRS), *CORE_LRS)
    cls_name = core_class(reading, block)
    tokens = reading.integer(*CORE_TOKENS)
    reading.tokens_per_step = tokens if tokens and 0 < tokens <= MAX_TOKENS else None
    total = core_total(reading, tokens)
    units = reading.choice(f"{block}.units", choices=UNITS, default=UNITS[0])
    if units == "tokens" and not tokens:
        tokens = reading.require(None, CORE_TOKENS[0])
    in_tokens = reading.source.get("trainer.max_duration.unit") == "tokens"
    exact = (
        finite(number_of(reading.source.get("trainer.max_duration.value"))) if in_tokens else None
    )
    clock = clock_of(total, max(tokens or 1, 1), units, exact)
    if cls_name in COMPOSED:
        return composed_plan(reading, block, cls_name, lr, clock)
    if cls_name == "ConstantScheduler":
        return reading.plan("transformers.constant", lr=lr, total=total)
    cls, parameters, horizon = schedule_of(reading, block, cls_name, clock)
    return finished(reading, cls, parameters, lr, clock, horizon)


def schedule_of(
    reading: Reading, block: str, cls_name: str, clock: Clock
) -> tuple[type[Schedule], dict[str, Any], float | None]:
    """Return a schedule, its parameters, and its own length, if it has one."""
    name = CORE_SCHEDULES[cls_name]
    if name == "constant":
        return schedule_class("constant_with_warmup"), {"t_warmup": 0}, None
    cls = schedule_class(name)
    fields = cls.model_fields
    horizon = finite(reading.number(f"{block}.t_max")) if "t_max" in fields else None
    parameters: dict[str, Any] = {}
    if "t_max" in fields:
        parameters["t_max"] = clock.steps(clock.units if horizon is None else horizon)
    if "t_warmup" in fields:
        # A share is one of the schedule's own length, of WSDS' first period.
        whole = finite(number_of(first_period(reading, block))) if name == "wsds" else horizon
        parameters["t_warmup"] = part_of(reading, block, "warmup", None, clock, whole, cls)
    if name == "wsds":
        parameters |= periods_of(reading, block, clock)
    elif "t_decay" in fields:
        parameters["t_decay"] = part_of(reading, block, "decay", 0.1, clock, horizon, cls)
    for key in ("warmup_min_lr", "alpha_f", "decay_min_lr", "b", "lr_min"):
        if key in fields:
            default = CORE_DEFAULTS.get(key, fields[key].default)
            parameters[key] = reading.number(f"{block}.{key}", default=default)
    return cls, parameters, horizon


def core_class(reading: Reading, block: str) -> str:
    """Return the class of the scheduler, a cosine where the file names none."""
    for key in (f"{block}.{name}" for name in ("_CLASS_", "type", "name")):
        value = reading.source.get(key)
        if isinstance(value, str):
            reading.decide("key", f"{key}: {format_value(value)}", key)
            name = value.rpartition(".")[2]
            core_name = CORE_NAMES.get(name, name)
            if core_name not in CORE_SCHEDULES:
                names = ", ".join(CORE_SCHEDULES)
                reading.fault(key, f"{key} must be one of {names} (got {format_value(name)})")
                reading.raise_faults()
            return core_name
    reading.oddity("the scheduler has no class: read as OLMo-core's cosine with a warm-up")
    return "CosWithWarmup"


def core_total(reading: Reading, tokens: int | None) -> Total:
    """Return the length of the run that trainer.max_duration gives: a value and its unit."""
    value = finite(reading.number("trainer.max_duration.value", default=1)) or 1
    unit = reading.choice("trainer.max_duration.unit", choices=("epochs", *UNITS), default="epochs")
    if unit == "steps":
        return reading.total(int(value))
    if unit == "tokens" and tokens:
        count = ceil(int(value) / tokens)
        reading.convert(f"{value:,} tokens / {tokens:,} per step = {count:,} steps")
        return reading.total(count)
    return reading.total(epochs=value if unit == "epochs" else None)


def part_of(
    reading: Reading,
    block: str,
    name: str,
    default: float | None,
    clock: Clock,
    horizon: float | None,
    cls: type[Schedule],
) -> float:
    """Return the steps of the warm-up or the decay, given as an amount or as a share of the run."""
    amount = finite(reading.number(f"{block}.{name}", f"{block}.{name}_steps"))
    if amount is not None:
        return time_of(reading, f"t_{name}", amount, clock, horizon, cls)
    share = finite(reading.number(f"{block}.{name}_fraction", default=default))
    if share is None:
        reading.fault(block, f"{block} needs {name} or {name}_fraction")
        return 0
    if horizon is not None and cls.name != "cos_with_warmup_and_linear_decay":
        return clock.steps(round(horizon * share))
    return clock.share(share) if clock.total.is_known else share * clock.total.steps


def first_period(reading: Reading, block: str) -> Any:
    """Return the length of the first period, as the file has it."""
    return reading.source.get(f"{block}.period_lengths.0")


def periods_of(reading: Reading, block: str, clock: Clock) -> dict[str, Any]:
    """Return the periods of a schedule that decays in each."""
    lengths = reading.numbers(f"{block}.period_lengths") or []
    parameters: dict[str, Any] = {"period_lengths": [clock.steps(finite(x) or 0) for x in lengths]}
    multipliers = reading.numbers(f"{block}.period_lr_multipliers")
    if multipliers:
        parameters["period_lr_multipliers"] = multipliers
    decay = finite(reading.number(f"{block}.decay"))
    share = finite(reading.number(f"{block}.decay_fraction"))
    if decay is not None:
        parameters["t_decay"] = clock.steps(decay)
    elif share is not None:
        parameters["decay_fraction"] = share
        if clock.per_step > 1:
            parameters["tokens_per_step"] = clock.per_step
    else:
        reading.fault(block, f"{block} needs decay or decay_fraction")
    return parameters


def composed_plan(reading: Reading, block: str, cls_name: str, lr: float, clock: Clock) -> Plan:
    """Return the plan of a schedule that is made of others."""
    parameters = COMPOSED[cls_name](reading, block, clock)
    key = f"{block}.override_decay"
    if decay := reading.mapping(key):
        start = whole_steps(reading, f"{key}.start", clock)
        parameters["override_decay"] = {"start": start, **change_of(reading, key, decay, clock)}
    reading.raise_faults()
    schedule = f"olmo.{CORE_SCHEDULES[cls_name]}"
    if clock.total.is_known:
        return reading.plan(schedule, parameters, lr=lr, total=clock.total)
    reading.open_ended()
    return reading.plan(schedule, parameters, lr=lr)


def stages_of(reading: Reading, block: str, clock: Clock) -> dict[str, Any]:
    """Return the stages of a composable schedule."""
    keys = items_of(reading, f"{block}.stages")
    return {"stages": [change_of(reading, key, reading.mapping(key), clock) for key in keys]}


def change_of(
    reading: Reading, key: str, change: Mapping[str, Any], clock: Clock
) -> dict[str, Any]:
    """Return a stage, or the decay that replaces the rest, its duration in steps."""
    duration = finite(number_of(change.get("duration")))
    if not duration:
        reading.fault(f"{key}.duration", f"{key}.duration must be a number above 0")
    values = {name: with_numbers(change[name]) for name in ENDS if change.get(name) is not None}
    return {"duration": clock.steps(duration or 1), **values}


def sequence_of(reading: Reading, block: str, clock: Clock) -> dict[str, Any]:
    """Return the schedules of a sequence, each over the length that it has there."""
    keys = items_of(reading, f"{block}.schedulers")
    lengths_key = f"{block}.schedulers_max"
    if not reading.has(lengths_key):
        lengths_key = f"{block}.schedulers_max_steps"
    lengths = (reading.numbers(lengths_key) or [])[: max(len(keys) - 1, 0)]
    if len(lengths) + 1 != len(keys):
        message = f"{lengths_key} must have a length for each scheduler but the last"
        reading.fault(lengths_key, message)
        reading.raise_faults()
    if not clock.total.is_known:
        reading.require(None, "trainer.max_duration in steps or tokens", "--total-steps")
    steps = [whole_steps(reading, f"{lengths_key}.{index}", clock) for index in range(len(lengths))]
    children, rest = [], clock.units
    for key, length in zip(keys, [*lengths, rest], strict=True):
        units = max(min(rest, length), 0)
        own = Clock(Total(ceil(units / clock.per_step)), clock.per_step, units)
        cls, parameters, _ = schedule_of(reading, key, core_class(reading, key), own)
        children.append({"schedule": cls.title(), **parameters})
        rest -= length
    return {"schedulers": children, "schedulers_max": steps}


def items_of(reading: Reading, key: str) -> list[str]:
    """Return the dotted keys of a list's items; a list that is none or empty is a fault."""
    items = reading.value(key)
    if not isinstance(items, list) or not items:
        reading.fault(key, f"{key} must be a list")
        reading.raise_faults()
    return [f"{key}.{index}" for index in range(len(items))]


def whole_steps(reading: Reading, key: str, clock: Clock) -> int:
    """Return an amount in steps, which must be whole: a schedule begins with a step."""
    steps = clock.steps(reading.require(finite(reading.number(key)), key))
    if steps != int(steps):
        reading.fault(key, f"{key} must be a multiple of {clock.per_step:,} tokens")
    return int(steps)


COMPOSED: dict[str, Callable[[Reading, str, Clock], dict[str, Any]]] = {
    "ComposableScheduler": stages_of,
    "SequentialScheduler": sequence_of,
}
