"""The real torch: random specs, and the rates that torch.optim.lr_scheduler gives for them."""

from __future__ import annotations

import math
import random
import warnings
from typing import Any

Spec = dict[str, Any]
LIBRARY = "torch"
FACTORS = ["0.95 ** t", "1.0 if t < 7 else 0.3", "min(1.0, (t + 1) / 10)", "0.5 * (1 + cos(t / 9))"]
METRIC = "noise"


def steps(rng: random.Random, low: int, high: int) -> float:
    """Return a number of steps, now and then one that is not whole."""
    if rng.random() < 0.15:
        return rng.choice([rng.randint(low, high) + 0.5, rng.uniform(low, high), 2.5])
    return rng.randint(low, high)


def leaf(rng: random.Random, names: list[str] | None = None) -> Spec:
    """Return a random spec of one scheduler."""
    makers = {
        "StepLR": lambda: {"step_size": steps(rng, 1, 40), "gamma": factor(rng)},
        "MultiStepLR": lambda: {"milestones": milestones(rng), "gamma": factor(rng)},
        "ConstantLR": lambda: {"factor": rng.uniform(0.01, 1), "total_iters": steps(rng, 0, 40)},
        "LinearLR": lambda: {
            "start_factor": rng.uniform(0.001, 1),
            "end_factor": rng.choice([0.0, 1.0, rng.uniform(0, 1)]),
            "total_iters": steps(rng, 1, 60),
        },
        "ExponentialLR": lambda: {"gamma": rng.uniform(0.8, 1.02)},
        "PolynomialLR": lambda: {
            "total_iters": steps(rng, 1, 120),
            "power": rng.choice([0.5, 1.0, 2.0, rng.uniform(0, 4)]),
        },
        "CosineAnnealingLR": lambda: {"T_max": steps(rng, 1, 90), "eta_min": floor(rng)},
        "CosineAnnealingWarmRestarts": lambda: {
            "T_0": rng.randint(1, 40),
            "T_mult": rng.randint(1, 3),
            "eta_min": floor(rng),
        },
        "CyclicLR": lambda: {
            "base_lr": rng.uniform(0.0001, 0.01),
            "max_lr": rng.uniform(0.01, 0.5),
            "step_size_up": steps(rng, 1, 30),
            "step_size_down": rng.choice([None, steps(rng, 0, 30)]),
            "mode": rng.choice(["triangular", "triangular2", "exp_range"]),
            "gamma": rng.choice([1.0, rng.uniform(0.9, 1)]),
        },
        "OneCycleLR": lambda: one_cycle(rng),
        "LambdaLR": lambda: {"lr_lambda": rng.choice(FACTORS)},
        "MultiplicativeLR": lambda: {"lr_lambda": rng.choice(FACTORS)},
    }
    name = rng.choice(names or list(makers))
    return {"schedule": f"torch.{name}", **makers[name]()}


def factor(rng: random.Random) -> float:
    return rng.choice([0.1, 0.5, rng.uniform(0.1, 1.1), rng.choice([0.0, -0.5])])


def floor(rng: random.Random) -> float:
    return rng.choice([0.0, 1e-4, rng.uniform(0, 0.2)])


def milestones(rng: random.Random) -> list[int]:
    return [rng.randint(0, 130) for _ in range(rng.randint(0, 5))]


def one_cycle(rng: random.Random) -> Spec:
    total = rng.randint(200, 300)
    length: Spec = {"total_steps": total}
    if rng.random() < 0.3:
        length = {"epochs": rng.randint(20, 30), "steps_per_epoch": 10}
    return {
        "max_lr": rng.uniform(0.01, 1),
        **length,
        "pct_start": rng.choice([0.0, 0.3, rng.uniform(0.01, 1)]),
        "anneal_strategy": rng.choice(["cos", "linear"]),
        "div_factor": rng.uniform(1, 50),
        "final_div_factor": rng.uniform(1, 1e5),
        "three_phase": rng.random() < 0.4,
    }


def plateau(rng: random.Random) -> Spec:
    mode = rng.choice(["min", "max"])
    metric, value = [], rng.uniform(-1, 2)
    for _ in range(159):
        value += rng.choice([0, 0, rng.gauss(0, 0.1), rng.gauss(-0.05, 0.05)])
        metric.append(value)
    return {
        "schedule": "torch.ReduceLROnPlateau",
        "mode": mode,
        "factor": rng.uniform(0.05, 0.99),
        "patience": rng.randint(0, 12),
        "threshold": rng.choice([1e-4, 0.0, rng.uniform(0, 0.3)]),
        "threshold_mode": rng.choice(["rel", "abs"]),
        "cooldown": rng.choice([0, rng.randint(0, 8)]),
        "min_lr": rng.choice([0.0, 1e-3]),
        "eps": rng.choice([1e-8, 1e-3]),
        "metric": metric,
    }


def chain(rng: random.Random, depth: int = 0) -> Spec:
    parts = [leaf(rng) for _ in range(rng.randint(1, 4))]
    if depth == 0 and rng.random() < 0.15:
        parts[rng.randrange(len(parts))] = sequence(rng, 1)
    return {"schedule": "torch.ChainedScheduler", "schedules": parts}


def sequence(rng: random.Random, depth: int = 0) -> Spec:
    parts = [leaf(rng) for _ in range(rng.randint(1, 4))]
    if depth == 0 and rng.random() < 0.2:
        parts[0] = rng.choice([chain, sequence])(rng, 1)
    steps = sorted(rng.sample(range(0 if rng.random() < 0.1 else 1, 120), len(parts) - 1))
    return {"schedule": "torch.SequentialLR", "schedules": parts, "milestones": steps}


def odd(rng: random.Random) -> Spec:
    """Return a spec at the edge of what torch takes, or beyond it."""
    total = rng.randint(1, 12)
    edges: list[Spec] = [
        {"schedule": "torch.StepLR", "step_size": 0},
        {"schedule": "torch.CosineAnnealingLR", "T_max": 0},
        {"schedule": "torch.LinearLR", "total_iters": 0},
        {"schedule": "torch.LinearLR", "start_factor": 0.0},
        {"schedule": "torch.LinearLR", "end_factor": 1.5},
        {"schedule": "torch.ConstantLR", "total_iters": 0},
        {"schedule": "torch.ConstantLR", "factor": 0.0, "total_iters": rng.choice([5, 500])},
        {"schedule": "torch.PolynomialLR", "total_iters": 0, "power": 2.0},
        {"schedule": "torch.PolynomialLR", "total_iters": rng.choice([20, 500]), "power": -0.5},
        {"schedule": "torch.PolynomialLR", "total_iters": 30, "power": 0.0},
        {"schedule": "torch.ExponentialLR", "gamma": rng.choice([0.0, -0.9, 1.0])},
        {"schedule": "torch.OneCycleLR", "max_lr": 0.1, "total_steps": total, "pct_start": 0.1},
        {"schedule": "torch.OneCycleLR", "max_lr": 0.1, "total_steps": total,
         "pct_start": rng.choice([0.0, 0.3, 0.5, 0.888, 1.0, rng.random()]),
         "three_phase": rng.random() < 0.7},
        {"schedule": "torch.OneCycleLR", "max_lr": 0.1, "total_steps": 7, "pct_start": 0.888,
         "three_phase": True},
        {"schedule": "torch.CosineAnnealingLR", "T_max": rng.choice([0.5, 1.5, -3])},
        {"schedule": "torch.StepLR", "step_size": rng.choice([0.5, 2.5, 1 / 3, -2])},
        {"schedule": "torch.LinearLR", "total_iters": rng.choice([0.5, 0.3])},
        {"schedule": "torch.PolynomialLR", "total_iters": rng.choice([0.5, 2.5])},
        {"schedule": "torch.CyclicLR", "base_lr": 0.01, "max_lr": 0.1, "step_size_up": 0.5,
         "step_size_down": rng.choice([0.25, 0, 0.5])},
        {"schedule": "torch.SequentialLR", "milestones": [],
         "schedules": [{"schedule": "torch.ChainedScheduler", "schedules": [
             {"schedule": "torch.PolynomialLR", "total_iters": 0}]}]},
        {"schedule": "torch.SequentialLR", "milestones": [12], "schedules": [
            {"schedule": "torch.ConstantLR"}, {"schedule": "torch.ChainedScheduler", "schedules": [
                {"schedule": "torch.ConstantLR"}]}]},
        {"schedule": "torch.OneCycleLR", "max_lr": 0.1, "total_steps": 10, "pct_start": 0.1},
        {"schedule": "torch.OneCycleLR", "max_lr": 0.1, "total_steps": rng.choice([158, 159, 160])},
        {"schedule": "torch.OneCycleLR", "max_lr": 0.1, "total_steps": 159, "pct_start": 1.0},
        {"schedule": "torch.OneCycleLR", "max_lr": 0.1, "total_steps": 170, "pct_start": 0.0,
         "three_phase": True},
        {"schedule": "torch.OneCycleLR", "max_lr": 0.1},
        {"schedule": "torch.CyclicLR", "base_lr": 0.1, "max_lr": 0.01, "step_size_up": 3},
        {"schedule": "torch.ReduceLROnPlateau", "factor": 1.0, "metric": [1.0] * 159},
        {"schedule": "torch.ReduceLROnPlateau", "factor": -0.5, "metric": [1.0] * 159},
        {"schedule": "torch.ReduceLROnPlateau", "mode": "best", "metric": [1.0] * 159},
        {"schedule": "torch.LambdaLR", "lr_lambda": "1 / t"},
        {"schedule": "torch.ChainedScheduler", "schedules": []},
        {"schedule": "torch.SequentialLR", "schedules": [], "milestones": []},
    ]  # fmt: skip
    one = rng.choice(edges)
    if rng.random() < 0.1:
        one = {**one, "last_epoch": rng.choice([-1, 50])}
    if rng.random() < 0.5 or "metric" in one:
        return one
    wrapped = {"schedule": "torch.SequentialLR", "schedules": [leaf(rng), one], "milestones": [7]}
    return rng.choice(
        [{"schedule": "torch.ChainedScheduler", "schedules": [leaf(rng), one]}, wrapped]
    )


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec: a scheduler, a chain or a sequence."""
    kind = rng.choices([leaf, plateau, chain, sequence, odd], [4, 1, 4, 4, 1])[0]
    return {**kind(rng), "lr": rng.choice([0.1, 1.0, rng.uniform(1e-4, 1)]), "steps": 160}


def construct(optimizer: Any, spec: Spec) -> Any:
    """Return the real scheduler of a spec."""
    from torch.optim import lr_scheduler

    keys = {key: value for key, value in spec.items() if key not in ("schedule", "lr", "steps")}
    cls = getattr(lr_scheduler, spec["schedule"].split(".")[1])
    keys.pop("metric", None)
    if "schedules" in keys:
        keys["schedulers"] = [construct(optimizer, child) for child in keys.pop("schedules")]
        return cls(**keys, **({"optimizer": optimizer}))
    if "lr_lambda" in keys:
        text = keys["lr_lambda"]
        names = {"cos": math.cos, "min": min}
        keys["lr_lambda"] = lambda t: eval(text, {**names, "t": t})  # the oracle's own formulas
    return cls(optimizer, **keys)


def rates(spec: Spec) -> list[float]:
    """Return the rates that a training loop of `steps` steps uses."""
    import torch

    warnings.simplefilter("ignore")
    weights = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weights], lr=spec["lr"], momentum=0.9)
    scheduler = construct(optimizer, spec)
    used = []
    for step in range(spec["steps"]):
        used.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        if step < spec["steps"] - 1:
            scheduler.step(*([spec["metric"][step]] if "metric" in spec else []))
    return used


def refused_on_purpose(spec: Spec) -> bool:
    """Return whether lrviz refuses what torch takes: periods below 1, and resuming."""
    period = spec.get("step_size", spec.get("T_max", 1))
    children = spec.get("schedules", [])
    return spec.get("last_epoch", -1) != -1 or period < 1 or any(map(refused_on_purpose, children))


def agrees(spec: Spec, ours: Any, real: list[float]) -> bool:
    """Return whether two runs agree to 1e-9, or to 1e-13 of the peak for tiny rates."""
    del spec
    peak = max((abs(rate) for rate in real), default=0.0)
    pairs = zip(ours, real, strict=True)
    return all(
        abs(a - b) <= (1e-9 * abs(b) if abs(b) > 1e-6 * peak else 1e-13 * peak) for a, b in pairs
    )
