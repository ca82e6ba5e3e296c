"""The findings of lrviz's own schedules, each with an example."""

from __future__ import annotations

from lrviz.core.findings import Rule, shared_rule

RULES: tuple[Rule, ...] = (
    shared_rule(
        "falling-warm-up",
        {"schedule": "lrviz.rex", "total_steps": 100, "warmup_init_lr": 0.5, "lr": 0.1},
    ),
    Rule(
        "rises",
        "The floor is above the rate before the decay, so the rate rises to it.",
        {"schedule": "lrviz.rex", "total_steps": 100, "min_lr": 0.5, "lr": 0.1},
    ),
)
