"""What the code writer of a framework offers, and what a snippet is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol

from lrviz.codegen.function import Function
from lrviz.codegen.plateau import Plateau
from lrviz.core.errors import SpecError, did_you_mean
from lrviz.core.findings import Finding
from lrviz.core.register import Dialect, Optimizer, register
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve


@dataclass(frozen=True)
class Snippet:
    """Code of a framework, and what a reader should know about it, as findings of severity note."""

    code: str
    findings: tuple[Finding, ...] = ()


class CodeWriter(Protocol):
    """How code of a framework is written: the `WRITER` of a dialect's module `code`."""

    counts_steps: bool
    """Whether a schedule is a function of the optimizer's step, also where it ticks by epoch."""
    is_factor: bool
    """Whether a function gives factors on the optimizer's own lr, instead of rates."""
    has_arrays: bool
    """Whether a function's arithmetic is on arrays, without branches."""
    precision: str
    """The floating-point type that the framework computes in, where it is not float64."""
    runnable_dialects: tuple[str, ...]
    """Other dialects whose schedules its training loop takes as they are."""

    def write_schedule(self, curve: Curve, optimizer: Optimizer) -> str:
        """Return the complete snippet of a schedule of its own dialect, or of one that it runs.

        `optimizer` is the usual one of the library whose schedule the curve had before.
        """

    def write_function(self, curve: Curve, function: Function, optimizer: Optimizer) -> str:
        """Return the complete snippet of a curve as a function."""

    def read_plateau(self, schedule: Schedule, lr: float) -> Plateau | None:
        """Return the rule of a schedule of the dialect that follows a plateau, else None."""

    def plateau_spec(self, plateau: Plateau, lr: float) -> Mapping[str, Any]:
        """Return the dialect's spec of the rule that is nearest to a plateau's."""

    def plateau_notes(self, plateau: Plateau) -> list[str]:
        """Return how the dialect's rule differs from a plateau's."""


def writer_of(dialect: Dialect) -> CodeWriter | None:
    """Return a dialect's code writer, or None where no code of it is written."""
    module = dialect.module("code")
    writer: CodeWriter | None = module.WRITER if module else None
    return writer


def targets() -> tuple[str, ...]:
    """Return the dialects that code can be written for, in order."""
    packages = {name: dialect.package for name, dialect in register.dialects.items()}
    return tuple(name for name, package in packages.items() if find_spec(f"{package}.code"))


def target_of(name: str) -> tuple[Dialect, CodeWriter]:
    """Return a target, by any name of its framework, and its writer.

    Raises SpecError for a name of none.
    """
    dialect = next((item for item in register.dialects.values() if item.is_called(name)), None)
    writer = writer_of(dialect) if dialect else None
    if dialect is None or writer is None:
        names = targets()
        advice = did_you_mean(name, names)
        if dialect and dialect.runs:
            library = register.dialects[dialect.runs]
            advice = f"; {dialect.title} takes the schedules of {library.title}: {library.name}"
        message = f"must be one of {', '.join(names)} (got '{name}'){advice}"
        raise SpecError.of("--as", message)
    return dialect, writer
