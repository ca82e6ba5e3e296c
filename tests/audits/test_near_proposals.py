"""Logs that a schedule gives but for some rows, and logs that show it through their rounding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits.proposal import digits_of
from lrviz.audits.proposal_search import lag_of
from lrviz.audits.rows import Rows
from lrviz.audits.spec_search import least_share
from lrviz.render.proposal_lines import NONE, NOT_GOOD, proposal_lines
from tests.conftest import Shell


def proposed(
    folder: Path, rates: Any, every: int = 1, form: str = ".5e", step: str = "step"
) -> Any:
    rows = "".join(f"{s},{float(rates[s]):{form}}\n" for s in range(0, len(rates), every))
    (folder / "run.csv").write_text(f"{step},lr\n" + rows, encoding="utf-8")
    return lrviz.propose(folder / "run.csv")[0]


def warmed_cosine(total: int, warmup: int, floor: float, count: int) -> Any:
    """Return the rates of nanoGPT, whose warm-up does not begin at 0."""
    t = np.arange(count)
    share = np.clip((t - warmup) / (total - warmup), 0, 1)
    down = floor + (6e-4 - floor) * (1 + np.cos(np.pi * share)) / 2
    return np.where(t < warmup, 6e-4 * (t + 1) / (warmup + 1), down)


@pytest.mark.parametrize(
    ("count", "share"), [(5, 0.95), (20, 0.95), (50, 0.98), (100, 0.99), (4000, 0.99)]
)
def test_the_share_of_rows_that_a_schedule_gives(count: int, share: float) -> None:
    assert least_share(count) == share


@pytest.mark.parametrize(("wrong", "is_good"), [(1, True), (5, False)])
def test_a_log_that_is_nearly_of_a_schedule(wrong: int, is_good: bool, tmp_path: Path) -> None:
    rates = 0.1 * (1 + np.cos(np.pi * np.arange(100) / 100)) / 2
    rates[[11, 37, 52, 74, 91][:wrong]] *= 1.01
    proposal = proposed(tmp_path, rates)
    assert (proposal.matched, proposal.is_good) == (1 - wrong / 100, is_good)
    head = str(proposal_lines(proposal, 200)[1])
    but_for_some = "but for some rows, the log is of this schedule:"
    assert head == (but_for_some if is_good else f"{NOT_GOOD}:")


def test_a_log_that_no_schedule_is_near(tmp_path: Path, shell: Shell) -> None:
    walk = 0.5 + np.random.default_rng(1).random(60)
    proposal = proposed(tmp_path, walk)
    assert (proposal.is_near, proposal.to_dict()["near"]) == (False, False)
    assert [str(line) for line in proposal_lines(proposal, 200)] == ["lr: 60 rows", NONE]
    done = shell("audit", str(tmp_path / "run.csv"), "--no-image")
    assert done.returncode == 1
    assert "proposal" not in done.stdout


def test_a_long_cosine_after_a_warmup_that_rounding_holds(tmp_path: Path) -> None:
    rates = warmed_cosine(600_000, 2_000, 6e-5, 600_000)
    proposal = proposed(tmp_path, rates, 1_000, ".4e")
    assert (proposal.spec, proposal.matched) == (
        {
            "schedule": "lrviz.cosine_with_floor", "lr": 6e-4, "warmup_steps": 2000,
            "total_steps": 600_000, "warmup_init_lr": 3e-7, "steps": 599_001,
            "by": "step",
        },
        1.0,
    )  # fmt: skip


def test_rates_within_the_rounding_of_all_rows(tmp_path: Path) -> None:
    """Least squares leave a few rows a little more."""
    schedule = lrviz.schedule(
        "transformers.warmup_stable_decay", num_warmup_steps=200, num_training_steps=4000,
        num_decay_steps=800, min_lr_ratio=0.1,
    )  # fmt: skip
    proposal = proposed(tmp_path, schedule.rate(np.arange(4000), 0.00084852814), 20, ".6e")
    assert proposal.matched == 1.0
    assert proposal.spec["num_decay_steps"] == 800


@pytest.mark.parametrize(
    ("peak", "gamma", "warmup", "start", "steps", "form"),
    [
        (4e-4, 0.99674, 7, 1 / 3, range(700), ".3e"),
        (0.704243, 0.9966, 9, 0.1, range(4, 913, 5), ".6f"),  # a row of a warm-up not from 0
    ],
)
def test_exponentials_within_the_rounding_of_all_rows(
    peak: float,
    gamma: float,
    warmup: int,
    start: float,
    steps: range,
    form: str,
    tmp_path: Path,
) -> None:
    t = np.array(steps)
    rise = start + (1 - start) * t / max(warmup, 1)
    rates = peak * np.where(t < warmup, rise, gamma ** np.maximum(t - warmup, 0))
    rows = "".join(f"{step},{rate:{form}}\n" for step, rate in zip(steps, rates, strict=True))
    (tmp_path / "run.csv").write_text("step,lr\n" + rows, encoding="utf-8")
    (proposal,) = lrviz.propose(tmp_path / "run.csv")
    assert proposal.matched == 1.0


def test_a_power_of_a_round_length(tmp_path: Path) -> None:
    t = np.arange(10_000)
    rates = 0.0018 * np.where(t < 300, 0.1 + 0.9 * t / 300, (1 - (t - 300) / 9700) ** 3)
    proposal = proposed(tmp_path, rates, 36, ".4g")
    assert (proposal.matched, proposal.spec["total_steps"]) == (1.0, 10_000)


@pytest.mark.parametrize("start", [0.0, 0.1])
def test_a_power_after_a_single_row_of_warmup(start: float, tmp_path: Path) -> None:
    t = np.arange(1800)
    rates = np.where(t < 18, start + (1 - start) * t / 18, (1 - np.maximum(t - 18, 0) / 1782) ** 3)
    rows = "".join(f"{s},{float(7e-5 * rates[s])!r}\n" for s in range(9, 1800, 10))
    (tmp_path / "run.csv").write_text("step,lr\n" + rows, encoding="utf-8")
    (proposal,) = lrviz.propose(tmp_path / "run.csv")
    assert proposal.matched == 1.0


def test_stairs_of_two_rows(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, 0.07 * 0.9 ** (np.arange(1300) // 108), 52, ".6g")
    assert (proposal.matched, proposal.spec["schedule"]) == (1.0, "step")
    assert proposal.spec["gamma"] == 0.9


def test_pairs_of_rows_that_rounding_makes_are_no_stairs(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, 0.1 * 0.99975 ** np.arange(300), 2, ".3e")
    assert (proposal.matched, proposal.spec["schedule"]) == (1.0, "exponential")


@pytest.mark.parametrize(("ticks", "total"), [(4, 1875), (4, 1501)])
def test_ticks_of_a_log_that_counts_its_steps_from_0(
    ticks: int, total: int, tmp_path: Path
) -> None:
    schedule = lrviz.schedule("transformers.linear", num_warmup_steps=50, num_training_steps=total)
    proposal = proposed(tmp_path, schedule.rate(ticks * np.arange(600), 5e-5), 2, ".8e")
    assert (proposal.matched, proposal.spec["schedule"]) == (1.0, "transformers.linear")
    assert proposal.ticks > 1


@pytest.mark.parametrize("warmup", [3, 5, 20])
@pytest.mark.parametrize("count", [60, 40])
def test_a_cosine_that_runs_from_epoch_0_below_its_warmup(
    warmup: int, count: int, tmp_path: Path
) -> None:
    values = {"t_initial": 60, "lr_min": 1e-5, "warmup_t": warmup, "warmup_lr_init": 1e-6}
    rates = lrviz.schedule("timm.cosine", **values).rate(np.arange(count), 1e-3)
    proposal = proposed(tmp_path, rates, form=".17g", step="epoch")
    assert proposal.matched == 1.0
    assert {key: proposal.spec[key] for key in values} == values
    assert (proposal.spec["schedule"], proposal.spec["lr"]) == ("timm.cosine", 1e-3)


OVERLAID: dict[str, dict[str, Any]] = {
    "cosine": {"warmup_t": 130, "warmup_lr_init": 1e-6},
    "poly": {"warmup_t": 179, "warmup_lr_init": 6e-5, "power": 2.0},
    "a single row of warm-up": {"warmup_t": 16},
}


@pytest.mark.parametrize("case", OVERLAID)
@pytest.mark.parametrize(("every", "count"), [(12, 3000), (95, 3000), (12, 2000)])
def test_a_decay_of_many_steps_that_runs_below_its_warmup(
    case: str, every: int, count: int, tmp_path: Path
) -> None:
    name = "poly" if case == "poly" else "cosine"
    values = {"t_initial": 3000, "lr_min": 2e-4, **OVERLAID[case]}
    schedule = lrviz.schedule(f"timm.{name}", **values)
    proposal = proposed(tmp_path, schedule.rate(np.arange(count), 6e-3), every)
    assert proposal.matched == 1.0
    assert (proposal.spec["schedule"], proposal.spec["lr"]) == (f"timm.{name}", 6e-3)
    assert proposal.spec["t_initial"] == 3000


@pytest.mark.parametrize("name", ["linear", "cos_lr"])
@pytest.mark.parametrize("nb", [120, 500])
def test_the_rates_of_biases_in_a_warmup_that_falls(name: str, nb: int, tmp_path: Path) -> None:
    values = {"epochs": 100, "lrf": 0.01, "nb": nb, "nw": 3 * nb, "warmup_start": 0.1}
    schedule = lrviz.schedule(f"ultralytics.{name}", **values)
    rates = schedule.rate(np.arange(1, 101) * nb - 1, 0.01)
    proposal = proposed(tmp_path, rates, form=".6g", step="epoch")
    assert proposal.matched == 1.0
    assert {key: proposal.spec[key] for key in values} == values


def test_a_schedule_by_epoch_without_a_warmup_has_none_that_falls(tmp_path: Path) -> None:
    rates = 0.1 * (1 + np.cos(np.pi * np.arange(60) / 60)) / 2
    proposal = proposed(tmp_path, rates, form=".6g", step="epoch")
    assert proposal.spec["schedule"] == "torch.CosineAnnealingLR"


LATE = (
    "the schedule begins {} late: ticks are missed before step {}; a lag of a few steps is "
    "harmless, since loss scaling skips steps that overflow; where it grows on, find out why so "
    "many gradients do, and where it begins all at once, save the scheduler's state with the "
    "model's"
)


@pytest.mark.parametrize(("lag", "steps"), [(1, "1 step"), (3, "3 steps")])
@pytest.mark.parametrize(("every", "warmup"), [(1, 100), (10, 100)])
def test_a_schedule_that_begins_late(
    lag: int, steps: str, every: int, warmup: int, tmp_path: Path
) -> None:
    values = {"num_warmup_steps": warmup, "num_training_steps": 1000}
    schedule = lrviz.schedule("transformers.linear", **values)
    rates = schedule.rate(np.maximum(np.arange(1000) - lag, 0), 5e-5)
    proposal = proposed(tmp_path, rates, every, ".8e")
    assert (proposal.matched, proposal.lag, proposal.to_dict()["lag"]) == (1.0, lag, lag)
    assert proposal.spec["lr"] == 5e-5
    assert proposal.remarks == (LATE.format(steps, lag + 1),)


@pytest.mark.parametrize("start", [0.0, 0.01])
def test_a_warmup_from_a_rate_that_begins_late(start: float, tmp_path: Path) -> None:
    t = np.maximum(np.arange(400) - 2, 0)
    rates = np.minimum(start + (0.1 - start) * t / 50, 0.1 * np.exp(-(t - 50) / 200))
    proposal = proposed(tmp_path, rates)
    assert (proposal.matched, proposal.lag) == (1.0, 2)


def test_a_decay_that_begins_late(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, 0.01 * 0.95 ** np.maximum(np.arange(100) - 1, 0))
    assert (proposal.matched, proposal.lag) == (1.0, 1)
    assert (proposal.spec["lr"], proposal.spec["gamma"]) == (0.01, 0.95)


@pytest.mark.parametrize("seed", range(6))
def test_no_lag_is_seen_in_noise(seed: int) -> None:
    """The second row would be before the first tick."""
    rates = 0.5 + np.random.default_rng(seed).random(60)
    assert lag_of(Rows(np.arange(60), rates, np.full(60, 1e-6))) == 0


def test_a_hold_is_no_lag(tmp_path: Path) -> None:
    rates = 0.1 * np.clip((300 - np.arange(300)) / 100, 0, 1)
    proposal = proposed(tmp_path, rates)
    assert (proposal.matched, proposal.lag) == (1.0, 0)


def test_of_equal_proposals_the_one_of_the_roundest_numbers() -> None:
    spec = {"schedule": "transformers.cosine", "lr": 3e-05, "num_warmup_steps": 150}
    assert digits_of(spec | {"steps": 2991, "by": "step"}) == 4  # with that of the power
    assert digits_of(spec | {"num_warmup_steps": 149, "total_steps": 2999}) == 9


def test_no_schedule_is_near_to_a_random_walk(tmp_path: Path) -> None:
    walk = 0.1 + np.cumsum(np.random.default_rng(1).normal(size=8000)) * 1e-4
    proposal = proposed(tmp_path, walk, 20)
    assert proposal.rms < 0.05
    assert not proposal.is_near
