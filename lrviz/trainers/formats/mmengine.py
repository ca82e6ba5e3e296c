"""MMEngine's Python configs (MMDetection and others): literals by `ast`, never run.

Runner.build_param_scheduler gives a scheduler without `end` the length of the run (mmengine
0.10.7). Configs of mmcv 1.x, with an `lr_config`, are read by `lrviz.trainers.mmcv_hooks`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from lrviz.core.errors import did_you_mean
from lrviz.core.text import format_value
from lrviz.trainers.config_keys import required_class
from lrviz.trainers.conversions import integer_of
from lrviz.trainers.document import Document, Tagged
from lrviz.trainers.format import Format
from lrviz.trainers.mmcv_hooks import KEY, POLICY, read_lr_config
from lrviz.trainers.plan import Plan
from lrviz.trainers.python_bases import read_with_bases
from lrviz.trainers.reading import Reading
from lrviz.trainers.source import Source, number_of

NAME = "mmengine.param_scheduler"
PLATEAU = "ReduceOnPlateauLR"
IGNORED = ("type", "verbose", "last_step", "param_name", "monitor")
IN_EPOCHS = ("begin", "end", "T_max", "step_size", "total_steps", "milestones", "periods")
"""The numbers of a scheduler that are epochs where it is by_epoch."""
ANY_VALUE = "ParamScheduler"
OTHER_VALUE = re.compile(r"(?:Momentum|WeightDecay|ParamScheduler)$")
"""How the classes end that schedule other values of the optimizer, as those of mmpretrain do."""
RATES = ("optim_wrapper.optimizer.lr", "optimizer.lr")
PARAMWISE = ("optim_wrapper.paramwise_cfg", "optimizer.paramwise_cfg")
MULTIPLIERS = {"bias_lr_mult": "biases", "dcn_offset_lr_mult": "dcn_offset"}
"""The parameters whose rate each key of `paramwise_cfg` multiplies."""
SCHEDULERS = ("param_scheduler.lr", "param_scheduler")
BY_ITERATION = "what is scheduled by iteration"
WITHIN_EPOCHS = "the change within an epoch"


def parse(source: Source) -> Document | None:
    """Return the values of a Python file that may be MMEngine's, its bases included, or None."""
    if not any(key in source.text for key in ("param_scheduler", KEY, "_base_", "read_base")):
        return None
    return read_with_bases(source.text, source.folder)


def test(source: Source) -> str | None:
    """Return why a file is MMEngine's, or None."""
    if source.document.kind != "python":
        return None
    entries = source.get(SCHEDULERS[1])
    if isinstance(entries, dict | list):
        return "has param_scheduler"
    if source.has(POLICY):
        return f"has {KEY} (of mmcv 1.x)"
    rate = next(filter(source.has, RATES), None)
    other = next(filter(source.has, ("_base_", "train_cfg")), None)
    return f"has {other} and {rate}" if rate and other else None


def read(reading: Reading) -> Plan:
    """Return the plan of a config."""
    for name in reading.source.get("_base_") or ():
        reading.oddity(f"_base_ {name} is not read: it is no file beside or below this one's")
    lr = reading.number(*RATES)
    if lr is None:
        reading.needs("the rate", "--lr")
        lr = 1.0
    add_groups(reading)
    if reading.has(KEY) and not reading.has(SCHEDULERS[1]):
        return read_lr_config(reading, lr)
    epochs = reading.request.integer("epochs")
    if epochs:
        reading.decide("flag", f"--epochs {epochs:,}")
    else:
        epochs = reading.integer("train_cfg.max_epochs", "max_epochs")
    steps = reading.integer("train_cfg.max_iters", "max_iters")
    if reading.source.get("auto_scale_lr.enable") is True:
        reading.oddity("auto_scale_lr scales the rate with the batch; it is left out")
    length = reading.epoch_steps(reading.integer("train_dataloader.batch_size"))
    iterations = epochs * length if epochs and length and not steps else steps
    entries = entries_of(reading, None if steps else epochs, iterations)
    reading.raise_faults()
    if not entries:
        reading.decide("default", "no param_scheduler: constant")
        if steps:
            return reading.plan("transformers.constant", lr=lr, total=reading.total(steps))
        return reading.plan("transformers.constant", lr=lr, epochs=epochs or 1)
    if steps or not epochs:
        return over_iterations(reading, entries, lr, steps)
    return over_epochs(reading, entries, lr, epochs, length)


def add_groups(reading: Reading) -> None:
    """Add the parameters that `paramwise_cfg` gives a multiple of the rate.

    That of a scheduler's end is the same for all of them.
    """
    place = next(filter(reading.has, PARAMWISE), None)
    if place is None:
        return
    for key, name in MULTIPLIERS.items():
        factor = reading.number(f"{place}.{key}")
        reading.scale_group(name, f"{place}.{key}", 1.0 if factor is None else factor)
    custom = reading.source.get(f"{place}.custom_keys")
    for name, values in custom.items() if isinstance(custom, dict) else ():
        factor = number_of(values.get("lr_mult")) if isinstance(values, dict) else None
        if factor is not None:
            reading.scale_group(str(name), f"{place}.custom_keys", factor)
    if reading.has(f"{place}.decay_rate") or reading.has(f"{place}.layer_decay_rate"):
        reading.oddity("each layer has another rate; that of the last is drawn", place)


def entries_of(reading: Reading, epochs: int | None, steps: int | None) -> list[dict[str, Any]]:
    """Return the schedulers of the rate, each with an end."""
    key = next(filter(reading.has, SCHEDULERS), SCHEDULERS[1])
    raw = reading.source.get(key)
    items = raw if isinstance(raw, list) else [raw] if isinstance(raw, dict) else []
    entries = []
    for index, item in enumerate(items):
        place = f"{key}.{index}" if isinstance(raw, list) else key
        entry = entry_of(reading, item, place)
        if entry:
            end = epochs if entry.get("by_epoch", True) else steps
            if "end" not in entry and end:
                reading.decide("default", f"{place}.end: {end:,}, the end of the run")
                entry["end"] = end
            entries.append(entry)
    return entries


def entry_of(reading: Reading, item: Any, place: str) -> dict[str, Any] | None:
    """Return one scheduler; None for one that schedules no rate, or that lrviz does not have."""
    kind = item.get("type") if isinstance(item, dict) else item
    name = str(kind.value if isinstance(kind, Tagged) else kind).rpartition(".")[2]
    if name.endswith(ANY_VALUE) and isinstance(item, dict) and item.get("param_name") == "lr":
        name = name.removesuffix(ANY_VALUE) + "LR"
    other = OTHER_VALUE.search(name)
    if other:
        what = item.get("param_name") if isinstance(item, dict) else None
        reading.decide("ignored", f"{place}: it schedules {what or other[0]}, not the rate", place)
        return None
    if name == PLATEAU:
        reading.fault(place, f"{place}: {name} follows a metric; lrviz does not draw it in a list")
        return None
    if name not in types() or not isinstance(item, dict):
        names = f"(MMEngine's are {', '.join(types())})"
        message = f"{place}: lrviz has no scheduler {format_value(name)} {names}"
        reading.fault(place, message + did_you_mean(name, types()))
        return None
    entry: dict[str, Any] = {"type": name}
    for key, value in item.items():
        if key in IGNORED or value is None:
            continue
        if isinstance(value, Tagged):
            reading.fault(f"{place}.{key}", f"{place}.{key} is no literal (got {value.value})")
        entry[key] = value
    reading.decide("key", f"{place}: {format_value(entry)}", place)
    return entry


def types() -> tuple[str, ...]:
    """Return the types of scheduler that lrviz has."""
    (entry, _) = get_args(required_class(NAME).model_fields["schedulers"].annotation)
    names: tuple[str, ...] = get_args(entry.model_fields["type"].annotation)
    return names


def over_iterations(
    reading: Reading, entries: Sequence[dict[str, Any]], lr: float, steps: int | None
) -> Plan:
    """Return the plan of a run that counts iterations, in which epochs do not end."""
    acting = [entry for entry in entries if not entry.get("by_epoch", True)]
    if len(acting) < len(entries):
        reading.oddity("schedulers with by_epoch do not act in a run that counts iterations")
    if not acting:
        return reading.plan("transformers.constant", lr=lr, total=reading.total(steps))
    ends = [end for entry in acting if (end := integer_of(entry.get("end")))]
    total = reading.total(steps or max(ends, default=None))
    return reading.plan(NAME, {"schedulers": acting}, lr=lr, total=total)


def over_epochs(
    reading: Reading, entries: Sequence[dict[str, Any]], lr: float, epochs: int, length: int | None
) -> Plan:
    """Return the plan of a run that counts epochs; schedulers by iteration need their length."""
    if length:
        reading.convert(f"{epochs:,} epochs x {length:,} iterations = {epochs * length:,} steps")
        total = reading.bounded(epochs * length)
        converted = [
            in_steps(entry, 1, length) if is_converted(entry) else entry for entry in entries
        ]
        parameters = {"schedulers": converted, "epoch_length": length}
        return reading.plan(NAME, parameters, lr=lr, total=total)
    if all(map(is_converted, entries)):
        total = reading.total()
        parameters = {"schedulers": [in_steps(entry, epochs, total.steps) for entry in entries]}
        return reading.plan(NAME, parameters, lr=lr, total=total)
    by_epoch = [without_conversion(entry) for entry in entries if entry.get("by_epoch", True)]
    for what, affected in (
        (BY_ITERATION, len(by_epoch) < len(entries)),
        (WITHIN_EPOCHS, any(entry.get("convert_to_iter_based") for entry in entries)),
    ):
        if affected:
            reading.needs(what, "--steps-per-epoch", "--dataset-size")
    if not by_epoch:
        return reading.plan("transformers.constant", lr=lr, epochs=epochs)
    return reading.plan(NAME, {"schedulers": by_epoch}, lr=lr, epochs=epochs)


def is_converted(entry: Mapping[str, Any]) -> bool:
    """Return whether a scheduler in epochs acts at each iteration; it may begin within an epoch."""
    return bool(entry.get("by_epoch", True) and entry.get("convert_to_iter_based"))


def in_steps(entry: Mapping[str, Any], epochs: int, steps: int) -> dict[str, Any]:
    """Return a scheduler with its numbers of epochs in steps, of which `epochs` have `steps`."""

    def count(value: Any) -> Any:
        if isinstance(value, list):
            return [count(item) for item in value]
        number = number_of(value)
        return value if number is None else int(number * steps / epochs)

    result = {key: count(value) if key in IN_EPOCHS else value for key, value in entry.items()}
    return {**without_conversion(result), "by_epoch": False}


def without_conversion(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a scheduler that acts once per epoch."""
    return {key: value for key, value in entry.items() if key != "convert_to_iter_based"}


FORMAT = Format(
    name="mmengine",
    title="MMEngine",
    rank=220,
    version="mmengine 0.10.7",
    drop_last_keys=("train_dataloader.drop_last",),
    read=read,
    test=test,
    parse=parse,
)
