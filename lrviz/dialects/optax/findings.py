"""The findings of optax' schedules, each with an example."""

from __future__ import annotations

from lrviz.core.findings import Rule, shared_rule

LINEAR = {
    "schedule": "optax.linear_schedule",
    "init_value": 0.1,
    "end_value": 0.0,
    "transition_steps": 100,
}
EXPONENTIAL = {
    "schedule": "optax.exponential_decay",
    "init_value": 0.1,
    "transition_steps": 20,
    "decay_rate": 0.5,
}
COSINE = {"schedule": "optax.cosine_decay_schedule", "init_value": 0.1, "decay_steps": 100}
WARMUP_COSINE = {
    "schedule": "optax.warmup_cosine_decay_schedule",
    "init_value": 0.0,
    "peak_value": 0.1,
    "warmup_steps": 10,
    "decay_steps": 100,
}
ONE_CYCLE = {
    "schedule": "optax.linear_onecycle_schedule",
    "transition_steps": 100,
    "peak_value": 0.1,
}
PLATEAU = {"schedule": "optax.reduce_on_plateau", "metric": [1.0, 0.9, 0.9]}

RULES: tuple[Rule, ...] = (
    shared_rule(
        "never-changes",
        {**LINEAR, "transition_steps": 0},
    ),
    shared_rule("negative-steps", {**LINEAR, "transition_begin": -10}),
    shared_rule(
        "grows",
        {**EXPONENTIAL, "decay_rate": 1.5},
    ),
    shared_rule(
        "nan-under-jit",
        {**LINEAR, "schedule": "optax.polynomial_schedule", "power": 0.9, "transition_steps": 3},
    ),
    shared_rule(
        "changes-sign",
        {**EXPONENTIAL, "decay_rate": -0.5, "staircase": True},
    ),
    shared_rule(
        "unused-parameter",
        {**WARMUP_COSINE, "peak_value": 0.0, "end_value": 0.1},
    ),
    shared_rule(
        "rises",
        {**COSINE, "alpha": 2.0},
    ),
    shared_rule(
        "falling-warm-up",
        {**WARMUP_COSINE, "init_value": 0.5},
    ),
    Rule(
        "repeated-milestones",
        "Two phases end at the same step; the library uses only the factor of the later one.",
        {**ONE_CYCLE, "pct_start": 0.85},
    ),
    Rule(
        "unsorted-milestones",
        "The boundaries are not in ascending order.",
        {**ONE_CYCLE, "pct_start": 0.9},
    ),
    Rule(
        "patience",
        "The patience, or what counts as an improvement, does not mean what its number suggests.",
        {**PLATEAU, "patience": 0},
    ),
)
