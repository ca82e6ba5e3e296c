"""A schedule with another length or warm-up, by its roles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.mistakes.variants import (
    is_longer_with_warmup,
    length_of,
    slowed_text,
    steps_of,
    stretched,
    warmup_of,
    with_floor,
    with_hold,
    with_length,
    with_warmup,
)
from lrviz.run import Run

COSINE = {"schedule": "torch.CosineAnnealingLR", "T_max": 90}
RISE = {"schedule": "torch.LinearLR", "start_factor": 0.1, "total_iters": 10}


def sequence(schedules: list[Any], milestones: list[int]) -> Schedule:
    return lrviz.schedule("sequential", schedules=schedules, milestones=milestones)


SEQUENCE = sequence([RISE, COSINE], [10])


@pytest.mark.parametrize(
    ("schedule", "length", "warmup"),
    [
        (lrviz.schedule("cosine", T_max=70), 70, None),
        (lrviz.schedule("timm.cosine", t_initial=70, warmup_t=7), 70, 7),
        (lrviz.schedule("timm.cosine", t_initial=70, warmup_t=1), 70, 1),
        (lrviz.schedule("onecycle", max_lr=1, total_steps=50), 50, 0),
        (lrviz.schedule("keras.CosineDecay", initial_learning_rate=0.0, decay_steps=80,
                        warmup_target=0.1, warmup_steps=20), 100, 20),
        (lrviz.schedule("keras.CosineDecay", initial_learning_rate=0.1, decay_steps=80), 80, 0),
        (lrviz.schedule("lrviz.trapezoid", total_steps=100), 100, 0),  # a warm-up of 10%
        (SEQUENCE, 100, 10),
        (sequence([RISE, COSINE, COSINE], [10, 100]), 190, 10),
        (lrviz.schedule("exponential", gamma=0.9), None, None),
        (lrviz.schedule("onecycle", max_lr=1, epochs=5, steps_per_epoch=8), 40, 0),
        (lrviz.schedule("transformers.warmup_stable_decay", num_warmup_steps=3,
                        num_decay_steps=20, num_stable_steps=60), 83, 3),
        (lrviz.schedule("transformers.constant_with_warmup", num_warmup_steps=3), None, 3),
    ],
)  # fmt: skip
def test_length_and_warmup(schedule: Schedule, length: int | None, warmup: int | None) -> None:
    assert (length_of(schedule), warmup_of(schedule)) == (length, warmup)


EXAMPLES = [cls.model_validate(cls.example_values()) for cls in register.all()]
WITH_WARMUP = [item for item in EXAMPLES if length_of(item) and warmup_of(item)]


@pytest.mark.parametrize("schedule", WITH_WARMUP, ids=lambda schedule: str(schedule.title()))
def test_which_schedules_are_longer_with_a_longer_warmup(schedule: Schedule) -> None:
    plan = Curve("plan", schedule)
    other = with_warmup(plan, (warmup_of(schedule) or 0) // 2 * plan.steps_per_tick)
    as_long = with_length(other, (length_of(schedule) or 0) * plan.steps_per_tick)
    assert is_longer_with_warmup(schedule) == (as_long.schedule != other.schedule)


def test_another_length_includes_the_warmup() -> None:
    keras = lrviz.schedule(
        "keras.CosineDecay", initial_learning_rate=0.0, decay_steps=80, warmup_target=0.1,
        warmup_steps=20,
    )  # fmt: skip
    assert with_length(Curve("plan", keras), 150).schedule.spec()["decay_steps"] == 130
    assert with_length(Curve("plan", SEQUENCE), 150).schedule.spec()["schedules"][1]["T_max"] == 140
    longer = with_length(Curve("plan", lrviz.schedule("cosine", T_max=70)), 71)
    assert longer.schedule.spec()["T_max"] == 71


def test_of_three_schedules_the_last_one_changes() -> None:
    constant = {"schedule": "ConstantLR", "factor": 1.0}
    plan = Curve("plan", sequence([RISE, constant, COSINE], [10, 60]))
    assert last_of(with_length(plan, 200)) == {"T_max": 140, "eta_min": 0.0}
    assert last_of(with_floor(plan, 0.02)) == {"T_max": 90, "eta_min": 0.02}
    stairs = sequence([RISE, constant, {"schedule": "StepLR", "step_size": 30}], [10, 60])
    slower = with_length(Curve("plan", stairs, run=Run(steps=110)), 160)
    assert last_of(slower) == {"step_size": 60, "gamma": 0.1}
    assert slowed_text(slower.schedule) == "step_size=60"
    for changed in (with_length(plan, 200), with_floor(plan, 0.02), slower):
        assert changed.schedule.spec()["schedules"][:2] == plan.schedule.spec()["schedules"][:2]


def last_of(plan: Curve) -> dict[str, Any]:
    """Return the parameters of the last schedule of a sequence."""
    *_, last = plan.schedule.spec()["schedules"]
    return {name: value for name, value in last.items() if name != "schedule"}


def test_a_length_leaves_a_tick_after_the_warmup() -> None:
    keras = lrviz.schedule(
        "keras.CosineDecay", initial_learning_rate=0.0, decay_steps=80, warmup_target=0.1,
        warmup_steps=20,
    )  # fmt: skip
    assert with_length(Curve("plan", keras), 21).schedule.spec()["decay_steps"] == 1
    with pytest.raises(lrviz.SpecError) as caught:
        with_length(Curve("plan", keras), 20)
    assert str(caught.value) == "plan: keras.CosineDecay cannot be made for 20 steps"


def test_a_sequence_of_one_has_no_roles() -> None:
    assert (length_of(sequence([RISE], [])), warmup_of(sequence([RISE], []))) == (None, None)


def test_a_sequence_without_its_warmup() -> None:
    assert with_warmup(Curve("plan", SEQUENCE), 1).schedule.spec()["milestones"] == [1]
    assert with_warmup(Curve("plan", SEQUENCE), 0).schedule == lrviz.schedule("cosine", T_max=90)
    longer = with_warmup(Curve("plan", sequence([RISE, COSINE, RISE], [10, 90])), 0)
    assert longer.schedule.spec() == sequence([COSINE, RISE], [80]).spec()


def test_the_parts_after_a_warmup_stay_as_long() -> None:
    plan = Curve("plan", sequence([RISE, COSINE, RISE], [10, 90]))
    shorter, longer = with_warmup(plan, 4).schedule.spec(), with_warmup(plan, 25).schedule.spec()
    assert (shorter["milestones"], longer["milestones"]) == ([4, 84], [25, 105])
    assert [item["total_iters"] for item in longer["schedules"][::2]] == [25, 10]


def test_ticks_by_epoch_round_up() -> None:
    run = lrviz.Run(epochs=7, steps_per_epoch=10)
    plan = Curve("plan", lrviz.schedule("cosine", T_max=7), run=run, by="epoch")
    assert with_length(plan, 91).schedule.spec()["T_max"] == 10
    assert with_length(plan, 90).schedule.spec()["T_max"] == 9
    timm = Curve("plan", lrviz.schedule("timm.cosine", t_initial=7), run=run, by="epoch")
    assert with_warmup(timm, 39).schedule.spec()["warmup_t"] == 3


def test_a_warmup_may_be_longer_than_the_schedule() -> None:
    plan = Curve("plan", lrviz.schedule("transformers.cosine", num_warmup_steps=5,
                                        num_training_steps=50))  # fmt: skip
    longer = with_warmup(plan, 200)
    assert longer.schedule.spec()["num_training_steps"] == 50
    assert longer.rates_at(np.array([20, 40])) == pytest.approx([0.01, 0.02])


def test_another_warmup() -> None:
    changed = with_warmup(Curve("plan", SEQUENCE), 30).schedule.spec()
    assert changed["milestones"] == [30]
    assert changed["schedules"][0]["total_iters"] == 30
    one_cycle = lrviz.schedule("lightning.LinearWarmupCosineAnnealingLR", warmup_epochs=5,
                               max_epochs=50)  # fmt: skip
    assert with_warmup(Curve("plan", one_cycle), 8).schedule.spec()["warmup_epochs"] == 8
    share = Curve("plan", lrviz.schedule("onecycle", max_lr=1, total_steps=50))
    assert with_warmup(share, 10).schedule.spec()["pct_start"] == 0.2


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        (lrviz.schedule("exponential", gamma=0.9), "torch.ExponentialLR cannot be made for 9"),
        (sequence([RISE, COSINE], [10]), "torch.SequentialLR cannot be made for 9"),
    ],
)
def test_no_such_length(schedule: Schedule, message: str) -> None:
    with pytest.raises(lrviz.SpecError) as caught:
        with_length(Curve("plan", schedule), 9)
    assert str(caught.value) == f"plan: {message} steps"


@pytest.mark.parametrize(
    "schedule",
    [
        lrviz.schedule("exponential", gamma=0.9),
        lrviz.schedule("onecycle", max_lr=1, total_steps=8),  # its warm-up is a share of its length
        sequence([{"schedule": "exponential", "gamma": 0.9}, COSINE], [10]),
    ],
)
def test_no_such_warmup(schedule: Schedule) -> None:
    with pytest.raises(lrviz.SpecError) as caught:
        with_warmup(Curve("plan", schedule), 9)
    assert str(caught.value) == f"plan: {schedule.title()} cannot have a warm-up of 9 steps"


def test_a_sequence_that_begins_with_no_warmup_keeps_all_its_parts() -> None:
    plan = Curve("plan", sequence([{"schedule": "exponential", "gamma": 0.9}, COSINE], [10]))
    with pytest.raises(lrviz.SpecError, match="cannot have a warm-up of 0 steps"):
        with_warmup(plan, 0)


@pytest.mark.parametrize(
    ("schedule", "total", "expected"),
    [
        (lrviz.schedule("cosine", T_max=70), 105, {"T_max": 105}),
        (lrviz.schedule("timm.cosine", t_initial=70, warmup_t=7), 100,
         {"t_initial": 100, "warmup_t": 10}),
        (lrviz.schedule("transformers.linear", num_warmup_steps=0.1, num_training_steps=50), 80,
         {"num_warmup_steps": 0.1, "num_training_steps": 80}),
    ],
)  # fmt: skip
def test_a_stretched_plan_keeps_the_shares_of_its_steps(
    schedule: Schedule, total: int, expected: dict[str, Any]
) -> None:
    spec = stretched(Curve("plan", schedule), total).schedule.spec()
    assert {name: spec[name] for name in expected} == expected


def test_a_stretched_sequence() -> None:
    spec = stretched(Curve("plan", SEQUENCE), 250).schedule.spec()
    assert spec["milestones"] == [25]
    assert [spec["schedules"][0]["total_iters"], spec["schedules"][1]["T_max"]] == [25, 225]


def test_what_has_no_length_cannot_be_stretched() -> None:
    plan = Curve("plan", lrviz.schedule("exponential", gamma=0.9))
    with pytest.raises(
        lrviz.SpecError, match=r"^plan: torch\.ExponentialLR cannot be made for 20 steps"
    ):
        stretched(plan, 20)


@pytest.mark.parametrize(
    ("schedule", "name", "value"),
    [
        (lrviz.schedule("cosine", T_max=70), "eta_min", 0.02),
        (lrviz.schedule("keras.CosineDecay", initial_learning_rate=0.1, decay_steps=80),
         "alpha", 0.2),
        (lrviz.schedule("transformers.polynomial", num_warmup_steps=1, num_training_steps=9),
         "lr_end", 0.02),
    ],
)  # fmt: skip
def test_another_floor(schedule: Schedule, name: str, value: float) -> None:
    plan = Curve("plan", schedule, lr=0.4)
    assert with_floor(plan, 0.02).schedule.spec()[name] == pytest.approx(value)


def test_another_floor_of_a_sequence() -> None:
    spec = with_floor(Curve("plan", SEQUENCE), 0.02).schedule.spec()
    assert spec["schedules"][1]["eta_min"] == 0.02


def test_no_such_floor() -> None:
    plan = Curve("plan", lrviz.schedule("exponential", gamma=0.9))
    with pytest.raises(lrviz.SpecError) as caught:
        with_floor(plan, 0.02)
    assert str(caught.value) == "plan: torch.ExponentialLR cannot end at a rate of 0.02"


def test_another_length_replaces_what_else_decides_it() -> None:
    wsd = lrviz.schedule(
        "transformers.warmup_stable_decay", num_warmup_steps=3, num_decay_steps=20,
        num_stable_steps=60,
    )  # fmt: skip
    longer = with_length(Curve("plan", wsd), 100).schedule.spec()
    assert (longer["num_training_steps"], longer.get("num_stable_steps")) == (100, None)
    cycle = lrviz.schedule("onecycle", max_lr=1, epochs=5, steps_per_epoch=8)
    longer = with_length(Curve("plan", cycle), 60).schedule.spec()
    assert (longer["total_steps"], longer.get("epochs")) == (60, None)


def of_100_steps(name: str, **values: Any) -> Curve:
    return Curve("plan", lrviz.schedule(name, **values), run=Run(steps=100))


@pytest.mark.parametrize(
    ("plan", "values", "text"),
    [
        (of_100_steps("step", step_size=30), {"step_size": 45}, "step_size=45"),
        (of_100_steps("multistep", milestones=[30, 61]), {"milestones": [45, 92]},
         "milestones=[45, 92]"),
        (of_100_steps("sgdr", T_0=20, T_mult=2),
         {"T_0": 30, "T_mult": 2}, "T_0=30"),
    ],
)  # fmt: skip
def test_steps_of_a_schedule_without_a_length_change_with_the_runs(
    plan: Curve, values: dict[str, Any], text: str
) -> None:
    assert steps_of(plan) == 100
    longer = with_length(plan, 150).schedule
    assert {name: longer.spec()[name] for name in values} == values
    assert slowed_text(longer) == text


def test_the_warmup_before_drops_keeps_its_steps() -> None:
    stairs = {"schedule": "torch.StepLR", "step_size": 30}
    plan = Curve("plan", sequence([RISE, stairs], [10]), run=Run(steps=100))
    longer = with_length(plan, 190).schedule
    assert longer.spec()["milestones"] == [10]
    assert longer.spec()["schedules"][0]["total_iters"] == 10
    assert longer.spec()["schedules"][1]["step_size"] == 60
    assert (steps_of(plan), slowed_text(longer)) == (100, "step_size=60")


@pytest.mark.parametrize(
    "schedule",
    [
        lrviz.schedule("exponential", gamma=0.9),
        lrviz.schedule("transformers.constant_with_warmup", num_warmup_steps=3),
    ],
)
def test_a_schedule_without_steps_has_no_other_length(schedule: Schedule) -> None:
    assert steps_of(Curve("plan", schedule)) is None
    with pytest.raises(lrviz.SpecError) as caught:
        with_length(Curve("plan", schedule), 50)
    assert str(caught.value) == f"plan: {schedule.title()} cannot be made for 50 steps"


def test_a_length_is_no_change_of_other_steps() -> None:
    assert slowed_text(lrviz.schedule("cosine", T_max=70)) == ""


def test_at_least_a_tick_is_left() -> None:
    shortest = with_length(Curve("plan", lrviz.schedule("cosine", T_max=70)), 0)
    assert shortest.schedule.spec()["T_max"] == 1


def test_drops_after_a_warmup_as_long_as_the_run() -> None:
    stairs = {"schedule": "torch.StepLR", "step_size": 30}
    long_run = Curve("plan", sequence([RISE, stairs], [10]), run=Run(steps=100))
    with pytest.raises(lrviz.SpecError) as caught:
        with_length(long_run, 10)
    assert str(caught.value) == "plan: torch.SequentialLR cannot be made for 10 steps"
    short_run = Curve("plan", sequence([RISE, stairs], [10]), run=Run(steps=10))
    assert with_length(short_run, 12).schedule.spec()["schedules"][1]["step_size"] == 60


HELD = sequence([RISE, {"schedule": "ConstantLR", "factor": 1.0}, COSINE, COSINE], [10, 40, 130])


@pytest.mark.parametrize(
    ("total", "milestones"), [(250, [10, 70, 160]), (220, [10, 40, 130]), (191, [10, 11, 101])]
)
def test_a_longer_hold_moves_what_follows_it(total: int, milestones: list[int]) -> None:
    spec = with_hold(Curve("plan", HELD), total).schedule.spec()
    assert spec["milestones"] == milestones
    assert [item.get("T_max", item.get("total_iters")) for item in spec["schedules"]] == [
        10, 5, 90, 90
    ]  # fmt: skip


def test_the_second_of_three_schedules_holds() -> None:
    plan = Curve("plan", sequence([RISE, COSINE, COSINE], [10, 100]))
    assert with_hold(plan, 200).schedule.spec()["milestones"] == [10, 110]


def test_a_hold_in_epochs() -> None:
    plan = Curve("plan", HELD, by="epoch", run=Run(epochs=220, steps_per_epoch=4))
    assert with_hold(plan, 997).schedule.spec()["milestones"] == [10, 70, 160]


@pytest.mark.parametrize(
    ("schedule", "total"),
    [(HELD, 190), (SEQUENCE, 120), (lrviz.schedule("cosine", T_max=70), 80),
     (sequence([RISE, COSINE, {"schedule": "StepLR", "step_size": 5}], [10, 100]), 120)],
)  # fmt: skip
def test_a_plan_without_a_hold(schedule: Schedule, total: int) -> None:
    with pytest.raises(lrviz.SpecError) as caught:
        with_hold(Curve("plan", schedule), total)
    assert str(caught.value).startswith(
        f"plan: {schedule.title()} cannot be made for {total} steps"
    )
