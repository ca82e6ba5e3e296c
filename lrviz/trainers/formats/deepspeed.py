"""DeepSpeed's JSON: the schedules of its `scheduler` block, or torch's, by their arguments."""

from __future__ import annotations

from typing import Any

from lrviz.core.errors import SpecError, did_you_mean
from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_value
from lrviz.trainers.conversions import integer_of
from lrviz.trainers.format import Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total
from lrviz.trainers.source import number_of

AUTO = "auto"
FILLED = {
    "warmup_max_lr": "lr",
    "warmup_num_steps": "warmup",
    "total_num_steps": "total_steps",
}
"""What the Hugging Face Trainer fills in where it is auto, each with the flag that gives it here.

It fills in 0 for warmup_min_lr.
"""
OF_ARGUMENTS = (
    " (they are numbers of the Hugging Face arguments, which lrviz plot SCRIPT reads from the "
    "script that has --deepspeed)"
)
SCHEDULES = ("WarmupLR", "WarmupDecayLR", "WarmupCosineLR", "OneCycle", "LRRangeTest")
WITH_WARM_UP = SCHEDULES[:3]
DEFAULT_LRS = {
    "adam": 1e-3,
    "adamw": 1e-3,
    "lamb": 1e-3,
    "onebitadam": 1e-3,
    "onebitlamb": 1e-3,
    "zerooneadam": 1e-3,
    "lion": 1e-4,
}
"""The rate of an optimizer whose arguments have none."""
OF_VERSIONS = ("first_step_at_lr", "climbs_again")
"""Parameters of the dialect for what older versions do."""
STAIRS = ("cycle_first_stair_count", "cycle_second_stair_count")


def read(reading: Reading) -> Plan:
    """Return the plan of a DeepSpeed config, as `DeepSpeedEngine` makes its scheduler."""
    if not reading.source.has("scheduler"):
        return constant_plan(reading)
    if reading.source.get("fp16.enabled") is True:
        reading.decide("oddity", "a step that overflows in fp16 does not move the schedule on")
    cls = schedule_class(reading)
    parameters = parameters_of(reading, cls)
    lr = None if cls.sets_rate else optimizer_lr(reading)
    if cls.name in WITH_WARM_UP:
        lr = with_warm_up(reading, cls, parameters, lr)
    if cls.name == "OneCycle" and reading.version_before(0, 19, 4):
        stairs = [name for name in STAIRS if parameters.pop(name, None)]
        if stairs:
            reading.oddity(
                "DeepSpeed before 0.19.4 draws no stairs in OneCycle", "scheduler.params"
            )
    origins = {name: f"scheduler.params.{name}" for name in parameters}
    total = run_length(reading, integer_of(parameters.get("total_num_steps")))
    return reading.plan(cls.title(), parameters, lr=lr, total=total, origins=origins)


def constant_plan(reading: Reading) -> Plan:
    """Return the plan of a config without a scheduler: the optimizer's rate."""
    reading.oddity("no scheduler in the file: the rate is constant unless a program sets it")
    lr = optimizer_lr(reading)
    if lr is None:
        raise lacks(reading, "optimizer.params.lr", "lr")
    return reading.plan("transformers.constant", lr=lr, total=run_length(reading))


def run_length(reading: Reading, steps: int | None = None) -> Total | None:
    """Return the length of the run that the schedule or flags give, or None."""
    batch = integer_of(reading.source.get("train_micro_batch_size_per_gpu"))
    accumulation = integer_of(reading.source.get("gradient_accumulation_steps"))
    total = reading.total(steps, batch_size=batch, grad_accum=accumulation)
    if total.is_known:
        return total
    reading.open_ended()
    return None


def schedule_class(reading: Reading) -> type[Schedule]:
    """Return the class of `scheduler.type`, DeepSpeed's or torch's. Raises SpecError."""
    name = str(reading.require(reading.text("scheduler.type"), "scheduler.type"))
    if name in SCHEDULES:
        cls = register.find(f"deepspeed.{name}")
        assert cls is not None
        return cls
    cls = register.find(f"torch.{name}")
    if cls is not None and cls.name == name:
        reading.decide("conversion", f"{name} is torch's, with a tick per optimizer step")
        return cls
    names = ", ".join(SCHEDULES)
    message = f"scheduler.type must be one of {names} or a scheduler of torch (got {name:.80})"
    place = reading.source.place("scheduler.type")
    raise SpecError.of(place, f"{message}{did_you_mean(name, SCHEDULES)}", "unknown-schedule")


def length_of(reading: Reading) -> int | None:
    """Return the steps of the run that a flag gives, or None."""
    return reading.request.total_steps or reading.request.integer("steps")


def parameters_of(reading: Reading, cls: type[Schedule]) -> dict[str, Any]:
    """Return the arguments of `scheduler.params`; what is auto comes from flags."""
    parameters: dict[str, Any] = {}
    lacking: dict[str, str] = {}
    for name in reading.mapping("scheduler.params"):
        key = f"scheduler.params.{name}"
        value = reading.value(key)
        if cls.is_ignored(name):
            reading.ignore(key, "no part of the rate")
        elif name not in cls.model_fields:
            near = did_you_mean(name, cls.model_fields)
            reading.fault(key, f"{cls.name} has no argument {name:.80}{near}")
        elif value == AUTO:
            flag = FILLED.get(name, "")
            filling = length_of(reading) if flag == "total_steps" else reading.fill(flag)
            if name == "warmup_min_lr":
                reading.decide("default", f"{key}: 0 (what the Hugging Face Trainer fills in)")
            elif not flag:
                reading.fault(key, f"{key} is auto, which nothing fills in")
            elif filling is None:
                lacking[key] = flag
            else:
                parameters[name] = filling
        elif value is not None:
            parameters[name] = single(reading, key, value)
    if lacking:
        raise lacks(reading, ", ".join(lacking), *lacking.values())
    for name, field in cls.model_fields.items():
        absent = name not in parameters and name not in OF_VERSIONS
        if absent and not field.is_required() and field.default is not None:
            version = reading.format.version
            reading.decide("default", f"{name}: {format_value(field.default)} ({version})")
    return parameters


def lacks(reading: Reading, what: str, *flags: str) -> SpecError:
    """Return the error of values that are auto, or of no optimizer, and the flags that help."""
    options = " and ".join(f"--{flag.replace('_', '-')}" for flag in flags)
    message = f"{what}: left to the program that runs DeepSpeed; it needs {options}"
    if f'"{AUTO}"' in reading.source.text:
        message += OF_ARGUMENTS
    return SpecError.of(reading.source.place("scheduler"), message, "missing-parameter")


def single(reading: Reading, key: str, value: Any) -> Any:
    """Return an argument; of a list, a value per group of parameters, the first."""
    if isinstance(value, list) and value and number_of(value[0]) is not None:
        if len(set(map(str, value))) > 1:
            reading.oddity(f"{key}: each group of parameters has its own; the first is drawn", key)
        value = value[0]
    number = number_of(value)
    return value if number is None else number


def optimizer_lr(reading: Reading) -> float | None:
    """Return the optimizer's rate, of --lr where it is auto; None where nothing says it."""
    key = "optimizer.params.lr"
    if reading.source.get(key) == AUTO or not reading.source.has("optimizer"):
        return reading.fill("lr")
    name = str(reading.source.get("optimizer.type", "")).lower()
    rate: float | None = reading.number(key, default=DEFAULT_LRS.get(name))
    return rate


def with_warm_up(
    reading: Reading, cls: type[Schedule], parameters: dict[str, Any], lr: float | None
) -> float | None:
    """Return the rate that a schedule with a warm-up needs; complete its arguments by version."""
    if "warmup_type" not in parameters:
        reading.oddity("no warmup_type: DeepSpeed's warm-up is logarithmic")
    elif parameters["warmup_type"] not in ("log", "linear"):
        reading.oddity(f"DeepSpeed takes warmup_type {parameters['warmup_type']!s:.80} as log")
        parameters["warmup_type"] = "log"
    if cls.name == "WarmupLR" and reading.version_before(0, 17, 2):
        parameters.setdefault("warmup_max_lr", 0.001)
    if cls.name == "WarmupCosineLR" and reading.version_before(0, 19, 3):
        parameters["climbs_again"] = True
    if reading.version_before(0, 15, 3):
        reading.oddity("DeepSpeed before 0.15.3 runs the first step at the optimizer's lr")
        parameters["first_step_at_lr"] = True
    top = parameters.get("warmup_max_lr")
    uses_lr = cls.name == "WarmupCosineLR" or parameters.get("first_step_at_lr")
    if lr is None and (uses_lr or (cls.name == "WarmupLR" and top is None)):
        raise lacks(reading, "optimizer.params.lr", "lr")
    if lr is not None and number_of(top) is not None and top != lr:
        reading.oddity(
            f"the warm-up ends at warmup_max_lr, {format_value(top)}, and not at the optimizer's "
            f"lr, {format_value(lr)}"
        )
    return top if lr is None else lr


FORMAT = Format(
    name="deepspeed",
    title="DeepSpeed",
    rank=50,
    version="DeepSpeed 0.19.8",
    read=read,
    keys=(
        (
            "zero_optimization",
            "train_micro_batch_size_per_gpu",
            "train_batch_size",
            "gradient_clipping",
        ),
        (
            "scheduler.type",
            "zero_optimization",
            "train_micro_batch_size_per_gpu",
            "optimizer.params.lr",
        ),
    ),
    without=("train_iters", "train-iters", "lr_decay_style", "lr-decay-style"),
)
