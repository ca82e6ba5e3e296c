"""The findings of GPT-NeoX's schedules, each with an example."""

from __future__ import annotations

from lrviz.core.findings import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "short-warm-up",
        "The warm-up is shorter than a step, and the first rate is above lr.",
        {"schedule": "neox.cosine", "lr_decay_iters": 50},
    ),
)
