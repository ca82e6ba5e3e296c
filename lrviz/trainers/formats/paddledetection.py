"""PaddleDetection's YAML (2.7): `LearningRate` lists a decay, and the warm-up before it.

ppdet/optimizer/optimizer.py; the decay counts epochs from the start of the run, a cosine from the
end of the warm-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from lrviz.core.text import format_value
from lrviz.trainers.conversions import boolean_of
from lrviz.trainers.document import Document, Tagged
from lrviz.trainers.format import Format
from lrviz.trainers.inheritance import note_unread_bases, over_bases
from lrviz.trainers.joined import Decay, cosine, stairs
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.source import Source, number_of

BASE = "_BASE_"
OTHER = "SOLVER"
"""A key of detectron2's files, which have the same key for their bases."""
KEY = "LearningRate"
RATE, SCHEDULERS, EPOCHS = f"{KEY}.base_lr", f"{KEY}.schedulers", "epoch"
DECAYS = ("PiecewiseDecay", "CosineDecay")
WARMUPS = ("LinearWarmup", "ExpWarmup")
DEFAULT_STEPS = {"LinearWarmup": 500, "ExpWarmup": 1000}
DEFAULT = ({"name": DECAYS[0]}, {"name": WARMUPS[0]})


class Part(NamedTuple):
    """One of the schedulers: its class, and its arguments."""

    name: str
    arguments: Mapping[str, Any]

    def number(self, name: str, default: float) -> float:
        """Return an argument that is a number, or the default of its class."""
        number = number_of(self.arguments.get(name))
        return default if number is None else number

    def numbers(self, name: str, default: list[float]) -> list[float]:
        """Return an argument that is a list of numbers, or the default of its class."""
        value = self.arguments.get(name)
        numbers = [number_of(item) for item in value] if isinstance(value, list) else default
        return [number for number in numbers if number is not None]


def parse(source: Source) -> Document | None:
    """Return a file's document over its bases, where it names some that are there; or None."""
    if source.has(OTHER):
        return None
    return over_bases(source, BASE, (RATE, SCHEDULERS, EPOCHS))


def read(reading: Reading) -> Plan:
    """Return the plan of a PaddleDetection file, over epochs where their steps are not known."""
    note_unread_bases(reading, BASE)
    lr = reading.number(RATE, default=0.01)
    epochs = int(reading.require(reading.epochs(EPOCHS), EPOCHS, "--epochs"))
    length = reading.epoch_steps(reading.integer("TrainReader.batch_size"))
    decay, warmup = parts_of(reading)
    reading.raise_faults()
    steps = warmup_steps(reading, warmup, length) if warmup else 0
    after = decay_of(decay, lr, length or 1, steps)
    if warmup and warmup.name == "ExpWarmup" and steps:
        schedule, rate = exponential(reading, after, warmup.number("power", 2), steps), lr
    else:
        start = warmup.number("start_factor", 1 / 3) * lr if warmup else lr
        schedule, rate = after.after_warmup(start, lr, steps), None
    reading.raise_faults()
    if length is None:
        return reading.plan(schedule.schedule, schedule.parameters, lr=rate, epochs=epochs)
    reading.convert(f"{epochs:,} epochs x {length:,} steps = {epochs * length:,} steps")
    total = reading.total(epochs * length)
    return reading.plan(schedule.schedule, schedule.parameters, lr=rate, total=total)


def parts_of(reading: Reading) -> tuple[Part, Part | None]:
    """Return the decay and the warm-up, which is None where the decay uses none."""
    raw = reading.value(SCHEDULERS, default=list(DEFAULT))
    parts = [part_of(item) for item in raw] if isinstance(raw, list) else []
    if not parts or parts[0].name not in DECAYS:
        message = f"{SCHEDULERS} must begin with {' or '.join(DECAYS)}"
        reading.fault(SCHEDULERS, f"{message} (got {format_value(raw)})")
        return Part(DECAYS[0], {}), None
    decay = parts[0]
    if boolean_of(decay.arguments.get("use_warmup", True)) is False:
        return decay, None
    if len(parts) < 2 or parts[1].name not in WARMUPS:
        message = f"{SCHEDULERS} needs {' or '.join(WARMUPS)} after the decay"
        reading.fault(SCHEDULERS, f"{message}, or use_warmup: false in it")
        return decay, None
    return decay, parts[1]


def part_of(item: Any) -> Part:
    """Return one of the schedulers, whose class is a tag or the argument `name`."""
    name, value = (item.tag.lstrip("!"), item.value) if isinstance(item, Tagged) else ("", item)
    arguments = value if isinstance(value, dict) else {}
    return Part(name or str(arguments.get("name")), arguments)


def warmup_steps(reading: Reading, warmup: Part, length: int | None) -> int:
    """Return the ticks of the warm-up: steps, or epochs where their steps are not known."""
    epochs = warmup.number("epochs", 0)
    if epochs and boolean_of(warmup.arguments.get("epochs_first", True)):
        return max(int(epochs * (length or 1)), 1)
    steps = int(warmup.number("steps", DEFAULT_STEPS[warmup.name]))
    if length is None:
        reading.needs(f"the warm-up of {steps:,} steps", "--steps-per-epoch", "--dataset-size")
        return 0
    return max(steps, 1)


def decay_of(decay: Part, lr: float, length: int, warmup: int) -> Decay:
    """Return the decay in ticks of which an epoch has `length`, after those of a warm-up."""
    if decay.name == "CosineDecay":
        epochs = decay.number("max_epochs", 1000) - decay.number("last_plateau_epochs", 0)
        return cosine(lr, int(epochs * length) - warmup, decay.number("min_lr_ratio", 0.0))
    milestones = decay.numbers("milestones", [8, 11])
    boundaries = [max(int(epoch * length) - warmup, 0) for epoch in milestones]
    if "values" in decay.arguments:
        first, *rates = decay.numbers("values", [lr])
        return stairs(first, boundaries, rates)
    gamma = number_of(decay.arguments.get("gamma"))
    if gamma is None:
        factors = decay.numbers("gamma", [0.1, 0.01])
    else:
        factors = [gamma / 10**index for index in range(len(milestones))]
    return stairs(lr, boundaries, [lr * factor for factor in factors])


def exponential(reading: Reading, decay: Decay, power: float, steps: int) -> Decay:
    """Return a cosine after a warm-up along a power, as one expression of factors."""
    if "decay_steps" not in decay.parameters:
        message = f"{SCHEDULERS}: lrviz draws ExpWarmup before CosineDecay only"
        reading.fault(SCHEDULERS, message)
        return decay
    length, floor = decay.parameters["decay_steps"], decay.parameters["alpha"]
    rise = f"(t / {steps}) ** {power!r}"
    fall = f"{(1 - floor) / 2!r} * (1 + cos(pi * min(t - {steps}, {length}) / {length}))"
    text = f"{rise} if t < {steps} else {floor!r} + {fall}"
    return Decay("torch.LambdaLR", {"lr_lambda": text})


FORMAT = Format(
    name="paddledetection",
    title="PaddleDetection",
    rank=35,
    version="PaddleDetection 2.7",
    read=read,
    keys=((RATE, SCHEDULERS),),
    parse=parse,
)
