"""Expressions: what they evaluate to, and what they refuse."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from lrviz.core.expression import Expression, ExpressionError, quoted

T = np.array([0.0, 1.0, 2.0, 5.0])
NAMES = "t, step, epoch"
ONLY = (
    f"may contain only numbers, {NAMES}, pi, e, operators, comparisons, if else, and or not, and "
    "min max abs sqrt exp log log10 sin cos tan floor ceil (got {})"
)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("t + 1", T + 1), ("2 - t", 2 - T), ("3 * t", 3 * T), ("t / 4", T / 4),
        ("t // 2", T // 2), ("t % 2", T % 2), ("t ** 2", T**2), ("-t", -T), ("+t", T),
        ("not t", [1, 0, 0, 0]), ("t < 2", [1, 1, 0, 0]), ("t <= 2", [1, 1, 1, 0]),
        ("t > 2", [0, 0, 0, 1]), ("t >= 2", [0, 0, 1, 1]), ("t == 2", [0, 0, 1, 0]),
        ("t != 2", [1, 1, 0, 1]), ("1 <= t < 5", [0, 1, 1, 0]), ("0.5 if t < 2 else 3",
        [0.5, 0.5, 3, 3]), ("t and 7", [0, 7, 7, 7]), ("t or 7", [7, 1, 2, 5]),
        ("t and t < 2 and 3", [0, 3, 0, 0]), ("min(t, 2, 1.5)", np.minimum(T, 1.5)),
        ("max(t, 2)", np.maximum(T, 2)), ("abs(t - 2)", abs(T - 2)), ("sqrt(t)", np.sqrt(T)),
        ("exp(t)", np.exp(T)), ("log(t + 1)", np.log(T + 1)), ("log10(t + 1)", np.log10(T + 1)),
        ("sin(t)", np.sin(T)), ("cos(t)", np.cos(T)), ("tan(t)", np.tan(T)),
        ("floor(t / 2)", np.floor(T / 2)), ("ceil(t / 2)", np.ceil(T / 2)),
        ("pi + e", np.full(4, np.pi + np.e)), ("step + epoch", 2 * T), ("lambda n: n * 2", 2 * T),
        ("True", np.ones(4)),
    ],
)  # fmt: skip
def test_values(text: str, values: np.ndarray) -> None:
    result = Expression(text)(T)
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, values)


def test_further_names() -> None:
    expression = Expression("lr * x ** t", ("t", "lr", "x"))
    assert expression(T, lr=0.5, x=2.0).tolist() == [0.5, 1.0, 2.0, 16.0]
    assert Expression("x + 1", ("x",))(T).tolist() == (T + 1).tolist()
    assert Expression("t", ("t",)) == Expression("t", ("t",)) != Expression("t", ("t", "lr"))
    assert str(expression) == "lr * x ** t"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("t +", "is not arithmetic: invalid syntax (got 't +')"),
        ("x", f"has the unknown name 'x' (allowed: {NAMES}, pi, e)"),
        ("stp", f"has the unknown name 'stp' (allowed: {NAMES}, pi, e); did you mean 'step'?"),
        ("lambda epoch: x", f"has the unknown name 'x' (allowed: {NAMES}, pi, e)"),
        ("lambda n: x", f"has the unknown name 'x' (allowed: {NAMES}, n, pi, e)"),
        ("'a'", ONLY.format('"\'a\'"')),
        ("None", ONLY.format("'None'")),
        ("2j", ONLY.format("'2j'")),
        ("t.real", ONLY.format("'t.real'")),
        ("t @ t", ONLY.format("'t @ t'")),
        ("~t", ONLY.format("'~t'")),
        ("t in t", ONLY.format("'t in t'")),
        ("open(t)", ONLY.format("'open(t)'")),
        ("min(t, t=1)", ONLY.format("'min(t, t=1)'")),
        ("1 + step(t) * 2", ONLY.format("'step(t)'")),
        ("min(t)", "min takes two arguments or more (got 'min(t)')"),
        ("cos(t, t)", "cos takes one argument (got 'cos(t, t)')"),
        ("lambda t, u: t", "a lambda must take one argument (got 'lambda t, u: t')"),
        ("lambda: 1", "a lambda must take one argument (got 'lambda: 1')"),
        ("1" + "0" * 400, "has a number beyond the range of float64"),
        ("t" * 1001, "must have at most 1,000 characters (got 1,001)"),
        ("-" * 101 + "t", "must nest at most 100 deep"),
        ("(" * 300 + "t" + ")" * 300, "is not arithmetic: too many nested parentheses (got "
         + repr("(" * 57 + "...") + ")"),
        ("t  +\n", "is not arithmetic: invalid syntax (got 't +')"),
    ],
)  # fmt: skip
def test_messages(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        Expression(text)
    assert str(caught.value) == message


def test_depth_just_allowed() -> None:
    assert Expression("-" * 100 + "t")(T).tolist() == T.tolist()
    assert Expression("t" + " " * 999)(T).tolist() == T.tolist()


def test_a_quoted_text_is_cut_after_60_characters() -> None:
    assert quoted("x" * 60) == repr("x" * 60)
    assert quoted("x" * 61) == repr("x" * 57 + "...")


def test_what_python_warns_of_is_not_shown() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Expression("1if t else 2")(t=np.array([0.0, 3.0])).tolist() == [2.0, 1.0]
