"""The article's pairs of one scheduler in two frameworks: how they differ, and what corrects it.

A pair is a spec file of two curves in `configs/counterparts/`, whose labels begin with their
framework. The second side, corrected so that both agree, is the file of that name in
`configs/counterparts/corrected/`; without one the pair agrees as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lrviz.curves.column import Column
from lrviz.curves.facts import difference
from lrviz.curves.table import Table, tabulate
from lrviz.specfile import shipped
from lrviz.specfile.contents import LoadedSpec
from lrviz.specfile.source import load_spec


@dataclass(frozen=True)
class Counterpart:
    """A pair: the number and title of its scheduler's figure, and the stem of its spec file."""

    number: int
    title: str
    name: str

    @property
    def stem(self) -> str:
        """The pictures' file name without its ending."""
        return f"counterpart{self.number:02d}"

    @property
    def path(self) -> Path:
        """The spec file of both curves."""
        return shipped.folder() / "counterparts" / f"{self.name}.yaml"

    @property
    def corrected_path(self) -> Path | None:
        """The spec file of the corrected second side, or None where none is needed."""
        path = self.path.parent / "corrected" / self.path.name
        return path if path.exists() else None

    @cached_property
    def spec(self) -> LoadedSpec:
        """Both curves, and the picture's settings."""
        return load_spec(str(self.path))

    @cached_property
    def table(self) -> Table:
        """Both curves over the run."""
        return tabulate(self.spec.curves)

    @property
    def sides(self) -> tuple[Column, Column]:
        """The curve of each framework."""
        first, second = self.table.columns
        return first, second

    @cached_property
    def corrected(self) -> Column:
        """The second side that agrees with the first, over the run."""
        if self.corrected_path is None:
            return self.sides[1]
        return tabulate(load_spec(str(self.corrected_path)).curves).columns[0]

    def agrees(self) -> bool:
        """Return whether the corrected side is the first one's curve, apart from rounding."""
        first = self.sides[0]
        same_run = self.corrected.steps == first.steps
        return same_run and difference(self.corrected, first).first_step is None


COUNTERPARTS = (
    Counterpart(1, "StepLR", "step"),
    Counterpart(2, "MultiStepLR", "multistep"),
    Counterpart(3, "ExponentialLR", "exponential"),
    Counterpart(4, "CosineAnnealingLR", "cosine"),
    Counterpart(5, "CosineAnnealingWarmRestarts", "warm-restarts"),
    Counterpart(6, "ReduceLROnPlateau", "plateau"),
    Counterpart(7, "LinearLR", "linear"),
    Counterpart(8, "PolynomialLR", "polynomial"),
    Counterpart(9, "LambdaLR", "lambda"),
    Counterpart(10, "OneCycleLR", "onecycle"),
    Counterpart(12, "Warm-up, then cosine", "warmup-cosine"),
)


def framework(column: Column) -> str:
    """Return the framework of a side: the first word of its label."""
    return column.label.split()[0]


def corrections(counterpart: Counterpart) -> Iterator[tuple[str, object, object]]:
    """Yield each parameter or setting that is corrected: its name, its value before and after."""
    before, after = counterpart.sides[1].curve.spec(), counterpart.corrected.curve.spec()
    for key, value in after.items():
        if key != "label" and before.get(key) != value:
            yield key, before.get(key), value
