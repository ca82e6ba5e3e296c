"""The schedule of TrainingArguments, for every format that passes them to transformers.

Formulas and defaults are those of transformers 5.23.0: training_args.py, trainer.py and
optimization.py. `Reading.version_before` selects those of older versions.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lrviz.core.errors import SpecError, did_you_mean
from lrviz.core.text import format_value
from lrviz.trainers.inheritance import base_of, tree_of
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total
from lrviz.trainers.source import number_of

RATE_KEYS = ("learning_rate", "actor_learning_rate")
"""The key of the rate, and that of the first of two models that are trained together."""
STEP_KEYS = ("max_steps", "max_train_steps")
WARMUP_KEYS = ("warmup_steps", "num_warmup_steps")
"""The keys of TrainingArguments, and those of the scripts that end in `_no_trainer.py`."""
RATIO_KEYS = ("warmup_ratio", "warmup_proportion")
EVALUATION_KEYS = ("eval_strategy", "evaluation_strategy")
EPOCH_KEYS = ("num_train_epochs", "num_epochs")
BATCH_KEYS = ("per_device_train_batch_size", "per_device_training_batch_size")
KWARGS = {
    "linear": (),
    "cosine": ("num_cycles",),
    "cosine_with_restarts": ("num_cycles",),
    "polynomial": ("lr_end", "power"),
    "constant": (),
    "constant_with_warmup": (),
    "inverse_sqrt": ("timescale",),
    "cosine_with_min_lr": ("min_lr", "min_lr_rate", "num_cycles"),
    "cosine_warmup_with_min_lr": ("min_lr", "min_lr_rate", "warmup_lr_rate", "num_cycles"),
    "warmup_stable_decay": (
        "num_decay_steps",
        "num_stable_steps",
        "warmup_type",
        "decay_type",
        "min_lr_ratio",
        "num_cycles",
    ),
    "reduce_lr_on_plateau": (
        "mode",
        "factor",
        "patience",
        "threshold",
        "threshold_mode",
        "cooldown",
        "min_lr",
        "eps",
    ),
    "greedy": (
        "mode",
        "factor",
        "patience",
        "threshold",
        "threshold_mode",
        "cooldown",
        "warmup",
        "min_lr",
        "max_lr",
        "eps",
        "smooth",
        "window_size",
        "reset_start",
    ),
}
"""The types of schedule, and the names in `lr_scheduler_kwargs` that each accepts."""
ALIASES = {
    "wsd": "warmup_stable_decay",
    "reduce_on_plateau": "reduce_lr_on_plateau",
    **{f"SchedulerType.{name}": name for name in KWARGS},
}
"""Other spellings of a type; that of an enumeration is how a log prints it."""
WITHOUT_KWARGS = ("constant", "constant_with_warmup")
"""Types that `get_scheduler` constructs without their keyword arguments."""
PLATEAU = "reduce_lr_on_plateau"
METRIC_DRIVEN = (PLATEAU, "greedy")
WITHOUT_TOTAL = ("constant", "constant_with_warmup", "inverse_sqrt")
OWN_RATE = ("adafactor", "schedule_free")
"""Optimizers that may set their own rate, by the start of their name."""


class WarmUp(NamedTuple):
    """The warm-up of a config: an `amount` of steps from 1 on, below 1 a share of the run."""

    amount: float = 0.0
    rounds_up: bool = True
    key: str = "warmup_steps"

    @property
    def is_share(self) -> bool:
        """Whether the amount is a share of the run."""
        return self.amount < 1

    def steps(self, reading: Reading, total: Total) -> int:
        """Return the whole steps of the warm-up, 0 where they cannot be drawn."""
        if not self.is_share:
            steps = int(self.amount)
            if not total.is_known:
                reading.needs(f"the warm-up of {steps:,} steps")
                return 0
            return steps
        steps = (math.ceil if self.rounds_up else int)(total.steps * self.amount)
        if self.amount and total.is_known:
            rounding = "ceil" if self.rounds_up else "floor"
            share = format_value(self.amount)
            reading.convert(
                f"{self.key}: {rounding}({share} x {total.steps:,} steps) = {steps:,} steps"
            )
        return max(steps, 0)


class Defaults(NamedTuple):
    """A program's defaults for arguments that are not given; these are transformers' own.

    `lr_version` is the program whose rate it is, where that is another than of the rest.
    """

    lr: float = 5e-5
    schedule: str = "linear"
    batch_size: int = 8
    grad_accum: int = 1
    lr_version: str = ""


@dataclass(frozen=True)
class Arguments:
    """The arguments of `get_scheduler`, with the optimizer's lr and the run's length."""

    lr: float
    schedule: str
    warmup: WarmUp
    total: Total
    kwargs: Mapping[str, Any] = field(default_factory=dict)


def read_arguments(reading: Reading, defaults: Defaults | None = None) -> Plan:
    """Return the plan of a file whose keys are those of TrainingArguments."""
    reading.limit_samples("max_train_samples")  # of the run_*.py scripts
    return schedule_plan(reading, arguments_of(reading, defaults))


def arguments_of(reading: Reading, defaults: Defaults | None = None) -> Arguments:
    """Return the arguments of a file whose keys are those of TrainingArguments."""
    defaults = defaults or Defaults()
    lr = reading.number(*RATE_KEYS, default=defaults.lr, version=defaults.lr_version)
    critic = reading.number("critic_learning_rate")
    reading.rate_group("critic", "critic_learning_rate", critic, lr)
    schedule = schedule_name(reading, "lr_scheduler_type", default=defaults.schedule)
    kwargs = kwargs_of(reading, "lr_scheduler_kwargs", schedule)
    warmup = warmup_of(reading)
    total = total_of(reading, defaults)
    note_others(reading)
    return Arguments(lr, schedule, warmup, total, kwargs)


def schedule_name(reading: Reading, *keys: str, default: str) -> str:
    """Return the type of schedule; a fault where there is no such type."""
    return reading.choice(*keys, choices=KWARGS, aliases=ALIASES, default=default)


def kwargs_of(reading: Reading, key: str, schedule: str) -> dict[str, Any]:
    """Return the keyword arguments of a type of schedule, a mapping or its JSON as text."""
    raw = reading.value(key)
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            raw = parse_pairs(raw)
    if raw is None or raw == "":
        return {}
    if not isinstance(raw, dict):
        reading.fault(key, f"{key} must be a mapping (got {raw!r:.80})")
        return {}
    accepted: dict[str, Any] = {}
    for name, value in raw.items():
        if schedule in WITHOUT_KWARGS:
            reading.decide("ignored", f"{key}.{name}: {schedule} takes none", f"{key}.{name}")
        elif name not in KWARGS[schedule]:
            message = f"transformers' {schedule} has no argument {name!r:.80}"
            reading.fault(f"{key}.{name}", f"{message}{did_you_mean(str(name), KWARGS[schedule])}")
        elif value is not None:
            number = number_of(value)
            accepted[name] = value if number is None else number
    if schedule == "inverse_sqrt" and "timescale" in accepted and reading.version_before(5, 5):
        reading.oddity("transformers before 5.5 ignores timescale", f"{key}.timescale")
        accepted.pop("timescale")
    return accepted


def parse_pairs(text: str) -> Any:
    """Return the mapping of `key=value,key=value`, or the text."""
    pairs = [item.partition("=") for item in text.split(",")]
    return {key.strip(): value for key, mark, value in pairs if mark} or text


def warmup_of(reading: Reading) -> WarmUp:
    """Return the warm-up in steps, else as a ratio."""
    steps = reading.number(*WARMUP_KEYS, default=0)
    if steps > 0:
        if reading.has("warmup_ratio") and (number_of(reading.source.get("warmup_ratio")) or 0) > 0:
            reading.oddity("warmup_steps wins over warmup_ratio", "warmup_ratio")
        if steps < 1:
            reading.decide("oddity", "warmup_steps below 1 is a share of the run (from 5.0)")
        return WarmUp(steps)
    ratio = reading.number(*RATIO_KEYS)
    if ratio is None:
        return WarmUp()
    key = reading.key_of(*RATIO_KEYS)
    if not 0 <= ratio <= 1:
        reading.fault(key, f"{key} must be from 0 to 1 (got {ratio})")
        return WarmUp()
    if key == RATIO_KEYS[0] and not reading.version_before(5, 23):
        reading.decide("oddity", "transformers 5.23 has no warmup_ratio; read as before it")
    # A ratio of 1 is the whole run, and no single step.
    return WarmUp(min(ratio, math.nextafter(1, 0)), key=key)


def total_of(reading: Reading, defaults: Defaults) -> Total:
    """Return the length of the run: max_steps, else the epochs in steps."""
    steps = reading.integer(*STEP_KEYS, default=-1)
    if steps > 0:
        for key in EPOCH_KEYS:
            reading.ignore(key, f"{reading.key_of(*STEP_KEYS)} counts")
        if not any(map(reading.request.integer, ("dataset_size", "sequence_length"))):
            return reading.total(steps)
    epochs = None if steps > 0 else reading.number(*EPOCH_KEYS, default=3.0)
    batch = reading.per_batch(reading.key_of(*BATCH_KEYS), defaults.batch_size)
    accumulation = reading.per_batch("gradient_accumulation_steps", defaults.grad_accum)
    floor = reading.version_before(4, 52)
    return reading.total(
        steps if steps > 0 else None,
        epochs=epochs,
        batch_size=batch,
        grad_accum=accumulation,
        floor_per_epoch=floor,
    )


def add_loraplus(reading: Reading, lr: float) -> None:
    """Add the groups of LoRA+ (peft 0.18): the matrices B, and the embeddings."""
    ratio = reading.number("loraplus_lr_ratio", default=1.0)
    reading.scale_group("lora_B", "loraplus_lr_ratio", ratio, scales_floor=True)
    rate = reading.number("loraplus_lr_embedding")
    reading.rate_group("lora_embedding", "loraplus_lr_embedding", rate, lr, scales_floor=True)


def note_others(reading: Reading) -> None:
    """Note settings that may replace the schedule, and keys that are not the schedule's."""
    optimizer = str(reading.source.get("optim", "")).lower()
    if optimizer.startswith(OWN_RATE):
        reading.oddity(f"the optimizer {optimizer} may set its own rate", "optim")
    note_deepspeed(reading)
    for key in ("profiler_warmup_steps", "eval_steps", "save_steps", "logging_steps"):
        reading.ignore(key, "no part of the schedule")


def note_deepspeed(reading: Reading) -> None:
    """Note a scheduler in the settings of DeepSpeed, which a file has or names."""
    settings, draws = reading.source.get("deepspeed"), "it is not read"
    if isinstance(settings, str):
        draws = f"lrviz plot {settings} draws it, with --lr, --warmup and --total-steps"
        try:
            root = tree_of(reading.source.folder.resolve())
            settings = base_of(reading.source, settings, "deepspeed", root).data
        except SpecError:  # no file of this name is here, which a schedule does not need
            return
    if isinstance(settings, dict) and settings.get("scheduler") is not None:
        text = f"a scheduler in the DeepSpeed settings replaces lr_scheduler_type; {draws}"
        reading.oddity(text, "deepspeed")


def schedule_plan(reading: Reading, arguments: Arguments) -> Plan:
    """Return the plan of the schedule that `get_scheduler` constructs from the arguments."""
    name, total, kwargs = arguments.schedule, arguments.total, dict(arguments.kwargs)
    if name in METRIC_DRIVEN:
        epochs = evaluations_by_epoch(reading) if name == PLATEAU else None
        return reading.metric_driven(
            f"lr_scheduler_type {name}", f"transformers.{name}", kwargs, arguments.lr, epochs
        )
    if name == "constant":
        if arguments.warmup.amount:
            reading.oddity("lr_scheduler_type constant has no warm-up: it is ignored")
        return reading.plan("transformers.constant", lr=arguments.lr, total=total)
    if name in WITHOUT_TOTAL and not total.is_known and not arguments.warmup.is_share:
        reading.open_ended()
        warmup = int(arguments.warmup.amount)
        parameters = {"num_warmup_steps": warmup, **kwargs}
        return reading.plan(f"transformers.{name}", parameters, lr=arguments.lr)
    warmup = arguments.warmup.steps(reading, total)
    if name == "warmup_stable_decay":
        return stable_plan(reading, arguments, warmup)
    if name == "inverse_sqrt" and not total.is_known and not warmup and not kwargs.get("timescale"):
        reading.open_ended()
        reading.oddity("inverse_sqrt without a warm-up has a time scale of 10000 steps")
        return reading.plan(
            f"transformers.{name}", {"num_warmup_steps": 0}, lr=arguments.lr, steps=100_000
        )
    if name in ("cosine_with_min_lr", "cosine_warmup_with_min_lr"):
        require_floor(reading, kwargs, name)
    parameters = {"num_warmup_steps": warmup, "num_training_steps": total.steps, **kwargs}
    if name in WITHOUT_TOTAL:
        parameters.pop("num_training_steps")
    return reading.plan(f"transformers.{name}", parameters, lr=arguments.lr, total=total)


def evaluations_by_epoch(reading: Reading) -> int | None:
    """Return the epochs of a run that evaluates after each, at which the Trainer ticks a plateau.

    None is returned where it evaluates after a number of steps, or where steps end the run.
    """
    is_per_epoch = reading.text(*EVALUATION_KEYS) == "epoch"
    if not is_per_epoch or (reading.integer(*STEP_KEYS) or -1) > 0:
        return None
    epochs: float = reading.epochs(*EPOCH_KEYS, default=3.0)
    return math.ceil(epochs)


def require_floor(reading: Reading, kwargs: Mapping[str, Any], name: str) -> None:
    """Add a fault where not exactly one of the two floors is there."""
    if ("min_lr" in kwargs) == ("min_lr_rate" in kwargs):
        message = f"{name} needs one of lr_scheduler_kwargs.min_lr and .min_lr_rate"
        reading.fault("lr_scheduler_kwargs", message)


def stable_plan(reading: Reading, arguments: Arguments, warmup: int) -> Plan:
    """Return the plan of a warm-up, a stable phase and a decay, whose steps are absolute."""
    total, kwargs = arguments.total, dict(arguments.kwargs)
    if "num_decay_steps" not in kwargs:
        message = "warmup_stable_decay needs lr_scheduler_kwargs.num_decay_steps"
        reading.fault("lr_scheduler_kwargs", message)
        kwargs["num_decay_steps"] = 0
    in_steps = [name for name in ("num_stable_steps", "num_decay_steps") if kwargs.get(name)]
    if in_steps and not total.is_known:
        if "num_stable_steps" in kwargs and not arguments.warmup.is_share:
            reading.open_ended()
            parameters = {"num_warmup_steps": int(arguments.warmup.amount), **kwargs}
            return reading.plan("transformers.warmup_stable_decay", parameters, lr=arguments.lr)
        reading.needs(f"the decay of {kwargs['num_decay_steps']:,} steps")
        return reading.plan(
            "transformers.constant_with_warmup",
            {"num_warmup_steps": warmup},
            lr=arguments.lr,
            total=total,
        )
    parameters = {"num_warmup_steps": warmup, "num_training_steps": total.steps, **kwargs}
    return reading.plan(
        "transformers.warmup_stable_decay", parameters, lr=arguments.lr, total=total
    )
