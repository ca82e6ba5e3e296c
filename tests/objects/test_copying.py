"""What a stand-in copies, and what it shares."""

from __future__ import annotations

import gc
import sys
import weakref
from collections import OrderedDict, defaultdict, deque, namedtuple
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lrviz.core.errors import SpecError
from lrviz.objects.copying import Copier
from tests.objects.fakes import Module, Optimizer, Tensor

Pair = namedtuple("Pair", "low high")


class Plain:
    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)

    def ask(self) -> Any:
        return self


class Mode(Enum):
    UP = 1


class Sealed:
    def __reduce__(self) -> Any:
        return Sealed, ()


class Slotted:
    __slots__ = ("value",)


@pytest.mark.parametrize(
    "container",
    [
        {"a": [1]},
        OrderedDict(a=[1]),
        defaultdict(list, a=[1]),
        [[1], 2],
        deque([[1]]),
        ([1], 2),
        Pair([1], 2),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_container_is_copied_with_what_it_holds(container: Any) -> None:
    twin = Copier().copy(container)
    assert twin == container
    assert type(twin) is type(container)
    key = "a" if isinstance(container, dict) else 0
    twin[key].append(2)
    assert container[key] == [1]


def test_a_set_is_copied() -> None:
    values = {1, 2}
    twin = Copier().copy(values)
    twin.add(3)
    assert values == {1, 2}


def test_an_object_is_copied_once_with_its_attributes_and_those_that_refer_to_it() -> None:
    inner = Plain(values=[1])
    outer = Plain(first=inner, second=inner)
    inner.outer = outer
    twin = Copier().copy(outer)
    assert type(twin) is Plain
    assert twin.first is twin.second
    assert twin.first is not inner
    assert twin.first.outer is twin
    twin.first.values.append(2)
    assert inner.values == [1]


def test_a_closure_has_its_own_variables() -> None:
    calls, seen = 0, [0]

    def count(step: int, *, scale: int = 2) -> int:
        nonlocal calls
        calls += 1
        seen.append(step)
        return calls * scale

    count.marks = []
    twin = Copier().copy(count)
    assert [twin(5), twin(5, scale=3)] == [2, 6]
    twin.marks.append(1)
    assert (calls, seen, count.marks) == (0, [0], [])
    assert (twin.__name__, twin.__module__, twin.__qualname__) == (
        "count",
        __name__,
        count.__qualname__,
    )


def test_a_closure_may_refer_to_itself_and_to_what_is_not_bound_yet() -> None:
    def descend(step: int) -> int:
        return step if step < 1 else descend(step - 1)

    def unbound() -> Any:
        return later

    assert Copier().copy(descend)(3) == 0
    twin = Copier().copy(unbound)
    with pytest.raises(NameError):
        twin()
    later = 1
    assert unbound() == later


def test_a_bound_method_is_that_of_the_copy() -> None:
    owner = Plain()
    owner.method = owner.ask
    twin = Copier().copy(owner)
    assert twin.method() is twin


def test_a_partial_function_has_copied_arguments() -> None:
    rates: list[int] = []
    marks: dict[str, list[int]] = {"own": []}

    def add(values: list[int], value: int, marks: dict[str, list[int]]) -> int:
        values.append(value)
        marks["own"].append(value)
        return len(values)

    twin = Copier().copy(partial(add, rates, marks=marks))
    assert [twin(1), twin(2)] == [1, 2]
    assert rates == marks["own"] == []


@pytest.mark.parametrize(
    "value",
    [3, "text", None, np.arange(3), Mode.UP, Sealed(), Slotted(), Plain, sys, Module(), Path()],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_plain_state_is_shared(value: Any) -> None:
    assert Copier().copy([value])[0] is value


def test_tensors_with_dimensions_are_shared_and_rates_are_copied() -> None:
    weights, rate = Tensor(1.0, 2), Tensor(0.1)
    twin = Copier().copy(Plain(weights=weights, rate=rate))
    assert twin.weights is weights
    assert twin.rate is not rate
    assert float(twin.rate) == 0.1


def test_an_optimizer_keeps_its_groups_without_parameters_and_state() -> None:
    optimizer = Optimizer(0.1, 0.2, betas=[0.9])
    twin = Copier().copy(Plain(optimizer=optimizer)).optimizer
    assert isinstance(twin, Optimizer)
    assert [group["lr"] for group in twin.param_groups] == [0.1, 0.2]
    assert [group["params"] for group in twin.param_groups] == [[], []]
    assert twin.state == {}
    assert twin.defaults == {"lr": 0.1}
    assert twin.step._wrapped_by_lr_sched
    assert twin._opt_called
    twin.step()
    twin.param_groups[0]["lr"] = 9
    twin.param_groups[0]["betas"].append(1)
    twin.defaults["lr"] = 9
    assert optimizer.param_groups[0]["lr"] == 0.1
    assert optimizer.param_groups[0]["betas"] == [0.9]
    assert optimizer.defaults == {"lr": 0.1}


def test_a_group_that_is_held_elsewhere_stays_the_same_group() -> None:
    optimizer = Optimizer(0.1)
    groups = optimizer.param_groups
    twin = Copier().copy(Plain(optimizer=optimizer, groups=groups, group=groups[0]))
    assert twin.groups is twin.optimizer.param_groups
    assert twin.group is twin.groups[0]


def test_a_generator_is_refused() -> None:
    def rates() -> Any:
        yield 1

    with pytest.raises(SpecError) as error:
        Copier().copy({"rates": rates()})
    assert (
        str(error.value)
        == "the object holds a generator (rates), which cannot be stepped on a copy"
    )
    assert error.value.findings[0].id == "unreadable-object"


def test_what_was_copied_stays_alive_so_that_no_other_object_gets_its_id() -> None:
    copier, original = Copier(), Plain(value=1)
    reference = weakref.ref(original)
    twin = copier.copy(original)
    del original
    gc.collect()
    assert reference() is not None
    assert copier.copy(reference()) is twin
