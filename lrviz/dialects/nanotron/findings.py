"""The findings of nanotron's schedule, each with an example."""

from __future__ import annotations

from lrviz.core.findings import Rule

SCHEDULE = {"schedule": "nanotron.learning_rate_scheduler", "train_steps": 100}

RULES: tuple[Rule, ...] = (
    Rule(
        "squared-rate",
        "Without a warm-up and a decay the library multiplies the rate by itself.",
        {**SCHEDULE, "lr_decay_steps": 0},
    ),
    Rule(
        "short-decay",
        "The steps of the decay are not given, and the warm-up is taken off them twice.",
        {**SCHEDULE, "lr_warmup_steps": 10, "lr_decay_starting_step": 80, "min_decay_lr": 0.0},
    ),
    Rule(
        "no-decay",
        "The decay ends at the rate at which it starts.",
        {**SCHEDULE, "lr_warmup_steps": 10},
    ),
)
