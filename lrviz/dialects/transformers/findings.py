"""The findings of transformers' schedules, each with an example."""

from __future__ import annotations

from lrviz.core.findings import Rule, shared_rule

RUN = {"num_warmup_steps": 10, "num_training_steps": 100}
RULES: tuple[Rule, ...] = (
    Rule(
        "only-warm-up",
        "The warm-up takes the whole run.",
        {"schedule": "transformers.linear", "num_warmup_steps": 100, "num_training_steps": 100},
    ),
    Rule(
        "grows",
        "The rate grows after the warm-up.",
        {"schedule": "transformers.inverse_sqrt", "num_warmup_steps": 10, "timescale": -50},
    ),
    shared_rule(
        "rises",
        {"schedule": "transformers.cosine_with_min_lr", **RUN, "min_lr": 0.5, "lr": 0.1},
    ),
    Rule(
        "clipped",
        "The floor is below 0, and the rate is clipped at 0.",
        {"schedule": "transformers.cosine_with_min_lr", **RUN, "min_lr": -0.1},
    ),
    Rule(
        "unused-parameter",
        "A parameter is ignored because another one decides.",
        {
            "schedule": "transformers.warmup_stable_decay",
            **RUN,
            "num_decay_steps": 20,
            "num_stable_steps": 30,
        },
    ),
    Rule(
        "overlong-phases",
        "Warm-up and decay together are longer than the run.",
        {"schedule": "transformers.warmup_stable_decay", **RUN, "num_decay_steps": 95},
    ),
    Rule(
        "negative-floor",
        "The floor is negative, and so is the last rate.",
        {
            "schedule": "transformers.warmup_stable_decay",
            **RUN,
            "num_decay_steps": 20,
            "min_lr_ratio": -0.1,
        },
    ),
    Rule(
        "never-drops",
        "The lowest rate is above lr, so that the rate is never lowered.",
        {"schedule": "transformers.greedy", "metric": {"simulate": {}}, "lr": 1e-4},
    ),
    Rule(
        "never-rises",
        "The highest rate is below lr, so that the rate is never raised.",
        {"schedule": "transformers.greedy", "metric": {"simulate": {}}, "max_lr": 0.05},
    ),
)
