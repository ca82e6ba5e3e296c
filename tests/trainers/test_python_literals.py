"""A Python file's assignments: what has a value, what has none, and that nothing is run."""

from __future__ import annotations

from typing import Any

import pytest

from lrviz.core.plain_data import MAX_DEPTH
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
        "f": 5,
        "g": 5,
    }


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("x.b = 2", {"a": [1, {"c": 3}], "b": 2}),
        ("x['b'] = 2", {"a": [1, {"c": 3}], "b": 2}),
        ("x.a[1].c = 4", {"a": [1, {"c": 4}]}),
        ("x.a[0] = 2", {"a": [2, {"c": 3}]}),
        ("x.a[-1] = 2", {"a": [1, 2]}),
        ("x.a[-2] = 2", {"a": [2, {"c": 3}]}),
        ("x.a[2] = 2", {"a": [1, {"c": 3}]}),
        ("x.a[-3] = 2", {"a": [1, {"c": 3}]}),
        ("x.a[0].c = 2", {"a": [1, {"c": 3}]}),
        ("x[0] = 2", {"a": [1, {"c": 3}]}),
        ("x.update(b=2)", {"a": [1, {"c": 3}], "b": 2}),
        ("x.update(dict(a=1), b=2)", {"a": 1, "b": 2}),
        ("x.a[1].update(dict(d=4))", {"a": [1, {"c": 3, "d": 4}]}),
        ("x.merge(dict(_delete_=True, b=1))", {"a": [1, {"c": 3}], "_delete_": True, "b": 1}),
        ("x.update([1])", {"a": [1, {"c": 3}]}),
        ("x.a.update(b=1)", {"a": [1, {"c": 3}]}),
        ("x.a.append(5)", {"a": [1, {"c": 3}, 5]}),
        ("x.a.extend([5, 6])", {"a": [1, {"c": 3}, 5, 6]}),
        ("x.a.extend(5)", {"a": [1, {"c": 3}]}),
        ("x.append(5)", {"a": [1, {"c": 3}]}),
        ("x.extend([5])", {"a": [1, {"c": 3}]}),
        ("x.a.pop()", {"a": [1, {"c": 3}]}),
        ("print(x)", {"a": [1, {"c": 3}]}),
        ("y = x\ny.b = 2", {"a": [1, {"c": 3}]}),
    ],
)
def test_statement_that_changes_a_value(line: str, value: Any) -> None:
    assert data(f"x = dict(a=[1, dict(c=3)])\n{line}")["x"] == value


def test_an_update_merges_mappings() -> None:
    text = "x = dict(a=dict(b=1, c=2))\nx.update(dict(a=dict(c=3)))"
    assert data(text)["x"] == {"a": {"b": 1, "c": 3}}
    text = "x = dict(a=dict(b=1, c=2))\nx.update(dict(a=dict(_delete_=True, c=3)))"
    assert data(text)["x"] == {"a": {"c": 3}}


def test_a_value_that_holds_itself_holds_a_copy() -> None:
    assert data("x = dict()\nx.a = x\nx.a.b = 1")["x"] == {"a": {"b": 1}}


def test_names_in_names_do_not_grow_without_end() -> None:
    lines = "\n".join(["x = [1]", *["x = [x, x]"] * 40])
    assert repr(data(lines)["x"]).count("too large a value") > 0
    deep = "\n".join(["x = [1]", *["x = [x]"] * 300])
    assert "too large a value" in repr(data(deep)["x"])


def test_names_are_inherited_within_read_base_only() -> None:
    asked = []

    def importer(level: int, module: str) -> dict[str, Any]:
        asked.append((level, module))
        return {"a": 1, "b": {"c": 2}}

    text = (
        "from .other import a\n"
        "with read_base():\n"
        "    from .x.y import *\n"
        "    from ..z import a as d, missing\n"
        "    import os\n"
        "with open('f') as file:\n    from .w import *\n"
        "with lock:\n    from .w import *\n"
        "b.c = 3\n"
    )
    document = read_python(text, importer=importer)
    assert document
    assert document.data == {"a": 1, "b": {"c": 3}, "d": 1}
    assert asked == [(1, "x.y"), (2, "z")]
    plain = read_python("with read_base():\n    from .x import *")
    assert plain
    assert plain.data == {}


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


def test_values_are_nested_up_to_a_depth() -> None:
    for opening, closing in (("[", "]"), ("{0: ", "}"), ("dict(x=", ")")):
        value = data(f"x = {opening * 120}0{closing * 120}")["x"]
        depth = 0
        while not isinstance(value, Tagged):
            value = next(iter(value.values())) if isinstance(value, dict) else value[0]
            depth += 1
        assert depth == MAX_DEPTH - 1
