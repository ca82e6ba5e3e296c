"""The findings of keras' schedules, each with an example."""

from __future__ import annotations

from lrviz.core.findings import Rule, shared_rule

COSINE = {"schedule": "keras.CosineDecay", "initial_learning_rate": 0.1, "decay_steps": 100}
EXPONENTIAL = {
    "schedule": "keras.ExponentialDecay",
    "initial_learning_rate": 0.1,
    "decay_steps": 20,
    "decay_rate": 0.5,
}
PIECEWISE = {"schedule": "keras.PiecewiseConstantDecay", "values": [0.1, 0.05, 0.01]}
PLATEAU = {"schedule": "keras.ReduceLROnPlateau", "metric": [1.0, 0.9, 0.9]}

RULES: tuple[Rule, ...] = (
    Rule(
        "whole-rate",
        "Keras computes in whole numbers where the rate is an int.",
        {**COSINE, "initial_learning_rate": 1},
    ),
    shared_rule(
        "grows",
        {**EXPONENTIAL, "decay_rate": 1.5},
    ),
    shared_rule(
        "changes-sign",
        {**EXPONENTIAL, "decay_rate": -0.5, "staircase": True},
    ),
    shared_rule(
        "rises",
        {**COSINE, "alpha": 2.0},
    ),
    shared_rule(
        "falling-warm-up",
        {**COSINE, "warmup_target": 0.05, "warmup_steps": 10},
    ),
    shared_rule(
        "negative-steps",
        {**COSINE, "warmup_target": 0.1, "warmup_steps": -10},
    ),
    shared_rule(
        "unused-parameter",
        {**COSINE, "warmup_steps": 10},
    ),
    Rule(
        "fractional-period",
        "Boundaries that are not whole are truncated.",
        {**PIECEWISE, "boundaries": [10.5, 20]},
    ),
    Rule(
        "unsorted-milestones",
        "The boundaries are not in ascending order; keras adds up the values that overlap.",
        {**PIECEWISE, "boundaries": [20, 10]},
    ),
    shared_rule(
        "nan-under-jit",
        {
            "schedule": "keras.PolynomialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 10,
            "power": 0.9,
        },
    ),
    Rule(
        "stops",
        "The library raises an error, or gives nan, before the run is over.",
        {**PLATEAU, "monitor": "val_custom"},
    ),
    Rule(
        "patience",
        "The patience does not mean what its number suggests.",
        {**PLATEAU, "patience": 0},
    ),
    Rule(
        "drops-to-floor",
        "A drop goes to the lowest rate at once.",
        {**PLATEAU, "factor": -0.5},
    ),
    shared_rule(
        "never-changes",
        {**PLATEAU, "min_lr": 0.5},
    ),
)
