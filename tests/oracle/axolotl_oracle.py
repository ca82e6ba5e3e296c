"""axolotl's own schedulers on a real optimizer; the package is read without its dependencies."""

from __future__ import annotations

import random
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "axolotl"


def schedulers() -> Any:
    """Return the module of axolotl's schedulers, which needs torch only."""
    package = find_spec("axolotl")
    assert package
    assert package.submodule_search_locations
    folder = Path(next(iter(package.submodule_search_locations)))
    spec = spec_from_file_location("axolotl_schedulers", folder / "utils" / "schedulers.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    total = rng.choice([1, 40, 100, rng.randint(2, 200)])
    run = {"num_warmup_steps": rng.randint(0, total), "num_training_steps": total}
    floor = rng.choice([0.0, 0.1, rng.uniform(0, 1)])
    rate = {"lr": rng.choice([0.1, 3e-4, rng.uniform(1e-5, 1)]), "steps": 220}
    rex = {"schedule": "axolotl.rex", **run, "min_lr_ratio": floor}
    name = rng.choice(["rex", "quadratic", "constant", "restarts"])
    if name == "rex":
        return {**rex, **rate}
    if name == "quadratic":
        return {"schedule": "axolotl.cosine_with_quadratic_warmup", **run, **rate}
    if name == "constant":
        ratios = {"constant_lr_ratio": rng.choice([0.8, 1.0, rng.random()]), "min_lr_ratio": floor}
        return {"schedule": "axolotl.cosine_with_warmup_decay_constant", **run, **ratios, **rate}
    inner = rng.choice(["cosine", "linear", "inverse_sqrt", "constant_with_warmup"])
    inner_run = run if inner in ("cosine", "linear") else {"num_warmup_steps": total // 3}
    every = rng.randint(1, 60)
    return {
        "schedule": "axolotl.jagged_restarts",
        "inner_schedule": rng.choice([rex, {"schedule": f"transformers.{inner}", **inner_run}]),
        "jagged_restart_steps": every,
        "jagged_restart_warmup_steps": rng.randint(1, 20),
        "jagged_restart_anneal_steps": rng.randint(1, every),
        "min_lr_scale": rng.choice([0.001, 0.1]),
        **rate,
    }


def scheduler(spec: Spec, optimizer: Any, lr: float) -> Any:
    """Return the real scheduler of a spec."""
    from transformers import get_scheduler

    module, name = schedulers(), spec["schedule"]
    if name == "axolotl.jagged_restarts":
        return module.JaggedLRRestartScheduler(
            optimizer,
            scheduler(spec["inner_schedule"], optimizer, lr),
            spec["jagged_restart_steps"],
            spec["jagged_restart_warmup_steps"],
            spec["jagged_restart_anneal_steps"],
            spec["min_lr_scale"],
        )
    warmup, total = spec["num_warmup_steps"], spec.get("num_training_steps")
    if name == "axolotl.rex":
        return module.RexLR(optimizer, lr, lr * spec["min_lr_ratio"], total, warmup)
    if name == "axolotl.cosine_with_quadratic_warmup":
        return module.get_cosine_schedule_with_quadratic_warmup(optimizer, warmup, total)
    if name == "axolotl.cosine_with_warmup_decay_constant":
        return module.get_cosine_schedule_with_warmup_decay_constant(
            optimizer, warmup, total, spec["constant_lr_ratio"], spec["min_lr_ratio"]
        )
    return get_scheduler(name.partition(".")[2], optimizer, warmup, total)


def rates(spec: Spec) -> Any:
    """Yield the rates of the steps."""
    import torch

    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=spec["lr"])
    schedule = scheduler(spec, optimizer, spec["lr"])
    for _ in range(spec["steps"]):
        yield float(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
