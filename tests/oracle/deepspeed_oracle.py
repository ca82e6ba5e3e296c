"""DeepSpeed's schedules on a real optimizer; their module is read without its package."""

from __future__ import annotations

import logging
import random
import sys
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "deepspeed"


@cache
def schedules() -> Any:
    """Return the module of the schedules, which needs torch and a logger only."""
    package = find_spec("deepspeed")
    assert package
    assert package.submodule_search_locations
    folder = Path(next(iter(package.submodule_search_locations)))
    spec = spec_from_file_location("deepspeed_schedules", folder / "runtime" / "lr_schedules.py")
    assert spec
    assert spec.loader
    utils = ModuleType("deepspeed.utils")
    utils.logger = logging.getLogger("deepspeed")  # type: ignore[attr-defined]
    utils.logger.disabled = True
    sys.modules |= {"deepspeed": ModuleType("deepspeed"), "deepspeed.utils": utils}
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    name = rng.choice(["WarmupLR", "WarmupDecayLR", "WarmupCosineLR", "OneCycle", "LRRangeTest"])
    own: Spec
    if name == "OneCycle":
        own = {"cycle_min_lr": rng.uniform(0, 0.01), "cycle_max_lr": rng.uniform(0.01, 0.1)}
        own["cycle_first_step_size"] = rng.randint(1, 60)
        optional = {
            "cycle_second_step_size": rng.randint(0, 60),
            "cycle_first_stair_count": rng.randint(0, 8),
            "cycle_second_stair_count": rng.randint(0, 8),
            "decay_step_size": rng.choice([0, 1, 10, rng.randint(1, 40)]),
            "decay_lr_rate": rng.choice([0.0, 0.1, rng.random()]),
        }
    elif name == "LRRangeTest":
        own = {"lr_range_test_step_size": rng.randint(1, 50)}
        optional = {
            "lr_range_test_min_lr": rng.uniform(1e-5, 0.01),
            "lr_range_test_step_rate": rng.uniform(0, 5),
            "lr_range_test_staircase": rng.random() < 0.5,
        }
    else:
        own = {"warmup_num_steps": rng.choice([1, 2, 3, 10, rng.randint(1, 60)])}
        optional = {"warmup_type": rng.choice(["log", "linear"])}
        if name != "WarmupLR":
            own["total_num_steps"] = rng.choice([own["warmup_num_steps"], rng.randint(1, 150)])
        if name == "WarmupCosineLR":
            optional |= {"warmup_min_ratio": rng.random(), "cos_min_ratio": rng.random()}
        else:
            optional["warmup_min_lr"] = rng.uniform(0, 0.01)
            optional["warmup_max_lr"] = rng.uniform(0, 0.1)
    kept = {key: value for key, value in optional.items() if rng.random() < 0.6}
    lr = rng.choice([0.1, 3e-4, rng.uniform(1e-5, 1)])
    return {"schedule": f"deepspeed.{name}", **own, **kept, "lr": lr, "steps": 180}


def rates(spec: Spec) -> Any:
    """Yield the rates of the steps."""
    import torch

    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=spec["lr"])
    own = {key: value for key, value in spec.items() if key not in ("schedule", "lr", "steps")}
    kind = getattr(schedules(), spec["schedule"].partition(".")[2])
    schedule = kind(optimizer, **own)
    for _ in range(spec["steps"]):
        yield float(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
