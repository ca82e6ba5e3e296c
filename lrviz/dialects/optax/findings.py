"""The findings of optax' schedules, each with an example."""

from __future__ import annotations

from lrviz.core.findings import Rule

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
    Rule(
        "never-changes",
        "The parameters keep the rate constant.",
        {**LINEAR, "transition_steps": 0},
    ),
    Rule("negative-steps", "A number of steps is negative.", {**LINEAR, "transition_begin": -10}),
    Rule(
        "grows",
        "The schedule is meant to lower the rate, and its parameters raise it.",
        {**EXPONENTIAL, "decay_rate": 1.5},
    ),
    Rule(
        "nan-under-jit",
        "In a compiled step the rate is nan from the last step of the decay on.",
        {**LINEAR, "schedule": "optax.polynomial_schedule", "power": 0.9, "transition_steps": 3},
    ),
    Rule(
        "changes-sign",
        "A negative factor makes the rate change its sign.",
        {**EXPONENTIAL, "decay_rate": -0.5, "staircase": True},
    ),
    Rule(
        "unused-parameter",
        "The library ignores a parameter beside another one.",
        {**WARMUP_COSINE, "peak_value": 0.0, "end_value": 0.1},
    ),
    Rule(
        "rises",
        "The floor is above the rate at the start, so the rate rises to it.",
        {**COSINE, "alpha": 2.0},
    ),
    Rule(
        "falling-warm-up",
        "The warm-up starts above the rate that it goes to, so the rate falls.",
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
