"""lrviz's own dialect a second time: scalar Python from the papers and the reference code.

There is no library to ask. Each schedule is written again step by step, in the form of its source
(fairseq's stages, nanoGPT's get_lr, the papers' cases); where a schedule of transformers draws the
same shape, the second implementation must agree with that one too.
"""

from __future__ import annotations

import math
import random
from fractions import Fraction
from typing import Any

Spec = dict[str, Any]
LIBRARY = "lrviz"
SHAPES = ["linear", "cosine", "exponential", "1-sqrt"]
NAMES = [
    "warmup_stable_decay", "trapezoid", "tri_stage", "cosine_with_floor", "rex", "noam",
    "inverse_sqrt", "power", "lr_range_test", "piecewise",
]  # fmt: skip


def length(rng: random.Random, total: int, most: float = 0.5) -> Any:
    """Return steps or a share; now and then 0 or all of the run."""
    if rng.random() < 0.15:
        return rng.choice([0, "0%", total, "100%", 1])
    if rng.random() < 0.5:
        return rng.randint(0, int(total * most))
    return rng.choice(["10%", "33.3%", "29 %", f"{rng.uniform(0, 100 * most):.3f}%"])


def floor_rate(rng: random.Random) -> Any:
    return rng.choice([0.0, 0, "10%", "0%", "0.5%", 1e-4, rng.uniform(0, 0.2)])


def some(rng: random.Random, given: Spec) -> Spec:
    """Return the parameters, now and then without one, so that its default counts."""
    keep = {key: value for key, value in given.items() if rng.random() < 0.85}
    return {**keep, **{key: given[key] for key in ("total_steps", "phases") if key in given}}


def random_spec(rng: random.Random) -> Spec:
    """Return a random spec, one in several of which must be refused."""
    name, total = rng.choice(NAMES), rng.choice([1, 2, 7, rng.randint(3, 130)])
    init = rng.choice([0.0, 1e-3, rng.uniform(0, 0.5)])
    given = some(rng, {**in_phases(rng, total, init), **without_end(rng, init)}[name]())
    if name in ("noam", "inverse_sqrt"):
        given.setdefault("warmup_steps", rng.randint(1, 90))
    lr = rng.choice([0.1, 1.0, rng.uniform(1e-4, 1)])
    return {"schedule": f"lrviz.{name}", **given, "lr": lr, "steps": 160}


def in_phases(rng: random.Random, total: int, init: float) -> dict[str, Any]:
    """Return makers of parameters for the schedules over total_steps."""
    run = {"total_steps": total, "warmup_steps": length(rng, total)}
    decay = {"decay_steps": length(rng, total), "decay_shape": rng.choice(SHAPES)}
    maybe = {"decay_steps": rng.choice([None, length(rng, total)])}
    floored = {"min_lr": floor_rate(rng), "warmup_init_lr": init}
    return {
        "warmup_stable_decay": lambda: {**run, **decay, **floored},
        "trapezoid": lambda: {**run, "decay_steps": length(rng, total)},
        "tri_stage": lambda: {
            **{**run, **maybe, "hold_steps": length(rng, total)},
            "init_lr_scale": rng.choice([0.0, 0.01, rng.random()]),
            "final_lr_scale": rng.choice([0.01, 1.0, rng.random(), 0.0]),
        },
        "cosine_with_floor": lambda: {**run, **maybe, **floored},
        "rex": lambda: {**run, **floored},
        "power": lambda: {
            **{**run, **decay, **floored},
            "a": rng.choice([4.0, rng.uniform(0.01, 10)]),
            "b": rng.choice([-0.51, -1.0, 0.0, rng.uniform(-2, 0), rng.uniform(0, 0.1)]),
            "batch_size": rng.randint(1, 2048),
            "sequence_length": rng.randint(1, 8192),
        },
        "lr_range_test": lambda: {
            "min_lr": rng.choice([0.0, 1e-7, rng.uniform(0, 1)]),
            "max_lr": rng.choice([10.0, rng.uniform(0.001, 1)]),
            "total_steps": total,
            "shape": rng.choice(["exponential", "linear"]),
        },
        "piecewise": lambda: {
            "total_steps": total,
            "phases": [phase(rng, total) for _ in range(rng.randint(1, 5))],
            "start": rng.choice([0.0, 0.01, rng.random()]),
        },
    }


def without_end(rng: random.Random, init: float) -> dict[str, Any]:
    """Return makers of parameters for the schedules that know no total_steps."""
    return {
        "noam": lambda: {
            "d_model": rng.randint(1, 2048),
            "warmup_steps": 0 if rng.random() < 0.05 else rng.randint(1, 200),
            "factor": rng.choice([1.0, 2.0, rng.uniform(0, 5)]),
        },
        "inverse_sqrt": lambda: {
            "warmup_steps": rng.randint(0, 90) if rng.random() < 0.8 else 0,
            "warmup_init_lr": init,
            "timescale": rng.choice([None, rng.randint(1, 300)]),
        },
    }


def phase(rng: random.Random, total: int) -> Spec:
    curve = rng.choice(["linear", "cosine", "exponential", "polynomial", "1-sqrt", "constant"])
    given: Spec = {"to": rng.choice([0.0, 1.0, 0.1, rng.uniform(0.01, 2), rng.random()])}
    if rng.random() < 0.6:
        given["steps"] = length(rng, total, 0.35)
    if rng.random() < 0.8:
        given["curve"] = curve
    if curve == "polynomial" and rng.random() < 0.6:
        given["power"] = rng.choice([0.5, 1.0, 3.0, rng.uniform(0.1, 4)])
    return given


def steps_exactly(given: Any, total: int) -> Fraction:
    if isinstance(given, str):
        return Fraction(given.strip().rstrip("%").strip()) * total / 100
    return Fraction(given)


def steps_of(given: Any, total: int) -> int:
    return math.floor(steps_exactly(given, total))


def rate_of(given: Any, lr: float) -> float:
    return lr * float(given.rstrip("%")) / 100 if isinstance(given, str) else float(given)


def require(holds: bool) -> None:
    """Refuse the spec."""
    if not holds:
        raise ValueError("refused")


def fall(shape: str, top: float, bottom: float, x: float) -> float:
    """Return the rate at fraction x of a decay, each shape in the form of its paper."""
    if shape == "linear":
        return top * (1 - x) + bottom * x
    if shape == "cosine":
        return bottom + 0.5 * (top - bottom) * (1 + math.cos(math.pi * x))
    if shape == "1-sqrt":
        return bottom + (top - bottom) * (1 - math.sqrt(x))
    return top * (bottom / top) ** x


def stable(p: Spec, lr: float, t: int) -> float:
    """MiniCPM's and Hägele's cases."""
    total, shape = p["total_steps"], p.get("decay_shape", "1-sqrt")
    up = steps_of(p.get("warmup_steps", "10%"), total)
    down = steps_of(p.get("decay_steps", "20%"), total)
    bottom, first = rate_of(p.get("min_lr", 0.0), lr), p.get("warmup_init_lr", 0.0)
    require(up + down <= total and not (shape == "exponential" and bottom == 0))
    if t < up:
        return first + (lr - first) * t / up
    if t <= total - down or down == 0:
        return lr
    return bottom if t >= total else fall(shape, lr, bottom, (t - (total - down)) / down)


def trapezoid(p: Spec, lr: float, t: int) -> float:
    total = p["total_steps"]
    up = steps_of(p.get("warmup_steps", "10%"), total)
    down = steps_of(p.get("decay_steps", "20%"), total)
    require(up + down <= total)
    rise = t / up if up else 1.0
    drop = max(0.0, (total - t) / down) if down else 1.0
    return lr * min(1.0, rise, drop)


def tri_stage(p: Spec, lr: float, t: int) -> float:
    """fairseq's _decide_stage and step_update."""
    total = p["total_steps"]
    up, hold = (steps_of(p.get(k, d), total) for k, d in (("warmup_steps", "10%"),
                                                          ("hold_steps", "40%")))  # fmt: skip
    given = p.get("decay_steps")
    down = total - up - hold if given is None else steps_of(given, total)
    scale = p.get("final_lr_scale", 0.01)
    require(down >= 0 and up + hold + down <= total and 0 < scale <= 1)
    init_lr = p.get("init_lr_scale", 0.01) * lr
    if t < up:
        return init_lr + (lr - init_lr) / up * t
    if t < up + hold or down == 0:
        return lr
    if t <= up + hold + down:
        return lr * math.exp(math.log(scale) / down * (t - up - hold))
    return scale * lr


def get_lr(p: Spec, lr: float, it: int) -> float:
    """nanoGPT's get_lr."""
    total = p["total_steps"]
    warmup_iters = steps_of(p.get("warmup_steps", "10%"), total)
    given = p.get("decay_steps")
    decay_iters = total if given is None else warmup_iters + steps_of(given, total)
    require(warmup_iters <= total and decay_iters <= total)
    min_lr, first = rate_of(p.get("min_lr", "10%"), lr), p.get("warmup_init_lr", 0.0)
    if it < warmup_iters:
        return first + (lr - first) * it / warmup_iters
    if decay_iters == warmup_iters:
        return lr
    if it > decay_iters:
        return min_lr
    coeff = 0.5 * (1.0 + math.cos(math.pi * (it - warmup_iters) / (decay_iters - warmup_iters)))
    return min_lr + coeff * (lr - min_lr)


def rex(p: Spec, lr: float, t: int) -> float:
    total = p["total_steps"]
    up, first = steps_of(p.get("warmup_steps", 0), total), p.get("warmup_init_lr", 0.0)
    bottom = rate_of(p.get("min_lr", 0.0), lr)
    require(up <= total)
    if t < up:
        return first + (lr - first) * t / up
    if up == total:
        return lr
    z = min(1.0, (t - up) / (total - up))
    return bottom + (lr - bottom) * ((1 - z) / (0.5 + 0.5 * (1 - z)))


def noam(p: Spec, lr: float, t: int) -> float:
    step, warm = t + 1, p["warmup_steps"]
    require(warm > 0)
    size = p.get("d_model", 512) ** -0.5
    return p.get("factor", 1.0) * size * min(step**-0.5, step * warm**-1.5)


def inverse_sqrt(p: Spec, lr: float, t: int) -> float:
    """fairseq's step_update; with a timescale, big_vision's and transformers' form."""
    up, scale, first = p["warmup_steps"], p.get("timescale"), p.get("warmup_init_lr", 0.0)
    require(up > 0 or scale is not None)
    if t < up:
        return first + t * (lr - first) / up
    if scale is None:
        return lr * up**0.5 * t**-0.5
    return lr / math.sqrt((t + scale - up) / scale)


def power(p: Spec, lr: float, t: int) -> float:
    """The paper's three cases, in tokens n."""
    total, batch = p["total_steps"], p.get("batch_size", 1024)
    up = steps_of(p.get("warmup_steps", "1%"), total)
    down = steps_of(p.get("decay_steps", "10%"), total)
    bottom, first = rate_of(p.get("min_lr", 0.0), lr), p.get("warmup_init_lr", 0.0)
    shape, a, b = p.get("decay_shape", "linear"), p.get("a", 4.0), p.get("b", -0.51)
    require(up + down <= total and b <= 0 and not (shape == "exponential" and bottom == 0))

    def eta(step: int) -> float:
        n = step * batch * p.get("sequence_length", 4096)
        return lr if n == 0 and b < 0 else min(lr, batch * a * n**b)

    if t < up:
        return first + (eta(up) - first) * t / up
    last = total - down
    if t <= last or down == 0:
        return eta(min(t, total))
    return bottom if t >= total else fall(shape, eta(last), bottom, (t - last) / down)


def range_test(p: Spec, lr: float, t: int) -> float:
    low, high, shape = p.get("min_lr", 1e-7), p.get("max_lr", 10.0), p.get("shape", "exponential")
    require(high > low and not (shape == "exponential" and low == 0))
    pos = min(1.0, t / p["total_steps"])
    return low + (high - low) * pos if shape == "linear" else low * (high / low) ** pos


def piecewise(p: Spec, lr: float, t: int) -> float:
    """Walk along the phases until the one that holds t."""
    total, phases, at = p["total_steps"], p["phases"], p.get("start", 0.0)
    given = [steps_exactly(each["steps"], total) for each in phases if "steps" in each]
    rest, free = total - sum(given), len(phases) - len(given)
    require(rest >= max(free, 0))
    levels = [at, *(each["to"] for each in phases)]
    for level, each in zip(levels, phases, strict=False):
        exponential = each.get("curve") == "exponential"
        require(not (exponential and 0 in (level, each["to"])))
        require("power" not in each or each.get("curve") == "polynomial")
    edge, begin, rate = Fraction(0), 0, None
    for each in phases:
        edge += steps_exactly(each["steps"], total) if "steps" in each else Fraction(rest, free)
        end, to, curve = math.floor(edge), each["to"], each.get("curve", "linear")
        if begin <= t < end:
            x = (t - begin) / (end - begin)
            if curve == "constant":
                rate = to
            elif curve == "polynomial":
                rate = to + (at - to) * (1 - x) ** each.get("power", 2.0)
            else:
                rate = fall(curve, at, to, x)
        begin, at = end, to
    return lr * (at if rate is None else rate)


SECOND = {
    "warmup_stable_decay": stable, "trapezoid": trapezoid, "tri_stage": tri_stage,
    "cosine_with_floor": get_lr, "rex": rex, "noam": noam, "inverse_sqrt": inverse_sqrt,
    "power": power, "lr_range_test": range_test, "piecewise": piecewise,
}  # fmt: skip


def twin(name: str, p: Spec, lr: float) -> Any:
    """Return transformers' factor on lr as a function of the step, where it draws the same."""
    makers = {
        "inverse_sqrt": twin_inverse_sqrt,
        "cosine_with_floor": twin_cosine,
        "warmup_stable_decay": twin_stable,
    }
    if name not in makers or p.get("warmup_init_lr", 0.0):
        return None
    return makers[name](p, lr)


def twin_inverse_sqrt(p: Spec, lr: float) -> Any:
    from transformers.optimization import get_inverse_sqrt_schedule

    made = get_inverse_sqrt_schedule(optimizer(lr), p["warmup_steps"], p.get("timescale"))
    return made.lr_lambdas[0]


def twin_cosine(p: Spec, lr: float) -> Any:
    from transformers.optimization import get_cosine_with_min_lr_schedule_with_warmup

    total = p["total_steps"]
    up = steps_of(p.get("warmup_steps", "10%"), total)
    if up == total or p.get("decay_steps") is not None:
        return None
    low = rate_of(p.get("min_lr", "10%"), lr)
    made = get_cosine_with_min_lr_schedule_with_warmup(optimizer(lr), up, total, min_lr=low)
    return lambda t: made.lr_lambdas[0](min(t, total))  # past the end transformers climbs again


def twin_stable(p: Spec, lr: float) -> Any:
    from transformers.optimization import get_wsd_schedule

    total, shape = p["total_steps"], p.get("decay_shape", "1-sqrt")
    up = steps_of(p.get("warmup_steps", "10%"), total)
    down = steps_of(p.get("decay_steps", "20%"), total)
    low = rate_of(p.get("min_lr", 0.0), lr) / lr
    if shape == "exponential" or down == 0 or (up and low):
        return None  # transformers' warm-up begins at min_lr; without a decay it jumps there
    made = get_wsd_schedule(
        optimizer(lr), up, down, total, decay_type=shape, min_lr_ratio=low
    )  # fmt: skip
    return made.lr_lambdas[0]


def optimizer(lr: float) -> Any:
    """Return an optimizer of torch, which transformers wants to see."""
    import torch

    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)


def rates(spec: Spec) -> list[float]:
    """Return the second implementation's rates. Raises ValueError for a spec to be refused."""
    p = {key: value for key, value in spec.items() if key not in ("schedule", "lr", "steps")}
    name, lr = spec["schedule"].split(".")[1], spec["lr"]
    if name == "lr_range_test":
        p.setdefault("total_steps", 100)
    second = [SECOND[name](p, lr, t) for t in range(spec["steps"])]
    library = twin(name, p, lr)
    if library is None:
        return second
    real = [lr * library(t) for t in range(spec["steps"])]
    assert agrees(spec, second, real), f"the second implementation is not transformers': {spec}"
    return real


def agrees(spec: Spec, ours: Any, real: list[float]) -> bool:
    """Return whether two runs agree to 1e-9, or to 1e-13 of the peak for tiny rates."""
    del spec
    peak = max((abs(rate) for rate in real), default=0.0)
    pairs = zip(ours, real, strict=True)
    return all(
        abs(a - b) <= (1e-9 * abs(b) if abs(b) > 1e-6 * peak else 1e-13 * peak) for a, b in pairs
    )
