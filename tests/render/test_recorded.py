"""Pictures have on them what is recorded, where it is recorded."""

from __future__ import annotations

import pytest

from tests.render.recorded import CASES, differences, is_same, looks_of


@pytest.mark.parametrize("name", CASES)
def test_a_picture_is_as_recorded(name: str) -> None:
    """After a change that is meant: `python tests/docs.py --write`."""
    assert not differences(name)


def test_positions_agree_to_a_fiftieth_of_an_inch() -> None:
    assert is_same(["text", 1.0, True], ["text", 1.02, True])
    assert not is_same(["text", 1.0, True], ["text", 1.03, True])
    assert not is_same(["text", 1.0, True], ["text", 1.0, False])
    assert not is_same(["text", 1.0], ["text", 1.0, 2.0])
    assert not is_same(["line", 0.1], ["line", 0.11])
    assert is_same(["line", 5000.0], ["line", 5004.0])
    assert not is_same(["line", 5000.0], ["line", 5006.0])


def test_what_another_matplotlib_may_move() -> None:
    text = ["text", "a", 1.0, 2.0, 9.0, "#000000"]
    assert looks_of(text) == ["text", 9.0, "#000000"]
    assert looks_of(["axes", 0.5]) == ["axes"]
    assert looks_of(["line", "", "#fff", 2.0, 2, False, "", 6.0, True, 3, 0.1]) == [
        "line", "", "#fff", 2.0, 2, False, "", 6.0, True]  # fmt: skip
    assert looks_of(["tick", 0.1, "0.1"]) == ["tick", 0.1, "0.1"]
    assert looks_of([]) == []
