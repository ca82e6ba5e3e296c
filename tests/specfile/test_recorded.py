"""Every spec is what is recorded, as it is and with one of its values changed."""

from __future__ import annotations

from tests.specfile.recorded import recorded, records


def test_specs_word_for_word() -> None:
    """After a change that is meant: `python tests/docs.py --write`."""
    assert records() == recorded()
