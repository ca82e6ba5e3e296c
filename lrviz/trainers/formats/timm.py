"""timm: the args.yaml and -c files of its train.py, and arguments of `create_scheduler_v2`."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, sqrt
from typing import Any, NamedTuple

from lrviz.core.text import format_number, format_value
from lrviz.trainers.arguments import script_arguments
from lrviz.trainers.format import Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading

SCHEDULES = (
    "cosine", "tanh", "step", "multistep", "constant", "poly", "plateau", "wsd", "rsqrt", "none",
)  # fmt: skip
CYCLIC = ("cosine", "tanh", "poly")
STABLE = ("wsd", "rsqrt")
MAX_CYCLES = 100
"""Of more cycles that grow, only the first is drawn."""
ROOT_OPTIMIZERS = ("ada", "lamb")
"""Parts of an optimizer's name for which the base rate grows with the root of the batch."""
FUNCTION_KEYS = ("num_epochs", "step_on_epochs", "cycle_limit", "cycle_mul", "cycle_decay")
"""Keys that only `create_scheduler_v2` has."""


class Defaults(NamedTuple):
    """The defaults of train.py, or of `create_scheduler_v2`, as of a version."""

    version: str = "timm 1.0.31"
    sched: str = "cosine"
    epochs: int = 300
    lr: float | None = None
    warmup_lr: float = 1e-5
    warmup_epochs: float = 5
    min_lr: float = 0.0
    cooldown_epochs: float = 0
    step_epochs: float = 90
    milestones: tuple[float, ...] = (90, 180, 270)
    cycle_decay: float = 0.5


NEWEST = Defaults()
BEFORE_0_8 = NEWEST._replace(
    version="timm 0.6",
    lr=0.05,
    warmup_lr=1e-4,
    min_lr=1e-6,
    warmup_epochs=3,
    cooldown_epochs=10,
    step_epochs=100,
    milestones=(30, 60),
)
BEFORE_0_5 = BEFORE_0_8._replace(
    version="timm 0.4.12",
    sched="step",
    lr=0.01,
    epochs=200,
    min_lr=1e-5,
    step_epochs=30,
)
OF_FUNCTION = NEWEST._replace(lr=0.1, warmup_epochs=0, cycle_decay=0.1)


def read(reading: Reading) -> Plan:
    """Return the plan of a timm file, as `create_scheduler_v2` makes its scheduler."""
    defaults = defaults_of(reading)
    reading.default_version = defaults.version
    sched = reading.choice("sched", choices=SCHEDULES, default=defaults.sched)
    epochs = reading.epochs("epochs", "num_epochs", default=defaults.epochs)
    lr = rate_of(reading, defaults)
    ticks = ticks_of_epoch(reading)
    warmup = warmup_of(reading, defaults)
    prefix = reading.flag("warmup_prefix", default=False)
    if sched == "none":
        reading.decide("oddity", "sched none leaves the rate as it is, without a warm-up")
        length = int(epochs + warmup if prefix else epochs)
        return reading.plan("transformers.constant", lr=lr, epochs=length)
    clock = Clock(reading, defaults, sched, float(epochs), warmup, prefix, ticks or 1)
    name, parameters = f"timm.{sched}", clock.parameters()
    if sched == "plateau":
        return reading.metric_driven("sched plateau", name, parameters, lr, int(epochs))
    length = clock.length(parameters)
    reading.raise_faults()
    if ticks is None:
        return reading.plan(name, parameters, lr=lr, epochs=length)
    parameters["t_in_epochs"] = False
    return reading.plan(name, parameters, lr=lr, total=reading.bounded(length * ticks))


def defaults_of(reading: Reading) -> Defaults:
    """Return the defaults of the version, or of the function whose arguments a file has."""
    if any(map(reading.source.has, FUNCTION_KEYS)):
        return OF_FUNCTION
    if reading.version_before(0, 5):
        return BEFORE_0_5
    return BEFORE_0_8 if reading.version_before(0, 8) else NEWEST


def rate_of(reading: Reading, defaults: Defaults) -> float:
    """Return lr, or what lr_base and the global batch make of it where it is null or 0."""
    lr = reading.number("lr", default=defaults.lr)
    if lr or (lr is not None and defaults.lr is not None):
        return float(lr)
    if (rate := reading.fill("lr")) is not None:
        return float(rate)
    base = reading.number("lr_base", default=0.1)
    size = reading.integer("lr_base_size", default=256)
    scale = reading.text("lr_base_scale") or ""
    if not scale:
        optimizer = str(reading.text("opt", default="sgd")).lower()
        scale = "sqrt" if any(part in optimizer for part in ROOT_OPTIMIZERS) else "linear"
    request = reading.request
    batch = request.integer("batch_size") or reading.integer("batch_size", default=128)
    accumulation = request.integer("grad_accum") or reading.integer("grad_accum_steps", default=1)
    processes = reading.processes() or reading.integer("world_size")
    if processes is None:
        reading.oddity("lr is not set: it follows from the global batch, here that of one process")
        processes = 1
    ratio = max(batch * processes * accumulation / max(size, 1), 0)
    lr = base * (sqrt(ratio) if scale == "sqrt" else ratio)
    reading.convert(
        f"lr: {format_value(base)} x {'sqrt' if scale == 'sqrt' else ''}({batch:,} x {processes:,} "
        f"processes x {accumulation:,} accumulated / {size:,}) = {format_value(lr)}"
    )
    return float(lr)


def ticks_of_epoch(reading: Reading) -> int | None:
    """Return the updates of an epoch where the schedule counts updates, else None."""
    by_update = reading.flag("sched_on_updates", default=False)
    if reading.source.has("lr_ep"):
        by_update = not reading.flag("lr_ep")
        reading.decide("oddity", "lr_ep false, a key of NVIDIA's forks, counts updates", "lr_ep")
    elif reading.source.has("step_on_epochs"):
        by_update = not reading.flag("step_on_epochs")
    if not by_update and not reading.request.integer("dataset_size"):
        return None
    batch = reading.integer("batch_size", default=128)
    ticks = reading.epoch_steps(batch, reading.integer("grad_accum_steps", default=1))
    if not by_update:  # what the axis of steps needs
        return None
    if ticks is None:
        flags = ("--steps-per-epoch", "--dataset-size")
        reading.needs("the change within an epoch (the schedule counts updates)", *flags)
    return ticks


def warmup_of(reading: Reading, defaults: Defaults) -> float:
    """Return the epochs of the warm-up."""
    return float(reading.number("warmup_epochs", default=defaults.warmup_epochs))


class Clock(NamedTuple):
    """The arguments that count time: in the file epochs, in the schedule ticks."""

    reading: Reading
    defaults: Defaults
    sched: str
    epochs: float
    warmup: float
    prefix: bool
    ticks: int

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of the scheduler's class."""
        default = self.defaults.warmup_lr
        warmup = {
            "warmup_t": self.warmup * self.ticks,
            "warmup_lr_init": self.reading.number("warmup_lr", default=default),
        }
        if self.sched not in ("plateau", *STABLE):
            warmup["warmup_prefix"] = self.prefix
        return {**self.own(), **warmup, **self.noise()}

    def own(self) -> dict[str, Any]:
        """Return the parameters that only this schedule has."""
        if self.sched in CYCLIC:
            return self.cyclic()
        if self.sched == "step":
            return {"decay_t": self.decay_epochs() * self.ticks, "decay_rate": self.decay_rate()}
        if self.sched == "multistep":
            default = self.defaults.milestones
            milestones = self.reading.numbers("decay_milestones", default=default)
            ticks = [number * self.ticks for number in milestones]
            return {"decay_t": ticks, "decay_rate": self.decay_rate()}
        if self.sched == "plateau":
            metric = str(self.reading.text("eval_metric", default="top1"))
            return {
                "decay_rate": self.decay_rate(),
                "patience_t": self.reading.integer("patience_epochs", default=10),
                "lr_min": self.min_lr(),
                "mode": "min" if "loss" in metric else "max",
            }
        return {} if self.sched == "constant" else self.stable()

    def cyclic(self) -> dict[str, Any]:
        """Return the parameters of a schedule in cycles."""
        reading = self.reading
        parameters: dict[str, Any] = {
            "t_initial": self.epochs * self.ticks,
            "lr_min": self.min_lr(),
            "cycle_mul": reading.number("lr_cycle_mul", "cycle_mul", default=1.0),
            "cycle_decay": reading.number(
                "lr_cycle_decay", "cycle_decay", default=self.defaults.cycle_decay
            ),
            "cycle_limit": reading.integer("lr_cycle_limit", "cycle_limit", default=1),
        }
        if self.sched != "tanh":
            parameters["k_decay"] = reading.number("lr_k_decay", "k_decay", default=1.0)
        if self.sched == "poly":
            reading.decide("oddity", "sched poly: decay_rate is its power")
            parameters["power"] = self.decay_rate()
        return parameters

    def stable(self) -> dict[str, Any]:
        """Return the parameters of a warm-up, a stable phase and a decay."""
        reading = self.reading
        length = (self.epochs - (0 if self.prefix else self.warmup)) * self.ticks
        decay = reading.number("decay_epochs", default=0.2)
        decay_t = round(decay * length if 0 < decay < 1 else decay * self.ticks)
        if not 0 < decay_t <= length:
            reading.fault(
                "decay_epochs",
                f"decay_epochs must be from 0 to the length, {format_number(length)}",
            )
            decay_t, length = 1, max(length, 1)
        timescale = reading.number("lr_stable_timescale", "stable_timescale")
        function = reading.text("lr_decay_fn", "decay_fn")
        return {
            "t_initial": length,
            "decay_t": decay_t,
            "lr_min": self.min_lr(),
            **({} if timescale is None else {"stable_timescale": timescale * self.ticks}),
            **({} if function is None else {"decay_fn": function}),
        }

    def noise(self) -> dict[str, Any]:
        """Return the parameters of the noise, none where there is none."""
        reading = self.reading
        marks = reading.numbers("lr_noise", "noise")
        if not marks:
            return {}
        span = [mark * self.epochs * self.ticks for mark in marks]
        return {
            "noise_range_t": span[0] if len(span) == 1 else span,
            "noise_pct": reading.number("lr_noise_pct", "noise_pct", default=0.67),
            "noise_std": reading.number("lr_noise_std", "noise_std", default=1.0),
            "noise_seed": reading.integer("seed", "noise_seed", default=42),
        }

    def min_lr(self) -> float:
        """Return the floor."""
        return float(self.reading.number("min_lr", default=self.defaults.min_lr))

    def decay_rate(self) -> float:
        """Return the factor of a drop, which is the power of poly."""
        return float(self.reading.number("decay_rate", default=0.1))

    def decay_epochs(self) -> float:
        """Return the epochs between two drops."""
        return float(self.reading.number("decay_epochs", default=self.defaults.step_epochs))

    def length(self, parameters: Mapping[str, Any]) -> int:
        """Return the epochs of the run: those of the cycles and the cooldown, or of the prefix."""
        epochs = self.epochs
        if self.sched in CYCLIC:
            multiple, count = parameters["cycle_mul"], max(1, parameters["cycle_limit"])
            if multiple == 1:
                epochs *= count
            elif count <= MAX_CYCLES:
                ticks = floor(-epochs * self.ticks * (multiple**count - 1) / (1 - multiple))
                epochs = ticks // self.ticks
        if self.sched in (*CYCLIC, *STABLE):
            default = self.defaults.cooldown_epochs
            cooldown = self.reading.number("cooldown_epochs", default=default)
            if cooldown:
                self.reading.convert(
                    f"epochs: {format_value(epochs)} + {format_value(cooldown)} of the cooldown"
                )
            epochs += cooldown
        if self.prefix:
            self.reading.convert(f"epochs: + {format_value(self.warmup)} of the warm-up before")
            epochs += self.warmup
        return self.reading.bounded(max(int(epochs), 1)).steps


FORMAT = Format(
    name="timm",
    title="timm",
    rank=125,
    version=NEWEST.version,
    read=read,
    drop_last=True,
    parse=lambda source: script_arguments(source, "sched"),
    keys=(
        ("sched",),
        (
            "warmup_epochs", "cooldown_epochs", "decay_epochs", "decay_milestones",
            "lr_cycle_limit", "warmup_lr", "sched_on_updates", *FUNCTION_KEYS,
        ),
        ("opt", "model", "lr", "epochs", "num_epochs"),
    ),
)  # fmt: skip
