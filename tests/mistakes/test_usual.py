"""Which values the parameters of mistakes usually have."""

from __future__ import annotations

import pytest

import lrviz
from lrviz.curves.curve import Curve
from lrviz.mistakes.registry import find_mistake

RUN = lrviz.Run(epochs=10, steps_per_epoch=61)
PLAN = Curve("plan", lrviz.schedule("cosine", T_max=600), lr=3e-4, run=RUN)


@pytest.mark.parametrize("mistake", ["stepped-n-times", "stepped-per-n"])
def test_counts_of_processes_and_batches_are_usual(mistake: str) -> None:
    item = find_mistake(mistake)
    numbers = [2, 15, 16, 17, 23, 24, 31, 32, 60, 61, 62, 256, 257]
    found = [n for n in numbers if not item.unusual(PLAN, {"n": n})]
    assert found == [2, 15, 16, 24, 32, 60, 61, 256]


def test_round_factors_are_usual() -> None:
    item = find_mistake("scaled")
    factors = [
        2, 0.5, 0.1, 0.25, 0.35, 1.5, 2**0.5, 8**0.5, 1 / 3, 1 / 256, 37, 1 / 15, 7 / 3,
        19 / 3, 1 / 0.67,
    ]  # fmt: skip
    assert [item.unusual(PLAN, {"factor": factor}) for factor in factors] == [0] * len(factors)
    others = [0.499667770419426, 0.999923, 0.97188755, 1.4567, 0.0]
    assert [item.unusual(PLAN, {"factor": factor}) for factor in others] == [1, 1, 1, 1, 0]


def test_lengths_in_a_simple_ratio_are_usual() -> None:
    item = find_mistake("other-length")
    totals = [1, 60, 66, 67, 75, 150, 200, 450, 599, 601, 900, 1200, 2400, 9600, 700, 4700]
    assert [item.unusual(PLAN, {"total": total}) for total in totals] == [0] * len(totals)
    totals = [133, 134, 225, 1067, 1371, 525]
    assert [item.unusual(PLAN, {"total": total}) for total in totals] == [0] * len(totals)
    others = [132, 135, 224, 226, 1068, 1457, 598, 602, 613, 4813, 10_200, 24_983]
    assert [item.unusual(PLAN, {"total": total}) for total in others] == [1] * len(others)
    resumed = find_mistake("resumed")
    assert [resumed.unusual(PLAN, {"at": 90, "total": n}) for n in (599, 600, 601)] == [1, 0, 1]


def test_any_length_is_usual_where_the_plan_has_none() -> None:
    plan = Curve("plan", lrviz.schedule("exponential", gamma=0.9))
    assert find_mistake("other-length").unusual(plan, {"total": 613}) == 0


def test_a_run_is_usually_not_resumed_at_its_beginning() -> None:
    restarted, resumed = find_mistake("restarted"), find_mistake("resumed")
    assert [restarted.unusual(PLAN, {"at": at}) for at in (1, 30, 31, 300)] == [1, 1, 0, 0]
    assert [resumed.unusual(PLAN, {"at": at, "total": 900}) for at in (30, 31)] == [1, 0]
    assert resumed.unusual(PLAN, {"at": 30, "total": 613}) == 2
    even = Curve("plan", lrviz.schedule("cosine", T_max=600))
    assert [restarted.unusual(even, {"at": at}) for at in (29, 30)] == [1, 0]


def test_a_run_usually_skips_few_steps() -> None:
    skipped = find_mistake("skipped")
    assert [skipped.unusual(PLAN, {"count": count}) for count in (1, 30, 31)] == [0, 0, 1]
    even = Curve("plan", lrviz.schedule("cosine", T_max=600))
    assert [skipped.unusual(even, {"count": count}) for count in (30, 31)] == [0, 1]
    short = Curve("plan", lrviz.schedule("cosine", T_max=60))
    assert [skipped.unusual(short, {"count": count}) for count in (8, 9)] == [0, 1]


def test_any_shift_is_usual() -> None:
    assert find_mistake("shifted").unusual(PLAN, {"by": -613}) == 0


def test_a_floor_is_usually_below_half_of_the_rate() -> None:
    other = find_mistake("other-floor")
    assert [other.unusual(PLAN, {"rate": rate}) for rate in (0, 1.5e-4, 1.6e-4)] == [0, 0, 1]
    sets = Curve("plan", lrviz.schedule("onecycle", max_lr=1, total_steps=50), lr=0.1)
    assert other.unusual(sets, {"rate": 0.3}) == 0
