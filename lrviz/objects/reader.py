"""How objects are read: each dialect says it for the objects of its library.

A dialect's folder may have a module `objects` with a `READER`. No reader imports its library: an
object is recognised by the qualified names of its class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from lrviz.core.findings import Finding
from lrviz.core.metric import Metric
from lrviz.core.register import register
from lrviz.core.schedule import Schedule

if TYPE_CHECKING:
    from lrviz.objects.copying import Copier

Rows = Iterator[tuple[Any, ...]]
"""The rates of an object, a row a step: one number, of any type, for each parameter group."""


@dataclass(frozen=True)
class Inputs:
    """What a user adds to an object: the metric that it reads, and the step it is at."""

    metric: Metric | None = None
    start: int | None = None


@dataclass(frozen=True)
class Running:
    """A stand-in of an object, ready to be stepped.

    The first of `rows` has the present rates, each later one those after one more step. `groups`
    are the names of the parameter groups, `length` is how many rows there are (None: no end), and
    `by` is what a step is: step or epoch.
    """

    title: str
    rows: Rows
    groups: tuple[str, ...] = ("",)
    length: int | None = None
    by: str = "step"
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Wrapped:
    """What is inside a wrapper of a scheduler, and what it says a step is: step, epoch, nothing."""

    value: Any
    by: str | None = None


@dataclass(frozen=True)
class Match:
    """The schedule that an object is, and the optimizer's rate that it starts from."""

    schedule: Schedule
    lr: float


def read_nothing(*_: object) -> None:
    """Read no object."""


@dataclass(frozen=True)
class ObjectReader:
    """How the objects of one library are read.

    `unwrap` returns what is inside a wrapper, or None for an object that is none. `begin` returns
    a stand-in of an object, or None for one that is not the library's. `identify` returns the
    schedule that a parameter group of an object follows, from step 0 on, or None where class and
    parameters do not say it; it may raise ValueError for parameters that the schedule refuses.
    `copies` are, by the qualified name of a class, how its instances are copied into a stand-in.
    Rates of the object and of its schedule differ by less than `tolerance`, as a share of the
    peak.
    """

    begin: Callable[[Any, Inputs], Running | None] = read_nothing
    unwrap: Callable[[Any], Wrapped | None] = read_nothing
    identify: Callable[[Any, int, Inputs], Match | None] = read_nothing
    copies: Mapping[str, Callable[[Any, Copier], Any]] = field(default_factory=dict)
    tolerance: float = 1e-12


@cache
def readers() -> tuple[ObjectReader, ...]:
    """Return the readers of all dialects.

    Libraries that build on others come later in the register, so that they are asked first.
    """
    modules = [dialect.module("objects") for dialect in reversed(register.dialects.values())]
    return tuple(module.READER for module in modules if module)


def class_names(value: object) -> list[str]:
    """Return the qualified names of an object's class and of its bases."""
    return [f"{cls.__module__}.{cls.__qualname__}" for cls in type(value).__mro__]
