"""Ignite's schedulers: segments, cycles, rows, warm-ups, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lrviz.core.composition import schedule_from
from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.core.roles import Target
from lrviz.specfile.source import load_named

LINEAR = {
    "schedule": "ignite.LinearCyclicalScheduler",
    "start_value": 0.1,
    "end_value": 0.5,
    "cycle_size": 4,
}
COSINE = {
    "schedule": "ignite.CosineAnnealingScheduler",
    "start_value": 0.5,
    "end_value": 0.1,
    "cycle_size": 4,
}


def parts_of(spec: dict[str, Any], stop: int = 20) -> list[tuple[str, int]]:
    return [(part.name, part.start) for part in schedule_from(spec).expand(0.1, stop)]


def rates_of(spec: dict[str, Any], *steps: int, lr: float = 0.1) -> list[float]:
    return [float(rate) for rate in schedule_from(spec).rate(np.array(steps), lr)]


def milestones(*pairs: list[float]) -> dict[str, Any]:
    return {"schedule": "ignite.PiecewiseLinear", "milestones_values": list(pairs)}


def row(*schedulers: dict[str, Any], durations: list[int]) -> dict[str, Any]:
    spec = {"schedule": "ignite.ConcatScheduler", "schedulers": list(schedulers)}
    return {**spec, "durations": durations}


def warmed(child: dict[str, Any], **values: Any) -> dict[str, Any]:
    spec = {"schedule": "ignite.create_lr_scheduler_with_warmup", "lr_scheduler": child}
    return {**spec, "warmup_start_value": 0.0, "warmup_duration": 3, **values}


def test_milestones() -> None:
    spec = milestones([2, 0.1], [4, 0.5], [4, 0.3], [8, 0.3], [10, 0.0])
    assert rates_of(spec, 0, 2, 3, 4, 8, 9, 10, 99) == pytest.approx(
        [0.1, 0.1, 0.3, 0.3, 0.3, 0.15, 0.0, 0.0]
    )
    assert parts_of(spec) == [("hold", 0), ("rise", 2), ("hold", 4), ("decay", 8), ("floor", 10)]
    assert schedule_from(spec).natural_length() == 10


def test_milestones_from_step_0_and_before() -> None:
    assert parts_of(milestones([0, 0.0], [5, 0.1])) == [("warm-up", 0), ("hold", 5)]
    assert parts_of(milestones([0, 0.1])) == [("hold", 0)]
    assert schedule_from(milestones([0, 0.1])).natural_length() is None
    before = milestones([-4, 0.0], [-2, 0.4], [2, 0.2])
    assert rates_of(before, 0, 1, 2) == pytest.approx([0.3, 0.25, 0.2])
    assert parts_of(before) == [("decay", 0), ("hold", 2)]
    assert parts_of(milestones([-3, 0.1])) == [("hold", 0)]
    assert schedule_from(milestones([-3, 0.1])).natural_length() is None


def test_a_typed_list_of_pairs_is_one_value_and_a_list_of_such_lists_a_sweep() -> None:
    one = [[0, 0.1], [5, 0.2]]
    curves = load_named("ignite.PiecewiseLinear", {"milestones_values": one}).curves
    assert [curve.schedule for curve in curves] == [schedule_from(milestones(*one))]
    curves = load_named("ignite.PiecewiseLinear", {"milestones_values": [one, [[0, 1]]]}).curves
    assert len(curves) == 2
    curves = load_named("multistep", {"milestones": [[3], [4, 5]]}).curves
    assert [curve.schedule.spec()["milestones"] for curve in curves] == [[3], [4, 5]]
    curves = load_named("multistep", {"milestones": 3}).curves
    assert [curve.schedule.spec()["milestones"] for curve in curves] == [[3]]


def test_milestones_follow_the_run() -> None:
    cls = register.find("PiecewiseLinear")
    assert cls
    assert cls.complete({}, Target(steps=50, peak=0.3, floor=0.01)) == {
        "milestones_values": [[0, 0.3], [50, 0.01]]
    }
    assert cls.complete({}, Target(steps=50)) == {"milestones_values": [[0, 0.1], [50, 0.0]]}
    assert cls.complete({}, Target(peak=0.3)) == cls.example_values()
    assert cls.complete({"milestones_values": [[0, 1]]}, Target(steps=50)) == {}


def test_there_and_back() -> None:
    assert rates_of(LINEAR, 0, 1, 2, 3, 4, 6) == pytest.approx([0.1, 0.3, 0.5, 0.3, 0.1, 0.5])
    assert parts_of(LINEAR, 7) == [("rise", 0), ("fall", 2), ("rise", 4), ("fall", 6)]
    odd = {**LINEAR, "cycle_size": 5, "start_value": 0.5, "end_value": 0.0}
    assert rates_of(odd, 0, 1, 2, 3, 4) == pytest.approx([0.5, 0.3, 0.1, 0.1, 0.3])
    assert parts_of(odd, 6) == [("fall", 0), ("rise", 3), ("fall", 5)]


def test_a_cycle_of_one_event_has_no_way_back() -> None:
    shrinking = {**LINEAR, "cycle_size": 2, "cycle_mult": 0.5}
    assert parts_of(shrinking, 3) == [("rise", 0), ("fall", 1), ("rise", 2)]


def test_one_way() -> None:
    spec = {**LINEAR, "monotonic": True}
    assert rates_of(spec, 0, 1, 3, 4) == pytest.approx([0.1, 0.2, 0.4, 0.1])
    assert parts_of(spec, 9) == [("rise", 0), ("restart", 4), ("restart", 8)]
    assert rates_of(COSINE, 0, 2, 4) == pytest.approx([0.5, 0.3, 0.5])
    assert parts_of(COSINE, 9) == [("decay", 0), ("restart", 4), ("restart", 8)]


def test_factors_from_cycle_to_cycle() -> None:
    spec = {**COSINE, "cycle_mult": 1.5, "start_value_mult": 0.5, "end_value_mult": 0.1}
    starts = [("decay", 0), ("restart", 4), ("restart", 10), ("restart", 19)]
    assert parts_of(spec, 20) == starts
    assert rates_of(spec, 2, 4, 7, 10) == pytest.approx([0.3, 0.25, 0.13, 0.125])
    assert schedule_from(spec).natural_length() == 19
    for part in schedule_from(spec).expand(0.1, 20):
        assert part.shape
        steps = np.array([part.start, part.start + 1])
        assert part.shape.rates(steps).tolist() == pytest.approx(rates_of(spec, *steps))


def test_a_warm_up_leads_to_the_next_cycle() -> None:
    spec = {**COSINE, "warmup_duration": 2, "start_value_mult": 0.5, "cycle_mult": 2}
    assert rates_of(spec, 4, 5, 6, 14, 16, 18) == pytest.approx(
        [0.1, 0.175, 0.25, 0.1, 0.1125, 0.125]
    )
    assert parts_of(spec) == [
        ("decay", 0), ("restart", 4), ("decay", 6), ("restart", 14), ("decay", 18),
    ]  # fmt: skip
    assert schedule_from(spec).natural_length() == 6 + 12 + 24


def test_a_length_that_does_not_grow_repeats() -> None:
    spec = {**COSINE, "cycle_size": 2, "cycle_mult": 1.4}
    assert parts_of(spec, 7) == [("decay", 0), ("restart", 2), ("restart", 4), ("restart", 6)]
    assert rates_of(spec, 5, 1_000_001) == pytest.approx([0.3, 0.3])
    assert schedule_from(spec).natural_length() == 6
    assert schedule_from(COSINE).natural_length() == 12
    assert schedule_from(spec).end() is None


def test_a_length_of_0_ends_the_run() -> None:
    spec = {**COSINE, "cycle_mult": 0.5}
    assert parts_of(spec) == [("decay", 0), ("restart", 4), ("restart", 6)]
    assert schedule_from(spec).natural_length() == 7
    message = (
        "ignite.CosineAnnealingScheduler divides by cycle_size, which cycle_mult makes 0 at event 7"
    )
    with pytest.raises(SpecError, match=message):
        schedule_from(spec).rate(7)
    assert parts_of({**spec, "cycle_mult": 0.0}) == [("decay", 0)]


def test_schedulers_in_a_row() -> None:
    spec = row(LINEAR, COSINE, durations=[2])
    assert rates_of(spec, 0, 1, 2, 4, 6) == pytest.approx([0.1, 0.3, 0.5, 0.3, 0.5])
    assert parts_of(spec, 7) == [("rise", 0), ("decay", 2), ("restart", 6)]
    assert schedule_from(spec).natural_length() == 2 + 12
    endless = row(LINEAR, milestones([0, 0.1]), durations=[2])
    assert schedule_from(endless).natural_length() == 2 + 100


def test_a_duration_of_0() -> None:
    skipped = row(LINEAR, COSINE, milestones([0, 0.2]), durations=[0, 3])
    assert rates_of(skipped, 0, 2, 3) == pytest.approx([0.5, 0.3, 0.2])
    assert schedule_from(skipped).marks(50) == [3]
    assert schedule_from(skipped).natural_length() == 3 + 100
    endless = row(LINEAR, milestones([0, 0.2]), COSINE, durations=[2, 0])
    assert rates_of(endless, 1, 2, 50) == pytest.approx([0.3, 0.2, 0.2])
    assert schedule_from(endless).marks(50) == [2]


def test_a_row_ends_where_one_of_it_does() -> None:
    ending = {**COSINE, "cycle_mult": 0.0}
    assert schedule_from(row(LINEAR, ending, durations=[2])).end() is not None
    end = schedule_from(row(LINEAR, ending, durations=[2])).end()
    assert end
    assert (end.last, end.message) == (
        5,
        "after 2 events: CosineAnnealingScheduler divides by cycle_size, which cycle_mult makes 0 "
        "at event 4",
    )
    assert schedule_from(row(ending, LINEAR, durations=[4])).end() is None
    end = schedule_from(row(ending, LINEAR, durations=[5])).end()
    assert end
    assert end.last == 3


def test_a_warm_up_ends_at_the_first_rate_of_the_scheduler() -> None:
    spec = warmed(COSINE, warmup_end_value=0.5)
    assert rates_of(spec, 0, 1, 2, 4, 6) == pytest.approx([0.0, 0.25, 0.5, 0.3, 0.5])
    assert parts_of(spec, 7) == [("warm-up", 0), ("decay", 2), ("restart", 6)]
    assert schedule_from(spec).natural_length() == 2 + 12


def test_a_scheduler_of_another_first_rate_starts_an_event_later() -> None:
    spec = warmed(COSINE)
    assert rates_of(spec, 1, 2, 3, 5) == pytest.approx([0.05, 0.1, 0.5, 0.3])
    assert parts_of(spec, 8) == [("warm-up", 0), ("decay", 3), ("restart", 7)]
    assert rates_of(spec, 2, 4, lr=0.5) == pytest.approx([0.5, 0.3])


def test_a_warm_up_before_a_scheduler_of_torch() -> None:
    step = {"schedule": "torch.StepLR", "step_size": 2, "gamma": 0.5}
    assert rates_of(warmed(step), 0, 1, 2, 3, 4, 6) == pytest.approx(
        [0.0, 0.05, 0.1, 0.1, 0.05, 0.025]
    )
    other = warmed(step, warmup_end_value=0.4)
    assert rates_of(other, 1, 2, 3, 4, 5) == pytest.approx([0.2, 0.4, 0.1, 0.1, 0.05])
    ramp = {"schedule": "torch.LinearLR", "start_factor": 0.5, "total_iters": 2}
    assert rates_of(warmed(ramp), 0, 1, 2, 3, 4) == pytest.approx([0.0, 0.025, 0.05, 0.075, 0.1])
    cyclic = {"schedule": "torch.CyclicLR", "base_lr": 0.2, "max_lr": 0.4, "step_size_up": 2}
    assert rates_of(warmed(cyclic), 1, 2, 3, 4) == pytest.approx([0.1, 0.2, 0.3, 0.4])
    product = {"schedule": "torch.MultiplicativeLR", "lr_lambda": "0.5"}
    assert rates_of(warmed(product), 1, 2, 3, 4) == pytest.approx([0.05, 0.1, 0.05, 0.025])
    assert parts_of(warmed(product)) == [("warm-up", 0), ("custom", 2)]
    cosine = {"schedule": "torch.CosineAnnealingLR", "T_max": 7, "eta_min": 0.003}
    assert schedule_from(warmed(cosine)).natural_length() == 2 + 7
    one = {"schedule": "torch.OneCycleLR", "max_lr": 0.1, "total_steps": 20}
    end = schedule_from(warmed(one)).end()
    assert end
    assert end.last == 2 + 20


def test_warm_ups_inside_warm_ups() -> None:
    inner = warmed(COSINE, warmup_start_value=0.1, warmup_end_value=0.5)
    assert rates_of(warmed(inner), 1, 2, 3, 5) == pytest.approx([0.05, 0.1, 0.1, 0.5])
    skipped = warmed(row({**LINEAR, "monotonic": True}, COSINE, durations=[0]))
    assert rates_of(skipped, 1, 2, 4) == pytest.approx([0.05, 0.5, 0.3])


def test_a_warm_up_follows_the_run() -> None:
    cls = register.find("ignite.create_lr_scheduler_with_warmup")
    assert cls
    values = cls.complete({}, Target(steps=100, peak=0.2, warmup=20, floor=0.02))
    assert values == {
        "warmup_duration": 20,
        "warmup_start_value": 0.0,
        "lr_scheduler": {
            "schedule": "ignite.CosineAnnealingScheduler",
            "cycle_size": 81,
            "start_value": 0.2,
            "end_value": 0.02,
        },
    }
    assert rates_of({"schedule": cls.title(), **values}, 19, 100, lr=0.2)[0] == pytest.approx(0.2)
    assert cls.complete({}, Target(steps=3))["lr_scheduler"]["cycle_size"] == 2
    assert (
        cls.complete({"warmup_duration": 5}, Target(steps=30))["lr_scheduler"]["cycle_size"] == 26
    )
    given = cls.complete({"lr_scheduler": COSINE}, Target(steps=30, warmup=4))
    assert given == {"warmup_duration": 4, "warmup_start_value": 0.0}


def test_findings_are_those_of_the_parts() -> None:
    grows = {"schedule": "torch.ExponentialLR", "gamma": 1.5}
    inner = warmed(grows)
    for spec in (inner, row(inner, LINEAR, durations=[5])):
        findings = list(schedule_from(spec).findings(0.1))
        assert [finding.id for finding in findings] == ["grows"]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (milestones([5, 0.1], [4, 0.2]), r"ascending order \(got 4 after 5\)"),
        (milestones([5, 0.1, 0.2]), r"must be a pair: \[EVENT, RATE\]"),
        (milestones(5), r"must be a pair: \[EVENT, RATE\]"),
        (milestones([1.5, 0.1]), "must be a whole number"),
        (milestones(), "at least 1 item"),
        ({**LINEAR, "cycle_size": 1}, "greater than or equal to 2"),
        ({**LINEAR, "cycle_mult": -1}, "greater than or equal to 0"),
        (
            {**LINEAR, "warmup_duration": 1},
            "warmup_duration needs monotonic: without it a cycle ends at start_value",
        ),
        (row(LINEAR, durations=[]), r"must be two or more schedulers \(got 1\)"),
        (
            row(LINEAR, COSINE, durations=[1, 2]),
            r"must be one less than schedulers \(got 2 schedulers and 2 durations\)",
        ),
        (
            row(LINEAR, {"schedule": "torch.ConstantLR"}, durations=[1]),
            r"ignite.ConcatScheduler runs schedulers of ignite only \(got torch.ConstantLR\)",
        ),
        (
            row(
                warmed({"schedule": "torch.ConstantLR"}),
                row(LINEAR, warmed({"schedule": "torch.ConstantLR"}), durations=[2]),
                durations=[1],
            ),
            "two schedulers of torch in a row share the optimizer's first rate",
        ),
        (warmed(COSINE, warmup_duration=1), "greater than or equal to 2"),
        (
            warmed({"schedule": "timm.cosine", "t_initial": 5}),
            r"must be a scheduler of ignite or torch \(got timm.cosine\)",
        ),
        (
            warmed({"schedule": "torch.ChainedScheduler", "schedules": ["torch.ConstantLR"]}),
            r"torch.ChainedScheduler has no get_lr\(\), which Ignite calls",
        ),
        (
            warmed({"schedule": "torch.ReduceLROnPlateau", "metric": [1.0, 1.0]}),
            r"torch.ReduceLROnPlateau has no get_lr\(\), which Ignite calls",
        ),
    ],
)
def test_refusals(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        schedule_from(spec)
