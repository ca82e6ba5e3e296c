"""kohya's sd-scripts (TOML, its sections are one; commands) and the JSON of their GUI, kohya_ss.

What `get_scheduler_fix` of library/train_util.py makes of the arguments (sd-scripts of 2026-02-16);
the GUI's warm-up is a percentage (kohya_gui/common_gui.py).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lrviz.trainers.arguments import script_arguments
from lrviz.trainers.classes import PLATEAU, schedule_of_class
from lrviz.trainers.document import Document, Mark, Path
from lrviz.trainers.format import Format
from lrviz.trainers.huggingface import Arguments, WarmUp, schedule_plan
from lrviz.trainers.plan import Plan
from lrviz.trainers.python_literals import read_python
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total
from lrviz.trainers.source import Source, number_of

SCHEDULES = (
    "constant",
    "constant_with_warmup",
    "linear",
    "cosine",
    "cosine_with_restarts",
    "polynomial",
    "inverse_sqrt",
    "cosine_with_min_lr",
    "warmup_stable_decay",
    "piecewise_constant",
    "adafactor",
)
RATES = ("learning_rate", "unet_lr")
LENGTHS = ("max_train_steps", "max_train_epochs", "lr_warmup", "lr_scheduler_num_cycles")
SCRIPT_KEYS = ("network_module", "save_model_as", "output_name")
"""Arguments that a command has which runs one of sd-scripts."""
GUI_KEYS = ("lr_warmup", "LoRA_type", "epoch")
OWN_RATE = ("adafactor", "dadapt", "prodigy")
DEFAULT_STEPS = 1_600
ONE_LESS = math.nextafter(1, 0)
"""The largest share: 1 would be a single step."""


def parse(source: Source) -> Document | None:
    """Return a file's keys without their sections and without those left empty; or None."""
    if not any(key in source.text for key in LENGTHS):
        return None
    document = source.document
    if not isinstance(document.data, dict):
        return script_arguments(source, *SCRIPT_KEYS)
    data: dict[str, Any] = {}
    marks: dict[Path, Mark] = {}
    for name, value in document.data.items():
        section = value if isinstance(value, dict) else {name: value}
        path = (name,) if isinstance(value, dict) else ()
        for key, item in section.items():
            if item != "":
                data[key] = item
                marks[(key,)] = document.marks.get((*path, key), (1, 1))
    return Document(data, marks, document.kind)


def read(reading: Reading) -> Plan:
    """Return the plan of a file of sd-scripts, or of the GUI."""
    lr = reading.number("learning_rate")
    if not lr:
        lr = reading.number("unet_lr", default=2e-6)
    custom = reading.text("lr_scheduler_type")
    add_groups(reading, lr, bool(custom))
    kwargs = arguments_of(reading)
    name = reading.choice(
        "lr_scheduler", choices=SCHEDULES, default="constant", aliases={"wsd": SCHEDULES[8]}
    )
    total = total_of(reading)
    warmup = warmup_of(reading)
    if optimizer_of(reading).endswith("schedulefree"):
        reading.oddity("a schedule-free optimizer has none: lr_scheduler is ignored")
        return reading.plan("transformers.constant", lr=lr, total=total)
    if custom:
        return custom_plan(reading, custom, kwargs, lr, total)
    if name == "adafactor":
        reading.oddity("adafactor sets its own rate; the one given is drawn", "lr_scheduler")
        return reading.plan("transformers.constant", lr=lr, total=total)
    if name == "piecewise_constant":
        return piecewise(reading, kwargs, lr, total)
    if name == "constant" and warmup.amount and not is_gui(reading) and not reading.faults:
        reading.fault(
            "lr_warmup_steps", "sd-scripts refuses a warm-up before lr_scheduler constant"
        )
    return schedule_plan(
        reading, with_settings(reading, Arguments(lr, name, warmup, total, kwargs))
    )


def is_gui(reading: Reading) -> bool:
    """Return whether the GUI wrote the file."""
    return any(reading.source.has(key) for key in GUI_KEYS)


def add_groups(reading: Reading, lr: float, custom: bool) -> None:
    """Add the parts of the model that have another rate, and note optimizers that set their own.

    Of a `custom` class of schedule the floor is the same for all of them.
    """
    for key in ("unet_lr", "text_encoder_lr"):
        rate = number_of(reading.source.get(key))
        if rate:
            reading.rate_group(key.removesuffix("_lr"), key, rate, lr, scales_floor=not custom)
    optimizer = optimizer_of(reading)
    if optimizer.startswith(OWN_RATE):
        reading.oddity(f"{optimizer} sets its own rate, of which the schedule is a factor")


def optimizer_of(reading: Reading) -> str:
    """Return the optimizer's name, folded."""
    name = reading.source.get("optimizer_type", reading.source.get("optimizer", ""))
    return str(name).lower().rpartition(".")[2]


def total_of(reading: Reading) -> Total:
    """Return the length of the run: its epochs, which count first, else its steps."""
    batch = reading.integer("train_batch_size", default=1)
    accumulation = reading.integer("gradient_accumulation_steps", default=1)
    epochs = reading.integer("max_train_epochs")
    gui = is_gui(reading)
    if epochs:
        reading.ignore("max_train_steps", "max_train_epochs counts")
        return reading.total(epochs=epochs, batch_size=batch, grad_accum=accumulation)
    steps = reading.integer("max_train_steps", default=None if gui else DEFAULT_STEPS)
    if not steps and gui:
        epochs = reading.integer("epoch", default=1)
        return reading.total(epochs=epochs, batch_size=batch, grad_accum=accumulation)
    return reading.total(steps or DEFAULT_STEPS, batch_size=batch, grad_accum=accumulation)


def warmup_of(reading: Reading) -> WarmUp:
    """Return the warm-up: steps, a share of the run below 1, or the GUI's percentage."""
    amount = amount_of(reading, "lr_warmup_steps")
    if amount:
        reading.ignore("lr_warmup", "lr_warmup_steps counts")
        return WarmUp(amount, rounds_up=False, key="lr_warmup_steps")
    percent = reading.number("lr_warmup") or 0
    if not 0 <= percent <= 100:
        reading.fault("lr_warmup", f"lr_warmup must be a percentage (got {percent})")
        return WarmUp()
    return WarmUp(min(percent / 100, ONE_LESS), rounds_up=False, key="lr_warmup")


def amount_of(reading: Reading, key: str) -> float:
    """Return a number of steps, or a share of the run below 1."""
    value = reading.source.get(key)
    if isinstance(value, str) and value.strip().endswith("%"):
        share = number_of(value.strip()[:-1])
        reading.value(key)
        return min(share / 100, ONE_LESS) if share else 0.0
    amount = reading.number(key, default=0)
    if amount < 0:
        reading.fault(key, f"{key} must be at least 0 (got {amount})")
    return float(amount)


def arguments_of(reading: Reading) -> dict[str, Any]:
    """Return lr_scheduler_args, each written as `name=value`."""
    raw = reading.value("lr_scheduler_args")
    items = raw.split() if isinstance(raw, str) else raw if isinstance(raw, list) else []
    arguments: dict[str, Any] = {}
    for item in items:
        name, mark, value = str(item).strip().strip('"').partition("=")
        document = read_python(f"value = {value}") if mark else None
        if document is None:
            reading.fault("lr_scheduler_args", f"lr_scheduler_args must be name=value (got {item})")
        else:
            arguments[name.strip()] = document.data["value"]
    return arguments


def with_settings(reading: Reading, arguments: Arguments) -> Arguments:
    """Return the arguments with the keys that belong to their type of schedule."""
    name, total, kwargs = arguments.schedule, arguments.total, dict(arguments.kwargs)
    cycles = reading.number("lr_scheduler_num_cycles", default=1)
    if name == "cosine_with_restarts":
        kwargs["num_cycles"] = cycles
    elif name == "polynomial":
        kwargs["power"] = reading.number("lr_scheduler_power", default=1)
    elif name == "inverse_sqrt":
        timescale = reading.integer("lr_scheduler_timescale")
        kwargs |= {"timescale": timescale} if timescale else {}
    elif name == "cosine_with_min_lr":
        kwargs["num_cycles"] = cycles / 2
        floor = reading.number("lr_scheduler_min_lr_ratio")
        kwargs |= {"min_lr_rate": floor} if floor is not None else {}
    elif name == "warmup_stable_decay":
        kwargs["num_cycles"] = cycles / 2
        kwargs["min_lr_ratio"] = reading.number("lr_scheduler_min_lr_ratio", default=0.0)
        decay = amount_of(reading, "lr_decay_steps")
        kwargs["num_decay_steps"] = int(decay * total.steps if decay < 1 else decay)
        if decay < 1 and arguments.warmup.is_share:
            # The phases are shares of the run, so that their nominal steps are right.
            arguments = replace(arguments, total=total._replace(is_known=True))
    return replace(arguments, kwargs=kwargs)


def custom_plan(
    reading: Reading, path: str, kwargs: Mapping[str, Any], lr: float, total: Total
) -> Plan:
    """Return the plan of a schedule that lr_scheduler_type names by its class."""
    reading.ignore("lr_scheduler", "lr_scheduler_type counts")
    schedule = schedule_of_class(reading, path, kwargs, "lr_scheduler_type")
    reading.raise_faults()
    assert schedule
    name, parameters = schedule
    if name == PLATEAU:
        return reading.metric_driven(f"lr_scheduler_type {path}", name, parameters, lr)
    origins = dict.fromkeys(parameters, "lr_scheduler_args")
    if not total.is_known:
        reading.open_ended()
        return reading.plan(name, parameters, lr=lr, origins=origins)
    return reading.plan(name, parameters, lr=lr, total=total, origins=origins)


def piecewise(reading: Reading, kwargs: Mapping[str, Any], lr: float, total: Total) -> Plan:
    """Return the plan of diffusers' piecewise constant: its rules are `factor:until,...,factor`."""
    rules = str(kwargs.get("step_rules", ""))
    *before, last = [rule.partition(":") for rule in rules.split(",")]
    pairs = [(number_of(until), number_of(factor)) for factor, _, until in before]
    final = number_of(last[0])
    if final is None or any(None in pair for pair in pairs):
        message = "piecewise_constant needs lr_scheduler_args step_rules, as '1:100,0.1'"
        reading.fault("lr_scheduler_args", message)
        return reading.plan("transformers.constant", lr=lr, total=total)
    expression = "".join(f"{factor!r} if t < {until!r} else " for until, factor in sorted(pairs))
    parameters = {"lr_lambda": f"{expression}{final!r}"}
    return reading.plan("torch.LambdaLR", parameters, lr=lr, total=total)


FORMAT = Format(
    name="kohya",
    title="kohya sd-scripts",
    rank=200,
    version="sd-scripts of 2026-02-16",
    read=read,
    keys=((*RATES, "lr_scheduler"), LENGTHS),
    without=(
        "per_device_train_batch_size",
        "micro_batch_size",
        "num_train_epochs",
        "lr_num_cycles",
        "lr_power",
    ),
    parse=parse,
)
