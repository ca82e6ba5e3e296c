"""Composer's YAML, as llm-foundry, ModernBERT and mosaicml/examples write it: times with units."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import ceil
from typing import Any, NamedTuple

from lrviz.core.integers import int_if_whole
from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_value
from lrviz.trainers.format import Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total
from lrviz.trainers.source import Source, number_of

PREFIXES = ("", "parameters.")
"""Where the blocks may be: at the top, or below what a launcher passes on."""
REFUSING = ("cosine_with_warmup", "linear_decay_with_warmup", "polynomial_with_warmup")
"""Schedules that Composer refuses to end before the run."""
SCHEDULES = (
    *REFUSING,
    "constant_with_warmup",
    "inv_sqrt_with_warmup",
    "multistep_with_warmup",
    "warmup_stable_decay",
    "one_minus_sqrt",
)
DEFAULT_TIMES = {"t_max": "1dur", "t_decay": "0.1dur"}
REQUIRED_TIMES = ("t_warmup", "t_scale", "t_cooldown")
TIMES = (*DEFAULT_TIMES, *REQUIRED_TIMES)
LARGEST = 1e18
TIME = re.compile(r"\s*([-+.\de_]+?)\s*(ba|ep|tok|sp|dur)\s*", re.IGNORECASE)


class Time(NamedTuple):
    """A time string: a number and its unit, which is ba, ep, sp, tok or dur."""

    amount: float
    unit: str

    def __str__(self) -> str:
        return f"{format_value(self.amount)}{self.unit}"


class Clock(NamedTuple):
    """The length of the run, and how many of a unit are in how many optimizer steps.

    `length` is max_duration; `rates` has the units whose rate is known; `ratio` is that by which
    the run and its schedule are stretched, all but the warm-up.
    """

    length: Time | None
    total: Total
    rates: Mapping[str, tuple[float, int]]
    ratio: float = 1.0

    def stretch(self, time: Time) -> Time:
        """Return a time of the schedule stretched by the ratio; a share of the run already is."""
        if time.unit == "dur" or self.ratio == 1:
            return time
        amount = time.amount * self.ratio
        return Time(amount if time.unit == "ep" else int(amount), time.unit)

    def steps(self, time: Time) -> float | None:
        """Return the steps of a time, which need not be whole; None where they are not known."""
        length, run = self.length, self.total.steps
        if time.unit == "dur":
            if not self.total.is_known:
                return int_if_whole(time.amount * run)
            if length is None or length.unit == "ep":
                return int(time.amount * run)
            return self.steps(Time(int(time.amount * length.amount), length.unit))
        if not self.total.is_known:
            same = length is not None and length.unit == time.unit
            return int_if_whole(time.amount / length.amount * run) if same and length else None
        if time.unit not in self.rates:
            return None
        units, steps = self.rates[time.unit]
        return int_if_whole(time.amount * steps / units)

    def unit(self, time: Time) -> str:
        """Return the unit in which Composer compares a time: epochs become batches."""
        unit = self.length.unit if self.length and time.unit == "dur" else time.unit
        return "ba" if unit == "ep" else unit


def test(source: Source) -> str | None:
    """Return why a file is Composer's, or None."""
    for prefix in PREFIXES:
        key = scheduler_key(source, prefix)
        if key and not source.has(f"{prefix}optimizer.learning_rate"):
            return f"has {key} with times as Composer writes them"
    return None


def scheduler_key(source: Source, prefix: str) -> str | None:
    """Return the key of the scheduler's arguments below a prefix, or None."""
    several = source.get(f"{prefix}schedulers")
    for name in several if isinstance(several, dict) else ():
        if name in SCHEDULES:
            return f"{prefix}schedulers.{name}"
    key = f"{prefix}scheduler"
    times = [source.get(f"{key}.{name}") for name in TIMES]
    units = any(isinstance(time, str) and TIME.fullmatch(time) for time in times)
    has_name = source.get(f"{key}.name") in SCHEDULES and source.has(f"{prefix}optimizer.lr")
    return key if units or has_name else None


def read(reading: Reading) -> Plan:
    """Return the plan of a Composer file, as its trainer makes the scheduler."""
    source = reading.source
    prefix = next((item for item in PREFIXES if scheduler_key(source, item)), "")
    key = scheduler_key(source, prefix) or f"{prefix}scheduler"
    lr = optimizer_lr(reading, prefix)
    cls = schedule_class(reading, key)
    clock = clock_of(reading, prefix)
    parameters = parameters_of(reading, cls, key, clock)
    if cls.name in REFUSING and parameters.get("t_max", 0) <= clock.total.steps - 1:
        reading.fault(f"{key}.t_max", "t_max must be at least max_duration: Composer refuses it")
    origins = {name: f"{key}.{name}" for name in parameters}
    return reading.plan(cls.title(), parameters, lr=lr, total=clock.total, origins=origins)


def optimizer_lr(reading: Reading, prefix: str) -> float:
    """Return the optimizer's rate. Raises SpecError where neither file nor --lr has one."""
    keys = [f"{prefix}optimizer.lr"]
    several = reading.source.get(f"{prefix}optimizers")
    if isinstance(several, dict):
        keys += [f"{prefix}optimizers.{name}.lr" for name in several]
    lr = reading.number(*keys)
    if lr is None:
        lr = reading.fill("lr")
    rate: float = reading.require(lr, "optimizer.lr", "--lr")
    return rate


def schedule_class(reading: Reading, key: str) -> type[Schedule]:
    """Return the class of the scheduler's name, a cosine where it has none."""
    name = key.rpartition(".")[2]
    if name not in SCHEDULES:
        if not reading.has(f"{key}.name"):
            reading.oddity("the scheduler has no name: a cosine, as in mosaicml/examples")
        name = reading.choice(f"{key}.name", choices=SCHEDULES, default=SCHEDULES[0])
    elif len(reading.mapping(key.rpartition(".")[0])) > 1:
        reading.oddity("several schedulers multiply; only the first is drawn", key)
    cls = register.find(f"composer.{name}")
    assert cls is not None
    return cls


def clock_of(reading: Reading, prefix: str) -> Clock:
    """Return the length of the run and the rates of its units."""
    batch = reading.integer(f"{prefix}global_train_batch_size")
    rates: dict[str, tuple[float, int]] = {"ba": (1, 1)}
    if batch:
        rates["sp"] = (batch, 1)
    ratio = schedule_ratio(reading, prefix)
    length = run_length(reading, prefix, ratio)
    length_keys = (f"{prefix}max_seq_len", f"{prefix}train_loader.dataset.max_seq_len")
    reading.step_tokens(next(filter(None, reading.sizes(*length_keys)), None), batch)
    if batch and "tok" in units_of(reading, prefix):
        tokens = reading.integer(*length_keys)
        if tokens:
            rates["tok"] = (batch * tokens, 1)
            reading.decide("oddity", "a batch is taken to be full of tokens, without padding")
    if length is None or length.unit == "ep":
        world = reading.processes() or 1
        each = max(batch // world, 1) if batch else None
        total = reading.total(epochs=length.amount if length else None, batch_size=each)
        if length and total.is_known:
            rates["ep"] = (length.amount, total.steps)
        return Clock(length, total, rates, ratio)
    if length.unit not in rates:
        total = reading.total()
        if total.is_known:
            rates[length.unit] = (length.amount, total.steps)
        return Clock(length, total, rates, ratio)
    each = rates[length.unit][0]
    count = ceil(length.amount / each)
    if length.unit != "ba":
        reading.convert(f"max_duration: {length} / {each:,} per step = {count:,} steps")
    total = reading.total(count)
    # With --total-steps, a share of the run is one of that many steps.
    run = length if total.steps == count else Time(total.steps * each, length.unit)
    return Clock(run, total, rates, ratio)


def schedule_ratio(reading: Reading, prefix: str) -> float:
    """Return scale_schedule_ratio, 1 where the file has none that can stretch a run."""
    ratio = reading.number(f"{prefix}scale_schedule_ratio")
    return float(ratio) if ratio is not None and 0 < ratio < LARGEST else 1.0


def run_length(reading: Reading, prefix: str, ratio: float) -> Time | None:
    """Return max_duration, stretched by a ratio; a plain number counts epochs."""
    length = read_time(reading, f"{prefix}max_duration", "ep")
    if length and not length.amount:
        reading.fault(f"{prefix}max_duration", "max_duration must be above 0")
        return None
    if length is None or ratio == 1:
        return length
    stretched = Time(int(length.amount * ratio), length.unit)
    reading.convert(f"max_duration: {length} x {format_value(ratio)} = {stretched}")
    return stretched


def units_of(reading: Reading, prefix: str) -> set[str]:
    """Return the units that the times of the file have."""
    key = scheduler_key(reading.source, prefix) or ""
    values = [reading.source.get(f"{key}.{name}") for name in TIMES]
    matches = [
        TIME.fullmatch(str(v)) for v in (*values, reading.source.get(f"{prefix}max_duration"))
    ]
    return {match[2].lower() for match in matches if match}


def read_time(reading: Reading, key: str, plain_unit: str = "") -> Time | None:
    """Return the time of a key, None where there is none; a fault where it is no time."""
    value = reading.value(key, default=DEFAULT_TIMES.get(key.rpartition(".")[2]))
    return None if value is None else as_time(reading, key, value, plain_unit)


def as_time(reading: Reading, key: str, value: Any, plain_unit: str = "") -> Time | None:
    """Return the time that a value is; a fault where it is none."""
    match = TIME.fullmatch(value) if isinstance(value, str) else None
    number = number_of(match[1] if match else value)
    unit = match[2].lower() if match else plain_unit
    if number is None or not unit or not 0 <= number < LARGEST:
        message = f"{key} must be a time as 100ba, 1ep, 2e9tok or 0.1dur"
        reading.fault(key, f"{message} (got {format_value(value)})")
        return None
    return Time(number if unit == "dur" else int(number), unit)


def parameters_of(reading: Reading, cls: type[Schedule], key: str, clock: Clock) -> dict[str, Any]:
    """Return the schedule's parameters, times in steps."""
    parameters: dict[str, Any] = {}
    for name, field in cls.model_fields.items():
        place = f"{key}.{name}"
        if name in TIMES:
            parameters[name] = time_in_steps(reading, place, clock)
        elif name == "milestones":
            values = reading.value(place, default=[])
            values = values if isinstance(values, list) else [values]
            times = [as_time(reading, place, value) for value in values]
            steps = [clock.steps(clock.stretch(time)) for time in times if time]
            parameters[name] = [step for step in steps if step is not None]
        else:
            parameters[name] = reading.number(place, default=field.default)
    block = reading.source.get(key)
    for name in block if isinstance(block, dict) else ():
        if name not in cls.model_fields and name != "name":
            reading.ignore(f"{key}.{name}", f"{cls.name} draws nothing from it")
    return {name: value for name, value in parameters.items() if value is not None}


def time_in_steps(reading: Reading, key: str, clock: Clock) -> float | None:
    """Return a time of the scheduler in steps, 0 where a number is needed to know them."""
    name = key.rpartition(".")[2]
    time = read_time(reading, key)
    if time is None:
        if not reading.has(key):
            reading.fault(key, f"the scheduler needs {name}")
        return None
    if name != "t_warmup":
        time = clock.stretch(time)
    if clock.length and time.amount and clock.unit(time) != clock.unit(clock.length):
        message = f"{name} must have the unit of max_duration, {clock.length.unit}"
        reading.fault(key, f"{message}: Composer refuses others (got {time})")
        return 0
    steps = clock.steps(time)
    if steps is None:
        if time.amount:
            reading.needs(f"{name} of {time}")
        return clock.total.steps if name == "t_max" else 0
    if clock.total.is_known and time.unit != "ba" and time.amount:
        reading.convert(f"{name}: {time} = {format_value(steps)} steps")
    return steps


FORMAT = Format(
    name="composer",
    title="Composer",
    rank=60,
    version="Composer 0.32.1, llm-foundry 0.22.0",
    read=read,
    drop_last_keys=("train_loader.drop_last", "variables.train_loader.drop_last"),
    keys=(("scheduler.t_warmup", "scheduler.alpha_f"), ("max_duration",), ("optimizer.lr",)),
    test=test,
)
