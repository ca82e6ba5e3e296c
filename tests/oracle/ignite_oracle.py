"""Ignite's parameter schedulers, called as at the start of each iteration."""

from __future__ import annotations

import random
from typing import Any

from torch_oracle import agrees, construct, leaf

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates", "refused_on_purpose"]
LIBRARY = "pytorch-ignite"
RUN = ("schedule", "lr", "steps")


def rate(rng: random.Random) -> float:
    return rng.choice([0.1, 0.0, 1e-3, rng.uniform(0, 0.5)])


def milestones(rng: random.Random) -> Spec:
    events = sorted(rng.choices(range(-5 if rng.random() < 0.1 else 0, 150), k=rng.randint(1, 6)))
    if rng.random() < 0.1:
        rng.shuffle(events)
    return {"milestones_values": [[event, rate(rng)] for event in events]}


def cyclical(rng: random.Random) -> Spec:
    spec: Spec = {
        "start_value": rate(rng),
        "end_value": rate(rng),
        "cycle_size": rng.choice([rng.randint(1, 4), *(rng.randint(4, 60) for _ in range(4))]),
    }
    if rng.random() < 0.6:
        spec["cycle_mult"] = rng.choice([1, 2, 1.5, 0.5, 0.9, 1.1, 0.0, rng.uniform(0.3, 3)])
    if rng.random() < 0.5:
        spec["start_value_mult"] = rng.choice([0.5, 0.9, 1.1, -0.5])
        spec["end_value_mult"] = rng.choice([1.0, 0.5, 2.0])
    if rng.random() < 0.3:
        spec["warmup_duration"] = rng.choice([1, 3, rng.randint(1, 20)])
    return spec


def linear_cyclical(rng: random.Random) -> Spec:
    return {**cyclical(rng), "monotonic": rng.random() < 0.5}


def single(rng: random.Random) -> Spec:
    """Return a random spec of one scheduler of Ignite."""
    makers = {
        "PiecewiseLinear": milestones,
        "LinearCyclicalScheduler": linear_cyclical,
        "CosineAnnealingScheduler": cyclical,
    }
    name = rng.choice(list(makers))
    return {"schedule": f"ignite.{name}", **makers[name](rng)}


def concatenated(rng: random.Random, lr: float) -> Spec:
    schedulers = [
        with_warmup(rng, lr) if rng.random() < 0.1 else single(rng)
        for _ in range(rng.choice([1, 2, 2, 3, 4]))
    ]
    durations = [rng.choice([0, 1, rng.randint(1, 50)]) for _ in schedulers[1:]]
    if rng.random() < 0.05:
        durations.append(5)
    return {"schedule": "ignite.ConcatScheduler", "schedulers": schedulers, "durations": durations}


def with_warmup(rng: random.Random, lr: float) -> Spec:
    child = rng.choice([single, single, leaf, lambda rng: concatenated(rng, lr)])(rng)
    spec = {
        "schedule": "ignite.create_lr_scheduler_with_warmup",
        "lr_scheduler": child,
        "warmup_start_value": rate(rng),
        "warmup_duration": rng.choice([rng.randint(1, 3), rng.randint(2, 30), rng.randint(2, 30)]),
    }
    # Without an end of its own the optimizer's rate decides how many steps a run has.
    end = None if rng.random() < 0.3 and "cycle_mult" not in str(child) else rate(rng)
    return {**spec, "warmup_end_value": rng.choice([end, end, child.get("start_value", lr), lr])}


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec: a scheduler, several in a row, or one after a warm-up."""
    lr = rng.choice([0.1, 1.0, rng.uniform(1e-4, 1)])
    kind = rng.choice(["single", "single", "concatenated", "warm-up"])
    if kind == "single":
        spec = single(rng)
    else:
        spec = concatenated(rng, lr) if kind == "concatenated" else with_warmup(rng, lr)
    return {**spec, "lr": lr, "steps": 160}


def scheduler(optimizer: Any, spec: Spec) -> Any:
    """Return the real scheduler of a spec."""
    from ignite.handlers import param_scheduler

    dialect, _, name = spec["schedule"].partition(".")
    if dialect == "torch":
        return construct(optimizer, spec)
    values = {key: value for key, value in spec.items() if key not in RUN}
    make = getattr(param_scheduler, name)
    if "schedulers" in values:
        values["schedulers"] = [scheduler(optimizer, child) for child in values["schedulers"]]
        return make(**values)
    if "lr_scheduler" in values:
        return make(**{**values, "lr_scheduler": scheduler(optimizer, values["lr_scheduler"])})
    if "milestones_values" in values:
        values["milestones_values"] = list(map(tuple, values["milestones_values"]))
    return make(optimizer, "lr", **values)


def rates(spec: Spec) -> Any:
    """Yield the rates of the steps."""
    import torch

    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=spec["lr"], momentum=0.9)
    handler = scheduler(optimizer, spec)
    for _ in range(spec["steps"]):
        handler(None)
        yield float(optimizer.param_groups[0]["lr"])


def refused_on_purpose(spec: Spec) -> bool:
    """Return whether lrviz refuses what Ignite takes: two schedulers of torch, short periods."""
    periods = [each.get("step_size", 1) for each in of_torch(spec)]
    return len(periods) > 1 or min(periods, default=1) < 1


def of_torch(spec: Spec) -> list[Spec]:
    """Return the specs of torch's schedulers in a spec."""
    if spec["schedule"].startswith("torch."):
        return [spec]
    children = [*spec.get("schedulers", []), *filter(None, [spec.get("lr_scheduler")])]
    return [inner for child in children for inner in of_torch(child)]
