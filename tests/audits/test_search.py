"""A mistake that is only declared is searched, too; and two mistakes in one run are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits import clock_fits, explanation, length_fits, search
from lrviz.audits.factor import factor_between
from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.mistakes.mistake import Mistake, Parameter, Piece
from lrviz.mistakes.registry import MISTAKES
from lrviz.run import Run

PLAN = lrviz.schedule("cosine", T_max=200)


def half_speed(t: Any, at: int) -> Any:
    return np.minimum(t, at) + np.maximum(t - at, 0) // 2


HALVED = Mistake(
    "halved",
    "The scheduler ticks at every second step from a step on.",
    explanation="the scheduler ticks at every second step from step {at:,} on",
    remedy="call it at each step",
    pieces=lambda plan, values: [Piece(0, plan, lambda t: half_speed(t, values["at"]))],
    parameters=(Parameter("at", "the first step of the half", 50, in_steps=True),),
)


def write(folder: Path, rates: Any) -> Path:
    path = folder / "run.csv"
    rows = "".join(f"{step},{float(rate)!r}\n" for step, rate in enumerate(rates))
    path.write_text("step,lr\n" + rows, encoding="utf-8")
    return path


def test_a_new_mistake_is_one_declaration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MISTAKES", (*MISTAKES, HALVED))
    known = explanation.find_mistake
    monkeypatch.setattr(
        explanation, "find_mistake", lambda name: HALVED if name == "halved" else known(name)
    )
    rates = PLAN.rate(half_speed(np.arange(200), 83))
    audit = lrviz.audit(write(tmp_path, rates), PLAN)
    best = audit.explanations[0]
    assert (best.id, best.values, best.matched) == ("halved", {"at": 83}, 1.0)
    assert audit.decisive.sentence(best) == (
        "the scheduler ticks at every second step from step 83 on; call it at each step"
    )


def test_rates_of_a_range_test_against_a_plan(tmp_path: Path) -> None:
    audit = lrviz.audit(write(tmp_path, 0.1 * 1.3 ** np.arange(40)), PLAN)
    assert not audit.followed


def test_a_shift_with_another_mistake(tmp_path: Path) -> None:
    rates = PLAN.rate(np.maximum(np.arange(200) - 1, 0) // 4)
    audit = lrviz.audit(write(tmp_path, rates), PLAN)
    best = audit.explanations[0]
    assert (best.id, best.values) == ("shifted+stepped-per-n", {"by": -1, "n": 4})
    assert best.label == "shifted+stepped-per-n (by=-1, n=4)"
    assert audit.decisive.sentence(best) == (
        "each step t has the rate of step t-1; call scheduler.step() after optimizer.step(), read "
        "the rate that is logged before it, and count the steps of the whole run from 0; and the "
        "scheduler ticks once in 4 steps; call scheduler.step() once after each optimizer.step(); "
        "where its parameters count more, as batches, divide them by 4"
    )


def test_another_rate_than_the_plan_with_a_floor(tmp_path: Path) -> None:
    plan = lrviz.schedule("cosine", T_max=200, eta_min=0.01)
    audit = lrviz.audit(write(tmp_path, plan.rate(np.arange(200), 0.25)), plan)
    best = audit.explanations[0]
    assert (best.id, best.matched) == ("scaled", 1.0)
    assert best.values == {"factor": pytest.approx(2.5)}


def hf(total: int, warmup: int) -> Any:
    return lrviz.schedule(
        "transformers.cosine", num_warmup_steps=warmup, num_training_steps=total
    ).rate(np.arange(total))


@pytest.mark.parametrize(
    ("planned", "warmup", "total", "ramp"), [(200, 20, 300, 30), (100, 3, 400, 15)]
)
def test_another_length_with_the_planned_share_of_warm_up(
    planned: int, warmup: int, total: int, ramp: int, tmp_path: Path
) -> None:
    plan = lrviz.schedule(
        "transformers.cosine", num_warmup_steps=warmup, num_training_steps=planned
    )
    audit = lrviz.audit(write(tmp_path, hf(total, ramp)), plan)
    best = audit.explanations[0]
    assert (best.id, best.values, best.matched) == ("other-length", {"total": total}, 1.0)
    assert audit.decisive.sentence(best).startswith(
        f"the schedule is made for {total} steps, and the run has {planned} (its warm-up and other "
        "steps in proportion); give "
    )


def wsd(total: int) -> Any:
    return lrviz.schedule(
        "transformers.warmup_stable_decay", num_warmup_steps=10, num_decay_steps=total // 5,
        num_training_steps=total,
    )  # fmt: skip


def test_a_resumed_run_with_the_planned_share_of_decay(tmp_path: Path) -> None:
    rates = np.concatenate([wsd(200).rate(np.arange(180)), wsd(250).rate(np.arange(180, 250))])
    audit = lrviz.audit(write(tmp_path, rates), wsd(200))
    best = audit.explanations[0]
    assert (best.id, best.values, best.matched) == ("resumed", {"at": 180, "total": 250}, 1.0)


def test_a_restart_from_the_rate_that_the_run_had(tmp_path: Path) -> None:
    kept = PLAN.rate(np.arange(120), float(PLAN.rate(80)))
    rates = np.concatenate([PLAN.rate(np.arange(80)), kept])
    audit = lrviz.audit(write(tmp_path, rates), PLAN)
    best = audit.explanations[0]
    assert (best.id, best.values, best.matched) == ("restarted", {"at": 80}, 1.0)
    assert audit.decisive.sentence(best).startswith(
        "the schedule begins again at step 80, from the rate that the run had; save "
    )


def test_a_resumed_run_from_the_rate_that_it_had(tmp_path: Path) -> None:
    longer = lrviz.schedule("cosine", T_max=300)
    factor = float(PLAN.rate(80) / longer.rate(80))
    rates = np.concatenate([PLAN.rate(np.arange(80)), factor * longer.rate(np.arange(80, 300))])
    audit = lrviz.audit(write(tmp_path, rates), PLAN)
    best = audit.explanations[0]
    assert (best.id, best.values, best.matched) == ("resumed", {"at": 81, "total": 300}, 1.0)
    assert audit.decisive.sentence(best).startswith(
        "from step 81 on the schedule is one of 300 steps, from the rate that the run had; resume "
    )


def test_rates_of_32_bits_in_a_rounded_log_are_as_planned(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    rates = PLAN.rate(np.arange(200)).astype(np.float32)
    rows = "".join(f"{step},{float(rate):.6g}\n" for step, rate in enumerate(rates))
    path.write_text("step,lr\n" + rows, encoding="utf-8")
    assert lrviz.audit(path, PLAN).explanations[0].matched == 1.0


def test_32_bits_are_those_of_the_peak(tmp_path: Path) -> None:
    plan = lrviz.schedule(
        "optax.linear_schedule", init_value=1, end_value=0, transition_steps=10**6
    )
    used = np.float32(1) - (np.arange(40, dtype=np.float32) // 20 + 999_990) / np.float32(1e6)
    audit = lrviz.audit(write(tmp_path, used.astype(np.float32)), plan)
    assert str(audit.decisive.series.rounding) == "32-bit numbers"
    assert audit.decisive.rows.tolerance.tolist() == [3e-7] * 40


def rows_of(steps: Any, rates: Any) -> Rows:
    return Rows(np.asarray(steps), np.asarray(rates, float), np.full(len(steps), 1e-12))


def test_a_restart_is_after_step_0() -> None:
    plan, rates = PlanRates(Curve("plan", PLAN), 300), PLAN.rate(np.arange(300))
    assert list(clock_fits.fit_restart(plan, rows_of([0, 0, 1], [rates[0], 0.5, 0.4]), ())) == []
    (fit,) = clock_fits.fit_restart(plan, rows_of([0, 1, 2], [rates[0], rates[0], rates[1]]), ())
    assert fit.values == {"at": 1}


def test_a_restart_is_found_by_the_rows_that_tell_its_steps_apart() -> None:
    plan = PlanRates(Curve("plan", lrviz.schedule("multistep", milestones=[2500, 2900])), 6000)
    steps = np.arange(6000)
    rates = plan.at(np.where(steps < 2600, steps, steps - 2600))
    (fit,) = clock_fits.fit_restart(plan, rows_of(steps, rates), ())
    assert fit.values == {"at": 2600}
    rates = plan.at(np.where(steps < 397, steps, steps - 397))
    (fit,) = clock_fits.fit_restart(plan, rows_of(steps, rates), ())
    assert fit.values == {"at": 397}


@pytest.mark.parametrize(("planned", "rate"), [(0.01, 0.0), (0.01, 0.02), (0.0, 0.003)])
def test_another_floor(planned: float, rate: float, tmp_path: Path) -> None:
    plan = lrviz.schedule("cosine", T_max=200, eta_min=planned)
    other = lrviz.schedule("cosine", T_max=200, eta_min=rate)
    audit = lrviz.audit(write(tmp_path, other.rate(np.arange(200))), plan)
    best = audit.explanations[0]
    assert (best.id, best.values, best.matched) == ("other-floor", {"rate": rate}, 1.0)
    assert audit.decisive.sentence(best) == (
        f"the schedule ends at a rate of {rate:.4g}; give the schedule the planned floor: look at "
        "how its parameter is passed on, and whether it is a rate or a share of the peak"
    )


def test_a_sequence_that_begins_again_keeps_its_rate_until_its_second_part(tmp_path: Path) -> None:
    parts = [{"schedule": "LinearLR", "start_factor": 0.1, "total_iters": 20},
             {"schedule": "CosineAnnealingLR", "T_max": 180}]  # fmt: skip
    plan = lrviz.schedule("sequential", schedules=parts, milestones=[20])
    steps = np.arange(120)
    kept = plan.rate(steps) * np.where(steps < 20, plan.rate(80) / plan.rate(0), 1)
    audit = lrviz.audit(write(tmp_path, np.concatenate([plan.rate(np.arange(80)), kept])), plan)
    best = audit.explanations[0]
    assert (best.id, best.values, best.matched) == ("restarted", {"at": 80}, 1.0)


def test_a_factor_with_a_mistake_of_the_clock(tmp_path: Path) -> None:
    plan = lrviz.schedule("transformers.cosine", num_warmup_steps=20, num_training_steps=200)
    rates = 4 * plan.rate(np.arange(200) * 4)
    best = lrviz.audit(write(tmp_path, rates), plan).explanations[0]
    assert best.label == "scaled+stepped-n-times (factor=4, n=4)"
    assert best.matched == 1.0


def test_steps_that_are_skipped_at_once_are_one_number() -> None:
    plan = PlanRates(Curve("plan", lrviz.schedule("multistep", milestones=[25, 72])), 120)
    steps = np.arange(120)
    (fit,) = clock_fits.fit_lag(plan, rows_of(steps, plan.at(steps - 3)), ())
    assert (fit.values, fit.extra) == ({"count": 3}, 0)
    lags = np.where(steps < 50, 3, 5)
    (fit,) = clock_fits.fit_lag(plan, rows_of(steps, plan.at(steps - lags)), ())
    assert (fit.values, fit.extra) == ({"count": 5}, 1)


@pytest.mark.parametrize("rate", [-1e300, 1e300, -1e30, 1e-300])
def test_a_rate_that_is_none_of_a_run(rate: float, tmp_path: Path) -> None:
    rates = 0.1 / np.arange(1.0, 31.0)
    rates[25] = rate
    assert not lrviz.audit(write(tmp_path, rates), PLAN).followed


@pytest.mark.parametrize(
    ("rate", "factor"), [(1e99, 1e99), (1e101, None), (1e-99, 1e-99), (1e-101, None)]
)
def test_factors_between_rates_of_runs(rate: float, factor: float | None) -> None:
    for tolerance in (0.0, rate * 1e-6):
        rows = Rows(np.arange(2), np.full(2, rate), np.full(2, tolerance))
        assert factor_between(np.ones(2), rows) == factor
    rows = Rows(np.arange(2), np.array([1.0, 2.0]) * rate, np.zeros(2))
    assert factor_between(np.ones(2), rows) == (factor and 1.5 * factor)


def test_nothing_explains_a_rate_below_0(tmp_path: Path) -> None:
    rates = PLAN.rate(np.arange(200))
    rates[7] = -0.1
    audit = lrviz.audit(write(tmp_path, rates), PLAN)
    column = audit.columns[0]
    assert (column.negative_step, column.explained, audit.followed) == (7, False, False)
    assert column.unexplained == (
        "the rate at step 7 is below 0, which no learning rate is: check the log"
    )


def warmed_cosine(total: int) -> Any:
    return lrviz.schedule("transformers.cosine", num_warmup_steps=100, num_training_steps=total)


@pytest.mark.parametrize("every", [1, 50])
def test_a_decay_that_is_missing_is_a_scheduler_that_stops(every: int, tmp_path: Path) -> None:
    plan, steps = warmed_cosine(1000), np.arange(0, 1000, every)
    rates = plan.rate(np.minimum(steps, 100), 0.1)
    path = tmp_path / "run.csv"
    rows = zip(steps, rates, strict=True)
    path.write_text("step,lr\n" + "".join(f"{t},{rate:.3e}\n" for t, rate in rows))
    audit = lrviz.audit(path, plan)
    best = audit.explanations[0]
    assert (best.id, best.values, best.matched) == ("stopped", {"at": 100}, 1.0)
    assert audit.decisive.sentence(best) == (
        "the rate stays at the one of step 100; call scheduler.step() up to the end of the run; "
        "where the rate stays after a warm-up, give the schedule its decay"
    )


@pytest.mark.parametrize(("count", "fits"), [(2, 0), (3, 1)])
def test_a_scheduler_stops_for_three_rows(count: int, fits: int) -> None:
    steps = np.arange(50)
    rates = PLAN.rate(np.minimum(steps, 50 - count))
    rows = Rows(steps, rates, np.full(50, 1e-9))
    plan = PlanRates(Curve("plan", PLAN), 200)
    found = [fit.values for fit in clock_fits.fit_stop(plan, rows, ())]
    assert found == [{"at": 50 - count}] * fits


def test_a_rate_that_never_changes_is_no_scheduler_that_stops() -> None:
    rows = Rows(np.arange(50), np.full(50, 0.1), np.full(50, 1e-9))
    assert not list(clock_fits.fit_stop(PlanRates(Curve("plan", PLAN), 200), rows, ()))


def test_more_ticks_than_the_plan_has_where_its_cycles_go_on(tmp_path: Path) -> None:
    cycles = lrviz.schedule("sgdr", T_0=7, T_mult=2, eta_min=0.001)
    audit = lrviz.audit(
        write(tmp_path, cycles.rate(np.arange(400) * 98)), Curve("plan", cycles, run=Run(steps=400))
    )
    best = audit.explanations[0]
    assert (best.id, best.values, best.matched) == ("stepped-n-times", {"n": 98}, 1.0)


@pytest.mark.parametrize(("epochs", "n"), [((), 32), ((37,), 37), ((25,), 32)])
def test_of_numbers_of_ticks_as_good_a_power_of_two_or_an_epochs_is_taken(
    epochs: tuple[int, ...], n: int
) -> None:
    steps = np.arange(0, 200, 10)
    rows = Rows(steps, np.where(steps > 0, 0.0, 0.1), np.full(20, 1e-9))
    ended = lrviz.schedule("linear", start_factor=1.0, end_factor=0.0, total_iters=300)
    plan = PlanRates(Curve("plan", ended), 200)
    (fit,) = clock_fits.fit_times(plan, rows, epochs)
    assert fit.values == {"n": n}


def test_a_lag_of_drops_is_no_resumption(tmp_path: Path) -> None:
    drops = Curve("plan", lrviz.schedule("step", step_size=50, gamma=0.5), run=Run(steps=200))
    steps = np.arange(200)
    audit = lrviz.audit(
        write(tmp_path, drops.rates_at(np.where(steps < 90, steps, steps - 3))), drops
    )
    assert (audit.explanations[0].id, audit.explanations[0].values) == ("skipped", {"count": 3})
    assert not [item for item in audit.explanations if "resumed" in item.id]


def in_three_parts(warmup: int, milestones: list[int], decay: int) -> Any:
    parts = [
        {"schedule": "LinearLR", "start_factor": 0.1, "total_iters": warmup},
        {"schedule": "ConstantLR", "factor": 1.0, "total_iters": 1},
        {"schedule": "LinearLR", "start_factor": 1.0, "end_factor": 0.0, "total_iters": decay},
    ]
    return lrviz.schedule("sequential", schedules=parts, milestones=milestones)


@pytest.mark.parametrize("by", [0, -1])
def test_another_hold_between_the_planned_warm_up_and_decay(by: int, tmp_path: Path) -> None:
    plan, other = in_three_parts(15, [15, 225], 75), in_three_parts(15, [15, 140], 75)
    rates = other.rate(np.maximum(np.arange(300) + by, 0))
    audit = lrviz.audit(write(tmp_path, rates), plan)
    best = audit.explanations[0]
    assert best.id == ("shifted+other-length" if by else "other-length")
    assert (best.values["total"], best.matched) == (215, 1.0)
    assert (
        "the schedule is made for 215 steps, and the run has 300 (its last part is as long as "
        "planned, and the one before it is not); give the schedule the 300 optimizer steps of the "
        "whole run" in audit.decisive.sentence(best)
    )


def test_a_resumed_run_with_another_hold(tmp_path: Path) -> None:
    plan, other = in_three_parts(15, [15, 225], 75), in_three_parts(15, [15, 325], 75)
    rates = np.concatenate([plan.rate(np.arange(240)), other.rate(np.arange(240, 400))])
    best = lrviz.audit(write(tmp_path, rates), plan).explanations[0]
    assert (best.id, best.values, best.matched) == ("resumed", {"at": 240, "total": 400}, 1.0)


def test_another_hold_with_a_factor(tmp_path: Path) -> None:
    plan, other = in_three_parts(15, [15, 225], 75), in_three_parts(15, [15, 140], 75)
    best = lrviz.audit(write(tmp_path, 4 * other.rate(np.arange(300))), plan).explanations[0]
    assert best.label == "scaled+other-length (factor=4, total=215)"
    assert best.matched == 1.0
    assert "(its last part is as long as planned" in best.fits[1].addition


def test_another_warm_up_before_a_decay_in_its_place(tmp_path: Path) -> None:
    plan, other = in_three_parts(15, [15, 225], 75), in_three_parts(60, [60, 225], 75)
    best = lrviz.audit(write(tmp_path, other.rate(np.arange(300))), plan).explanations[0]
    assert (best.id, best.values, best.matched) == ("other-warmup", {"steps": 60}, 1.0)


def warmed_polynomial(warmup: int) -> Any:
    parts = [
        {"schedule": "LinearLR", "start_factor": 0.1, "total_iters": warmup},
        {"schedule": "PolynomialLR", "total_iters": 7920, "power": 1.5},
    ]
    return lrviz.schedule("sequential", schedules=parts, milestones=[warmup])


def test_rows_that_do_not_tell_explanations_apart_do_not_count(tmp_path: Path) -> None:
    rates = warmed_polynomial(8).rate(np.arange(8000) + 1)
    audit = lrviz.audit(write(tmp_path, rates), warmed_polynomial(80))
    best, single = audit.explanations[0], audit.explanations[1]
    assert best.label == "shifted+other-warmup (by=1, steps=8)"
    assert (best.missed, best.matched) == (0, 1.0)
    assert (single.label, single.missed) == ("other-warmup (steps=7)", 7)
    assert single.matched == 0.999125


@pytest.mark.parametrize("offset", [0, 1])
@pytest.mark.parametrize(
    ("mistake", "ticks"),
    [("stepped-per-n (factor={}, n=5)", lambda t: t // 5),
     ("stepped-n-times (factor={}, n=3)", lambda t: t * 3)],
)  # fmt: skip
def test_another_clock_with_a_factor(mistake: str, ticks: Any, offset: int, tmp_path: Path) -> None:
    floor = 0.01 * offset
    plan = lrviz.schedule(
        "transformers.cosine_with_min_lr", num_warmup_steps=400, num_training_steps=2000,
        min_lr=floor,
    )  # fmt: skip
    rates = plan.rate(ticks(np.arange(240)), 0.25)
    best = lrviz.audit(write(tmp_path, rates), Curve("plan", plan, lr=0.1)).explanations[0]
    assert best.label == "scaled+" + mistake.format("2.5")
    assert best.matched == 1.0


def test_of_numbers_of_steps_as_good_a_power_of_two_is_taken() -> None:
    steps = np.arange(0, 90, 5)
    plan = PlanRates(Curve("plan", lrviz.schedule("linear", total_iters=100)), 90)
    (fit,) = clock_fits.fit_per(plan, rows_of(steps, plan.at(steps // 32)), ())
    assert (fit.mistake.id, fit.values) == ("stepped-per-n", {"n": 32})
    (fit,) = clock_fits.fit_per(plan, rows_of(steps, plan.at(steps // 20)), ())
    assert (fit.mistake.id, fit.values) == ("stepped-per-n", {"n": 20})


def test_a_log_that_is_nearly_all_within_a_stretched_warm_up(tmp_path: Path) -> None:
    plan, other = (
        lrviz.schedule(
            "transformers.warmup_stable_decay", num_warmup_steps=warmup, num_decay_steps=decay,
            num_training_steps=total, min_lr_ratio=0.1,
        )
        for warmup, decay, total in ((150, 50, 500), (450, 150, 1500))
    )  # fmt: skip
    best = lrviz.audit(write(tmp_path, other.rate(np.arange(500))), plan).explanations[0]
    assert (best.id, best.values, best.matched) == ("other-length", {"total": 1500}, 1.0)


@pytest.mark.parametrize("mistake", ["restarted", "resumed"])
def test_a_first_row_with_another_rate(mistake: str, tmp_path: Path) -> None:
    plan, other = hf(500, 50), hf(800, 50)
    after = other[200:] if mistake == "resumed" else plan[:300]
    rates = np.concatenate([plan[:200], after])
    rates[0] = 0.03
    schedule = lrviz.schedule("transformers.cosine", num_warmup_steps=50, num_training_steps=500)
    audit = lrviz.audit(write(tmp_path, rates), schedule)
    best = audit.explanations[0]
    assert (best.id, best.values["at"], best.missed) == (mistake, 200, 1)
    assert audit.decisive.explained
    rates[1] = 0.03
    assert not lrviz.audit(write(tmp_path, rates), schedule).decisive.explained


HALF = {"schedule": "CosineAnnealingLR", "T_max": 180}
RISE = {"schedule": "LinearLR", "start_factor": 0.01, "total_iters": 20}
WARMED = lrviz.schedule("sequential", schedules=[RISE, HALF], milestones=[20])


def warmed(warmup: int, total: int) -> Schedule:
    return lrviz.schedule("transformers.cosine", num_warmup_steps=warmup, num_training_steps=total)


def explained(log: Path, plan: Schedule) -> str:
    audit = lrviz.audit(log, plan).decisive
    assert audit.best.matched == 1.0
    return audit.best.label


def sparse(folder: Path, rates: Any, every: int) -> Path:
    path = folder / "run.csv"
    rows = "".join(f"{step},{float(rates[step])!r}\n" for step in range(0, len(rates), every))
    path.write_text("step,lr\n" + rows, encoding="utf-8")
    return path


def test_a_factor_beside_another_warm_up_whose_peak_is_between_the_rows(tmp_path: Path) -> None:
    plan, run = warmed(20, 200), warmed(33, 200)
    log = sparse(tmp_path, 1.5 * run.rate(np.arange(200)), 7)
    assert explained(log, plan) == "scaled+other-warmup (factor=1.5, steps=33)"


def test_a_factor_beside_no_warm_up(tmp_path: Path) -> None:
    log = sparse(tmp_path, 3 * warmed(0, 200).rate(np.arange(200)), 7)
    assert explained(log, warmed(20, 200)) == "scaled+other-warmup (factor=3, steps=0)"


@pytest.mark.parametrize("warmup", [30, 31])
def test_a_factor_beside_another_length_with_the_planned_share_of_warm_up(
    warmup: int, tmp_path: Path
) -> None:
    log = sparse(tmp_path, 0.5 * warmed(warmup, 303).rate(np.arange(200)), 7)
    assert explained(log, warmed(20, 200)) == "scaled+other-length (factor=0.5, total=303)"


def test_a_factor_of_the_first_rows_beside_a_restart(tmp_path: Path) -> None:
    plan = lrviz.schedule("transformers.inverse_sqrt", num_warmup_steps=3)
    rates = plan.rate(np.arange(200))
    rates[120:] = rates[:80].copy()
    log = sparse(tmp_path, 2 * rates, 5)
    assert explained(log, plan) == "scaled+restarted (factor=2, at=120)"


def test_a_factor_on_the_optimizers_rate_beside_a_scheduler_that_stops(tmp_path: Path) -> None:
    plan = lrviz.schedule("CosineAnnealingLR", T_max=200, eta_min=0.01)
    log = sparse(tmp_path, plan.rate(np.minimum(np.arange(200), 90), 0.5), 1)
    assert explained(log, plan) == "scaled+stopped (factor=5, at=90)"


def test_two_rows_have_no_factor_in_common_with_the_plan() -> None:
    plan = PlanRates(Curve("plan", PLAN), 200)
    steps = np.arange(200)
    rates = plan.at(steps)
    odd = np.where(steps % 2, 3.0, 2.0) * rates
    for count, expected in ((2, []), (3, [2.0])):
        begun = np.where(steps < count, 2 * rates, odd[::-1])
        assert list(search.first_factor(plan, rows_of(steps, begun))) == expected


def test_the_floor_of_a_cosine_whose_floor_is_planned_as_a_share(tmp_path: Path) -> None:
    plan, run = (
        lrviz.schedule(
            "transformers.cosine_with_min_lr", num_warmup_steps=20, num_training_steps=200,
            min_lr_rate=share,
        )
        for share in (0.1, 0.2)
    )  # fmt: skip
    log = sparse(tmp_path, run.rate(np.arange(200)), 1)
    assert explained(log, plan) == "other-floor (rate=0.02)"


def test_lags_grow_where_rows_say_so_whatever_the_size_of_a_block() -> None:
    plan = PlanRates(
        Curve("plan", lrviz.schedule("linear", end_factor=0.5, total_iters=5000)), 5000
    )
    steps = np.arange(0, 5000, 3)
    expected = np.searchsorted([30, 33, 36, 900, 1206, 1500, 4800], steps, side="right")
    lags = clock_fits.lags_of(plan, rows_of(steps, plan.at(steps - expected)))
    assert lags.tolist() == expected.tolist()
    for lag, last in ((512, 512), (513, 0)):
        late = np.where(steps < 2000, 0, lag)
        assert clock_fits.lags_of(plan, rows_of(steps, plan.at(steps - late)))[-1] == last


def test_what_gives_few_of_many_rows_is_measured_on_some(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = PlanRates(Curve("plan", PLAN), 1000)
    steps = np.arange(1000)
    rows = rows_of(steps, np.where(steps < 403, 1.0, 3.0) * plan.at(steps))
    (fit,) = explanation.fitted("scaled", plan, factor=3)
    item = explanation.Explanation((fit,), fit.pieces)
    exact = explanation.measured(item, plan, rows)
    monkeypatch.setattr(explanation, "MEASURED", 200)
    assert explanation.measured(item, plan, rows).missed == 400
    assert exact.missed == 402
    (planned,) = explanation.fitted("as-planned", plan)
    item = explanation.Explanation((planned,), planned.pieces)
    assert explanation.measured(item, plan, rows).missed == 596


def test_a_run_thousands_of_times_as_long_is_searched_in_few_tries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "transformers.cosine"
    schedule = lrviz.schedule(name, num_warmup_steps=10, num_training_steps=200)
    longer = lrviz.schedule(name, num_warmup_steps=200_000, num_training_steps=4_000_000)
    steps = np.arange(0, 4_000_000, 10_000)
    tries = []

    def stretch(*values: Any) -> Any:
        tries.append(values)
        return original(*values)

    original = length_fits.stretch
    monkeypatch.setattr(length_fits, "stretch", stretch)
    plan = PlanRates(Curve("plan", schedule), 4_000_000)
    (fit,) = length_fits.fit_stretch(plan, rows_of(steps, longer.rate(steps)))
    assert fit.values["total"] == 4_000_000
    assert len(tries) < 1_500


@pytest.mark.parametrize("by", [2, 50, 117])
def test_a_log_that_counts_from_0_in_the_middle_of_the_plan(by: int, tmp_path: Path) -> None:
    audit = lrviz.audit(write(tmp_path, PLAN.rate(np.arange(by, by + 80))), PLAN)
    best = audit.decisive.best
    assert best.label == f"shifted (by={by})"
    assert best.matched == 1.0


def test_no_mistake_is_paired_with_itself(tmp_path: Path) -> None:
    rates = np.array([float(f"{rate:.2e}") for rate in 1.01 * PLAN.rate(np.arange(200))])
    audit = lrviz.audit(write(tmp_path, rates), PLAN)
    assert audit.decisive.best.ids == ("scaled",)
    assert all(len({*item.ids}) == len(item.ids) for item in audit.decisive.explanations)


def test_a_mistake_that_changes_nothing_is_not_listed(tmp_path: Path) -> None:
    rates = PLAN.rate(np.arange(1, 201))
    rates[::20] *= 0.97
    items = lrviz.audit(write(tmp_path, rates), PLAN).explanations
    assert (items[0].id, items[0].matched) == ("shifted", 0.95)
    values = [(name, value) for item in items for name, value in item.values.items()]
    assert ("total", 200) not in values
    assert ("steps", 0) not in values
    assert not [value for name, value in values if name == "factor" and value == pytest.approx(1)]


@pytest.mark.parametrize(
    ("total", "warmup", "digits"),
    [(6000, 300, 3), (8000, 400, 4), (16_000, 800, 3), (5073, 254, 3), (7333, 367, 4)],
)
def test_another_length_in_a_log_of_few_digits_is_no_resumption(
    total: int, warmup: int, digits: int, tmp_path: Path
) -> None:
    rates = warmed(warmup, total).rate(np.arange(2000))
    log = tmp_path / "run.log"
    rows = [f"step {t} | lr {rates[t]:.{digits - 1}e}\n" for t in range(0, 2000, 10)]
    log.write_text("".join(rows), encoding="utf-8")
    assert explained(log, warmed(100, 2000)) == f"other-length (total={total})"
