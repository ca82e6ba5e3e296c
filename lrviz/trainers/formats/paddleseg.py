"""PaddleSeg's YAML (2.9): `lr_scheduler` names a class of `paddle.optimizer.lr`."""

from __future__ import annotations

from typing import Any

from lrviz.core.text import format_rounded
from lrviz.trainers.document import Document
from lrviz.trainers.format import Format
from lrviz.trainers.inheritance import note_unread_bases, over_bases
from lrviz.trainers.joined import Decay, cosine, stairs
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total
from lrviz.trainers.source import Source, number_of

BASE = "_base_"
KEY = "lr_scheduler"
LENGTH = "iters"
TYPES = (
    "PolynomialDecay",
    "CosineAnnealingDecay",
    "StepDecay",
    "MultiStepDecay",
    "PiecewiseDecay",
    "ExponentialDecay",
)


def parse(source: Source) -> Document | None:
    """Return a file's document over its bases, where it names some that are there; or None."""
    return over_bases(source, BASE, (KEY, LENGTH))


def test(source: Source) -> str | None:
    """Return why a file is PaddleSeg's, or None."""
    has_keys = source.get(f"{KEY}.type") in TYPES and source.has(LENGTH)
    return f"has {KEY}.type and {LENGTH}" if has_keys else None


def read(reading: Reading) -> Plan:
    """Return the plan of a PaddleSeg file."""
    note_unread_bases(reading, BASE)
    lr = reading.number(f"{KEY}.learning_rate")
    lr = reading.require(reading.fill("lr") if lr is None else lr, f"{KEY}.learning_rate", "--lr")
    total = reading.total(reading.integer(LENGTH))
    warmup = reading.integer(f"{KEY}.warmup_iters") or 0
    start = reading.number(f"{KEY}.warmup_start_lr") if warmup else None
    if warmup and start is None:
        message = f"{KEY}.warmup_iters needs {KEY}.warmup_start_lr: PaddleSeg refuses it alone"
        reading.fault(f"{KEY}.warmup_iters", message)
    note_groups(reading)
    decay = decay_of(reading, lr, total, warmup)
    reading.raise_faults()
    schedule = decay.after_warmup(start or 0.0, lr, warmup)
    return reading.plan(schedule.schedule, schedule.parameters, total=total)


def decay_of(reading: Reading, lr: float, total: Total, warmup: int) -> Decay:
    """Return the decay, whose clock starts after the warm-up."""
    name = reading.choice(f"{KEY}.type", choices=TYPES, default=TYPES[0])
    if name == "PolynomialDecay":
        parameters = {
            "init_value": lr,
            "end_value": reading.number(f"{KEY}.end_lr", default=1e-4),
            "power": reading.number(f"{KEY}.power", default=1.0),
            "transition_steps": reading.integer(
                f"{KEY}.decay_steps", default=max(total.steps - warmup, 1)
            ),
        }
        if reading.flag(f"{KEY}.cycle"):
            reading.fault(f"{KEY}.cycle", f"{KEY}.cycle: lrviz draws no cycles of PolynomialDecay")
        return Decay("optax.polynomial_schedule", parameters)
    if name == "CosineAnnealingDecay":
        steps = reading.integer(f"{KEY}.T_max")
        floor = reading.number(f"{KEY}.eta_min", default=0.0)
        return cosine(lr, required(reading, "T_max", steps), floor / lr if lr else 0.0)
    if name == "PiecewiseDecay":
        boundaries = reading.numbers(f"{KEY}.boundaries", default=[])
        first, *rates = reading.numbers(f"{KEY}.values", default=[]) or [lr]
        return stairs(first, boundaries, rates)
    gamma = reading.number(f"{KEY}.gamma", default=None if name == "ExponentialDecay" else 0.1)
    if name == "MultiStepDecay":
        milestones = reading.numbers(f"{KEY}.milestones", default=[])
        return stairs(lr, milestones, [lr * gamma ** (i + 1) for i in range(len(milestones))])
    every = reading.integer(f"{KEY}.step_size") if name == "StepDecay" else 1
    parameters = {
        "init_value": lr,
        "transition_steps": required(reading, "step_size", every),
        "decay_rate": required(reading, "gamma", gamma),
        "staircase": True,
    }
    return Decay("optax.exponential_decay", parameters)


def required(reading: Reading, name: str, value: Any) -> Any:
    """Return an argument of the schedule. Raises SpecError where the file has none."""
    return reading.require(value, f"{KEY}.{name}")


def note_groups(reading: Reading) -> None:
    """Note the parts of the model whose rate is a multiple of the one that is drawn."""
    factors = {"backbone": reading.number("optimizer.backbone_lr_mult")}
    parts = reading.source.get("optimizer.custom_cfg")
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, dict):
            factors[str(part.get("name"))] = number_of(part.get("lr_mult"))
    for name, factor in factors.items():
        if factor is not None and factor != 1:
            reading.oddity(f"the {name} has {format_rounded(factor)} times the rate; left out")


FORMAT = Format(
    name="paddleseg",
    title="PaddleSeg",
    rank=36,
    version="PaddleSeg 2.9, paddle 2.6",
    read=read,
    keys=((f"{KEY}.type",), (LENGTH,)),
    test=test,
    parse=parse,
)
