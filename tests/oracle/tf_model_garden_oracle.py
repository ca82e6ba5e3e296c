"""TF Model Garden's own schedules, in float64: TensorFlow is replaced by plain arithmetic."""

from __future__ import annotations

import contextlib
import math
import random
import sys
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "tf-models-official"


class LearningRateSchedule:
    """The base class of tf_keras' schedules."""


class PolynomialDecay(LearningRateSchedule):
    def __init__(self, initial_learning_rate: float, decay_steps: int, end_learning_rate: float):
        self.first, self.steps, self.last = initial_learning_rate, decay_steps, end_learning_rate

    def __call__(self, step: float) -> float:
        share = min(step, self.steps) / self.steps
        return (self.first - self.last) * (1 - share) + self.last


class CosineDecay(LearningRateSchedule):
    def __init__(self, initial_learning_rate: float, decay_steps: int, alpha: float):
        self.first, self.steps, self.alpha = initial_learning_rate, decay_steps, alpha

    def __call__(self, step: float) -> float:
        wave = 0.5 * (1 + math.cos(math.pi * min(step, self.steps) / self.steps))
        return self.first * ((1 - self.alpha) * wave + self.alpha)


class Scalar(float):
    """A number that divides by 0 as a tensor does."""

    def __mul__(self, other: float) -> Scalar:
        return Scalar(float(self) * other)

    def __truediv__(self, other: float) -> Scalar:
        return Scalar(float(self) / other if other else math.nan)


def tensorflow() -> Any:
    """Return what lr_schedule.py uses of TensorFlow, on Python's floats."""
    functions = SimpleNamespace(maximum=max, minimum=min, pow=math.pow)
    stub: Any = ModuleType("tensorflow")
    stub.float32 = float
    stub.cast = lambda value, dtype=None: float(value)
    stub.math, stub.maximum, stub.minimum = functions, max, min
    stub.cos = math.cos
    stub.constant = Scalar
    stub.where = lambda test, then, other: then if test else other
    stub.cond = lambda test, then, other, name=None: then() if test else other()
    stub.name_scope = contextlib.nullcontext
    return stub


def module() -> Any:
    """Return the module of the schedules."""
    package = find_spec("official")
    assert package
    assert package.submodule_search_locations
    folder = Path(next(iter(package.submodule_search_locations)))
    schedules = SimpleNamespace(
        LearningRateSchedule=LearningRateSchedule,
        PiecewiseConstantDecay=LearningRateSchedule,
        ExponentialDecay=LearningRateSchedule,
        PolynomialDecay=PolynomialDecay,
        CosineDecay=CosineDecay,
    )
    keras: Any = ModuleType("tf_keras")
    keras.optimizers = SimpleNamespace(schedules=schedules)
    keras.experimental = schedules
    sys.modules |= {"tensorflow": tensorflow(), "tf_keras": keras}
    path = folder / "modeling" / "optimization" / "lr_schedule.py"
    spec = spec_from_file_location("tf_model_garden_schedules", path)
    assert spec
    assert spec.loader
    loaded = module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    rate, length = rng.choice([0.1, rng.uniform(1e-3, 1)]), rng.randint(30, 150)
    initial = {"initial_learning_rate": rate, "power": rng.choice([-0.5, -1.0, 0.0, 0.3])}
    run = {"lr": 0.1, "steps": 170}
    power = {"schedule": "tf_model_garden.power", **initial}
    polynomial = {
        "schedule": "keras.PolynomialDecay",
        "initial_learning_rate": rate,
        "decay_steps": length,
        "end_learning_rate": rng.choice([0.0, rate / 10]),
    }
    cosine = {
        "schedule": "keras.CosineDecay",
        "initial_learning_rate": rate,
        "decay_steps": length,
        "alpha": rng.choice([0.0, 0.1]),
    }
    offset = rng.choice([0, 0, rng.randint(0, 30)])
    kind = rng.choice(["power", "linear", "offset", "cosine", "warmup", "polynomial"])
    if kind == "power":
        return {**power, **run}
    if kind == "linear":
        share = rng.choice([0.0, 0.1, 0.5, 1.0])
        extra = {"total_decay_steps": length, "linear_decay_fraction": share, "offset": offset}
        return {"schedule": "tf_model_garden.power_linear", **initial, **extra, **run}
    if kind == "offset":
        extra = {"offset": offset, "pre_offset_learning_rate": rng.choice([1e6, rate, rate / 2])}
        return {"schedule": "tf_model_garden.power_with_offset", **initial, **extra, **run}
    if kind == "cosine":
        boundaries = sorted(rng.sample(range(1, 170), rng.randint(1, 4)))
        values = [rng.uniform(0, 1) for _ in range(len(boundaries) + 1)]
        extra = {"boundaries": [0, *boundaries], "values": values, "offset": offset}
        steps = min(boundaries[-1] + offset, 170)
        return {"schedule": "tf_model_garden.step_cosine_with_offset", **extra, "steps": steps}
    child = rng.choice([power, polynomial, cosine])
    warmup = {"warmup_steps": rng.randint(1, 60), "after_warmup_lr_sched": child}
    if child is not power:
        warmup["offset"] = rng.choice([0, warmup["warmup_steps"], offset])
    if kind == "warmup":
        warmup["warmup_learning_rate"] = rng.choice([0.0, 0.01])
        return {"schedule": "tf_model_garden.linear_warmup", **warmup, **run}
    return {
        "schedule": "tf_model_garden.polynomial_warmup",
        **warmup,
        "power": rng.choice([1.0, 2.0]),
        **run,
    }


CLASSES = {
    "tf_model_garden.power": "DirectPowerDecay",
    "tf_model_garden.power_linear": "PowerAndLinearDecay",
    "tf_model_garden.power_with_offset": "PowerDecayWithOffset",
    "tf_model_garden.step_cosine_with_offset": "StepCosineDecayWithOffset",
    "tf_model_garden.linear_warmup": "LinearWarmup",
    "tf_model_garden.polynomial_warmup": "PolynomialWarmUp",
    "keras.PolynomialDecay": "PolynomialDecayWithOffset",
    "keras.CosineDecay": "CosineDecayWithOffset",
}


def schedule(spec: Spec, loaded: Any, offset: int | None = None) -> Any:
    """Return the real schedule of a spec."""
    values = {k: v for k, v in spec.items() if k not in ("schedule", "lr", "steps")}
    if "after_warmup_lr_sched" in values:
        child = values["after_warmup_lr_sched"]
        values["after_warmup_lr_sched"] = schedule(child, loaded, values.pop("offset", None))
        values.setdefault("warmup_learning_rate", 0.0) if "power" not in values else None
    if offset is not None:
        values["offset"] = offset
    return getattr(loaded, CLASSES[spec["schedule"]])(**values)


def rates(spec: Spec) -> Any:
    """Yield the rates of the steps."""
    real = schedule(spec, module())
    for step in range(spec["steps"]):
        yield float(real(step))
