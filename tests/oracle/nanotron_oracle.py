"""nanotron's schedule on a real optimizer; its function is read without its package."""

from __future__ import annotations

import ast
import math
import random
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "nanotron"


@cache
def builder() -> Any:
    """Return the function that makes the scheduler, which needs torch and a logger only."""
    import torch

    package = find_spec("nanotron")
    assert package
    assert package.submodule_search_locations
    path = Path(next(iter(package.submodule_search_locations))) / "helpers.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = "lr_scheduler_builder"
    kept = [node for node in tree.body if getattr(node, "name", "") == name]
    code = ast.parse("from __future__ import annotations")
    code.body += kept
    names: dict[str, Any] = {
        "LambdaLR": torch.optim.lr_scheduler.LambdaLR,
        "log_rank": lambda *_, **__: None,
        "logger": None,
        "logging": SimpleNamespace(DEBUG=0),
        "math": math,
        "partial": partial,
    }
    exec(compile(code, str(path), "exec"), names)
    return names[name]


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    total = rng.randint(1, 150)
    warmup = rng.choice([0, 1, 10, rng.randint(0, 60)])
    optional: Spec = {
        "lr_warmup_style": rng.choice(["linear", "constant"]),
        "lr_decay_style": rng.choice(["linear", "cosine", "1-sqrt"]),
        "lr_decay_steps": rng.choice([0, 10, rng.randint(0, 100)]),
        "lr_decay_starting_step": rng.choice([warmup, rng.randint(0, 120)]),
        "min_decay_lr": rng.choice([0.0, 1e-5, rng.uniform(0, 0.01)]),
    }
    kept = {key: value for key, value in optional.items() if rng.random() < 0.6}
    own = {"lr_warmup_steps": warmup, "train_steps": total, **kept}
    lr = rng.choice([0.1, 3e-4, rng.uniform(1e-3, 1)])
    return {"schedule": "nanotron.learning_rate_scheduler", **own, "lr": lr, "steps": 180}


def rates(spec: Spec) -> Any:
    """Yield the rates of the steps."""
    import torch

    lr = spec["lr"]
    arguments = SimpleNamespace(
        learning_rate=lr,
        lr_warmup_steps=spec["lr_warmup_steps"],
        lr_warmup_style=spec.get("lr_warmup_style", "linear"),
        lr_decay_style=spec.get("lr_decay_style", "linear"),
        lr_decay_steps=spec.get("lr_decay_steps"),
        lr_decay_starting_step=spec.get("lr_decay_starting_step"),
        min_decay_lr=spec.get("min_decay_lr", lr),
    )
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=lr)
    wrapped = SimpleNamespace(get_base_optimizer=lambda: optimizer)
    schedule = builder()(wrapped, arguments, spec["train_steps"])
    for _ in range(spec["steps"]):
        yield float(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
