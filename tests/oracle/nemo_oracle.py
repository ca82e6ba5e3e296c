"""NeMo's own policies on a real optimizer; their file is read without the rest of the package."""

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

__all__ = ["LIBRARY", "agrees", "random_spec", "rates", "refused_on_purpose"]
LIBRARY = "nemo-toolkit"
IMPORTS = {
    "omegaconf": ("DictConfig", "OmegaConf"),
    "nemo": (),
    "nemo.core": (),
    "nemo.core.classes": (),
    "nemo.core.classes.common": ("safe_instantiate",),
    "nemo.core.config": (),
    "nemo.core.config.schedulers": (
        "SchedulerParams",
        "get_scheduler_config",
        "register_scheduler_params",
    ),
    "nemo.utils": ("logging",),
    "nemo.utils.model_utils": ("maybe_update_config_version",),
}
"""What the policies' file imports and the policies do not use."""
HOLDS = (
    "WarmupHoldPolicy",
    "WarmupHoldAnnealLinear",
    "WarmupHoldAnnealOneMinusSquareRoot",
    "PolynomialHoldDecayAnnealing",
    "NoamHoldAnnealing",
)
NAMES = (
    *HOLDS,
    "WarmupPolicy",
    "WarmupAnnealing",
    "SquareAnnealing",
    "SquareRootAnnealing",
    "InverseSquareRootAnnealing",
    "PolynomialDecayAnnealing",
    "CosineAnnealing",
    "CosineAnnealing",
    "NoamAnnealing",
    "T5InverseSquareRootAnnealing",
)


def policies() -> ModuleType:
    """Return the module of the policies."""
    package = find_spec("nemo")
    assert package
    assert package.submodule_search_locations
    folder = Path(next(iter(package.submodule_search_locations)))
    for name, attributes in IMPORTS.items():
        sys.modules[name] = ModuleType(name)
        vars(sys.modules[name]).update(dict.fromkeys(attributes, object))
    spec = spec_from_file_location("policies", folder / "core" / "optim" / "lr_scheduler.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in IMPORTS:
        del sys.modules[name]
    return module


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    lr, name = rng.choice([0.1, 2.0, rng.uniform(1e-4, 1)]), rng.choice(NAMES)
    total = rng.choice([100, rng.randint(1, 200)])
    floor = rng.choice([0.0, 0.01, rng.random()]) * lr
    spec: Spec = {"schedule": f"nemo.{name}", "max_steps": total, "min_lr": floor}
    run = {"lr": lr, "steps": 220}
    if name == "T5InverseSquareRootAnnealing":
        return {**spec, "constant_steps": rng.randint(1, total + 5), **run}
    warmup = {"warmup_steps": rng.choice([0, 10, rng.randint(0, total)])}
    share = {"warmup_ratio": rng.choice([0.05, rng.random()])}
    spec |= rng.choice([warmup, warmup, share, {**warmup, **share}])
    if name in HOLDS:
        hold = {"hold_steps": rng.choice([0, 20, rng.randint(0, total)])}
        spec |= rng.choice([{}, hold, hold, {"hold_ratio": rng.random()}])
    if name == "NoamHoldAnnealing":
        spec["decay_rate"] = rng.choice([0.5, 1.0, rng.uniform(0, 2)])
    if name == "NoamAnnealing":
        spec["d_model"] = rng.choice([256, 512, rng.randint(1, 1024)])
    if name.startswith("Polynomial"):
        spec |= {"power": rng.choice([1.0, 2.0, rng.uniform(0, 3)]), "cycle": rng.random() < 0.5}
    if name == "CosineAnnealing":
        constant = {"constant_steps": rng.randint(0, total)}
        spec |= rng.choice([{}, constant, constant, {"constant_ratio": rng.random()}])
    return {**spec, **run}


def refused_on_purpose(spec: Spec) -> bool:
    """Return whether lrviz refuses a spec at once that NeMo refuses after its hold."""
    warmup = spec.get("warmup_steps", 0) or int(spec.get("warmup_ratio", 0) * spec["max_steps"])
    return spec["schedule"] == "nemo.NoamHoldAnnealing" and not warmup


def rates(spec: Spec) -> Any:
    """Yield the rates of the steps."""
    import torch

    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=spec["lr"])
    name = spec["schedule"].partition(".")[2]
    arguments = {k: v for k, v in spec.items() if k not in ("schedule", "lr", "steps")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scheduler = getattr(policies(), name)(optimizer, **arguments)
        yield float(optimizer.param_groups[0]["lr"])
        for _ in range(spec["steps"] - 1):
            optimizer.step()
            scheduler.step()
            yield float(optimizer.param_groups[0]["lr"])
