"""The curves of an audit's picture: what is drawn between the rows of a log."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import lrviz
from lrviz.audits.audit import ColumnAudit
from lrviz.audits.columns import audit_table, proposal_table
from lrviz.audits.log import read_log
from lrviz.audits.proposal_search import propose
from lrviz.curves.table import Table
from lrviz.render.figure.curves import plotted_curves
from lrviz.render.figure.panels import difference_panel

STAIRS = "{schedule: step, step_size: 4, gamma: 0.5, lr: 0.08, steps: 32}"


def audit_of(folder: Path, rows: dict[int, float]) -> ColumnAudit:
    """Return the audit of rows against a plan whose rate is halved every 4 steps."""
    (folder / "plan.yaml").write_text(STAIRS, encoding="utf-8")
    lines = "".join(f"{step},{rate!r}\n" for step, rate in rows.items())
    (folder / "run.csv").write_text("step,lr\n" + lines, encoding="utf-8")
    return lrviz.audit(folder / "run.csv", lrviz.load(folder / "plan.yaml")[0]).decisive


def stair(step: int) -> float:
    return float(0.08 * 0.5 ** (step // 4))


def differences(table: Table) -> list[list[float]]:
    """Return the rates of each curve minus those of the first, as the lower panel draws them."""
    panel = difference_panel(table, plotted_curves(table, None, 800, merge=False), 0, 800)
    assert panel is not None
    return [curve.column.rates.tolist() for curve in panel.curves]


def test_a_log_that_follows_its_plan_is_drawn_as_planned(tmp_path: Path) -> None:
    table = audit_table(audit_of(tmp_path, {step: stair(step) for step in range(2, 32, 7)}))
    plan, log = table.columns
    assert log.steps == range(2, 31)
    assert log.rates.tolist() == plan.rates[:29].tolist()
    assert log.measured is not None
    assert log.measured.tolist() == [0, 7, 14, 21, 28]
    assert differences(table) == [[0.0] * 30, [0.0] * 29]


def test_the_rounding_of_a_log_is_drawn_beside_the_plan(tmp_path: Path) -> None:
    rates = {0: 0.08, 4: 0.04, 8: 0.02, 12: 0.01, 16: 0.005, 20: 0.002, 28: 0.001}
    table = audit_table(audit_of(tmp_path, rates))
    _, (*minus, last) = differences(table)
    assert minus[:17] == pytest.approx([0.0] * 17, abs=1e-15)
    assert minus[18] == pytest.approx((0.002 - 0.0025) / 2)
    assert last == pytest.approx(0.001 - 0.000625)


def test_rates_rounded_to_0_have_none_below_0_between_them(tmp_path: Path) -> None:
    cosine = "transformers.cosine:lr=2e-5,num_warmup_steps=400"
    (plan,) = lrviz.load(cosine, steps=4000)
    rates = np.round(lrviz.sample([plan]).columns[0].rates[::10], 8)
    lines = "".join(f"{10 * row},{rate:.8f}\n" for row, rate in enumerate(rates))
    (tmp_path / "run.csv").write_text("step,lr\n" + lines, encoding="utf-8")
    audit = lrviz.audit(tmp_path / "run.csv", plan).decisive
    assert audit.followed
    log = audit_table(audit).columns[1]
    assert log.rates.min() == 0.0
    assert log.rates[::10].tolist() == rates.tolist()


def test_a_log_of_other_rates_is_a_straight_line_and_differs_at_its_rows(tmp_path: Path) -> None:
    rows = {step: 0.5 * stair(step) for step in (3, 10, 17, 24, 31)}
    rows[3] = stair(3)
    rows[10] = stair(10)
    table = audit_table(audit_of(tmp_path, rows))
    plan, log = table.columns[:2]
    assert log.rates[:8].tolist() == plan.rates[:8].tolist()
    assert log.rates[8] == pytest.approx((6 * rows[10] + rows[17]) / 7)
    assert log.rates[18] == pytest.approx((3 * rows[17] + 4 * rows[24]) / 7)
    minus = differences(table)[1]
    rows_minus = [0.0, 0.0, *(-0.5 * stair(step) for step in (17, 24, 31))]
    assert minus == pytest.approx(
        np.interp(np.arange(29), [0, 7, 14, 21, 28], rows_minus).tolist(), abs=1e-15
    )


def test_the_difference_of_a_proposal_is_at_the_rows_of_the_log(tmp_path: Path) -> None:
    audit_of(tmp_path, {step: stair(step) for step in range(3, 32, 4)})
    (proposal,) = propose(read_log(tmp_path / "run.csv"))
    table = proposal_table(proposal)
    measured = table.columns[1].measured
    assert measured is not None
    assert measured.tolist() == [0, 4, 8, 12, 16, 20, 24, 28]
    minus = differences(table)[1]
    at_rows = [minus[index] for index in measured]
    assert minus == np.interp(np.arange(29), measured, at_rows).tolist()
    assert max(map(abs, minus)) < 3e-5
