"""torchtitan's scheduler on a real optimizer; its module is read without its package."""

from __future__ import annotations

import logging
import random
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "torchtitan"


class Configurable:
    """What the container needs of the base of torchtitan's configs."""

    @dataclass(kw_only=True, slots=True)
    class Config:
        """An empty base."""


@cache
def schedulers() -> Any:
    """Return the module of the scheduler, which needs torch and a few names only."""
    package = find_spec("torchtitan")
    assert package
    assert package.submodule_search_locations
    folder = Path(next(iter(package.submodule_search_locations))) / "components" / "optimizer"
    contents: dict[str, dict[str, Any]] = {
        "torchtitan": {},
        "torchtitan.config": {"Configurable": Configurable},
        "torchtitan.tools": {},
        "torchtitan.tools.logging": {"logger": logging.getLogger("torchtitan")},
        "titan": {"__path__": [str(folder)]},
        "titan.optimizer": {"OptimizersContainer": list},
    }
    for name, names in contents.items():
        module = ModuleType(name)
        vars(module).update(names)
        sys.modules[name] = module
    logging.getLogger("torchtitan").disabled = True
    spec = spec_from_file_location("titan.lr_scheduler", folder / "lr_scheduler.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules["titan.lr_scheduler"] = module
    spec.loader.exec_module(module)
    return module


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    total = rng.choice([1, 100, rng.randint(1, 150)])
    own: Spec = {
        "warmup_steps": rng.choice([0, 1, 10, rng.randint(0, 120)]),
        "decay_ratio": rng.choice([None, 0.0, 0.1, 0.8, rng.random()]),
        "decay_type": rng.choice(["linear", "sqrt", "cosine"]),
        "min_lr_factor": rng.choice([0.0, 0.1, rng.random()]),
    }
    kept = {key: value for key, value in own.items() if rng.random() < 0.8}
    lr = rng.choice([0.1, 3e-4, rng.uniform(1e-5, 1)])
    name = "torchtitan.linear_warmup_stable_decay"
    return {"schedule": name, "total_steps": total, **kept, "lr": lr, "steps": 170}


def rates(spec: Spec) -> Any:
    """Yield the rates of the steps."""
    import torch

    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=spec["lr"])
    own = {key: value for key, value in spec.items() if key not in ("schedule", "lr", "steps")}
    config = schedulers().LRSchedulersContainer.Config(**own)
    schedule = config.build(optimizers=[optimizer], training_steps=spec["total_steps"])
    for step in range(spec["steps"]):
        if step:
            schedule.step()
        yield float(optimizer.param_groups[0]["lr"])
        optimizer.step()
