"""The findings of Lightning's schedule, each with an example."""

from __future__ import annotations

from lrviz.core.findings import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "rises",
        "The floor is above lr, so that the rate rises.",
        {
            "schedule": "lightning.LinearWarmupCosineAnnealingLR",
            "warmup_epochs": 10,
            "max_epochs": 100,
            "eta_min": 0.5,
            "lr": 0.1,
        },
    ),
)
