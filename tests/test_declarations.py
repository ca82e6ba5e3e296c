"""Every module declares what is recorded: constants, defaults, parameters with their roles."""

from __future__ import annotations

import pytest

from tests.declarations import MAX_TEXT, differences, modules, recorded, shortened


@pytest.mark.parametrize("module", modules())
def test_declarations(module: str) -> None:
    """After a change that is meant: `python tests/docs.py --write`."""
    assert not differences(module)


def test_no_other_modules_are_recorded() -> None:
    assert set(recorded()) <= set(modules())


def test_a_long_text_differs_where_its_end_does() -> None:
    text = "x" * MAX_TEXT
    assert shortened(text) == text
    assert shortened(text + "a").startswith(text + "... ")
    assert shortened(text + "a") != shortened(text + "b")
