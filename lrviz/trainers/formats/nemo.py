"""NeMo's YAML: `optim.sched` under the model, and the trainer's length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lrviz.core.text import format_value
from lrviz.trainers.format import Devices, Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total
from lrviz.trainers.source import Source

PLACES = ("model.optim", "optim")
"""Where the optimizer's settings are: in an experiment's file, and in a model's own."""
PHASES = {
    "warmup": "the warm-up of {0:,} steps",
    "hold": "the hold of {0:,} steps",
    "constant": "the constant phase of {0:,} steps",
}
POLICIES: dict[str, tuple[str, ...]] = {
    "WarmupPolicy": ("warmup",),
    "WarmupHoldPolicy": ("warmup", "hold"),
    "SquareAnnealing": ("warmup",),
    "CosineAnnealing": ("warmup", "constant"),
    "NoamAnnealing": ("warmup",),
    "NoamHoldAnnealing": ("warmup", "hold"),
    "WarmupHoldAnnealOneMinusSquareRoot": ("warmup", "hold"),
    "WarmupHoldAnnealLinear": ("warmup", "hold"),
    "WarmupAnnealing": ("warmup",),
    "InverseSquareRootAnnealing": ("warmup",),
    "T5InverseSquareRootAnnealing": ("constant",),
    "SquareRootAnnealing": ("warmup",),
    "PolynomialDecayAnnealing": ("warmup",),
    "PolynomialHoldDecayAnnealing": ("warmup", "hold"),
}
"""NeMo's own policies, and the phases whose length each of them takes."""
OWN_NUMBERS = {
    "NoamHoldAnnealing": ("decay_rate",),
    "PolynomialDecayAnnealing": ("power",),
    "PolynomialHoldDecayAnnealing": ("power",),
}
OPEN_ENDED = (
    "NoamAnnealing",
    "WarmupPolicy",
    "WarmupHoldPolicy",
    "NoamHoldAnnealing",
    "InverseSquareRootAnnealing",
    "T5InverseSquareRootAnnealing",
)
"""Policies of which the run's length only sets the end."""
EPOCH_SCHEDULES = ("ExponentialLR", "ReduceLROnPlateau")
OWN_RATE = ("T5InverseSquareRootAnnealing",)
TORCH = {
    "StepLR": ("step_size", "gamma"),
    "ExponentialLR": ("gamma",),
    "CyclicLR": ("base_lr", "max_lr", "step_size_up", "step_size_down", "gamma"),
    "ReduceLROnPlateau": ("factor", "patience", "threshold", "cooldown", "min_lr", "eps"),
}
"""torch's schedules that NeMo knows by name, and their numbers."""
DEFAULT_EPOCHS = 1000
"""The Trainer's epochs where neither they nor the steps are set."""
MAX_PHASE_LENGTH = 10
"""How many times its phases an open-ended policy is drawn."""


def place_of(source: Source) -> str | None:
    """Return the dotted key of the schedule's settings, or None."""
    places = [f"{place}.sched" for place in PLACES]
    return next((place for place in places if source.has(place)), None)


def test(source: Source) -> str | None:
    """Return why a file is NeMo's, or None."""
    place = place_of(source)
    if place:
        has_name = any(source.has(f"{place}.{key}") for key in ("name", "_target_"))
        return f"has {place}" if has_name else None
    optim = PLACES[0]  # without a schedule an experiment's file is told by its trainer
    is_nemo = all(map(source.has, (f"{optim}.name", f"{optim}.lr", "trainer")))
    return f"has {optim}.name and {optim}.lr" if is_nemo else None


class Sched:
    """The settings of a schedule: where they are, its name, and its lengths."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.place = place_of(reading.source) or f"{PLACES[0]}.sched"
        self.name = self.read_name()
        self.lr = reading.require(reading.number(f"{self.optim}.lr"), f"{self.optim}.lr")
        parents = (f"{self.place}.args.params", f"{self.place}.args", self.place)
        self.parent = next(filter(reading.source.has, parents), self.place)

    @property
    def optim(self) -> str:
        """The dotted key of the optimizer's settings."""
        return self.place.rpartition(".")[0]

    def read_name(self) -> str:
        """Return the name of the schedule, that of a class path without Params."""
        target = self.reading.source.get(f"{self.place}._target_")
        if isinstance(target, str):
            name = target.rpartition(".")[2].replace("Params", "")
            if name in (*POLICIES, *TORCH):
                self.reading.decide(
                    "key", f"{self.place}._target_: {target}", f"{self.place}._target_"
                )
                return name
        choices = (*POLICIES, *TORCH)
        key = "_target_" if isinstance(target, str) else "name"
        return self.reading.choice(f"{self.place}.{key}", choices=choices, default=choices[0])

    def key(self, name: str) -> str:
        """Return the dotted key of a parameter."""
        return f"{self.parent}.{name}"

    def numbers(self, names: Iterable[str]) -> dict[str, Any]:
        """Return the parameters of some names that the file has."""
        values = {name: self.reading.number(self.key(name)) for name in names}
        return {name: value for name, value in values.items() if value is not None}

    def phases(self) -> dict[str, float]:
        """Return the lengths of the phases that the file gives, in steps or as ratios."""
        lengths: dict[str, float] = {}
        for phase in POLICIES[self.name]:
            steps = self.reading.integer(self.key(f"{phase}_steps"))
            ratio = self.reading.number(self.key(f"{phase}_ratio"))
            if steps is not None and ratio is not None:
                message = f"NeMo takes one of {phase}_steps and {phase}_ratio"
                self.reading.fault(self.key(f"{phase}_ratio"), message)
            elif steps is not None:
                lengths[f"{phase}_steps"] = steps
            elif ratio is not None:
                lengths[f"{phase}_ratio"] = ratio
        return lengths


def read(reading: Reading) -> Plan:
    """Return the plan of a NeMo file, with or without a schedule."""
    if place_of(reading.source) is None:
        return without_schedule(reading)
    sched = Sched(reading)
    reading.raise_faults()
    return with_schedule(reading, sched)


def with_schedule(reading: Reading, sched: Sched) -> Plan:
    """Return the plan of a schedule, as ModelPT and prepare_lr_scheduler read it."""
    reading.ignore(f"{sched.place}.monitor", "only ReduceLROnPlateau follows it")
    steps = reading.integer("trainer.max_steps", default=-1)
    own_steps = reading.integer(f"{sched.place}.max_steps") if steps < 0 else None
    if own_steps == -1:
        reading.oddity("sched.max_steps -1 makes no schedule: the rate stays at lr")
        return reading.plan("transformers.constant", lr=sched.lr, total=total_of(reading, steps))
    if sched.name in EPOCH_SCHEDULES:
        return per_epoch_plan(reading, sched)
    if sched.name in TORCH:
        return per_step_plan(reading, sched, steps)
    if own_steps and not reading.request.total_steps:
        reading.decide("conversion", f"the schedule ends after sched.max_steps {own_steps:,}")
        reading.open_ended("--total-steps")
        return policy_plan(reading, sched, own_steps)
    total = total_of(reading, steps)
    if total.is_known:
        return policy_plan(reading, sched, total.steps, total)
    return plan_of_unknown_length(reading, sched, total)


def without_schedule(reading: Reading) -> Plan:
    """Return the plan of a file without a schedule: the rate stays as it is."""
    lr = reading.require(reading.number(f"{PLACES[0]}.lr"), f"{PLACES[0]}.lr")
    reading.decide("default", f"no {PLACES[0]}.sched: constant")
    steps = reading.integer("trainer.max_steps", default=-1)
    return reading.plan("transformers.constant", lr=lr, total=total_of(reading, steps))


def total_of(reading: Reading, steps: int) -> Total:
    """Return the length of the run: the trainer's steps, else its epochs."""
    if steps >= 0:
        reading.ignore("trainer.max_epochs", "trainer.max_steps counts")
        return reading.total(steps)
    epochs = reading.number("trainer.max_epochs", default=DEFAULT_EPOCHS)
    batch = reading.integer("model.train_ds.batch_size")
    accumulation = reading.integer("trainer.accumulate_grad_batches", default=1)
    return reading.total(epochs=epochs, batch_size=batch, grad_accum=accumulation)


def policy_plan(
    reading: Reading,
    sched: Sched,
    length: int,
    total: Total | None = None,
    phases: Mapping[str, float] | None = None,
) -> Plan:
    """Return the plan of one of NeMo's policies over a length in steps."""
    phases = sched.phases() if phases is None else phases
    parameters: dict[str, Any] = {"max_steps": max(length, 1), **phases}
    if sched.name == "NoamAnnealing" and "warmup_ratio" not in phases:
        parameters.pop("max_steps")
    names = ("min_lr", *OWN_NUMBERS.get(sched.name, ()))
    keys = {name: sched.key(name) for name in names}
    parameters |= reading.parameters(f"nemo.{sched.name}", keys)
    if cycle := reading.flag(sched.key("cycle")):
        parameters["cycle"] = cycle
    if sched.name == "NoamAnnealing":
        parameters["d_model"] = width_of(reading, sched)
    note_oddities(reading, sched, parameters)
    lr = None if sched.name in OWN_RATE else sched.lr
    return reading.plan(f"nemo.{sched.name}", parameters, lr=lr, total=total)


def plan_of_unknown_length(reading: Reading, sched: Sched, total: Total) -> Plan:
    """Return the plan where the length is not known: what is a ratio, or does not need it."""
    phases = sched.phases()
    steps = {name: int(value) for name, value in phases.items() if name.endswith("_steps")}
    if sched.name in OPEN_ENDED and len(steps) == len(phases) and any(steps.values()):
        reading.open_ended()
        length = MAX_PHASE_LENGTH * sum(steps.values())
        return policy_plan(reading, sched, length, Total(length, is_known=False), phases)
    for name, value in steps.items():
        if value:
            reading.needs(PHASES[name.removesuffix("_steps")].format(value))
            phases[name] = 0
    return policy_plan(reading, sched, total.steps, total, phases)


def width_of(reading: Reading, sched: Sched) -> int:
    """Return the width of the model, by which Noam's rate is scaled."""
    key = sched.key("d_model")
    width = reading.require(reading.integer(key), key)
    return int(width)


def per_epoch_plan(reading: Reading, sched: Sched) -> Plan:
    """Return the plan of one of torch's schedules that tick once per epoch."""
    parameters = sched.numbers(TORCH[sched.name])
    if sched.name == "ReduceLROnPlateau":
        if mode := reading.text(sched.key("mode")):
            parameters["mode"] = mode
        epochs = epochs_of(reading)
        return reading.metric_driven(
            sched.name, f"torch.{sched.name}", parameters, sched.lr, epochs
        )
    reading.decide("conversion", f"{sched.name} ticks once per epoch")
    if "gamma" not in parameters:
        decay = reading.number(sched.key("lr_decay"))  # as VITS calls it
        parameters["gamma"] = reading.require(decay, sched.key("gamma"))
    epochs = epochs_of(reading)
    return reading.plan(f"torch.{sched.name}", parameters, lr=sched.lr, epochs=epochs)


def epochs_of(reading: Reading) -> int:
    """Return the epochs of the run: those of --epochs, else the trainer's."""
    epochs = reading.epochs("trainer.max_epochs")
    if epochs is None or epochs < 1:
        text = f"trainer.max_epochs: {DEFAULT_EPOCHS} ({reading.format.version})"
        reading.decide("default", text)
        epochs = DEFAULT_EPOCHS
    return int(epochs)


def per_step_plan(reading: Reading, sched: Sched, steps: int) -> Plan:
    """Return the plan of one of torch's schedules that tick once per step."""
    reading.decide("conversion", f"{sched.name} ticks once per step")
    parameters = sched.numbers(TORCH[sched.name])
    if sched.name == "CyclicLR" and (mode := reading.text(sched.key("mode"))):
        parameters["mode"] = mode
    lr = None if sched.name == "CyclicLR" else sched.lr
    total = total_of(reading, steps)
    if total.is_known:
        return reading.plan(f"torch.{sched.name}", parameters, lr=lr, total=total)
    reading.open_ended()
    return reading.plan(f"torch.{sched.name}", parameters, lr=lr)


def note_oddities(reading: Reading, sched: Sched, parameters: Mapping[str, Any]) -> None:
    """Note what NeMo's policies do that their names do not say."""

    def has(phase: str) -> bool:
        return any(parameters.get(f"{phase}_{unit}") for unit in ("steps", "ratio"))

    if sched.name == "CosineAnnealing" and has("constant"):
        reading.oddity("with constant steps the warm-up starts at 0 and the cosine ends earlier")
    if sched.name == "SquareRootAnnealing" and has("warmup"):
        reading.oddity("SquareRootAnnealing counts the warm-up, too: the rate drops after it")
    warmup = parameters.get("warmup_steps")
    product = parameters.get("d_model", 0) * (warmup or 0)
    if product > 0:
        peak = sched.lr * product**-0.5
        reading.oddity(f"lr {format_value(sched.lr)} is a multiplier: the peak is {peak:.4g}")
    if sched.name in OWN_RATE:
        reading.oddity(f"{sched.name} sets the rate itself; lr is not used")


FORMAT = Format(
    name="nemo",
    title="NeMo",
    rank=120,
    version="NeMo 3.0.0",
    read=read,
    keys=(("model.optim.sched", "optim.sched"), ("model.optim.sched.name", "optim.sched.name")),
    test=test,
    devices=Devices(("trainer.devices",), ("trainer.num_nodes",)),
)
