"""The numbers from which, and up to which, a rule applies: both sides of each limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from lrviz.checks.check import find_rule
from lrviz.checks.subject import Subject
from lrviz.core.findings import Finding
from lrviz.curves.table import tabulate
from lrviz.specfile.source import load_spec

DROPS = "multistep:milestones=[{n}],epochs=30"
PERIOD = "step:step_size={n}"
CYCLES = "warm_restarts:T_0={n},steps_per_epoch=20"
COSINE = "cosine:T_max={n}"
SIZED = "cosine:T_max={n},steps=1000,world_size=2"
WARMUP = "transformers.linear:num_training_steps=100"


def findings(rule: str, spec: str) -> Iterator[Finding]:
    """Yield the findings of a rule alone, also those that another rule explains."""
    (column,) = tabulate(load_spec(spec).curves).columns
    return find_rule(rule).findings(Subject(column))


@pytest.mark.parametrize(
    ("rule", "spec", "numbers", "matches"),
    [
        ("epochs-as-steps", "multistep:milestones=[5],epochs=30,steps_per_epoch={n}", [1, 2, 3], [2, 3]),
        ("epochs-as-steps", DROPS + ",steps_per_epoch=10", [2, 3, 30, 31], [3, 30]),
        ("epochs-as-steps", DROPS + ",steps_per_epoch=2", [2, 3, 20, 21], [3, 20]),
        ("epochs-as-steps", COSINE + ",epochs=20,steps_per_epoch=2", [17, 18, 22, 23, 40], [18, 22]),
        ("epochs-as-steps", PERIOD + ",epochs=30,steps_per_epoch=10", [1, 9, 10, 11, 24, 25], [1, 9, 11, 24]),
        ("epochs-as-steps", PERIOD + ",epochs=10,steps_per_epoch=100", [1, 10, 11], [1, 10]),
        ("epochs-as-steps", PERIOD + ",gamma=0.6,steps=130,steps_per_epoch=11", [8, 9, 10], [8, 9]),
        ("epochs-as-steps", CYCLES + ",epochs=30", [1, 19, 20, 21], [1, 19]),
        ("epochs-as-steps", CYCLES + ",epochs=10", [1, 10, 11], [1, 10]),
        ("steps-as-epochs", "multistep:milestones=[70],by=epoch,epochs=30,steps_per_epoch={n}", [2, 3], [3]),
        ("steps-as-epochs", DROPS + ",by=epoch,steps_per_epoch=3", [60, 61, 90, 91], [61, 90]),
        ("steps-as-epochs", DROPS + ",by=epoch,steps_per_epoch=30", [89, 90, 900, 901], [90, 900]),
        ("steps-as-epochs", PERIOD + ",by=epoch,epochs=10,steps_per_epoch=10", [20, 21, 100, 101], [21, 100]),
        ("steps-as-epochs", PERIOD + ",by=epoch,epochs=10,steps_per_epoch=30", [29, 30, 300, 301], [30, 300]),
        ("steps-as-epochs", COSINE + ",by=epoch,epochs=10,steps_per_epoch=10", [10, 89, 90, 110, 111], [90, 110]),
        ("miscounted-steps", SIZED, [489, 490, 510, 511, 1000, 1959, 1960, 2040, 2041], [490, 510, 1960, 2040]),
        ("miscounted-steps", SIZED + ",grad_accum=3", [163, 164, 169, 170, 5879, 5880, 6120, 6121], [164, 169, 5880, 6120]),
        ("mid-cycle", "warm_restarts:T_0=20,steps={n}", [16, 17, 20, 21, 36, 37, 40], [16, 21, 36]),
        ("never-peaks", WARMUP + ",num_warmup_steps=10,steps={n}", [1, 2, 10, 11], [2, 10]),
        ("never-lands", "cosine:T_max=100,steps={n}", [1, 89, 90, 91], [1, 89]),
        ("climbs-again", "cosine:T_max=100,steps={n}", [101, 107, 108], [108]),
        ("dead-tail", "multistep:milestones=[{n}],gamma=1e-4,steps=100", [74, 75, 100], [74]),
        ("long-warmup", WARMUP + ",num_warmup_steps={n},steps=100", [31, 32, 99, 100], [32, 99]),
        ("long-warmup", "onecycle:max_lr=1,total_steps=100,pct_start=0.{n}", [41, 42], [42]),
        ("late-milestone", "multistep:milestones=[{n}],steps=100", [99, 100, 101], [100, 101]),
        ("late-milestone", PERIOD + ",steps=100", [99, 100, 101], [100, 101]),
        ("outside-range", PERIOD + ",steps=100", [19, 20, 40], [19]),
        ("outside-range", "multistep:milestones=[3],gamma=0.{n},steps=9", [11, 50, 51, 99], [51, 99]),
    ],
)  # fmt: skip
def test_a_rule_applies_up_to_its_limits(
    rule: str, spec: str, numbers: Sequence[int], matches: list[int]
) -> None:
    assert [n for n in numbers if [*findings(rule, spec.format(n=n))]] == matches
