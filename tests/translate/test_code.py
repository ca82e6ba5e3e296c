"""The comments at the start of a program, and which of two programs is written."""

from __future__ import annotations

import pytest

import lrviz
from lrviz.codegen.target import Snippet
from lrviz.translate.code import commented, write_snippet


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


@pytest.mark.parametrize(
    ("equivalent", "function", "written"),
    [(40, 1, "e"), (41, 40, "f"), (41, 41, "e"), (0, 50, "f")],
)
def test_of_two_long_programs_the_shorter_is_written(
    equivalent: int, function: int, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An equivalent of up to 40 lines is not compared with a function; 0 is none."""
    (curve,) = lrviz.load("cosine:t_max=10")
    by_schedule = Snippet("e\n" * equivalent, ()) if equivalent else None
    by_function = Snippet("f\n" * function, ())
    monkeypatch.setattr("lrviz.translate.code.equivalent_snippet", lambda *_: by_schedule)
    monkeypatch.setattr("lrviz.translate.code.function_snippet", lambda *_: by_function)
    assert set(write_snippet(curve, "keras").code) == {written, "\n"}
