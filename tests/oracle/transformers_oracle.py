"""The real transformers: random specs, and the rates that get_scheduler gives for them."""

from __future__ import annotations

import logging
import math
import random
import warnings
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "transformers"
SETTINGS = ("schedule", "lr", "steps", "metric")
NO_TOTAL = ("constant_with_warmup", "inverse_sqrt")


def total(rng: random.Random) -> int:
    return rng.choice([rng.randint(1, 200), rng.randint(60, 140), rng.choice([0, 1, 2])])


def warmup(rng: random.Random) -> int | float:
    return rng.choice([0, 1, rng.randint(0, 40), rng.randint(0, 220), rng.uniform(0.01, 0.99)])


def run(rng: random.Random) -> Spec:
    return {"num_warmup_steps": warmup(rng), "num_training_steps": total(rng)}


def warmed_only(rng: random.Random) -> Spec:
    spec: Spec = {"num_warmup_steps": warmup(rng)}
    if rng.random() < 0.5:
        spec["num_training_steps"] = rng.randint(1, 200)
    return spec


def waves(rng: random.Random, usual: float) -> Spec:
    return (
        {} if rng.random() < 0.4 else {"num_cycles": rng.choice([usual, 1, 3, rng.uniform(-2, 6)])}
    )


def floored(rng: random.Random) -> Spec:
    spec = {**run(rng), **waves(rng, 0.5)}
    kind = rng.random()
    if kind < 0.55 or kind > 0.95:
        spec["min_lr"] = rng.choice([0, 1e-5, rng.uniform(-0.1, 0.3)])
    if kind > 0.5:
        spec["min_lr_rate"] = rng.choice([0.1, 0, rng.uniform(-0.3, 1.5)])
    if kind > 0.52 and kind < 0.54:
        del spec["min_lr"]
    return spec


def floored_warmed(rng: random.Random) -> Spec:
    return {**floored(rng), "warmup_lr_rate": rng.choice([None, 0.1, 0, rng.uniform(-0.2, 1.4)])}


def polynomial(rng: random.Random) -> Spec:
    ends = [1e-7, 0, 1e-3, -0.1, rng.uniform(0, 0.3)]
    powers = [1, 2, 0.5, 0, -1, rng.uniform(-0.5, 4)]
    return {**run(rng), "lr_end": rng.choice(ends), "power": rng.choice(powers)}


def inverse_sqrt(rng: random.Random) -> Spec:
    scales = [None, 10, 1000, 0, -30, rng.randint(1, 300), rng.uniform(-100, 100)]
    return {**warmed_only(rng), "timescale": rng.choice(scales)}


def wsd(rng: random.Random) -> Spec:
    spec = {"num_warmup_steps": warmup(rng), "num_decay_steps": rng.randint(0, 80)}
    if rng.random() < 0.7:
        spec["num_training_steps"] = total(rng)
    if rng.random() < 0.4:
        spec["num_stable_steps"] = rng.randint(0, 80)
    for key in ("warmup_type", "decay_type"):
        spec[key] = rng.choice(["linear", "cosine", "1-sqrt"])
    return {**spec, **waves(rng, 0.5), "min_lr_ratio": rng.choice([0, 0.1, rng.uniform(-0.3, 1.2)])}


def metric(rng: random.Random) -> list[float]:
    values, value = [], rng.uniform(-1, 2)
    for _ in range(259):
        value += rng.choice([0, rng.gauss(0, 0.1), rng.gauss(-0.05, 0.05), -0.01])
        values.append(value)
    return values


def judged(rng: random.Random) -> Spec:
    return {
        "mode": rng.choice(["min", "max"]),
        "factor": rng.choice([0.5, rng.uniform(0.05, 0.99)]),
        "patience": rng.randint(0, 8),
        "threshold": rng.choice([1e-4, 0.0, rng.uniform(0, 0.3)]),
        "threshold_mode": rng.choice(["rel", "abs"]),
        "cooldown": rng.choice([0, rng.randint(0, 8)]),
        "min_lr": rng.choice([0.0, 1e-3, 0.05]),
        "eps": rng.choice([1e-8, 1e-3]),
        "metric": metric(rng),
    }


def greedy(rng: random.Random) -> Spec:
    return {
        **judged(rng),
        "factor": rng.choice([0.95, 0.0, rng.uniform(0.05, 1.05)]),
        "warmup": rng.choice([0, rng.randint(0, 8)]),
        "max_lr": rng.choice([1.0, 0.2]),
        "smooth": rng.random() < 0.4,
        "window_size": rng.choice([50, 1, 7]),
        "reset_start": rng.choice([500, 3, 0, -1]),
    }


MAKERS = {
    "linear": run,
    "cosine": lambda rng: {**run(rng), **waves(rng, 0.5)},
    "cosine_with_restarts": lambda rng: {**run(rng), **waves(rng, 1)},
    "polynomial": polynomial,
    "constant": lambda rng: {},
    "constant_with_warmup": warmed_only,
    "inverse_sqrt": inverse_sqrt,
    "reduce_lr_on_plateau": judged,
    "cosine_with_min_lr": floored,
    "cosine_warmup_with_min_lr": floored_warmed,
    "warmup_stable_decay": wsd,
    "greedy": greedy,
}


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec of one schedule type."""
    name = rng.choice(list(MAKERS))
    spec = {"schedule": f"transformers.{name}", **MAKERS[name](rng)}
    return {**spec, "lr": rng.choice([0.1, 1.0, 5e-5, 0.0, rng.uniform(1e-4, 1)]), "steps": 260}


def construct(optimizer: Any, spec: Spec) -> Any:
    """Return the real scheduler; a warm-up below 1 is read as the Trainer reads it."""
    from transformers import get_scheduler

    name = spec["schedule"].split(".")[1]
    keys = {key: value for key, value in spec.items() if key not in SETTINGS}
    start, length = keys.pop("num_warmup_steps", None), keys.pop("num_training_steps", None)
    if start is not None and 0 < start < 1:
        start = math.ceil(length * start)
    return get_scheduler(name, optimizer, start, length, keys)


def rates(spec: Spec) -> list[float]:
    """Return the rates that a training loop of `steps` steps uses."""
    import torch

    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=spec["lr"])
    scheduler = construct(optimizer, spec)
    used = []
    for step in range(spec["steps"]):
        used.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        if step < spec["steps"] - 1:
            scheduler.step(*([spec["metric"][step]] if "metric" in spec else []))
    return used
