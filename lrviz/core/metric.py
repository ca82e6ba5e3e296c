"""A metric over the run: a list of numbers, a CSV column, or a simulated loss.

With its metric, a metric-driven schedule is a function of the step. At each step it calls a
`Feed` with the rate of that step, which returns the metric after it.
"""

import csv
import io
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from lrviz.core.errors import did_you_mean
from lrviz.core.files import FileError, file_content
from lrviz.core.text import visible

Feed = Callable[[float], float]

CSV = ".csv"
MAX_NUMBER = 1e150
"""A number whose square is still a float64; a simulated loss that diverges stops there."""
MAX_EXPONENT = 700.0
"""A number whose exponential is still a float64."""


class FrozenModel(BaseModel):
    """A frozen value that takes no unknown keys."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True, strict=True
    )


class Recorded(FrozenModel):
    """Measured numbers, in order; `source` is the file and column they come from."""

    values: tuple[float, ...]
    source: str = ""
    skipped: int = 0
    """How many rows of the CSV file have an empty cell, as loggers write between evaluations."""

    @property
    def title(self) -> str:
        """Return the name of the metric on an axis."""
        return self.source.partition(":")[2] or "metric"

    def __len__(self) -> int:
        return len(self.values)

    def feed(self) -> Feed:
        """Return the feed that returns the next number, whatever the rate."""
        numbers: Iterator[float] = iter(self.values)
        return lambda _: next(numbers)

    def spec(self) -> Any:
        """Return the numbers of a spec file."""
        return list(self.values)


Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class Simulation(FrozenModel):
    """A noisy quadratic model of training, whose loss reacts to the rate.

    The expected square distance from the optimum follows
    d <- (1 - rate * curvature)^2 * d + rate^2 * noise, so that it falls to a floor that
    shrinks with the rate (Schaul et al., arXiv:1206.1106; Zhang et al., arXiv:1907.04164).
    """

    start: Positive = Field(1.0, description="the loss before the first step")
    curvature: Positive = Field(1.0, description="how fast the loss falls: 1 / (rate x steps)")
    noise: NotNegative = Field(1.0, description="gradient noise; the floor is about rate x noise/4")
    jitter: NotNegative = Field(0.02, description="relative scatter of each measured loss")
    seed: int = Field(0, ge=0, description="seed of the scatter")
    title: ClassVar[str] = "simulated loss"

    def feed(self) -> Feed:
        """Return a new simulation: from the rate of a step to the loss after it."""
        distance = min(2.0 * self.start / self.curvature, MAX_NUMBER**2)
        scatter = np.random.default_rng(self.seed)

        def loss_after(rate: float) -> float:
            nonlocal distance
            factor = min(abs(1 - rate * self.curvature), MAX_NUMBER)
            distance = factor**2 * distance + min(rate, MAX_NUMBER) ** 2 * self.noise
            distance = min(distance, MAX_NUMBER**2)
            loss = self.curvature * distance / 2
            scattered = self.jitter * scatter.standard_normal()
            return float(min(loss * math.exp(min(scattered, MAX_EXPONENT)), MAX_NUMBER**2))

        return loss_after

    def spec(self) -> Any:
        """Return the mapping of a spec file."""
        return {"simulate": self.model_dump(exclude_defaults=True)}


Metric = Recorded | Simulation


def read_metric(value: Any, folder: Path) -> Metric:
    """Return the metric of a value in a spec: a list, {csv:, column:} or {simulate:}.

    As text it is FILE.csv, FILE.csv:COLUMN or simulate.

    Raises PydanticCustomError whose message follows the name of the parameter.
    """
    if isinstance(value, Recorded | Simulation):
        return value
    if isinstance(value, list | tuple | np.ndarray):
        return Recorded(values=tuple(map(finite_float, value)))
    if isinstance(value, str):
        value = from_text(value)
    if isinstance(value, dict) and set(value) in ({"csv"}, {"csv", "column"}):
        return read_column(folder / str(value["csv"]), value.get("column"))
    if isinstance(value, dict) and set(value) == {"simulate"}:
        settings = value["simulate"]
        if settings is None or settings is True:
            return Simulation()
        return Simulation.model_validate(settings)
    raise PydanticCustomError(
        "metric",
        "must be a list of numbers, FILE.csv:COLUMN or {simulate: {...}}",
    )


def from_text(text: str) -> Any:
    """Return the mapping that a text means; text that names no CSV file as it is."""
    if text == "simulate":
        return {"simulate": None}
    if text.endswith(CSV):
        return {"csv": text}
    file, colon, column = text.rpartition(CSV + ":")
    return {"csv": file + CSV, "column": column} if colon and column else text


def finite_float(value: Any) -> float:
    """Return a finite float. Raises PydanticCustomError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise PydanticCustomError(
            "metric", "must contain only numbers (got {value})", {"value": repr(value)}
        )
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise PydanticCustomError(
            "metric", "must contain only finite numbers (got {value})", {"value": str(number)}
        )
    return number


def read_column(path: Path, column: Any) -> Recorded:
    """Return a column of a CSV file without its empty cells (loggers write them between values)."""
    try:
        rows = csv.reader(io.StringIO(file_content(path).decode("utf-8-sig"), newline=""))
        names = next((row for row in rows if row), [])
        index = column_index(path, names, column)
        numbers: list[float] = []
        skipped = 0
        for row in filter(None, rows):
            cell = row[index].strip() if index < len(row) else ""
            skipped += not cell
            numbers += [cell_number(path, rows.line_num, cell)] if cell else []
    except FileError as error:
        values = {"path": str(path), "reason": str(error), "id": error.id}
        raise PydanticCustomError("metric", "{path} {reason}", values) from None
    except (UnicodeDecodeError, csv.Error):
        raise PydanticCustomError(
            "metric", "{path} is not a CSV file in UTF-8", {"path": str(path)}
        ) from None
    source = visible(f"{path.name}:{names[index]}")
    return Recorded(values=tuple(numbers), source=source, skipped=skipped)


def column_index(path: Path, names: list[str], column: Any) -> int:
    """Return where a column is in the rows of a CSV file; the only one needs no name."""
    if column is None and len(names) == 1:
        return 0
    listed = ", ".join(names) or "no rows"
    if column is None:
        raise PydanticCustomError(
            "metric",
            "needs the column of {path}, as {path}:{last} (it has: {names})",
            {"path": str(path), "names": listed, "last": names[-1] if names else "COLUMN"},
        )
    if names.count(str(column)) > 1:
        raise PydanticCustomError(
            "metric",
            "{path} has more than one column '{column}'",
            {"path": str(path), "column": str(column)},
        )
    if str(column) not in names:
        raise PydanticCustomError(
            "metric",
            "{path} has no column '{column}' (it has: {names}){hint}",
            {
                "path": str(path),
                "column": str(column),
                "names": listed,
                "hint": did_you_mean(str(column), names),
            },
        )
    return names.index(str(column))


def cell_number(path: Path, line: int, cell: str) -> float:
    """Return the number in a cell. Raises PydanticCustomError with the file and line."""
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise PydanticCustomError(
            "metric",
            "{path}:{line}: must be a finite number (got '{cell}')",
            {"path": str(path), "line": line, "cell": cell[:40]},
        )
    return number
