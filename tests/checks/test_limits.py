"""The numbers from which, and up to which, a rule applies: both sides of each limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from lrviz import Curve, Run, schedule
from lrviz.advice.ranges import RANGES, Range
from lrviz.checks.check import check_table, find_rule
from lrviz.checks.subject import Subject
from lrviz.core.findings import Finding
from lrviz.core.schedule import Schedule
from lrviz.core.segment import Part, Segment, hold, linear
from lrviz.curves.table import tabulate
from lrviz.specfile.source import load_spec
from tests.listed import Listed

MILESTONE = "multistep:milestones=[{n}],epochs=30"
PERIOD = "step:step_size={n}"
CYCLES = "warm_restarts:T_0={n},steps_per_epoch=20"
COSINE = "cosine:T_max={n}"
SIZED = "cosine:T_max={n},steps=1000,world_size=2"
WARMUP = "transformers.linear:num_training_steps=100"
TRIANGLES = "cyclic:step_size_up=10,steps={n}"
EPOCHS = ",by=epoch,epochs=10"
PAIRS = ",epochs=90,steps_per_epoch=2"
RUN = ",epochs=90,steps_per_epoch=40"

LIMITS: dict[str, list[tuple[str, list[int], list[int]]]] = {
    "epochs-as-steps": [
        ("multistep:milestones=[5],epochs=30,steps_per_epoch={n}", [1, 2, 3], [2, 3]),
        (MILESTONE + ",steps_per_epoch=10", [2, 3, 30, 31], [3, 30]),
        (MILESTONE + ",steps_per_epoch=2", [2, 3, 20, 21], [3, 20]),
        ("multistep:milestones=[{n}],epochs=31,steps_per_epoch=10", [3, 4], [4]),
        ("exponential:gamma=0.9{n},epochs=10,steps_per_epoch=5", [1], []),
        (COSINE + ",epochs=20,steps_per_epoch=2", [17, 18, 22, 23, 40], [18, 22]),
        (PERIOD + ",epochs=30,steps_per_epoch=10", [1, 9, 10, 11, 24, 25], [1, 9, 11, 24]),
        (PERIOD + ",epochs=10,steps_per_epoch=100", [1, 10, 11], [1, 10]),
        (PERIOD + ",gamma=0.6,steps=130,steps_per_epoch=11", [8, 9, 10], [8, 9]),
        (PERIOD + ",gamma=0.61,steps=150,steps_per_epoch=9", [10, 11], [10]),
        (COSINE + ",warmup=20ep" + RUN, [60, 61, 70, 79, 80, 81, 99, 100], [61, 70, 79, 81, 99]),
        (COSINE + ",warmup=800" + RUN, [60, 61, 79, 80, 2800], [61, 79]),
        ("cosine:T_max=90,warmup={n}" + PAIRS, [71, 72, 90, 108, 109], [71, 109]),
        ("multistep:milestones=[{n}],warmup=20ep" + RUN, [8, 9, 90, 91], [9, 90]),
        ("step:step_size=1000,warmup={n}" + RUN, [9, 50, 90], []),
        (CYCLES + ",epochs=30", [1, 19, 20, 21], [1, 19]),
        (CYCLES + ",epochs=10", [1, 10, 11], [1, 10]),
    ],
    "steps-as-epochs": [
        ("multistep:milestones=[70],by=epoch,epochs=30,steps_per_epoch={n}", [2, 3], [3]),
        (MILESTONE + ",by=epoch,steps_per_epoch=3", [60, 61, 90, 91], [61, 90]),
        (MILESTONE + ",by=epoch,steps_per_epoch=30", [89, 90, 900, 901], [90, 900]),
        (PERIOD + EPOCHS + ",steps_per_epoch=10", [20, 21, 100, 101], [21, 100]),
        (PERIOD + EPOCHS + ",steps_per_epoch=30", [29, 30, 300, 301], [30, 300]),
        (COSINE + EPOCHS + ",steps_per_epoch=10", [10, 89, 90, 110, 111], [90, 110]),
        (COSINE + ",warmup=20,by=epoch" + RUN, [70, 2439, 2440, 3960, 3961], [2440, 3960]),
        ("cosine:T_max=10,warmup={n},by=epoch" + PAIRS, [79, 80, 81], []),
    ],
    "miscounted-steps": [
        (SIZED, [489, 490, 510, 511, 1000, 1959, 1960, 2040, 2041], [490, 510, 1960, 2040]),
        (SIZED + ",grad_accum=3", [163, 164, 169, 170, 5879, 5880], [164, 169, 5880]),
    ],
    "mid-cycle": [
        ("warm_restarts:T_0=20,steps={n}", [16, 17, 20, 21, 36, 37, 40], [16, 21, 36]),
        ("warm_restarts:T_0=4,steps={n}", [3, 4, 5, 7, 8], [3, 5, 7]),
        ("warm_restarts:T_0=20,eta_min=0.095,warmup=10,steps={n}", [12, 40], []),
        (TRIANGLES + ",base_lr=0.01,max_lr=0.1", [1, 2, 19, 20, 21], [2, 19]),
        (TRIANGLES + ",base_lr=0.1,max_lr=0.01", [12, 13, 16], [13, 16]),
    ],
    "never-peaks": [(WARMUP + ",num_warmup_steps=10,steps={n}", [1, 2, 10, 11], [2, 10])],
    "never-lands": [("cosine:T_max=100,steps={n}", [1, 89, 90, 91], [1, 89])],
    "climbs-again": [("cosine:T_max=100,steps={n}", [101, 107, 108], [108])],
    "dead-tail": [
        ("multistep:milestones=[{n}],gamma=1e-4,steps=100", [74, 75, 100], [74]),
        ("multistep:milestones=[9],gamma={n}e-4,steps=100", [9, 10, 11], [9]),
    ],
    "long-warmup": [
        (WARMUP + ",num_warmup_steps={n},steps=100", [31, 32, 99, 100], [32, 99]),
        ("onecycle:max_lr=1,total_steps=100,pct_start=0.{n}", [41, 42], [42]),
    ],
    "late-milestone": [
        ("multistep:milestones=[{n}],steps=100", [99, 100, 101], [100, 101]),
        (PERIOD + ",steps=100", [99, 100, 101, 2_000_000], [100, 101, 2_000_000]),
    ],
    "outside-range": [
        (PERIOD + ",steps=100", [19, 20, 40], [19]),
        ("multistep:milestones=[3],gamma=0.{n},steps=9", [0, 11, 50, 51, 99], [51, 99]),
    ],
}
"""For each rule specs with a number `n`: numbers near a limit, and those at which it applies."""


def findings(rule: str, spec: str) -> Iterator[Finding]:
    """Yield the findings of a rule alone, also those that another rule explains."""
    (column,) = tabulate(load_spec(spec).curves).columns
    return find_rule(rule).findings(Subject(column))


MESSAGES = [
    (
        "outside-range",
        "keras.PiecewiseConstantDecay:boundaries=[3,6],values=[1.0,0.9,0.72],steps=9",
        "each drop multiplies by 0.8 to 0.9; a tutorial recommends 0.1 to 0.5",
    ),
    (
        "epochs-as-steps",
        "cosine:T_max=9,steps=95,steps_per_epoch=10",
        "its length of 9 fits the run's 9 epochs, but the schedule counts its 95 optimizer steps",
    ),
    (
        "miscounted-steps",
        "cosine:T_max=25,steps=100,world_size=2,grad_accum=2",
        "its length of 25 is the run's 100 steps divided by world_size x grad_accum (4)",
    ),
    ("zero-start", "cosine:T_max=9,lr=0", ""),
    ("miscounted-steps", "cosine:T_max=103,steps=100,world_size=1", ""),
]


@pytest.mark.parametrize(("rule", "spec", "message"), MESSAGES)
def test_what_a_rule_says(rule: str, spec: str, message: str) -> None:
    assert [finding.message for finding in findings(rule, spec)] == ([message] if message else [])


@pytest.mark.parametrize(
    ("rule", "spec", "numbers", "matches"),
    [(rule, *limit) for rule, limits in LIMITS.items() for limit in limits],
)
def test_a_rule_applies_up_to_its_limits(
    rule: str, spec: str, numbers: Sequence[int], matches: list[int]
) -> None:
    assert [n for n in numbers if [*findings(rule, spec.format(n=n))]] == matches


def steps_of(
    rule: str, plan: Schedule, lr: float = 0.1, run: Run | None = None
) -> list[int | None]:
    """Return the steps at which a rule finds something."""
    (column,) = tabulate([Curve("plan", plan, lr, run or Run())]).columns
    return [finding.step for finding in find_rule(rule).findings(Subject(column))]


def listed(*parts: Part) -> Schedule:
    """Return a schedule of these parts."""

    class Example(Listed, abstract=True):
        listed = list(parts)

    return Example()


@pytest.mark.parametrize(("change", "steps"), [(5e-9, [0]), (5e-10, []), (-5e-10, [])])
def test_a_decay_rises_by_more_than_rounding(change: float, steps: list[int]) -> None:
    line = linear(0.1, 0.1 * (1 + change), 0, 100)
    assert steps_of("rises", listed(Segment("decay", 0, line))) == steps


@pytest.mark.parametrize(
    ("rate", "steps"), [(-0.1, []), (0.0, [50]), (0.05, [50]), (0.1, []), (0.2, [])]
)
def test_a_drop_rises_from_a_rate_of_at_least_0(rate: float, steps: list[int]) -> None:
    plan = listed(Segment("hold", 0, hold(rate)), Segment("drop", 50, hold(0.1)))
    assert steps_of("rises", plan) == steps


def sequence(milestones: list[int], *parts: object) -> Schedule:
    """Return a sequence of parts: numbers are constant factors."""
    children = [
        {"schedule": "constant", "factor": part, "total_iters": 999}
        if isinstance(part, float)
        else part
        for part in parts
    ]
    return schedule("torch.SequentialLR", schedules=children, milestones=milestones)


@pytest.mark.parametrize(
    ("milestones", "parts", "steps"),
    [
        ([1], (1.0, 0.5), [1]),
        ([99], (1.0, 0.5), [99]),
        ([100], (1.0, 0.5), []),
        ([10, 20], (1.0, 0.0, 0.1), [10]),
        ([10, 20], (1.0, 0.0, 0.11), [10, 20]),
        ([10], ({"schedule": "multistep", "milestones": [10], "gamma": 100}, 1.0), []),
    ],
)
def test_a_part_jumps_by_more_than_a_tenth_of_the_peak(
    milestones: list[int], parts: tuple[object, ...], steps: list[int]
) -> None:
    assert steps_of("jump", sequence(milestones, *parts), 1.0, Run(steps=100)) == steps


@pytest.mark.parametrize("steps", [range(200), range(1, 200), range(0, 200, 2), range(0)])
def test_only_whole_runs_are_checked(steps: range) -> None:
    curves = load_spec("cosine:T_max=100,steps=200").curves
    whole = check_table(tabulate(curves))
    assert [finding.id for finding in whole] == ["climbs-again"]
    assert check_table(tabulate(curves, steps)) == (whole if steps == range(200) else [])


@pytest.mark.parametrize("item", RANGES, ids=lambda item: item.text)
def test_the_ends_of_a_range_are_in_it_up_to_rounding(item: Range) -> None:
    assert item.low - 1e-9 in item
    assert item.high + 1e-9 in item
    assert np.nextafter(item.low - 1e-9, 0) not in item
    assert np.nextafter(item.high + 1e-9, 99) not in item
