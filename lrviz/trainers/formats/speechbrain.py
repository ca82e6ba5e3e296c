"""SpeechBrain's HyperPyYAML: a scheduler of speechbrain.nnet.schedulers by its tag.

Formulas and defaults: speechbrain/nnet/schedulers.py of 1.1.0. Which schedule is called when is in
the recipe's code: rates here are those of a scheduler called before the optimizer's step.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from lrviz.core.errors import SpecError
from lrviz.trainers.document import Document
from lrviz.trainers.format import Format
from lrviz.trainers.hyperpyyaml import plain_document
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.source import Source, number_of

PACKAGE = "speechbrain.nnet.schedulers."
OF_A_LOSS = "ScheduledLoss"
METRIC_DRIVEN = ("NewBobScheduler", "ReduceLROnPlateau")
EPOCH_KEYS = ("number_of_epochs", "epochs", "N_epochs", "epoch_counter.init_args.limit")
RATE_NAME = re.compile(r"lr|noam|anneal", re.IGNORECASE)
"""What a key that schedules the rate has in its name, where others schedule other values."""
LONG = 4
"""How many warm-ups are drawn of a schedule that has no end."""


def parse(source: Source) -> Document | None:
    """Return the plain data of a file that names a scheduler of SpeechBrain, or None."""
    return plain_document(source.document) if PACKAGE in source.text else None


@dataclass(frozen=True)
class Schedule:
    """A schedule of lrviz: its name, parameters and rate, and how long it is.

    `steps` are those of its run where it `ends`, else as many as show its shape; `by_epoch` says
    that they are epochs.
    """

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    lr: float | None = None
    steps: int | None = None
    ends: bool = False
    by_epoch: bool = False


class Arguments:
    """The numbers among the arguments of a scheduler, each entered in the trace."""

    def __init__(self, reading: Reading, key: str) -> None:
        self.reading, self.key = reading, f"{key}.init_args"

    def number(self, name: str, default: float | None = None) -> Any:
        """Return a number. Raises SpecError where there is neither it nor a default."""
        value = self.reading.number(f"{self.key}.{name}", default=default)
        return self.reading.require(value, f"{self.key}.{name}")

    def steps(self, name: str, default: int | None = None) -> int:
        """Return a whole number from 1. Raises SpecError as `number` does."""
        key = f"{self.key}.{name}"
        value = self.reading.require(self.reading.integer(key, default=default), key)
        if value < 1:
            self.reading.fault(key, f"{key} must be at least 1 (got {value})")
            self.reading.raise_faults()
        return int(value)

    def optional(self, name: str) -> Any:
        """Return a number, or None where there is none."""
        return self.reading.number(f"{self.key}.{name}")


def noam(arguments: Arguments) -> Schedule:
    """Return the schedule of NoamScheduler: its rate is that at the end of the warm-up."""
    factor, warmup = arguments.number("lr_initial"), arguments.steps("n_warmup_steps")
    size = arguments.optional("model_size")
    if size is None:  # without a size the root of the warm-up takes its place
        factor, size = factor * math.sqrt(warmup), 1
    parameters = {"d_model": size, "warmup_steps": warmup, "factor": factor}
    return Schedule("lrviz.noam", parameters, steps=LONG * warmup)


def linear_noam(arguments: Arguments) -> Schedule:
    """Return the schedule of LinearNoamScheduler, which holds its rate after the warm-up."""
    lr, warmup = arguments.number("lr_initial"), arguments.steps("n_warmup_steps")
    keep = arguments.number("n_keep_steps")
    decay = f"{warmup} / (t + 1 - {keep})"
    text = f"(t + 1) / {warmup} if t + 1 < {warmup} else 1 if t + 1 < {warmup + keep} else {decay}"
    return by_factor(text, lr, LONG * warmup + int(keep))


def linear(arguments: Arguments) -> Schedule:
    """Return the schedule of LinearScheduler: a line over epochs."""
    first, last = arguments.number("initial_value"), arguments.number("final_value")
    count = arguments.steps("epoch_count")
    parameters = {"init_value": first, "end_value": last, "transition_steps": max(count - 1, 1)}
    return Schedule("optax.linear_schedule", parameters, steps=count, by_epoch=True)


def linear_warmup(arguments: Arguments) -> Schedule:
    """Return the schedule of LinearWarmupScheduler: up in a line, and down to 0."""
    lr, total = arguments.number("initial_value"), arguments.steps("num_training_steps")
    warmup = arguments.number("num_warmup_steps")
    parameters = {"num_warmup_steps": warmup, "num_training_steps": total}
    return Schedule("transformers.linear", parameters, lr, total, ends=True)


def step(arguments: Arguments) -> Schedule:
    """Return the schedule of StepScheduler: drops every so many epochs."""
    lr, half_life = arguments.number("initial_value"), arguments.optional("half_life")
    if half_life:
        factor, drop = math.exp(-math.log(2) / half_life), 1.0
    else:
        factor, drop = arguments.number("decay_factor", 0.5), arguments.number("decay_drop", 2)
    text = f"1 if t < 1 else {factor!r} ** floor((1 + t) / {drop!r})"
    return Schedule("torch.LambdaLR", {"lr_lambda": text}, lr, by_epoch=True)


def warm_and_decay(arguments: Arguments) -> Schedule:
    """Return the schedule of WarmAndExpDecayLRSchedule: an exponential after the warm-up."""
    lr, total = arguments.number("lr"), arguments.steps("total_steps")
    warmup = arguments.steps("n_warmup_steps")
    parameters = {
        "init_value": 0.0,
        "peak_value": lr,
        "warmup_steps": warmup,
        "transition_steps": max(total - warmup, 1),
        "decay_rate": arguments.number("decay_factor", 0.1),
    }
    name = "optax.warmup_exponential_decay_schedule"
    return Schedule(name, parameters, steps=total, ends=True)


def warm_and_cool(arguments: Arguments) -> Schedule:
    """Return the schedule of WarmCoolDecayLRSchedule: slow decay between warm-up and cooldown."""
    lr, total = arguments.number("lr"), arguments.steps("total_steps")
    warmup, cooldown = arguments.steps("warmup"), arguments.steps("cooldown")
    every = arguments.steps("decay_every", 100_000)
    power, cool = math.log(arguments.number("decay_factor", 0.75)) / every, total - cooldown
    text = (
        f"t / {warmup} if t < {warmup} else "
        f"exp({power!r} * {cool}) * ({total} - t) / {cooldown} if t > {cool} else "
        f"exp({power!r} * (t - {warmup}))"
    )
    return by_factor(text, lr, total, ends=True)


def tri_stage(arguments: Arguments) -> Schedule:
    """Return the schedule of TriStageLRSchedule: warm-up, hold, exponential."""
    lr, total = arguments.number("lr"), arguments.steps("total_steps")
    warmup, decay = arguments.steps("warmup_steps"), arguments.steps("decay_steps")
    end = warmup + arguments.number("hold_steps")
    first = arguments.number("init_lr_scale", 0.01)
    slope = math.log(arguments.number("final_lr_scale", 0.05)) / decay
    text = (
        f"{first!r} + (1 - {first!r}) * t / {warmup} if t < {warmup} else "
        f"1 if t < {end} else exp({slope!r} * (t - {end}))"
    )
    return by_factor(text, lr, total, ends=True)


def cyclic(arguments: Arguments) -> Schedule:
    """Return the schedule of CyclicLRScheduler, which is torch's CyclicLR."""
    key = f"{arguments.key}.mode"
    modes = ("triangular", "triangular2", "exp_range")
    parameters = {
        "base_lr": arguments.number("base_lr", 0.001),
        "max_lr": arguments.number("max_lr", 0.006),
        "step_size_up": arguments.number("step_size", 2_000),
        "mode": arguments.reading.choice(key, choices=modes, default="triangular"),
        "gamma": arguments.number("gamma", 1.0),
    }
    return Schedule("torch.CyclicLR", parameters, steps=int(4 * parameters["step_size_up"]))


def inverse_sqrt(arguments: Arguments) -> Schedule:
    """Return the schedule of InverseSquareRootScheduler: a rate held, then falling."""
    warmup = arguments.steps("warmup_steps")
    return by_factor(f"1 / sqrt(max({warmup}, t + 1))", 1.0, LONG * warmup)


def interval(arguments: Arguments) -> Schedule:
    """Return the schedule of IntervalScheduler: a rate from each of some steps on."""
    key, first = f"{arguments.key}.intervals", arguments.reading.number("lr", "learning_rate")
    raw = arguments.reading.value(key)
    points = [
        (number_of(item.get("steps")), number_of(item.get("lr")))
        for item in (raw if isinstance(raw, list) else [])
        if isinstance(item, dict)
    ]
    later = [(start, rate) for start, rate in points if start and rate is not None and start > 0]
    if not later:
        message = f"{key} must be a list of steps with their lr"
        raise SpecError.of(arguments.reading.source.place(key), message, "wrong-type")
    boundaries = [start - 2 for start, _ in later]  # the last step before each, counted from 0
    values = [later[0][1] if first is None else first, *(rate for _, rate in later)]
    parameters = {"boundaries": boundaries, "values": values}
    return Schedule("keras.PiecewiseConstantDecay", parameters, steps=int(later[-1][0] * 5 // 4))


def by_factor(text: str, lr: float, steps: int, ends: bool = False) -> Schedule:
    """Return the schedule of a factor on a rate."""
    return Schedule("torch.LambdaLR", {"lr_lambda": text}, lr, steps, ends)


SCHEDULES: dict[str, Callable[[Arguments], Schedule]] = {
    "NoamScheduler": noam,
    "LinearNoamScheduler": linear_noam,
    "LinearScheduler": linear,
    "LinearWarmupScheduler": linear_warmup,
    "StepScheduler": step,
    "WarmAndExpDecayLRSchedule": warm_and_decay,
    "WarmCoolDecayLRSchedule": warm_and_cool,
    "TriStageLRSchedule": tri_stage,
    "CyclicLRScheduler": cyclic,
    "InverseSquareRootScheduler": inverse_sqrt,
    "IntervalScheduler": interval,
}


def schedulers(source: Source) -> dict[str, str]:
    """Return the top-level keys that are a scheduler, each with its class, rates in front."""
    paths = {key: str(source.get(f"{key}.class_path", "")) for key in source.data}
    names = {
        key: path.removeprefix(PACKAGE)
        for key, path in paths.items()
        if path.startswith(PACKAGE) and not path.endswith(OF_A_LOSS)
    }
    return dict(sorted(names.items(), key=lambda item: not RATE_NAME.search(item[0])))


def test(source: Source) -> str | None:
    """Return why a file is SpeechBrain's, or None."""
    for key, name in schedulers(source).items():
        return f"has {key}: !new:{PACKAGE}{name}"
    return None


def read(reading: Reading) -> Plan:
    """Return the plan of a recipe's hyperparameters: of its first schedule that lrviz has."""
    classes = schedulers(reading.source)
    key = next((key for key, name in classes.items() if name in SCHEDULES), None)
    if key is None:
        refuse(reading, classes)
    reading.value(f"{key}.class_path")
    for other in classes:
        if other != key:
            reading.decide("ignored", f"{other}: {key} is drawn", other)
    schedule = SCHEDULES[classes[key]](Arguments(reading, key))
    reading.raise_faults()
    if reading.has("stage_one_epochs"):
        reading.oddity(
            "after stage_one_epochs the recipe takes another optimizer, at a rate of its own",
            "stage_one_epochs",
        )
    if schedule.by_epoch:
        return over_epochs(reading, schedule)
    reading.decide("oddity", "called after the optimizer's step, each rate is used a step later")
    return over_steps(reading, schedule)


def refuse(reading: Reading, classes: Mapping[str, str]) -> NoReturn:
    """Raise SpecError for a file without a schedule that lrviz has."""
    for key, name in classes.items():
        if name in METRIC_DRIVEN:
            message = f"{key} {name} follows a metric by a rule of its own, which lrviz lacks"
            raise SpecError.of(reading.source.place(key), message, "metric-driven")
        message = f"{key}: lrviz has no {name} (SpeechBrain's are {', '.join(SCHEDULES)})"
        raise SpecError.of(reading.source.place(key), message, "unknown-schedule")
    message = f"SpeechBrain needs a key with !new:{PACKAGE}NAME"
    raise SpecError.of(reading.source.place(), message, "missing-parameter")


def over_epochs(reading: Reading, schedule: Schedule) -> Plan:
    """Return the plan of a schedule that ticks once per epoch."""
    epochs = int(reading.epochs(*EPOCH_KEYS) or schedule.steps or 1)
    return reading.plan(schedule.name, schedule.parameters, lr=schedule.lr, epochs=epochs)


def over_steps(reading: Reading, schedule: Schedule) -> Plan:
    """Return the plan of a schedule that ticks once per step; one without an end over its shape."""
    epochs, batch = reading.integer(*EPOCH_KEYS), reading.integer("batch_size")
    steps = schedule.steps if schedule.ends else None
    accumulation = reading.integer("grad_accumulation_factor", "gradient_accumulation")
    total = reading.total(steps, epochs=epochs, batch_size=batch, grad_accum=accumulation)
    if not total.is_known:
        reading.open_ended()
        steps = schedule.steps
        return reading.plan(schedule.name, schedule.parameters, lr=schedule.lr, steps=steps)
    return reading.plan(schedule.name, schedule.parameters, lr=schedule.lr, total=total)


FORMAT = Format(
    name="speechbrain",
    title="SpeechBrain",
    rank=145,
    version="SpeechBrain 1.1.0",
    read=read,
    test=test,
    parse=parse,
)
