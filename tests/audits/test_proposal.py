"""The schedule that a log is of: every family, with and without a warm-up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits.decay_fits import rises
from lrviz.audits.families import MOST_LEVELS
from lrviz.audits.outline import outline_of, straight_line
from lrviz.audits.rate_fits import DECAYS
from lrviz.audits.rows import Rows
from lrviz.core.errors import SpecError
from tests.conftest import Shell

T = np.arange(300)
WARM = 30
AFTER = np.clip((T - WARM) / (300 - WARM), 0, 1)


def warmed(rates: Any, start: float = 0.0) -> Any:
    return np.where(T < WARM, start + (0.1 - start) * T / WARM, rates)


def cosine(share: Any) -> Any:
    return (1 + np.cos(np.pi * share)) / 2


FAMILIES = {
    "constant": (np.full(300, 0.1), "constant"),
    "linear": (0.1 * (1 - T / 300), "torch.LinearLR"),
    "cosine": (0.01 + 0.09 * cosine(T / 300), "torch.CosineAnnealingLR"),
    "exponential": (0.1 * 0.99**T, "exponential"),
    "polynomial": (0.1 * (1 - T / 300) ** 2.3, "torch.PolynomialLR"),
    "step": (0.1 * 0.5 ** (T // 60), "step"),
    "milestones": (np.select([T < 100, T < 150], [0.1, 0.01], 0.001), "multistep"),
    "levels": (np.select([T < 100, T < 150], [0.1, 0.05], 0.04), "piecewise"),
    "inverse root": (0.1 / np.sqrt(1 + T / 25), "transformers.inverse_sqrt"),
    "wsd": (
        0.1 * (1 - np.sqrt(np.clip((T - 240) / 60, 0, 1))),
        "transformers.warmup_stable_decay",
    ),
    "warm-up constant": (warmed(np.full(300, 0.1)), "transformers.constant_with_warmup"),
    "warm-up linear": (warmed(0.1 * (1 - AFTER), 0.001), "piecewise"),
    "warm-up cosine": (warmed(0.1 * cosine(AFTER)), "transformers.cosine"),
    "warm-up exponential": (warmed(0.1 * 0.99 ** (T - WARM)), "piecewise"),
    "warm-up inverse root": (
        warmed(0.1 / np.sqrt(1 + np.maximum(T - WARM, 0) / 30)),
        "transformers.inverse_sqrt",
    ),
    "warm-up inverse root from a rate": (
        warmed(0.1 / np.sqrt(1 + np.maximum(T - WARM, 0) / 40), 0.01),
        "lrviz.inverse_sqrt",
    ),
    "warm-up stairs": (warmed(0.1 * 0.5 ** ((T - WARM) // 90)), "piecewise"),
    "trapezoid": (
        warmed(0.1 * np.clip((300 - T) / 100, 0, 1)),
        "transformers.warmup_stable_decay",
    ),
}


def write(folder: Path, rates: Any, every: int = 1) -> Path:
    path = folder / "log.csv"
    rows = "".join(f"{s},{rates[s]:.5e}\n" for s in range(0, len(rates), every))
    path.write_text("step,lr\n" + rows, encoding="utf-8")
    return path


@pytest.mark.parametrize("case", FAMILIES.values(), ids=FAMILIES)
def test_family(case: tuple[Any, str], tmp_path: Path) -> None:
    rates, schedule = case
    (proposal,) = lrviz.propose(write(tmp_path, rates, every=2))
    assert proposal.spec["schedule"] == schedule
    assert (proposal.is_good, proposal.matched) == (True, 1.0)
    assert proposal.first_difference is None
    assert proposal.rms < 1e-5


@pytest.mark.parametrize("every", [1, 2, 10])
@pytest.mark.parametrize("curve", ["linear", "cosine", "1-sqrt"])
def test_a_decay_after_a_long_hold_is_no_stairs(curve: str, every: int, tmp_path: Path) -> None:
    share = np.clip((T - 200) / 100, 0, 1)
    falls = {"linear": 1 - share, "cosine": cosine(share), "1-sqrt": 1 - np.sqrt(share)}
    (proposal,) = lrviz.propose(write(tmp_path, warmed(0.1 * falls[curve]), every))
    assert proposal.spec == {
        "schedule": "transformers.warmup_stable_decay",
        "lr": 0.1,
        "num_warmup_steps": 30,
        "num_training_steps": 300,
        "num_decay_steps": 100,
        **({} if curve == "cosine" else {"decay_type": curve}),
        "steps": 301 - every,
        "by": "step",
    }


def test_a_decay_that_no_library_has_is_of_phases(tmp_path: Path) -> None:
    share = np.clip((T - 200) / 100, 0, 1)
    (proposal,) = lrviz.propose(write(tmp_path, warmed(0.1 * cosine(share), 0.02)))
    assert proposal.spec == {
        "schedule": "piecewise",
        "lr": 0.1,
        "total_steps": 300,
        "start": 0.2,
        "phases": [
            {"steps": 30, "to": 1.0},
            {"steps": 170, "to": 1.0},
            {"steps": 100, "to": 0.0, "curve": "cosine"},
        ],
        "steps": 300,
        "by": "step",
    }


def test_the_nearest_spec_has_few_digits(tmp_path: Path) -> None:
    rates = 0.1 * np.minimum(T / WARM, 1) * (1 + np.cos(T * np.pi / 130) + 0.3 * np.sin(T))
    (proposal,) = lrviz.propose(write(tmp_path, np.abs(rates), every=2))
    assert not proposal.is_good
    assert all(len(str(number)) <= 8 for number in numbers(proposal.spec))


def numbers(spec: Any) -> list[float]:
    values = spec.values() if isinstance(spec, dict) else spec if isinstance(spec, list) else ()
    own = [spec] if isinstance(spec, float) else []
    return own + [number for value in values for number in numbers(value)]


def test_the_parameters(tmp_path: Path) -> None:
    (proposal,) = lrviz.propose(write(tmp_path, FAMILIES["warm-up cosine"][0]))
    assert proposal.spec == {
        "schedule": "transformers.cosine",
        "lr": 0.1,
        "num_warmup_steps": 30,
        "num_training_steps": 300,
        "steps": 300,
        "by": "step",
    }
    (proposal,) = lrviz.propose(write(tmp_path, FAMILIES["step"][0]))
    assert proposal.spec == {
        "schedule": "step", "lr": 0.1, "step_size": 60, "gamma": 0.5, "steps": 300, "by": "step",
    }  # fmt: skip


@pytest.mark.parametrize(("ahead", "convention"), [(0, "rate-used"), (1, "next-rate")])
def test_a_log_of_steps_done_has_the_rate_used_or_the_next_one(
    ahead: int, convention: str, tmp_path: Path
) -> None:
    rates = FAMILIES["warm-up cosine"][0]
    path = tmp_path / "trainer_log.jsonl"
    rows = (
        {"current_steps": n, "total_steps": 300, "lr": float(rates[n - 1 + ahead])}
        for n in range(5, 251, 5)
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (proposal,) = lrviz.propose(path)
    assert (proposal.convention, proposal.matched) == (convention, 1.0)
    assert proposal.spec == {
        "schedule": "transformers.cosine",
        "lr": 0.1,
        "num_warmup_steps": 30,
        "num_training_steps": 300,
        "steps": 250,
        "by": "step",
    }


def test_a_run_that_has_just_begun(tmp_path: Path) -> None:
    rates = warmed(0.1 * cosine(np.clip((T - WARM) / 1470, 0, 1)))
    path = tmp_path / "log.csv"
    rows = "".join(f"{s},{float(rates[s])!r}\n" for s in range(100))
    path.write_text("step,lr\n" + rows, encoding="utf-8")
    (proposal,) = lrviz.propose(path)
    assert (proposal.spec["num_training_steps"], proposal.matched) == (1500, 1.0)


def test_noise_is_of_no_schedule(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).uniform(0.01, 0.1, 60)
    (proposal,) = lrviz.propose(write(tmp_path, noise))
    assert not proposal.is_good
    assert proposal.matched < 0.1
    assert proposal.first_difference is not None


def test_rates_of_0(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="has only rates of 0: no schedule is proposed"):
        lrviz.propose(write(tmp_path, np.zeros(40)))


def test_a_straight_line_that_rows_do_not_determine() -> None:
    t = np.arange(3.0)
    assert straight_line(t, 2 * t + 1, np.ones(3)) == pytest.approx((2, 1))
    assert np.isnan(straight_line(t, np.full(3, np.inf), np.ones(3))).all()
    assert np.isnan(straight_line(t * 0, t, np.ones(3))).all()
    assert straight_line(t, 2 * t + 1, np.full(3, 1e-200)) == pytest.approx((2, 1))
    assert np.isfinite(straight_line(t, t * 1e100, np.array([1, 1e-150, 1e-300]))).all()


def test_too_few_rows(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="has 4 rows with a rate: too few to propose a schedule"):
        lrviz.propose(write(tmp_path, np.ones(4)))


def test_no_rate_above_0(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="has only rates of 0: no schedule is proposed"):
        lrviz.propose(write(tmp_path, np.zeros(9)))


def test_the_command(shell: Shell) -> None:
    write(shell.folder, FAMILIES["warm-up cosine"][0])
    done = shell("audit", "log.csv", "--no-image", "--write", "plan.yaml")
    assert (done.returncode, done.stderr) == (0, "wrote plan.yaml\n")
    lines = done.stdout.splitlines()
    assert lines[0] == "the schedule of log.csv"
    at = lines.index("lr: 300 rows")
    assert lines[at + 1 :] == [
        "the log is of this schedule:",
        "  schedule: transformers.cosine",
        "  lr: 0.1",
        "  num_warmup_steps: 30",
        "  num_training_steps: 300",
        "  steps: 300",
        "  by: step",
        "it gives every row within its rounding",
    ]
    again = shell("audit", "log.csv", "--against", "plan.yaml", "--json")
    assert json.loads(again.stdout)["followed"] is True


def test_a_proposal_that_is_not_good(shell: Shell) -> None:
    noise = np.random.default_rng(1).uniform(0.98, 1.0, 300)
    write(shell.folder, FAMILIES["cosine"][0] * noise)
    done = shell("audit", "log.csv", "--no-image", "--write", "plan.yaml")
    assert done.returncode == 1
    text = " ".join(done.stdout.split())
    assert "no schedule of the usual families gives these rates; the nearest one is:" in text
    assert "of the rows within their rounding; the first other row is step " in text
    assert not (shell.folder / "plan.yaml").exists()
    data = json.loads(shell("audit", "log.csv", "--json").stdout)["proposals"][0]
    assert data["good"] is False
    assert set(data) == {
        "good", "near", "open", "spec", "matched", "rms", "first_difference", "convention", "ticks",
        "lag", "remarks", "interruption",
    }  # fmt: skip


def test_the_picture(shell: Shell) -> None:
    write(shell.folder, FAMILIES["linear"][0])
    assert shell("audit", "log.csv", "-o", "a.svg").stderr == "wrote a.svg\n"
    assert "minus proposal" in (shell.folder / "a.svg").read_text(encoding="utf-8")


def test_a_log_that_counts_from_1(tmp_path: Path) -> None:
    rates, _ = FAMILIES["warm-up cosine"]
    path = tmp_path / "run.csv"
    rows = "".join(f"{step},{float(rate)!r}\n" for step, rate in enumerate(rates, 1))
    path.write_text("step,lr\n" + rows, encoding="utf-8")
    (proposal,) = lrviz.propose(path)
    assert (proposal.log.first, proposal.matched) == (1, 1.0)
    assert proposal.spec["num_warmup_steps"] == WARM


@pytest.mark.parametrize(
    ("rates", "parameters"),
    [
        (0.01 + 0.09 * cosine(T / 300), {"schedule": "torch.CosineAnnealingLR", "lr": 0.1,
                                         "T_max": 300, "eta_min": 0.01}),
        (0.1 * (1 - T / 300) ** 2.3, {"schedule": "torch.PolynomialLR", "lr": 0.1,
                                      "total_iters": 300, "power": 2.3}),
        (warmed(0.1 * (1 - AFTER)), {"schedule": "transformers.linear", "lr": 0.1,
                                     "num_warmup_steps": 30, "num_training_steps": 300}),
        (warmed(0.02 + 0.08 * cosine(AFTER)), {"schedule": "transformers.cosine_with_min_lr",
                                               "lr": 0.1, "num_warmup_steps": 30,
                                               "num_training_steps": 300, "min_lr": 0.02}),
        (warmed(np.full(300, 0.1)), {"schedule": "transformers.constant_with_warmup", "lr": 0.1,
                                     "num_warmup_steps": 30}),
        (0.1 / np.sqrt(1 + T / 25), {"schedule": "transformers.inverse_sqrt", "lr": 0.1,
                                     "num_warmup_steps": 0, "timescale": 25}),
    ],
)  # fmt: skip
def test_the_name_of_a_library_with_no_more_than_it_needs(
    rates: Any, parameters: dict[str, Any], tmp_path: Path
) -> None:
    (proposal,) = lrviz.propose(write(tmp_path, rates))
    assert proposal.spec == {**parameters, "steps": 300, "by": "step"}
    assert proposal.matched == 1.0


@pytest.mark.parametrize("end", [0.0, 0.1, 0.5])
def test_a_line_is_proposed_as_one_and_no_polynomial(end: float, tmp_path: Path) -> None:
    line = lrviz.schedule("torch.LinearLR", start_factor=1.0, end_factor=end, total_iters=200)
    (proposal,) = lrviz.propose(write(tmp_path, line.rate(np.arange(300), 0.1)))
    assert proposal.spec == {
        "schedule": "torch.LinearLR", "lr": 0.1, "total_iters": 200, "start_factor": 1.0,
        "end_factor": end, "steps": 300, "by": "step",
    }  # fmt: skip


def test_a_fall_along_a_power_is_proposed_as_a_polynomial(tmp_path: Path) -> None:
    power = lrviz.schedule("torch.PolynomialLR", total_iters=200, power=2.0)
    (proposal,) = lrviz.propose(write(tmp_path, power.rate(np.arange(300), 0.1)))
    assert proposal.spec["schedule"] == "torch.PolynomialLR"


@pytest.mark.filterwarnings("error")
def test_stairs_with_a_rate_of_zero(tmp_path: Path) -> None:
    rates = np.repeat([0.1, 0.0, 0.1, 0.05], 20)
    (proposal,) = lrviz.propose(write(tmp_path, rates))
    assert proposal.matched == 1.0


def test_a_line_that_rises_by_a_rounding_error_is_level() -> None:
    t = np.arange(20.0)
    rates = np.full(20, 0.02)
    assert straight_line(t, rates + 1e-15 * t, np.ones(20))[0] == 0
    assert straight_line(t, rates + 2e-15 * t, np.ones(20))[0] > 0
    levels = np.repeat([0.02, 0.07, 0.01, 0.03], 20)
    outline = outline_of(Rows(np.arange(80), levels, levels * 1e-12))
    assert [rises(outline, decay) for decay in DECAYS] == [[20]] * 3


@pytest.mark.parametrize("zeros", [1, 5, 8])
def test_zeros_and_then_one_level(zeros: int, tmp_path: Path) -> None:
    rates = np.repeat([0.0, 0.1], [zeros, 8])
    (proposal,) = lrviz.propose(write(tmp_path, rates))
    assert (proposal.matched, proposal.spec["lr"]) == (1.0, 0.1)


def test_a_log_whose_first_rates_are_0_is_not_searched_up_to_its_jump(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).random(30)
    (proposal,) = lrviz.propose(write(tmp_path, np.append(np.zeros(30), 0.1 + 0.05 * noise)))
    assert not proposal.is_good


@pytest.mark.parametrize("every", [1, 3, 7])
def test_a_scheduler_that_ticks_once_in_several_steps(every: int, tmp_path: Path) -> None:
    rates = warmed(0.1 * cosine(AFTER))[np.arange(2400) // 8]
    (proposal,) = lrviz.propose(write(tmp_path, rates, every))
    assert (proposal.matched, proposal.is_good) == (1.0, True)
    assert proposal.spec == {
        "schedule": "transformers.cosine",
        "lr": 0.1,
        "num_warmup_steps": 30,
        "num_training_steps": 300,
        "by": "epoch",
        "steps_per_epoch": 8,
        "steps": (2399 // every) * every + 1,
    }


def test_no_proposal_has_hundreds_of_phases(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rates = np.repeat(np.cumprod(1 - 0.02 * rng.random(100)), rng.integers(4, 9, 100))
    (proposal,) = lrviz.propose(write(tmp_path, 0.1 * rates))
    assert not proposal.is_good
    assert len(proposal.spec.get("phases", ())) <= MOST_LEVELS + 1


def test_zeros_and_then_two_levels(tmp_path: Path) -> None:
    """The line through the zeros and the first level ends far beyond the log."""
    rates = np.repeat([0.0, 5e-7, 1e-6], [25, 25, 25])
    path = tmp_path / "log.csv"
    rows = "".join(f"{25 * row},{rate:.8g}\n" for row, rate in enumerate(rates))
    path.write_text("step,lr\n" + rows, encoding="utf-8")
    (proposal,) = lrviz.propose(path)
    assert (proposal.matched, proposal.spec["lr"]) == (1.0, 1e-6)
