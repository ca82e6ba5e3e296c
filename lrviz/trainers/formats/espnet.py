"""ESPnet's YAML, and that of WeNet and FunASR, which have the same keys."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from lrviz.core.text import format_number, format_value
from lrviz.trainers.format import Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total
from lrviz.trainers.source import Source

CONF = "scheduler_conf"
OWN: dict[str, tuple[str, ...]] = {
    "warmuplr": ("warmup_steps",),
    "noamlr": ("model_size", "warmup_steps"),
    "warmupsteplr": ("warmup_steps", "steps_per_epoch", "step_size", "gamma"),
    "piecewiselinearwarmuplr": (),
    "tristagelr": (
        "max_steps",
        "warmup_ratio",
        "hold_ratio",
        "decay_ratio",
        "init_lr_scale",
        "final_lr_scale",
    ),
    "ExponentialDecayWarmup": ("max_lr", "min_lr", "total_steps", "warmup_steps"),
    "CosineAnnealingWarmupRestarts": (
        "first_cycle_steps",
        "cycle_mult",
        "max_lr",
        "min_lr",
        "warmup_steps",
        "gamma",
    ),
}
"""ESPnet's own schedules, and the numbers that each of them takes."""
PER_EPOCH = {
    "steplr": ("torch.StepLR", ("step_size", "gamma")),
    "multisteplr": ("torch.MultiStepLR", ("gamma",)),
    "exponentiallr": ("torch.ExponentialLR", ("gamma",)),
    "CosineAnnealingLR": ("torch.CosineAnnealingLR", ("T_max", "eta_min")),
}
PER_STEP = {
    "cycliclr": (
        "torch.CyclicLR",
        ("base_lr", "max_lr", "step_size_up", "step_size_down", "gamma"),
    ),
    "onecyclelr": (
        "torch.OneCycleLR",
        ("max_lr", "total_steps", "epochs", "steps_per_epoch", "pct_start", "div_factor",
         "final_div_factor"),
    ),
    "CosineAnnealingWarmRestarts": (
        "torch.CosineAnnealingWarmRestarts",
        ("T_0", "T_mult", "eta_min"),
    ),
}  # fmt: skip
"""torch's schedules by ESPnet's names, with their numbers; ESPnet ticks them so."""
TEXTS = ("mode", "anneal_strategy")
WENET, WENET_SCHEDULE = "NoamHoldAnnealing", "nemo.NoamHoldAnnealing"
WENET_NUMBERS = (
    "max_steps",
    "warmup_steps",
    "warmup_ratio",
    "hold_steps",
    "hold_ratio",
    "decay_rate",
    "min_lr",
)
METRIC_DRIVEN = ("ReduceLROnPlateau", "warmupReducelronplateau")
PLATEAU = "torch.ReduceLROnPlateau"
PLATEAU_NUMBERS = ("factor", "patience", "threshold", "cooldown", "min_lr", "eps")
NONE = "none"
SET_RATE = ("cycliclr", "onecyclelr", "CosineAnnealingWarmupRestarts")
CHOICES = (*OWN, *PER_EPOCH, *PER_STEP, WENET, *METRIC_DRIVEN, NONE)
EPOCHS = ("max_epoch", "train_conf.max_epoch")
DEFAULT_EPOCHS, DEFAULT_OPTIMIZER = 40, "adadelta"
DEFAULT_RATES = {"adadelta": 1.0, "adagrad": 1e-2, "rprop": 1e-2, "rmsprop": 1e-2}
DEFAULT_RATE = 1e-3


def test(source: Source) -> str | None:
    """Return why a file is ESPnet's, or None."""
    scheduler, conf = source.get("scheduler"), source.get(CONF)
    has_name = isinstance(scheduler, str) and isinstance(source.get("optim_conf"), dict)
    if has_name and (isinstance(conf, dict) or source.has("optim")):
        return "has optim_conf and scheduler"
    return None


def read(reading: Reading) -> Plan:
    """Return the plan of an ESPnet file."""
    lr = rate_of(reading)
    name = reading.choice("scheduler", choices=CHOICES, default=NONE)
    if reading.has("scheduler2"):
        reading.oddity("scheduler2 drives a second optimizer; it is left out", "scheduler2")
    reading.raise_faults()
    if name in METRIC_DRIVEN:
        if name == "warmupReducelronplateau":
            reading.oddity("the warm-up before the plateau is left out", "scheduler")
        parameters = parameters_of(reading, PLATEAU, PLATEAU_NUMBERS)
        return reading.metric_driven(name, PLATEAU, parameters, lr, epochs_of(reading))
    if name in PER_EPOCH:
        return per_epoch_plan(reading, name, lr)
    schedule, parameters = per_step_schedule(reading, name)
    if name == "noamlr":
        note_peak(reading, parameters, lr)
    total = total_of(reading)
    rate = None if name in SET_RATE else lr
    if total.is_known or name == NONE:
        return reading.plan(schedule, parameters, lr=rate, total=total)
    reading.open_ended()
    return reading.plan(schedule, parameters, lr=rate)


def rate_of(reading: Reading) -> float:
    """Return the optimizer's rate, torch's default where the file has none."""
    optimizer = str(reading.text("optim", default=DEFAULT_OPTIMIZER)).lower()
    default = DEFAULT_RATES.get(optimizer, DEFAULT_RATE)
    return float(reading.number("optim_conf.lr", default=default))


def parameters_of(reading: Reading, schedule: str, numbers: tuple[str, ...]) -> dict[str, Any]:
    """Return the parameters of a schedule that the file has, or their defaults."""
    parameters = reading.parameters(schedule, {name: f"{CONF}.{name}" for name in numbers})
    texts = {name: reading.text(f"{CONF}.{name}") for name in TEXTS}
    return parameters | {name: text for name, text in texts.items() if text is not None}


def per_step_schedule(reading: Reading, name: str) -> tuple[str, dict[str, Any]]:
    """Return the schedule that ticks once per optimizer step, and its parameters."""
    if name == NONE:
        return "transformers.constant", {}
    if name == WENET:
        has_ratio = reading.has(f"{CONF}.warmup_ratio")
        numbers = tuple(n for n in WENET_NUMBERS if not (has_ratio and n == "warmup_steps"))
        return WENET_SCHEDULE, parameters_of(reading, WENET_SCHEDULE, numbers)
    if name in PER_STEP:
        reading.decide("conversion", f"{name} ticks once per step")
        schedule, numbers = PER_STEP[name]
        return schedule, parameters_of(reading, schedule, numbers)
    parameters = parameters_of(reading, f"espnet.{name}", OWN[name])
    if name == "piecewiselinearwarmuplr":
        for key in ("warmup_steps_list", "warmup_lr_list"):
            if values := reading.numbers(f"{CONF}.{key}"):
                parameters[key] = values
    if name == "ExponentialDecayWarmup" and (line := reading.flag(f"{CONF}.warm_from_zero")):
        parameters["warm_from_zero"] = line
    return f"espnet.{name}", parameters


def note_peak(reading: Reading, parameters: Mapping[str, Any], lr: float) -> None:
    """Note that the rate of Noam's schedule is a multiplier."""
    product = parameters["model_size"] * parameters["warmup_steps"]
    if product > 0:
        peak = lr * product**-0.5
        reading.oddity(f"lr {format_value(lr)} is a multiplier: the peak is {peak:.4g}")


def total_of(reading: Reading) -> Total:
    """Return the length of the run: ESPnet counts iterations of an epoch, and accumulates."""
    epochs = reading.number(*EPOCHS, default=DEFAULT_EPOCHS)
    accumulation = max(reading.integer("accum_grad", "train_conf.accum_grad", default=1), 1)
    iterations = reading.integer("num_iters_per_epoch")
    if iterations and not reading.request.integer("steps_per_epoch"):
        count = int(epochs * max(iterations // accumulation, 1))
        reading.convert(
            f"{format_number(epochs)} epochs x ({iterations:,} iterations / {accumulation:,}) "
            f"= {count:,} steps"
        )
        return reading.total(count)
    batch = reading.integer("dataset_conf.batch_conf.batch_size", "batch_size")
    return reading.total(epochs=epochs, batch_size=batch, grad_accum=accumulation)


def per_epoch_plan(reading: Reading, name: str, lr: float) -> Plan:
    """Return the plan of one of torch's schedules that tick once per epoch."""
    reading.decide("conversion", f"{name} ticks once per epoch")
    schedule, numbers = PER_EPOCH[name]
    parameters = parameters_of(reading, schedule, numbers)
    if name == "multisteplr" and (milestones := reading.numbers(f"{CONF}.milestones")):
        parameters["milestones"] = milestones
    return reading.plan(schedule, parameters, lr=lr, epochs=epochs_of(reading))


def epochs_of(reading: Reading) -> int:
    """Return the epochs of the run: those of --epochs, else the file's, at least one."""
    epochs: float = reading.epochs(*EPOCHS, default=DEFAULT_EPOCHS)
    return max(ceil(epochs), 1)


FORMAT = Format(
    name="espnet",
    title="ESPnet",
    rank=140,
    version="ESPnet 202511",
    read=read,
    keys=(("scheduler",), ("optim_conf.lr", "optim_conf"), ("scheduler_conf", "optim")),
    test=test,
)
