"""Commands print what is recorded."""

from __future__ import annotations

import pytest

from tests.cli.outputs import LINES, output_of, recorded

RECORDED = recorded()


@pytest.mark.parametrize("line", LINES)
def test_output_is_as_recorded(line: str) -> None:
    """After a change that is meant: `python tests/docs.py --write`."""
    assert output_of(line) == RECORDED[line]
