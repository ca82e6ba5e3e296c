"""The code of every schedule's example is as recorded; that it is right is tested elsewhere."""

from __future__ import annotations

import pytest

from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from tests.codegen.snippets import recorded, snippets_of

RECORDED = recorded()


@pytest.mark.parametrize("cls", register.all(), ids=lambda cls: cls.title())
def test_code_is_as_recorded(cls: type[Schedule]) -> None:
    """After a change that is meant: `python tests/docs.py --write`."""
    assert snippets_of(cls) == RECORDED.get(cls.title())
