"""Errors of input: their lines and order, and the nearest name."""

from __future__ import annotations

import pytest

from lrviz.core.conversions import rounds_to_zero
from lrviz.core.errors import MAX_LINES, SpecError, did_you_mean
from lrviz.core.findings import Finding


def test_lines_are_sorted_by_place_and_listed_once() -> None:
    places = ["a.yaml:10:2", "a.yaml:9:1", "a.yaml:10:1", "a.yaml:9:1"]
    error = SpecError([Finding.error(place, "is wrong") for place in places])
    assert str(error) == "a.yaml:9:1: is wrong\na.yaml:10:1: is wrong\na.yaml:10:2: is wrong"
    assert {finding.severity for finding in error.findings} == {"error"}
    assert str(SpecError.of("", "is wrong")) == "is wrong"
    assert str(Finding("rises", "it rises", curve="cosine")) == "cosine: it rises"


@pytest.mark.parametrize("count", [MAX_LINES - 1, MAX_LINES, MAX_LINES + 1, MAX_LINES + 5])
def test_at_most_twenty_lines(count: int) -> None:
    error = SpecError([Finding.error(f"a.yaml:{line}", "is wrong") for line in range(count)])
    lines = str(error).splitlines()
    assert lines[: min(count, MAX_LINES)] == [
        f"a.yaml:{line}: is wrong" for line in range(min(count, MAX_LINES))
    ]
    more = count - MAX_LINES
    assert lines[MAX_LINES:] == ([f"... and {more} more problems"] if more > 0 else [])


def test_nearest_name() -> None:
    assert did_you_mean("Cosin", ["linear", "COSINE"]) == "; did you mean 'COSINE'?"
    assert did_you_mean("xyz", ["linear", "cosine"]) == ""


@pytest.mark.parametrize(
    ("text", "rounds"),
    [("1e-400", True), ("-2.5e-999", True), ("0e-400", False), ("0.00", False), ("1e-4", False),
     ("x", False), ("1", False)],
)  # fmt: skip
def test_texts_that_float64_rounds_to_0(text: str, rounds: bool) -> None:
    assert rounds_to_zero(text) is rounds
