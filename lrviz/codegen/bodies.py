"""A function as lines of code: with a return for each case, or a choice between arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lrviz.codegen.calls import Group, array, call, float_text, literal, render
from lrviz.codegen.function import STEPS_PER_EPOCH, Case, Constant, Function, Local
from lrviz.codegen.languages import PYTHON, Language, number_text
from lrviz.codegen.nodes import Node, name_node


def constant_lines(constants: Mapping[str, Constant]) -> list[str]:
    """Return the assignments of constants."""
    return [
        line
        for name, value in constants.items()
        for line in render(f"{name} = ", constant_value(value))
    ]


def constant_value(value: Constant) -> str | Group:
    """Return a constant's value as code, whole numbers without a point."""
    if isinstance(value, tuple):
        return literal([as_int(item) for item in value])
    return number_text(value)


def as_int(value: float) -> float:
    """Return a whole number other than 0 as an int."""
    return int(value) if value and float(value).is_integer() else value


def python_function(function: Function, name: str) -> list[str]:
    """Return the definition of a function in plain Python: each case returns its value."""
    lines = [f"def {name}({function.clock}):"]
    for case in function.on_clock():
        lines += locals_of(case.shared, PYTHON, 4)
        indent = 4
        if case.test is not None:
            lines += if_lines(case.test)
            indent = 8
        lines += locals_of(case.variables, PYTHON, indent)
        lines += return_lines(case.value, PYTHON, indent)
    return lines


def return_lines(value: Node, language: Language, indent: int) -> list[str]:
    """Return the lines that return a value; a number is a float."""
    if value.is_number:
        return [" " * indent + f"return {float_text(value.value)}"]
    return language.lines("return ", value, indent)


def if_lines(test: Node) -> list[str]:
    """Return the line that opens a branch."""
    return [f"    if {PYTHON.text(test)}:"]


def locals_of(variables: Sequence[Local], language: Language, indent: int) -> list[str]:
    """Return the assignments of variables."""
    return [
        line
        for local in variables
        for line in language.lines(f"{local.name} = ", local.node, indent)
    ]


def array_body(function: Function, language: Language, indent: int) -> list[str]:
    """Return the lines of a function's body on arrays, which choose between the cases' values.

    Its argument is `step`; where the schedule ticks by epoch, the first line computes the epoch.
    """
    margin = " " * indent
    every = language.name(STEPS_PER_EPOCH)
    lines = [f"{margin}{function.clock} = step // {every}"] if function.steps_per_tick > 1 else []
    cases = function.on_clock() if function.steps_per_tick > 1 else function.cases
    if len(cases) == 1:
        (case,) = cases
        lines += locals_of((*case.shared, *case.variables), language, indent)
        return [*lines, *return_lines(case.value, language, indent)]
    names = [case.name.replace("-", "_") for case in cases]
    names = [f"{name}_{names[: index + 1].count(name)}" if names.count(name) > 1 else name
             for index, name in enumerate(names)]  # fmt: skip
    branches: list[tuple[Case, Node]] = []
    for case, name in zip(cases, names, strict=True):
        lines += locals_of(case.shared, language, indent)
        if not case.value.inputs:
            branches.append((case, case.value))
            continue
        lines += locals_of(case.variables, language, indent)
        lines += language.lines(f"{name} = ", case.value, indent)
        branches.append((case, name_node(name)))
    return [*lines, *choice(branches, language, indent)]


def choice(branches: Sequence[tuple[Case, Node]], language: Language, indent: int) -> list[str]:
    """Return the lines that return the value of the first case whose test a step passes."""
    *tested, (_, last) = branches
    if len(tested) > 1 and language.select:
        tests = array(language.text(case.test) for case, _ in tested if case.test)
        values = array(leaf_text(value, language) for _, value in tested)
        select = call(f"{language.functions}select", tests, values, leaf_text(last, language))
        return render("return ", select, indent=indent)
    lines: list[str] = []
    value = last
    for position, (case, then) in enumerate(reversed(tested)):
        if case.test is None:
            continue
        value = Node("where", (case.test, as_float(then), as_float(value)))
        final = position == len(tested) - 1
        lines += language.lines("return " if final else "rate = ", value, indent)
        value = name_node("rate")
    return lines


def leaf_text(value: Node, language: Language) -> str:
    """Return the text of a name or a number, which is a float."""
    return float_text(value.value) if value.is_number else language.text(value)


def as_float(node: Node) -> Node:
    """Return a number as a name of its text, so that it is printed as a float."""
    return name_node(float_text(node.value)) if node.is_number else node
