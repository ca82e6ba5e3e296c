"""The facts about a curve that rules read."""

from __future__ import annotations

import pytest

import lrviz
from lrviz.checks.subject import Subject
from lrviz.curves.table import tabulate
from lrviz.specfile.source import load_spec


def subject(spec: str) -> Subject:
    return Subject(tabulate(load_spec(spec).curves).columns[0])


def test_a_share_of_the_peak() -> None:
    assert subject("cosine:T_max=9,lr=0.4").share(0.1) == "25 %"
    assert subject("cosine:T_max=9,lr=0.3").share(0.1) == "33.3 %"
    assert subject("cosine:T_max=9,lr=0").share(0.0) == "0 %"


@pytest.mark.parametrize(
    ("spec", "declared", "end"),
    [
        ("cosine:T_max=9", 0, None),
        ("wsd:total_steps=100,warmup_steps=10", 10, 10),
        ("wsd:total_steps=100,warmup_steps=0", 0, None),
        ("wsd:total_steps=10,warmup_steps=2,by=epoch,steps_per_epoch=5", 10, 10),
        ("transformers.linear:num_warmup_steps=10,num_training_steps=90,steps=5", 10, 10),
    ],
)
def test_the_end_of_a_warm_up(spec: str, declared: int, end: int | None) -> None:
    facts = subject(spec)
    assert (facts.declared_warmup, facts.warmup_end) == (declared, end)


@pytest.mark.parametrize(
    ("spec", "steps"),
    [
        ("cosine:T_max=9", []),
        ("multistep:milestones=[30,60],steps=90", [30, 60]),
        ("multistep:milestones=[3,6],epochs=9,by=epoch,steps_per_epoch=10", [30, 60]),
    ],
)
def test_declared_milestones(spec: str, steps: list[int]) -> None:
    assert list(subject(spec).declared) == steps
    assert subject(spec).last_declared == max(steps, default=0)


@pytest.mark.parametrize(
    ("spec", "starts"),
    [
        ("multistep:milestones=[30,900],steps=100", [0, 30, 900]),
        ("multistep:milestones=[30,900],steps=50", [0, 30, 900]),
        ("wsd:total_steps=100,warmup_steps=10,steps=20", [0, 10, 80, 100]),
    ],
)
def test_segments_after_the_run(spec: str, starts: list[int]) -> None:
    assert [segment.start for segment in subject(spec).segments] == starts


FORMULAS = {
    "cosine": ("0.5 * (1 + cos(pi * t / 100))", 100),
    "cosine to a floor": ("max(0.5 * (1 + cos(pi * t / 100)), 0.5)", 50),
    "cosine after a warm-up": ("t / 20 if t < 20 else 0.5 * (1 + cos(pi * (t - 20) / 80))", 100),
    "cosine that goes on": ("0.5 * (1 + cos(pi * t / 80))", 80),
    "a slow rise at the end": ("max(1 - t / 150, 0) + 0.1 * t / 200", 150),
    "triangles": ("1 - abs(t % 80 - 40) / 40", None),
    "a triangle up, down and up": ("1 - abs(t % 134 - 67) / 67", None),
    "a sine": ("1 + sin(pi * t / 20)", None),
    "warm restarts": ("1 + cos(pi * (t % 50) / 50)", None),
    "restarts with a warm-up": ("t % 50 / 5 if t % 50 < 5 else 1 + cos(pi * (t % 50) / 50)", None),
    "a decay that starts late": ("t / 50 if t < 50 else 100 / (t + 50)", None),
    "a rise": ("t / 200", None),
}


@pytest.mark.parametrize(("formula", "end"), FORMULAS.values(), ids=FORMULAS)
@pytest.mark.parametrize("kind", ["formula", "function"])
def test_the_end_of_a_decay_without_a_planned_length(
    formula: str, end: int | None, kind: str
) -> None:
    curve = load_spec(f'lambda:lr_lambda="{formula}",lr=0.1,steps=200').curves[0]
    if kind == "function":
        rates = lrviz.sample(curve).columns[0].rates
        curve = lrviz.curve(lambda step: rates[step], 200)
    assert Subject(lrviz.sample(curve).columns[0]).decay_end == end


def test_an_object_is_not_stepped_beyond_its_run() -> None:
    class Calls:  # a class, which a copy of the function shares
        last = 0

    def rate(step: int) -> float:
        Calls.last = max(Calls.last, step)
        return 1 / (step + 1)

    assert lrviz.check(lrviz.curve(rate, 50)) == []
    assert Calls.last == 49
