"""The findings of Lightning's schedule, each with an example."""

from __future__ import annotations

from lrviz.core.findings import Rule, shared_rule

RULES: tuple[Rule, ...] = (
    shared_rule(
        "rises",
        {
            "schedule": "lightning.LinearWarmupCosineAnnealingLR",
            "warmup_epochs": 10,
            "max_epochs": 100,
            "eta_min": 0.5,
            "lr": 0.1,
        },
    ),
)
