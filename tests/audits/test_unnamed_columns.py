"""Tables of numbers without a header."""

from __future__ import annotations

import re

import numpy as np
import pytest

import lrviz
from lrviz.core.errors import SpecError
from tests.conftest import Shell

PLAN = lrviz.schedule("cosine", T_max=100)
RATES = PLAN.rate(np.arange(0, 100, 5))
NO_STEPS = (
    "has no header and no column of steps; say with --every how many steps apart the rows are"
)


def table(*columns: str, delimiter: str = ",") -> str:
    """Return rows of a step, a loss and a rate, or of some of them."""
    rows = ({"step": 5 * n, "loss": 2 - n / 50, "lr": rate} for n, rate in enumerate(RATES))
    lines = (delimiter.join(f"{row[name]:.6g}" for name in columns) for row in rows)
    return "".join(line + "\n" for line in lines)


@pytest.mark.parametrize("delimiter", [",", ", ", "\t", ";", "  "])
def test_steps_and_rates(delimiter: str, shell: Shell) -> None:
    path = shell.write("run.csv", table("step", "lr", delimiter=delimiter))
    audit = lrviz.audit(path, PLAN)
    assert (len(audit.log.series[0]), audit.log.step_column, audit.followed) == (20, "step", True)
    assert [note.message for note in audit.log.notes] == [
        "it has no header: its columns are taken as the steps and the rates"
    ]


def test_rates_alone(shell: Shell) -> None:
    path = shell.write("run.txt", table("lr"))
    audit = lrviz.audit(path, PLAN, every=5)
    assert (len(audit.log.series[0]), audit.followed) == (20, True)
    assert [note.message for note in audit.log.notes] == [
        "it has no header: its column is taken as the rates"
    ]
    with pytest.raises(SpecError, match=re.escape(f"{NO_STEPS} (columns: lr)")):
        lrviz.audit(path, PLAN)


def test_more_columns_are_called_by_their_places(shell: Shell) -> None:
    path = shell.write("run.csv", table("step", "loss", "lr"))
    words = "has no header and no column of rates; name it with --lr-column (columns: step, 2, 3)"
    with pytest.raises(SpecError, match=re.escape(words)):
        lrviz.audit(path, PLAN)
    audit = lrviz.audit(path, PLAN, lr_column="3")
    assert audit.followed
    assert [note.message for note in audit.log.notes] == [
        "it has no header: its columns are called step, 2, 3"
    ]
    path = shell.write("run.csv", table("lr", "loss", "step"))
    with pytest.raises(SpecError, match=r"no header and no column of steps.*columns: 1, 2, 3"):
        lrviz.audit(path, PLAN)
    assert lrviz.audit(path, PLAN, lr_column="1", step_column="3").followed


@pytest.mark.parametrize(
    "text", ["0.1\n", "0,0.1\n1,0.2,3\n", "0,0.1\n1,\n", "0,0.1\n1,nothing\n", "1 2 3\n4 5\n"]
)
def test_other_texts_are_no_tables(text: str, shell: Shell) -> None:
    path = shell.write("run.txt", text)
    with pytest.raises(SpecError, match="has no line with a step and a learning rate"):
        lrviz.audit(path, PLAN)
