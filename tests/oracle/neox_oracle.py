"""GPT-NeoX's own AnnealingLR; GPT_NEOX names the folder of a checkout of the version."""

from __future__ import annotations

import os
import random
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["VERSION", "agrees", "random_spec", "rates"]
VERSION = "ea7aefd8"
"""The commit; GPT-NeoX has no package."""


def scheduler_class() -> Any:
    """Return NeoX's scheduler, which needs nothing of the program but a function that prints."""
    program = ModuleType("megatron")
    vars(program)["print_rank_0"] = lambda *_: None
    sys.modules["megatron"] = program
    path = Path(os.environ["GPT_NEOX"]) / "megatron" / "learning_rates.py"
    spec = spec_from_file_location("learning_rates", path)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.AnnealingLR


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    lr = rng.choice([0.1, 6e-4, rng.uniform(1e-5, 1)])
    styles = ["linear", "cosine", "exponential", "constant"]
    return {
        "schedule": f"neox.{rng.choice(styles)}",
        "lr_decay_iters": rng.choice([100, rng.randint(1, 200)]),
        "warmup_fraction": rng.choice([0.0, 0.01, 0.1, rng.random(), 1.0]),
        "min_lr": rng.choice([0.0, 0.1, rng.random()]) * lr,
        "lr": lr,
        "steps": 220,
    }


def rates(spec: Spec) -> Any:
    """Yield the rates of the steps."""
    optimizer = SimpleNamespace(param_groups=[{"lr": spec["lr"]}])
    scheduler = scheduler_class()(
        optimizer,
        start_lr=spec["lr"],
        warmup_iter=spec["warmup_fraction"] * spec["lr_decay_iters"],
        total_iters=spec["lr_decay_iters"],
        decay_style=spec["schedule"].partition(".")[2],
        last_iter=0,
        min_lr=spec["min_lr"],
    )
    yield float(optimizer.param_groups[0]["lr"])
    for _ in range(spec["steps"] - 1):
        scheduler.step()
        yield float(optimizer.param_groups[0]["lr"])
