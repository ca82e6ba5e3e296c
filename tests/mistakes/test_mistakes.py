"""Each mistake: the rates of its run against the plan's, its sentence, its values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import lrviz
from lrviz.curves.curve import Curve
from lrviz.curves.table import tabulate
from lrviz.mistakes.as_if import Mistaken
from lrviz.mistakes.differences import describe_differences
from lrviz.mistakes.registry import MISTAKES, find_mistake

STEPS = 60
T: NDArray[np.int64] = np.arange(STEPS)

ONCE = "call scheduler.step() once after each optimizer.step()"


def plan_of(**settings: Any) -> Curve:
    schedule = lrviz.schedule("timm.cosine", t_initial=STEPS, warmup_t=10, warmup_lr_init=0.01)
    return Curve("plan", schedule, lr=0.5, run=lrviz.Run(steps=STEPS, **settings))


def planned(t: NDArray[np.int64], length: int = STEPS, warmup: int = 10) -> Any:
    """Return the plan's rates by its formula."""
    rise = 0.01 + t * (0.5 - 0.01) / max(warmup, 1)
    fall = 0.25 * (1 + np.cos(np.pi * np.minimum(t, length) / length))
    return np.where(t < warmup, rise, fall)


CASES: list[tuple[str, dict[str, Any], Callable[[], Any], str, str]] = [
    ("as-planned", {}, lambda: planned(T), "the run follows the plan", ""),
    (
        "shifted", {"by": 1}, lambda: planned(T + 1), "each step t has the rate of step t+1",
        "call scheduler.step() after optimizer.step(), read the rate that is logged before it, and "
        "count the steps of the whole run from 0",
    ),
    (
        "shifted", {"by": -2}, lambda: planned(np.maximum(T - 2, 0)),
        "each step t has the rate of step t-2",
        "call scheduler.step() after optimizer.step(), read the rate that is logged before it, and "
        "count the steps of the whole run from 0",
    ),
    (
        "never-stepped", {}, lambda: np.full(STEPS, 0.01),
        "the scheduler never ticks: the rate stays at the first one",
        f"{ONCE}; give a scheduler that follows a metric its value",
    ),
    (
        "stepped-per-epoch", {"steps_per_epoch": 7}, lambda: planned(T // 7),
        "the scheduler ticks once per epoch of 7 steps, and its parameters count steps",
        "call scheduler.step() in the loop over batches, or give its parameters in epochs",
    ),
    (
        "stepped-n-times", {"n": 3}, lambda: planned(T * 3), "the scheduler ticks 3 times a step",
        f"{ONCE}; where each process or each accumulated batch ticks it, give its parameters 3 "
        "times as many steps",
    ),
    (
        "stepped-per-n", {"n": 4}, lambda: planned(T // 4), "the scheduler ticks once in 4 steps",
        f"{ONCE}; where its parameters count more, as batches, divide them by 4",
    ),
    (
        "skipped", {"count": 12}, lambda: planned(T - T * 12 // 60),
        "the rates lag behind the plan, by 12 steps at the end: the scheduler missed ticks, as "
        "those of optimizer steps that are skipped, or of a run that is resumed",
        "a lag of a few steps is harmless, since loss scaling skips steps that overflow; where "
        "it grows on, find out why so many gradients do, and where it begins all at once, save the "
        "scheduler's state with the model's",
    ),
    (
        "restarted", {"at": 25}, lambda: planned(np.where(T < 25, T, T - 25)),
        "the schedule begins again at step 25",
        "save scheduler.state_dict() with the checkpoint, and load it when the run is resumed",
    ),
    (
        "resumed", {"at": 25, "total": 90},
        lambda: np.where(
            np.arange(90) < 25, planned(np.arange(90)), planned(np.arange(90), length=90)
        ),
        "from step 25 on the schedule is one of 90 steps",
        "resume with the number of steps that the run began with; for a run of open length "
        "choose a schedule that holds its rate until a late decay",
    ),
    (
        "resumed", {"at": 25, "total": 40},
        lambda: np.where(T < 25, planned(T), planned(T, length=40)),
        "from step 25 on the schedule is one of 40 steps",
        "resume with the number of steps that the run began with; for a run of open length "
        "choose a schedule that holds its rate until a late decay",
    ),
    (
        "scaled", {"factor": 0.25}, lambda: planned(T) / 4,
        "the rates are the plan's times 0.25",
        "look for what multiplies the rate: scaling with the batch size or the number of "
        "processes, or a parameter group with a rate of its own",
    ),
    (
        "other-length", {"total": 1_000}, lambda: planned(T, length=1_000),
        "the schedule is made for 1,000 steps, and the run has 60",
        "give the schedule the 60 optimizer steps of the whole run",
    ),
    (
        "other-warmup", {"steps": 20}, lambda: planned(T, warmup=20),
        "the warm-up takes 20 steps",
        "give the warm-up the planned number of optimizer steps",
    ),
    (
        "stopped", {"at": 10}, lambda: planned(np.minimum(T, 10)),
        "the rate stays at the one of step 10",
        "call scheduler.step() up to the end of the run; where the rate stays after a warm-up, "
        "give the schedule its decay",
    ),
    (
        "other-floor", {"rate": 0.05},
        lambda: np.where(T < 10, planned(T), 0.05 + planned(T) * 0.9),
        "the schedule ends at a rate of 0.05",
        "give the schedule the planned floor: look at how its parameter is passed on, and whether "
        "it is a rate or a share of the peak",
    ),
    (
        "other-value", {"k_decay": 2.0},
        lambda: np.where(T < 10, planned(T), 0.25 * (1 + np.cos(np.pi * (T / STEPS) ** 2))),
        "k_decay is 2 in the run and 1 in the plan",
        "give the schedule the planned k_decay, or correct the plan",
    ),
]  # fmt: skip


EPOCH_WORDS = [
    (
        "stepped-n-times", {"n": 2}, "the scheduler ticks 2 times an epoch",
        "call scheduler.step() once per epoch; where each batch ticks it, give its parameters 2 "
        "times as many steps",
    ),
    (
        "stepped-per-n", {"n": 2}, "the scheduler ticks once in 2 epochs",
        "call scheduler.step() once per epoch; where its parameters count more, as batches, divide "
        "them by 2",
    ),
    (
        "other-length", {"total": 15},
        "the schedule is made for 15 epochs, and the run has 30",
        "give the schedule the 30 epochs of the whole run",
    ),
    (
        "restarted", {"at": 10}, "the schedule begins again at epoch 10",
        "save scheduler.state_dict() with the checkpoint, and load it when the run is resumed",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values", "explanation", "remedy"), EPOCH_WORDS)
def test_words_on_a_plan_of_epochs(
    name: str, values: dict[str, Any], explanation: str, remedy: str
) -> None:
    (plan,) = lrviz.load("cosine:T_max=30,epochs=30,by=epoch")
    mistaken = lrviz.as_if(plan, name, **values)
    assert (mistaken.explanation, mistaken.remedy) == (explanation, remedy)


def test_ticks_per_epoch_on_a_plan_of_steps() -> None:
    (plan,) = lrviz.load("cosine:T_max=30,epochs=30,by=epoch,steps_per_epoch=50")
    mistaken = lrviz.as_if(plan, "stepped-n-times", n=50)
    assert mistaken.explanation == "the scheduler ticks 50 times an epoch"
    assert mistaken.remedy.startswith("call scheduler.step() once per epoch; ")
    shifted = lrviz.as_if(plan, "shifted", by=1)
    assert shifted.explanation == "each step t has the rate of step t+1"
    assert shifted.remedy.startswith("call scheduler.step() after optimizer.step(), ")


def segments(mistaken: Mistaken) -> list[tuple[str, int]]:
    curve = mistaken.curve
    return [(segment.name, segment.start) for segment in curve.segments(curve.count())]


@pytest.mark.parametrize(
    ("name", "values", "rates", "explanation", "remedy"),
    CASES,
    ids=[f"{name}-{values}" for name, values, *_ in CASES],
)
def test_rates_and_words(
    name: str, values: dict[str, Any], rates: Callable[[], Any], explanation: str, remedy: str
) -> None:
    mistaken = lrviz.as_if(plan_of(), name, **values)
    (column,) = tabulate([mistaken.curve]).columns
    np.testing.assert_allclose(column.rates, rates(), rtol=1e-12, atol=1e-15)
    assert mistaken.explanation == explanation
    assert mistaken.remedy == remedy
    assert mistaken.curve.count() == len(rates())
    assert segments(mistaken)[0][1] == 0
    np.testing.assert_allclose(tabulate([mistaken.plan]).columns[0].rates, planned(T), rtol=1e-12)


def test_every_mistake_has_a_case_a_sentence_and_examples() -> None:
    assert {name for name, *_ in CASES} == {mistake.id for mistake in MISTAKES}
    for mistake in MISTAKES:
        values = mistake.example_values(plan_of())
        assert mistake.sentence.endswith(".")
        assert lrviz.as_if(plan_of(), mistake.id, **values).curve.count() >= STEPS


def test_the_sources_are_threads() -> None:
    assert [(mistake.id, mistake.source) for mistake in MISTAKES if mistake.source] == [
        ("stepped-n-times", "huggingface/accelerate#2926, huggingface/diffusers#3954"),
        ("stepped-per-n", "huggingface/accelerate#963"),
        ("restarted", "mlfoundations/open_clip#413"),
        ("other-floor", "huggingface/open-muse#144"),
    ]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("as-planned", {}, [("warm-up", 0), ("decay", 10)]),
        ("never-stepped", {}, [("warm-up", 0)]),
        ("stepped-n-times", {"n": 4}, [("warm-up", 0), ("decay", 3), ("floor", 15)]),
        ("stepped-per-n", {"n": 4}, [("warm-up", 0), ("decay", 40)]),
        ("restarted", {"at": 25}, [("warm-up", 0), ("decay", 10), ("warm-up", 25), ("decay", 35)]),
        ("restarted", {"at": 5}, [("warm-up", 0), ("warm-up", 5), ("decay", 15)]),
        ("restarted", {"at": 10}, [("warm-up", 0), ("warm-up", 10), ("decay", 20)]),
        ("restarted", {"at": 11}, [("warm-up", 0), ("decay", 10), ("warm-up", 11), ("decay", 21)]),
        ("restarted", {"at": 59}, [("warm-up", 0), ("decay", 10), ("warm-up", 59)]),
        ("restarted", {"at": 60}, [("warm-up", 0), ("decay", 10)]),
        ("shifted", {"by": 12}, [("decay", 0), ("floor", 48)]),
        ("stepped-n-times", {"n": 100}, [("warm-up", 0), ("floor", 1)]),
    ],
)
def test_the_run_goes_through_the_segments_of_the_plan(
    name: str, values: dict[str, Any], expected: list[tuple[str, int]]
) -> None:
    mistaken = lrviz.as_if(plan_of(), name, **values)
    assert segments(mistaken) == expected
    curve = mistaken.curve
    assert curve.marks(curve.count()) == [start for _, start in expected[1:]]


def test_segments_before_a_step() -> None:
    curve = lrviz.as_if(plan_of(), "resumed", at=25, total=90).curve
    before = [("warm-up", 0), ("decay", 10)]
    assert [(item.name, item.start) for item in curve.segments(25)] == before
    assert [(item.name, item.start) for item in curve.segments(26)] == [*before, ("decay", 25)]


def test_a_segment_of_the_run_has_the_runs_rates() -> None:
    curve = lrviz.as_if(plan_of(), "scaled", factor=2).curve
    warmup, decay = curve.segments(STEPS)
    assert warmup.curve(np.array([5])) == pytest.approx(2 * (0.01 + 5 * 0.049))
    assert decay.curve(np.array([30])) == pytest.approx(0.5)
    floor = lrviz.as_if(plan_of(), "shifted", by=60).curve.segments(STEPS)[-1]
    assert floor.shape is not None
    assert (floor.name, floor.shape.kind, floor.shape.first) == ("floor", "hold", 0.0)


def test_a_schedule_that_ends_stops_the_run() -> None:
    plan = Curve("plan", lrviz.schedule("onecycle", max_lr=0.1, total_steps=50))
    curve = lrviz.as_if(plan, "stepped-n-times", n=4).curve
    assert curve.count() == 13
    assert [finding.message for finding in curve.notes] == [
        "torch.OneCycleLR ends: Tried to step 51 times. The specified number of total steps is 50; "
        "the run stops after step 12"
    ]
    assert lrviz.as_if(plan, "stepped-per-n", n=4).curve.notes == ()
    assert lrviz.as_if(plan, "restarted", at=30).curve.count() == 50
    longer = Curve("plan", plan.schedule, run=lrviz.Run(steps=120))
    assert lrviz.as_if(longer, "restarted", at=80).curve.count() == 51


@pytest.mark.parametrize(("steps", "count", "notes"), [(50, 50, 0), (51, 51, 0), (52, 51, 1)])
def test_a_run_up_to_the_end_is_whole(steps: int, count: int, notes: int) -> None:
    schedule = lrviz.schedule("onecycle", max_lr=0.1, total_steps=50)
    curve = lrviz.as_if(Curve("plan", schedule, run=lrviz.Run(steps=steps)), "as-planned").curve
    assert (curve.count(), len(curve.notes)) == (count, notes)


def test_a_recorded_metric_that_ends_stops_the_run() -> None:
    plan = Curve("plan", lrviz.schedule("plateau", metric=[1.0, 1.0, 1.0, 1.0, 1.0], patience=1))
    curve = lrviz.as_if(plan, "shifted", by=4).curve
    assert curve.count() == 2
    assert [finding.message for finding in curve.notes] == [
        "torch.ReduceLROnPlateau has no further values of its metric; the run stops after step 1"
    ]
    assert lrviz.as_if(plan, "shifted", by=5).curve.count() == 1
    with pytest.raises(lrviz.SpecError) as caught:
        lrviz.as_if(plan, "shifted", by=6)
    assert str(caught.value) == (
        "plan: shifted leaves no step: torch.ReduceLROnPlateau has no further values of its metric"
    )


def test_a_schedule_that_depends_on_its_past_is_stepped_through_once() -> None:
    metric = [1.0] * 40
    plan = Curve("plan", lrviz.schedule("plateau", metric=metric, patience=4, factor=0.5), lr=1.0)
    curve = lrviz.as_if(plan, "stepped-n-times", n=2).curve
    (column,) = tabulate([curve]).columns
    by_hand = plan.sample(range(0, 41, 2))
    assert np.array_equal(column.rates[:20], by_hand[:20])
    assert column.rates[0] == 1.0
    assert column.rates[19] < 0.01


@pytest.mark.parametrize(
    ("steps", "values", "lag"),
    [(60, {"count": 60}, 59), (60, {"count": 90}, 59), (60, {"count": 1}, 0)],
)
def test_a_lag_never_goes_before_the_first_step(
    steps: int, values: dict[str, Any], lag: int
) -> None:
    curve = lrviz.as_if(plan_of(), "skipped", **values).curve
    assert curve.sample(range(steps))[-1] == pytest.approx(float(planned(T - lag)[-1]))


def test_an_epoch_of_the_run_is_the_mistakes() -> None:
    mistaken = lrviz.as_if(plan_of(steps_per_epoch=6), "stepped-per-epoch")
    assert mistaken.explanation == (
        "the scheduler ticks once per epoch of 6 steps, and its parameters count steps"
    )


def test_a_per_epoch_clock_is_a_staircase_in_both() -> None:
    schedule = lrviz.schedule("step", step_size=2, gamma=0.5)
    run = lrviz.Run(epochs=6, steps_per_epoch=10)
    plan = Curve("plan", schedule, lr=1.0, run=run, by="epoch")
    mistaken = lrviz.as_if(plan, "restarted", at=30)
    assert (mistaken.curve.axis, mistaken.curve.count()) == ("step", 60)
    expected = plan.sample(range(60))[np.where(T < 30, T, T - 30)]
    assert np.array_equal(mistaken.curve.sample(range(60)), expected)


ERRORS: list[tuple[str, dict[str, Any], str]] = [
    (
        "stepped-ntimes", {},
        "unknown mistake 'stepped-ntimes'; did you mean 'stepped-n-times'? (one of "
        f"{', '.join(mistake.id for mistake in MISTAKES)})",
    ),
    (
        "resumed", {"at": 5},
        "resumed needs total: steps of the schedule after that (resumed:total=200)",
    ),
    (
        "stepped-per-epoch", {},
        "stepped-per-epoch needs steps_per_epoch: optimizer steps of an epoch; the run's, where it "
        "has them (stepped-per-epoch:steps_per_epoch=10)",
    ),
    ("never-stepped", {"n": 2}, "never-stepped takes no parameters (got n)"),
    ("restarted", {"at": 3, "to": 5}, "restarted takes at (got to)"),
    (
        "stepped-n-times", {"n": 1},
        "n must be a whole number from 2 to 100,000,000 (got 1)",
    ),
    (
        "stepped-n-times", {"n": 2.5},
        "n must be a whole number from 2 to 100,000,000 (got 2.5)",
    ),
    (
        "restarted", {"at": True},
        "at must be a number of steps from 1 to 100,000,000 (got true)",
    ),
    (
        "restarted", {"at": 100_000_001},
        "at must be a number of steps from 1 to 100,000,000 (got 100000001)",
    ),
    (
        "other-value", {},
        "other-value needs a parameter of timm.cosine (it takes cycle_mul, cycle_decay, "
        "cycle_limit, warmup_lr_init, noise_pct, noise_std, noise_seed, k_decay)",
    ),
    (
        "other-value", {"kdecay": 2},
        "other-value takes cycle_mul, cycle_decay, cycle_limit, warmup_lr_init, noise_pct, "
        "noise_std, noise_seed, k_decay of timm.cosine (got kdecay); did you mean 'k_decay'?",
    ),
    ("other-value", {"k_decay": "x"}, "plan: timm.cosine cannot have k_decay='x'"),
    ("scaled", {"factor": -0.5}, "factor must be a number from 0 to 100,000,000 (got -0.5)"),
    ("restarted", {"at": "2ep"}, "at: 2ep needs the steps of an epoch: give steps_per_epoch, or "
     "dataset_size and batch_size"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values", "message"), ERRORS, ids=lambda item: str(item)[:30])
def test_errors(name: str, values: dict[str, Any], message: str) -> None:
    with pytest.raises(lrviz.SpecError) as caught:
        lrviz.as_if(plan_of(), name, **values)
    assert str(caught.value) == message


def test_a_plan_without_a_warm_up_has_no_other_one() -> None:
    plan = Curve("plan", lrviz.schedule("cosine", T_max=50), run=lrviz.Run(steps=50))
    with pytest.raises(lrviz.SpecError) as caught:
        lrviz.as_if(plan, "other-warmup", steps=60)
    message = "plan: torch.CosineAnnealingLR cannot have a warm-up of 60 steps"
    assert str(caught.value) == message


def test_every_fault_is_reported() -> None:
    with pytest.raises(lrviz.SpecError) as caught:
        lrviz.as_if(plan_of(), "resumed", at=0, till=3)
    assert len(caught.value.findings) == 3


@pytest.mark.parametrize(
    ("value", "step"), [("50%", 30), ("0.02k", 20), ("3ep", 18), (12, 12), ("7st", 7)]
)
def test_steps_have_units(value: Any, step: int) -> None:
    mistaken = lrviz.as_if(plan_of(steps_per_epoch=6), "restarted", at=value)
    assert mistaken.explanation == f"the schedule begins again at step {step}"


def test_the_largest_values() -> None:
    assert lrviz.as_if(plan_of(), "restarted", at=100_000_000).curve.count() == STEPS
    assert lrviz.as_if(plan_of(), "scaled", factor=0).curve.sample(range(3)).tolist() == [0, 0, 0]


def test_a_share_of_a_natural_length() -> None:
    plan = Curve("plan", lrviz.schedule("cosine", T_max=80))
    assert lrviz.as_if(plan, "restarted", at="25%").explanation.endswith("at step 20")


def test_differences() -> None:
    mistaken = lrviz.as_if(plan_of(), "scaled", factor=0.5)
    assert describe_differences(tabulate([mistaken.plan, mistaken.curve])) == [
        "first differs at step 0: 0.005 instead of 0.01",
        "differs most at step 10: 0.2333 instead of 0.4665",
        "at step 59, the last that both have: 1.713e-4 instead of 3.426e-4",
    ]
    same = lrviz.as_if(plan_of(), "as-planned")
    assert describe_differences(tabulate([same.plan, same.curve])) == [
        "every step has the planned rate"
    ]


def test_differences_that_are_small_have_more_digits() -> None:
    mistaken = lrviz.as_if(plan_of(), "scaled", factor=1.00001)
    lines = describe_differences(tabulate([mistaken.plan, mistaken.curve]))
    assert lines[0] == "first differs at step 0: 0.0100001 instead of 0.01"


def test_differences_over_a_range() -> None:
    mistaken = lrviz.as_if(plan_of(), "resumed", at=20, total=120)
    table = tabulate([mistaken.plan, mistaken.curve], range(10, 60, 5))
    assert describe_differences(table)[0].startswith("first differs at step 20: ")
    assert describe_differences(table)[2].startswith("at step 55, the last that both have: ")


def test_the_run_names_its_plan_and_its_mistake() -> None:
    curve = lrviz.as_if(plan_of(), "resumed", at=20, total=120).curve
    assert curve.call() == ""
    assert curve.label == "as if resumed (at=20, total=120)"
    column = lrviz.sample(curve).to_dict()["curves"][0]
    assert column["schedule"] == "timm.cosine"
    assert column["params"]["as_if"] == "resumed:at=20,total=120"
    assert lrviz.as_if(plan_of(), "never-stepped").curve.spec()["as_if"] == "never-stepped"


@pytest.mark.parametrize(
    ("name", "values", "text"),
    [
        ("skipped", {"count": 1}, "lag behind the plan, by 1 step at the end"),
        ("skipped", {"count": 1000}, "lag behind the plan, by 1,000 steps at the end"),
        ("other-warmup", {"steps": 1}, "the warm-up takes 1 step"),
        ("other-warmup", {"steps": 0}, "the warm-up takes 0 steps"),
    ],
)
def test_a_single_step_is_no_steps(name: str, values: dict[str, int], text: str) -> None:
    assert text in find_mistake(name).explain(plan_of(), values)
