"""The schedulers of OLMo and OLMo-core, at a step and in tokens; read without their packages."""

from __future__ import annotations

import ast
import random
import sys
from abc import ABCMeta, abstractmethod
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from math import cos, pi, sqrt
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Optional, Union

import numpy as np
from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "ai2-olmo-core"
TOKENS = 4
"""Tokens of a step, so that a time may be a quarter of a step."""
OLD = {
    "cosine_with_warmup": "CosWithWarmup",
    "linear_with_warmup": "LinearWithWarmup",
    "inverse_sqrt_with_warmup": "InvSqrtWithWarmup",
    "max_scheduler": "MaxScheduler",
    "cosine_linear_envelope": "CosLinearEnvelope",
    "constant_with_warmup": "ConstantWithWarmupScheduler",
}
CORE = {
    "cosine_with_warmup": "CosWithWarmup",
    "linear_with_warmup": "LinearWithWarmup",
    "inverse_sqrt_with_warmup": "InvSqrtWithWarmup",
    "constant_with_warmup": "ConstantWithWarmup",
    "half_cos_with_warmup": "HalfCosWithWarmup",
    "cos_with_warmup_and_linear_decay": "CosWithWarmupAndLinearDecay",
    "wsd": "WSD",
    "wsds": "WSDS",
    "power_lr": "PowerLR",
    "exponential": "ExponentialScheduler",
}
COMPOSED = {"composable": "ComposableScheduler", "sequential": "SequentialScheduler"}
GROUP_FIELDS = {"LR_FIELD": "lr", "INITIAL_LR_FIELD": "initial_lr"}


class Config:
    """A base that registers nothing."""

    @staticmethod
    def register(name: str) -> Any:
        """Return a decorator that changes nothing."""
        del name
        return lambda cls: cls


@cache
def classes(package: str, *parts: str) -> Any:
    """Return the classes and functions of a module that are schedulers or serve them."""
    spec = find_spec(package)
    assert spec
    assert spec.submodule_search_locations
    path = Path(next(iter(spec.submodule_search_locations))).joinpath(*parts)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kept = [
        node
        for node in tree.body
        if (isinstance(node, ast.ClassDef) and "Optim" not in node.name and "Lion" not in node.name)
        or (isinstance(node, ast.FunctionDef) and node.name.startswith("_"))
    ]
    kept = [node for node in kept if getattr(node, "name", "") not in ("AdamW", "_warn_rank0")]
    names: dict[str, Any] = {
        "ABCMeta": ABCMeta, "Any": Any, "Config": Config, "Dict": dict, "List": list,
        "Optional": Optional, "Registrable": object, "StrEnum": str, "Union": Union,
        "abstractmethod": abstractmethod, "cos": cos, "dataclass": dataclass, "field": field,
        "np": np, "pi": pi, "sqrt": sqrt, "OLMoConfigurationError": ValueError,
        "torch": SimpleNamespace(Tensor=SimpleNamespace), "_warn_rank0": lambda *_, **__: None,
        **GROUP_FIELDS,
    }  # fmt: skip
    code = ast.parse("from __future__ import annotations")
    code.body += kept
    module = ModuleType(f"{package}_schedulers")
    sys.modules[module.__name__] = module  # where dataclasses look up the types
    vars(module).update(names)
    exec(compile(code, str(path), "exec"), vars(module))
    return module


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    name = rng.choice([*OLD, *CORE, *COMPOSED])
    if name in COMPOSED:
        return random_composed(rng, name)
    own: Spec = {}
    if name != "exponential":
        least = 1 if name == "power_lr" else 0
        warmup = rng.choice([least, rng.randint(4 * least, 160) / TOKENS])
        own |= {"t_warmup": warmup, "warmup_min_lr": rng.choice([0.0, rng.uniform(0, 1e-5)])}
        if name in OLD and rng.random() < 0.5:
            own.pop("warmup_min_lr")
    if name not in ("inverse_sqrt_with_warmup", "constant_with_warmup", "wsds"):
        own["t_max"] = rng.choice([100, rng.randint(4 * 60, 4 * 160) / TOKENS])
    if name in ("wsd", "power_lr", "cos_with_warmup_and_linear_decay"):
        own["t_decay"] = rng.randint(1, 80) / TOKENS
        own["decay_min_lr"] = rng.choice([0.0, rng.uniform(0, 1e-6)])
    elif name == "wsds":
        lengths = [rng.randint(4 * 50, 4 * 90) / TOKENS for _ in range(rng.randint(1, 3))]
        decay: Spec = {"decay_fraction": rng.uniform(0.01, 0.3), "tokens_per_step": TOKENS}
        own |= {
            "period_lengths": lengths,
            **rng.choice([{"t_decay": rng.randint(1, 40) / TOKENS}, decay]),
        }
        if rng.random() < 0.5:
            own["period_lr_multipliers"] = [rng.uniform(0.1, 2) for _ in lengths]
    elif name == "power_lr":
        own["b"] = -rng.random()
    elif name == "exponential":
        own["lr_min"] = rng.choice([1e-9, 1e-5])
    elif name != "constant_with_warmup":
        own["alpha_f"] = rng.choice([0.1, 0.0, rng.random()])
    lr = rng.choice([0.1, 3e-4, rng.uniform(1e-4, 1)])
    # The run ends with the schedule: OLMo-core's lines go on below their end.
    return {"schedule": f"olmo.{name}", **own, "lr": lr, "steps": int(own.get("t_max", 160))}


def random_change(rng: random.Random, name: str) -> Spec:
    """Return a random rate, or share of lr, at one end of a change."""
    return rng.choice([{f"{name}_lr": rng.uniform(0, 1)}, {f"{name}_lr_fraction": rng.random()}])


def random_composed(rng: random.Random, name: str) -> Spec:
    """Return a random spec of a schedule that is made of others."""
    own: Spec = {}
    if name == "composable":
        own["stages"] = [
            {
                "duration": rng.randint(1, 200) / TOKENS,
                "shape": rng.choice(["linear", "cosine"]),
                **rng.choice([{}, random_change(rng, "start")]),
                **random_change(rng, "end"),
            }
            for _ in range(rng.randint(1, 4))
        ]
    else:
        own["schedulers_max"] = [rng.randint(20, 60) for _ in range(rng.randint(1, 2))]
        own["schedulers"] = []
        for length in [*own["schedulers_max"], 40]:
            child: Spec = {"t_warmup": rng.randint(0, 10), "warmup_min_lr": 0.0}
            kind = rng.choice(["cosine_with_warmup", "linear_with_warmup", "constant_with_warmup"])
            if kind != "constant_with_warmup":
                child |= {"t_max": length, "alpha_f": rng.uniform(0.1, 1)}
            own["schedulers"].append({"schedule": f"olmo.{kind}", **child})
    if rng.random() < 0.4:
        decay = {"start": rng.randint(0, 90), "duration": rng.randint(1, 200) / TOKENS}
        shape = {"shape": rng.choice(["linear", "cosine"])}
        own["override_decay"] = {**decay, **shape, **random_change(rng, "end")}
    lr = rng.choice([0.1, rng.uniform(1e-4, 1)])
    steps = sum(own["schedulers_max"]) + 40 if "schedulers_max" in own else 160
    return {"schedule": f"olmo.{name}", **own, "lr": lr, "steps": steps}


def composed_scheduler(own: Spec) -> Any:
    """Return a scheduler of OLMo-core that is made of others."""
    module = classes("olmo_core", "optim", "scheduler.py")
    decay: Any = own.get("override_decay")
    if decay:
        own["override_decay"] = module.OverrideDecay(
            **{k: tokens(v) if k in ("start", "duration") else v for k, v in decay.items()}
        )
    if "stages" in own:
        stages = [{**stage, "duration": tokens(stage["duration"])} for stage in own.pop("stages")]
        made = [module.ComposableSchedulerStage(**stage) for stage in stages]
        return module.ComposableScheduler(stages=made, **own)
    children = [
        core_scheduler(
            child["schedule"].partition(".")[2],
            {key: value for key, value in child.items() if key != "schedule"},
        )
        for child in own.pop("schedulers")
    ]
    lengths = tokens(own.pop("schedulers_max"))
    return module.SequentialScheduler(schedulers=children, schedulers_max=lengths, **own)


def old_scheduler(name: str, own: Spec) -> Any:
    """Return the scheduler of OLMo."""
    module = classes("olmo", "optim.py")
    shared = {"grad_clip_warmup_steps": None, "grad_clip_warmup_factor": None}
    shared["warmup_min_lr"] = own.get("warmup_min_lr")
    warmup = {"warmup_steps": tokens(own["t_warmup"]), **shared}
    ends = {"alpha_f": own.get("alpha_f", 0.1)}
    if name == "max_scheduler":
        first = module.CosWithWarmup(**warmup, **ends)
        return module.MaxScheduler(
            sched1=first, sched2=module.InvSqrtWithWarmup(**warmup), **shared
        )
    if name in ("inverse_sqrt_with_warmup", "constant_with_warmup"):
        ends = {}
    return getattr(module, OLD[name])(**warmup, **ends)


def core_scheduler(name: str, own: Spec) -> Any:
    """Return the scheduler of OLMo-core."""
    module = classes("olmo_core", "optim", "scheduler.py")
    renamed = {"t_warmup": "warmup", "t_decay": "decay"}
    kept = {
        renamed.get(key, key): tokens(value) if key.startswith(("t_", "period_len")) else value
        for key, value in own.items()
        if key not in ("t_max", "tokens_per_step")
    }
    if "decay" in kept and name != "wsds":
        kept["decay_fraction"] = None
    return getattr(module, CORE[name])(**kept)


def tokens(value: Any) -> Any:
    """Return a time in steps as one in tokens."""
    if isinstance(value, list):
        return [tokens(item) for item in value]
    return round(value * TOKENS)


def rates(spec: Spec) -> Any:
    """Yield the rates of the steps, each from the trainer's clock after the step is counted."""
    name = spec["schedule"].partition(".")[2]
    own = {key: value for key, value in spec.items() if key not in ("schedule", "lr", "steps")}
    if name in COMPOSED:
        scheduler, total = composed_scheduler(own), tokens(spec["steps"])
        for step in range(1, spec["steps"] + 1):
            yield float(scheduler.get_lr(spec["lr"], step * TOKENS, total))
        return
    old = name in OLD and ("warmup_min_lr" not in own or name not in CORE)
    if name == "inverse_sqrt_with_warmup" and "alpha_f" in own and own.get("alpha_f"):
        own.setdefault("warmup_min_lr", 0.1 * spec["lr"])
        old = False
    scheduler = (old_scheduler if old else core_scheduler)(name, own)
    for step in range(1, spec["steps"] + 1):
        yield float(scheduler.get_lr(spec["lr"], step * TOKENS, tokens(own.get("t_max", 1e6))))
