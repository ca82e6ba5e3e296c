"""Lengths and warm-ups that are much longer than the run, of which a log shows only the start."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import lrviz
from lrviz.audits.audit import ColumnAudit
from lrviz.audits.number_fits import best_number_or_larger, roundest_between

STEPS = np.arange(200)
VALUES = {"num_warmup_steps": 20, "num_training_steps": 200}
PLAN = lrviz.schedule("transformers.cosine", **VALUES)


def audit_of(folder: Path, digits: int, **values: int) -> ColumnAudit:
    """Return the audit of a run of other values, logged with so many digits, against the plan."""
    rates = lrviz.schedule("transformers.cosine", **VALUES | values).rate(STEPS)
    rows = (f"{t},{rate:.{digits}g}\n" for t, rate in enumerate(rates))
    path = folder / "run.csv"
    path.write_text("step,lr\n" + "".join(rows), encoding="utf-8")
    return lrviz.audit(path, PLAN).decisive


@pytest.mark.parametrize("times", [24, 32, 64, 100, 250])
def test_a_schedule_that_is_many_times_too_long(times: int, tmp_path: Path) -> None:
    column = audit_of(tmp_path, 15, num_training_steps=200 * times)
    assert (column.best.label, column.best.matched) == (f"other-length (total={200 * times})", 1.0)


def test_rounding_leaves_a_long_length_open(tmp_path: Path) -> None:
    column = audit_of(tmp_path, 4, num_training_steps=20_000)
    assert column.best.values == {"total": 20_000}
    assert column.sentence(column.best) == (
        "the schedule is made for 20,000 steps, and the run has 200 (any length of 19,719 to "
        "20,174 gives the same rounded rates); give the schedule the 200 optimizer steps of the "
        "whole run"
    )


def test_rounding_leaves_a_long_length_without_end(tmp_path: Path) -> None:
    column = audit_of(tmp_path, 4, num_training_steps=200_000)
    assert column.best.label == "stopped (at=20)"
    length = column.explanations[1]
    assert length.label == "other-length (total=4000)"
    assert column.sentence(length).startswith(
        "the schedule is made for 4,000 steps, and the run has 200 (or for any more: the rounded "
        "rates are the same); give"
    )


@pytest.mark.parametrize("warmup", [250, 640, 12_800])
def test_a_warm_up_that_is_longer_than_the_run(warmup: int, tmp_path: Path) -> None:
    column = audit_of(tmp_path, 15, num_warmup_steps=warmup)
    assert (column.best.label, column.best.matched) == (f"other-warmup (steps={warmup})", 1.0)


@pytest.mark.parametrize(
    ("low", "high", "planned", "number"),
    [
        (588_000, 612_000, 6_000, 600_000),
        (187_300, 187_700, 1_875, 187_500),  # 100 times the planned length
        (187_301, 187_302, 1_875, 187_301),
        (999, 1_001, 7, 1_000),
        (1_234, 1_234, 1, 1_234),
        (120, 180, 1, 150),
    ],
)
def test_the_roundest_number_or_multiple(low: int, high: int, planned: int, number: int) -> None:
    assert roundest_between(low, high, planned) == number


def test_larger_numbers_are_tried_only_where_the_loss_falls_on() -> None:
    tried: list[int] = []

    def loss(number: int) -> float:
        tried.append(number)
        return abs(number - 50.0)

    assert best_number_or_larger(loss, loss, 100, (), lambda _: False) == 50
    assert max(tried) == 150
    assert best_number_or_larger(lambda n: abs(n - 999.0), lambda n: abs(n - 999.0), 100, (),
                                 lambda _: False) == 999  # fmt: skip
