"""Write logs of runs that went right and wrong, by really stepping the frameworks' schedulers.

    python tests/audits/make_logs.py FOLDER [COUNT] [SEED]
    python tests/audits/make_logs.py --record

Each log has a line in FOLDER/index.jsonl: its file, the plan, and the mistake that was made;
tests/audits/measure_audits.py then counts how many are explained rightly. With --record the
shortest logs of each mistake go to recorded.jsonl, which the tests read.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers
from torch.optim import lr_scheduler as schedulers

warnings.simplefilter("ignore")
Make = Callable[[torch.optim.Optimizer, int, int], Any]
MISTAKES = (
    "as-planned", "shifted", "never-stepped", "stepped-per-epoch", "stepped-n-times",
    "stepped-per-n", "scaled", "skipped", "restarted", "resumed", "other-length", "other-warmup",
    "scaled+other-length",
)  # fmt: skip


LEVEL = ("torch.StepLR", "torch.MultiStepLR", "transformers.constant_with_warmup")
"""Schedules that hold their rate for so long that several mistakes give the same log."""
LENGTHS = ("other-length", "scaled+other-length", "resumed")
LENGTHLESS = ("step", "multi-step", "exponential", "restarts", "hf-constant", "hf-inverse")


class Plan:
    """A schedule of a framework: how it is made for a length and a warm-up, and its spec."""

    def __init__(self, make: Make, spec: Callable[[int, int], dict[str, Any]], warms: bool) -> None:
        self.make, self.spec, self.warms = make, spec, warms


def hf(name: str, spec: str, **options: Any) -> Plan:
    function = getattr(transformers, f"get_{name}_schedule_with_warmup")
    return Plan(
        lambda o, total, warmup: function(o, warmup, total, **options),
        lambda total, warmup: {
            "schedule": spec,
            "num_warmup_steps": warmup,
            "num_training_steps": total,
            **options,
        },
        True,
    )


def torch_sequence(optimizer: Any, total: int, warmup: int) -> Any:
    first = schedulers.LinearLR(optimizer, 0.01, 1.0, warmup)
    second = schedulers.CosineAnnealingLR(optimizer, total - warmup)
    return schedulers.SequentialLR(optimizer, [first, second], [warmup])


def stairs(name: str, arguments: Callable[[int], dict[str, Any]], cls: Any) -> Plan:
    return Plan(
        lambda o, total, _: cls(o, **arguments(total)),
        lambda total, _: {"schedule": name, **arguments(total)},
        False,
    )


PLANS = {
    "step": stairs("torch.StepLR", lambda total: {"step_size": max(total // 6, 1), "gamma": 0.5},
                   schedulers.StepLR),
    "multi-step": stairs("torch.MultiStepLR",
                         lambda total: {"milestones": [total // 3, total * 2 // 3], "gamma": 0.2},
                         schedulers.MultiStepLR),
    "exponential": stairs("torch.ExponentialLR", lambda total: {"gamma": 0.02 ** (1 / total)},
                          schedulers.ExponentialLR),
    "restarts": stairs("torch.CosineAnnealingWarmRestarts", lambda total: {"T_0": total // 5},
                       schedulers.CosineAnnealingWarmRestarts),
    "hf-constant": Plan(
        lambda o, total, warmup: transformers.get_constant_schedule_with_warmup(o, warmup),
        lambda total, warmup: {"schedule": "transformers.constant_with_warmup",
                               "num_warmup_steps": warmup},
        True,
    ),
    "hf-inverse": Plan(
        lambda o, total, warmup: transformers.get_inverse_sqrt_schedule(o, warmup),
        lambda total, warmup: {"schedule": "transformers.inverse_sqrt",
                               "num_warmup_steps": warmup},
        True,
    ),
    "hf-restarts": Plan(
        lambda o, total, warmup: (
            transformers.get_cosine_with_hard_restarts_schedule_with_warmup(o, warmup, total, 3)
        ),
        lambda total, warmup: {"schedule": "transformers.cosine_with_restarts",
                               "num_warmup_steps": warmup, "num_training_steps": total,
                               "num_cycles": 3},
        True,
    ),
    "hf-linear": hf("linear", "transformers.linear"),
    "hf-cosine": hf("cosine", "transformers.cosine"),
    "hf-polynomial": hf("polynomial_decay", "transformers.polynomial", power=2.0),
    "cosine": Plan(
        lambda o, total, _: schedulers.CosineAnnealingLR(o, total, 1e-6),
        lambda total, _: {"schedule": "torch.CosineAnnealingLR", "T_max": total, "eta_min": 1e-6},
        False,
    ),
    "linear": Plan(
        lambda o, total, _: schedulers.LinearLR(o, 1.0, 0.1, total),
        lambda total, _: {"schedule": "torch.LinearLR", "start_factor": 1.0, "end_factor": 0.1,
                          "total_iters": total},
        False,
    ),
    "polynomial": Plan(
        lambda o, total, _: schedulers.PolynomialLR(o, total, 0.9),
        lambda total, _: {"schedule": "torch.PolynomialLR", "total_iters": total, "power": 0.9},
        False,
    ),
    "one-cycle": Plan(
        lambda o, total, _: schedulers.OneCycleLR(o, 0.01, total),
        lambda total, _: {"schedule": "torch.OneCycleLR", "max_lr": 0.01, "total_steps": total},
        False,
    ),
    "sequence": Plan(
        torch_sequence,
        lambda total, warmup: {
            "schedule": "torch.SequentialLR",
            "schedules": [
                {"schedule": "LinearLR", "start_factor": 0.01, "end_factor": 1.0,
                 "total_iters": warmup},
                {"schedule": "CosineAnnealingLR", "T_max": total - warmup},
            ],
            "milestones": [warmup],
        },
        True,
    ),
}  # fmt: skip


class Loop:
    """A run: an optimizer at a rate, its scheduler, and the rate that each step used."""

    def __init__(self, plan: Plan, lr: float, total: int, warmup: int) -> None:
        parameter = torch.nn.Parameter(torch.zeros(1))
        self.optimizer = torch.optim.SGD([parameter], lr)
        self.scheduler = plan.make(self.optimizer, total, warmup)
        self.used: list[float] = []

    @property
    def rate(self) -> float:
        return float(self.optimizer.param_groups[0]["lr"])

    def step(self, ticks: int = 1) -> None:
        self.used.append(self.rate)
        self.optimizer.step()
        for _ in range(ticks):
            self.scheduler.step()


def run(  # noqa: PLR0912
    mistake: str, plan: Plan, lr: float, total: int, warmup: int, rng: random.Random
) -> tuple[list[float], dict[str, Any], dict[str, Any]]:
    """Return the rates of a run, the mistake's parameters, and the keys of its plan's run."""
    params: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    factor, length, ramp = 1.0, total, warmup
    if "scaled" in mistake:
        factor = params["factor"] = rng.choice([2.0, 0.5, 4.0, 8.0, 0.1, 1.5, 0.25])
    if "other-length" in mistake:
        length = params["total"] = int(total * rng.choice([0.45, 0.7, 1.3, 1.7, 2.5]))
    if mistake == "other-warmup":
        ramp = params["steps"] = int(warmup * rng.choice([0.5, 2, 3])) or 1
    loop = Loop(plan, lr * factor, length, ramp)
    steps = min(total, length)
    n = rng.choice([2, 3, 4, 8])
    if mistake == "stepped-n-times":
        steps = min(steps, max(total // n, 3)) if rng.random() < 0.5 else steps
        params["n"] = n
    if mistake == "stepped-per-n":
        params["n"] = n = rng.choice([2, 4, 8, 16])
    if mistake == "stepped-per-epoch":
        extra["steps_per_epoch"] = n = max(total // rng.choice([5, 10, 30]), 2)
    at = int(total * rng.uniform(0.2, 0.7))
    lost = set(rng.sample(range(2, total - 2), min(rng.choice([3, 5, 8]), total - 5)))
    for step in range(steps):
        ticks = 1
        if mistake == "never-stepped":
            ticks = 0
        elif mistake == "stepped-n-times":
            ticks = n
        elif mistake in ("stepped-per-n", "stepped-per-epoch"):
            ticks = int((step + 1) % n == 0)
        elif mistake == "skipped":
            ticks = int(step not in lost)
            params["count"] = len(lost)
        elif mistake in ("restarted", "resumed") and step == at:
            params["at"] = at
            used = loop.used
            if mistake == "restarted":
                loop = Loop(plan, lr, total, warmup)
            else:
                params["total"] = other = int(total * rng.choice([1.3, 1.6, 2.0]))
                loop = Loop(plan, lr, other, warmup)
                for _ in range(at):
                    loop.step()
            loop.used = used
        try:
            loop.step(ticks)
        except ValueError:  # the scheduler has no further step
            break
    rates = loop.used
    if mistake == "shifted":
        params["by"] = by = rng.choice([-1, 1])
        rates = [*rates[1:], loop.rate] if by == 1 else [rates[0], *rates[:-1]]
    return rates, params, extra


def shown(
    mistake: str, params: dict[str, Any], rates: list[float], planned: list[float]
) -> tuple[str, dict[str, Any]]:
    """Return the mistake that the rates of a log show, beside those of the plan at its rows.

    Where no row differs the log follows the plan, and where none moves it has no number of steps
    a tick: nobody can tell from it that another mistake was made.
    """
    if rates == planned[: len(rates)]:
        return "as-planned", {}
    if mistake == "stepped-per-n" and len(set(rates)) == 1:
        return "never-stepped", {}
    return mistake, params


def rounded(rate: float, digits: int) -> float:
    return rate if not digits else float(f"{rate:.{digits - 1}e}")


def main(folder: Path, count: int, seed: int) -> None:
    rng = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    while len(lines) < count:
        mistake = MISTAKES[len(lines) % len(MISTAKES)]
        name = rng.choice(list(PLANS))
        plan = PLANS[name]
        if mistake == "other-warmup" and not plan.warms:
            continue
        if name in LENGTHLESS and mistake in LENGTHS:
            continue
        if "scaled" in mistake and name == "one-cycle":
            continue
        total = rng.choice([60, 120, 300, 1000, 3000])
        warmup = max(int(total * rng.choice([0.05, 0.1, 0.2])), 2) if plan.warms else 0
        lr = rng.choice([1e-3, 3e-4, 2e-5, 0.1])
        rates, params, extra = run(mistake, plan, lr, total, warmup, rng)
        gap = rng.choice([g for g in (1, 1, 5, 7, 10, 50, 100) if g * 20 <= len(rates)] or [1])
        digits = rng.choice([0, 0, 4, 5, 6])
        kind = rng.choice(["csv", "csv", "jsonl", "state"])
        if kind == "state" and params.get("by") == 1:  # what such a log has by an old convention
            mistake, params = "as-planned", {}
        first = gap - 1 if kind == "state" else 0
        planned, _, _ = run("as-planned", plan, lr, total, warmup, random.Random(0))
        mistake, params = shown(
            mistake,
            params,
            [rounded(rate, digits) for rate in rates[first::gap]],
            [rounded(rate, digits) for rate in planned[first::gap]],
        )
        number = f"{len(lines):03d}-{mistake.replace('+', '-and-')}"
        if kind == "state":
            rows = [
                {"step": step, "learning_rate": rounded(rates[step - 1], digits), "loss": 1.0}
                for step in range(gap, len(rates) + 1, gap)
            ]
            path = folder / f"{number}.json"
            path.write_text(json.dumps({"global_step": len(rates), "log_history": rows}))
        elif kind == "jsonl":
            path = folder / f"{number}.jsonl"
            with path.open("w") as file:
                for step in range(0, len(rates), gap):
                    rate = rounded(rates[step], digits)
                    file.write(json.dumps({"step": step, "lr": rate}) + "\n")
        else:
            path = folder / f"{number}.csv"
            with path.open("w") as file:
                file.write("step,lr\n")
                for step in range(0, len(rates), gap):
                    file.write(f"{step},{rounded(rates[step], digits)!r}\n")
        spec = {**plan.spec(total, warmup), "lr": lr, "steps": total, **extra}
        lines.append({"file": path.name, "plan": spec, "id": mistake, "params": params})
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "index.jsonl").write_text(text)


def write_shipped_log() -> None:
    """Write the log of the gallery's run: four processes, each of which steps the scheduler."""
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], 0.1)
    warmup = schedulers.LinearLR(optimizer, 0.01, 1.0, 100)
    cosine = schedulers.CosineAnnealingLR(optimizer, 900)
    scheduler = schedulers.SequentialLR(optimizer, [warmup, cosine], [100])
    rows = ["step,lr"]
    for step in range(1000):
        if step % 10 == 0:
            rows.append(f"{step},{optimizer.param_groups[0]['lr']:.5e}")
        optimizer.step()
        for _ in range(4):
            scheduler.step()
    path = Path(__file__).parents[2] / "configs" / "mistakes" / "four-processes.csv"
    path.write_text("\n".join(rows) + "\n")


def record(folder: Path, most: int = 2) -> None:
    main(folder, 260, 3)
    kept: dict[str, list[dict[str, Any]]] = {}
    items = [json.loads(line) for line in (folder / "index.jsonl").open()]
    contents = {item["file"]: (folder / item["file"]).read_text() for item in items}
    for item in sorted(items, key=lambda item: len(contents[item["file"]])):
        if item["plan"]["schedule"] in LEVEL:
            continue
        own = kept.setdefault(item["id"], [])
        schedules = [other["plan"]["schedule"] for other in own]
        long_enough = len(contents[item["file"]].splitlines()) > 20 or "state" in item["file"]
        if len(own) < most and item["plan"]["schedule"] not in schedules and long_enough:
            own.append({**item, "content": contents[item["file"]]})
    text = "".join(json.dumps(item) + "\n" for own in kept.values() for item in own)
    (Path(__file__).parent / "recorded.jsonl").write_text(text)


if __name__ == "__main__":
    if sys.argv[1:] == ["--record"]:
        with tempfile.TemporaryDirectory() as name:
            record(Path(name))
        write_shipped_log()
    else:
        numbers = [int(word) for word in sys.argv[2:4]]
        main(Path(sys.argv[1]), *(numbers + [520, 0][len(numbers) :]))
