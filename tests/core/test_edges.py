"""Every schedule is as recorded where a parameter is at an edge."""

from __future__ import annotations

import pytest

from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from tests.core.edges import differences, is_same


@pytest.mark.parametrize("cls", register.all(), ids=lambda cls: cls.title())
def test_a_schedule_at_its_edges(cls: type[Schedule]) -> None:
    """After a change that is meant: `python tests/docs.py --write`."""
    assert not differences(cls)


def test_rates_agree_in_five_digits() -> None:
    assert is_same([["a"], 0.1], [["a"], 0.1000001])
    assert not is_same([["a"], 0.1], [["a"], 0.10001])
    assert not is_same([["a"], 0.1], [["b"], 0.1])
    assert not is_same([["a"], 0.1], [["a"]])
    assert not is_same([0.1], [None])
