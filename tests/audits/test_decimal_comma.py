"""Numbers with a decimal comma are read where they can be nothing else, and a note says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import lrviz
from lrviz.audits.log import Log, read_log
from lrviz.core.errors import SpecError

RATES = 3e-4 * (1 + np.cos(np.pi * np.arange(100) / 100)) / 2


def read(folder: Path, text: str) -> Log:
    path = folder / "run.csv"
    path.write_text(text, encoding="utf-8")
    return read_log(path)


def comma(text: str) -> str:
    return text.replace(".", ",")


@pytest.mark.parametrize("delimiter", [";", "\t"])
@pytest.mark.parametrize("layout", ["{!r}", "{:.6f}", "{:.3e}"])
def test_a_table(delimiter: str, layout: str, tmp_path: Path) -> None:
    text = "step;lr;loss\n" + "".join(
        f"{step};{comma(layout.format(float(rate)))};2,5\n" for step, rate in enumerate(RATES)
    )
    log = read(tmp_path, text.replace(";", delimiter))
    (series,) = log.series
    expected = [float(layout.format(float(rate))) for rate in RATES]
    assert series.rates.tolist() == expected
    first = layout.format(float(RATES[0]))
    assert [note.message for note in log.notes] == [
        f"its numbers have a decimal comma: {comma(first)} is read as {first}"
    ]


def test_its_rounding_is_seen(tmp_path: Path) -> None:
    rows = "".join(comma(f"{step};{rate:.6f}\n") for step, rate in enumerate(RATES))
    assert str(read(tmp_path, "step;lr\n" + rows).series[0].rounding) == "6 decimals"
    (proposal,) = lrviz.propose(tmp_path / "run.csv")
    assert (proposal.spec["T_max"], proposal.matched) == (100, 1.0)


def test_a_text(tmp_path: Path) -> None:
    lines = [comma(f"step {step}: loss 2.5, lr {rate:.6f}\n") for step, rate in enumerate(RATES)]
    log = read(tmp_path, "".join(lines))
    assert log.series[0].rates.tolist() == [float(f"{rate:.6f}") for rate in RATES]
    assert log.notes[0].message == "its numbers have a decimal comma: 0,000300 is read as 0.000300"


def test_a_time_with_a_comma_is_no_rate(tmp_path: Path) -> None:
    log = read(tmp_path, "09:30:00,123 step 1 lr 1e-05\n09:30:00,999 step 2 lr 2e-05\n")
    assert log.series[0].rates.tolist() == [1e-5, 2e-5]
    assert not log.notes


@pytest.mark.parametrize(
    "rows",
    [
        "1,000;0.1\n2,000;0.2\n",  # one number has a point, so that the comma is none
        "1,000;5e-4\n2,000;4e-4\n",  # a comma between thousands
    ],
)
def test_a_comma_that_may_be_another(rows: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"has no number in the rate column \(lr\)"):
        read(tmp_path, f"step;lr\n{rows}")


def test_commas_that_also_separate_the_cells(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        read(tmp_path, "step,lr\n0,0,001\n10,0,0005\n")
    assert caught.value.findings[0].message == (
        "has rows of more cells than its header names; where numbers have a decimal comma, "
        "separate the cells by semicolons"
    )
