"""Ultralytics' args.yaml, and YOLOv5's hyp.yaml and opt.yaml: a decay by epoch.

Also the command `yolo train` of a script and `model.train(...)` of a Python program.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, NamedTuple

from lrviz.core.text import format_number, format_value
from lrviz.trainers.arguments import is_script
from lrviz.trainers.document import Document
from lrviz.trainers.format import Format
from lrviz.trainers.plan import NOMINAL_STEPS, Drawability, Group, Plan
from lrviz.trainers.python_calls import KIND, several_calls
from lrviz.trainers.reading import Reading
from lrviz.trainers.reading_rules import ASSUMED_RATE
from lrviz.trainers.run_length import Total
from lrviz.trainers.source import Source
from lrviz.trainers.ultralytics_calls import TRAIN, train_calls, train_commands

FULL_DUMP = ("task", "mode", "nbs", "tracker")
"""Keys of a file that the trainer wrote, which has all keys of its version."""
YOLOV5_KEYS = ("hyp", "anchor_t", "obj_pw")
SINCE_8_2 = "bgr"
SINCE_8_4 = "rle"
SINCE_8_4_106 = "dlam"
MIN_WARMUP = 100
AUTO_RATE, AUTO_ITERATIONS = 0.01, 10_000
"""The rate of `optimizer: auto` in runs of more than so many iterations."""
FEW_RATE, RATE_OF_ONE_CLASS = "0.002 x 5 / (4 + classes)", 0.002
"""The rate of `optimizer: auto` in a run of at most so many iterations."""
HEAD_FACTOR = 3
"""By how much MuSGD multiplies the rate of the layers that tell the classes."""
NOMINAL_BATCH = 64
DEFAULT_BATCH = 16


class Iterations(NamedTuple):
    """The fewest and the most iterations that `optimizer: auto` may count in a run."""

    fewest: int = 0
    most: float = math.inf

    @property
    def are_many(self) -> bool:
        """Whether it takes MuSGD, before 8.4 SGD, with one rate for every run."""
        return self.fewest > AUTO_ITERATIONS

    @property
    def are_few(self) -> bool:
        """Whether it takes AdamW, whose rate depends on the classes."""
        return self.most <= AUTO_ITERATIONS


def parse(source: Source) -> Document | None:
    """Return the arguments of what starts the training: a command, or a call in Python; or None."""
    started = train_commands(source.text) if is_script(source) else []
    started += [call.document for call in train_calls(source)]
    if not started:
        return None
    return replace(started[0], data={**started[0].data, "mode": TRAIN})


def test(source: Source) -> str | None:
    """Return why a file is of this format, or None."""
    if source.document.kind == KIND:
        return "calls train of a model of Ultralytics"
    if source.document.kind == "arguments" and source.get("mode") == TRAIN:
        return "has the command yolo train"
    return FORMAT.reason(source)


def read(reading: Reading) -> Plan:
    """Return the plan of an Ultralytics file. Raises SpecError for a program with several calls."""
    calls = train_calls(reading.source)
    if len(calls) > 1:
        raise several_calls(reading.source, calls)
    count = len(train_commands(reading.source.text))
    if count > 1 and reading.source.document.kind == "arguments":
        reading.oddity(f"the file has {count} commands to train: the first is drawn")
    if reading.source.document.kind in ("arguments", KIND) and reading.has("cfg"):
        reading.oddity("cfg names a file with further arguments, which is not read", "cfg")
    epochs = reading.epochs("epochs", default=None if is_yolov5(reading) else 100)
    cosine = reading.flag("cos_lr", default=False)
    lrf = reading.number("lrf", "hyp.lrf", default=0.01)
    warmup = reading.number("warmup_epochs", "hyp.warmup_epochs", default=3.0)
    if reading.has("time"):
        reading.oddity("time sets the length of the run, in hours; epochs are drawn", "time")
    schedule = "ultralytics.cos_lr" if cosine else "ultralytics.linear"
    parameters: dict[str, Any] = {"lrf": lrf, "warmup_epochs": warmup}
    if steps_at_end(reading):
        reading.decide("oddity", "the rate lags by an epoch after the warm-up (until 8.1)")
        parameters["step_at_end"] = True
    optimizer = optimizer_of(reading)
    if epochs is None or epochs < 1:
        return without_epochs(reading, schedule, parameters, optimizer)
    epochs = math.ceil(epochs)
    iterations = iterations_of(reading, epochs) if optimizer == "auto" else Iterations()
    add_groups(reading, optimizer, warmup, iterations)
    nb = reading.epoch_steps(batch_size=reading.integer("batch", "batch_size"))
    lr = rate_of(reading, optimizer, iterations)
    if nb is None:
        if warmup > 0:
            reading.oddity(
                "in the warm-up an epoch has the rate of its last batch, as in results.csv; "
                "--steps-per-epoch draws each step"
            )
        return reading.plan(schedule, parameters, lr=lr, epochs=epochs)
    parameters |= {"epochs": epochs, "nb": nb}
    if warmup > 0 and has_least_warmup(reading):
        nw = max(round(warmup * nb), MIN_WARMUP)
        reading.convert(
            f"warmup_epochs: max(round({format_value(warmup)} x {nb:,} batches), {MIN_WARMUP}) "
            f"= {nw:,} batches"
        )
        parameters["nw"] = nw
    reading.bounded(epochs * nb)
    return reading.plan(schedule, parameters, lr=lr, steps_per_epoch=nb, by="step")


def without_epochs(
    reading: Reading, schedule: str, parameters: dict[str, Any], optimizer: str
) -> Plan:
    """Return the plan of a file that leaves the epochs open, as YOLOv5's hyp.yaml does."""
    reading.missing["--epochs"] = None
    if parameters["warmup_epochs"]:
        epochs = format_value(parameters["warmup_epochs"])
        reading.needs(f"the warm-up of {epochs} epochs", "--epochs")
    else:
        reading.drawability = Drawability.SCALE_FREE
    parameters |= {"epochs": NOMINAL_STEPS, "warmup_epochs": 0.0, "step_at_end": False}
    total = Total(NOMINAL_STEPS, is_known=False)
    return reading.plan(
        schedule, parameters, lr=rate_of(reading, optimizer, Iterations()), total=total
    )


def rate_of(reading: Reading, optimizer: str, iterations: Iterations) -> float:
    """Return the rate: lr0, or what `optimizer: auto` makes of the run."""
    lr0 = reading.number("lr0", "hyp.lr0", default=0.01)
    if optimizer != "auto":
        return float(lr0)
    if (rate := reading.fill("lr")) is not None:
        return float(rate)
    fewest, most = iterations
    if iterations.are_many:
        at_least = "" if fewest == most else "at least "
        reading.convert(
            f"optimizer auto, {at_least}{fewest:,} iterations: the rate is "
            f"{format_number(AUTO_RATE)}"
        )
        return AUTO_RATE
    if iterations.are_few:
        at_most = "" if fewest == most else "at most "
        return assumed_rate(
            reading,
            f"optimizer auto ignores lr0: in {at_most}{most:,} iterations the rate is {FEW_RATE}",
            RATE_OF_ONE_CLASS,
        )
    return assumed_rate(
        reading,
        f"optimizer auto ignores lr0: the rate is {format_number(AUTO_RATE)} above "
        f"{AUTO_ITERATIONS:,} "
        f"iterations, else {FEW_RATE}",
        AUTO_RATE,
    )


def iterations_of(reading: Reading, epochs: int) -> Iterations:
    """Return the iterations of a run as `optimizer: auto` counts them.

    It counts nominal batches, and so depends on the samples; the last of an epoch's batches may
    have a single one.
    """
    batch = reading.request.integer("batch_size") or reading.integer("batch", default=DEFAULT_BATCH)
    samples = reading.request.integer("dataset_size")
    steps = reading.request.integer("steps_per_epoch") if batch > 0 else None
    if not (samples or steps):
        return Iterations()
    size = max(batch, reading.integer("nbs", default=NOMINAL_BATCH))
    most = samples or (steps or 1) * batch
    fewest = samples or most - batch + 1
    return Iterations(math.ceil(fewest / size) * epochs, math.ceil(most / size) * epochs)


def assumed_rate(reading: Reading, reason: str, rate: float) -> float:
    """Return a rate that is drawn where the file does not determine it, with a warning."""
    message = f"{reason}; drawn with {format_number(rate)}, --lr sets it"
    reading.decide("oddity", message, "optimizer")
    reading.notes.append(ASSUMED_RATE.finding(message))
    return rate


def is_yolov5(reading: Reading) -> bool:
    """Return whether a file is YOLOv5's: hyper-parameters without epochs, or beneath `hyp`."""
    source = reading.source
    return any(map(source.has, YOLOV5_KEYS)) or not (source.has("epochs") or source.has("mode"))


def is_full_dump(reading: Reading) -> bool:
    """Return whether a file has every key of its trainer's version."""
    return all(map(reading.source.has, FULL_DUMP))


def steps_at_end(reading: Reading) -> bool:
    """Return whether the scheduler is stepped after an epoch: until 8.1, and in YOLOv5."""
    if reading.request.trainer_version is not None:
        return reading.version_before(8, 2)
    return is_yolov5(reading) or (is_full_dump(reading) and not reading.source.has(SINCE_8_2))


def has_least_warmup(reading: Reading) -> bool:
    """Return whether a warm-up has at least 100 batches: before 8.4.103, and in YOLOv5."""
    if reading.request.trainer_version is not None:
        return reading.version_before(8, 4, 103)
    return is_yolov5(reading) or (is_full_dump(reading) and not reading.source.has(SINCE_8_4_106))


def optimizer_of(reading: Reading) -> str:
    """Return the optimizer's name in lower case."""
    return str(reading.text("optimizer", default="SGD" if is_yolov5(reading) else "auto")).lower()


def add_groups(reading: Reading, optimizer: str, warmup: float, iterations: Iterations) -> None:
    """Add the biases, which start the warm-up at another rate, and what is faster with MuSGD."""
    key = "hyp.warmup_bias_lr" if reading.has("hyp.warmup_bias_lr") else "warmup_bias_lr"
    start = reading.number(key, default=0.1) if optimizer != "auto" and warmup > 0 else 0.0
    bias = {"warmup_start": start}
    rises_from = f"start the warm-up at {format_value(start)}"
    if start:
        reading.add_group(Group("biases", key, rises_from, parameters=bias))
    if not may_be_musgd(reading, optimizer, iterations):
        return
    times = f"have {HEAD_FACTOR} times the rate{' with MuSGD' if optimizer == 'auto' else ''}"
    reading.add_group(Group("head", "optimizer", times, HEAD_FACTOR))
    if start:
        both = f"{times} and {rises_from}"
        reading.add_group(Group("head-biases", "optimizer", both, HEAD_FACTOR, parameters=bias))


def may_be_musgd(reading: Reading, optimizer: str, iterations: Iterations) -> bool:
    """Return whether the optimizer is MuSGD, or may be: `auto` takes it in some runs since 8.4."""
    if optimizer != "auto":
        return optimizer == "musgd"
    if iterations.are_few:
        return False
    if reading.request.trainer_version is not None:
        return not reading.version_before(8, 4)
    return not is_full_dump(reading) or reading.source.has(SINCE_8_4)


FORMAT = Format(
    name="ultralytics",
    title="Ultralytics",
    rank=120,
    version="ultralytics 8.4.190",
    read=read,
    keys=(
        ("lr0", "hyp.lr0"),
        ("lrf", "hyp.lrf"),
        ("warmup_epochs", "hyp.warmup_epochs", "warmup_bias_lr", "cos_lr", "epochs"),
    ),
    test=test,
    parse=parse,
)
