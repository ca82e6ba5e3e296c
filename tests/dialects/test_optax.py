# ruff: noqa: E501  (messages stand on one line, as they are printed)
"""Optax's schedules: segments, lengths, findings, ends and roles, as a person checked them."""

from __future__ import annotations

from typing import Any

import pytest

from lrviz.core.composition import schedule_from
from lrviz.core.register import register
from lrviz.core.roles import Target
from tests.dialects.descriptions import Described, check_segments, filled_parameters, findings_of

SEGMENTS: list[tuple[dict[str, Any], int, int | None, Described]] = [
    (
        {"schedule": "optax.constant_schedule", "value": 0.1},
        9,
        None,
        [("hold", 0, "hold", 0.1, 0.1)],
    ),
    (
        {
            "schedule": "optax.linear_schedule",
            "init_value": 0.1,
            "end_value": 0.01,
            "transition_steps": 50,
            "transition_begin": 10,
        },
        100,
        60,
        [
            ("hold", 0, "hold", 0.1, 0.1),
            ("decay", 10, "linear", 0.1, 0.01),
            ("floor", 60, "hold", 0.01, 0.01),
        ],
    ),
    (
        {
            "schedule": "optax.linear_schedule",
            "init_value": 0.0,
            "end_value": 0.1,
            "transition_steps": 22.5,
        },
        100,
        23,
        [("warm-up", 0, "linear", 0.0, 0.1), ("hold", 23, "hold", 0.1, 0.1)],
    ),
    (
        {
            "schedule": "optax.linear_schedule",
            "init_value": 0.1,
            "end_value": 0.01,
            "transition_steps": 0,
        },
        100,
        None,
        [("hold", 0, "hold", 0.1, 0.1)],
    ),
    (
        {
            "schedule": "optax.polynomial_schedule",
            "init_value": 0.1,
            "end_value": 0.01,
            "power": 2.0,
            "transition_steps": 50,
            "transition_begin": -10,
        },
        100,
        50,
        [("decay", 0, "polynomial", 0.1, 0.01), ("floor", 50, "hold", 0.01, 0.01)],
    ),
    (
        {
            "schedule": "optax.exponential_decay",
            "init_value": 0.1,
            "transition_steps": 20,
            "decay_rate": 0.5,
            "transition_begin": 10,
        },
        100,
        110,
        [("hold", 0, "hold", 0.1, 0.1), ("decay", 10, "exponential", 0.1, 0.05)],
    ),
    (
        {
            "schedule": "optax.exponential_decay",
            "init_value": 0.1,
            "transition_steps": 20,
            "decay_rate": 0.5,
            "end_value": 0.025,
        },
        100,
        100,
        [("decay", 0, "exponential", 0.1, 0.05), ("floor", 40, "hold", 0.025, 0.025)],
    ),
    (
        {
            "schedule": "optax.exponential_decay",
            "init_value": 0.1,
            "transition_steps": 20,
            "decay_rate": 0.5,
            "end_value": 0.03,
            "staircase": True,
        },
        100,
        100,
        [
            ("hold", 0, "hold", 0.1, 0.1),
            ("drop", 20, "hold", 0.05, 0.05),
            ("floor", 40, "hold", 0.03, 0.03),
        ],
    ),
    (
        {
            "schedule": "optax.exponential_decay",
            "init_value": 0.1,
            "transition_steps": 20,
            "decay_rate": 2.0,
            "end_value": 0.4,
        },
        100,
        100,
        [("decay", 0, "exponential", 0.1, 0.2), ("floor", 40, "hold", 0.4, 0.4)],
    ),
    (
        {
            "schedule": "optax.exponential_decay",
            "init_value": 0.1,
            "transition_steps": 20,
            "decay_rate": 0.5,
            "end_value": 0.2,
        },
        100,
        100,
        [("floor", 0, "hold", 0.2, 0.2)],
    ),
    (
        {
            "schedule": "optax.exponential_decay",
            "init_value": 0.1,
            "transition_steps": 20,
            "decay_rate": 0.0,
        },
        100,
        None,
        [("hold", 0, "hold", 0.1, 0.1)],
    ),
    (
        {
            "schedule": "optax.exponential_decay",
            "init_value": 0.1,
            "transition_steps": 20,
            "decay_rate": -0.5,
            "staircase": True,
        },
        50,
        100,
        [("decay", 0, "", 0.0, 0.0)],
    ),
    (
        {
            "schedule": "optax.cosine_decay_schedule",
            "init_value": 0.1,
            "decay_steps": 50,
            "alpha": 0.1,
        },
        100,
        50,
        [("decay", 0, "cosine", 0.1, 0.01), ("floor", 50, "hold", 0.01, 0.01)],
    ),
    (
        {
            "schedule": "optax.cosine_decay_schedule",
            "init_value": 0.1,
            "decay_steps": 50,
            "exponent": 2.0,
        },
        100,
        50,
        [("decay", 0, "cosine-power", 0.1, 0.0), ("floor", 50, "hold", 0.0, 0.0)],
    ),
    (
        {
            "schedule": "optax.piecewise_constant_schedule",
            "init_value": 0.1,
            "boundaries_and_scales": {30: 0.5, 60: 0.1},
        },
        100,
        75,
        [
            ("hold", 0, "hold", 0.1, 0.1),
            ("drop", 30, "hold", 0.05, 0.05),
            ("drop", 60, "hold", 0.005, 0.005),
        ],
    ),
    (
        {
            "schedule": "optax.piecewise_constant_schedule",
            "init_value": 0.1,
            "boundaries_and_scales": {-5: 0.5, 0: 0.5, 60: 0.1},
        },
        100,
        75,
        [("hold", 0, "hold", 0.025, 0.025), ("drop", 60, "hold", 0.0025, 0.0025)],
    ),
    (
        {"schedule": "optax.piecewise_constant_schedule", "init_value": 0.1},
        100,
        None,
        [("hold", 0, "hold", 0.1, 0.1)],
    ),
    (
        {
            "schedule": "optax.piecewise_interpolate_schedule",
            "interpolate_type": "cosine",
            "init_value": 0.1,
            "boundaries_and_scales": {30: 2.0, 60: 1.0, 90: 0.1},
        },
        100,
        113,
        [
            ("warm-up", 0, "cosine", 0.1, 0.2),
            ("hold", 30, "cosine", 0.2, 0.2),
            ("decay", 60, "cosine", 0.2, 0.02),
            ("floor", 90, "hold", 0.02, 0.02),
        ],
    ),
    (
        {
            "schedule": "optax.piecewise_interpolate_schedule",
            "interpolate_type": "linear",
            "init_value": 0.1,
            "boundaries_and_scales": {-5: 0.5, 30: 0.1},
        },
        100,
        38,
        [("decay", 0, "linear", 0.05, 0.005), ("floor", 30, "hold", 0.005, 0.005)],
    ),
    (
        {"schedule": "optax.linear_onecycle_schedule", "transition_steps": 100, "peak_value": 0.1},
        120,
        100,
        [
            ("warm-up", 0, "linear", 0.004, 0.1),
            ("decay", 30, "linear", 0.1, 0.004),
            ("decay", 85, "linear", 0.004, 4e-07),
            ("floor", 100, "hold", 4e-07, 4e-07),
        ],
    ),
    (
        {"schedule": "optax.cosine_onecycle_schedule", "transition_steps": 100, "peak_value": 0.1},
        120,
        100,
        [
            ("warm-up", 0, "cosine", 0.004, 0.1),
            ("decay", 30, "cosine", 0.1, 4e-07),
            ("floor", 100, "hold", 4e-07, 4e-07),
        ],
    ),
    (
        {
            "schedule": "optax.warmup_constant_schedule",
            "init_value": 0.0,
            "peak_value": 0.1,
            "warmup_steps": 10,
        },
        50,
        40,
        [("warm-up", 0, "linear", 0.0, 0.1), ("hold", 10, "hold", 0.1, 0.1)],
    ),
    (
        {
            "schedule": "optax.warmup_cosine_decay_schedule",
            "init_value": 0.0,
            "peak_value": 0.1,
            "warmup_steps": 10,
            "decay_steps": 100,
            "end_value": 0.01,
        },
        120,
        100,
        [
            ("warm-up", 0, "linear", 0.0, 0.1),
            ("decay", 10, "cosine", 0.1, 0.01),
            ("floor", 100, "hold", 0.01, 0.01),
        ],
    ),
    (
        {
            "schedule": "optax.warmup_cosine_decay_schedule",
            "init_value": 0.0,
            "peak_value": 0.1,
            "warmup_steps": -10,
            "decay_steps": 100,
        },
        120,
        100,
        [("decay", 0, "cosine", 0.1, 0.0), ("floor", 100, "hold", 0.0, 0.0)],
    ),
    (
        {
            "schedule": "optax.warmup_exponential_decay_schedule",
            "init_value": 0.0,
            "peak_value": 0.1,
            "warmup_steps": 10,
            "transition_steps": 20,
            "decay_rate": 0.5,
            "transition_begin": 5,
            "end_value": 0.05,
        },
        120,
        115,
        [
            ("warm-up", 0, "linear", 0.0, 0.1),
            ("hold", 10, "hold", 0.1, 0.1),
            ("decay", 15, "exponential", 0.1, 0.05),
            ("floor", 35, "hold", 0.05, 0.05),
        ],
    ),
    (
        {
            "schedule": "optax.warmup_exponential_decay_schedule",
            "init_value": 0.0,
            "peak_value": 1.0,
            "warmup_steps": -20,
            "transition_steps": 16,
            "decay_rate": 0.5,
            "end_value": 0.0625,
        },
        120,
        80,
        [("decay", 0, "exponential", 1.0, 0.5), ("floor", 44, "hold", 0.0625, 0.0625)],
    ),
    (
        {
            "schedule": "optax.sgdr_schedule",
            "cosine_kwargs": [
                {"init_value": 0.0, "peak_value": 0.1, "warmup_steps": 5, "decay_steps": 30.5},
                {"init_value": 0.0, "peak_value": 0.05, "warmup_steps": 5, "decay_steps": 70},
            ],
        },
        120,
        101,
        [
            ("warm-up", 0, "linear", 0.0, 0.1),
            ("decay", 5, "cosine", 0.1, 0.0),
            ("warm-up", 31, "linear", 0.0, 0.05),
            ("decay", 36, "cosine", 0.05, 0.0),
            ("floor", 101, "hold", 0.0, 0.0),
        ],
    ),
    (
        {
            "schedule": "optax.join_schedules",
            "schedules": [
                {
                    "schedule": "optax.linear_schedule",
                    "init_value": 0.0,
                    "end_value": 0.1,
                    "transition_steps": 10,
                },
                {"schedule": "optax.constant_schedule", "value": 0.1},
                {
                    "schedule": "optax.exponential_decay",
                    "init_value": 0.1,
                    "transition_steps": 5,
                    "decay_rate": 0.5,
                    "staircase": True,
                },
            ],
            "boundaries": [20, 40],
        },
        51,
        65,
        [
            ("warm-up", 0, "linear", 0.0, 0.1),
            ("hold", 10, "hold", 0.1, 0.1),
            ("hold", 20, "hold", 0.1, 0.1),
            ("hold", 40, "hold", 0.1, 0.1),
            ("drop", 45, "hold", 0.05, 0.05),
            ("drop", 50, "hold", 0.025, 0.025),
        ],
    ),
    (
        {
            "schedule": "optax.join_schedules",
            "schedules": [
                {"schedule": "optax.constant_schedule", "value": 0.1},
                {"schedule": "optax.constant_schedule", "value": 0.2},
                {"schedule": "optax.constant_schedule", "value": 0.3},
            ],
            "boundaries": [40, 20],
        },
        51,
        120,
        [("hold", 0, "hold", 0.1, 0.1), ("hold", 20, "hold", 0.3, 0.3)],
    ),
]
FINDINGS: list[tuple[dict[str, Any], list[str]]] = [
    (
        {
            "schedule": "optax.linear_schedule",
            "init_value": 0.1,
            "end_value": 0.01,
            "transition_steps": 50,
            "transition_begin": 10,
        },
        [],
    ),
    (
        {
            "schedule": "optax.linear_schedule",
            "init_value": 0.1,
            "end_value": 0.01,
            "transition_steps": 0,
            "transition_begin": 10,
        },
        ["never-changes: with transition_steps 0 optax stays at init_value"],
    ),
    (
        {
            "schedule": "optax.linear_schedule",
            "init_value": 0.1,
            "end_value": 0.01,
            "transition_steps": 50,
            "transition_begin": -1,
        },
        ["negative-steps: transition_begin is negative (-1): optax uses 0"],
    ),
    (
        {
            "schedule": "optax.polynomial_schedule",
            "init_value": 0.1,
            "end_value": 0.01,
            "power": -1.0,
            "transition_steps": 50,
            "transition_begin": 0,
        },
        ["grows: power is negative (-1): the rate moves away from end_value"],
    ),
    (
        {
            "schedule": "optax.polynomial_schedule",
            "init_value": 0.1,
            "end_value": 0.01,
            "power": 0.9,
            "transition_steps": 3,
            "transition_begin": 0,
        },
        [
            "nan-under-jit: under jax.jit the rate is nan from the last step of the decay on: with transition_steps 3 and power 0.9, float32 rounding makes the base of the power negative; stop training before, or choose another transition_steps or a whole power"
        ],
    ),
    (
        {
            "schedule": "optax.polynomial_schedule",
            "init_value": 0.1,
            "end_value": 0.01,
            "power": 0.9,
            "transition_steps": 4,
            "transition_begin": 0,
        },
        [],
    ),
    (
        {
            "schedule": "optax.exponential_decay",
            "init_value": 0.1,
            "transition_steps": 20,
            "decay_rate": 0.5,
            "transition_begin": 10,
        },
        [],
    ),
    (
        {
            "schedule": "optax.exponential_decay",
            "init_value": 0.1,
            "transition_steps": 20,
            "decay_rate": 0.0,
            "transition_begin": 10,
        },
        ["never-changes: with decay_rate 0 optax does not decay: it stays at init_value"],
    ),
    (
        {
            "schedule": "optax.exponential_decay",
            "init_value": 0.1,
            "transition_steps": 20,
            "decay_rate": 0.0,
            "transition_begin": 10,
            "end_value": 0.1,
        },
        [
            "never-changes: with decay_rate 0 optax does not decay: it stays at init_value",
            "unused-parameter: end_value is ignored: there is no decay that it could bound",
        ],
    ),
    (
        {
            "schedule": "optax.exponential_decay",
            "init_value": 0.1,
            "transition_steps": 20,
            "decay_rate": -0.5,
            "transition_begin": 10,
        },
        ["changes-sign: decay_rate is negative (-0.5): the rate changes its sign"],
    ),
    (
        {
            "schedule": "optax.exponential_decay",
            "init_value": 0.1,
            "transition_steps": 20,
            "decay_rate": 1.5,
            "transition_begin": 10,
        },
        ["grows: decay_rate is above 1 (1.5): the rate grows"],
    ),
    (
        {
            "schedule": "optax.exponential_decay",
            "init_value": 0.1,
            "transition_steps": 20,
            "decay_rate": 0.5,
            "transition_begin": 10,
            "end_value": 0.2,
        },
        [
            "never-changes: end_value (0.2) is a lower bound and above init_value (0.1): the rate is end_value throughout"
        ],
    ),
    (
        {
            "schedule": "optax.exponential_decay",
            "init_value": 0.1,
            "transition_steps": 20,
            "decay_rate": 0.5,
            "transition_begin": 10,
            "end_value": 0.1,
        },
        [],
    ),
    (
        {
            "schedule": "optax.exponential_decay",
            "init_value": 0.1,
            "transition_steps": 20,
            "decay_rate": 1.0,
            "transition_begin": 10,
            "end_value": 0.05,
        },
        [
            "never-changes: with a decay_rate of 1 or more end_value (0.05) is an upper bound, and it is below init_value (0.1): the rate is end_value throughout"
        ],
    ),
    (
        {
            "schedule": "optax.exponential_decay",
            "init_value": 0.1,
            "transition_steps": 20,
            "decay_rate": 1.0,
            "transition_begin": 10,
            "end_value": 0.1,
        },
        [],
    ),
    (
        {
            "schedule": "optax.cosine_decay_schedule",
            "init_value": 0.1,
            "decay_steps": 50,
            "alpha": 1.5,
        },
        ["rises: alpha is above 1 (1.5): the rate rises"],
    ),
    (
        {
            "schedule": "optax.cosine_decay_schedule",
            "init_value": 0.1,
            "decay_steps": 50,
            "alpha": 1.0,
        },
        [],
    ),
    (
        {
            "schedule": "optax.cosine_decay_schedule",
            "init_value": 0.1,
            "decay_steps": 50,
            "alpha": 0.1,
            "exponent": -1.0,
        },
        ["grows: exponent is negative (-1): the rate grows without limit"],
    ),
    (
        {
            "schedule": "optax.piecewise_constant_schedule",
            "init_value": 0.1,
            "boundaries_and_scales": None,
        },
        ["never-changes: without boundaries_and_scales optax stays at init_value"],
    ),
    (
        {
            "schedule": "optax.piecewise_constant_schedule",
            "init_value": 0.1,
            "boundaries_and_scales": {-1: 0.5},
        },
        ["negative-steps: boundaries below 0 apply from step 0 on"],
    ),
    (
        {
            "schedule": "optax.piecewise_constant_schedule",
            "init_value": 0.1,
            "boundaries_and_scales": {0: 0.5},
        },
        [],
    ),
    (
        {
            "schedule": "optax.linear_onecycle_schedule",
            "transition_steps": 100,
            "peak_value": 0.1,
            "pct_start": 0.85,
        },
        [
            "repeated-milestones: two phases end at the same step: optax uses only the factor of the later one"
        ],
    ),
    (
        {
            "schedule": "optax.linear_onecycle_schedule",
            "transition_steps": 100,
            "peak_value": 0.1,
            "pct_start": 0.9,
        },
        [
            "unsorted-milestones: the ends of the phases are not in ascending order: optax sorts them"
        ],
    ),
    (
        {"schedule": "optax.linear_onecycle_schedule", "transition_steps": 100, "peak_value": 0.1},
        [],
    ),
    (
        {
            "schedule": "optax.warmup_constant_schedule",
            "init_value": 0.0,
            "peak_value": 0.1,
            "warmup_steps": 0,
        },
        [
            "never-changes: with warmup_steps 0 optax stays at init_value and never reaches peak_value"
        ],
    ),
    (
        {
            "schedule": "optax.warmup_constant_schedule",
            "init_value": 0.2,
            "peak_value": 0.1,
            "warmup_steps": 10,
        },
        [
            "falling-warm-up: init_value (0.2) is above peak_value (0.1): the rate falls to peak_value"
        ],
    ),
    (
        {
            "schedule": "optax.warmup_constant_schedule",
            "init_value": 0.0,
            "peak_value": 0.1,
            "warmup_steps": 10,
        },
        [],
    ),
    (
        {
            "schedule": "optax.warmup_cosine_decay_schedule",
            "init_value": 0.0,
            "peak_value": 0.1,
            "warmup_steps": -1,
            "decay_steps": 100,
            "end_value": 0.01,
        },
        ["negative-steps: warmup_steps is negative (-1): optax starts within the decay"],
    ),
    (
        {
            "schedule": "optax.warmup_cosine_decay_schedule",
            "init_value": 0.2,
            "peak_value": 0.1,
            "warmup_steps": 10,
            "decay_steps": 100,
            "end_value": 0.01,
        },
        [
            "falling-warm-up: init_value (0.2) is above peak_value (0.1): the rate falls to peak_value"
        ],
    ),
    (
        {
            "schedule": "optax.warmup_cosine_decay_schedule",
            "init_value": 0.0,
            "peak_value": 0.0,
            "warmup_steps": 10,
            "decay_steps": 100,
            "end_value": 0.01,
        },
        ["unused-parameter: end_value is ignored: with peak_value 0 the decay stays at 0"],
    ),
    (
        {
            "schedule": "optax.warmup_cosine_decay_schedule",
            "init_value": 0.0,
            "peak_value": 0.1,
            "warmup_steps": 10,
            "decay_steps": 100,
            "end_value": 0.2,
        },
        ["rises: end_value (0.2) is above peak_value (0.1): the rate rises"],
    ),
    (
        {
            "schedule": "optax.warmup_cosine_decay_schedule",
            "init_value": 0.0,
            "peak_value": 0.1,
            "warmup_steps": 10,
            "decay_steps": 100,
            "end_value": 0.01,
            "exponent": -1.0,
        },
        ["grows: exponent is negative (-1): the rate grows without limit"],
    ),
    (
        {
            "schedule": "optax.warmup_cosine_decay_schedule",
            "init_value": 0.0,
            "peak_value": 0.1,
            "warmup_steps": 10,
            "decay_steps": 100,
            "end_value": 0.01,
        },
        [],
    ),
    (
        {
            "schedule": "optax.warmup_exponential_decay_schedule",
            "init_value": 0.0,
            "peak_value": 0.1,
            "warmup_steps": 10,
            "transition_steps": 0,
            "decay_rate": 0.5,
            "transition_begin": 5,
            "end_value": 0.05,
        },
        [
            "never-changes: with transition_steps 0 optax stays at peak_value",
            "unused-parameter: end_value is ignored: there is no decay that it could bound",
        ],
    ),
    (
        {
            "schedule": "optax.warmup_exponential_decay_schedule",
            "init_value": 0.0,
            "peak_value": 0.1,
            "warmup_steps": 10,
            "transition_steps": 20,
            "decay_rate": 0.5,
            "transition_begin": 5,
            "end_value": 0.2,
        },
        [
            "never-changes: end_value (0.2) is a lower bound and above peak_value (0.1): the rate is end_value throughout"
        ],
    ),
    (
        {
            "schedule": "optax.join_schedules",
            "schedules": [
                {"schedule": "optax.constant_schedule", "value": 0.1},
                {"schedule": "optax.constant_schedule", "value": 0.1},
            ],
            "boundaries": [],
        },
        ["unused-parameter: schedules after number 1 have no boundary and never run"],
    ),
    (
        {
            "schedule": "optax.join_schedules",
            "schedules": [
                {"schedule": "optax.constant_schedule", "value": 0.1},
                {"schedule": "optax.constant_schedule", "value": 0.1},
            ],
            "boundaries": [1, 2],
        },
        ["unused-parameter: boundaries after number 1 have no schedule and are ignored"],
    ),
    (
        {
            "schedule": "optax.join_schedules",
            "schedules": [
                {"schedule": "optax.constant_schedule", "value": 0.1},
                {"schedule": "optax.constant_schedule", "value": 0.1},
                {"schedule": "optax.constant_schedule", "value": 0.1},
            ],
            "boundaries": [2, 1],
        },
        [
            "unsorted-milestones: boundaries are not in ascending order: of those that have passed, the last in the list counts"
        ],
    ),
    ({"schedule": "optax.reduce_on_plateau", "metric": [1.0, 0.9, 0.9]}, []),
    (
        {"schedule": "optax.reduce_on_plateau", "metric": [1.0, 0.9, 0.9], "patience": 0},
        ["patience: with patience 0 optax drops at each improvement, and only then"],
    ),
    (
        {"schedule": "optax.reduce_on_plateau", "metric": [1.0, 0.9, 0.9], "patience": -1},
        ["never-changes: with patience -1 optax never drops"],
    ),
    (
        {"schedule": "optax.reduce_on_plateau", "metric": [1.0, 0.9, 0.9], "accumulation_size": 0},
        ["never-changes: with accumulation_size 0 optax ignores the metric"],
    ),
    (
        {"schedule": "optax.reduce_on_plateau", "metric": [1.0, 0.9, 0.9], "min_scale": 1.5},
        ["rises: min_scale is above 1 (1.5): optax raises the rate to it at once"],
    ),
    (
        {"schedule": "optax.reduce_on_plateau", "metric": [1.0, 0.9, 0.9], "rtol": 1.0},
        ["patience: with rtol 1 optax never counts a value as an improvement: it drops regularly"],
    ),
]
ROLES: list[tuple[str, dict[str, Any], Target, dict[str, Any]]] = [
    (
        "optax.constant_schedule",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"value": 0.0003},
    ),
    (
        "optax.linear_schedule",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"transition_steps": 298000, "init_value": 0.0003, "end_value": 3e-05},
    ),
    (
        "optax.polynomial_schedule",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"transition_steps": 298000, "init_value": 0.0003, "end_value": 3e-05},
    ),
    (
        "optax.exponential_decay",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"init_value": 0.0003, "end_value": 3e-05},
    ),
    (
        "optax.cosine_decay_schedule",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"decay_steps": 298000, "init_value": 0.0003, "alpha": 0.1},
    ),
    (
        "optax.piecewise_constant_schedule",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"init_value": 0.0003},
    ),
    (
        "optax.linear_onecycle_schedule",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"transition_steps": 298000, "peak_value": 0.0003},
    ),
    (
        "optax.cosine_onecycle_schedule",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"transition_steps": 298000, "peak_value": 0.0003},
    ),
    (
        "optax.warmup_constant_schedule",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"warmup_steps": 2000, "peak_value": 0.0003},
    ),
    (
        "optax.warmup_cosine_decay_schedule",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"warmup_steps": 2000, "decay_steps": 300000, "peak_value": 0.0003, "end_value": 3e-05},
    ),
    (
        "optax.warmup_exponential_decay_schedule",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"warmup_steps": 2000, "peak_value": 0.0003, "end_value": 3e-05},
    ),
    ("optax.sgdr_schedule", {}, Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05), {}),
]


@pytest.mark.parametrize(("spec", "stop", "length", "expected"), SEGMENTS)
def test_segments(spec: dict[str, Any], stop: int, length: int | None, expected: Described) -> None:
    schedule = schedule_from(spec)
    check_segments(schedule, stop, expected)
    assert schedule.natural_length() == length


@pytest.mark.parametrize(("spec", "expected"), FINDINGS)
def test_findings(spec: dict[str, Any], expected: list[str]) -> None:
    assert findings_of(schedule_from(spec)) == expected


@pytest.mark.parametrize(("name", "parameters", "target", "expected"), ROLES)
def test_roles_follow_the_run(
    name: str, parameters: dict[str, Any], target: Target, expected: dict[str, Any]
) -> None:
    assert filled_parameters(name, parameters, target) == expected


AFFECTED = [
    3,
    5,
    6,
    7,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
    17,
    18,
    19,
    20,
    21,
    22,
    23,
    24,
    26,
    27,
    28,
    30,
    33,
    34,
    35,
    36,
    37,
    38,
    39,
    40,
    42,
    44,
    45,
    46,
    48,
    51,
    52,
    53,
    54,
    56,
    57,
    59,
    60,
    63,
    65,
    66,
    68,
    69,
    70,
    72,
    74,
    75,
    76,
    78,
    79,
    80,
    81,
    84,
    85,
    88,
    89,
    90,
    91,
    92,
    95,
    96,
    102,
    103,
    104,
    105,
    106,
    108,
    111,
    112,
    114,
    117,
    118,
    119,
    120,
    125,
    126,
    130,
    131,
    132,
    133,
    136,
    138,
    139,
    140,
    144,
    148,
    149,
    150,
    152,
    153,
    156,
    157,
    158,
    160,
    161,
    162,
    167,
    168,
    169,
    170,
    171,
    176,
    177,
    178,
    180,
    181,
    182,
    184,
    185,
    187,
    190,
    191,
    192,
    195,
]
"""The lengths from 2 to 201 whose last step `jax.jit(optax.polynomial_schedule(...))` and
`jax.jit(keras.optimizers.schedules.PolynomialDecay(...))` make nan with power 0.9, as the real
libraries do with jax on a CPU."""


@pytest.mark.parametrize("name", ["optax.polynomial_schedule", "keras.PolynomialDecay"])
def test_nan_under_jit_for_the_affected_lengths(name: str) -> None:
    cls = register.find(name)
    assert cls is not None
    parameter = "decay_steps" if name.startswith("keras") else "transition_steps"

    def is_affected(length: float, power: float = 0.9) -> bool:
        values = {**cls.example_values(), parameter: length, "power": power}
        return "nan-under-jit" in [item.id for item in cls.model_validate(values).findings(0.1)]

    assert [length for length in range(2, 202) if is_affected(length)] == AFFECTED
    assert [is_affected(length) for length in (2.5, 3.5, 7.5, 1000, 9999)] == [True] * 5
    assert [is_affected(length) for length in (10_000, 99_999, 298_000)] == [False] * 3
    assert [is_affected(3, power) for power in (0.5, 1.5, 1.0, 2.0)] == [True, True, False, False]


def test_children_at_a_boundary_that_is_not_whole() -> None:
    line = {"schedule": "optax.linear_schedule", "init_value": 1.0, "end_value": 0.0}
    joined = schedule_from({
        "schedule": "optax.join_schedules",
        "schedules": [{"schedule": "optax.constant_schedule", "value": 2.0},
                      {**line, "transition_steps": 2}],
        "boundaries": [1.5],
    })  # fmt: skip
    assert joined.rate(range(5)).tolist() == [2.0, 2.0, 0.75, 0.25, 0.0]


def test_schedules_of_other_dialects_are_refused() -> None:
    for schedules, message in (
        (["torch.StepLR"], "torch.StepLR"),
        ([], "optax.join_schedules fails without schedules: IndexError"),
    ):
        children = [{"schedule": name, "step_size": 3} for name in schedules]
        with pytest.raises(ValueError, match=message):
            schedule_from(
                {"schedule": "optax.join_schedules", "schedules": children, "boundaries": []}
            )


def test_a_warm_up_leaves_a_step_to_the_cosine() -> None:
    spec = {"schedule": "optax.warmup_cosine_decay_schedule", "init_value": 0.0,
            "peak_value": 0.1, "warmup_steps": 10}  # fmt: skip
    assert schedule_from({**spec, "decay_steps": 11}).rate(10).item() == pytest.approx(0.1)
    with pytest.raises(ValueError, match="requires positive decay_steps, got decay_steps=0"):
        schedule_from({**spec, "decay_steps": 10})


def test_the_metric_of_a_plateau_is_used_before_the_last_step() -> None:
    metric = [3.0, 2.0, 1.0, 1.0]
    schedule = schedule_from({"schedule": "optax.reduce_on_plateau", "metric": metric})
    for stop in (1, 4):
        trace = schedule.metric_trace(stop, 0.1)
        assert trace
        assert trace[1].tolist() == metric[: stop - 1]


def test_a_decay_rate_of_0_changes_no_sign() -> None:
    spec = {"schedule": "optax.exponential_decay", "init_value": 0.1, "transition_steps": 5}
    for rate, ids in ((-0.5, ["changes-sign"]), (0.0, []), (0.5, [])):
        findings = schedule_from({**spec, "decay_rate": rate}).findings(0.1)
        assert [item.id for item in findings if item.id == "changes-sign"] == ids
