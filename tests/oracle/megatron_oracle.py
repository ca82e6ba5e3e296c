"""Megatron's own scheduler; its file is read without the rest of the package."""

from __future__ import annotations

import random
import sys
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "megatron-core"
STYLES = {"inverse_square_root": "inverse-square-root"}


def scheduler_class() -> Any:
    """Return Megatron's scheduler, which needs nothing of the package but a logger."""
    package = find_spec("megatron")
    assert package
    assert package.submodule_search_locations
    folder = Path(next(iter(package.submodule_search_locations))) / "core"
    utils = ModuleType("megatron.core.utils")
    vars(utils)["log_single_rank"] = lambda *_: None
    sys.modules["megatron.core.utils"] = utils
    spec = spec_from_file_location("scheduler", folder / "optimizer_param_scheduler.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.OptimizerParamScheduler


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    lr = rng.choice([0.1, 3e-4, rng.uniform(1e-5, 1)])
    total = rng.choice([100, rng.randint(20, 200)])
    warmup = rng.choice([0, 0, 10, rng.randint(1, total + 2), rng.uniform(0, total)])
    spec: Spec = {
        "schedule": "megatron."
        + rng.choice(["linear", "cosine", "constant", "inverse_square_root", "WSD"]),
        "lr_warmup_iters": warmup,
        "lr_warmup_init": rng.choice([0.0, 0.0, 1e-6, rng.uniform(0, 1.1) * lr]),
        "global_batch_size": rng.choice([1, 8, 256]),
        "lr": lr,
        "steps": 220,
    }
    if rng.random() < 0.3:
        boundaries = sorted(rng.sample(range(1, 400), rng.randint(0, 4)))
        sizes = [rng.randint(1, 16) for _ in range(len(boundaries) + 1)]
        spec |= {"batch_sizes": sizes, "batch_size_boundaries": boundaries, "global_batch_size": 8}
    if spec["schedule"] == "megatron.constant":
        return spec
    spec |= {
        "lr_decay_iters": rng.choice([total, total + rng.random()]),
        "min_lr": rng.choice([0.0, 0.1 * lr, rng.uniform(0, 1.1) * lr]),
    }
    if spec["schedule"] == "megatron.WSD":
        styles = ["exponential", "linear", "cosine", "minus_sqrt"]
        length = rng.choice([20, rng.randint(1, 220), rng.uniform(1, 50)])
        spec |= {"lr_wsd_decay_iters": length, "lr_wsd_decay_style": rng.choice(styles)}
    return spec


def batch_size(spec: Spec, samples: int) -> int:
    """Return the samples of the iteration that follows so many samples."""
    sizes = spec.get("batch_sizes") or [spec["global_batch_size"]]
    passed = sum(samples >= boundary for boundary in spec.get("batch_size_boundaries", ()))
    return int(sizes[passed])


def rates(spec: Spec) -> Any:
    """Yield the rates of the steps."""
    unit, style = spec["global_batch_size"], spec["schedule"].partition(".")[2]
    decay = spec.get("lr_decay_iters", spec["lr_warmup_iters"] + 1) * unit
    wsd = spec.get("lr_wsd_decay_iters")
    optimizer = SimpleNamespace(param_groups=[{"lr": spec["lr"]}])
    scheduler = scheduler_class()(
        optimizer,
        init_lr=spec["lr_warmup_init"],
        max_lr=spec["lr"],
        min_lr=spec.get("min_lr", 0.0),
        lr_warmup_steps=spec["lr_warmup_iters"] * unit,
        lr_decay_steps=decay,
        lr_decay_style=STYLES.get(style, style),
        start_wd=0.0,
        end_wd=0.0,
        wd_incr_steps=1,
        wd_incr_style="constant",
        wsd_decay_steps=None if wsd is None else wsd * unit,
        lr_wsd_decay_style=spec.get("lr_wsd_decay_style"),
    )
    samples = 0
    for _ in range(spec["steps"]):
        yield float(optimizer.param_groups[0]["lr"])
        increment = batch_size(spec, samples)
        samples += increment
        scheduler.step(increment)
