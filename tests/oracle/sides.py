"""Both sides of a comparison: our rates of a spec, and the dialects that have an oracle."""

from __future__ import annotations

import random
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.core.register import register

HERE = Path(__file__).parent
RUN = ("schedule", "lr", "steps")


def dialects() -> list[str]:
    """Return the dialects that have an oracle, in the register's order."""
    return [each for each in register.dialects if (HERE / f"{each}_oracle.py").exists()]


def oracle(dialect: str) -> ModuleType:
    """Return the module that asks the real library."""
    return import_module(f"{dialect}_oracle")


def random_specs(dialect: str, count: int, seed: int) -> list[dict[str, Any]]:
    """Return random specs of a dialect."""
    rng = random.Random(seed)
    return [oracle(dialect).random_spec(rng) for _ in range(count)]


def our_rates(spec: dict[str, Any]) -> np.ndarray | None:
    """Return lrviz' rates of a spec, or None where it refuses it."""
    cls = register.find(spec["schedule"])
    assert cls is not None, spec["schedule"]
    parameters = {key: value for key, value in spec.items() if key not in RUN}
    try:
        return cls.model_validate(parameters).sample(range(spec["steps"]), spec.get("lr", 0.1))
    except (SpecError, ValueError):
        return None


def real_rates(dialect: str, spec: dict[str, Any]) -> list[float] | None:
    """Return the real library's rates, or None where it refuses the spec."""
    try:
        return [float(rate) for rate in oracle(dialect).rates(spec)]
    except Exception:
        return None


def agree(dialect: str, spec: dict[str, Any], real: list[float] | None) -> bool:
    """Tell whether lrviz gives the real rates, or refuses what the library refuses."""
    ours = our_rates(spec)
    if ours is None or real is None:
        return ours is None and real is None
    return bool(oracle(dialect).agrees(spec, ours, real))
