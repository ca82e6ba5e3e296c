"""The schedule of a log whose rows are on a few lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits.line_fits import MOST, lines
from lrviz.audits.outline import outline_of
from lrviz.audits.rows import Rows


def proposed(folder: Path, steps: Any, rates: Any, form: str) -> lrviz.Proposal:
    path = folder / "run.csv"
    rows = "".join(f"{t},{rate:{form}}\n" for t, rate in zip(steps, rates, strict=True))
    path.write_text("step,lr\n" + rows, encoding="utf-8")
    return lrviz.propose(path)[0]


@pytest.mark.parametrize("first", [0, 7])
@pytest.mark.parametrize("every", [1, 4, 10])
@pytest.mark.parametrize("form", [".4e", ".6f", ".17g"])
def test_three_lines_that_meet_between_rows(
    first: int, every: int, form: str, tmp_path: Path
) -> None:
    steps = np.arange(first, 300, every)
    rates = np.interp(steps, [0, 93, 251, 300], [0.02, 0.1, 0.004, 0.0])
    proposal = proposed(tmp_path, steps, rates, form)
    assert (proposal.matched, proposal.spec["schedule"]) == (1.0, "piecewise")
    assert [phase["steps"] for phase in proposal.spec["phases"][:2]] == [93, 158]
    assert proposal.spec["start"] == 0.2


@pytest.mark.parametrize("form", [".4g", ".6f"])
def test_a_line_that_rises_to_the_end_of_the_log(form: str, tmp_path: Path) -> None:
    rates = 0.0003 * (1 / 3 + 2 / 3 * np.arange(586) / 586)
    proposal = proposed(tmp_path, range(586), rates, form)
    assert (proposal.matched, proposal.spec["schedule"]) == (1.0, "torch.LinearLR")
    assert (proposal.spec["lr"], proposal.spec["total_iters"]) == (0.0003, 586)


def outline(rates: list[float]) -> list[dict[str, object]]:
    y = np.array(rates)
    return list(lines(outline_of(Rows(np.arange(len(y)), y, np.full(len(y), 1e-6)))))


def test_as_many_lines_as_are_no_curve() -> None:
    zigzag = [[0.1, 0.2, 0.3], [0.2, 0.1, 0.0]]
    rates = [rate for index in range(MOST) for rate in zigzag[index % 2]]
    assert len(outline(rates)) == 1
    assert outline([*rates, *zigzag[MOST % 2]]) == []


def test_two_rows_show_no_line() -> None:
    assert outline([0.1, 0.2, 0.3, 0.1, 0.05, 0.2, 0.3, 0.4]) == []


def test_a_rate_that_is_held_before_it_rises_is_of_a_late_beginning() -> None:
    rates = [0.3, 0.2, 0.1, 0.0]
    assert outline([0.1, 0.1, 0.1, 0.2, *rates]) == []
    assert outline([0.3, 0.3, 0.3, *rates[1:]])
