"""OLMo's YAML, and the config.json that OLMo-core writes."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_value
from lrviz.trainers.format import Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading, Total
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
}
"""The classes of OLMo-core, each with its schedule; sequential and composable ones are not read."""
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
}
"""The names under which OLMo-core registers its classes, where they are not the class's."""
CORE_BLOCKS = ("train_module.scheduler", "trainer.callbacks.lr_scheduler.scheduler")
CORE_LRS = ("train_module.optim.lr", "optim.lr", "train_module.optim_config.lr")
CORE_TOKENS = ("data_loader.global_batch_size", "train_module.global_batch_size")
UNITS = ("steps", "tokens")
CORE_DEFAULTS = {"warmup_min_lr": 0.0, "alpha_f": 0.1}
"""Defaults of OLMo-core that are not those of OLMo."""


@dataclass(frozen=True)
class Clock:
    """The run, and how many of a scheduler's units, steps or tokens, are in a step and in it."""

    total: Total
    per_step: int
    units: float

    def steps(self, amount: float) -> float:
        """Return an amount of the scheduler's units in steps, which need not be whole."""
        steps = int(amount) / self.per_step
        return int(steps) if steps == int(steps) else steps

    def share(self, fraction: float) -> float:
        """Return a share of the run in steps, rounded to the scheduler's units."""
        return self.steps(round(self.units * fraction))


def test(source: Source) -> str | None:
    """Return why a file is OLMo's or OLMo-core's, or None."""
    if source.has("optimizer.learning_rate"):
        if source.get("scheduler.name") in SCHEDULES or source.has("scheduler.t_warmup"):
            return "has scheduler and optimizer.learning_rate"
        return None
    block = core_block(source)
    if block and any(source.has(key) for key in CORE_LRS):
        return f"has {block} and a rate of its optimizer"
    return None


def core_block(source: Source) -> str | None:
    """Return the key of the scheduler in a file of OLMo-core, or None."""
    return next((key for key in CORE_BLOCKS if isinstance(source.get(key), dict)), None)


def read(reading: Reading) -> Plan:
    """Return the plan of either file."""
    block = core_block(reading.source)
    return read_core(reading, block) if block else read_olmo(reading)


def read_olmo(reading: Reading) -> Plan:
    """Return the plan of an OLMo file, as `build_scheduler` and the trainer read it."""
    lr = reading.number("optimizer.learning_rate", default=1e-4)
    name = reading.choice("scheduler.name", choices=SCHEDULES, default=SCHEDULES[0])
    batch = reading.whole("global_train_batch_size", default=512)
    length = reading.whole("model.max_sequence_length", default=1024)
    units = reading.choice("scheduler.units", choices=UNITS, default=UNITS[0])
    tokens = max(batch * length, 1)
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


def clock_of(total: Total, tokens: int, units: str, exact: float | None) -> Clock:
    """Return the clock of a scheduler that counts steps or tokens.

    `exact` are the tokens of the run where the file gives them: their last step is not full.
    """
    if units == "steps":
        return Clock(total, 1, total.steps)
    run = total.steps * tokens
    partial = exact is not None and 0 < run - exact < tokens
    return Clock(total, tokens, exact if partial and exact is not None else run)


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
    at = reading.whole("stop_at", "stop_after")
    if at and total.known and at < total.steps:
        reading.oddity(f"the run stops at step {at:,}, and its schedule goes on to {total.steps:,}")
    return total


def read_core(reading: Reading, block: str) -> Plan:
    """Return the plan of an OLMo-core file, as the classes of its schedulers read it."""
    lr = reading.require(reading.number(*CORE_LRS), *CORE_LRS)
    cls_name = core_class(reading, block)
    tokens = reading.whole(*CORE_TOKENS)
    total = core_total(reading, tokens)
    units = reading.choice(f"{block}.units", choices=UNITS, default=UNITS[0])
    if units == "tokens" and not tokens:
        tokens = reading.require(None, CORE_TOKENS[0])
    in_tokens = reading.source.get("trainer.max_duration.unit") == "tokens"
    exact = (
        finite(number_of(reading.source.get("trainer.max_duration.value"))) if in_tokens else None
    )
    clock = clock_of(total, max(tokens or 1, 1), units, exact)
    name = CORE_SCHEDULES[cls_name]
    if name == "constant":
        return reading.plan("transformers.constant", lr=lr, total=total)
    cls = schedule_class(name)
    fields = cls.model_fields
    horizon = finite(reading.number(f"{block}.t_max")) if "t_max" in fields else None
    parameters: dict[str, Any] = {}
    if "t_max" in fields:
        parameters["t_max"] = clock.steps(clock.units if horizon is None else horizon)
    if "t_warmup" in fields:
        parameters["t_warmup"] = part_of(reading, block, "warmup", None, clock, horizon, cls)
    if name == "wsds":
        parameters |= periods_of(reading, block, clock)
    elif "t_decay" in fields:
        parameters["t_decay"] = part_of(reading, block, "decay", 0.1, clock, horizon, cls)
    for key in ("warmup_min_lr", "alpha_f", "decay_min_lr", "b", "lr_min"):
        if key in fields:
            default = CORE_DEFAULTS.get(key, fields[key].default)
            parameters[key] = reading.number(f"{block}.{key}", default=default)
    return finished(reading, cls, parameters, lr, clock, horizon)


def core_class(reading: Reading, block: str) -> str:
    """Return the class of the scheduler, a cosine where the file names none."""
    for key in ("_CLASS_", "type", "name"):
        value = reading.source.get(f"{block}.{key}")
        if isinstance(value, str):
            name = value.rpartition(".")[2]
            if name in CORE_SCHEDULES or name in CORE_NAMES or key == "_CLASS_":
                reading.decide("key", f"{block}.{key}: {format_value(value)}", f"{block}.{key}")
                known = CORE_NAMES.get(name, name)
                if known not in CORE_SCHEDULES:
                    names = ", ".join(CORE_SCHEDULES)
                    message = f"{block}.{key} must be one of {names} (got {format_value(name)})"
                    reading.fault(f"{block}.{key}", message)
                    reading.raise_faults()
                return known
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
    return clock.share(share) if clock.total.known else share * clock.total.steps


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
    else:
        reading.fault(block, f"{block} needs decay or decay_fraction")
    return parameters


def time_of(
    reading: Reading,
    name: str,
    amount: float,
    clock: Clock,
    horizon: float | None,
    cls: type[Schedule],
) -> float:
    """Return a time in steps; without the run's length it is not drawn where that matters."""
    if amount and not clock.total.known and horizon is None and "t_max" in cls.model_fields:
        unit = "tokens" if clock.per_step > 1 else "steps"
        reading.needs(f"{name} of {format_value(amount)} {unit}")
        return 0
    steps = clock.steps(amount)
    if clock.per_step > 1 and amount:
        rate = f"{clock.per_step:,} tokens per step"
        reading.convert(f"{name}: {format_value(amount)} / {rate} = {format_value(steps)} steps")
    return steps


def finished(
    reading: Reading,
    cls: type[Schedule],
    parameters: dict[str, Any],
    lr: float,
    clock: Clock,
    horizon: float | None,
) -> Plan:
    """Return the plan; a schedule with a length of its own is drawn without that of the run."""
    if not clock.total.known and (horizon is not None or "t_max" not in cls.model_fields):
        reading.open_ended()
        if horizon is not None:
            reading.oddity("the run may end before its schedule: the file leaves its length open")
        return reading.plan(cls.title(), parameters, lr=lr)
    return reading.plan(cls.title(), parameters, lr=lr, total=clock.total)


def schedule_class(name: str) -> type[Schedule]:
    """Return the class of a schedule of the dialect."""
    cls = register.find(f"olmo.{name}")
    assert cls is not None
    return cls


def finite(number: Any) -> Any:
    """Return a finite number of at least 0, or None."""
    return number if number is not None and 0 <= number < 1e18 else None


FORMAT = Format(
    name="olmo",
    title="OLMo",
    rank=61,
    version="OLMo 0.6.0, OLMo-core 3.0.0",
    read=read,
    keys=(("scheduler.t_warmup", "scheduler.name"), ("optimizer.learning_rate",)),
    test=test,
)
