"""MMEngine's own schedulers, stepped as its ParamSchedulerHook steps them."""

from __future__ import annotations

import logging
import random
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "mmengine"


def random_entry(rng: random.Random, span: int) -> Spec:
    """Return a random scheduler; OneCycleLR stands alone in `random_spec`."""
    begin = rng.choice([0, 0, rng.randint(0, span // 2)])
    end = rng.choice([span, begin + 1, rng.randint(begin + 1, span)])
    size, gamma = rng.randint(1, span), rng.choice([0.1, 0.5, 0.9])
    floor = rng.choice([{}, {"eta_min": 1e-3}, {"eta_min_ratio": 0.05}])
    periods = [rng.randint(1, 20) for _ in range(rng.randint(1, 3))]
    weights = [rng.choice([1.0, 0.5]) for _ in periods]
    own = rng.choice(
        [
            {"type": "LinearLR", "start_factor": rng.choice([0.001, 0.1, 1 / 3])},
            {"type": "LinearLR", "start_factor": 1.0, "end_factor": rng.choice([0.1, 0.5])},
            {"type": "ConstantLR", "factor": rng.choice([0.1, 0.5])},
            {
                "type": "MultiStepLR",
                "milestones": sorted(rng.sample(range(span), 2)),
                "gamma": gamma,
            },
            {"type": "StepLR", "step_size": size, "gamma": gamma},
            {"type": "ExponentialLR", "gamma": 0.97},
            {"type": "CosineAnnealingLR", **rng.choice([{}, {"T_max": size}]), **floor},
            {"type": "PolyLR", "power": rng.choice([0.9, 1.0]), "eta_min": rng.choice([0.0, 1e-3])},
            {
                "type": "CosineRestartLR",
                "periods": periods,
                "restart_weights": weights,
                **(floor or {"eta_min": 0.0}),
            },
        ]
    )
    limits = rng.choice([{"begin": begin, "end": end}, {"end": span}])
    return {**own, **limits}


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    length = rng.choice([1, 5, 12])
    span = 120 // length
    lr = rng.choice([0.02, 0.1, rng.uniform(1e-4, 1)])
    if rng.random() < 0.15:
        cycle = {
            "type": "OneCycleLR",
            "eta_max": 0.1,
            "total_steps": 130,
            "three_phase": rng.random() < 0.4,
            "anneal_strategy": rng.choice(["cos", "linear"]),
            "by_epoch": False,
        }
        return spec_of([cycle], 1, lr)
    entries = []
    for _ in range(rng.randint(1, 3)):
        by_epoch = rng.random() < 0.5
        entry = {**random_entry(rng, span if by_epoch else 120), "by_epoch": by_epoch}
        if by_epoch and rng.random() < 0.3:
            entry["convert_to_iter_based"] = True
        entries.append(entry)
    return spec_of(entries, length, lr)


def spec_of(entries: list[Spec], length: int, lr: float) -> Spec:
    schedule = {"schedule": "mmengine.param_scheduler", "schedulers": entries}
    return {**schedule, "epoch_length": length, "lr": lr, "steps": 120}


def rates(spec: Spec) -> Any:
    """Yield the rates of the iterations."""
    import mmengine.optim.scheduler as library
    import torch

    logging.disable(logging.WARNING)
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=spec["lr"])
    schedulers = []
    for entry in spec["schedulers"]:
        values = dict(entry)
        cls = getattr(library, values.pop("type"))
        if values.pop("convert_to_iter_based", False):
            length = spec["epoch_length"]
            scheduler = cls.build_iter_from_epoch(optimizer, epoch_length=length, **values)
        else:
            scheduler = cls(optimizer, **values)
        schedulers.append(scheduler)
    for iteration in range(1, spec["steps"] + 1):
        yield float(optimizer.param_groups[0]["lr"])
        optimizer.step()
        for scheduler in schedulers:
            if not scheduler.by_epoch:
                scheduler.step()
        if iteration % spec["epoch_length"] == 0:
            for scheduler in schedulers:
                if scheduler.by_epoch:
                    scheduler.step()
