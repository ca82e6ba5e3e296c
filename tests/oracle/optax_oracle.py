"""The real optax: random specs, and the rates that its schedules give for them.

`rates` runs in jax's x64 mode, where the formulas can be compared to rounding;
`rates_in_float32` is what optax does unless told otherwise.
"""

from __future__ import annotations

import math
import os
import random
from typing import Any

# Over an array XLA would multiply by 1 / steps where optax divides, and miss the end of a
# transition and the drop of a staircase, which a call for one step does not.
os.environ.setdefault("XLA_FLAGS", "--xla_disable_hlo_passes=algsimp")

Spec = dict[str, Any]
LIBRARY = "optax"


def leaf(rng: random.Random) -> Spec:
    """Return a random spec of one schedule."""
    makers = {
        "constant_schedule": lambda rng: {"value": rate(rng)},
        "linear_schedule": linear,
        "polynomial_schedule": lambda rng: {**linear(rng), "power": power(rng)},
        "exponential_decay": exponential,
        "cosine_decay_schedule": cosine,
        "piecewise_constant_schedule": pieces,
        "piecewise_interpolate_schedule": lambda rng: {
            "interpolate_type": rng.choice(["linear", "cosine"]),
            **pieces(rng),
        },
        "linear_onecycle_schedule": lambda rng: {**one_cycle(rng), "pct_final": share(rng, 0.85)},
        "cosine_onecycle_schedule": one_cycle,
        "warmup_constant_schedule": warm_up,
        "warmup_cosine_decay_schedule": warmup_cosine,
        "warmup_exponential_decay_schedule": lambda rng: {
            **{key: value for key, value in exponential(rng).items() if key != "init_value"},
            **warm_up(rng),
        },
    }
    name = rng.choice(list(makers))
    return {"schedule": f"optax.{name}", **makers[name](rng)}


def rate(rng: random.Random) -> float:
    return rng.choice([0.1, 1.0, 0.0, rng.uniform(1e-4, 2)])


def power(rng: random.Random) -> float:
    return rng.choice([1.0, 2.0, 0.5, rng.uniform(0.3, 3), 0.0, -1.0])


def span(rng: random.Random) -> float:
    return rng.choice([rng.randint(1, 120), rng.randint(1, 120), rng.randint(1, 60) + 0.5])


def odd(rng: random.Random) -> float:
    return rng.choice([0, rng.randint(-20, -1), rng.randint(0, 60), rng.randint(0, 60)])


def linear(rng: random.Random) -> Spec:
    return {
        "init_value": rate(rng),
        "end_value": rate(rng),
        "transition_steps": rng.choice([span(rng), span(rng), span(rng), odd(rng)]),
        "transition_begin": odd(rng),
    }


def exponential(rng: random.Random) -> Spec:
    return {
        "init_value": rate(rng),
        "transition_steps": rng.choice([span(rng), span(rng), span(rng), odd(rng)]),
        "decay_rate": rng.choice([0.5, 0.9, rng.uniform(0.2, 1.3), 1.0, 0.0, -0.5]),
        "transition_begin": odd(rng),
        "staircase": rng.random() < 0.5,
        "end_value": rng.choice([None, 0.01, rate(rng)]),
    }


def cosine(rng: random.Random) -> Spec:
    return {
        "init_value": rate(rng),
        "decay_steps": rng.choice([span(rng)] * 9 + [0]),
        "alpha": rng.choice([0.0, 0.1, rng.uniform(-0.2, 1.3)]),
        "exponent": power(rng),
    }


def pieces(rng: random.Random) -> Spec:
    scales: Any = {
        rng.randint(-5 if rng.random() < 0.1 else 0, 170): rng.choice(
            [0.5, 0.1, rng.uniform(0, 2), -0.5 if rng.random() < 0.05 else 0.3]
        )
        for _ in range(rng.randint(0, 6))
    }
    if rng.random() < 0.2:
        scales = {step + rng.choice([0, 0.25, 0.5]): scale for step, scale in scales.items()}
    return {"init_value": rate(rng), "boundaries_and_scales": rng.choice([scales] * 9 + [None])}


def share(rng: random.Random, usual: float) -> float:
    return rng.choice([usual, rng.uniform(0, 1), rng.choice([0.0, 1.0, rng.uniform(-0.2, 1.4)])])


def one_cycle(rng: random.Random) -> Spec:
    return {
        "transition_steps": rng.choice([span(rng)] * 9 + [0]),
        "peak_value": rate(rng),
        "pct_start": share(rng, 0.3),
        "div_factor": rng.choice([25.0, rng.uniform(0.5, 50), rng.uniform(0.5, 50), 0.0, -2.0]),
        "final_div_factor": rng.choice([1e4, rng.uniform(0.5, 1e4), rng.uniform(0.5, 1e4), 0.0]),
    }


def warm_up(rng: random.Random) -> Spec:
    return {"init_value": rate(rng), "peak_value": rate(rng), "warmup_steps": odd(rng)}


def warmup_cosine(rng: random.Random) -> Spec:
    return {
        **warm_up(rng),
        "decay_steps": rng.choice([span(rng), rng.randint(60, 170)]),
        "end_value": rng.choice([0.0, 0.01, rate(rng)]),
        "exponent": rng.choice([1.0, power(rng)]),
    }


def sgdr(rng: random.Random, depth: int = 0) -> Spec:
    least = 0 if depth == 0 and rng.random() < 0.1 else 1
    cycles = [warmup_cosine(rng) for _ in range(rng.randint(least, 4))]
    for cycle in cycles:
        cycle["decay_steps"] += 60 if rng.random() < 0.9 else 0
    return {"schedule": "optax.sgdr_schedule", "cosine_kwargs": cycles}


def join(rng: random.Random, depth: int = 0) -> Spec:
    # Optax notices an empty list only where its turn comes; lrviz always does.
    least = 0 if depth == 0 and rng.random() < 0.1 else 1
    parts = [leaf(rng) for _ in range(rng.randint(least, 4))]
    if parts and depth < 2 and rng.random() < 0.3:
        parts[rng.randrange(len(parts))] = rng.choice([join, sgdr])(rng, depth + 1)
    count = len(parts) - 1 if rng.random() < 0.9 else rng.randint(0, 4)
    bounds = [rng.randint(-5 if rng.random() < 0.1 else 0, 160) for _ in range(count)]
    bounds = bounds if rng.random() < 0.2 else sorted(bounds)
    return {"schedule": "optax.join_schedules", "schedules": parts, "boundaries": bounds}


def plateau(rng: random.Random) -> Spec:
    metric, value = [], rng.uniform(-1, 2)
    for _ in range(160):
        value += rng.choice([0, 0, rng.gauss(0, 0.1), rng.gauss(-0.05, 0.05)])
        metric.append(value)
    return {
        "schedule": "optax.reduce_on_plateau",
        "factor": rng.choice([0.5, rng.uniform(0.05, 0.99), rng.uniform(0.05, 0.99), 1.0, 0.0]),
        "patience": rng.choice([rng.randint(1, 12), rng.randint(1, 6), 0, -1]),
        "rtol": rng.choice([1e-4, 0.0, rng.uniform(0, 0.3), 1.0, rng.choice([-0.1, 1.1])]),
        "atol": rng.choice([0.0, 0.01, rng.choice([0.01, -0.1])]),
        "cooldown": rng.choice([0, rng.randint(0, 8), -1]),
        "accumulation_size": rng.choice([1, 1, rng.randint(2, 9), 0]),
        "min_scale": rng.choice([0.0, 1e-2, 1.5]),
        "metric": metric,
    }


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec: a schedule, a sequence, or the metric-driven scale."""
    kind = rng.choices([leaf, sgdr, join, plateau], [10, 2, 4, 2])[0]
    return {**kind(rng), "lr": rng.choice([0.1, 1.0, rng.uniform(1e-4, 1)]), "steps": 160}


def construct(spec: Spec) -> Any:
    """Return the real schedule of a spec."""
    import optax

    keys = {k: v for k, v in spec.items() if k not in ("schedule", "lr", "steps", "metric")}
    name = spec["schedule"].split(".")[1]
    if name == "reduce_on_plateau":
        return optax.contrib.reduce_on_plateau(**keys)
    if "schedules" in keys:
        keys["schedules"] = [construct(child) for child in keys["schedules"]]
    return getattr(optax.schedules, name)(**keys)


def rates(spec: Spec) -> list[float]:
    """Return the rates that a run uses, in float64. Raises where optax raises or has no number."""
    import jax

    with jax.enable_x64(True):
        return computed(spec)


def rates_in_float32(spec: Spec) -> list[float]:
    """Return the rates in jax's default width."""
    return computed(spec)


def computed(spec: Spec) -> list[float]:
    import jax
    import jax.numpy as jnp

    real = construct(spec)
    if "metric" in spec:
        found = scaled(real, spec)
    else:
        values = jax.vmap(lambda t: jnp.asarray(real(t), float))(jnp.arange(spec["steps"]))
        found = [float(value) for value in values]
    if not all(map(math.isfinite, found)):
        raise ValueError("optax gives nan or inf")
    return found


def scaled(real: Any, spec: Spec) -> list[float]:
    """Return what an update of `lr` becomes at each step of a run."""
    import jax
    import jax.numpy as jnp

    lr = jnp.asarray(spec["lr"], float)

    def step(state: Any, value: Any) -> Any:
        update, state = real.update(lr, state, value=value)
        return state, update

    _, used = jax.lax.scan(step, real.init(lr), jnp.asarray(spec["metric"], float))
    return [float(rate) for rate in used]


def agrees(spec: Spec, ours: Any, real: list[float]) -> bool:
    """Return whether two runs agree to 1e-9, or to 1e-13 of the peak for tiny rates."""
    del spec
    peak = max((abs(rate) for rate in real), default=0.0)
    pairs = zip(ours, real, strict=True)
    return all(
        abs(a - b) <= (1e-9 * abs(b) if abs(b) > 1e-6 * peak else 1e-13 * peak) for a, b in pairs
    )


def agrees_in_float32(spec: Spec, ours: Any, real: list[float]) -> bool:
    """Return whether two runs agree to float32's error, which a power below 1 makes larger."""
    del spec
    peak = max((abs(rate) for rate in real), default=0.0)
    return all(abs(a - b) <= 1e-4 * abs(b) + 1e-4 * peak for a, b in zip(ours, real, strict=True))
