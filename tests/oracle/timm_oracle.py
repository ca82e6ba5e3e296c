"""The real timm: random specs, and the rates that timm.scheduler gives for them."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import random
import sys
import warnings
from types import ModuleType
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "timm"
CLASSES = {
    "cosine": "CosineLRScheduler",
    "tanh": "TanhLRScheduler",
    "poly": "PolyLRScheduler",
    "step": "StepLRScheduler",
    "constant": "StepLRScheduler",
    "multistep": "MultiStepLRScheduler",
    "wsd": "WSDLRScheduler",
    "rsqrt": "WSDLRScheduler",
    "plateau": "PlateauLRScheduler",
}
FIXED = {
    "constant": {"decay_t": 1, "decay_rate": 1.0},
    "rsqrt": {"stable_fn": "rsqrt", "decay_fn": "linear"},
}
"""What timm's create_scheduler_v2 sets for these names."""


def warmup(rng: random.Random, prefix: bool = True) -> Spec:
    spec: Spec = {"warmup_t": rng.choice([0, 5, rng.randint(1, 60), 2.5])}
    spec["warmup_lr_init"] = rng.choice([0.0, 1e-5, rng.uniform(0, 0.3)])
    if prefix and rng.random() < 0.7:
        spec["warmup_prefix"] = rng.random() < 0.5
    return spec


def noise(rng: random.Random) -> Spec:
    if rng.random() < 0.6:
        return {}
    low = rng.choice([0, 10, rng.uniform(0, 100)])
    spec = {"noise_range_t": rng.choice([low, [low, low + rng.randint(-5, 100)]])}
    spec["noise_pct"] = rng.choice([0.67, 0.1, 1, rng.uniform(0.05, 3)])
    spec["noise_std"] = rng.choice([1.0, 0.1, 0, -0.5, rng.uniform(0, 3)])
    spec["noise_seed"] = rng.choice([42, 0, -7, rng.randint(-(2**40), 2**40)])
    return spec


def clock(rng: random.Random) -> Spec:
    return {"t_in_epochs": rng.random() < 0.5} if rng.random() < 0.3 else {}


def cycles(rng: random.Random) -> Spec:
    return {
        "t_initial": rng.choice([10, 100, 1, rng.randint(1, 150), 12.5]),
        "lr_min": rng.choice([0.0, 1e-5, rng.uniform(0, 0.2)]),
        "cycle_mul": rng.choice([1.0, 1.0, 2, 3, 5, 1.5, 1.001, rng.uniform(0.3, 4), 0.5, 0.9]),
        "cycle_decay": rng.choice([1.0, 0.5, 0.1, 0.0, -0.5, rng.uniform(0.2, 1.2), 30.0]),
        "cycle_limit": rng.choice([1, 2, 5, 0, 1000, rng.randint(1, 12)]),
        **warmup(rng),
        **clock(rng),
        **noise(rng),
    }


def k_decay(rng: random.Random) -> Spec:
    k = rng.choice([1.0, 2, 0.5, 0, -1, rng.uniform(0.3, 3)])
    return {"k_decay": k} if rng.random() < 0.5 else {}


def tanh(rng: random.Random) -> Spec:
    bounds = {"lb": rng.uniform(-8, 0), "ub": rng.uniform(-0.5, 5)}
    return {**cycles(rng), **(bounds if rng.random() < 0.6 else {})}


def poly(rng: random.Random) -> Spec:
    powers = [0.5, 1, 2, 0, -0.5, rng.uniform(0, 4)]
    return {**cycles(rng), **k_decay(rng), "power": rng.choice(powers)}


def step(rng: random.Random) -> Spec:
    return {
        "decay_t": rng.choice([30, 1, 0.5, 7.3, rng.uniform(0.1, 90), 0, -20]),
        "decay_rate": rng.choice([0.1, 1.0, 0.0, -0.5, rng.uniform(0.2, 1.1)]),
        **warmup(rng),
        **clock(rng),
        **noise(rng),
    }


def multistep(rng: random.Random) -> Spec:
    milestones = [rng.randint(0, 200) for _ in range(rng.randint(0, 6))]
    milestones = milestones if rng.random() < 0.3 else sorted(milestones)
    return {**step(rng), "decay_t": milestones}


def wsd(rng: random.Random) -> Spec:
    length = rng.randint(1, 180)
    return {
        "t_initial": length,
        "decay_t": rng.choice([length, rng.randint(1, length), rng.randint(1, 200)]),
        "lr_min": rng.choice([0.0, 1e-5, rng.uniform(0, 0.2)]),
        "stable_fn": rng.choice(["constant", "rsqrt", "power"]),
        "stable_timescale": rng.choice([None, 10, rng.uniform(-1, 100)]),
        "stable_power": rng.choice([0.5, rng.uniform(0.1, 2)]),
        "decay_fn": rng.choice(["linear", "1-sqrt", "cosine", "power", "exp"]),
        "decay_power": rng.choice([0.5, rng.uniform(0.1, 3)]),
        "decay_ratio": rng.choice([0.1, rng.uniform(0.01, 0.99)]),
        **warmup(rng, prefix=False),
        **clock(rng),
        **noise(rng),
    }


def rsqrt(rng: random.Random) -> Spec:
    return {key: value for key, value in wsd(rng).items() if key not in ("stable_fn", "decay_fn")}


def plateau(rng: random.Random) -> Spec:
    values, value = [], rng.uniform(-1, 2)
    for _ in range(259):
        value += rng.choice([0, rng.gauss(0, 0.1), rng.gauss(0.05, 0.05)])
        values.append(value)
    return {
        "decay_rate": rng.choice([0.1, rng.uniform(0.05, 0.99)]),
        "patience_t": rng.randint(0, 10),
        "threshold": rng.choice([1e-4, 0, rng.uniform(0, 0.2)]),
        "cooldown_t": rng.choice([0, rng.randint(0, 8)]),
        "lr_min": rng.choice([0.0, 1e-3]),
        "mode": rng.choice(["min", "max"]),
        **warmup(rng, prefix=False),
        **noise(rng),
        "noise_type": rng.choice(["normal", "uniform"]),
        "metric": values,
    }


MAKERS = {
    "cosine": lambda rng: {**cycles(rng), **k_decay(rng)},
    "tanh": tanh,
    "poly": poly,
    "step": step,
    "multistep": multistep,
    "constant": lambda rng: {**warmup(rng), **clock(rng), **noise(rng)},
    "wsd": wsd,
    "rsqrt": rsqrt,
    "plateau": plateau,
}


def refused_on_purpose(spec: Spec) -> bool:
    """Return whether lrviz refuses what timm only fails on after its warm-up.

    That is a decay_t of 0, and a warm-up that is longer than cycles that shrink away.
    """
    if spec.get("decay_t") == 0:
        return True
    if spec.get("cycle_mul", 1) >= 1 or spec.get("warmup_prefix"):
        return False
    return bool(spec["t_initial"] / (1 - spec["cycle_mul"]) <= spec["warmup_t"])


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec of one scheduler."""
    name = rng.choice(list(MAKERS))
    spec = {"schedule": f"timm.{name}", **MAKERS[name](rng)}
    return {**spec, "lr": rng.choice([0.1, 1.0, 0.0, rng.uniform(1e-4, 1)]), "steps": 260}


def schedulers() -> Any:
    """Return timm.scheduler, without timm's models, which need torchvision."""
    if "timm" not in sys.modules:
        found = importlib.util.find_spec("timm")
        assert found
        sys.modules["timm"] = package = ModuleType("timm")
        package.__path__ = list(found.submodule_search_locations or ())
    return importlib.import_module("timm.scheduler")


def rates(spec: Spec) -> list[float]:
    """Return the rates of each epoch (or update) in a loop like that of timm's train.py."""
    import torch

    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    name = spec["schedule"].split(".")[1]
    settings = ("schedule", "lr", "steps", "metric")
    keys = {key: value for key, value in spec.items() if key not in settings}
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=spec["lr"])
    scheduler_class = getattr(schedulers(), CLASSES[name])
    scheduler = scheduler_class(optimizer, **{**FIXED.get(name, {}), **keys})
    advance = scheduler.step if keys.get("t_in_epochs", True) else scheduler.step_update
    used = []
    for epoch in range(spec["steps"]):
        used.append(float(optimizer.param_groups[0]["lr"]))
        if epoch < spec["steps"] - 1:
            advance(epoch + 1, spec["metric"][epoch] if "metric" in spec else None)
    return used
