"""fairseq's YAML (Hydra), its command lines, and Hydra's overrides on a command line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from lrviz.trainers.arguments import (
    ASSIGNMENT,
    COMMENT,
    MAX_CHARACTERS,
    blank,
    read_arguments,
    word_value,
)
from lrviz.trainers.document import Document, Mark, Path, mark_at
from lrviz.trainers.fairseq_manual import RATES, manual_plan
from lrviz.trainers.format import Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total
from lrviz.trainers.source import Source

RUN_KEYS = ("lr", "max_update", "max_epoch", "update_freq")
"""Arguments that are settings of the run; the others may be the schedule's."""
OWN_ARGUMENTS = ("max_update", "max_tokens", "update_freq", "warmup_updates", "total_num_update")
COMMAND = re.compile(r"\bfairseq-(?:hydra-)?train\b")
COMMANDS = re.compile(r"\b(?:fairseq-(?:hydra-)?train|train\.py)\b")
"""Where a command to train begins; a page may show several."""
OVERRIDE = re.compile(r"(?<!\S)[+]{0,2}(lr_scheduler|optimization)(?:\.(\w+))?=(\S+)")
WARMUP = ("warmup_updates", "warmup_init_lr")
NUMBERS: dict[str, tuple[str, ...]] = {
    "inverse_sqrt": WARMUP,
    "polynomial_decay": ("warmup_updates", "end_learning_rate", "power", "total_num_update"),
    "cosine": (*WARMUP, "min_lr", "t_mult", "lr_period_updates", "lr_shrink"),
    "tri_stage": ("warmup_steps", "hold_steps", "decay_steps", "init_lr_scale", "final_lr_scale"),
    "fixed": ("warmup_updates", "force_anneal", "lr_shrink"),
    "step": (*WARMUP, "min_lr", "lr_deacy_period", "lr_decay"),
    "triangular": ("max_lr", "lr_period_updates", "lr_shrink"),
    "manual": (),
    "reduce_lr_on_plateau": ("lr_shrink", "lr_threshold", "lr_patience"),
}
"""The schedules, and the numbers that each of them takes."""
SPELLINGS = {"lr_deacy_period": "lr_decay_period"}
"""Other spellings of a number; fairseq's own has its letters swapped."""
METRIC_DRIVEN = ("reduce_lr_on_plateau",)
DELEGATED, MANUAL = "pass_through", "manual"
SCHEDULE = "lr_scheduler"
NOT_A_BREAK = re.compile(r"[^\n]")
DEFAULT_LR = 0.25


def parse(source: Source) -> Document | None:
    """Return a command line in the shape of the YAML, or None where a file is none."""
    text = source.text[:MAX_CHARACTERS]
    if "lr-scheduler" not in text and SCHEDULE not in text:
        return None
    if source.name.endswith(".py"):  # its keyword arguments look like overrides
        return None
    if source.data and not COMMAND.search(text):
        return None
    documents = (document_of(part) for part in commands(text))
    return next((document for document in documents if "_name" in document.data[SCHEDULE]), None)


def commands(text: str) -> list[str]:
    """Return a text once for each command to train, without the others; as it is for one or none.

    What is before the first command belongs to each, and so do assignments between them.
    """
    starts = [match.start() for match in COMMANDS.finditer(COMMENT.sub(blank, text))]
    if len(starts) < 2:
        return [text]
    ends = [*starts[1:], len(text)]
    return [
        text[: starts[0]] + assignments(text[starts[0] : start]) + text[start:end]
        for start, end in zip(starts, ends, strict=True)
    ]


def assignments(text: str) -> str:
    """Return a text of which only assignments are left, each at its place."""
    result, end = "", 0
    for match in ASSIGNMENT.finditer(text):
        result += NOT_A_BREAK.sub(" ", text[end : match.start()]) + match[0]
        end = match.end()
    return result + NOT_A_BREAK.sub(" ", text[end:])


def document_of(text: str) -> Document:
    """Return the arguments and overrides of a command line in the shape of the YAML."""
    document = read_arguments(text)
    arguments = document.data
    data: dict[str, Any] = {SCHEDULE: {}, "optimization": {}}
    marks: dict[Path, Mark] = {}
    is_fairseq = any(map(arguments.__contains__, OWN_ARGUMENTS)) or COMMAND.search(text)
    if SCHEDULE in arguments and is_fairseq:
        for name, value in arguments.items():
            section = "optimization" if name in RUN_KEYS else SCHEDULE
            key = "_name" if name == SCHEDULE else name
            data[section][key] = value if name in RATES else listed(value)
            marks[section, key] = document.marks[name,]
    for match in OVERRIDE.finditer(text):
        key, section = match[2] or "_name", match[1]
        data[section][key] = listed(word_value(match[3].strip("\"'")))
        marks[section, key] = mark_at(text, match.start())
    return Document(data, marks, "arguments")


def listed(value: Any) -> Any:
    """Return the list of a text such as `[0.1,0.2]` or `0.1,0.2`, or the value."""
    if not isinstance(value, str) or ("," not in value and not value.startswith(("[", "("))):
        return value
    return [word_value(item.strip()) for item in value.strip("[]()").split(",")]


def place_of(source: Source) -> str | None:
    """Return the dotted key of the schedule: its own, or that of a composite optimizer's group."""
    groups = source.get("optimizer.groups")
    if name_in(source, "lr_scheduler") == DELEGATED and isinstance(groups, dict) and groups:
        group = "default" if "default" in groups else next(iter(groups))
        return f"optimizer.groups.{group}.lr_scheduler"
    return "lr_scheduler" if name_in(source, "lr_scheduler") else None


def name_in(source: Source, place: str) -> str | None:
    """Return the name of the schedule at a key, which may hold it alone."""
    value = source.get(place)
    name = source.get(f"{place}._name") if isinstance(value, dict) else value
    return name if isinstance(name, str) else None


def test(source: Source) -> str | None:
    """Return why a file is fairseq's, or None."""
    keys = ("optimization", "optimizer._name", "criterion._name", "task._name", "optimizer.groups")
    other = next(filter(source.has, keys), None)
    place = place_of(source)
    if source.document.kind != "arguments" and place == "lr_scheduler":
        place = place if source.has("lr_scheduler._name") else None
    return f"has {place} and {other}" if place and other else None


def read(reading: Reading) -> Plan:
    """Return the plan of a fairseq file."""
    source = reading.source
    place = place_of(source) or "lr_scheduler"
    key = f"{place}._name" if isinstance(source.get(place), dict) else place
    name = reading.choice(key, choices=(*NUMBERS, DELEGATED), default="fixed")
    if name == DELEGATED:
        reading.fault(key, "pass_through leaves the rate to the optimizer, which is not read")
    count = len(commands(source.text)) if source.document.kind == "arguments" else 1
    if count > 1:
        reading.oddity(
            f"the file has {count} commands to train: the first with a schedule is drawn"
        )
    lrs = rates_of(reading, place)
    parameters = {} if name in (DELEGATED, MANUAL) else numbers_of(reading, place, name)
    reading.raise_faults()
    if name in METRIC_DRIVEN:
        return plateau_plan(reading, parameters, lrs[0])
    if name == MANUAL:
        return manual_plan(reading, lrs[0], lambda: total_of(reading))
    if name == "fixed" and (len(lrs) > 1 or "force_anneal" in parameters):
        return per_epoch_plan(reading, parameters, lrs)
    if len(lrs) > 1:
        reading.oddity(f"{name} takes one rate: the first of optimization.lr is drawn")
    return MAKERS.get(name, without_length)(reading, name, parameters, lrs[0])


def rates_of(reading: Reading, place: str) -> list[float]:
    """Return the rates of the epochs, those of a group of a composite optimizer before others."""
    group = place.removesuffix(".lr_scheduler")
    keys = (f"{group}.lr_float", f"{group}.lr") if group != place else ()
    if keys and len(reading.mapping("optimizer.groups")) > 1:
        reading.oddity(f"the groups of the optimizer have their own rates; {group} is drawn")
    lrs = reading.numbers(*keys, f"{place}.lr", "optimization.lr", default=[DEFAULT_LR])
    return [float(lr) for lr in lrs] or [DEFAULT_LR]


def numbers_of(reading: Reading, place: str, name: str) -> dict[str, Any]:
    """Return the numbers of a schedule that the file has, or their defaults."""
    keys = {number: f"{place}.{number}" for number in NUMBERS.get(name, ())}
    for number, spelling in SPELLINGS.items():
        if number in keys and reading.has(f"{place}.{spelling}"):
            keys[number] = f"{place}.{spelling}"
    if name in METRIC_DRIVEN:
        values = {number: reading.number(key) for number, key in keys.items()}
        parameters = {number: value for number, value in values.items() if value is not None}
    else:
        parameters = reading.parameters(f"fairseq.{name}", keys)
    if name == "tri_stage" and (ratio := reading.numbers(f"{place}.phase_ratio")):
        parameters["phase_ratio"] = ratio
    if name == "triangular" and (shrinks := reading.flag(f"{place}.shrink_min")):
        parameters["shrink_min"] = shrinks
    return parameters


def total_of(reading: Reading) -> Total:
    """Return the length of the run: max_update, else the epochs."""
    updates = reading.integer("optimization.max_update", default=0)
    if updates > 0:
        reading.ignore("optimization.max_epoch", "max_update counts")
        return reading.total(updates)
    epochs = reading.number("optimization.max_epoch") or None
    return reading.total(epochs=epochs if epochs and epochs > 0 else None)


Parameters = dict[str, Any]
Maker = Callable[[Reading, str, Parameters, float], Plan]


def without_length(reading: Reading, name: str, parameters: Parameters, lr: float) -> Plan:
    """Return the plan of a schedule whose shape does not depend on the run's length."""
    total = total_of(reading)
    if total.is_known:
        return reading.plan(f"fairseq.{name}", parameters, lr=lr, total=total)
    if name == "fixed" and not parameters.get("warmup_updates"):
        return reading.plan(f"fairseq.{name}", parameters, lr=lr, total=total)
    reading.open_ended()
    return reading.plan(f"fairseq.{name}", parameters, lr=lr)


def polynomial_plan(reading: Reading, name: str, parameters: Parameters, lr: float) -> Plan:
    """Return the plan of a decay over total_num_update, or the run where that is not set."""
    if parameters.get("total_num_update", 0) > 0:
        return without_length(reading, name, parameters, lr)
    total = total_of(reading)
    reading.decide("default", f"total_num_update: max_update ({reading.format.version})")
    scaled = parameters | {"total_num_update": total.steps}
    return reading.plan(
        f"fairseq.{name}", without_warmup(reading, scaled, total), lr=lr, total=total
    )


def cosine_plan(reading: Reading, name: str, parameters: Parameters, lr: float) -> Plan:
    """Return the plan of half cosines over lr_period_updates, or one over the run."""
    peak = reading.number("lr_scheduler.max_lr")
    if peak is not None:
        reading.oddity("cosine with max_lr is of fairseq before 0.10: lr is its floor")
        parameters, lr = parameters | {"min_lr": lr}, peak
    if parameters.get("lr_period_updates", 0) > 0:
        return without_length(reading, name, parameters, lr)
    total = total_of(reading)
    scaled = without_warmup(reading, parameters, total)
    period = total.steps - int(scaled.get("warmup_updates", 0))
    if period < 1:
        message = "cosine needs max_update above warmup_updates, or lr_period_updates"
        reading.fault("lr_scheduler", message)
    version = reading.format.version
    reading.decide("default", f"lr_period_updates: the updates after the warm-up ({version})")
    scaled = scaled | {"lr_period_updates": max(period, 1)}
    return reading.plan(f"fairseq.{name}", scaled, lr=lr, total=total)


def without_warmup(reading: Reading, parameters: Parameters, total: Total) -> Parameters:
    """Return parameters without a warm-up that the run's length would be needed for."""
    updates = parameters.get("warmup_updates")
    if total.is_known or not updates:
        return parameters
    reading.needs(f"the warm-up of {int(updates):,} updates")
    return parameters | {"warmup_updates": 0}


def stages_plan(reading: Reading, name: str, parameters: Parameters, lr: float) -> Plan:
    """Return the plan of three stages, given as updates or as shares of the run."""
    ratios = parameters.pop("phase_ratio", None)
    if ratios is None:
        if not parameters.get("decay_steps"):
            reading.fault("lr_scheduler", "tri_stage needs decay_steps, or phase_ratio")
        return without_length(reading, name, parameters, lr)
    total = total_of(reading)
    if len(ratios) != 3 or sum(ratios) != 1:
        message = f"phase_ratio must be three shares that add up to 1 (got {ratios})"
        reading.fault("lr_scheduler.phase_ratio", message)
        reading.raise_faults()
    names = ("warmup_steps", "hold_steps", "decay_steps")
    stages = {key: int(total.steps * ratio) for key, ratio in zip(names, ratios, strict=True)}
    if total.is_known:
        counts = ", ".join(f"{count:,}" for count in stages.values())
        reading.convert(f"phase_ratio {ratios} x {total.steps:,} updates = {counts}")
    return reading.plan(f"fairseq.{name}", parameters | stages, lr=lr, total=total)


MAKERS: Mapping[str, Maker] = {
    "polynomial_decay": polynomial_plan,
    "cosine": cosine_plan,
    "tri_stage": stages_plan,
}


def plateau_plan(reading: Reading, parameters: Parameters, lr: float) -> Plan:
    """Return the plan of the schedule that follows the validation's metric."""
    names = {"lr_shrink": "factor", "lr_threshold": "threshold", "lr_patience": "patience"}
    renamed = {names[name]: value for name, value in parameters.items()}
    settings = {"factor": 0.1, "patience": 0, **renamed}
    if reading.flag("checkpoint.maximize_best_checkpoint_metric"):
        settings["mode"] = "max"
    name = "torch.ReduceLROnPlateau"
    epochs = reading.epochs("optimization.max_epoch")
    whole = ceil(epochs) if epochs and epochs > 0 else None
    return reading.metric_driven("reduce_lr_on_plateau", name, settings, lr, whole)


def per_epoch_plan(reading: Reading, parameters: Parameters, lrs: list[float]) -> Plan:
    """Return the plan of rates that change from epoch to epoch."""
    rates = {"lrs": lrs} if len(lrs) > 1 else {}
    size = reading.request.integer("steps_per_epoch")
    if size:
        reading.decide("flag", f"--steps-per-epoch {size:,}")
        settings = {**parameters, **rates, "updates_per_epoch": size}
        return reading.plan("fairseq.fixed", settings, lr=lrs[0], total=total_of(reading))
    if parameters.get("warmup_updates"):
        reading.needs(f"the warm-up of {int(parameters['warmup_updates']):,} updates")
        parameters = {**parameters, "warmup_updates": 0}
    epochs = reading.integer("optimization.max_epoch") or len(lrs) + 1
    settings = {**parameters, **rates}
    return reading.plan("fairseq.fixed", settings, lr=lrs[0], epochs=max(epochs, 1))


FORMAT = Format(
    name="fairseq",
    title="fairseq",
    rank=130,
    version="fairseq 0.12.2",
    read=read,
    keys=(("lr_scheduler._name",), ("optimization.lr", "optimization.max_update")),
    test=test,
    parse=parse,
)
