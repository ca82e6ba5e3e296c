"""The schedule of a log whose rows are on a few lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import lrviz
from lrviz.audits.line_fits import MOST, lines
from lrviz.audits.outline import outline_of
from lrviz.audits.rows import Rows


@pytest.mark.parametrize("every", [1, 4, 10])
@pytest.mark.parametrize("form", [".4e", ".6f", ".17g"])
def test_three_lines_that_meet_between_rows(every: int, form: str, tmp_path: Path) -> None:
    knots, rates = [0, 93, 251, 300], [0.02, 0.1, 0.004, 0.0]
    steps = np.arange(0, 300, every)
    path = tmp_path / "run.csv"
    pairs = zip(steps, np.interp(steps, knots, rates), strict=True)
    path.write_text("step,lr\n" + "".join(f"{t},{rate:{form}}\n" for t, rate in pairs), "utf-8")
    (proposal,) = lrviz.propose(path)
    assert (proposal.matched, proposal.spec["schedule"]) == (1.0, "piecewise")
    assert [phase["steps"] for phase in proposal.spec["phases"][:2]] == [93, 158]
    assert proposal.spec["start"] == 0.2


def outline(rates: list[float], first: int = 0) -> list[dict[str, object]]:
    y = np.array(rates)
    return list(lines(outline_of(Rows(first + np.arange(len(y)), y, np.full(len(y), 1e-6)))))


def test_as_many_lines_as_are_no_curve() -> None:
    zigzag = [[0.1, 0.2, 0.3], [0.2, 0.1, 0.0]]
    rates = [rate for index in range(MOST) for rate in zigzag[index % 2]]
    assert len(outline(rates)) == 1
    assert outline([*rates, *zigzag[MOST % 2]]) == []
    assert outline([0.1, 0.2, 0.3]) == []  # one line is of another family


def test_two_rows_show_no_line() -> None:
    assert outline([0.1, 0.2, 0.3, 0.1, 0.05, 0.2, 0.3, 0.4]) == []


def test_lines_begin_at_step_0() -> None:
    rates = [0.1, 0.2, 0.3, 0.2, 0.1, 0.0]
    assert outline(rates)
    assert outline(rates, first=3) == []


def test_a_rate_that_is_held_before_it_rises_is_of_a_late_beginning() -> None:
    rates = [0.3, 0.2, 0.1, 0.0]
    assert outline([0.1, 0.1, 0.1, 0.2, *rates]) == []
    assert outline([0.3, 0.3, 0.3, *rates[1:]])
