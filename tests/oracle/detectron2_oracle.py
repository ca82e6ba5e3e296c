"""fvcore's real parameter schedulers, put together as detectron2's solver does.

detectron2 is not in the package index: its warm-up, a CompositeParamScheduler, and the polynomial
decay of its projects are written out here.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from importlib.metadata import files
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "fvcore"
NAMES = ("WarmupMultiStepLR", "WarmupCosineLR", "WarmupStepWithFixedGammaLR", "WarmupPolyLR")


def schedulers() -> Any:
    """Return fvcore's module of schedulers, which needs nothing else."""
    paths = [Path(str(item.locate())) for item in files(LIBRARY) or []]
    path = next(item for item in paths if item.name == "param_scheduler.py")
    spec = spec_from_file_location("param_scheduler", path)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    total = rng.choice([3, 40, 100, rng.randint(2, 200)])
    name = rng.choice(NAMES)
    spec = {
        "schedule": f"detectron2.{name}",
        "max_iter": total,
        "warmup_factor": rng.choice([0.001, 1.0, rng.random()]),
        "warmup_iters": rng.choice([0, 5, total, rng.randint(0, 2 * total)]),
        "warmup_method": rng.choice(["linear", "linear", "constant"]),
        "lr": rng.choice([0.02, 2.5e-4, rng.uniform(1e-5, 1)]),
        "steps": total,
    }
    if name == "WarmupPolyLR":
        ending = rng.choice([0.0, 0.0, 0.2])
        return {**spec, "power": rng.choice([0.9, 1.0, 2.0]), "constant_ending": ending}
    if spec["warmup_iters"] < total:
        spec["rescale_interval"] = rng.random() < 0.3
    if name == "WarmupMultiStepLR":
        steps = sorted(rng.sample(range(1, 2 * total), min(rng.randint(0, 3), total - 1)))
        return {**spec, "milestones": steps, "gamma": rng.choice([0.1, 0.5])}
    if name == "WarmupCosineLR":
        return {**spec, "base_lr_end": rng.choice([0.0, spec["lr"] * rng.random()])}
    return {**spec, "num_decays": rng.randint(1, 4), "gamma": rng.choice([0.1, 0.5])}


def main_curve(module: Any, spec: Spec) -> Callable[[float], float]:
    """Return the main curve, as `build_lr_scheduler` makes it."""
    total, name = spec["max_iter"], spec["schedule"].partition(".")[2]
    if name == "WarmupCosineLR":
        curve = module.CosineParamScheduler(1, spec["base_lr_end"] / spec["lr"])
    elif name == "WarmupMultiStepLR":
        steps = [step for step in spec["milestones"] if step <= total]
        values = [spec["gamma"] ** k for k in range(len(steps) + 1)]
        curve = module.MultiStepParamScheduler(values, num_updates=total, milestones=steps)
    else:
        curve = module.StepWithFixedGammaParamScheduler(
            1.0, spec["num_decays"], spec["gamma"], total
        )
    main: Callable[[float], float] = curve
    return main


def with_warmup(module: Any, spec: Spec) -> Callable[[float], float]:
    """Return the whole curve, as `WarmupParamScheduler` makes it."""
    main = main_curve(module, spec)
    length = min(spec["warmup_iters"] / spec["max_iter"], 1.0)
    rescale = spec.get("rescale_interval", False)
    start, end = spec["warmup_factor"] * main(0.0), main(0.0 if rescale else length)
    if spec["warmup_method"] == "constant":
        warmup = module.ConstantParamScheduler(start)
    else:
        warmup = module.LinearParamScheduler(start, end)
    curve: Callable[[float], float] = module.CompositeParamScheduler(
        [warmup, main],
        interval_scaling=["rescaled", "rescaled" if rescale else "fixed"],
        lengths=[length, 1 - length],
    )
    return curve


def polynomial(spec: Spec) -> Iterator[float]:
    """Yield the rates of the projects' `WarmupPolyLR`."""
    total, warmup, ending = spec["max_iter"], spec["warmup_iters"], spec["constant_ending"]
    for step in range(spec["steps"]):
        alpha = step / warmup if warmup else 0.0
        first = spec["warmup_factor"]
        rising = first * (1 - alpha) + alpha if spec["warmup_method"] == "linear" else first
        factor = 1.0 if step >= warmup else rising
        decay = math.pow(1.0 - step / total, spec["power"])
        if ending > 0 and factor == 1.0 and decay < ending:
            yield spec["lr"] * ending
        else:
            yield spec["lr"] * factor * decay


def rates(spec: Spec) -> Iterator[float]:
    """Yield the rates of the steps."""
    if spec["schedule"] == "detectron2.WarmupPolyLR":
        yield from polynomial(spec)
        return
    curve = with_warmup(schedulers(), spec)
    for step in range(spec["steps"]):
        yield spec["lr"] * curve(step / spec["max_iter"])
