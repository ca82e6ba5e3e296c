"""The findings of NeMo's schedules, each with an example."""

from __future__ import annotations

from lrviz.core.findings import Rule, shared_rule

RULES: tuple[Rule, ...] = (
    shared_rule(
        "rises",
        {"schedule": "nemo.WarmupAnnealing", "max_steps": 100, "min_lr": 0.5, "lr": 0.1},
    ),
)
