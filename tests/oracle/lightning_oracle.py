"""Lightning's scheduler a second time, in the recursive form in which the library steps it."""

from __future__ import annotations

import math
import random
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "lrviz"


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    warmup = rng.choice([1, 2, 10, rng.randint(1, 60)])
    return {
        "schedule": "lightning.LinearWarmupCosineAnnealingLR",
        "warmup_epochs": warmup,
        "max_epochs": rng.choice([warmup, warmup + 1, warmup + rng.randint(1, 90)]),
        "warmup_start_lr": rng.choice([0.0, 1e-3, rng.uniform(0, 0.2)]),
        "eta_min": rng.choice([0.0, 1e-4, rng.uniform(0, 0.2)]),
        "lr": rng.choice([0.1, 1.0, rng.uniform(1e-4, 1)]),
        "steps": 260,
    }


def rates(spec: Spec) -> Any:
    """Yield the rates of the steps, each from the one before."""
    base, start, floor = spec["lr"], spec["warmup_start_lr"], spec["eta_min"]
    warmup, last = spec["warmup_epochs"], spec["max_epochs"]
    if last == warmup:
        raise ZeroDivisionError
    rate = start
    yield rate
    for epoch in range(1, spec["steps"]):
        if epoch < warmup:
            rate += (base - start) / (warmup - 1)
        elif epoch == warmup:
            rate = base
        elif (epoch - 1 - last) % (2 * (last - warmup)) == 0:
            rate += (base - floor) * (1 - math.cos(math.pi / (last - warmup))) / 2
        else:
            now = 1 + math.cos(math.pi * (epoch - warmup) / (last - warmup))
            before = 1 + math.cos(math.pi * (epoch - warmup - 1) / (last - warmup))
            rate = now / before * (rate - floor) + floor
        yield rate
