"""A Python file's assignments: what has a value, what has none, and that nothing is run."""

from __future__ import annotations

from typing import Any

import pytest

from lrviz.trainers.document import Tagged
from lrviz.trainers.python_literals import PYTHON, read_python


def data(text: str, **names: Any) -> Any:
    document = read_python(text, names)
    assert document is not None
    assert document.kind == "python"
    return document.data


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1e-3", 1e-3),
        ("-5", -5),
        ("+5", 5),
        ("'text'", "text"),
        ("None", None),
        ("True", True),
        ("(1, 2.5, [3])", [1, 2.5, [3]]),
        ("{'a': 1, 2: 'b'}", {"a": 1, "2": "b"}),
        ("dict(a=1, b=dict(c=2))", {"a": 1, "b": {"c": 2}}),
        ("{**{'a': 1, 'b': 1}, 'b': 2}", {"a": 1, "b": 2}),
        ("dict(**base, b=2)", {"a": 1, "b": 2}),
        ("base", {"a": 1}),
        ("base.a", 1),
        ("base.a + 2 - 1", 2),
        ("base['a']", 1),
        ("rows[1]", 5),
        ("rows[1] * 2", 10),
        ("5 * 8 / 4", 10.0),
        ("7 // 2", 3),
        ("7 % 4", 3),
        ("2 ** 10", 1024),
        ("-(2 * 3)", -6),
    ],
)
def test_value(expression: str, value: Any) -> None:
    assert data(f"x = {expression}", base={"a": 1}, rows=[4, 5])["x"] == value


@pytest.mark.parametrize(
    "expression",
    [
        "unknown",
        "base.b",
        "base.a.b",
        "base['b']",
        "base[0]",
        "rows[2]",
        "rows[True]",
        "rows['a']",
        "rows[0:1]",
        "open('file')",
        "dict([1])",
        "1 if x else 2",
        "'a' + 'b'",
        "True + 1",
        "1 / 0",
        "0 ** -1",
        "2 ** 65",
        "10 ** 16",
        "(-8) ** 0.5",
        "1 << 3",
        "not 1",
        "~1",
        "b'bytes'",
        "1j",
        "f'{x}'",
    ],
)
def test_expression_without_a_value_keeps_its_text(expression: str) -> None:
    value = data(f"x = {expression}", base={"a": 1}, rows=[4, 5])["x"]
    assert isinstance(value, Tagged)
    assert value.tag == PYTHON


def test_names_take_the_value_assigned_last() -> None:
    assert data("a = 1\nb = a\na: int = 2\nc = a\nd: int\na, e = 3, 4\nf = g = 5") == {
        "a": 2,
        "b": 1,
        "c": 2,
    }


def test_a_name_with_a_value_before_keeps_it() -> None:
    assert data("_base_ = ['a.py']\nx = _base_.y", _base_={"y": 3}) == {"x": 3}


def test_assignments_of_a_function_are_its_own() -> None:
    assert data("a = 1\ndef f():\n    a = 2\nif a:\n    b = 3\n") == {"a": 1}


def test_places_are_lines_and_columns_from_1() -> None:
    document = read_python("a = 1\nb = dict(c=[2,\n  3])\n")
    assert document
    assert document.marks[("a",)] == (1, 5)
    assert document.marks[("b", "c")] == (2, 12)
    assert document.marks[("b", "c", 1)] == (3, 3)


@pytest.mark.parametrize(
    "text",
    ["", "no assignment", "a == 1", "a = (", "key: value", "a = 1\n  b = 2", "x = 1\0"],
)
def test_text_that_is_no_python(text: str) -> None:
    assert read_python(text) is None


def test_large_and_deep_texts_are_refused() -> None:
    assert read_python("x = 1" + " " * 500_000) is None
    assert data("x = 1" + " " * (500_000 - 5)) == {"x": 1}
    assert read_python("x = " + "(" * 10_000 + ")" * 10_000) is None
    nested = data("x = " + "[" * 150 + "]" * 150)["x"]
    assert isinstance(nested, list)
    assert "!python" in repr(nested)
    assert isinstance(data("x = " + "-" * 150 + "1")["x"], Tagged)
