"""The comments at the start of a program."""

from __future__ import annotations

import pytest

from lrviz.translate.code import commented


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a" * 86, ["# " + "a" * 86]),
        ("a" * 87, ["# " + "a" * 86, "#   a"]),
        ("a" * 50 + " " + "b" * 35, ["# " + "a" * 50 + " " + "b" * 35]),
        ("a" * 50 + " " + "b" * 36, ["# " + "a" * 50, "#   " + "b" * 36]),
        (
            "a" * 50 + " " + "b" * 30 + "-" + "c" * 9,
            ["# " + "a" * 50, "#   " + "b" * 30 + "-" + "c" * 9],
        ),
    ],
)
def test_comments_have_at_most_88_columns(text: str, lines: list[str]) -> None:
    assert commented(text) == lines
