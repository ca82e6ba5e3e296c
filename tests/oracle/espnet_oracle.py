"""ESPnet's own schedulers on a real optimizer; their files are read without the package."""

from __future__ import annotations

import random
import sys
import warnings
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "espnet"
MODULES = {
    "warmuplr": ("warmup_lr", "WarmupLR"),
    "noamlr": ("noam_lr", "NoamLR"),
    "warmupsteplr": ("warmup_step_lr", "WarmupStepLR"),
    "piecewiselinearwarmuplr": ("piecewise_linear_warmup_lr", "PiecewiseLinearWarmupLR"),
    "tristagelr": ("tristage_lr", "TristageLR"),
    "ExponentialDecayWarmup": ("exponential_decay_warmup", "ExponentialDecayWarmup"),
    "CosineAnnealingWarmupRestarts": (
        "cosine_anneal_warmup_restart",
        "CosineAnnealingWarmupRestarts",
    ),
}


def scheduler_class(name: str) -> Any:
    """Return a scheduler's class."""
    file, cls = MODULES[name]
    package = find_spec("espnet2")
    assert package
    assert package.submodule_search_locations
    folder = Path(next(iter(package.submodule_search_locations))) / "schedulers"
    contents = {
        "typeguard": {"typechecked": lambda function: function},
        "espnet2.schedulers": {},
        "espnet2.schedulers.abs_scheduler": {"AbsBatchStepScheduler": object},
    }
    for module_name, attributes in contents.items():
        sys.modules[module_name] = ModuleType(module_name)
        vars(sys.modules[module_name]).update(attributes)
    spec = spec_from_file_location(file, folder / f"{file}.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, cls)


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    lr, name = rng.choice([0.1, 2e-3, rng.uniform(1e-5, 1)]), rng.choice([*MODULES])
    length = rng.choice([25, rng.randint(1, 120), rng.uniform(1, 90)])
    steps = sorted(rng.sample(range(150), rng.randint(1, 4)))
    shares = sorted([rng.random(), rng.random()])
    total = rng.choice([100, rng.randint(2, 200)])
    parameters: dict[str, Spec] = {
        "warmuplr": {"warmup_steps": length},
        "noamlr": {"warmup_steps": length, "model_size": rng.choice([320, 256, 144])},
        "warmupsteplr": {
            "warmup_steps": length,
            "steps_per_epoch": rng.randint(1, 50),
            "step_size": rng.randint(1, 4),
            "gamma": rng.choice([0.1, 0.5, rng.random()]),
        },
        "piecewiselinearwarmuplr": {
            "warmup_steps_list": steps,
            "warmup_lr_list": [rng.random() for _ in steps],
        },
        "tristagelr": {
            "max_steps": total,
            "warmup_ratio": shares[0],
            "hold_ratio": shares[1] - shares[0],
            "decay_ratio": 1 - shares[1],
            "init_lr_scale": rng.choice([0.01, rng.uniform(0.001, 1)]),
            "final_lr_scale": rng.choice([0.01, rng.uniform(0.001, 1)]),
        },
        "ExponentialDecayWarmup": {
            "max_lr": rng.choice([0.1, rng.uniform(1e-4, 1)]),
            "min_lr": rng.choice([1e-3, rng.uniform(1e-5, 1)]),
            "total_steps": total,
            "warmup_steps": rng.choice([0, 1, rng.randint(0, total - 1)]),
            "warm_from_zero": rng.random() < 0.5,
        },
        "CosineAnnealingWarmupRestarts": {
            "first_cycle_steps": total,
            "cycle_mult": rng.choice([1.0, 2.0, rng.uniform(1, 3)]),
            "max_lr": rng.choice([0.1, rng.uniform(1e-4, 1)]),
            "min_lr": rng.choice([0.001, rng.uniform(0, 0.1)]),
            "warmup_steps": rng.choice([0, 10, rng.randint(0, total)]),
            "gamma": rng.choice([1.0, rng.random()]),
        },
    }
    return {"schedule": f"espnet.{name}", **parameters[name], "lr": lr, "steps": 220}


def rates(spec: Spec) -> Any:
    """Yield the rates of the steps."""
    import torch

    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=spec["lr"])
    arguments = {k: v for k, v in spec.items() if k not in ("schedule", "lr", "steps")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scheduler = scheduler_class(spec["schedule"].partition(".")[2])(optimizer, **arguments)
        yield float(optimizer.param_groups[0]["lr"])
        for _ in range(spec["steps"] - 1):
            optimizer.step()
            scheduler.step()
            yield float(optimizer.param_groups[0]["lr"])
