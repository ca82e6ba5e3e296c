"""The readers of objects: one for each dialect whose library has schedulers or schedules.

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

FLOAT32_TOLERANCE = 1e-5
"""How far float32 may be from float64 after a schedule's arithmetic, as a share of the peak."""
Rows = Iterator[tuple[Any, ...]]
"""The rates of an object, a row a step: one number, of any type, for each parameter group."""


@dataclass(frozen=True)
class Inputs:
    """Arguments that complete an object: the metric that it reads, and the step it is at."""

    metric: Metric | None = None
    start: int | None = None


@dataclass(frozen=True)
class StandIn:
    """A copy of an object that can be stepped, and leaves the original unchanged.

    The first of `rows` has the current rates, each later one those after one more step. `groups`
    are the names of the parameter groups, `length` is the number of rows (None: no end), and `by`
    is the unit of a step: step or epoch.
    """

    title: str
    rows: Rows
    groups: tuple[str, ...] = ("",)
    length: int | None = None
    by: str = "step"
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Unwrapped:
    """The object inside a wrapper, and the wrapper's unit of a step: step, epoch, or None."""

    value: Any
    by: str | None = None


@dataclass(frozen=True)
class Match:
    """The schedule that an object follows, and the optimizer's rate that it starts from."""

    schedule: Schedule
    lr: float


def read_nothing(*_: object) -> None:
    """Read no object."""


@dataclass(frozen=True)
class ObjectReader:
    """The functions that read the objects of one library.

    `stand_in_of` returns the stand-in of an object, or None for one of another library. `unwrap`
    returns the object inside a wrapper, or None for an object that is no wrapper. `identify`
    returns the schedule that a parameter group of an object follows from step 0 on, or None where
    class and parameters do not determine it; it may raise ValueError for parameters that the
    schedule refuses. `copies` has the functions that copy instances of a class, by its qualified
    name. Rates of the object and of its schedule differ by less than `tolerance`, as a share of the
    peak.
    """

    stand_in_of: Callable[[Any, Inputs], StandIn | None] = read_nothing
    unwrap: Callable[[Any], Unwrapped | None] = read_nothing
    identify: Callable[[Any, int, Inputs], Match | None] = read_nothing
    copies: Mapping[str, Callable[[Any, Copier], Any]] = field(default_factory=dict)
    tolerance: float = 1e-12


@cache
def readers() -> tuple[ObjectReader, ...]:
    """Return the readers of all dialects.

    Libraries that build on others come later in the register, and their readers are tried first.
    """
    modules = [dialect.module("objects") for dialect in reversed(register.dialects.values())]
    return tuple(module.READER for module in modules if module)


def class_names(value: object) -> list[str]:
    """Return the qualified names of an object's class and of its bases."""
    return [f"{cls.__module__}.{cls.__qualname__}" for cls in type(value).__mro__]
