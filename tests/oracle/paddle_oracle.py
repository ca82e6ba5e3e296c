"""PaddlePaddle's schedulers, stepped as a training loop steps them."""

from __future__ import annotations

import math
import random
from typing import Any

from torch_oracle import FACTORS, agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "paddlepaddle"
RUN = ("schedule", "lr", "steps")


def single(rng: random.Random) -> Spec:
    """Return a random spec of one scheduler without another inside."""
    rate = rng.choice([0.1, 1.0, rng.uniform(1e-4, 1)])
    floor = rng.choice([0.0, 1e-3, rng.uniform(0, 0.2)])
    length, gamma = rng.randint(1, 90), rng.choice([0.1, 0.5, 0.95, rng.uniform(-0.2, 1.1)])
    bounds = [rng.randint(0, 130) for _ in range(rng.randint(0, 5))]
    bounds = bounds if rng.random() < 0.2 else sorted(set(bounds))
    factor = rng.choice(FACTORS)
    makers: dict[str, Spec] = {
        "NoamDecay": {
            "d_model": rng.choice([64, 512]), "warmup_steps": length,
            "learning_rate": rng.choice([1.0, rate]),
        },
        "PiecewiseDecay": {
            "boundaries": bounds, "values": [rng.random() for _ in range(rng.randint(0, 1))]
            + [rng.random() for _ in bounds] + [rng.random()] * rng.randint(0, 1),
        },
        "NaturalExpDecay": {"learning_rate": rate, "gamma": rng.choice([0.01, 0.1, gamma])},
        "InverseTimeDecay": {"learning_rate": rate, "gamma": rng.choice([0.1, gamma, -0.125])},
        "ExponentialDecay": {"learning_rate": rate, "gamma": gamma},
        "StepDecay": {"learning_rate": rate, "step_size": length, "gamma": gamma},
        "MultiStepDecay": {"learning_rate": rate, "milestones": bounds, "gamma": gamma},
        "LambdaDecay": {"learning_rate": rate, "lr_lambda": factor},
        "MultiplicativeDecay": {"learning_rate": rate, "lr_lambda": factor},
        "PolynomialDecay": {
            "learning_rate": rate, "decay_steps": length, "end_lr": floor,
            "power": rng.choice([1.0, 0.5, 2.0, rng.uniform(0.1, 4)]), "cycle": rng.random() < 0.5,
        },
        "CosineAnnealingDecay": {"learning_rate": rate, "T_max": length, "eta_min": floor},
        "LinearLR": {
            "learning_rate": rate, "total_steps": length,
            "start_factor": rng.choice([1.0, 1 / 3, rng.random()]),
            "end_factor": rng.choice([1.0, 0.0, rng.random()]),
        },
        "CosineAnnealingWarmRestarts": {
            "learning_rate": rate, "T_0": rng.choice([1, rng.randint(1, 30)]),
            "T_mult": rng.choice([1, 2, 3, 10]), "eta_min": floor,
        },
        "CyclicLR": {
            "base_learning_rate": floor, "max_learning_rate": rng.uniform(0.01, 0.5),
            "step_size_up": rng.randint(1, 30),
            "step_size_down": rng.choice([None, rng.randint(1, 30)]),
            "mode": rng.choice(["triangular", "triangular2", "exp_range"]),
            "exp_gamma": rng.choice([1.0, rng.uniform(0.9, 1)]),
        },
        "OneCycleLR": {
            "max_learning_rate": rng.uniform(0.01, 1), "total_steps": rng.randint(100, 200),
            "divide_factor": rng.uniform(1, 50), "end_learning_rate": floor,
            "phase_pct": rng.choice([0.3, 0.0, 1.0, 0.01, rng.random()]),
            "anneal_strategy": rng.choice(["cos", "linear"]), "three_phase": rng.random() < 0.4,
        },
    }  # fmt: skip
    name = rng.choice(list(makers))
    return {"schedule": f"paddle.{name}", **makers[name]}


def warmed(rng: random.Random) -> Spec:
    start = rng.choice([0.0, 1e-3, rng.random()])
    return {
        "schedule": "paddle.LinearWarmup",
        "learning_rate": rng.choice([single, single, warmed, lambda rng: rng.random()])(rng),
        "warmup_steps": rng.randint(1, 40),
        "start_lr": start,
        "end_lr": rng.choice([start + rng.random(), 0.1]),
    }


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec: a scheduler alone, or one after a warm-up."""
    return {**rng.choice([single, single, warmed])(rng), "lr": 0.1, "steps": 200}


def scheduler(spec: Spec) -> Any:
    """Return the real scheduler of a spec."""
    from paddle.optimizer import lr

    values = {key: value for key, value in spec.items() if key not in RUN}
    if isinstance(values.get("learning_rate"), dict):
        values["learning_rate"] = scheduler(values["learning_rate"])
    if "lr_lambda" in values:
        text, names = values["lr_lambda"], {"cos": math.cos, "min": min}
        values["lr_lambda"] = lambda t: eval(text, {**names, "t": t})  # torch's oracle's own
    return getattr(lr, spec["schedule"].partition(".")[2])(**values)


def rates(spec: Spec) -> Any:
    """Yield the rates of the steps."""
    real = scheduler(spec)
    for step in range(spec["steps"]):
        if step:
            real.step()
        yield float(real())
