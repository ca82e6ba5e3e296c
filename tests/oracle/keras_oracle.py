"""The real keras: random specs, and the rates that its schedules and callbacks give for them.

Keras runs in float32. `rates` is that run; `rates_in_float64` runs the schedule objects with jax
in x64, where the formulas can be compared to rounding.
"""

from __future__ import annotations

import math
import os
import random
from typing import Any
from unittest import mock

os.environ.setdefault("KERAS_BACKEND", "jax")
# As in the oracle of optax, which may run in the same process: a division stays one.
os.environ.setdefault("XLA_FLAGS", "--xla_disable_hlo_passes=algsimp")

Spec = dict[str, Any]
LIBRARY = "keras"
CALLBACKS = ("ReduceLROnPlateau", "LearningRateScheduler")
FUNCTIONS = [
    "lr if epoch < 10 else lr * exp(-0.1)",
    "lr * 0.97",
    "0.1 * 0.5 ** (epoch // 10)",
    "min(lr * 1.1, 0.5)",
    "max(lr - 0.001, 0.0001)",
    "0.5 * lr + 0.01 * cos(epoch / 9)",
]


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec of a schedule or a callback."""
    makers = {
        "ExponentialDecay": decay,
        "InverseTimeDecay": decay,
        "PiecewiseConstantDecay": piecewise,
        "PolynomialDecay": polynomial,
        "CosineDecay": cosine,
        "CosineDecayRestarts": restarts,
        "ReduceLROnPlateau": plateau,
        "LearningRateScheduler": lambda rng: {"function": rng.choice(FUNCTIONS)},
    }
    name = rng.choice(list(makers))
    run = {"lr": rng.choice([0.1, 1.0, rng.uniform(1e-4, 1)]), "steps": 160}
    return {"schedule": f"keras.{name}", **makers[name](rng), **run}


def rate(rng: random.Random) -> float:
    return rng.choice([0.1, 1.0, 0.0, rng.uniform(1e-4, 2)])


def span(rng: random.Random) -> float:
    """Halves are exact in binary; of other fractions float32 and float64 floor differently."""
    return rng.choice([rng.randint(1, 90), rng.randint(1, 90), rng.randint(0, 40) + 0.5])


def decay(rng: random.Random) -> Spec:
    return {
        "initial_learning_rate": rate(rng),
        "decay_steps": rng.choice([span(rng), span(rng), span(rng), 0, -5]),
        "decay_rate": rng.choice([0.5, 0.96, rng.uniform(0.3, 1.2), 0.0, -0.4]),
        "staircase": rng.random() < 0.5,
    }


def piecewise(rng: random.Random) -> Spec:
    count = rng.randint(0, 6) if rng.random() < 0.3 else rng.randint(1, 6)
    bounds = [rng.randint(-5 if rng.random() < 0.1 else 0, 170) for _ in range(count)]
    if rng.random() < 0.7:
        bounds = sorted(bounds)
    if rng.random() < 0.2:
        bounds = [bound + rng.choice([0.5, 0.9]) for bound in bounds]
    more = 1 if rng.random() < 0.9 else rng.randint(0, 3)
    return {"boundaries": bounds, "values": [rng.uniform(0, 1) for _ in range(count + more)]}


def polynomial(rng: random.Random) -> Spec:
    return {
        "initial_learning_rate": rate(rng),
        "decay_steps": span(rng),
        "end_learning_rate": rng.choice([0.0001, 0.0, 0.3]),
        "power": rng.choice([1.0, 0.5, 2.0, rng.uniform(0.3, 4), 0.0, -0.5]),
        "cycle": rng.random() < 0.5,
    }


def cosine(rng: random.Random) -> Spec:
    return {
        "initial_learning_rate": rate(rng),
        "decay_steps": rng.choice([span(rng)] * 9 + [0]),
        "alpha": rng.choice([0.0, 0.1, rng.uniform(-0.2, 1.3)]),
        "warmup_target": rng.choice([None, rate(rng), rate(rng)]),
        "warmup_steps": rng.choice([0, rng.randint(1, 50), 7.5, rng.randint(-20, -1)]),
    }


def restarts(rng: random.Random) -> Spec:
    return {
        "initial_learning_rate": rate(rng),
        "first_decay_steps": rng.choice([span(rng)] * 9 + [0]),
        "t_mul": rng.choice([1.0, 2.0, 3.0, 1.5, rng.uniform(1, 3), 0.7, 0.0, -1.0]),
        "m_mul": rng.choice([1.0, 0.5, rng.uniform(0.3, 1.3), 0.0, -1.0]),
        "alpha": rng.choice([0.0, 0.1, rng.uniform(-0.2, 1.3)]),
    }


def plateau(rng: random.Random) -> Spec:
    metric, value = [], rng.uniform(-1, 2)
    for _ in range(159):
        value += rng.choice([0, 0, 1e-9, rng.gauss(0, 0.1), rng.gauss(-0.05, 0.05)])
        metric.append(value)
    return {
        "monitor": rng.choice(["val_loss", "loss", "val_accuracy", "auc", "val_custom"]),
        "factor": rng.choice([rng.uniform(0.05, 0.99), 0.5, 1.0, 0.0, -0.5]),
        "patience": rng.choice([rng.randint(1, 12), 3, 0, -2]),
        "mode": rng.choice(["auto", "min", "max"]),
        "min_delta": rng.choice([1e-4, 0.0, rng.uniform(-0.3, 0.3)]),
        "cooldown": rng.choice([0, rng.randint(0, 8), -1]),
        "min_lr": rng.choice([0.0, 1e-3, 0.5]),
        "metric": metric,
    }


def construct(spec: Spec) -> Any:
    """Return the real schedule object or callback of a spec."""
    import keras

    name = spec["schedule"].split(".")[1]
    keys = {k: v for k, v in spec.items() if k not in ("schedule", "lr", "steps", "metric")}
    if name == "LearningRateScheduler":
        text, names = keys["function"], {"cos": math.cos, "exp": math.exp, "min": min, "max": max}

        def function(epoch: int, lr: float) -> float:
            return float(eval(text, {**names, "epoch": epoch, "lr": lr}))

        return keras.callbacks.LearningRateScheduler(function)
    owner = keras.callbacks if name in CALLBACKS else keras.optimizers.schedules
    return getattr(owner, name)(**keys)


def rates(spec: Spec) -> list[float]:
    """Return the rates that a run uses, in float32. Raises where keras raises or has no number."""
    real = construct(spec)
    called = spec["schedule"].split(".")[1] in CALLBACKS
    return finite(rates_of_callback(real, spec) if called else rates_of_object(real, spec))


def rates_in_float64(spec: Spec) -> list[float]:
    """Return the rates of a schedule object when jax computes in float64.

    Keras brings the results of cos and floor back to float32 on jax; its table for that is put
    out of force.
    """
    import jax
    import keras

    table = keras.src.backend.common.dtypes.BIT64_TO_BIT32_DTYPE
    keras.config.set_floatx("float64")
    try:
        with jax.enable_x64(True), mock.patch.dict(table, {"float64": "float64"}):
            return finite(rates_of_object(construct(spec), spec))
    finally:
        keras.config.set_floatx("float32")


def finite(found: list[float]) -> list[float]:
    """Return the rates. Raises ValueError where one is no number."""
    if not all(map(math.isfinite, found)):
        raise ValueError("keras gives nan or inf")
    return found


def rates_of_object(real: Any, spec: Spec) -> list[float]:
    """Return the rates of all steps, from one array of them, operation by operation.

    Over an array XLA multiplies by 1 / decay_steps where keras divides, and float32's error then
    moves a boundary by a step (82 * (1 / 41) is below 2, 90 * (1 / 30) above 3): drops of a
    staircase and restarts of a cycle. With an array of divisors it divides, as for one step.
    """
    import jax
    import jax.numpy as jnp
    import numpy as np

    steps = jnp.arange(spec["steps"], dtype=jnp.int32)
    for name in ("decay_steps", "first_decay_steps"):
        if name in spec and spec.get("warmup_target") is None:
            setattr(real, name, np.full(spec["steps"], float(spec[name])))
    found = real(steps) if spec.get("warmup_target") is None else jax.vmap(real)(steps)
    return [float(rate) for rate in found]


def rates_of_callback(real: Any, spec: Spec) -> list[float]:
    """Return the rates in use during each epoch of a run that calls what `fit` calls."""
    import keras

    class Model:
        optimizer = keras.optimizers.SGD(learning_rate=spec["lr"])
        metrics = (keras.src.trainers.compile_utils.MetricsList([keras.metrics.AUC(name="auc")]),)

    if spec.get("monitor") == "val_accuracy":
        Model.metrics[0].metrics.append(keras.metrics.BinaryAccuracy(name="accuracy"))
    real._model = Model()
    real.on_train_begin()
    used = []
    for epoch in range(spec["steps"]):
        real.on_epoch_begin(epoch)
        used.append(float(Model.optimizer.learning_rate))
        if epoch < spec["steps"] - 1:
            value = spec["metric"][epoch] if "metric" in spec else 0.0
            real.on_epoch_end(epoch, {spec.get("monitor", "loss"): value})
    return used


def moved(spec: Spec, error: float) -> set[int]:
    """Return the steps at which keras' rounding decides: restarts, and cycles below a step.

    CosineDecayRestarts finds its cycle as floor(log(1 + f (t_mul - 1)) / log(t_mul)); at a restart
    that quotient is a whole number up to rounding, and may be floored to the one below. Where
    cycles have shrunk below a step, float32 no longer tells where in its cycle a step is.
    """
    if not spec["schedule"].endswith("Restarts") or spec["t_mul"] in (0, 1):
        return set()
    found, start, length = set(), 0.0, float(spec["first_decay_steps"])
    while length > 1e-9 and start < spec["steps"]:
        start += length
        length *= spec["t_mul"]
        if abs(start - round(start)) <= error * start:
            found.add(round(start))
        if length < 1:
            last = start + length / (1 - spec["t_mul"])
            return found | set(range(int(start), math.ceil(last) + 1))
    return found


def agrees(spec: Spec, ours: Any, real: list[float]) -> bool:
    """Return whether two runs agree to float32's error.

    A rate carries the rounding of a few operations (6e-8 each). It grows where 1 - t / decay_steps
    is small before a power below 1 is taken (by decay_steps, so to 1e-5), where a callback
    compounds 160 times (to 1e-5), and where cycles shrink; cos cancels to 1e-7 of the peak.
    """
    peak = max((abs(rate) for rate in real), default=0.0)
    excused = moved(spec, 1e-5)
    pairs = enumerate(zip(ours, real, strict=True))
    return all(abs(a - b) <= 1e-4 * abs(b) + 1e-5 * peak or t in excused for t, (a, b) in pairs)


def agrees_in_float64(spec: Spec, ours: Any, real: list[float]) -> bool:
    """Return whether two runs agree to 1e-9, or to 1e-13 of the peak for tiny rates."""
    peak = max((abs(rate) for rate in real), default=0.0)
    excused = moved(spec, 1e-12)
    return all(
        abs(a - b) <= (1e-9 * abs(b) if abs(b) > 1e-6 * peak else 1e-13 * peak) or t in excused
        for t, (a, b) in enumerate(zip(ours, real, strict=True))
    )
