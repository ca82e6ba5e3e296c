"""Both sides of a comparison: our rates of a spec, and the dialects that have an oracle."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from lrviz.core.register import register

HERE = Path(__file__).parent
RUN = ("schedule", "lr", "steps")


@dataclass(frozen=True)
class Run:
    """The rates of a run's steps up to where it fails, and the exception that ended it, if any.

    No rates at all: the schedule is refused when it is constructed.
    """

    rates: Sequence[float]
    failure: str = ""

    def __str__(self) -> str:
        if not self.failure:
            return f"{len(self.rates)} rates"
        stage = f"at step {len(self.rates)}" if self.rates else "at construction"
        return f"{self.failure} {stage}"


def run_until_failure(rates_of: Callable[[int], Sequence[float]], steps: int) -> Run:
    """Return the longest run of at most `steps` steps; `rates_of(n)` runs the first n."""
    try:
        return Run([float(rate) for rate in rates_of(steps)])
    except Exception as error:
        failure = type(error).__name__
    longest: list[float] = []
    low, high = 0, steps  # a run of `high` steps fails, one of `low` does not
    middle = 1
    while low < middle < high:
        try:
            longest, low = [float(rate) for rate in rates_of(middle)], middle
        except Exception:
            high = middle
        middle = (low + high) // 2
    return Run(longest, failure)


def dialects() -> list[str]:
    """Return the dialects that have an oracle, in the register's order."""
    return [name for name in register.dialects if (HERE / f"{name}_oracle.py").exists()]


def oracle(dialect: str) -> ModuleType:
    """Return the module that runs the real library."""
    return import_module(f"{dialect}_oracle")


def specs(dialect: str, seed: int) -> Iterator[dict[str, Any]]:
    """Yield random specs of a dialect, without end."""
    rng = random.Random(seed)
    while True:
        yield oracle(dialect).random_spec(rng)


def random_specs(dialect: str, count: int, seed: int) -> list[dict[str, Any]]:
    """Return random specs of a dialect."""
    generator = specs(dialect, seed)
    return [next(generator) for _ in range(count)]


def our_run(spec: dict[str, Any]) -> Run:
    """Return lrviz' run of a spec."""
    cls = register.find(spec["schedule"])
    assert cls is not None, spec["schedule"]
    parameters = {key: value for key, value in spec.items() if key not in RUN}
    try:
        schedule = cls.model_validate(parameters)
    except ValueError as error:
        return Run([], type(error).__name__)
    lr = spec.get("lr", 0.1)
    return run_until_failure(lambda n: schedule.sample(range(n), lr).tolist(), spec["steps"])


def real_run(dialect: str, spec: dict[str, Any]) -> Run:
    """Return the real library's run of a spec."""
    rates_of = oracle(dialect).rates
    return run_until_failure(lambda n: rates_of({**spec, "steps": n}), spec["steps"])


def agree(dialect: str, spec: dict[str, Any], ours: Run, real: Run) -> bool:
    """Return whether both runs fail at the same step, or neither, and have the same rates before.

    An oracle may name specs that lrviz refuses although the library takes them.
    """
    refused_on_purpose = getattr(oracle(dialect), "refused_on_purpose", None)
    if refused_on_purpose and refused_on_purpose(spec):
        return not ours.rates
    count = len(real.rates)
    if len(ours.rates) != count or bool(ours.failure) != bool(real.failure):
        return False
    if not count:
        return True
    same_steps = {**spec, "steps": count}
    return bool(oracle(dialect).agrees(same_steps, np.array(ours.rates), list(real.rates)))
