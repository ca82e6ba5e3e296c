"""A scheduler under test: what a failed assertion says."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import lrviz
from lrviz.core.errors import SpecError
from tests.objects import fakes
from tests.objects.fakes import Optimizer

STEP = "step:step_size=30,gamma=0.5"


def stairs(step: int) -> float:
    return float(0.1 * 0.5 ** (step // 30))


def ticks_every_ten(step: int) -> float:
    return 0.1 * (1 + math.cos(math.pi * (step // 10) / 100)) / 2


def failure(*arguments: object, **options: object) -> str:
    with pytest.raises(AssertionError) as error:
        lrviz.assert_same(*arguments, **options)  # type: ignore[arg-type]
    return str(error.value)


def test_a_scheduler_that_follows_its_plan_passes(here: Path) -> None:
    (here / "plan.yaml").write_text("{schedule: step, step_size: 30, gamma: 0.5}", encoding="utf-8")
    plan = lrviz.schedule("step", step_size=30, gamma=0.5)
    for spec in (STEP, "plan.yaml", here / "plan.yaml", plan, lrviz.Curve("plan", plan)):
        lrviz.assert_same(stairs, spec, steps=100)
    lrviz.assert_same(fakes.StepLR(Optimizer(0.1), 30, 0.5), STEP, steps=1500)


def test_the_failure_has_the_step_both_rates_the_mistake_and_a_chart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert failure(ticks_every_ten, "cosine:t_max=100").splitlines() == [
        "ticks_every_ten has rate 0.1 at step 1, where the plan (cosine) has",
        "  0.09997532801828658",
        "99 of 100 steps differ, by 0.09799 at most (step 99)",
        "explained by stepped-per-n (n=10): the scheduler ticks once in 10 steps;",
        "  call scheduler.step() once after each optimizer.step(); where its",
        "  parameters count more, as batches, divide them by 10",
        "",
        "  0.1+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "     |            bbbbbbbbb",
        "     |                    bbbbbbb",
        " 0.05+                           bbbbbbb",
        "     |                                 bbbbbbb",
        "     |                                       bbbbbbb",
        "     |                                              bbbbbbbbb",
        "    0+                                                      bbbbbbbbbbbb",
        "     ++---------------+----------------+---------------+---------------+",
        "      0              25               50              75        step 100",
        "a ticks_every_ten   b cosine",
    ]


@pytest.mark.parametrize(("rtol", "fails"), [(1e-9, True), (2e-6, False), (0.9e-6, True)])
def test_rates_are_compared_relative_to_the_plan(rtol: float, fails: bool) -> None:
    rates = [0.1, 0.1 * (1 + 1e-6), 0.1]
    if fails:
        assert "rate 0.1000001 at step 1," in failure(
            rates, "constant:factor=1", rtol=rtol, steps=3
        )
    else:
        lrviz.assert_same(rates, "constant:factor=1", rtol=rtol, steps=3)


def test_tiny_rates_are_compared_relative_to_the_peak() -> None:
    lrviz.assert_same([0.1, 0.9e-14], lrviz.curve([0.1, 0.0]), steps=2)
    assert "rate 1.1e-14 at step 1," in failure([0.1, 1.1e-14], lrviz.curve([0.1, 0.0]))


@pytest.mark.filterwarnings("error")
def test_a_plan_that_begins_with_0_raises_no_warning() -> None:
    plan = "transformers.linear:num_warmup_steps=300,num_training_steps=3000"

    def too_low(step: int) -> float:
        return 5e-5 * (step / 300 if step < 300 else (3000 - step) / 3000)

    assert "at step 300," in failure(too_low, plan, lr=5e-5, steps=3000)


def test_the_steps_are_those_of_the_plan_or_given() -> None:
    late = [*(stairs(step) for step in range(50)), 1.0]
    lrviz.assert_same(late, STEP, steps=50)
    assert "rate 1.0 at step 50, where the plan (step) has 0.05" in failure(late, STEP, steps=51)
    with pytest.raises(SpecError, match="rates has 51 rates"):
        lrviz.assert_same(late, STEP, steps=52)


def test_a_plan_by_epoch_is_compared_tick_by_tick() -> None:
    plan = lrviz.Curve(
        "plan",
        lrviz.schedule("step", step_size=30, gamma=0.5),
        run=lrviz.Run(epochs=60, steps_per_epoch=7),
        by="epoch",
    )
    lrviz.assert_same(stairs, plan)
    assert "of 60 steps differ" in failure(ticks_every_ten, plan)


def test_each_parameter_group_must_follow_the_plan() -> None:
    message = failure(fakes.StepLR(Optimizer(0.1, 0.2), 30, 0.5), STEP, steps=100)
    assert message.startswith("torch.StepLR group 1 has rate 0.2 at step 0, where the")


def test_a_metric_is_what_the_scheduler_reads() -> None:
    metric = [1.0, 0.5, 0.5, 0.6]
    plan = f"plateau:factor=0.5,patience=0,metric={metric}"
    scheduler = fakes.ReduceLROnPlateau(Optimizer(0.1))
    lrviz.assert_same(scheduler, plan, metric=metric)
    assert "at step 2," in failure(scheduler, plan, metric=[1.0, 1.0, 0.5, 0.6])


def test_a_spec_of_several_curves_is_refused() -> None:
    with pytest.raises(SpecError) as error:
        lrviz.assert_same(stairs, "step:step_size=[20,30]")
    assert str(error.value) == (
        "step:step_size=[20,30]: must be one curve (it has: step step_size=20, step "
        "step_size=30); FILE#LABEL takes one of a file"
    )


def test_pytest_shows_the_line_of_the_test() -> None:
    with pytest.raises(AssertionError) as error:
        lrviz.assert_same(stairs, "cosine")
    frame = error.traceback[-1].frame
    assert frame.f_locals["__tracebackhide__"] is True


def test_a_check_takes_a_scheduler_and_a_run() -> None:
    scheduler = fakes.CosineAnnealingLR(Optimizer(0.1), 90)
    found = lrviz.check(scheduler, lrviz.Run(steps=300))
    assert [(item.id, item.curve) for item in found] == [
        ("climbs-again", "torch.CosineAnnealingLR")
    ]
    assert len(lrviz.sample([scheduler, stairs], 5).columns) == 2


def test_steps_must_be_given_where_neither_side_has_an_end() -> None:
    for arguments in ((stairs, stairs), (stairs, STEP)):
        with pytest.raises(SpecError) as error:
            lrviz.assert_same(*arguments)
        (finding,) = error.value.findings
        assert finding.message == "must be given: neither the scheduler nor its plan has an end"
        assert (finding.place, finding.id) == ("steps", "missing-parameter")


def test_the_end_of_either_side_is_that_of_the_comparison() -> None:
    def late(step: int) -> float:
        return 0.1 if step < 49 else 0.2

    def later(step: int) -> float:
        return 0.1 if step < 50 else 0.2

    rates = [0.1] * 50
    lrviz.assert_same(later, lrviz.curve(rates))
    lrviz.assert_same(rates, lrviz.curve(later))
    assert (
        failure(late, lrviz.curve(rates)).splitlines()[0].startswith("late has rate 0.2 at step 49")
    )
    lrviz.assert_same(later, lrviz.curve(late), steps=49)
