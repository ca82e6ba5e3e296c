"""The findings of lrviz's own schedules, each with an example."""

from __future__ import annotations

from lrviz.core.findings import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "falling-warm-up",
        "The warm-up starts above the rate that it goes to, so the rate falls.",
        {"schedule": "lrviz.rex", "total_steps": 100, "warmup_init_lr": 0.5, "lr": 0.1},
    ),
    Rule(
        "rises",
        "The floor is above the rate before the decay, so the rate rises to it.",
        {"schedule": "lrviz.rex", "total_steps": 100, "min_lr": 0.5, "lr": 0.1},
    ),
)
