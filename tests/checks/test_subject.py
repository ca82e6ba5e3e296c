"""The facts about a curve that rules read."""

from __future__ import annotations

import pytest

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
