"""Composer's schedules over a run whose time is in samples; read without its dependencies.

The schedules of ModernBERT are those of its repository, in the folder that MODERNBERT names.
"""

from __future__ import annotations

import os
import random
import sys
from datetime import timedelta
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from torch_oracle import agrees

Spec = dict[str, Any]

__all__ = ["LIBRARY", "agrees", "random_spec", "rates"]
LIBRARY = "mosaicml"
BATCH = 4
"""Samples of a batch, so that a time may be a quarter of a step."""
CLASSES = {
    "constant_with_warmup": ("composer", "ConstantWithWarmupScheduler"),
    "linear_decay_with_warmup": ("composer", "LinearWithWarmupScheduler"),
    "cosine_with_warmup": ("composer", "CosineAnnealingWithWarmupScheduler"),
    "polynomial_with_warmup": ("composer", "PolynomialWithWarmupScheduler"),
    "multistep_with_warmup": ("composer", "MultiStepWithWarmupScheduler"),
    "inv_sqrt_with_warmup": ("llmfoundry", "InverseSquareRootWithWarmupScheduler"),
    "warmup_stable_decay": ("modernbert", "WarmupStableDecayScheduler"),
    "one_minus_sqrt": ("modernbert", "OneMinusSqrtScheduler"),
}
"""Each schedule with the module that has it, and its class."""


def package(name: str) -> Path:
    """Return the folder of an installed package."""
    spec = find_spec(name)
    assert spec
    assert spec.submodule_search_locations
    return Path(next(iter(spec.submodule_search_locations)))


def load(name: str, path: Path) -> Any:
    """Return the module of a file, under a name that others import."""
    spec = spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def stand_in(name: str, **contents: Any) -> None:
    """Put a module of few names in the place of a package."""
    module = ModuleType(name)
    vars(module).update(contents)
    sys.modules[name] = module


@cache
def modules() -> dict[str, Any]:
    """Return the modules of the schedules, and of time."""
    composer, foundry = package("composer"), package("llmfoundry")
    for name in ("composer", "llmfoundry"):
        stand_in(name)
    texts = load("composer.utils.string_enum", composer / "utils" / "string_enum.py")
    stand_in("composer.utils", StringEnum=texts.StringEnum)
    stand_in("composer.core.serializable", Serializable=object)
    time = load("composer.core.time", composer / "core" / "time.py")
    stand_in("composer.core", State=object, Time=time.Time, TimeUnit=time.TimeUnit)
    schedulers = load("composer.optim.scheduler", composer / "optim" / "scheduler.py")
    stand_in("composer.optim", **vars(schedulers))
    stand_in("llmfoundry.utils.warnings", experimental_class=lambda name: lambda cls: cls)
    return {
        "time": time,
        "composer": schedulers,
        "llmfoundry": load("llmfoundry_scheduler", foundry / "optim" / "scheduler.py"),
        "modernbert": load("modernbert", Path(os.environ["MODERNBERT"]) / "src" / "scheduler.py"),
    }


def quarters(rng: random.Random, most: int, least: int = 0) -> float:
    """Return a random time of at most so many steps."""
    return rng.choice([rng.randint(least, most), rng.randint(BATCH * least, BATCH * most) / BATCH])


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec."""
    name = rng.choice(list(CLASSES))
    own: Spec = {}
    if name != "one_minus_sqrt":
        own["t_warmup"] = rng.choice([0, quarters(rng, 60)])
    if name == "constant_with_warmup":
        own["alpha"] = rng.choice([1.0, rng.random()])
    elif name == "multistep_with_warmup":
        own["milestones"] = [quarters(rng, 180) for _ in range(rng.randint(0, 4))]
        own["gamma"] = rng.choice([0.1, rng.random()])
    elif name == "inv_sqrt_with_warmup":
        own |= {"t_scale": quarters(rng, 60, 1), "t_cooldown": quarters(rng, 60)}
        own |= {"t_max": 200, "alpha_f_decay": rng.random()}
        own["alpha_f_cooldown"] = rng.random() * own["alpha_f_decay"]
    else:
        # A schedule that ends before the run is refused; the run has 200 steps.
        own |= {"t_max": rng.choice([200, 300]), "alpha_f": rng.choice([0.0, 0.1, rng.random()])}
        if name in ("warmup_stable_decay", "one_minus_sqrt"):
            own |= {"t_decay": quarters(rng, 90, 1), "t_max": quarters(rng, 200, 90)}
    if name == "linear_decay_with_warmup" and rng.random() < 0.5:
        own["alpha_i"] = rng.random()
    if name == "polynomial_with_warmup" and rng.random() < 0.8:
        own["power"] = rng.choice([1, 2, rng.uniform(0.1, 4)])
    lr = rng.choice([0.1, 3e-4, rng.uniform(1e-5, 1)])
    return {"schedule": f"composer.{name}", **own, "lr": lr, "steps": 200}


def samples(value: Any) -> Any:
    """Return a time in steps as one in samples, as Composer spells it."""
    if isinstance(value, list):
        return [samples(item) for item in value]
    return f"{round(value * BATCH)}sp"


def rates(spec: Spec) -> Any:
    """Yield the rates of the steps."""
    time = modules()["time"]
    module, name = CLASSES[spec["schedule"].partition(".")[2]]
    own = {
        key: samples(value) if key.startswith("t_") or key == "milestones" else value
        for key, value in spec.items()
        if key not in ("schedule", "lr", "steps")
    }
    schedule = getattr(modules()[module], name)(**own)
    state = SimpleNamespace(max_duration=time.Time.from_timestring(f"{200 * BATCH}sp"))
    for step in range(spec["steps"]):
        state.timestamp = time.Timestamp(
            batch=step, sample=step * BATCH, total_wct=timedelta(seconds=0)
        )
        yield spec["lr"] * schedule(state)
