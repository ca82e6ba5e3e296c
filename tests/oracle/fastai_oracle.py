"""fastai's schedules, by its own functions; the training around them is what its Learner counts.

Only these functions are taken from the package, so that torch is all they need.
"""

from __future__ import annotations

import ast
import math
import random
import sys
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

Spec = dict[str, Any]

LIBRARY = "fastai"
RUN = ("schedule", "lr", "steps", "n_iter")
SCHEDS = ("sched_lin", "sched_cos", "sched_no", "sched_exp")
MAKERS = ("SchedLin", "SchedCos", "SchedNo", "SchedExp", "SchedPoly")
FITS = ("fit_one_cycle", "fit_flat_cos", "fit_sgdr")
NAMES = {"_Annealer", "combine_scheds", "combined_cos", *SCHEDS, *MAKERS, *FITS}
FLOAT32 = 3e-6
"""How far apart, as shares of the peak, rates may be whose position is float32."""


class ParamScheduler:
    """Holds the schedules that a fit hands over."""

    def __init__(self, scheds: Spec) -> None:
        self.scheds = scheds

    def __add__(self, _: Any) -> ParamScheduler:
        return self


class Learner:
    """What a fit needs of a learner: the rate, an optimizer, and a `fit` that keeps the call."""

    moms = (0.95, 0.85, 0.95)

    def __init__(self, lr: float) -> None:
        self.lr, self.opt, self.hypers = lr, self, [{"lr": lr}]

    def set_hyper(self, _: str, value: float) -> None:
        self.hypers = [{"lr": value}]

    def fit(self, n_epoch: int, cbs: ParamScheduler, **_: Any) -> None:
        self.n_epoch, self.sched = n_epoch, cbs.scheds["lr"]


def store_attr(names: str) -> None:
    """Set attributes from the arguments of the calling method, as fastcore does."""
    values = sys._getframe(1).f_locals
    for name in names.split(","):
        setattr(values["self"], name, values[name])


@lru_cache
def functions() -> Spec:
    """Return fastai's functions by name."""
    import torch

    package = find_spec("fastai")
    assert package
    assert package.submodule_search_locations
    path = Path(next(iter(package.submodule_search_locations)), "callback", "schedule.py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if getattr(node, "name", "") in NAMES]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    scope: Spec = {
        "math": math, "np": np, "torch": torch, "tensor": torch.tensor, "store_attr": store_attr,
        "ParamScheduler": ParamScheduler, "Learner": Learner,
        "L": lambda items: list(items or []),
    }  # fmt: skip
    exec(compile(tree, str(path), "exec"), scope)
    return scope


def random_sched(rng: random.Random) -> Spec:
    """Return a random curve."""
    ends = {"start": rng.uniform(0.001, 1), "end": rng.uniform(0.001, 1)}
    name = rng.choice(MAKERS)
    powers = {"power": rng.choice([1.0, 2.0, 0.5, rng.uniform(0.5, 4)])}
    return {"sched": name, **ends, **(powers if name == "SchedPoly" else {})}


def random_shares(rng: random.Random) -> list[float]:
    """Return shares that usually add up to 1."""
    usual = [[1.0], [0.3, 0.7], [0.25, 0.5, 0.25], [0.1, 0.2, 0.7], [0.0, 1.0], [0.5, 0.5, 0.0]]
    first = rng.random()
    return rng.choice([*usual, [first, 1 - first], [first, 0.5]])


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    epochs = {"n_epoch": rng.randint(1, 12), "n_iter": rng.choice([1, rng.randint(1, 30)])}
    share = rng.choice([0.25, 0.3, 0.0, 1.0, rng.random()])
    rate = rng.choice([0.1, rng.uniform(1e-4, 1)])
    shares = random_shares(rng)
    name, own = rng.choice(
        [
            (
                "fit_one_cycle",
                {
                    **epochs,
                    "lr_max": rng.choice([None, rate]),
                    "div": rng.uniform(1, 50),
                    "div_final": rng.choice([1e5, rng.uniform(0.5, 100)]),
                    "pct_start": share,
                },
            ),
            ("fit_flat_cos", {**epochs, "div_final": rng.uniform(1, 1e5), "pct_start": share}),
            (
                "fit_sgdr",
                {
                    "n_cycles": rng.randint(1, 5),
                    "cycle_len": rng.randint(1, 7),
                    "lr_max": rng.choice([None, rate]),
                    "cycle_mult": rng.choice([1, 2, 2, 2, 3]),
                    "n_iter": epochs["n_iter"],
                },
            ),
            (
                "combined_cos",
                {**epochs, "pct": share, "start": rate, "middle": rng.random(), "end": 0.01},
            ),
            (
                "combine_scheds",
                {**epochs, "pcts": shares, "scheds": [random_sched(rng) for _ in shares]},
            ),
        ]
    )
    steps = rng.choice([rng.randint(1, 40), 400])
    return {"schedule": f"fastai.{name}", **own, "lr": rng.choice([0.1, rate]), "steps": steps}


def learner(spec: Spec) -> Learner:
    """Return a learner with the schedule of a spec."""
    real, name = functions(), spec["schedule"].partition(".")[2]
    values = {key: value for key, value in spec.items() if key not in RUN}
    trained = Learner(spec["lr"])
    if name in FITS:
        real[name](trained, **values)
        return trained
    n_epoch = values.pop("n_epoch")
    if "scheds" in values:
        scheds = [dict(each) for each in values["scheds"]]
        values["scheds"] = [real[each.pop("sched")](**each) for each in scheds]
    trained.fit(n_epoch, ParamScheduler({"lr": real[name](**values)}))
    return trained


def rates(spec: Spec) -> Any:
    """Yield the rates of the batches, with the share of the training as fastai counts it."""
    trained = learner(spec)
    passed = 0.0
    for step in range(spec["steps"]):
        epoch, batch = divmod(step, spec["n_iter"])
        if epoch == trained.n_epoch:
            raise EOFError
        if not batch:
            passed = epoch / trained.n_epoch
        yield float(np.asarray(trained.sched(passed)).reshape(-1)[0])
        passed += 1.0 / (spec["n_iter"] * trained.n_epoch)


def agrees(spec: Spec, ours: Any, real: list[float]) -> bool:
    """Return whether two runs agree to what float32 leaves of a position."""
    del spec
    return bool(np.allclose(ours, real, rtol=0, atol=FLOAT32 * max(map(abs, real))))
