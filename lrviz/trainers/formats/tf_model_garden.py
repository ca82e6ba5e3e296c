"""TF Model Garden's YAML: a learning rate and a warm-up, each one of several types.

Defaults: official/modeling/optimization/configs/learning_rate_config.py of tf-models-official
2.20.0.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from lrviz.trainers.classes import with_numbers
from lrviz.trainers.format import Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading

CONFIGS = (
    "trainer.optimizer_config",
    "optimizer_config",
    "trainer.optimization",
    "config_override.trainer.optimizer_config",
)
RATES = tuple(f"{config}.learning_rate" for config in CONFIGS)
SCHEDULES = {
    "constant": "transformers.constant",
    "stepwise": "keras.PiecewiseConstantDecay",
    "exponential": "keras.ExponentialDecay",
    "polynomial": "keras.PolynomialDecay",
    "cosine": "keras.CosineDecay",
    "power": "tf_model_garden.power",
    "power_linear": "tf_model_garden.power_linear",
    "power_with_offset": "tf_model_garden.power_with_offset",
    "step_cosine_with_offset": "tf_model_garden.step_cosine_with_offset",
}
WRAPPED = ("stepwise", "exponential", "polynomial", "cosine")
"""The types that are keras' schedules with an offset around them."""
WARMUPS = {
    "linear": ("tf_model_garden.linear_warmup", "warmup_learning_rate"),
    "polynomial": ("tf_model_garden.polynomial_warmup", "power"),
}
"""The schedule of each type of warm-up, and its parameter beside the steps."""
CONSTANT_RATE = 0.1


def read(reading: Reading) -> Plan:
    """Return the plan of an experiment."""
    config = next((c for c in CONFIGS if reading.source.has(f"{c}.learning_rate")), CONFIGS[0])
    rate = f"{config}.learning_rate"
    kind = type_of(reading, rate, SCHEDULES, "constant")
    origins: dict[str, str] = {}
    parameters = parameters_at(reading, f"{rate}.{kind}", origins)
    offset = parameters.pop("offset", 0) if kind in WRAPPED else 0
    lr = None
    if kind == "constant":
        lr = reading.number(f"{rate}.constant.learning_rate", default=CONSTANT_RATE)
        parameters = {}
    steps = reading.integer("trainer.train_steps", "train_steps")
    reading.ignore("trainer.validation_steps", "no part of the schedule")
    inner = {"schedule": SCHEDULES[kind], **parameters}
    spec = with_warmup(reading, config, inner, offset, origins)
    reading.raise_faults()
    schedule = str(spec.pop("schedule"))
    if "after_warmup_lr_sched" in spec:
        lr = inner.get("initial_learning_rate", lr)
    if steps is None and kind != "constant" and not reading.request.total_steps:
        reading.open_ended("--total-steps")
        return reading.plan(schedule, spec, lr=lr, origins=origins)
    return reading.plan(schedule, spec, lr=lr, total=reading.total(steps), origins=origins)


def type_of(reading: Reading, key: str, choices: Collection[str], default: str) -> str:
    """Return the type of a part: of a file that changes an experiment's, its only block's name."""
    if reading.has(f"{key}.type"):
        return reading.choice(f"{key}.type", choices=choices, default=default)
    blocks = [name for name in reading.mapping(key) if name in choices]
    if len(blocks) != 1:
        return default
    reading.decide("default", f"{key}.type: {blocks[0]}, the only one with values")
    return blocks[0]


def parameters_at(reading: Reading, key: str, origins: dict[str, str]) -> dict[str, Any]:
    """Return the values of a mapping without its name, and enter where each of them is from."""
    parameters: dict[str, Any] = {}
    for name, value in reading.mapping(key).items():
        if name != "name" and value is not None:
            reading.value(f"{key}.{name}")
            parameters[name] = with_numbers(value)
            origins[name] = f"{key}.{name}"
    return parameters


def with_warmup(
    reading: Reading, config: str, inner: Mapping[str, Any], offset: Any, origins: dict[str, str]
) -> dict[str, Any]:
    """Return the spec of a schedule with the warm-up that the file has, if any."""
    kind = type_of(reading, f"{config}.warmup", WARMUPS, "")
    if not kind:
        return shifted(inner, offset)
    key = f"{config}.warmup.{kind}"
    name, parameter = WARMUPS[kind]
    steps = reading.integer(f"{key}.warmup_steps")
    if not steps:
        reading.decide("default", f"{key}.warmup_steps: none, so no warm-up")
        return shifted(inner, offset)
    origins["warmup_steps"] = f"{key}.warmup_steps"
    spec: dict[str, Any] = {"schedule": name, "after_warmup_lr_sched": dict(inner)}
    spec |= {"warmup_steps": steps, "offset": offset} if offset else {"warmup_steps": steps}
    value = reading.number(f"{key}.{parameter}")
    if value is not None:
        spec[parameter] = value
        origins[parameter] = f"{key}.{parameter}"
    return spec


def shifted(inner: Mapping[str, Any], offset: Any) -> dict[str, Any]:
    """Return the spec of a schedule without a warm-up, its clock shifted by the offset."""
    if not offset:
        return dict(inner)
    name = WARMUPS["linear"][0]
    return {
        "schedule": name, "after_warmup_lr_sched": dict(inner), "warmup_steps": 0, "offset": offset
    }  # fmt: skip


FORMAT = Format(
    name="tf_model_garden",
    title="TF Model Garden",
    rank=140,
    version="tf-models-official 2.20.0",
    read=read,
    keys=(tuple(f"{rate}.{name}" for rate in RATES for name in ("type", *SCHEDULES)),),
)
