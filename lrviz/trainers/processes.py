"""The number of processes that a file states: in the arguments of a launcher, or as devices.

Each launcher is declared once, with the names whose product is the number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lrviz.core.findings import Finding
from lrviz.core.text import format_count
from lrviz.trainers.arguments import argument_values, variable_values, without_comments
from lrviz.trainers.config_keys import ConfigKeys
from lrviz.trainers.conversions import integer_of, is_unset
from lrviz.trainers.format import Devices
from lrviz.trainers.reading_rules import UNSET_VARIABLE

ONE = "counts as one process (--world-size sets the number)"


@dataclass(frozen=True)
class Launcher:
    """A program that starts a training program several times.

    `command` is how a script calls it. The number of processes is the product of `factors`, each
    an argument with its default, None where that depends on the machine; with `by_environment`
    they are variables of the shell, or named groups of `command`.
    """

    name: str
    command: str
    factors: Mapping[str, int | None]
    by_environment: bool = False


LAUNCHERS = (
    Launcher(
        "torchrun",
        r"(?<![\w-])(?:torchrun|torch\.distributed\.(?:run|launch))(?![\w-])",
        {"nproc_per_node": 1, "nnodes": 1},
    ),
    Launcher(
        "accelerate",
        r"(?<![\w-])accelerate(?:-launch|[ \t]+launch)(?![\w-])",
        {"num_processes": None},
    ),
    Launcher("deepspeed", r"(?<![\w./-])deepspeed[ \t]", {"num_gpus": None, "num_nodes": 1}),
    Launcher(
        "swift",
        r"(?<![\w-])swift(?:[ \t]+|/cli/)(?:sft|pt|rlhf)(?![\w-])",
        {"NPROC_PER_NODE": 1, "NNODES": 1},
        by_environment=True,
    ),
    Launcher(
        "distributed_train.sh",
        r"(?<![\w-])distributed_train\.sh[ \t]+(?P<NUM_PROC>\d+)(?!\S)",
        {"NUM_PROC": 1},
        by_environment=True,
    ),
)
"""Names and defaults of torch 2.13, accelerate 1.15, DeepSpeed 0.19 without a hostfile, ms-swift
4.6 and timm 1.0.31."""


@dataclass(frozen=True)
class Processes:
    """The processes of a run, None where they are not known; `note` says why they are not."""

    count: int | None = None
    note: Finding | None = None


def processes_of(reading: ConfigKeys, devices: Devices | None) -> Processes:
    """Return the processes that a file states: on a trainer's devices, or by a launcher."""
    if devices is not None:
        return device_processes(reading, devices)
    is_script = reading.source.document.kind == "arguments"
    return launched_processes(reading) if is_script else Processes()


def launched_processes(reading: ConfigKeys) -> Processes:
    """Return the processes that the launcher of a script starts, and enter it in the trace."""
    text = reading.source.text
    code = without_comments(text)
    for launcher in LAUNCHERS:
        values_in = variable_values if launcher.by_environment else argument_values
        call = re.search(launcher.command, code)
        values = {**values_in(text, launcher.factors), **call.groupdict()} if call else {}
        if values:
            return product_of(reading, launcher, values)
    return Processes()


def product_of(reading: ConfigKeys, launcher: Launcher, values: Mapping[str, Any]) -> Processes:
    """Return the product of the numbers that a script states, or what leaves it open."""
    dashes = "" if launcher.by_environment else "--"
    key = "" if launcher.by_environment else next(iter(values))
    counts = {**launcher.factors} | {name: count_of(value) for name, value in values.items()}
    unknown = next((name for name, count in counts.items() if count is None), None)
    if unknown is None:
        factors = " x ".join(f"{dashes}{name} {counts[name]:,}" for name in values)
        count = math.prod(count for count in counts.values() if count)
        text = f"{launcher.name} {factors} = {format_count(count, 'process')}"
        reading.decide("conversion", text, key)
        return Processes(count)
    value = values.get(unknown)
    if is_unset(value):
        text = f"{dashes}{unknown} is {value}, which the file does not set: it {ONE}"
        note = UNSET_VARIABLE.finding(text)
    else:
        what = f"{dashes}{unknown} {value}" if unknown in values else f"without {dashes}{unknown}"
        note = Finding("trainer-oddity", f"{launcher.name} {what} {ONE}")
    reading.decide("missing", note.message, key)
    return Processes(None, note)


def device_processes(reading: ConfigKeys, keys: Devices) -> Processes:
    """Return the processes of a trainer that starts one on each device of each node."""
    value = reading.value(*keys.devices, default=keys.default, read=count_of)
    nodes = reading.integer(*keys.nodes, default=1)
    devices, key = count_of(value), reading.key_of(*keys.devices)
    if devices is None or nodes < 1:
        text = f"{key}: {value} {ONE}"
        is_stated = reading.has(key)
        reading.decide("missing", text, key if is_stated else "")
        return Processes(None, Finding("trainer-oddity", text) if is_stated else None)
    count = devices * nodes
    product = f"{format_count(devices, 'device')} x {format_count(nodes, 'node')}"
    reading.decide("conversion", f"{product} = {format_count(count, 'process')}", key)
    return Processes(count)


def count_of(value: Any) -> int | None:
    """Return the number of a value, that of a list's items, or None where it says no number."""
    if isinstance(value, str) and "," in value:
        value = [item for item in value.split(",") if item.strip()]
    count = len(value) if isinstance(value, list) else integer_of(value)
    return count if count and count > 0 else None
