"""Compares the finding on fractional powers under `jax.jit` with jitted optax and keras.

Run with jax, optax and keras installed; prints each length at which the two differ.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

import jax
import jax.numpy as jnp
import keras
import optax

import lrviz

LENGTHS = range(2, 202)
POWER = 0.9
LIBRARIES: dict[str, tuple[str, Callable[[int], Any]]] = {
    "optax.polynomial_schedule": (
        "init_value=0.1,end_value=0,power=0.9,transition_steps",
        lambda length: optax.polynomial_schedule(0.1, 0.0, POWER, length),
    ),
    "keras.PolynomialDecay": (
        "initial_learning_rate=0.1,end_learning_rate=0,power=0.9,decay_steps",
        lambda length: keras.optimizers.schedules.PolynomialDecay(0.1, length, 0.0, POWER),
    ),
}


def differences(name: str) -> Iterator[int]:
    """Yield each length at which the finding and the jitted library disagree."""
    parameters, make = LIBRARIES[name]
    for length in LENGTHS:
        rate = jax.jit(make(length))(jnp.asarray(length + 3))
        curve = lrviz.load(f"{name}:{parameters}={length}")[0]
        is_told = "nan-under-jit" in {finding.id for finding in curve.findings()}
        if bool(jnp.isnan(rate)) != is_told:
            yield length


if __name__ == "__main__":
    wrong = {name: list(differences(name)) for name in LIBRARIES}
    for name, lengths in wrong.items():
        print(f"{name}: {len(LENGTHS)} lengths, {len(lengths)} differ {lengths[:10]}")
    sys.exit(any(wrong.values()))
