"""fairseq's own schedulers; FAIRSEQ names the folder of a checkout of the version."""

from __future__ import annotations

import os
import random
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["VERSION", "agrees", "random_spec", "rates"]
VERSION = "0.12.2"
"""The release; its package needs a compiler and older tools to be built."""
MODULES = {
    "inverse_sqrt": ("inverse_square_root_schedule", "InverseSquareRootSchedule"),
    "polynomial_decay": ("polynomial_decay_schedule", "PolynomialDecayLRSchedule"),
    "cosine": ("cosine_lr_scheduler", "CosineLRSchedule"),
    "triangular": ("triangular_lr_scheduler", "TriangularLRSchedule"),
    "tri_stage": ("tri_stage_lr_scheduler", "TriStageLRSchedule"),
    "fixed": ("fixed_schedule", "FixedLRSchedule"),
    "step": ("step_lr_scheduler", "StepLRSchedule"),
}


class Scheduler:
    """The base of fairseq's schedulers, without the rest of the package."""

    def __init__(self, cfg: Any, optimizer: Any) -> None:
        self.cfg, self.optimizer = cfg, optimizer

    def step_begin_epoch(self, epoch: int) -> None:
        """Do nothing, as fairseq's does."""


class Optimizer:
    """An optimizer that holds a rate."""

    def set_lr(self, lr: float) -> None:
        self.lr = lr

    def get_lr(self) -> float:
        return self.lr


def scheduler_class(name: str) -> Any:
    """Return a scheduler's class."""
    file, cls = MODULES[name]
    contents = {
        "omegaconf": {"II": lambda text: text},
        "fairseq": {},
        "fairseq.dataclass": {"FairseqDataclass": object},
        "fairseq.optim": {},
        "fairseq.optim.lr_scheduler": {
            "FairseqLRScheduler": Scheduler,
            "register_lr_scheduler": lambda *_, **__: lambda cls: cls,
        },
    }
    for module_name, attributes in contents.items():
        sys.modules[module_name] = ModuleType(module_name)
        vars(sys.modules[module_name]).update(attributes)
    path = Path(os.environ["FAIRSEQ"]) / "fairseq" / "optim" / "lr_scheduler" / f"{file}.py"
    spec = spec_from_file_location(file, path)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules[file] = module
    spec.loader.exec_module(module)
    return getattr(module, cls)


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    lr, name = rng.choice([0.1, 5e-4, rng.uniform(1e-5, 1)]), rng.choice([*MODULES])
    warmup = rng.choice([0, 0, 10, rng.randint(1, 100)])
    floor = rng.choice([0.0, 0.1, rng.uniform(0, 1.1)]) * lr
    shrink = rng.choice([0.1, 1.0, rng.random()])
    start = {"warmup_updates": warmup, "warmup_init_lr": rng.choice([-1.0, 0.0, lr / 3])}
    parameters: dict[str, Spec] = {
        "inverse_sqrt": {**start, "warmup_updates": max(warmup, 1)},
        "tri_stage": {
            "warmup_steps": warmup,
            "hold_steps": rng.choice([0, rng.randint(0, 80)]),
            "decay_steps": rng.randint(1, 90),
            "init_lr_scale": rng.choice([0.01, rng.random()]),
            "final_lr_scale": rng.choice([0.01, 0.05, rng.random()]),
        },
        "triangular": {
            "max_lr": lr * rng.uniform(0.9, 10),
            "lr_period_updates": rng.randint(2, 90),
            "lr_shrink": shrink,
            "shrink_min": rng.random() < 0.5,
        },
        "polynomial_decay": {
            "warmup_updates": warmup,
            "end_learning_rate": floor,
            "power": rng.choice([1.0, 2.0, rng.uniform(0, 3)]),
            "total_num_update": rng.choice([100, rng.randint(1, 220)]),
        },
        "fixed": {
            "warmup_updates": warmup,
            "lrs": [rng.random() for _ in range(rng.randint(0, 4))],
            "updates_per_epoch": rng.choice([1, rng.randint(1, 50)]),
            "force_anneal": rng.choice([None, rng.randint(1, 6)]),
            "lr_shrink": shrink,
        },
        "step": {
            **start,
            "min_lr": floor,
            "lr_deacy_period": rng.randint(1, 80),
            "lr_decay": rng.choice([0.5, 1.0]),
        },
        "cosine": {
            **start,
            "min_lr": floor,
            "lr_period_updates": rng.choice([1, 2, 20, rng.randint(1, 200), rng.uniform(5, 90)]),
            "t_mult": rng.choice([1.0, 1.0, 2.0, 3.0, rng.uniform(1.1, 3)]),
            "lr_shrink": shrink,
        },
    }
    return {"schedule": f"fairseq.{name}", **parameters[name], "lr": lr, "steps": 220}


def rates(spec: Spec) -> Any:
    """Yield the rates of the updates."""
    name = spec["schedule"].partition(".")[2]
    arguments = {k: v for k, v in spec.items() if k not in ("schedule", "lr", "steps", "lrs")}
    size = arguments.pop("updates_per_epoch", spec["steps"])
    lrs = spec.get("lrs") or [spec["lr"]]
    cfg = SimpleNamespace(**arguments, lr=lrs, phase_ratio=None, max_update=0)
    if name == "polynomial_decay":
        cfg.force_anneal = None
    optimizer = Optimizer()
    scheduler = scheduler_class(name)(cfg, optimizer)
    scheduler.step_update(0)
    for update in range(spec["steps"]):
        if update % size == 0:
            scheduler.step_begin_epoch(update // size + 1)
        scheduler.step_update(update)
        yield float(optimizer.get_lr())
