"""The steps between two ticks of a scheduler, from the steps at which rates change."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.audits.rows import Rows
from lrviz.audits.tick_spacing import by_ticks, steps_per_tick


def rows_of(spacing: int, every: int, count: int = 800) -> Rows:
    steps = np.arange(0, count, every)
    rates = 0.1 * 0.97 ** (steps // spacing)
    return Rows(steps, rates, np.full(len(steps), 1e-9))


@pytest.mark.parametrize(("spacing", "every"), [(4, 1), (50, 1), (16, 10), (100, 10), (75, 20)])
def test_the_steps_of_equal_stairs(spacing: int, every: int) -> None:
    assert steps_per_tick(rows_of(spacing, every)) == spacing


@pytest.mark.parametrize(("spacing", "every"), [(1, 1), (1, 10), (200, 10), (12, 12)])
def test_rates_that_show_no_ticks(spacing: int, every: int) -> None:
    """They change from row to row, or too seldom."""
    assert steps_per_tick(rows_of(spacing, every)) is None


def test_changes_at_other_steps() -> None:
    steps = np.arange(100)
    rates = np.select([steps < 13, steps < 40, steps < 51, steps < 77], [5.0, 4.0, 3.0, 2.0], 1.0)
    assert steps_per_tick(Rows(steps, rates, np.full(100, 1e-9))) is None


def test_rows_by_ticks() -> None:
    ticks = by_ticks(rows_of(100, 10), 100)
    assert ticks.steps.tolist() == list(range(8))
    assert ticks.rates.tolist() == (0.1 * 0.97 ** np.arange(8)).tolist()
