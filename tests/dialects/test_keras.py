# ruff: noqa: E501  (messages stand on one line, as they are printed)
"""Keras's schedules: segments, lengths, findings, ends and roles, as a person checked them."""

from __future__ import annotations

from typing import Any

import pytest

from lrviz.core.composition import schedule_from
from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.core.roles import Target
from tests.dialects.descriptions import Described, check_segments, filled_parameters, findings_of

SEGMENTS: list[tuple[dict[str, Any], int, int | None, Described]] = [
    (
        {
            "schedule": "keras.CosineDecay",
            "initial_learning_rate": 0.0,
            "decay_steps": 90,
            "warmup_target": 0.1,
            "warmup_steps": 10,
            "alpha": 0.1,
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
        {"schedule": "keras.CosineDecay", "initial_learning_rate": 0.1, "decay_steps": 22.5},
        40,
        23,
        [("decay", 0, "cosine", 0.1, 0.0), ("floor", 23, "hold", 0.0, 0.0)],
    ),
    (
        {
            "schedule": "keras.CosineDecay",
            "initial_learning_rate": 0.0,
            "decay_steps": 20,
            "warmup_target": 0.1,
            "warmup_steps": 7.5,
        },
        40,
        28,
        [
            ("warm-up", 0, "linear", 0.0, 0.1),
            ("decay", 8, "cosine", 0.1, 0.0),
            ("floor", 28, "hold", 0.0, 0.0),
        ],
    ),
    (
        {
            "schedule": "keras.CosineDecay",
            "initial_learning_rate": 0.0,
            "decay_steps": 20,
            "warmup_target": 0.1,
            "warmup_steps": -5,
        },
        40,
        15,
        [("decay", 0, "cosine", 0.1, 0.0), ("floor", 15, "hold", 0.0, 0.0)],
    ),
    (
        {
            "schedule": "keras.CosineDecay",
            "initial_learning_rate": 0.0,
            "decay_steps": 20,
            "warmup_target": 0.1,
            "warmup_steps": -25,
        },
        40,
        None,
        [("floor", 0, "hold", 0.0, 0.0)],
    ),
    (
        {
            "schedule": "keras.CosineDecay",
            "initial_learning_rate": 0.3,
            "decay_steps": 20,
            "warmup_target": 0.1,
        },
        40,
        20,
        [("decay", 0, "cosine", 0.1, 0.0), ("floor", 20, "hold", 0.0, 0.0)],
    ),
    (
        {
            "schedule": "keras.ExponentialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "decay_rate": 0.5,
        },
        60,
        100,
        [("decay", 0, "exponential", 0.1, 0.05)],
    ),
    (
        {
            "schedule": "keras.ExponentialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "decay_rate": 0.5,
            "staircase": True,
        },
        60,
        100,
        [
            ("hold", 0, "hold", 0.1, 0.1),
            ("drop", 20, "hold", 0.05, 0.05),
            ("drop", 40, "hold", 0.025, 0.025),
        ],
    ),
    (
        {
            "schedule": "keras.ExponentialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 2.5,
            "decay_rate": 0.5,
            "staircase": True,
        },
        9,
        13,
        [
            ("hold", 0, "hold", 0.1, 0.1),
            ("drop", 3, "hold", 0.05, 0.05),
            ("drop", 5, "hold", 0.025, 0.025),
            ("drop", 8, "hold", 0.0125, 0.0125),
        ],
    ),
    (
        {
            "schedule": "keras.ExponentialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 0.5,
            "decay_rate": 0.5,
            "staircase": True,
        },
        9,
        3,
        [("decay", 0, "", 0.0, 0.0)],
    ),
    (
        {
            "schedule": "keras.ExponentialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "decay_rate": 0.0,
        },
        9,
        100,
        [("decay", 0, "", 0.0, 0.0)],
    ),
    (
        {
            "schedule": "keras.InverseTimeDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "decay_rate": 1.0,
            "staircase": True,
        },
        50,
        100,
        [
            ("hold", 0, "hold", 0.1, 0.1),
            ("drop", 20, "hold", 0.05, 0.05),
            ("drop", 40, "hold", 0.0333333333, 0.0333333333),
        ],
    ),
    (
        {
            "schedule": "keras.InverseTimeDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "decay_rate": 1.0,
        },
        50,
        100,
        [("decay", 0, "", 0.0, 0.0)],
    ),
    (
        {
            "schedule": "keras.PolynomialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "end_learning_rate": 0.01,
        },
        50,
        20,
        [("decay", 0, "linear", 0.1, 0.01), ("floor", 20, "hold", 0.01, 0.01)],
    ),
    (
        {
            "schedule": "keras.PolynomialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "power": 2.0,
            "cycle": True,
        },
        50,
        60,
        [
            ("decay", 0, "polynomial", 0.1, 0.0001),
            ("restart", 21, "polynomial", 0.1, 0.0001),
            ("restart", 41, "polynomial", 0.1, 0.0001),
        ],
    ),
    (
        {
            "schedule": "keras.PolynomialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 0.5,
            "cycle": True,
        },
        5,
        2,
        [("cycle", 0, "", 0.0, 0.0)],
    ),
    (
        {
            "schedule": "keras.PiecewiseConstantDecay",
            "boundaries": [30, 60],
            "values": [0.1, 0.05, 0.01],
        },
        100,
        75,
        [
            ("hold", 0, "hold", 0.1, 0.1),
            ("drop", 31, "hold", 0.05, 0.05),
            ("drop", 61, "hold", 0.01, 0.01),
        ],
    ),
    (
        {
            "schedule": "keras.PiecewiseConstantDecay",
            "boundaries": [-1, 60.5],
            "values": [0.1, 0.05, 0.01],
        },
        100,
        75,
        [("hold", 0, "hold", 0.05, 0.05), ("drop", 61, "hold", 0.01, 0.01)],
    ),
    (
        {
            "schedule": "keras.PiecewiseConstantDecay",
            "boundaries": [0, 60],
            "values": [0.1, 0.05, 0.01],
        },
        61,
        75,
        [("hold", 0, "hold", 0.1, 0.1), ("drop", 1, "hold", 0.05, 0.05)],
    ),
    (
        {
            "schedule": "keras.CosineDecayRestarts",
            "initial_learning_rate": 0.1,
            "first_decay_steps": 20,
        },
        150,
        140,
        [
            ("decay", 0, "cosine", 0.1, 0.0),
            ("restart", 20, "cosine", 0.1, 0.0),
            ("restart", 60, "cosine", 0.1, 0.0),
            ("restart", 140, "cosine", 0.1, 0.0),
        ],
    ),
    (
        {
            "schedule": "keras.CosineDecayRestarts",
            "initial_learning_rate": 0.1,
            "first_decay_steps": 20,
            "t_mul": 1.0,
            "m_mul": 0.5,
            "alpha": 0.1,
        },
        50,
        60,
        [
            ("decay", 0, "cosine", 0.1, 0.01),
            ("restart", 20, "cosine", 0.055, 0.01),
            ("restart", 40, "cosine", 0.0325, 0.01),
        ],
    ),
    (
        {
            "schedule": "keras.CosineDecayRestarts",
            "initial_learning_rate": 0.1,
            "first_decay_steps": 20,
            "t_mul": 0.5,
        },
        39,
        35,
        [
            ("decay", 0, "cosine", 0.1, 0.0),
            ("restart", 20, "cosine", 0.1, 0.0),
            ("restart", 30, "cosine", 0.1, 0.0),
            ("restart", 35, "cosine", 0.1, 0.0),
            ("restart", 38, "cosine", 0.1, 0.0),
        ],
    ),
    (
        {
            "schedule": "keras.CosineDecayRestarts",
            "initial_learning_rate": 0.1,
            "first_decay_steps": 20,
            "t_mul": 0.0,
        },
        20,
        20,
        [("decay", 0, "cosine", 0.1, 0.0)],
    ),
    (
        {
            "schedule": "keras.CosineDecayRestarts",
            "initial_learning_rate": 0.1,
            "first_decay_steps": 0.5,
        },
        5,
        4,
        [("cycle", 0, "", 0.0, 0.0)],
    ),
]
FINDINGS: list[tuple[dict[str, Any], list[str]]] = [
    ({"schedule": "keras.CosineDecay", "initial_learning_rate": 0.1, "decay_steps": 90}, []),
    (
        {"schedule": "keras.CosineDecay", "initial_learning_rate": 1, "decay_steps": 90},
        [
            "whole-rate: the curve is that of initial_learning_rate=1.0; keras computes in whole numbers when it is the int 1: write 1.0 in code"
        ],
    ),
    (
        {
            "schedule": "keras.CosineDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 90,
            "warmup_steps": 5,
        },
        ["unused-parameter: warmup_steps is ignored: without warmup_target keras does not warm up"],
    ),
    (
        {
            "schedule": "keras.CosineDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 90,
            "warmup_target": 0.2,
            "warmup_steps": 0,
        },
        [
            "unused-parameter: initial_learning_rate is ignored: with warmup_steps 0 keras starts at warmup_target"
        ],
    ),
    (
        {
            "schedule": "keras.CosineDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 90,
            "warmup_target": 0.2,
            "warmup_steps": -5,
        },
        ["negative-steps: warmup_steps is negative (-5): keras starts within the decay"],
    ),
    (
        {
            "schedule": "keras.CosineDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 90,
            "warmup_target": 0.05,
            "warmup_steps": 5,
        },
        [
            "falling-warm-up: initial_learning_rate (0.1) is above warmup_target (0.05): the rate falls to warmup_target"
        ],
    ),
    (
        {
            "schedule": "keras.CosineDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 90,
            "alpha": 1.5,
        },
        ["rises: alpha is above 1 (1.5): the rate rises"],
    ),
    (
        {
            "schedule": "keras.CosineDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 90,
            "alpha": 1.0,
        },
        [],
    ),
    (
        {
            "schedule": "keras.ExponentialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "decay_rate": 1.5,
        },
        ["grows: decay_rate is above 1 (1.5): the rate grows"],
    ),
    (
        {
            "schedule": "keras.ExponentialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "decay_rate": 1.0,
        },
        [],
    ),
    (
        {
            "schedule": "keras.ExponentialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "decay_rate": -0.5,
        },
        ["changes-sign: decay_rate is negative (-0.5): the rate changes its sign"],
    ),
    (
        {
            "schedule": "keras.InverseTimeDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "decay_rate": -0.5,
            "staircase": True,
        },
        ["grows: decay_rate is negative (-0.5): the rate grows"],
    ),
    (
        {
            "schedule": "keras.InverseTimeDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "decay_rate": 0.0,
            "staircase": True,
        },
        [],
    ),
    (
        {
            "schedule": "keras.PiecewiseConstantDecay",
            "boundaries": [30.5, 60],
            "values": [0.1, 0.05, 0.01],
        },
        ["fractional-period: keras truncates the boundaries to whole steps"],
    ),
    (
        {
            "schedule": "keras.PiecewiseConstantDecay",
            "boundaries": [60, 30],
            "values": [0.1, 0.05, 0.01],
        },
        [
            "unsorted-milestones: boundaries are not in ascending order: keras adds up the values of every range that contains a step, and the rate is 0 where none does"
        ],
    ),
    (
        {
            "schedule": "keras.PiecewiseConstantDecay",
            "boundaries": [30, 30],
            "values": [0.1, 0.05, 0.01],
        },
        [
            "unsorted-milestones: boundaries are not in ascending order: keras adds up the values of every range that contains a step, and the rate is 0 where none does"
        ],
    ),
    (
        {
            "schedule": "keras.PolynomialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "end_learning_rate": 0.2,
        },
        ["rises: end_learning_rate (0.2) is above initial_learning_rate (0.1): the rate rises"],
    ),
    (
        {
            "schedule": "keras.PolynomialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "end_learning_rate": 0.1,
        },
        [],
    ),
    (
        {
            "schedule": "keras.PolynomialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "end_learning_rate": 0.01,
            "power": -1.0,
        },
        ["grows: power is negative (-1): the rate grows"],
    ),
    (
        {
            "schedule": "keras.PolynomialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 3,
            "end_learning_rate": 0.01,
            "power": 0.9,
        },
        [
            "nan-under-jit: under jax.jit the rate is nan from the last step of the decay on: with decay_steps 3 and power 0.9, float32 rounding makes the base of the power negative; stop training before, or choose another decay_steps or a whole power"
        ],
    ),
    (
        {
            "schedule": "keras.PolynomialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 4,
            "end_learning_rate": 0.01,
            "power": 0.9,
        },
        [],
    ),
    (
        {
            "schedule": "keras.PolynomialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 3,
            "end_learning_rate": 0.01,
            "power": 0.9,
            "cycle": True,
        },
        [],
    ),
    (
        {
            "schedule": "keras.PolynomialDecay",
            "initial_learning_rate": 0.1,
            "decay_steps": 20,
            "end_learning_rate": 0.01,
            "power": 0.0,
        },
        [],
    ),
    (
        {
            "schedule": "keras.CosineDecayRestarts",
            "initial_learning_rate": 0.1,
            "first_decay_steps": 20,
            "m_mul": -1.0,
        },
        ["changes-sign: m_mul is negative (-1): the rate changes its sign at restarts"],
    ),
    (
        {
            "schedule": "keras.CosineDecayRestarts",
            "initial_learning_rate": 0.1,
            "first_decay_steps": 20,
            "m_mul": 1.5,
        },
        ["grows: m_mul is above 1 (1.5): each peak is higher"],
    ),
    (
        {
            "schedule": "keras.CosineDecayRestarts",
            "initial_learning_rate": 0.1,
            "first_decay_steps": 20,
            "t_mul": 0.5,
        },
        [
            "stops: keras.CosineDecayRestarts gives nan from step 40, where its shrinking cycles have ended"
        ],
    ),
    ({"schedule": "keras.ReduceLROnPlateau", "metric": [1.0, 0.9, 0.9]}, []),
    (
        {"schedule": "keras.ReduceLROnPlateau", "metric": [1.0, 0.9, 0.9], "patience": 0},
        ["patience: patience 0 acts as 1: the first epoch without improvement drops"],
    ),
    ({"schedule": "keras.ReduceLROnPlateau", "metric": [1.0, 0.9, 0.9], "patience": 1}, []),
    (
        {"schedule": "keras.ReduceLROnPlateau", "metric": [1.0, 0.9, 0.9], "factor": -0.5},
        ["drops-to-floor: factor is negative (-0.5): a drop goes to min_lr at once"],
    ),
    (
        {"schedule": "keras.ReduceLROnPlateau", "metric": [1.0, 0.9, 0.9], "min_lr": 0.1},
        ["never-changes: min_lr (0.1) is not below lr (0.1): keras never drops"],
    ),
    ({"schedule": "keras.ReduceLROnPlateau", "metric": [1.0, 0.9, 0.9], "min_lr": 0.05}, []),
    (
        {"schedule": "keras.ReduceLROnPlateau", "metric": [1.0, 0.9, 0.9], "monitor": "val_x"},
        [
            "stops: keras.ReduceLROnPlateau fails at the end of the first epoch: it isn't able to determine whether 'val_x' should be maximized or minimized; set mode to min or max"
        ],
    ),
]
ROLES: list[tuple[str, dict[str, Any], Target, dict[str, Any]]] = [
    (
        "keras.CosineDecay",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {
            "warmup_steps": 2000,
            "decay_steps": 298000,
            "alpha": 0.1,
            "warmup_target": 0.0003,
            "initial_learning_rate": 0.0,
        },
    ),
    (
        "keras.CosineDecay",
        {},
        Target(steps=300000, peak=0.0003, warmup=None, floor=3e-05),
        {"decay_steps": 300000, "initial_learning_rate": 0.0003, "alpha": 0.1},
    ),
    (
        "keras.CosineDecay",
        {"warmup_target": 0.5},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"warmup_steps": 2000, "decay_steps": 298000, "alpha": 6e-05, "initial_learning_rate": 0.0},
    ),
    (
        "keras.CosineDecay",
        {"initial_learning_rate": 0.1},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"warmup_steps": 2000, "decay_steps": 298000, "alpha": 0.1, "warmup_target": 0.0003},
    ),
    (
        "keras.CosineDecay",
        {"warmup_steps": 10},
        Target(steps=300000, peak=0.0003, warmup=None, floor=3e-05),
        {
            "decay_steps": 299990,
            "alpha": 0.1,
            "warmup_target": 0.0003,
            "initial_learning_rate": 0.0,
        },
    ),
    (
        "keras.CosineDecay",
        {"warmup_steps": 10},
        Target(steps=100, peak=None, warmup=None, floor=None),
        {"decay_steps": 90, "warmup_target": 0.1, "initial_learning_rate": 0.0},
    ),
    (
        "keras.CosineDecay",
        {"initial_learning_rate": 0.1},
        Target(steps=100, peak=None, warmup=10, floor=None),
        {"warmup_steps": 10, "decay_steps": 90},
    ),
    (
        "keras.CosineDecayRestarts",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"initial_learning_rate": 0.0003, "alpha": 0.1},
    ),
    (
        "keras.ExponentialDecay",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"initial_learning_rate": 0.0003},
    ),
    (
        "keras.InverseTimeDecay",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"initial_learning_rate": 0.0003},
    ),
    (
        "keras.PolynomialDecay",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {"decay_steps": 298000, "initial_learning_rate": 0.0003, "end_learning_rate": 3e-05},
    ),
    (
        "keras.PiecewiseConstantDecay",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {},
    ),
    (
        "keras.ReduceLROnPlateau",
        {},
        Target(steps=300000, peak=0.0003, warmup=2000, floor=3e-05),
        {},
    ),
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


def test_shrinking_cycles_end() -> None:
    end = schedule_from({"schedule": "keras.CosineDecayRestarts", "initial_learning_rate": 0.1,
                         "first_decay_steps": 20, "t_mul": 0.5}).end()  # fmt: skip
    assert end is not None
    assert (end.last, end.message) == (
        39, "gives nan from step 40, where its shrinking cycles have ended"
    )  # fmt: skip


def test_cycles_that_shrink_slowly_are_not_listed_to_their_end() -> None:
    schedule = schedule_from({"schedule": "keras.CosineDecayRestarts", "t_mul": 0.999999,
                              "initial_learning_rate": 0.1, "first_decay_steps": 20})  # fmt: skip
    assert schedule.starts(3.0).tolist() == pytest.approx([0.0, 1.0, 1.999999, 2.999997])  # type: ignore[attr-defined]


def test_a_monitor_without_a_direction_ends_after_the_first_epoch() -> None:
    schedule = schedule_from(
        {"schedule": "keras.ReduceLROnPlateau", "metric": [1.0, 0.9], "monitor": "val_x"}
    )
    assert schedule.sample(range(1), 0.1).tolist() == [0.1]
    with pytest.raises(SpecError, match="'val_x' should be maximized or minimized"):
        schedule.sample(range(2), 0.1)


def test_a_whole_rate_takes_whole_steps_only() -> None:
    for name, steps in (("CosineDecay", "decay_steps"), ("CosineDecayRestarts", "first_decay_steps"),
                        ("PolynomialDecay", "decay_steps")):  # fmt: skip
        spec = {"schedule": f"keras.{name}", "initial_learning_rate": 1, steps: 2.5}
        with pytest.raises(ValueError) as caught:
            schedule_from(spec)
        (error,) = caught.value.errors()  # type: ignore[attr-defined]
        assert error["msg"] == (
            f"keras.{name} truncates {steps} (2.5) where initial_learning_rate is the int 1: "
            f"write 1.0, or a whole {steps}"
        )
        schedule_from({**spec, "initial_learning_rate": 1.0})
        schedule_from({**spec, steps: 3})


def test_keras_calls_the_function_schedule() -> None:
    cls = register.find("keras.LearningRateScheduler")
    assert cls is not None
    assert cls.model_validate({"schedule": "lr * 0.5"}) == cls.model_validate(
        {"function": "lr * 0.5"}
    )


@pytest.mark.parametrize(
    ("monitor", "mode", "higher"),
    [
        ("val_accuracy", "auto", True),
        ("accuracy", "auto", True),
        ("val_loss", "auto", False),
        ("accuracy_val_", "auto", False),
        ("val_loss", "max", True),
        ("val_accuracy", "min", False),
    ],
)
def test_the_direction_of_a_monitor(monitor: str, mode: str, higher: bool) -> None:
    spec = {"schedule": "keras.ReduceLROnPlateau", "metric": [1.0], "monitor": monitor}
    assert schedule_from({**spec, "mode": mode}).higher_is_better is higher  # type: ignore[attr-defined]


def test_a_decay_of_a_fraction_of_a_step_ends_at_the_step_after_it() -> None:
    spec = {"schedule": "keras.CosineDecay", "initial_learning_rate": 0.1, "decay_steps": 10.5}
    parts = schedule_from(spec).expand(0.1, 99)
    assert [(part.name, part.start) for part in parts] == [("decay", 0), ("floor", 11)]
