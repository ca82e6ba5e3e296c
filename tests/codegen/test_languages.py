"""Arithmetic and calls as text: brackets, signs, and lines of at most 88 columns."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from lrviz.codegen.calls import (
    WIDTH,
    array,
    call,
    float_text,
    literal,
    mapping,
    render,
    shortest_decimal,
)
from lrviz.codegen.languages import PYTHON, Language
from lrviz.codegen.nodes import PI, STEP, Node, apply, name_node, number
from lrviz.codegen.trace import traced
from lrviz.core.expression import Expression
from lrviz.dialects.keras.code import OPS
from lrviz.dialects.optax.code import JAX

TWO, THREE = number(2), number(3)


def test_brackets_only_where_another_order_would_be_meant() -> None:
    total = apply("add", STEP, TWO)
    assert PYTHON.text(apply("multiply", total, THREE)) == "3 * (step + 2)"
    assert PYTHON.text(apply("add", total, THREE)) == "step + 2 + 3"
    assert PYTHON.text(apply("subtract", TWO, total)) == "2 - (step + 2)"
    assert PYTHON.text(apply("subtract", total, THREE)) == "step + 2 - 3"
    assert PYTHON.text(apply("divide", TWO, apply("divide", STEP, THREE))) == "2 / (step / 3)"
    assert PYTHON.text(Node("remainder", (STEP, total))) == "step % (step + 2)"
    assert PYTHON.text(apply("less", total, THREE)) == "step + 2 < 3"


def test_powers_bind_to_the_right() -> None:
    power = apply("power", STEP, TWO)
    assert PYTHON.text(apply("power", power, THREE)) == "(step ** 2) ** 3"
    assert PYTHON.text(apply("power", TWO, power)) == "2 ** step ** 2"
    assert PYTHON.text(apply("negative", power)) == "-step ** 2"
    assert PYTHON.text(apply("power", apply("negative", STEP), TWO)) == "(-step) ** 2"


def test_negative_numbers() -> None:
    assert PYTHON.text(apply("power", number(-2), STEP)) == "(-2) ** step"
    assert PYTHON.text(apply("add", STEP, number(-2))) == "step - 2"
    assert PYTHON.text(apply("subtract", STEP, number(-2))) == "step + 2"
    assert PYTHON.text(apply("multiply", number(-1), STEP)) == "-step"
    assert PYTHON.text(apply("subtract", number(0), STEP)) == "-step"
    assert PYTHON.text(apply("add", apply("negative", STEP), TWO)) == "2 - step"
    assert PYTHON.text(apply("divide", apply("subtract", STEP, TWO), number(-3))) == (
        "(2 - step) / 3"
    )
    assert PYTHON.text(number(-0.5)) == "-0.5"


def test_arithmetic_is_simplified() -> None:
    assert apply("multiply", STEP, number(0)) == number(0)
    assert apply("multiply", number(1), STEP) == STEP
    assert apply("add", STEP, number(0)) == STEP
    assert apply("divide", STEP, number(1)) == STEP
    assert apply("power", number(1), STEP) == number(1)
    assert apply("add", TWO, THREE) == number(5)
    assert PYTHON.text(apply("divide", STEP, number(0.25))) == "4 * step"
    assert PYTHON.text(apply("divide", STEP, number(0.3))) == "step / 0.3"
    assert PYTHON.text(apply("multiply", TWO, apply("divide", STEP, THREE))) == "2 * step / 3"
    assert PYTHON.text(apply("multiply", STEP, TWO)) == "2 * step"
    assert PYTHON.text(apply("divide", STEP, number(0))) == "step / 0"
    assert PYTHON.text(apply("divide", apply("subtract", STEP, TWO), number(0.5))) == (
        "2 * (step - 2)"
    )
    negative = apply("negative", name_node("A"))
    assert PYTHON.text(apply("add", STEP, negative)) == "step - A"
    assert PYTHON.text(apply("subtract", STEP, negative)) == "step + A"
    test = apply("less", STEP, TWO)
    assert apply("logical_and", number(0), test) == number(0)
    assert apply("logical_and", test, number(0)) == number(0)
    assert apply("logical_and", number(1), test) == test
    share = apply("add", number(1), apply("divide", STEP, THREE))
    assert PYTHON.text(apply("subtract", share, apply("floor", share))) == "step % 3 / 3"


def test_functions_of_each_language() -> None:
    wave = apply("cos", apply("multiply", PI, STEP))
    assert PYTHON.text(wave) == "math.cos(math.pi * step)"
    assert JAX.text(wave) == "jnp.cos(jnp.pi * step)"
    assert OPS.text(wave) == "ops.cos(math.pi * step)"
    least = apply("minimum", STEP, TWO)
    assert [language.text(least) for language in (PYTHON, JAX)] == [
        "min(step, 2)",
        "jnp.minimum(step, 2)",
    ]
    both = apply("logical_and", apply("less", STEP, TWO), apply("less", THREE, STEP))
    assert PYTHON.text(both) == "step < 2 and 3 < step"
    assert JAX.text(both) == "jnp.logical_and(step < 2, 3 < step)"
    either = apply("logical_or", both, apply("equal", STEP, TWO))
    assert PYTHON.text(apply("logical_not", either)) == ("not (step < 2 and 3 < step or step == 2)")
    choice = Node("where", (apply("less", STEP, TWO), STEP, THREE))
    assert PYTHON.text(choice) == "step if step < 2 else 3"
    assert PYTHON.text(apply("add", number(1), choice)) == "1 + (step if step < 2 else 3)"
    assert JAX.text(choice) == "jnp.where(step < 2, step, 3)"


def test_a_choice_binds_least() -> None:
    small, large = apply("less", STEP, TWO), apply("less", THREE, STEP)
    inner = Node("where", (large, number(7), number(8)))
    choices = [
        Node("where", (small, inner, number(9))),
        Node("where", (small, number(9), inner)),
        Node("where", (inner, number(9), number(1))),
        Node(
            "where", (Node("logical_or", (small, large)), Node("logical_or", (large, small)), TWO)
        ),
        Node("logical_not", (inner,)),
        Node("logical_not", (Node("logical_not", (small,)),)),
    ]
    assert list(map(PYTHON.text, choices)) == [
        "(7 if 3 < step else 8) if step < 2 else 9",
        "9 if step < 2 else 7 if 3 < step else 8",
        "9 if (7 if 3 < step else 8) else 1",
        "3 < step or step < 2 if step < 2 or 3 < step else 2",
        "not (7 if 3 < step else 8)",
        "not not step < 2",
    ]


def test_constants_and_lists() -> None:
    peak, bounds = name_node("PEAK"), name_node("MILESTONES")
    passed = apply("passed", bounds, STEP)
    item = apply("item", name_node("RATES"), passed)
    assert PYTHON.text(item) == "RATES[bisect.bisect_right(MILESTONES, step)]"
    assert JAX.text(item) == 'RATES[jnp.searchsorted(MILESTONES, step, side="right")]'
    assert OPS.text(apply("multiply", peak, STEP)) == "self.peak * step"
    assert OPS.text(passed) == 'ops.sum(ops.cast(step >= ops.array(self.milestones), "int32"))'
    assert OPS.text(apply("item", name_node("RATES"), STEP)) == (
        'ops.take(ops.array(self.rates), ops.cast(step, "int32"))'
    )
    assert passed.at({"MILESTONES": (3, 5), "step": np.array([2, 3, 5])}).tolist() == [0, 1, 2]


def long_sum(count: int) -> Node:
    node = STEP
    for index in range(count):
        part = apply("multiply", number(index + 0.125), apply("cos", apply("divide", STEP, TWO)))
        node = apply("add", node, part)
    return node


@pytest.mark.parametrize("language", [PYTHON, JAX], ids=["python", "arrays"])
@pytest.mark.parametrize("wrap", ["sum", "function", "choice", "quotient", "negative", "both"])
def test_long_expressions_are_broken_into_lines_that_say_the_same(
    language: Language, wrap: str
) -> None:
    node = long_sum(12)
    test = apply("less", node, THREE)
    other = apply("less", apply("add", node, THREE), node)
    node = {
        "sum": node,
        "function": apply("exp", node),
        "choice": Node("where", (test, node, apply("sin", node))),
        "quotient": apply("divide", node, apply("add", node, number(1))),
        "negative": apply("negative", node),
        "both": Node("where", (apply("logical_and", test, other), STEP, TWO)),
    }[wrap]
    lines = language.lines("value = ", node, 4)
    assert len(lines) > 1
    assert max(map(len, lines)) <= WIDTH
    names: dict[str, Any] = {"math": math, "jnp": np, "step": 1.5}
    exec("if True:\n" + "\n".join(lines), names)
    assert names["value"] == pytest.approx(float(node.at({"step": np.float64(1.5)})))


def test_broken_conditions_have_brackets_where_they_have_them_on_one_line() -> None:
    a, b, c, d = (apply("less", name_node(name * 12), STEP) for name in "abcd")
    either = Node(
        "logical_or",
        (Node("logical_and", (a, b)), Node("logical_or", (c, Node("logical_and", (d, a))))),
    )
    assert PYTHON.lines("return ", either) == [
        "return (",
        "    aaaaaaaaaaaa < step and bbbbbbbbbbbb < step",
        "    or (cccccccccccc < step or dddddddddddd < step and aaaaaaaaaaaa < step)",
        ")",
    ]
    both = Node(
        "logical_and",
        (Node("logical_and", (a, b)), Node("logical_and", (c, Node("logical_or", (d, a))))),
    )
    assert PYTHON.lines("return ", both) == [
        "return (",
        "    (aaaaaaaaaaaa < step and bbbbbbbbbbbb < step)",
        "    and (cccccccccccc < step and (dddddddddddd < step or aaaaaaaaaaaa < step))",
        ")",
    ]


def test_a_broken_negation_is_no_call() -> None:
    a, b, c = (apply("less", name_node(name * 24), STEP) for name in "abc")
    either = Node("logical_or", (a, Node("logical_or", (b, c))))
    assert PYTHON.lines("return ", Node("logical_not", (either,))) == [
        "return (",
        "    not (",
        f"        {'a' * 24} < step",
        f"        or ({'b' * 24} < step or {'c' * 24} < step)",
        "    )",
        ")",
    ]


def test_tracing_records_the_arithmetic_of_a_curve() -> None:
    def curve(t: Any) -> Any:
        return np.where(t < 5, 0.5 * np.minimum(t, 3), np.clip(t - 1.0, 0, 9))

    node = traced(curve, 2)
    assert node is not None
    assert PYTHON.text(node) == "0.5 * min(step, 3) if step < 5 else min(max(step - 1, 0), 9)"
    assert traced(lambda t: np.array([1.0, 2.0])[t], 0) == number(1)
    assert traced(lambda t: np.array([1.0, 2.0])[t], 7) is None
    assert traced(np.add.accumulate, 3) == number(3)
    assert traced(np.isnan, 3) == number(0)


def test_literals() -> None:
    assert literal(3e-4) == "3e-4"
    assert literal(1.0) == "1.0"
    assert literal(0.1 * 0.1) == "0.01"
    assert literal(1e20) == "1e20"
    assert literal("min") == '"min"'
    assert literal(True) == "True"
    assert literal(None) == "None"
    assert "\n".join(render("x = ", literal({"30": 0.5, 60: (1, 2)}))) == (
        "x = {30: 0.5, 60: [1, 2]}"
    )
    assert literal(Expression("0.5 + cos(pi * epoch / 9)")) == (
        "lambda epoch: 0.5 + math.cos(math.pi * epoch / 9)"
    )
    assert literal(Expression("max(0, 1 - abs(x))", ("x",))) == "lambda x: max(0, 1 - abs(x))"
    assert literal(Expression("lambda n: 0.9 ** n")) == "lambda n: 0.9 ** n"
    assert literal(Expression("lr if t < 9 else lr / 2", ("epoch", "lr", "t", "step"))) == (
        "lambda epoch, lr: lr if epoch < 9 else lr / 2"
    )
    assert float_text(float("inf")) == "inf"
    assert shortest_decimal(0.1 + 0.2) == 0.3
    assert shortest_decimal(1 / 3) == pytest.approx(1 / 3, rel=1e-14)


def test_calls_are_broken_as_formatters_break_them() -> None:
    short = call("f", "a", b="2")
    assert render("x = ", short) == ["x = f(a, b=2)"]
    middle = call("module.function", "optimizer", **{f"parameter_{i}": str(i) for i in range(4)})
    assert render("x = ", middle, ",") == [
        "x = module.function(",
        "    optimizer, parameter_0=0, parameter_1=1, parameter_2=2, parameter_3=3",
        "),",
    ]
    long = call("module.function", **{f"parameter_{i}": str(i) for i in range(6)})
    assert render("x = ", long, indent=4) == [
        "    x = module.function(",
        *(f"        parameter_{i}={i}," for i in range(6)),
        "    )",
    ]
    numbers = array(str(index) for index in range(40))
    lines = render("X = ", call("array", numbers))
    assert lines[0] == "X = array(["
    assert lines[-1] == "])"
    assert all(len(line) <= WIDTH for line in lines)
    assert len(lines) == 4
    assert eval("".join(lines)[4:], {"array": list}) == list(range(40))
    nested = call("f", mapping({"a": numbers}))
    assert render("", nested)[0] == 'f({"a": ['
