"""Quantities: a number, its scale and its unit."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from lrviz.core.quantity import PATTERN, Quantity, read_quantity


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("2k", 2_000, ""),
        ("2M", 2_000_000, ""),
        ("2b", 2_000_000_000, ""),
        ("2G", 2_000_000_000, ""),
        ("15T", 15_000_000_000_000, ""),
        ("1Ttok", 1_000_000_000_000, "tokens"),
        ("3tok", 3, "tokens"),
        ("4gtok", 4_000_000_000, "tokens"),
        ("1.4 T tokens", 1_400_000_000_000, "tokens"),
        ("2EP", 2, "epochs"),
        ("5epochs", 5, "epochs"),
        ("1 epoch", 1, "epochs"),
        ("5k steps", 5_000, "steps"),
        ("1step", 1, "steps"),
        ("1st", 1, "steps"),
        ("7ba", 7, "steps"),
        ("1 token", 1, "tokens"),
    ],
)
def test_a_scale_and_a_unit(text: str, number: int, unit: str) -> None:
    assert read_quantity(text) == Quantity(Decimal(number), unit)
    assert re.search(PATTERN, text)


@pytest.mark.parametrize("text", ["2x", "2kk", "2tk", "2 epochs ago", "ep"])
def test_no_quantity(text: str) -> None:
    assert read_quantity(text) is None
    assert not re.search(PATTERN, text)


@pytest.mark.parametrize(("text", "share"), [("5%", Decimal("0.05")), ("0.05dur", Decimal("0.05"))])
def test_a_share(text: str, share: Decimal) -> None:
    assert read_quantity(text) == Quantity(share, "share")
    assert re.search(PATTERN, text)
