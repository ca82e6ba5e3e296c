"""T5X's products of factors: the function of its source, with float64 arrays for those of jax.

T5X installs from its repository only, with TPU libraries. T5X_UTILS names the file `t5x/utils.py`
of its source, of which only this function is run.
"""

from __future__ import annotations

import ast
import os
import random
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["VERSION", "agrees", "random_spec", "rates"]
VERSION = "0.0.0"
NAME = "create_learning_rate_scheduler"
RUN = ("schedule", "lr", "steps")
FACTORS = (
    "constant", "linear_warmup", "linear_decay", "rsqrt_decay", "rsqrt_normalized_decay",
    "decay_every", "cosine_decay",
)  # fmt: skip
USUAL = (
    "constant * linear_warmup * rsqrt_decay", "constant * linear_warmup * cosine_decay",
    "constant*linear_warmup*rsqrt_normalized_decay", "constant * decay_every", "linear_decay",
    "constant * linear_warmup * decay_every", "constant",
)  # fmt: skip


@lru_cache
def create() -> Any:
    """Return the real function, in float64."""
    tree = ast.parse(Path(os.environ["T5X_UTILS"]).read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if getattr(node, "name", "") == NAME]
    names = ("maximum", "minimum", "sqrt", "cos", "pi", "asarray", "ndarray")
    arrays = SimpleNamespace(**{name: getattr(np, name) for name in names}, float32=np.float64)
    scope: dict[str, Any] = {"jnp": arrays, "LearningRateCallable": Any}
    exec(compile(tree, NAME, "exec"), scope)
    return scope[NAME]


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    several = " * ".join(rng.choice(FACTORS) for _ in range(rng.randint(1, 4)))
    return {
        "schedule": f"t5x.{NAME}",
        "factors": rng.choice([rng.choice(USUAL), several]),
        "base_learning_rate": rng.choice([0.5, 1.0, rng.uniform(1e-4, 1)]),
        "warmup_steps": rng.choice([0, 1, rng.randint(1, 80), rng.randint(1, 80)]),
        "decay_factor": rng.choice([0.5, 0.01, 0.0, 1.1, -0.1, rng.random()]),
        "steps_per_decay": rng.randint(1, 60),
        "steps_per_cycle": rng.randint(1, 120),
        "step_offset": rng.choice([0, 0, rng.randint(-60, 60)]),
        "min_learning_rate": rng.choice([1e-8, 0.0, 1e-3]),
        "lr": 0.1,
        "steps": 200,
    }


def rates(spec: Spec) -> list[float]:
    """Return the rates of the steps."""
    values = {key: value for key, value in spec.items() if key not in RUN}
    schedule = create()(**values)
    with np.errstate(all="ignore"):
        used = [float(schedule(np.int64(step))) for step in range(spec["steps"])]
    if not np.isfinite(used).all():
        raise FloatingPointError
    return used
