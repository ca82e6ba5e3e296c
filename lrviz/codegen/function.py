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
STEPS_PER_EPOCH = "STEPS_PER_EPOCH"


@dataclass(frozen=True)
class Local:
    """A variable that is assigned before it is used."""

    name: str
    node: Node


@dataclass(frozen=True)
class Case:
    """The rates of the steps that pass `test` and no case before it; None is every other step.

    `shared` are variables that the test and later cases use too, `variables` those of this case.
    """

    name: str
    test: Node | None
    value: Node
    shared: tuple[Local, ...] = ()
    variables: tuple[Local, ...] = ()


@dataclass(frozen=True)
class Function:
    """A curve as a function of the step, for the steps from 0.

    Its values are rates, or with `is_factor` shares of `peak`. `constants` are all its named
    numbers, in order. `clock` is what the function's argument counts; with `steps_per_tick` above
    1 its caller counts steps and a tick of the clock is that many. `total` is the steps of the run.
    """

    constants: Mapping[str, Constant]
    cases: tuple[Case, ...]
    peak: float
    total: int
    is_factor: bool
    is_table: bool = False
    clock: str = "step"
    steps_per_tick: int = 1

    def at(self, t: NDArray[Any]) -> Array:
        """Return the function's values at ticks of its clock."""
        result = np.full(t.shape, np.nan)
        for case, mask, values in self.steps_of_cases(t):
            result[mask] = np.broadcast_to(case.value.at(values), t.shape)[mask]
        return result

    def steps_of_cases(
        self, t: NDArray[Any]
    ) -> Iterator[tuple[Case, NDArray[np.bool_], dict[str, Any]]]:
        """Yield each case with the mask of its steps among `t`, and the values of all names."""
        values: dict[str, Any] = {**self.constants, STEP.name: t}
        unassigned = np.ones(t.shape, bool)
        for case in self.cases:
            for local in (*case.shared, *case.variables):
                values[local.name] = local.node.at(values)
            test = np.True_ if case.test is None else case.test.at(values)
            mask = unassigned & test
            yield case, mask, values
            unassigned &= ~mask

    def simplified(self, t: NDArray[Any]) -> Function:
        """Return the function without cases, and parts of tests, that make no difference at `t`."""
        cases = []
        unassigned = np.ones(t.shape, bool)
        for case, mask, values in self.steps_of_cases(t):
            if not mask.any():
                continue
            test = case.test
            if test is not None and test.operation == "logical_and":
                sufficient = (
                    part
                    for part in test.inputs
                    if np.array_equal(unassigned & part.at(values), mask)
                )
                test = next(sufficient, test)
            cases.append(replace(case, test=test))
            unassigned &= ~mask
        return replace(self, cases=tuple(cases))

    def constant(self) -> float | None:
        """Return the value that all steps have, or None where it changes."""
        node = self.cases[0].value
        if len(self.cases) > 1 or node.inputs:
            return None
        value = node.value if node.is_number else self.constants.get(node.name)
        return value if isinstance(value, float) else None

    def used_constants(self) -> dict[str, Constant]:
        """Return the constants that the cases use, with PEAK first."""
        nodes = [node for case in self.cases for node in nodes_of(case)]
        names = {name for node in nodes for name in node.names()}
        ticks = {STEPS_PER_EPOCH: float(self.steps_per_tick)} if self.steps_per_tick > 1 else {}
        return ticks | {name: value for name, value in self.constants.items() if name in names}

    def on_clock(self) -> tuple[Case, ...]:
        """Return the cases with the clock's own name for the step."""
        return tuple(renamed(case, STEP, name_node(self.clock)) for case in self.cases)


def nodes_of(case: Case) -> list[Node]:
    """Return all that a case computes."""
    locals_of_case = [local.node for local in (*case.shared, *case.variables)]
    return [*locals_of_case, *([] if case.test is None else [case.test]), case.value]


def renamed(case: Case, old: Node, new: Node) -> Case:
    """Return a case with another name for a variable."""

    def rename_locals(locals_: tuple[Local, ...]) -> tuple[Local, ...]:
        names = {old.name: new.name}
        return tuple(
            Local(names.get(local.name, local.name), local.node.replace(old, new))
            for local in locals_
        )

    test = None if case.test is None else case.test.replace(old, new)
    value = case.value.replace(old, new)
    return Case(case.name, test, value, rename_locals(case.shared), rename_locals(case.variables))


def with_own_names(cases: Sequence[Case], taken_names: Collection[str]) -> list[Case]:
    """Return cases whose shared variables have names that are not in use."""
    names = {local.name for case in cases for local in case.shared}
    for name in sorted(names & set(taken_names)):
        count = 2
        while f"{name}_{count}" in taken_names:
            count += 1
        cases = [renamed(case, name_node(name), name_node(f"{name}_{count}")) for case in cases]
    return list(cases)


def both(first: Node | None, second: Node | None) -> Node | None:
    """Return the test that two tests pass; None is the test that every step passes."""
    if first is None or second is None:
        return first or second
    return apply("logical_and", first, second)
