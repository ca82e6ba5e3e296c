"""Explanations that give all rows: the true one comes first, and says what happened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits import clock_fits
from lrviz.audits.audit import Audit
from lrviz.audits.length_fits import is_past
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.mistakes.variants import with_rate, with_warmup
from lrviz.render.audit_lines import distance_text
from lrviz.run import Run

STEPS = np.arange(200)
PLAN = lrviz.schedule("cosine", T_max=200)


def audit_of(folder: Path, steps: Any, rates: Any, plan: Schedule | Curve) -> Audit:
    path = folder / "run.csv"
    rows = (f"{t},{rate:.15g}\n" for t, rate in zip(steps, rates, strict=True))
    path.write_text("step,lr\n" + "".join(rows), encoding="utf-8")
    return lrviz.audit(path, plan)


def keras_polynomial(peak: float) -> Schedule:
    return lrviz.schedule(
        "keras.PolynomialDecay", initial_learning_rate=peak, decay_steps=150, end_learning_rate=1e-4
    )


def test_another_peak_of_a_schedule_with_a_floor_of_its_own(tmp_path: Path) -> None:
    audit = audit_of(tmp_path, STEPS, keras_polynomial(0.003).rate(STEPS), keras_polynomial(0.01))
    best = audit.explanations[0]
    assert (best.label, best.matched) == ("scaled (factor=0.3)", 1.0)
    assert best.sentence(audit.plan).startswith(
        "the rates are the plan's times 0.3, down to the planned floor; look for "
    )


def test_no_other_peak() -> None:
    plan = Curve("plan", lrviz.schedule("lambda", lr_lambda="1"), lr=0.5)
    assert with_rate(plan, 0.5).lr == 0.25
    fixed = Curve("plan", lrviz.schedule("keras.PiecewiseConstantDecay", boundaries=[9],
                                         values=[0.1, 0.01]))  # fmt: skip
    with pytest.raises(lrviz.SpecError, match=r"keras.PiecewiseConstantDecay has no other peak"):
        with_rate(fixed, 2.0)


def nanogpt(warmup: int) -> Schedule:
    return lrviz.schedule(
        "lrviz.cosine_with_floor",
        total_steps=400,
        warmup_steps=warmup,
        min_lr=0.01,
        warmup_init_lr=0.1 / (warmup + 1),
    )


def test_a_first_rate_that_depends_on_the_warm_up_follows_it(tmp_path: Path) -> None:
    longer = with_warmup(Curve("plan", nanogpt(20), lr=0.1), 120)
    assert longer.schedule.spec()["warmup_init_lr"] == pytest.approx(0.1 / 121)
    fixed = lrviz.schedule("lrviz.cosine_with_floor", total_steps=400, warmup_steps=20,
                           warmup_init_lr=0.002)  # fmt: skip
    other = with_warmup(Curve("plan", fixed, lr=0.1), 120)
    assert other.schedule.spec()["warmup_init_lr"] == 0.002
    best = audit_of(tmp_path, STEPS, nanogpt(120).rate(STEPS), nanogpt(20)).explanations[0]
    assert (best.label, best.matched) == ("other-warmup (steps=120)", 1.0)


def test_a_length_whose_end_is_not_seen_comes_after_a_scheduler_that_stops(tmp_path: Path) -> None:
    def schedule(total: int) -> Schedule:
        return lrviz.schedule(
            "detectron2.WarmupMultiStepLR", max_iter=total, warmup_factor=0.001, warmup_iters=20,
            milestones=[120, 160], gamma=0.1,
        )  # fmt: skip

    audit = audit_of(tmp_path, STEPS, schedule(200).rate(np.minimum(STEPS, 20)), schedule(200))
    assert [audit.explanations[0].label, audit.explanations[1].id] == [
        "stopped (at=20)",
        "other-length",
    ]


@pytest.mark.parametrize(
    ("changes", "total", "is_unseen"),
    [(60, 100, True), (95, 100, False), (60, 199, False), (150, 100, False)],
)
def test_the_end_of_a_length_among_rows(changes: int, total: int, is_unseen: bool) -> None:
    rows = Rows(STEPS, np.where(changes > STEPS, 0.1, 0.01), np.full(200, 1e-9))
    assert is_past(rows, total) is is_unseen


def test_of_numbers_of_steps_as_good_one_divides_the_run() -> None:
    plan = Curve("plan", lrviz.schedule("cosine", T_max=1875), run=Run(steps=1875))
    steps = np.arange(0, 1875, 25)
    rates = plan.rates_at(steps // 625)
    rows = Rows(steps, rates, np.full(len(steps), 1e-9))
    (fit,) = clock_fits.fit_per(PlanRates(plan, 1875), rows, ())
    assert fit.values == {"n": 625}


@pytest.mark.parametrize(
    ("before", "begins"), [(np.arange(0, 100, 5), True), (np.arange(0), False)]
)
def test_a_counter_that_begins_again_while_the_scheduler_goes_on(
    before: Any, begins: bool, tmp_path: Path
) -> None:
    plan, after = lrviz.schedule("cosine", T_max=200), np.arange(0, 100, 5)
    steps = np.concatenate([before, after])
    rates = plan.rate(np.concatenate([before, after + 100]))
    audit = audit_of(tmp_path, steps, rates, plan)
    best = audit.explanations[0]
    assert best.label == "shifted (by=100)"
    sentence = audit.decisive.sentence(best)
    assert sentence.startswith("the log's steps begin again at 0, and") is begins
    assert begins == sentence.endswith(
        "the scheduler goes on: each step t has the rate of step t+100; count the steps of the "
        "whole run"
    )


def test_how_far_off_is_a_share_of_the_larger_peak(tmp_path: Path) -> None:
    plan = lrviz.schedule("cosine", T_max=200)
    audit = audit_of(tmp_path, STEPS, plan.rate(STEPS // 200 + 199), plan)
    (planned,) = [item for item in audit.explanations if item.id == "as-planned"]
    assert 0.5 < planned.rms < 1
    assert [distance_text(share) for share in (0.0123, 0.999, 28.639)] == ["1.2%", "99.9%", "2864%"]


def test_a_rate_that_stays_where_its_plan_has_epochs(tmp_path: Path) -> None:
    plan = lrviz.schedule("step", step_size=50)
    curve = Curve("plan", plan, lr=0.1, run=Run(steps=200, steps_per_epoch=20))
    audit = audit_of(tmp_path, STEPS, np.full(200, 0.1), curve)
    best = audit.explanations[0]
    assert (best.label, best.matched) == ("stepped-per-epoch (steps_per_epoch=20)", 1.0)
    assert "never-stepped" in [item.id for item in audit.decisive.ties]
    first_epoch = audit_of(tmp_path, np.arange(20), np.full(20, 0.1), replace(curve, schedule=PLAN))
    assert first_epoch.explanations[0].id == "never-stepped"
    assert "stepped-per-epoch" not in [item.id for item in first_epoch.explanations]


@pytest.mark.parametrize(
    ("ticks", "label"),
    [
        (2, "other-warmup (steps=20)"),
        (0.5, "other-warmup (steps=80)"),
        (4, "stepped-n-times (n=4)"),
        (0.25, "stepped-per-n (n=4)"),
    ],
)
def test_a_warm_up_that_is_all_that_a_plan_has(ticks: float, label: str, tmp_path: Path) -> None:
    plan = lrviz.schedule("transformers.constant_with_warmup", num_warmup_steps=40)
    rates = plan.rate(np.arange(0, 200, 4) * ticks, 0.1)
    audit = audit_of(tmp_path, np.arange(0, 200, 4), rates, Curve("plan", plan, lr=0.1))
    assert audit.explanations[0].label == label
    assert audit.decisive.ties[0].id in ("other-warmup", "stepped-n-times", "stepped-per-n")


def test_a_warm_up_that_is_not_all_that_a_plan_has(tmp_path: Path) -> None:
    name = "transformers.cosine"
    plan = lrviz.schedule(name, num_warmup_steps=40, num_training_steps=400)
    audit = audit_of(tmp_path, STEPS, plan.rate(STEPS * 2), plan)
    assert audit.explanations[0].label == "stepped-n-times (n=2)"


@pytest.mark.parametrize(
    ("missed", "count"),
    [([10, 17, 25, 36, 39], 5), ([18, 24, 41, 49, 52], 5), ([4, 26, 28, 50], 4)],
)
def test_steps_that_are_skipped_beside_drops_of_the_rate(
    missed: list[int], count: int, tmp_path: Path
) -> None:
    plan = lrviz.schedule("step", step_size=10, gamma=0.5)
    curve, steps = Curve("plan", plan, lr=0.1, run=Run(steps=60)), np.arange(60)
    rates = plan.rate(steps - np.searchsorted(missed, steps, side="right"), 0.1)
    best = audit_of(tmp_path, steps, rates, curve).explanations[0]
    assert (best.label, best.matched) == (f"skipped (count={count})", 1.0)


CONSTANT = ": the run has a constant schedule, or a scheduler that never ticks; call "
WARMED = lrviz.schedule("transformers.cosine", num_warmup_steps=40, num_training_steps=200)
CYCLE = lrviz.schedule("onecycle", max_lr=0.1, total_steps=200)
TIMM = lrviz.schedule("timm.cosine", t_initial=200, warmup_t=40, warmup_lr_init=1e-6)
FALLEN = lrviz.schedule("linear", start_factor=1.0, end_factor=0.01, total_iters=100)


@pytest.mark.parametrize(
    ("plan", "rows", "rate", "sentence"),
    [
        (WARMED, 200, 0.1, "the rate stays at 0.1, the highest of the plan" + CONSTANT),
        (WARMED, 30, 0.1, "the rate stays at 0.1, the highest of the plan" + CONSTANT),
        (CYCLE, 30, 0.1, "the rate stays at 0.1, the highest of the plan" + CONSTANT),
        (TIMM, 200, 0.1, "the rate stays at 0.1, the optimizer's own" + CONSTANT),
        (WARMED, 200, 0.05, "the rate stays at 0.05, which is neither the first nor the highest of "
                            "the plan" + CONSTANT),
        (WARMED, 200, 0.0, "the scheduler never ticks: the rate stays at the first one; call "),
        (FALLEN, 200, 0.1, "the scheduler never ticks: the rate stays at the first one; call "),
        (FALLEN, 200, 0.001, "each step t has the rate of step t+10"),
        (lrviz.schedule("step", step_size=500), 200, 0.05, "the rates are the plan's times 0.5; "),
    ],
)  # fmt: skip
def test_a_rate_that_never_moves(
    plan: Schedule, rows: int, rate: float, sentence: str, tmp_path: Path
) -> None:
    curve = Curve("plan", plan, lr=0.1, run=Run(steps=200))
    audit = audit_of(tmp_path, np.arange(rows), np.full(rows, rate), curve)
    best = audit.explanations[0]
    assert best.matched == 1.0
    assert audit.decisive.sentence(best).startswith(sentence)
