"""Every example config means what is recorded, as it is and with one of its values changed."""

from __future__ import annotations

import pytest

from tests.trainers.declared import EVERY, Example
from tests.trainers.recorded import record_of, recorded


@pytest.mark.parametrize("example", EVERY, ids=str)
def test_meaning_word_for_word(example: Example) -> None:
    """After a change that is meant: `python tests/docs.py --write`."""
    assert record_of(example) == recorded()[str(example)]


def test_no_other_examples_are_recorded() -> None:
    assert set(recorded()) == set(map(str, EVERY))
