"""The budget of the search for a log's schedule: a log of none does not take long."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import lrviz
from lrviz.audits import proposal_search
from lrviz.audits.budget import Budget
from lrviz.audits.decay_fits import decaying
from lrviz.audits.number_fits import best_of_batches
from lrviz.audits.outline import outline_of
from lrviz.audits.rate_fits import DECAYS, Decay, losses, remainder
from lrviz.audits.rows import Rows

LIMIT = 2_000
SLACK = 1_500
"""Fits of the family during which a budget is spent."""


def test_the_fits_of_a_log_of_no_schedule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    budget = Budget(LIMIT)
    monkeypatch.setattr(proposal_search, "Budget", lambda: budget)
    walk = 0.1 + np.cumsum(np.random.default_rng(1).normal(size=400)) * 1e-3
    history = "".join(f"{step},{rate:.6e}\n" for step, rate in enumerate(walk))
    (tmp_path / "run.csv").write_text("step,lr\n" + history, encoding="utf-8")
    (proposal,) = lrviz.propose(tmp_path / "run.csv")
    assert not proposal.is_good
    assert LIMIT <= budget.spent <= LIMIT + SLACK


def test_a_budget_that_is_spent_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposal_search, "Budget", lambda: Budget(0))
    rates = 0.1 + 0.05 * np.sin(np.arange(60)) + 0.01 * np.arange(60) % 7
    history = "".join(f"{step},{rate:.6e}\n" for step, rate in enumerate(rates))
    (tmp_path / "run.csv").write_text("step,lr\n" + history, encoding="utf-8")
    (proposal,) = lrviz.propose(tmp_path / "run.csv")
    assert (proposal.spec["schedule"], proposal.is_good) == ("constant", False)


def test_a_spent_budget_fits_no_decay() -> None:
    rows = Rows(np.arange(50), 0.1 * np.cos(np.arange(50) / 40), np.full(50, 1e-9))
    assert list(decaying(outline_of(rows, Budget(0)))) == []
    assert list(decaying(outline_of(rows, Budget(10_000))))


@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("rise", [0, 12])
def test_the_losses_of_many_ends_are_those_of_each(decay: Decay, rise: int) -> None:
    t = np.arange(0, 300, 3)
    y = np.minimum(t / 12, 1.0) * (0.1 - 2e-4 * t) if rise else 0.1 - 2e-4 * t
    outline = outline_of(Rows(t, y, np.full(len(t), 1e-9)))
    holds, stops = np.array([rise, rise + 4, 100, 290]), np.array([rise + 1, 200, 900, 299])
    expected = [remainder(outline, rise, h, s, decay) for h, s in zip(holds, stops, strict=True)]
    assert losses(outline, rise, holds, stops, decay) == pytest.approx(
        expected, abs=1e-18, rel=1e-9
    )


@pytest.mark.parametrize("best", [0, 1, 37, 5_000, 99_999])
def test_the_best_number_of_batches(best: int) -> None:
    assert best_of_batches(lambda n: np.abs(n - best).astype(float), 100_000) == best


def test_of_equal_numbers_a_likely_one_is_the_best() -> None:
    assert best_of_batches(lambda n: np.zeros(len(n)), 100, [42, 41]) == 42
    assert best_of_batches(lambda n: np.full(len(n), np.inf), 100) is None
