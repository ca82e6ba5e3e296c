"""Ultralytics' training loop on a real optimizer, without its model: what sets the rate.

The loop is that of engine/trainer.py; the package is read without its dependencies.
"""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Callable, Iterator
from importlib.metadata import files
from pathlib import Path
from typing import Any

import numpy as np
from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "ultralytics"


def function(file: str, name: str) -> Callable[..., Any]:
    """Return a function of the package's source, which needs math only."""
    paths = files(LIBRARY) or []
    path = next(Path(str(item.locate())) for item in paths if str(item).endswith(file))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == name]
    space: dict[str, Any] = {"math": math}
    exec(compile(ast.Module(nodes[:1], []), str(path), "exec"), space)
    result: Callable[..., Any] = space[name]
    return result


def factor(spec: Spec) -> Callable[[int], float]:
    """Return the factor of an epoch, as `_setup_scheduler` makes it."""
    epochs, lrf = spec["epochs"], spec["lrf"]
    if spec["schedule"] == "ultralytics.cos_lr":
        curve: Callable[[int], float] = function("torch_utils.py", "one_cycle")(1, lrf, epochs)
        return curve
    return lambda x: max(1 - x / epochs, 0) * (1.0 - lrf) + lrf


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec whose clock counts batches."""
    epochs, nb = rng.randint(1, 20), rng.randint(1, 12)
    spec = {
        "schedule": f"ultralytics.{rng.choice(['linear', 'cos_lr'])}",
        "epochs": epochs,
        "lrf": rng.choice([0.01, 0.1, 1.0, rng.random()]),
        "warmup_epochs": rng.choice([0.0, 3.0, 2.5, rng.uniform(0, 4)]),
        "nb": nb,
        "lr": rng.choice([0.01, 1e-3, rng.uniform(1e-4, 1)]),
        "steps": epochs * nb,
    }
    if rng.random() < 0.4:
        spec |= {"step_at_end": True, "nw": max(round(spec["warmup_epochs"] * nb), 5)}
    return spec


def rates(spec: Spec) -> Iterator[float]:
    """Yield the rate of each batch."""
    import torch

    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=spec["lr"])
    lf, nb, epochs = factor(spec), spec["nb"], spec["epochs"]
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda=lf)
    scheduler.last_epoch = -1  # as the trainer does
    at_end = spec.get("step_at_end", False)
    warmup = min(spec["warmup_epochs"], max(epochs - 1, 0))
    nw = spec.get("nw", round(warmup * nb) if warmup > 0 else 0)
    group = optimizer.param_groups[0]
    for epoch in range(epochs):
        if not at_end:
            scheduler.step()
        for batch in range(nb):
            ni = batch + nb * epoch
            if nw and ni <= nw:
                target = group["initial_lr"] * lf(epoch)
                group["lr"] = float(np.interp(ni, [0, nw], [0.0, target]))
            yield float(group["lr"])
        if at_end:
            scheduler.step()
