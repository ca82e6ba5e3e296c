"""The rates of a plan and of its variants, at any steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits.plan_rates import PlanRates
from lrviz.curves.curve import Curve
from lrviz.mistakes.variants import with_length, with_warmup
from lrviz.run import Run

RISE = {"schedule": "linear", "start_factor": 0.1, "total_iters": 10}
COSINE = {"schedule": "cosine", "T_max": 90}
DROPS = {"schedule": "multiplicative", "lr_lambda": "0.9"}


def sequence(*schedules: Any, at: tuple[int, ...] = (10,)) -> Curve:
    return Curve("plan", lrviz.schedule("sequential", schedules=schedules, milestones=at))


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (sequence(RISE, COSINE), True),
        (sequence(RISE, COSINE, RISE, at=(10, 50)), True),
        (sequence(RISE, DROPS), False),
        (sequence(sequence(RISE, COSINE).schedule.spec(), COSINE), False),
        (Curve("plan", lrviz.schedule("cosine", T_max=90)), False),
    ],
)
def test_a_sequence_whose_parts_are_independent(plan: Curve, expected: bool) -> None:
    assert PlanRates(plan, 120).has_independent_parts == expected


BY_EPOCH = Curve(
    "plan", sequence(RISE, COSINE).schedule, run=Run(epochs=100, steps_per_epoch=3), by="epoch"
)


@pytest.mark.parametrize("plan", [sequence(RISE, COSINE), BY_EPOCH], ids=["step", "epoch"])
def test_variants_of_a_sequence_have_the_rates_of_a_whole_run(plan: Curve) -> None:
    rates = PlanRates(plan, 120)
    steps = np.array([[0, 5, 9, 10], [11, 60, 119, 130]])
    for variant in (with_length(plan, 150), with_warmup(plan, 30), with_warmup(plan, 0)):
        whole = variant.rates_at(np.arange(131))[steps]
        np.testing.assert_allclose(rates.rates_at(variant, steps), whole, rtol=1e-12, atol=1e-16)


def test_the_peak_of_a_plan() -> None:
    assert PlanRates(sequence(RISE, COSINE), 120).peak == 0.1
    assert PlanRates(sequence(RISE, COSINE), 0).peak == pytest.approx(0.01)
    zero = Curve("plan", lrviz.schedule("constant", factor=0.0, total_iters=50))
    assert PlanRates(zero, 20).peak == 1.0
