"""LitGPT's own get_lr, read out of its source without importing what it needs."""

from __future__ import annotations

import ast
import math
import random
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "litgpt"


def get_lr() -> Any:
    """Return the function of litgpt/pretrain.py."""
    package = find_spec("litgpt")
    assert package
    assert package.submodule_search_locations
    source = Path(next(iter(package.submodule_search_locations))) / "pretrain.py"
    tree = ast.parse(source.read_text(encoding="utf-8"))
    (function,) = (
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "get_lr"
    )
    names: dict[str, Any] = {"math": math}
    exec(compile(ast.Module([function], []), str(source), "exec"), names)
    return names["get_lr"]


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    count = rng.choice([1, 1, 4, rng.randint(1, 40)])
    batches = rng.choice([1, 100, rng.randint(2, 500)])
    warmup = rng.choice([0, min(10, batches), rng.randint(0, batches)])
    return {
        "schedule": "litgpt.pretrain",
        "lr_warmup_steps": warmup / count,
        "max_steps": batches / count,
        "min_lr": rng.choice([0.0, 6e-5, rng.uniform(0, 0.1)]),
        "gradient_accumulation_iters": count,
        "lr": rng.choice([4e-4, 0.1, rng.uniform(1e-5, 1)]),
        "steps": 220,
    }


def rates(spec: Spec) -> Any:
    """Yield the rate of the last batch of each step, as the loop of `fit` counts them."""
    rate, count = get_lr(), spec["gradient_accumulation_iters"]
    warmup, batches = (round(spec[name] * count) for name in ("lr_warmup_steps", "max_steps"))
    for step in range(spec["steps"]):
        batch = (step + 1) * count - 1
        if batch == warmup == batches:
            yield spec["min_lr"]  # the loop ends before it, where the function divides by 0
        else:
            yield rate(spec["lr"], batch, warmup, batches, spec["min_lr"])
