"""Every emitted snippet, run in its framework: `python tests/oracle/code_live.py [--random N]`.

For each schedule's example (and N random specs per dialect) and each framework the code is written,
executed there, and its rates are compared with the spec's. Exits 1 if one disagrees.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")
warnings.simplefilter("ignore")
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent.parent)]

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import keras
import numpy as np
import torch
from sides import dialects, oracle
from timm_oracle import schedulers

from lrviz.codegen.target import target_of, targets
from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.run import Run
from lrviz.specfile.source import load_named
from lrviz.translate.code import plateau_schedule, read_plateau, write_code

FLOAT32 = 4e-5
STEPS = {"steps": 130}
EPOCHS = {"by": "epoch", "steps_per_epoch": 4, "epochs": 30}
BY_EPOCH = [
    "cosine",
    "step",
    "sgdr",
    "plateau",
    "sequential",
    "multistep",
    "keras.CosineDecay",
    "optax.exponential_decay",
    "transformers.cosine",
    "timm.cosine",
    "lrviz.wsd",
]

schedulers()  # timm without its models, which need torchvision


class Recorder(torch.optim.SGD):
    """torch's SGD, which remembers the rate of each step."""

    rates: list[float] = []

    def step(self, closure: Any = None) -> Any:
        self.rates.append(float(self.param_groups[0]["lr"]))
        return super().step(closure)


class RecorderW(torch.optim.AdamW):
    """torch's AdamW, which remembers the rate of each step."""

    def step(self, closure: Any = None) -> Any:
        Recorder.rates.append(float(self.param_groups[0]["lr"]))
        return super().step(closure)


def metric_of(curve: Curve) -> list[float]:
    """Return the metric after each tick of a curve's run, the last one twice."""
    trace = curve.schedule.metric_trace(curve.by_ticks().count(), curve.lr)
    values = [] if trace is None else [float(value) for value in trace[1]]
    return [*values, *values[-1:]]


def run(code: str, curve: Curve) -> list[float]:
    """Execute a snippet and return the rates that its framework gives."""
    steps = curve.count()
    Recorder.rates = []
    names: dict[str, Any] = {"METRIC": iter(metric_of(curve))}
    code = re.sub(r"accumulation_size=4", "accumulation_size=1", code)  # evaluations, not steps
    code = code.replace("return 1.0  # your validation metric", "return next(METRIC)")
    plain = torch.optim.SGD, torch.optim.AdamW
    torch.optim.SGD, torch.optim.AdamW = Recorder, RecorderW
    try:
        exec(compile(code, "snippet", "exec"), names)
    finally:
        torch.optim.SGD, torch.optim.AdamW = plain
    if Recorder.rates:
        return Recorder.rates
    if "callback" in names:
        return callback_rates(names, curve, steps)
    if "plateau" in names:
        return plateau_rates(names["plateau"], curve, steps)
    if "schedule" not in names:
        return [float(re.findall(r"learning_rate=(.+)\)", code)[0])] * steps
    schedule = names["schedule"]
    if "keras" in names:
        return keras_rates(schedule, steps)
    return compiled_rates(schedule, steps)


def keras_rates(schedule: Any, steps: int) -> list[float]:
    """Return the rates of a schedule of keras, saved and loaded before."""
    config = keras.optimizers.schedules.serialize(schedule)
    loaded = keras.optimizers.schedules.deserialize(config)
    return compiled_rates(loaded, steps)


def compiled_rates(schedule: Any, steps: int) -> list[float]:
    """Return the rates of a function of the step, compiled by jax for all steps at once."""
    rates = jax.jit(jax.vmap(lambda step: jnp.asarray(schedule(step))))(jnp.arange(steps))
    return [float(rate) for rate in np.asarray(rates)]


def callback_rates(names: dict[str, Any], curve: Curve, steps: int) -> list[float]:
    """Drive a callback as `fit` does, and return the rate of each epoch."""
    callback, optimizer = names["callback"], names["optimizer"]
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(optimizer=optimizer, loss="mse")
    callback.set_model(model)
    callback.on_train_begin()
    seen = curve.schedule.metric_trace(steps, curve.lr)
    rates = []
    for epoch in range(steps):
        callback.on_epoch_begin(epoch, {})
        rates.append(float(keras.ops.convert_to_numpy(optimizer.learning_rate)))
        value = float(seen[1][epoch]) if seen and epoch < len(seen[1]) else 0.0
        logs = {getattr(callback, "monitor", "val_loss"): value}
        callback.on_epoch_end(epoch, logs)
    return rates


def plateau_rates(plateau: Any, curve: Curve, steps: int) -> list[float]:
    """Drive optax' transformation with the metric, and return the scaled rates."""
    params = jnp.zeros(())
    state = plateau.init(params)
    seen = curve.schedule.run(steps, curve.lr)[1]
    rates = []
    for step in range(steps):
        _, state = plateau.update(params, state, value=jnp.asarray(seen[step]))
        rates.append(curve.lr * float(state.scale))
    return rates


def example(cls: type[Schedule]) -> Curve:
    """Return the curve of a schedule's example, over 130 steps where it can have them."""
    curve = load_named(cls.title(), {}).curves[0]
    with contextlib.suppress(SpecError):
        curve = curve if curve.schedule.end() else load_named(cls.title(), {}, STEPS).curves[0]
    return curve


def curves(count: int, seed: int) -> list[Curve]:
    """Return the examples' curves, and random ones of each dialect."""
    found = [example(cls) for cls in register.all()]
    found += [load_named(name, {}, EPOCHS).curves[0] for name in BY_EPOCH]
    rng = random.Random(seed)
    for dialect in dialects() if count else ():
        made = 0
        while made < count:
            spec = oracle(dialect).random_spec(rng)
            cls = register.find(spec["schedule"])
            parameters = {k: v for k, v in spec.items() if k not in ("schedule", "lr", "steps")}
            try:
                schedule = cls.model_validate(parameters)
                schedule.sample(range(160), spec.get("lr", 0.1))
            except (SpecError, ValueError):
                continue
            found.append(Curve(spec["schedule"], schedule, spec.get("lr", 0.1), Run(steps=160)))
            made += 1
    return found


def as_written(curve: Curve, target: str) -> Curve:
    """Return the curve that the code of a target gives: its own rule where it is a plateau."""
    plateau = read_plateau(curve)
    if plateau and curve.schedule.dialect != target:
        schedule = plateau_schedule(curve, replace(plateau, values=1), target_of(target)[1])
        # Where a value acts at once, the last step has none.
        steps = curve.count() - (target_of(target)[1].counts_steps and not curve.ticks_by_epoch)
        curve = replace(curve, schedule=schedule).with_steps(steps)
        return curve.by_ticks() if target_of(target)[1].counts_steps else curve
    by_epoch = curve.schedule.clock_unit == "epoch" and curve.schedule.dialect == "keras"
    return curve.by_ticks() if curve.ticks_by_epoch and by_epoch else curve


def peak_of(curve: Curve) -> float:
    """Return the largest rate of a curve's natural length, from which a framework may compute."""
    last = max(curve.with_steps(None).count(), curve.count()) - 1
    return float(np.abs(curve.rates_at(np.linspace(0, last, 1_000).astype(np.int64))).max())


def agrees(real: list[float], ours: np.ndarray, target: str, peak: float) -> bool:
    """Return whether a framework's rates are the spec's, to its width."""
    if len(real) != len(ours):
        return False
    if target != "keras":
        return bool(np.allclose(real, ours, rtol=1e-9, atol=1e-13 * peak))
    # A step rounded to float32 moves the rate along its slope.
    slope = float(np.abs(np.diff(ours)).max(initial=0.0))
    rounding = 4 * np.finfo(np.float32).eps * slope * np.arange(len(ours))
    near = FLOAT32 * np.abs(ours) + 1e-6 * peak + rounding
    return bool(np.all(np.abs(np.asarray(real) - ours) <= near))


def main() -> int:
    """Run every snippet and print those that disagree."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    passed = failed = refused = 0
    for curve in curves(asked.random, asked.seed):
        for target in targets():
            try:
                code = write_code(curve, target)
                driven = as_written(curve, target)
                ours = driven.sample(range(driven.count()))
            except SpecError as error:
                refused += 1
                print(f"{curve.schedule!r} as {target}: refused: {error}")
                continue
            try:
                # keras' own width: it compares metrics in float32 unless jax is told otherwise.
                with jax.enable_x64(target != "keras"):
                    real = run(code, driven)
                fine = agrees(real, ours, target, peak_of(driven))
                reason = "" if fine else f"rates differ: {first_apart(real, ours)}"
            except Exception as error:
                fine, reason = False, f"{type(error).__name__}: {error}"
            passed, failed = passed + fine, failed + (not fine)
            if not fine:
                print(f"{curve.schedule!r} lr={curve.lr} as {target}: {reason[:200]}\n{code[:900]}")
    print(f"{passed} passed, {failed} failed, {refused} skipped")
    return 1 if failed or not passed else 0


def first_apart(real: list[float], ours: np.ndarray) -> str:
    """Return the first step at which two runs differ."""
    for step, (a, b) in enumerate(zip(real, ours, strict=False)):
        if abs(a - b) > 1e-4 * abs(b) + 1e-12:
            return f"step {step}: {a} there, {b} here"
    return f"{len(real)} rates there, {len(ours)} here"


if __name__ == "__main__":
    sys.exit(main())
