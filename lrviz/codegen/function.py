"""A function of the step as a value: named constants, and a case for each segment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrviz.codegen.nodes import STEP, Node, apply, name_node
from lrviz.core.segment import Array

Constant = float | tuple[float, ...]
EVERY = "STEPS_PER_EPOCH"


@dataclass(frozen=True)
class Local:
    """A variable that is assigned before it is used."""

    name: str
    node: Node


@dataclass(frozen=True)
class Case:
    """The rates of the steps that pass `test` and no case before it; None is every other step.

    `shared` are variables that the test and later cases use too, `own` those of this case.
    """

    name: str
    test: Node | None
    value: Node
    shared: tuple[Local, ...] = ()
    own: tuple[Local, ...] = ()


@dataclass(frozen=True)
class Function:
    """A curve as a function of the step, for the steps from 0.

    Its values are rates, or with `is_factor` shares of `peak`. `constants` are all its named
    numbers, in order. `clock` is what the function's argument counts; with `every` above 1 its
    caller counts steps and a tick of the clock is that many. `total` is the steps of the run.
    """

    constants: Mapping[str, Constant]
    cases: tuple[Case, ...]
    peak: float
    total: int
    is_factor: bool
    is_table: bool = False
    clock: str = "step"
    every: int = 1

    def at(self, t: NDArray[Any]) -> Array:
        """Return the function's values at ticks of its clock."""
        result = np.full(t.shape, np.nan)
        for case, here, values in self.steps_of_cases(t):
            result[here] = np.broadcast_to(case.value.at(values), t.shape)[here]
        return result

    def steps_of_cases(
        self, t: NDArray[Any]
    ) -> Iterator[tuple[Case, NDArray[np.bool_], dict[str, Any]]]:
        """Yield each case with the mask of its steps among `t`, and the values of all names."""
        values: dict[str, Any] = {**self.constants, STEP.name: t}
        pending = np.ones(t.shape, bool)
        for case in self.cases:
            for local in (*case.shared, *case.own):
                values[local.name] = local.node.at(values)
            test = np.True_ if case.test is None else case.test.at(values)
            here = pending & test
            yield case, here, values
            pending &= ~here

    def simplified(self, t: NDArray[Any]) -> Function:
        """Return the function without cases, and parts of tests, that make no difference at `t`."""
        cases = []
        free = np.ones(t.shape, bool)
        for case, here, values in self.steps_of_cases(t):
            if not here.any():
                continue
            test = case.test
            if test is not None and test.operation == "logical_and":
                same = [np.array_equal(free & part.at(values), here) for part in test.inputs]
                test = test.inputs[same.index(True)] if any(same) else test
            cases.append(replace(case, test=test))
            free &= ~here
        return replace(self, cases=tuple(cases))

    def constant(self) -> float | None:
        """Return the value that all steps have, or None where it changes."""
        node = self.cases[0].value
        if len(self.cases) > 1 or node.inputs:
            return None
        value = node.value if node.is_number else self.constants.get(node.name)
        return value if isinstance(value, float) else None

    def used(self) -> dict[str, Constant]:
        """Return the constants that the cases use, with PEAK first."""
        nodes = [node for case in self.cases for node in nodes_of(case)]
        names = {name for node in nodes for name in node.names()}
        every = {EVERY: float(self.every)} if self.every > 1 else {}
        return every | {name: value for name, value in self.constants.items() if name in names}

    def on_clock(self) -> tuple[Case, ...]:
        """Return the cases with the clock's own name for the step."""
        return tuple(renamed(case, STEP, name_node(self.clock)) for case in self.cases)


def nodes_of(case: Case) -> list[Node]:
    """Return all that a case computes."""
    locals_of_case = [local.node for local in (*case.shared, *case.own)]
    return [*locals_of_case, *([] if case.test is None else [case.test]), case.value]


def renamed(case: Case, old: Node, new: Node) -> Case:
    """Return a case with another name for a variable."""

    def change(locals_: tuple[Local, ...]) -> tuple[Local, ...]:
        names = {old.name: new.name}
        return tuple(
            Local(names.get(local.name, local.name), local.node.replace(old, new))
            for local in locals_
        )

    test = None if case.test is None else case.test.replace(old, new)
    value = case.value.replace(old, new)
    return Case(case.name, test, value, change(case.shared), change(case.own))


def with_own_names(cases: Sequence[Case], used: Collection[str]) -> list[Case]:
    """Return cases whose shared variables have names that are not in use."""
    names = {local.name for case in cases for local in case.shared}
    for name in sorted(names & set(used)):
        count = 2
        while f"{name}_{count}" in used:
            count += 1
        cases = [renamed(case, name_node(name), name_node(f"{name}_{count}")) for case in cases]
    return list(cases)


def both(first: Node | None, second: Node | None) -> Node | None:
    """Return the test that two tests pass; None is the test that every step passes."""
    if first is None or second is None:
        return first or second
    return apply("logical_and", first, second)
