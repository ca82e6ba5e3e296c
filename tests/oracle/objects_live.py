"""Random objects of the real frameworks as curves: `python tests/oracle/objects_live.py`.

Each curve must have the rates that stepping the object gives, to 1e-12, and leave the object as it
was. Run in an environment that has the frameworks; exits 1 if a single object disagrees.
"""

from __future__ import annotations

import argparse
import copy
import math
import os
import random
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent.parent)]

os.environ["KERAS_BACKEND"] = "torch"  # step by step it is much faster than jax

import keras_oracle
import numpy as np
import optax_oracle
import timm_oracle
import torch
import torch_oracle
import transformers_oracle
from torch.optim import lr_scheduler

import lrviz

RUNS = {"torch": 300, "optax": 100, "keras": 100, "timm": 100, "transformers": 100}
MIN_KNOWN = {"torch": 0.2, "optax": 0.7, "keras": 0.7, "timm": 0.5, "transformers": 0.4}
"""The share of objects whose class and parameters lrviz must know."""
TOLERANCE = 1e-12
STEPS = 140
OPTIMIZERS = (
    lambda groups, lr: torch.optim.SGD(groups, lr=lr, momentum=0.9),
    lambda groups, lr: torch.optim.AdamW(groups, lr=lr),
)


@dataclass
class Case:
    """An object, the keywords of its curve, and what its own run is.

    `rates` returns the present rates of its parameter groups, `advance` makes a step; `state`
    returns all that must be unchanged.
    """

    name: str
    value: Any
    rates: Callable[[], list[float]]
    advance: Callable[[int], None]
    state: Callable[[], Any] = lambda: None
    metric: list[float] | None = None


class WarmUpThenPower(lr_scheduler.LRScheduler):
    """A scheduler as users write them, with a state of its own."""

    def __init__(self, optimizer: Any, warmup: int, total: int, power: float) -> None:
        self.warmup, self.total, self.power, self.seen = warmup, total, power, [0]
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        self.seen.append(self.last_epoch)
        if self.last_epoch < self.warmup:
            share = (self.last_epoch + 1) / (self.warmup + 1)
        else:
            share = max(1 - len(self.seen) / self.total, 0.0) ** self.power
        return [base * share for base in self.base_lrs]


class Stairs(lr_scheduler.StepLR):
    """A subclass of a scheduler of the library, with a floor."""

    def get_lr(self) -> list[float]:
        return [max(rate, 1e-3) for rate in super().get_lr()]


class Counting:
    """A callable that counts its calls: its rate depends on how often it was asked."""

    def __init__(self, decay: float) -> None:
        self.decay, self.calls = decay, 0

    def __call__(self, step: int) -> float:
        self.calls += 1
        return self.decay**self.calls


def closure(rng: random.Random) -> Callable[[int], float]:
    """Return a function of the step as one writes it for LambdaLR."""
    warmup, total, best = rng.randint(0, 30), rng.randint(40, 150), rng.uniform(0.1, 1)
    calls = 0

    def counted(step: int) -> float:
        nonlocal calls
        calls += 1
        return best / math.sqrt(calls)

    def warmed(step: int) -> float:
        if step < warmup:
            return (step + 1) / (warmup + 1)
        share = min((step - warmup) / total, 1.0)
        return 0.1 + 0.45 * (1 + math.cos(math.pi * share))

    choices = [warmed, counted, Counting(best), lambda step: best ** (step // 10)]
    return rng.choice(choices)


def optimizer(rng: random.Random, lr: float) -> torch.optim.Optimizer:
    """Return an optimizer of one parameter group, or of several."""
    weights = torch.nn.Parameter(torch.ones(3))
    make = rng.choice(OPTIMIZERS)
    if rng.random() < 0.6:
        return make([weights], lr)
    groups = [{"params": [torch.nn.Parameter(torch.ones(2))], "lr": lr * rng.choice([1, 0.1])}]
    return make([{"params": [weights]}, *groups], lr)


def own_scheduler(rng: random.Random, used: Any) -> Any:
    """Return a scheduler that lrviz does not have: a subclass, or one with a closure."""
    kind = rng.choice(["power", "stairs", "lambda", "multiplicative", "sequence"])
    if kind == "power":
        return WarmUpThenPower(used, rng.randint(0, 20), rng.randint(50, 150), rng.uniform(0.5, 3))
    if kind == "stairs":
        return Stairs(used, rng.randint(1, 30), rng.uniform(0.1, 0.9))
    if kind == "lambda":
        functions = [closure(rng) for _ in used.param_groups]
        return lr_scheduler.LambdaLR(used, rng.choice([functions, functions[0]]))
    if kind == "multiplicative":
        decay = rng.uniform(0.9, 1)
        return lr_scheduler.MultiplicativeLR(used, lambda step: decay)
    parts = [lr_scheduler.LinearLR(used, 0.1), lr_scheduler.LambdaLR(used, closure(rng))]
    return lr_scheduler.SequentialLR(used, parts, [rng.randint(1, 50)])


def torch_case(rng: random.Random) -> Case:
    """Return a scheduler of torch or of a user, at its start or in the middle of its run."""
    spec = torch_oracle.random_spec(rng)
    used = optimizer(rng, spec["lr"])
    if rng.random() < 0.4:
        spec = {"schedule": "own"}
        scheduler = own_scheduler(rng, used)
    else:
        scheduler = torch_oracle.construct(used, spec)
    name = f"{spec['schedule']} {type(scheduler).__name__}"
    return bound_case(rng, name, scheduler, used, spec.get("metric"))


def transformers_case(rng: random.Random) -> Case:
    """Return a scheduler that get_scheduler returns."""
    spec = transformers_oracle.random_spec(rng)
    used = optimizer(rng, spec["lr"])
    scheduler = transformers_oracle.construct(used, spec)
    return bound_case(rng, spec["schedule"], scheduler, used, spec.get("metric"))


def bound_case(
    rng: random.Random, name: str, scheduler: Any, used: Any, metric: list[float] | None
) -> Case:
    """Return the case of a scheduler bound to an optimizer, at times some steps into its run."""

    def advance(step: int) -> None:
        used.step()
        scheduler.step(*([] if metric is None else [metric[step]]))

    for step in range(rng.choice([0, 0, rng.randint(1, 40)])):
        advance(step)
    return Case(
        name,
        scheduler,
        lambda: [float(group["lr"]) for group in used.param_groups],
        advance,
        lambda: (scheduler.state_dict(), state_of_groups(used)),
        metric,
    )


def state_of_groups(used: Any) -> list[dict[str, Any]]:
    """Return the parameter groups of an optimizer without their parameters."""
    return [
        {key: value for key, value in group.items() if key != "params"}
        for group in used.param_groups
    ]


def timm_case(rng: random.Random) -> Case:
    """Return a scheduler of timm at its start."""
    spec = timm_oracle.random_spec(rng)
    name = spec["schedule"].split(".")[1]
    used = optimizer(rng, spec["lr"])
    settings = ("schedule", "lr", "steps", "metric")
    keys = {key: value for key, value in spec.items() if key not in settings}
    keys = {**timm_oracle.FIXED.get(name, {}), **keys}
    scheduler = getattr(timm_oracle.schedulers(), timm_oracle.CLASSES[name])(used, **keys)
    metric = spec.get("metric")

    def advance(step: int) -> None:
        value = None if metric is None else metric[step]
        (scheduler.step if scheduler.t_in_epochs else scheduler.step_update)(step + 1, value)

    return Case(
        spec["schedule"],
        scheduler,
        lambda: [float(group["lr"]) for group in used.param_groups],
        advance,
        lambda: (scheduler.state_dict(), state_of_groups(used)),
        metric,
    )


def function_case(oracle: Any, skipped: tuple[str, ...]) -> Callable[[random.Random], Case]:
    """Return the maker of cases of a library whose schedules are functions."""

    def case(rng: random.Random) -> Case:
        spec = oracle.random_spec(rng)
        while spec["schedule"].split(".")[1] in skipped:
            spec = oracle.random_spec(rng)
        schedule, twin = oracle.construct(spec), oracle.construct(spec)
        step = 0

        def advance(_: int) -> None:
            nonlocal step
            step += 1

        def state() -> Any:
            return schedule.get_config() if hasattr(schedule, "get_config") else None

        return Case(spec["schedule"], schedule, lambda: [float(twin(step))], advance, state)

    return case


MAKERS: dict[str, Callable[[random.Random], Case]] = {
    "torch": torch_case,
    "optax": function_case(optax_oracle, ("reduce_on_plateau",)),
    "keras": function_case(keras_oracle, keras_oracle.CALLBACKS),
    "timm": timm_case,
    "transformers": transformers_case,
}


def cases(library: str, rng: random.Random) -> Iterator[Case]:
    """Yield objects of a library, without end; those that it refuses are left out."""
    while True:
        try:
            case = MAKERS[library](rng)
        except Exception:
            continue
        yield case


def real_rates(case: Case) -> np.ndarray[Any, Any]:
    """Return the object's own rates, a column per group, as far as it goes."""
    rows = []
    for step in range(STEPS):
        try:
            rows.append(case.rates())
            if step < STEPS - 1:
                case.advance(step)
        except Exception:
            break
    return np.array(rows)


def disagreement(case: Case) -> tuple[str, bool]:
    """Return how a curve differs from its object, and whether its schedule is known."""
    before = copy.deepcopy(case.state())
    sampled, stopped, known = None, "", False
    try:
        curves = lrviz.curve(case.value, steps=STEPS, metric=case.metric)
        table = lrviz.sample(curves)
        sampled = {column.label: column.rates for column in table.columns}
        known = bool(table.columns[0].curve.schedule.dialect)
    except lrviz.SpecError as error:
        stopped = str(error)
    if repr(case.state()) != repr(before):
        return "its state has changed", known
    real = real_rates(case)
    finite = np.isfinite(real).all() and len(real) == STEPS
    if sampled is None:
        return (f"refused: {stopped}" if finite else ""), known
    if not finite:
        return f"ends after {len(real)} steps, its curve does not", known
    peak = float(np.abs(real).max()) or 1.0
    for group, column in enumerate(real.T):
        own = [rates for label, rates in sampled.items() if label.endswith(f"group {group}")]
        candidates = own or list(sampled.values())
        error = min(float(np.abs(rates - column).max()) for rates in candidates) / peak
        if error > TOLERANCE:
            return f"group {group} differs by {error:.2g} of the peak", known
    return "", known


def main() -> int:
    """Compare the libraries of the command line, or all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("libraries", nargs="*")
    parser.add_argument("--runs", type=int)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    failed = 0
    for library in options.libraries or list(RUNS):
        runs = options.runs or RUNS[library]
        generator = cases(library, random.Random(options.seed))
        known = wrong = 0
        for _ in range(runs):
            case = next(generator)
            problem, is_known = disagreement(case)
            known += is_known
            wrong += bool(problem)
            if problem:
                print(f"{library}: {case.name}: {problem}")
        counts = f"{runs - wrong} of {runs} agree, {known} of them as a known schedule"
        print(f"{library}: {counts}, seed {options.seed}", flush=True)
        failed += wrong + (known < runs * MIN_KNOWN[library])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
