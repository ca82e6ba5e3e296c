"""MXNet's schedulers: updates counted from 1, the warm-up over the decay, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lrviz.core.composition import schedule_from
from lrviz.core.register import register
from lrviz.core.roles import Target

STAIRS = {"schedule": "mxnet.FactorScheduler", "base_lr": 0.4, "step": 3, "factor": 0.5}
LISTED = {"schedule": "mxnet.MultiFactorScheduler", "base_lr": 0.4, "step": [3, 5], "factor": 0.5}
POLY = {"schedule": "mxnet.PolyScheduler", "base_lr": 0.4, "max_update": 5}
COSINE = {"schedule": "mxnet.CosineScheduler", "base_lr": 0.4, "max_update": 5}


def parts_of(spec: dict[str, Any], stop: int = 8) -> list[tuple[str, int]]:
    return [(part.name, part.start) for part in schedule_from(spec).expand(0.1, stop)]


def rates_of(spec: dict[str, Any], *steps: int) -> list[float]:
    return [float(rate) for rate in schedule_from(spec).rate(np.array(steps), 9.9)]


def test_drops() -> None:
    assert rates_of(STAIRS, 0, 2, 3, 6) == pytest.approx([0.4, 0.4, 0.2, 0.1])
    assert parts_of(STAIRS) == [("hold", 0), ("drop", 3), ("drop", 6)]
    bounded = {**STAIRS, "stop_factor_lr": 0.15}
    assert rates_of(bounded, 3, 6, 9) == pytest.approx([0.2, 0.15, 0.15])
    assert rates_of({**STAIRS, "stop_factor_lr": 0.7}, 2, 3) == pytest.approx([0.4, 0.7])
    assert rates_of(LISTED, 2, 3, 5) == pytest.approx([0.4, 0.2, 0.1])
    assert parts_of(LISTED) == [("hold", 0), ("drop", 3), ("drop", 5)]
    assert schedule_from(LISTED).natural_length() == 7


def test_the_decay_ends_a_step_before_max_update() -> None:
    assert rates_of(POLY, 0, 2, 4, 9) == pytest.approx([0.256, 0.064, 0.0, 0.0])
    assert parts_of(POLY) == [("decay", 0), ("floor", 4)]
    line = {**POLY, "pwr": 1, "final_lr": 0.1}
    assert rates_of(line, 0, 3, 4) == pytest.approx([0.34, 0.16, 0.1])
    assert rates_of({**COSINE, "max_update": 4, "final_lr": 0.2}, 1, 3) == pytest.approx([0.3, 0.2])
    assert schedule_from(COSINE).natural_length() == 5


def test_a_warm_up_of_w_updates_has_w_less_one_steps() -> None:
    warm = {"warmup_steps": 4, "warmup_begin_lr": 0.2}
    assert rates_of({**COSINE, **warm, "max_update": 6}, 0, 2, 3, 4, 5) == pytest.approx(
        [0.25, 0.35, 0.4, 0.2, 0.0], abs=1e-16
    )
    assert parts_of({**POLY, **warm, "max_update": 6}) == [
        ("warm-up", 0), ("decay", 3), ("floor", 5),
    ]  # fmt: skip
    constant = {**POLY, **warm, "max_update": 6, "warmup_mode": "constant"}
    assert rates_of(constant, 0, 2, 3, 4) == pytest.approx([0.2, 0.2, 0.4, 0.1])
    assert parts_of({**POLY, "warmup_steps": 1}) == parts_of(POLY)
    assert rates_of({**POLY, "warmup_steps": 1}, 0) == pytest.approx([0.4])
    assert parts_of({**POLY, "warmup_steps": 2}) == [("warm-up", 0), ("decay", 1), ("floor", 4)]


def test_the_drops_do_not_wait_for_the_warm_up() -> None:
    warm = {"warmup_steps": 5}
    assert rates_of({**STAIRS, **warm}, 0, 3, 4, 6) == pytest.approx([0.08, 0.32, 0.2, 0.1])
    assert parts_of({**STAIRS, **warm}) == [("warm-up", 0), ("drop", 4), ("drop", 6)]
    assert rates_of({**LISTED, **warm}, 3, 4, 5) == pytest.approx([0.32, 0.2, 0.1])


def test_a_warm_up_beyond_max_update_leaves_no_decay() -> None:
    spec = {**COSINE, "warmup_steps": 7}
    assert rates_of(spec, 0, 6, 7) == pytest.approx([0.4 / 7, 0.4, 0.4])
    assert parts_of(spec) == [("warm-up", 0), ("hold", 6)]
    assert schedule_from(spec).natural_length() == 7


def test_roles_follow_the_run() -> None:
    cls = register.find("CosineScheduler")
    assert cls
    values = cls.complete({}, Target(steps=100, peak=0.2, warmup=10, floor=0.01))
    assert values == {"base_lr": 0.2, "warmup_steps": 10, "max_update": 100, "final_lr": 0.01}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({**STAIRS, "factor": 1.1}, "less than or equal to 1"),
        ({**STAIRS, "factor": -0.1}, "greater than or equal to 0"),
        ({**STAIRS, "step": 0}, "greater than 0"),
        ({**LISTED, "step": []}, "at least 1 item"),
        ({**LISTED, "step": [3, 3]}, "must be in ascending order, each once"),
        ({**LISTED, "factor": 1.1}, "less than or equal to 1"),
        ({**POLY, "pwr": 0}, "greater than 0"),
        (
            {**POLY, "warmup_steps": 5},
            "must differ from max_update, 5: MXNet divides by zero",
        ),
        (
            {**POLY, "warmup_begin_lr": 0.5},
            r"must be at most base_lr, 0.4 \(got 0.5\)",
        ),
    ],
)
def test_refusals(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        schedule_from(spec)
