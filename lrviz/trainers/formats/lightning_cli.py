"""Lightning CLI's YAML: an optimizer and a scheduler by their classes, and a trainer; Hydra's, too.

LightningCLI.configure_optimizers returns the scheduler without a config of its own, so that
LRSchedulerConfig's default steps it once per epoch (lightning/pytorch/cli.py, 2.6.6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from lrviz.core.integers import ceil_div
from lrviz.core.text import format_value
from lrviz.trainers.classes import (
    PLATEAU,
    class_arguments,
    rate_of_optimizer,
    schedule_of_class,
)
from lrviz.trainers.conversions import integer_of
from lrviz.trainers.document import Document, Mark, Path
from lrviz.trainers.format import Devices, Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.source import Source, number_of

ROOTS = ("", "fit.")
"""The file of a subcommand holds its keys at the top; the file of a whole program, under it."""
HOLDERS = ("", "model.init_args.", "model.")
"""An optimizer is the CLI's own, or an argument of the model (OptimizerCallable)."""
OPTIMIZERS = ("optimizer",)
SCHEDULES = ("lr_scheduler", "scheduler")
RATES = ("lr", "learning_rate")
TARGET = "_target_"
"""Hydra's key for a class, whose arguments are beside it."""
HYDRA = "hydra"
"""The kind of a document that had such keys."""
NO_ARGUMENTS = (TARGET, "_partial_", "_recursive_", "_convert_", "_args_", "optimizer")
WHOLE_RUN = 1_000
"""The epochs of a trainer that is given neither max_epochs nor max_steps."""
WARM_COSINE = ("warmup_epochs", "max_epochs", "warmup_start_lr", "eta_min")
"""Arguments of a model that are those of LinearWarmupCosineAnnealingLR."""
RUN_NAMES = ("epochs", "steps_per_epoch")
"""Parameters of OneCycleLR that a run has, too."""
PER_STEP_BY_HABIT = ("torch.OneCycleLR", "torch.CyclicLR")


def places(names: tuple[str, ...], end: str = "") -> tuple[str, ...]:
    """Return every dotted key that one of the names may have."""
    return tuple(f"{root}{at}{name}{end}" for root in ROOTS for at in HOLDERS for name in names)


NODES = (*places(OPTIMIZERS), *places(SCHEDULES))
CLASSES = tuple(f"{node}.class_path" for node in NODES)
MODEL_RATES = tuple(f"{root}{at}{name}" for root in ROOTS for at in HOLDERS[1:] for name in RATES)


def parse(source: Source) -> Document | None:
    """Return a file whose classes are Hydra's targets in the shape of Lightning CLI's; or None."""
    nodes = [node for node in NODES if source.has(f"{node}.{TARGET}")]
    if not nodes:
        return None
    data: Any = source.data
    marks: dict[Path, Mark] = dict(source.document.marks)
    for node in nodes:
        path = tuple(node.split("."))
        data = with_classes(data, path)
        for name in mapping_at(source, node):
            place = (*path, "class_path") if name == TARGET else (*path, "init_args", name)
            marks[place] = marks.get((*path, name), (1, 1))
    return Document(data, marks, HYDRA)


def with_classes(data: Any, path: Path) -> Any:
    """Return data in which the value at a path names its class as Lightning CLI does."""
    if path:
        return {**data, path[0]: with_classes(data[path[0]], path[1:])}
    if isinstance(data, list):
        return [with_classes(item, ()) for item in data]
    if not isinstance(data, dict) or TARGET not in data:
        return data
    arguments = {
        name: with_classes(value, ()) for name, value in data.items() if name not in NO_ARGUMENTS
    }
    return {"class_path": data[TARGET], "init_args": arguments}


def test(source: Source) -> str | None:
    """Return why a file is Lightning CLI's, or None."""
    if source.document.kind == HYDRA:
        node = next(node for node in NODES if source.has(f"{node}.class_path"))
        return f"has {node}.{TARGET}"
    if any(source.has(f"train.{key}") for key in ("lr_warmup_steps", "global_batch_size")):
        return None  # litgpt's
    key = next((key for key in CLASSES if source.has(key)), None)
    if key:
        return f"has {key}"
    trainer = any(isinstance(source.get(f"{root}trainer"), dict) for root in ROOTS)
    rate = next((key for key in MODEL_RATES if source.has(key)), None)
    return f"has trainer, model and {rate}" if trainer and rate else None


@dataclass(frozen=True)
class Scheduler:
    """A schedule by its name, its parameters, and the dotted keys that they are from."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)


def read(reading: Reading) -> Plan:
    """Return the plan of a Lightning CLI file."""
    key = first(reading.source, places(SCHEDULES), "class_path")
    lr = rate_of(reading)
    if key is None:
        return without_scheduler(reading, lr)
    scheduler = scheduler_at(reading, key)
    note_others(reading)
    if scheduler.name == PLATEAU:
        return plateau_plan(reading, scheduler, key, lr)
    if reading.source.document.kind == HYDRA and not any(map(reading.has, intervals(key))):
        is_per_step = scheduler.name in PER_STEP_BY_HABIT
        unit = "step" if is_per_step else "epoch"
        reading.oddity(f"the program steps the scheduler: once per {unit} is assumed", key)
        return (by_step if is_per_step else by_epoch)(reading, scheduler, lr)
    if reading.text(*intervals(key), default="epoch") == "step":
        return by_step(reading, scheduler, lr)
    if scheduler.name in PER_STEP_BY_HABIT:
        text = f"LightningCLI steps {scheduler.name} once per epoch: its steps are epochs"
        reading.oddity(text, key)
    return by_epoch(reading, scheduler, lr)


def scheduler_at(reading: Reading, key: str) -> Scheduler:
    """Return the schedule of a dotted key. Raises SpecError where lrviz does not have it."""
    path = str(reading.value(f"{key}.class_path"))
    arguments = class_arguments(mapping_at(reading.source, key))
    name_key = TARGET if reading.source.document.kind == HYDRA else "class_path"
    schedule = schedule_of_class(reading, path, arguments, f"{key}.{name_key}")
    reading.raise_faults()
    assert schedule
    name, parameters = schedule
    origins = origins_of(reading, key, parameters)
    if name == PLATEAU:
        parameters.pop("monitor", None)
    factors = [integer_of(parameters.get(name)) for name in RUN_NAMES]
    if factors[0] and factors[1]:  # the run's keys have these names, too
        parameters["total_steps"] = factors[0] * factors[1]
        parameters = {name: parameters[name] for name in parameters if name not in RUN_NAMES}
    return Scheduler(name, parameters, origins)


def origins_of(reading: Reading, scheduler: str, parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return the dotted key of each parameter, and enter it in the trace."""
    origins = {}
    for part in ("init_args", "dict_kwargs"):
        for name in parameters:
            key = f"{scheduler}.{part}.{name}"
            if reading.source.has(key):
                reading.decide("key", f"{key}: {format_value(reading.source.get(key))}", key)
                origins[name] = key
    return origins


def first(source: Source, keys: tuple[str, ...], name: str) -> str | None:
    """Return the first of the dotted keys whose mapping has a value for a name."""
    return next((key for key in keys if source.get(f"{key}.{name}") is not None), None)


def mapping_at(source: Source, key: str) -> Mapping[str, Any]:
    """Return the mapping of a dotted key, empty where there is none."""
    value = source.get(key)
    return value if isinstance(value, dict) else {}


def rate_of(reading: Reading) -> float:
    """Return the optimizer's rate, or 1 where the file does not say it."""
    optimizer = first(reading.source, places(OPTIMIZERS), "class_path")
    if optimizer:
        path = str(reading.value(f"{optimizer}.class_path"))
        keys = [f"{optimizer}.init_args.lr", f"{optimizer}.dict_kwargs.lr", *MODEL_RATES]
        return float(rate_of_optimizer(reading, path, *keys))
    rate = reading.number(*MODEL_RATES)
    if rate is None:
        reading.needs("the rate", "--lr")
        return 1.0
    return float(rate)


def intervals(scheduler: str) -> tuple[str, str]:
    """Return the keys that say whether a schedule ticks once per step or per epoch."""
    return f"{scheduler}.interval", f"{scheduler}_config.interval"


def without_scheduler(reading: Reading, lr: float) -> Plan:
    """Return the plan of a file without a scheduler: constant, or what the model's code makes."""
    source = reading.source
    holder = first(source, tuple(f"{r}{h[:-1]}" for r in ROOTS for h in HOLDERS[1:]), "max_epochs")
    if holder and source.has(f"{holder}.warmup_epochs"):
        return warm_cosine(reading, holder, lr)
    rate_keys = [key for key in MODEL_RATES if source.has(key)]
    if rate_keys and first(source, places(OPTIMIZERS), "class_path") is None:
        reading.oddity(
            "the model's own code makes the optimizer: a schedule of its own is not known here",
            rate_keys[0],
        )
    reading.decide("default", "no lr_scheduler: constant")
    return by_epoch(reading, Scheduler("transformers.constant"), lr)


def warm_cosine(reading: Reading, holder: str, lr: float) -> Plan:
    """Return the plan of a model with the arguments of LinearWarmupCosineAnnealingLR."""
    parameters = {
        name: value
        for name in WARM_COSINE
        if (value := reading.number(f"{holder}.{name}")) is not None
    }
    reading.require(parameters.get("max_epochs"), f"{holder}.max_epochs")
    origins = {name: f"{holder}.{name}" for name in parameters}
    reading.oddity(
        "the model's own code makes the schedule: read as LinearWarmupCosineAnnealingLR, whose "
        "arguments the model has",
        holder,
    )
    scheduler = Scheduler("lightning.LinearWarmupCosineAnnealingLR", parameters, origins)
    epochs = number_of(reading.source.get("trainer.max_epochs"))
    if epochs and epochs > 0 and parameters["max_epochs"] > epochs:
        reading.convert(
            f"{holder}.max_epochs {parameters['max_epochs']:,} is more than the trainer's epochs, "
            f"{epochs:,}: counted in steps"
        )
        return by_step(reading, scheduler, lr)
    return by_epoch(reading, scheduler, lr)


def trainer_key(name: str) -> tuple[str, ...]:
    """Return the dotted keys that an argument of the trainer may have."""
    return tuple(f"{root}trainer.{name}" for root in ROOTS)


def length_of(reading: Reading) -> tuple[int | None, int | None]:
    """Return the epochs and the steps of the run, None where it is not limited by them."""
    steps = reading.integer(*trainer_key("max_steps"), default=-1)
    epochs = reading.epochs(*trainer_key("max_epochs"))
    epochs = None if epochs is None else ceil(epochs)
    is_other_file = reading.source.document.kind == HYDRA and not reading.has("trainer")
    if epochs is None and steps < 0 and not is_other_file:
        text = f"trainer.max_epochs: {WHOLE_RUN:,}, as max_steps is not set either"
        reading.decide("default", f"{text} ({reading.format.version})")
        epochs = WHOLE_RUN
    return (epochs if epochs and epochs > 0 else None), (steps if steps > 0 else None)


def steps_of_epoch(reading: Reading) -> int | None:
    """Return the optimizer steps of an epoch, from flags and the file's batches."""
    batch = reading.integer(
        *(f"{root}data.{part}batch_size" for root in ROOTS for part in ("init_args.", ""))
    )
    accumulated = reading.integer(*trainer_key("accumulate_grad_batches"), default=1)
    return reading.epoch_steps(batch, accumulated)


def plateau_plan(reading: Reading, scheduler: Scheduler, key: str, lr: float) -> Plan:
    """Return the plan of a schedule that reads a metric, once per epoch unless the file says so."""
    what = f"lr_scheduler {scheduler.name.partition('.')[2]}"
    parts = what, scheduler.name, scheduler.parameters, lr
    if reading.text(*intervals(key), default="epoch") == "step":
        return reading.metric_driven(*parts)
    epochs, steps = length_of(reading)
    per_epoch = steps_of_epoch(reading)
    if steps and per_epoch:
        epochs = min(epochs or steps, ceil_div(steps, per_epoch))
    return reading.metric_driven(*parts, epochs, by="epoch")


def by_epoch(reading: Reading, scheduler: Scheduler, lr: float) -> Plan:
    """Return the plan of a schedule that ticks once per epoch."""
    epochs, steps = length_of(reading)
    per_epoch = steps_of_epoch(reading)
    settings: dict[str, Any] = {"steps_per_epoch": per_epoch} if per_epoch else {}
    total = None
    if steps and not scheduler.parameters:  # constant: no epoch matters
        total, epochs = reading.total(steps), None
    elif steps and per_epoch:
        total = reading.total(min(steps, epochs * per_epoch) if epochs else steps)
        settings["by"], epochs = "epoch", None
    elif steps and epochs:
        reading.oddity(f"max_steps {steps:,} may end the run before its epochs do")
    elif not steps and not epochs:
        reading.open_ended("--epochs")
        settings["by"] = "epoch"
    elif steps:
        what = f"the end of the run at step {steps:,}"
        reading.needs(what, "--steps-per-epoch", "--dataset-size")
        settings["by"] = "epoch"
    return plan_of(reading, scheduler, lr, total=total, epochs=epochs, **settings)


def by_step(reading: Reading, scheduler: Scheduler, lr: float) -> Plan:
    """Return the plan of a schedule that ticks once per optimizer step."""
    epochs, steps = length_of(reading)
    per_epoch = steps_of_epoch(reading)
    if steps is None and epochs and per_epoch:
        steps = epochs * per_epoch
    if steps is None and not reading.request.total_steps:
        reading.open_ended()
        return plan_of(reading, scheduler, lr, by="step")
    return plan_of(reading, scheduler, lr, total=reading.total(steps), by="step")


def plan_of(reading: Reading, scheduler: Scheduler, lr: float, **settings: Any) -> Plan:
    """Return the plan of a schedule over a run."""
    origins = scheduler.origins
    return reading.plan(scheduler.name, scheduler.parameters, lr=lr, origins=origins, **settings)


def note_others(reading: Reading) -> None:
    """Note what looks like a part of the schedule and is none."""
    for root in ROOTS:
        reading.ignore(f"{root}trainer.log_every_n_steps", "no part of the schedule")
        reading.ignore(f"{root}trainer.min_epochs", "max_epochs counts")


FORMAT = Format(
    name="lightning_cli",
    title="Lightning CLI",
    rank=180,
    version="lightning 2.6.6",
    read=read,
    keys=(CLASSES, ("trainer", "fit.trainer", "model")),
    test=test,
    parse=parse,
    devices=Devices(trainer_key("devices"), trainer_key("num_nodes")),
)
