"""Record what transformers' own Trainer makes of random TrainingArguments.

`python tests/oracle/training_arguments.py` needs transformers, accelerate and torch; it writes
`tests/trainers/training_arguments.json`: the version, and configs with the rate of each step.
"""

from __future__ import annotations

import json
import random
from importlib.metadata import version
from pathlib import Path
from typing import Any

Config = dict[str, Any]

RECORDED = Path(__file__).parent.parent / "trainers" / "training_arguments.json"
COUNT, SEED = 60, 36_973
SHAPES = ("linear", "cosine", "1-sqrt")
KWARGS: dict[str, dict[str, tuple[Any, ...]]] = {
    "linear": {},
    "cosine": {"num_cycles": (0.5, 1, 1.7)},
    "cosine_with_restarts": {"num_cycles": (1, 2, 5)},
    "polynomial": {"power": (1, 2, 0.5), "lr_end": (0, 1e-7, 1e-6)},
    "constant": {},
    "constant_with_warmup": {},
    "inverse_sqrt": {"timescale": (5, 100)},
    "cosine_with_min_lr": {"num_cycles": (0.5, 1)},
    "cosine_warmup_with_min_lr": {"warmup_lr_rate": (0.1, 0.01)},
    "warmup_stable_decay": {
        "num_stable_steps": (0, 10),
        "warmup_type": SHAPES,
        "decay_type": SHAPES,
        "min_lr_ratio": (0, 0.1),
    },
}
"""Each type of schedule, and values of the keyword arguments that it may have."""
NEEDED: dict[str, tuple[Config, ...]] = {
    "cosine_with_min_lr": ({"min_lr": 1e-6}, {"min_lr_rate": 0.1}),
    "cosine_warmup_with_min_lr": ({"min_lr": 1e-6}, {"min_lr_rate": 0.5}),
    "warmup_stable_decay": ({"num_decay_steps": 7}, {"num_decay_steps": 20}),
}
"""Keyword arguments of which a type needs one set."""


def random_config(rng: random.Random, name: str) -> Config:
    """Return the arguments of a run with a type of schedule."""
    kwargs = {key: rng.choice(values) for key, values in KWARGS[name].items() if rng.random() < 0.5}
    kwargs |= rng.choice(NEEDED.get(name, ({},)))
    config: Config = {"lr_scheduler_type": name, "max_steps": rng.randint(30, 60)}
    config |= {"lr_scheduler_kwargs": kwargs} if kwargs else {}
    if rng.random() < 0.8:
        config["learning_rate"] = rng.choice([3e-4, rng.uniform(1e-5, 1e-2)])
    if rng.random() < 0.7:
        config["warmup_steps"] = rng.choice([0, 1, rng.randint(2, 20), 0.1, rng.uniform(0.01, 0.4)])
    return config


def rates(config: Config) -> list[float]:
    """Return the rates of the steps of a run, as `Trainer.create_scheduler` makes its schedule."""
    from torch import nn, optim, zeros
    from transformers import Trainer, TrainingArguments

    arguments = TrainingArguments(use_cpu=True, report_to=[], **json.loads(json.dumps(config)))
    optimizer = optim.SGD([nn.Parameter(zeros(1))], lr=arguments.learning_rate)
    trainer = Trainer.__new__(Trainer)
    trainer.args, trainer.optimizer, trainer.lr_scheduler = arguments, optimizer, None
    scheduler = trainer.create_scheduler(arguments.max_steps, optimizer)
    result = []
    for _ in range(arguments.max_steps):
        result.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return result


def main() -> None:
    """Write the runs of random arguments, each type of schedule equally often."""
    rng = random.Random(SEED)
    configs = [random_config(rng, name) for _ in range(COUNT // len(KWARGS)) for name in KWARGS]
    runs = [{"config": config, "rates": rates(config)} for config in configs]
    lines = ",\n".join(json.dumps(run) for run in runs)
    text = f'{{"transformers": "{version("transformers")}", "runs": [\n{lines}\n]}}\n'
    RECORDED.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
