"""MXNet's schedulers, called as its optimizers call them: with the updates done, from 1.

The package no longer installs. MXNET_SCHEDULERS names the file `python/mxnet/lr_scheduler.py` of
MXNet's source, which needs nothing else.
"""

from __future__ import annotations

import os
import random
import runpy
from functools import lru_cache
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["VERSION", "agrees", "random_spec", "rates", "refused_on_purpose"]
VERSION = "2.0.0"
RUN = ("schedule", "lr", "steps")


@lru_cache
def schedulers() -> dict[str, Any]:
    """Return the names of the real module."""
    return runpy.run_path(os.environ["MXNET_SCHEDULERS"])


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    base = rng.choice([0.01, 1.0, rng.uniform(1e-4, 1)])
    warmup = rng.choice([0, 0, 1, 2, rng.randint(1, 60)])
    factor = rng.choice([0.1, 0.5, 1.0, rng.random()])
    listed = sorted({rng.randint(1, 150) for _ in range(rng.randint(1, 6))})
    run = {"max_update": rng.randint(1, 150), "final_lr": rng.choice([0.0, 1e-3, rng.random()])}
    name, own = rng.choice(
        [
            (
                "FactorScheduler",
                {
                    "step": rng.randint(1, 50),
                    "factor": factor,
                    "stop_factor_lr": rng.choice([1e-8, 1e-3, rng.random()]),
                },
            ),
            ("MultiFactorScheduler", {"step": listed, "factor": rng.choice([factor, -0.5, 1.5])}),
            ("PolyScheduler", {**run, "pwr": rng.choice([1, 2, 0.5, rng.uniform(0.1, 4)])}),
            ("CosineScheduler", run),
        ]
    )
    warm_up = {
        "base_lr": base,
        "warmup_steps": warmup,
        "warmup_begin_lr": rng.choice([0.0, base, base * rng.uniform(0, 1.2)]),
        "warmup_mode": rng.choice(["linear", "linear", "constant"]),
    }
    return {"schedule": f"mxnet.{name}", **own, **warm_up, "lr": 0.1, "steps": 160}


def rates(spec: Spec) -> Any:
    """Yield the rates of the steps."""
    values = {key: value for key, value in spec.items() if key not in RUN}
    real = schedulers()[spec["schedule"].partition(".")[2]](**values)
    for step in range(spec["steps"]):
        yield float(real(step + 1))


def refused_on_purpose(spec: Spec) -> bool:
    """Return whether the decay has no updates, in which MXNet stops later."""
    return "max_update" in spec and spec["max_update"] == spec["warmup_steps"]
